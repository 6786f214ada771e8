public import HealthTypes

/// A CPT or HCPCS Level II code with what we know of it, in our own words.
public struct ProcedureCode: Hashable, Sendable {
    /// What kind of service the code stands for.
    public enum Category: String, Sendable, CaseIterable {
        case evaluation = "em"
        case imaging, lab, pathology, surgery, medicine, therapy, drug, dme, ambulance, vaccine, anesthesia, other
    }

    /// The administrative sex (X12 DMG03) of the only patients on whom a procedure can be done.
    public enum SexLimit: String, Sendable {
        case female = "F"
        case male = "M"
    }

    public let code: String
    /// `.cpt` or `.hcpcs`.
    public let system: CodeSystem
    public let category: Category
    public let words: String
    /// Days after the procedure in which follow-up is included: 0, 10 or 90; nil where there is no such period or
    /// the table does not say.
    public let globalDays: Int?
    /// Done on one of a pair of organs, so that a side (LT, RT) or both (50) has to be said.
    public let isOnPairedOrgan: Bool
    /// Has a professional (26) and a technical (TC) part that may be billed apart.
    public let hasComponents: Bool
    /// Units on one day above which a person should look: our own cautious figure, not a payer's edit.
    public let maximumUnitsPerDay: Int?
    public let sex: SexLimit?
    /// Youngest and oldest age in years that fit; nil where there is no plain limit.
    public let minimumAge: Int?
    public let maximumAge: Int?
    public let effectiveFrom: CalendarDate?
    public let effectiveTo: CalendarDate?

    /// Whether the code may be billed for a service on `day`.
    public func isEffective(on day: CalendarDate) -> Bool { isWithin(day, from: effectiveFrom, to: effectiveTo) }

    init(_ row: TableRow) throws {
        code = try row.text("code")
        switch try row.text("system") {
        case "cpt": system = .cpt
        case "hcpcs": system = .hcpcs
        default: throw row.fail("'system' is neither cpt nor hcpcs")
        }
        guard Self.system(byFormatOf: code) == system else { throw row.fail("its code has not the form of its system") }
        category = try row.choice("category")
        words = try row.text("words")
        globalDays = try row.number("global_days")
        isOnPairedOrgan = try row.flag("paired")
        hasComponents = try row.flag("components")
        maximumUnitsPerDay = try row.number("max_units")
        sex = try row.optionalChoice("sex")
        minimumAge = try row.number("age_min")
        maximumAge = try row.number("age_max")
        effectiveFrom = try row.date("effective_from")
        effectiveTo = try row.date("effective_to")
    }

    /// A code of a whole code set, of which no more is known than its words, its days and its kind.
    init(
        code: String, system: CodeSystem, words: String, effectiveFrom: CalendarDate? = nil,
        effectiveTo: CalendarDate? = nil
    ) {
        self.code = code
        self.system = system
        category = Category(byNumberOf: code)
        self.words = words
        globalDays = nil
        isOnPairedOrgan = false
        hasComponents = false
        maximumUnitsPerDay = nil
        sex = nil
        minimumAge = nil
        maximumAge = nil
        self.effectiveFrom = effectiveFrom
        self.effectiveTo = effectiveTo
    }

    /// The system to which a code belongs by its form alone; nil where it has neither form.
    ///
    /// CPT is five digits, or four and one of F, M, T, U; HCPCS Level II is a letter from A to V and four digits.
    public static func system(byFormatOf code: some StringProtocol) -> CodeSystem? {
        let bytes = Array(code.utf8.prefix(6))
        guard bytes.count == 5 else { return nil }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard bytes[1...3].allSatisfy(isDigit) else { return nil }
        let first = bytes[0] & 0xDF
        if isDigit(bytes[0]) {
            return isDigit(bytes[4]) || "FMTUfmtu".utf8.contains(bytes[4]) ? .cpt : nil
        }
        return isDigit(bytes[4]) && (UInt8(ascii: "A")...UInt8(ascii: "V")).contains(first) ? .hcpcs : nil
    }
}

extension ProcedureCode.Category {
    /// The section of its code set in which a code stands: CPT's by number, HCPCS Level II's by letter.
    init(byNumberOf code: String) {
        let bytes = Array(code.utf8)
        guard bytes.count == 5 else {
            self = .other
            return
        }
        switch (bytes[0], bytes[4]) {
        case (let first, let last) where first.isDigit && last.isDigit: self = Self.cpt(Int(code) ?? 0)
        case (let first, UInt8(ascii: "M")) where first.isDigit: self = .lab
        case (let first, UInt8(ascii: "U")) where first.isDigit: self = .lab
        case (UInt8(ascii: "A"), _): self = code < "A1000" ? .ambulance : code < "A9150" ? .dme : .other
        case (UInt8(ascii: "B"), _), (UInt8(ascii: "E"), _), (UInt8(ascii: "K"), _), (UInt8(ascii: "L"), _): self = .dme
        case (UInt8(ascii: "J"), _): self = .drug
        case (UInt8(ascii: "P"), _), (UInt8(ascii: "U"), _): self = .lab
        default: self = .other
        }
    }

    private static func cpt(_ number: Int) -> Self {
        switch number {
        case 100...1999, 99100...99140: .anesthesia
        case 10004...69990: .surgery
        case 70010...79999: .imaging
        case 88000...88399: .pathology
        case 80047...89398: .lab
        case 90476...90759: .vaccine
        case 97010...97799: .therapy
        case 99202...99499: .evaluation
        case 90281...99199, 99500...99607: .medicine
        default: .other
        }
    }
}
