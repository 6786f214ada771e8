public import HealthTypes

/// Cited statements on which treatment fits which diagnosis, compiled so that a question costs a few look-ups.
///
/// It says what is established, and is silent on the rest: a pair without a path is "no established relationship in
/// this version", never "wrong".
public struct KnowledgeBase: Sendable {
    /// The compiled tables; the same whether they were read from a folder or mapped from a file.
    public let image: KnowledgeImage
    /// The release named in the `VERSION` file and the first digits of the digest: the same version, the same bytes.
    public let version: String

    /// Over all files of the folder.
    public var digest: Digest { image.sourceDigest }
    public var drugs: [Drug] { image.files.drugs }
    public var classes: [DrugClass] { image.files.classes }
    public var services: [Service] { image.files.services }
    public var statements: [Statement] { image.files.statements }
    public var billingPatterns: [BillingPattern] { image.files.patterns }
    public var citations: [String: Citation] {
        Dictionary(image.files.citations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads `VERSION` and the tables `drugs`, `drug-classes`, `services`, `citations` and `statements`, each as one
    /// file (`drugs.tsv`), a folder of files with the same header (`drugs/*.tsv`), or both; and `billing-patterns` where
    /// there is one.
    ///
    /// A row without the right form throws a `DataFileError` with its line. A statement whose subject or citation is
    /// not there is reported by ``check()`` and takes part in nothing.
    public init(_ files: DataFiles) throws { try self.init(KnowledgeImage(compiling: files)) }

    /// The knowledge of an image, such as one that was opened from a file.
    public init(_ image: KnowledgeImage) {
        self.image = image
        version = "\(image.version)+\(image.sourceDigest.short)"
    }

    /// Every drug and service, as ``treatments(matching:)`` gives them.
    public var treatments: [KnownTreatment] { (0..<image.treatments.count).map(treatment) }

    func treatment(_ number: Int) -> KnownTreatment {
        let record = image.treatments[number]
        let files = image.files
        let codes =
            record.isDrug
            ? files.drugs[Int(record.row)].atc + files.drugs[Int(record.row)].hcpcs.keys.sorted()
            : files.services[Int(record.row)].codes
        return KnownTreatment(
            id: image.text(record.id), name: image.text(record.name), codes: codes, isDrug: record.isDrug, index: number
        )
    }
}

extension TreatmentRecord {
    var isDrug: Bool { kind == 0 }
    var isGeneral: Bool { flags & Self.general != 0 }
    var serviceKind: Service.Kind? { kind == 0 ? nil : Service.Kind.allCases[Int(kind) - 1] }
    var principalStatement: UInt32? { principal == 0 ? nil : principal - 1 }
}

extension KnowledgeImage {
    /// The treatment that a code stands for, with the milligrams of a billed unit (0 for none).
    ///
    /// Upper or lower case; modifiers behind a hyphen, colon or space do not count.
    func treatment(ofCode code: String) -> (number: Int, unitMilligrams: Int)? {
        var code = code
        return code.withUTF8 { bytes in
            withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
                var count = 0
                for byte in bytes {
                    let isSeparator = byte == 0x20 || byte == 0x2d || byte == 0x3a
                    if isSeparator, count == 0 { continue }
                    if isSeparator { break }
                    guard count < 64 else { return nil }
                    buffer[count] = (0x61...0x7a).contains(byte) ? byte - 32 : byte
                    count += 1
                }
                return find(UnsafeRawBufferPointer(rebasing: buffer[..<count]), in: treatmentCodes)
            }
        }
    }

    /// The test of a LOINC code, hyphen and check digit included.
    func treatment(ofLOINC code: String) -> Int? {
        var code = code
        return code.withUTF8 { find(UnsafeRawBufferPointer($0), in: treatmentCodes)?.number }
    }

    func treatment(ofName name: String, in table: Section<NameSlot>) -> Int? {
        var name = name
        return name.withUTF8 { find(UnsafeRawBufferPointer($0), in: table)?.number }
    }

    private func find(
        _ wanted: UnsafeRawBufferPointer, in table: Section<NameSlot>
    ) -> (number: Int, unitMilligrams: Int)? {
        guard !wanted.isEmpty else { return nil }
        var place = Int(truncatingIfNeeded: SlotHash.of(wanted)) & (table.count - 1)
        while true {
            let slot = table[place]
            guard slot.value != 0 else { return nil }
            if Int(slot.text.count) == wanted.count, utf8(slot.text).elementsEqual(wanted) {
                return (Int(slot.value) - 1, Int(slot.unitMilligrams))
            }
            place = (place + 1) & (table.count - 1)
        }
    }

    /// The number and flags of a code that some statement names or lies below.
    @inline(__always)
    func code(_ key: DiagnosisKey) -> CodeSlot? {
        var place = Int(truncatingIfNeeded: SlotHash.of(key.bits)) & (codes.count - 1)
        while true {
            let slot = codes[place]
            if slot.key == key.bits { return slot }
            if slot.key == 0 { return nil }
            place = (place + 1) & (codes.count - 1)
        }
    }

    /// The edges between a treatment and a code, its ancestors apart.
    @inline(__always)
    func edges(_ treatment: Int, _ code: UInt32) -> Range<Int> {
        let key = PairSlot.key(treatment: treatment, code: code)
        var place = Int(truncatingIfNeeded: SlotHash.of(key)) & (pairs.count - 1)
        while true {
            let slot = pairs[place]
            if slot.edges.count == 0 { return 0..<0 }
            if slot.key == key { return slot.edges.range }
            place = (place + 1) & (pairs.count - 1)
        }
    }

    /// At which of a diagnosis' codes a treatment may have edges: bit 0 for the first.
    ///
    /// The answers for all pairs of a claim do not wait for each other, so that the processor fetches their memory, which
    /// is seldom near, side by side.
    @inline(__always)
    func levels(_ treatment: Int, _ place: DiagnosisPlace) -> UInt8 {
        var levels: UInt8 = 0
        for (level, code) in place.codes.enumerated() {
            let key = PairSlot.key(treatment: treatment, code: code)
            let slot = pairs[Int(truncatingIfNeeded: SlotHash.of(key)) & (pairs.count - 1)]
            levels |= (slot.edges.count == 0 ? 0 : 1) << UInt8(level)
        }
        return levels
    }

    /// `FDA: Prescribing information of digoxin (current label), indications`.
    func reference(_ statement: UInt32) -> String { text(statements[statement].reference) }

    /// `Digoxin: second-line treatment of I50 (reduces hospital stays)`.
    func sentence(_ statement: UInt32) -> String { text(statements[statement].sentence) }

    func relation(_ statement: UInt32) -> Relation { Relation.allCases[Int(statements[statement].relation)] }
}
