import HealthTypes
import X12

/// Writes the benchmark's inputs: ordinary 837P and 835 files of any size, the same bytes for the same seed.
struct Generator {
    private var random: SplitMix
    private let instant = Instant("2026-03-02T08:00:00Z")!

    init(seed: UInt64) {
        random = SplitMix(state: seed)
    }

    private static let diagnoses = [
        "I10", "E119", "E785", "J45909", "M545", "K219", "N390", "F329", "J069", "R0789", "Z0000", "E1165", "I2510",
        "J449", "M170", "G4733",
    ]
    private static let procedures = ["99213", "99214", "93000", "80053", "85025", "83036", "71046", "97110", "36415"]
    private static let last = ["SMITH", "JOHNSON", "NGUYEN", "GARCIA", "KOWALSKI", "ANDERSSON", "OKAFOR", "LEE"]
    private static let first = ["ANNA", "JAMES", "LINH", "MARIA", "PETER", "INGRID", "CHIDI", "SUNG"]

    private mutating func pick<Element>(_ list: [Element]) -> Element { list[Int(random.next() % UInt64(list.count))] }

    /// Claims of professional services, 50 to a provider and 5,000 to a transaction set, until `size` is reached.
    mutating func claims(size: Int, _ sink: ([UInt8]) throws -> Void) throws -> Int {
        var writer = SegmentWriter(capacity: 1 << 20)
        var written = 0
        var total = 0
        var sets = 0
        writer.write("ISA", "00", "          ", "00", "          ", "ZZ", "CLEARINGHOUSE  ", "ZZ", "PAYER          ",
            "260302", "0800", "^", "00501", "000000001", "0", "P", ":")
        fixHeader(&writer)
        writer.write("GS", "HC", "CLEARINGHOUSE", "PAYER", "20260302", "0800", "1", "X", "005010X222A1")
        while total + writer.bytes.count < size {
            sets += 1
            let number = padded(sets, to: 4)
            writer.resetCount()
            writer.write("ST", "837", number, "005010X222A1")
            writer.write("BHT", "0019", "00", "B\(sets)", "20260302", "0800", "CH")
            writer.write("NM1", "41", "2", "CLEARINGHOUSE", "", "", "", "", "46", "CH1")
            writer.write("PER", "IC", "EDI", "TE", "8005550100")
            writer.write("NM1", "40", "2", "PAYER", "", "", "", "", "46", "P1")
            var hierarchy = 0
            var inSet = 0
            while inSet < 5000, total + writer.bytes.count < size {
                hierarchy += 1
                provider(&writer, hierarchy)
                let parent = hierarchy
                for _ in 0..<50 where inSet < 5000 {
                    hierarchy += 1
                    written += 1
                    inSet += 1
                    subscriber(&writer, hierarchy, parent)
                    claim(&writer, written)
                    if writer.bytes.count > 1 << 20 {
                        total += writer.bytes.count
                        try sink(writer.bytes)
                        writer.removeBytes()
                    }
                }
            }
            writer.write("SE", String(writer.segmentCount + 1), number)
        }
        writer.write("GE", String(sets), "1")
        writer.write("IEA", "1", "000000001")
        try sink(writer.bytes)
        return written
    }

    /// ISA11 and ISA16 are delimiters themselves, which a writer of text replaces.
    private func fixHeader(_ writer: inout SegmentWriter) {
        var bytes = writer.bytes
        bytes[82] = writer.delimiters.repetition
        bytes[104] = writer.delimiters.component
        if bytes.count < 106 { bytes.append(writer.delimiters.segment) }
        writer.removeBytes()
        bytes.withUnsafeBufferPointer { writer.append(verbatim: $0, segments: 0) }
    }

