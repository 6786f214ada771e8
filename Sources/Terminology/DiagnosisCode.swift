public import HealthTypes

/// A diagnosis code of ICD-10-CM or of WHO ICD-10, as its table has it.
public struct DiagnosisCode: Hashable, Sendable {
    /// Upper case, no dot, as X12 (HI) writes it: `K2970`.
    public let code: String
    /// `.icd10cm` or `.icd10`.
    public let system: CodeSystem
    public let title: String
    /// Whether a claim may carry the code: it is an ICD-10-CM code with no finer code below it (45 CFR 162.1002).
    ///
    /// Never true of a WHO code.
    public let isBillable: Bool
    /// True where a date was asked for that lies outside the table's own period: the answer is the table's all the
    /// same, and a caller should warn rather than reject.
    public let isOutsideTablePeriod: Bool

    public init(
        code: String, system: CodeSystem, title: String, isBillable: Bool, isOutsideTablePeriod: Bool = false
    ) {
        self.code = code
        self.system = system
        self.title = title
        self.isBillable = isBillable
        self.isOutsideTablePeriod = isOutsideTablePeriod
    }

    /// The form that people and FHIR write: `K29.70`.
    public var dotted: String { Self.dotted(code) }

    /// The first three characters.
    public var category: String { String(code.prefix(3)) }

    /// Puts the dot after the third character of a code that has none.
    public static func dotted(_ code: String) -> String {
        code.utf8.count > 3 && !code.contains(".") ? code.prefix(3) + "." + code.dropFirst(3) : code
    }

    /// Upper case and without the dot; nil where the text cannot be a code of ICD-10: three to seven letters and
    /// digits, the first a letter, a dot only after the third.
    public static func normalized(_ text: some StringProtocol) -> String? {
        var code: [UInt8] = []
        for (position, byte) in text.utf8.prefix(9).enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): code.append(byte - 32)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): code.append(byte)
            case UInt8(ascii: ".") where position == 3: continue
            default: return nil
            }
        }
        guard (3...7).contains(code.count), code[0] >= UInt8(ascii: "A") else { return nil }
        return String(decoding: code, as: UTF8.self)
    }
}

/// What the tables know of a diagnosis code.
public enum DiagnosisLookup: Hashable, Sendable {
    /// An ICD-10-CM code that a claim may carry.
    case billable(DiagnosisCode)
    /// An ICD-10-CM heading, with up to five of the codes below it that a claim may carry.
    case notBillable(DiagnosisCode, examples: [DiagnosisCode])
    /// A code of WHO ICD-10 that ICD-10-CM does not have.
    case whoOnly(DiagnosisCode)
    case unknown
}