    private mutating func provider(_ writer: inout SegmentWriter, _ number: Int) {
        writer.write("HL", String(number), "", "20", "1")
        writer.write("PRV", "BI", "PXC", "207Q00000X")
        let npi = NPI.completing("1" + padded(Int(random.next() % 100_000_000), to: 8))
        writer.write("NM1", "85", "2", "\(pick(Self.last)) MEDICAL GROUP", "", "", "", "", "XX", npi)
        writer.write("N3", "\(1 + random.next() % 900) MAIN STREET")
        writer.write("N4", "SPRINGFIELD", "IL", "627040001")
        writer.write("REF", "EI", padded(Int(random.next() % 1_000_000_000), to: 9))
    }

    private mutating func subscriber(_ writer: inout SegmentWriter, _ number: Int, _ parent: Int) {
        writer.write("HL", String(number), String(parent), "22", "0")
        writer.write("SBR", "P", "18", "GRP\(random.next() % 900)", "", "", "", "", "", "CI")
        writer.write(
            "NM1", "IL", "1", pick(Self.last), pick(Self.first), "", "", "", "MI",
            "MBR\(padded(Int(random.next() % 1_000_000_000), to: 9))")
        writer.write("N3", "\(1 + random.next() % 900) OAK AVENUE")
        writer.write("N4", "SPRINGFIELD", "IL", "62704")
        writer.write(
            "DMG", "D8", "19\(40 + random.next() % 59)0\(1 + random.next() % 9)1\(random.next() % 9)",
            random.next() % 2 == 0 ? "F" : "M")
        writer.write("NM1", "PR", "2", "MERIDIAN HEALTH PLAN", "", "", "", "", "PI", "MERID")
    }

    private mutating func claim(_ writer: inout SegmentWriter, _ number: Int) {
        let lines = 1 + Int(random.next() % 4)
        var charges: [Int64] = []
        for _ in 0..<lines { charges.append(Int64(2500 + random.next() % 30_000)) }
        writer.begin("CLM")
        writer.add("ACCT\(padded(number, to: 9))")
        writer.add(cents: charges.reduce(0, +))
        writer.addEmpty()
        writer.addEmpty()
        writer.add(composite: ["11", "B", "1"])
        writer.add("Y")
        writer.add("A")
        writer.add("Y")
        writer.add("Y")
        writer.end()
        writer.write("REF", "D9", "CH\(padded(number, to: 12))")
        writer.begin("HI")
        let diagnoses = 1 + Int(random.next() % 3)
        for index in 0..<diagnoses {
            writer.add(composite: [index == 0 ? "ABK" : "ABF", Self.diagnoses[(number &* 7 &+ index &* 3) % 16]])
        }
        writer.end()
        writer.write(
            "NM1", "82", "1", pick(Self.last), pick(Self.first), "", "", "", "XX",
            NPI.completing("1" + padded(Int(random.next() % 100_000_000), to: 8)))
        writer.write("PRV", "PE", "PXC", "207Q00000X")
        let day = "202602\(padded(1 + Int(random.next() % 28), to: 2))"
        for (index, charge) in charges.enumerated() {
            writer.write("LX", String(index + 1))
            writer.begin("SV1")
            writer.add(composite: ["HC", pick(Self.procedures), random.next() % 4 == 0 ? "25" : ""])
            writer.add(cents: charge)
            writer.add("UN")
            writer.add(1)
            writer.addEmpty()
            writer.addEmpty()
            writer.add(composite: ["1", diagnoses > 1 ? "2" : ""])
            writer.end()
            writer.write("DTP", "472", "D8", day)
            writer.write("REF", "6R", "\(number)L\(index + 1)")
        }
    }

    /// Remittances, 500 claims to a payment, until `size` is reached.
    mutating func remittances(size: Int, _ sink: ([UInt8]) throws -> Void) throws -> Int {
        var writer = SegmentWriter(capacity: 1 << 20)
        var written = 0
        var total = 0
        var sets = 0
        writer.write("ISA", "00", "          ", "00", "          ", "ZZ", "PAYER          ", "ZZ", "CLEARINGHOUSE  ",
            "260320", "0800", "^", "00501", "000000002", "0", "P", ":")
        fixHeader(&writer)
        writer.write("GS", "HP", "PAYER", "CLEARINGHOUSE", "20260320", "0800", "2", "X", "005010X221A1")
        while total + writer.bytes.count < size {
            sets += 1
            let number = padded(sets, to: 4)
            // The payment stands before its claims: they are written first, and then joined.
            var body = SegmentWriter(capacity: 1 << 18)
            var paid: Int64 = 0
            for _ in 0..<500 {
                written += 1
                paid += remittedClaim(&body, written)
            }
            writer.resetCount()
            writer.write("ST", "835", number)
            writer.begin("BPR")
            writer.add("I")
            writer.add(cents: paid)
            for text in ["C", "CHK", "", "", "", "", "", "", "", "", "", "", "", "20260320"] { writer.add(text) }
            writer.end()
            writer.write("TRN", "1", "CHECK\(sets)", "1999999999")
            writer.write("DTM", "405", "20260320")
            writer.write("N1", "PR", "MERIDIAN HEALTH PLAN")
            writer.write("N3", "1 PAYER PLAZA")
            writer.write("N4", "HARTFORD", "CT", "06101")
            writer.write("PER", "BL", "EDI", "TE", "8005550199")
            writer.write("N1", "PE", "SPRINGFIELD MEDICAL GROUP", "XX", "1234567893")
            writer.write("LX", "1")
            body.bytes.withUnsafeBufferPointer { writer.append(verbatim: $0, segments: body.segmentCount) }
            writer.write("SE", String(writer.segmentCount + 1), number)
            if writer.bytes.count > 1 << 20 {
                total += writer.bytes.count
                try sink(writer.bytes)
                writer.removeBytes()
            }
        }
        writer.write("GE", String(sets), "2")
        writer.write("IEA", "1", "000000002")
        try sink(writer.bytes)
        return written
    }

    private mutating func remittedClaim(_ writer: inout SegmentWriter, _ number: Int) -> Int64 {
        let lines = 1 + Int(random.next() % 3)
        var body: [(charge: Int64, paid: Int64, reduced: Int64, share: Int64)] = []
        for _ in 0..<lines {
            let charge = Int64(2500 + random.next() % 30_000)
            let reduced = charge / 4
            let share = min(Int64(2000), charge - reduced)
            body.append((charge, charge - reduced - share, reduced, share))
        }
        let paid = body.reduce(0) { $0 + $1.paid }
        writer.begin("CLP")
        writer.add("ACCT\(padded(number, to: 9))")
        writer.add("1")
        writer.add(cents: body.reduce(0) { $0 + $1.charge })
        writer.add(cents: paid)
        writer.add(cents: body.reduce(0) { $0 + $1.share })
        writer.add("12")
        writer.add("PCN\(padded(number, to: 12))")
        writer.add("11")
        writer.add("1")
        writer.end()
        writer.write(
            "NM1", "QC", "1", pick(Self.last), pick(Self.first), "", "", "", "MI",
            "MBR\(padded(Int(random.next() % 1_000_000_000), to: 9))")
        writer.write("DTM", "232", "20260210")
        for line in body {
            writer.begin("SVC")
            writer.add(composite: ["HC", pick(Self.procedures)])
            writer.add(cents: line.charge)
            writer.add(cents: line.paid)
            writer.addEmpty()
            writer.add("1")
            writer.end()
            writer.write("DTM", "472", "20260210")
            writer.begin("CAS")
            writer.add("CO")
            writer.add("45")
            writer.add(cents: line.reduced)
            writer.end()
            writer.begin("CAS")
            writer.add("PR")
            writer.add("3")
            writer.add(cents: line.share)
            writer.end()
            writer.begin("AMT")
            writer.add("B6")
            writer.add(cents: line.paid + line.share)
            writer.end()
        }
        return paid
    }
}

/// A small generator of random numbers (SplitMix64).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
