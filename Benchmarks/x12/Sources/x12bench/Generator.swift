import HealthTypes
import X12
import X12Units

/// Writes the benchmark's inputs: ordinary 837P and 835 files of any size, the same bytes for the same seed.
///
/// The values are made up beforehand, so that what is measured is the writing: of each claim only its numbers change.
struct Generator {
    private var random: SplitMix
    private let instant = Instant("2026-03-02T08:00:00Z")!

    init(seed: UInt64) {
        random = SplitMix(state: seed)
    }

    private static let diagnoses = [
        "I10", "E119", "E785", "J45909", "M5450", "K219", "N390", "F32A", "J069", "R0789", "Z0000", "E1165", "I2510",
        "J449", "M170", "G4733",
    ]
    private static let procedures = ["99213", "99214", "93000", "80053", "85025", "83036", "71046", "97110", "36415"]
    private static let last = ["SMITH", "JOHNSON", "NGUYEN", "GARCIA", "KOWALSKI", "ANDERSSON", "OKAFOR", "LEE"]
    private static let first = ["ANNA", "JAMES", "LINH", "MARIA", "PETER", "INGRID", "CHIDI", "SUNG"]
    private static let claimsOfProvider = 50
    private static let providers = 12
    private static let claimsOfPayment = 500

    private mutating func pick<Element>(_ list: [Element]) -> Element { list[Int(random.next() % UInt64(list.count))] }
    private mutating func number(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    private mutating func digits(_ width: Int) -> String {
        padded(number(1_000_000_000), to: 9).suffix(width).description
    }

    // MARK: Claims

    /// Claims of professional services, 50 to a provider and 5,000 to a transaction set, until `size` is reached.
    mutating func claims(size: Int, _ sink: ([UInt8]) throws -> Void) throws -> Int {
        // All share who sends them, and those of a provider share it, as they do for a caller who has each once.
        var template = template()
        var pool = (0..<Self.providers).map { _ in
            template.billing = billing()
            return (0..<Self.claimsOfProvider).map { _ in claim(template) }
        }
        var settings = WritingSettings()
        // What is made up here is known to be valid; the benchmark's check of the file shows it.
        settings.snip = 0
        var written = 0
        try withoutActuallyEscaping(sink) { sink in
            var writer = X12UnitWriter(
                parties: .init(sender: "CLEARINGHOUSE", receiver: "PAYER"), controlNumber: 1, at: instant,
                settings: settings, sink: { _, bytes in try sink(bytes) })
            while writer.byteCount < size {
                let provider = written / Self.claimsOfProvider % pool.count
                Self.rename(&pool[provider], after: written)
                written += try writer.write(contentsOf: pool[provider])
            }
            _ = try writer.finish()
        }
        return written
    }

    private static func rename(_ claims: inout [ClaimDraft837], after number: Int) {
        claims.withUnsafeMutableBufferPointer { claims in
            for index in claims.indices { rename(&claims[index], number + index + 1) }
        }
    }

    private static func rename(_ claim: inout ClaimDraft837, _ number: Int) {
        claim.controlNumber = numbered("ACCT", number, 9)
        claim.references[0].value = numbered("CH", number, 12)
        for line in claim.lines.indices {
            claim.lines[line].references[0].value = numbered("", number * 10 + line + 1, 9)
        }
    }

    /// A short text with a number of a fixed width at its end.
    private static func numbered(_ prefix: StaticString, _ number: Int, _ width: Int) -> String {
        String(unsafeUninitializedCapacity: prefix.utf8CodeUnitCount + width) { bytes in
            for index in 0..<prefix.utf8CodeUnitCount { bytes[index] = prefix.utf8Start[index] }
            var rest = number
            for index in (0..<width).reversed() {
                bytes[prefix.utf8CodeUnitCount + index] = 0x30 + UInt8(rest % 10)
                rest /= 10
            }
            return prefix.utf8CodeUnitCount + width
        }
    }

    private static let batch = ClaimDraft837.Batch(
        submitter: Party(
            "41", name: "CLEARINGHOUSE", identifierQualifier: "46", identifier: "CH1",
            contacts: [Contact(name: "EDI", telephone: "8005550100")]),
        receiver: Party("40", name: "PAYER", identifierQualifier: "46", identifier: "P1"))

    private mutating func npi() -> String { NPI.completing("1" + digits(8)) }

    private mutating func billing() -> ClaimDraft837.Billing {
        ClaimDraft837.Billing(
            provider: Party(
                "85", name: "\(pick(Self.last)) MEDICAL GROUP", identifierQualifier: "XX", identifier: npi(),
                address: ["\(1 + number(900)) MAIN STREET"], city: "SPRINGFIELD", state: "IL", postalCode: "627040001",
                taxonomy: "207Q00000X", references: [ReferenceNumber("EI", digits(9))]))
    }

    private mutating func coverage() -> ClaimDraft837.Coverage {
        ClaimDraft837.Coverage(
            subscriber: Party(
                "IL", isPerson: true, name: pick(Self.last), firstName: pick(Self.first), identifierQualifier: "MI",
                identifier: "MBR\(digits(9))", address: ["\(1 + number(900)) OAK AVENUE"], city: "SPRINGFIELD",
                state: "IL", postalCode: "62704",
                birthDate: CalendarDate(year: 1940 + number(59), month: 1 + number(9), day: 10 + number(9)),
                gender: number(2) == 0 ? "F" : "M"),
            payer: Party("PR", name: "MERIDIAN HEALTH PLAN", identifierQualifier: "PI", identifier: "MERID"),
            groupNumber: "GRP\(number(900))")
    }

    private mutating func template() -> ClaimDraft837 {
        ClaimDraft837(
            batch: Self.batch, billing: billing(), coverage: coverage(), controlNumber: "", facility: "11",
            references: [ReferenceNumber("D9", "")], lines: [])
    }

    private mutating func claim(_ template: ClaimDraft837) -> ClaimDraft837 {
        let diagnoses = 1 + number(3)
        let start = number(16)
        let day = CalendarDate(year: 2026, month: 2, day: 1 + number(28))!
        let lines = (0...number(4)).map { _ in
            ClaimDraft837.Line(
                procedure: ProcedureCode(pick(Self.procedures), number(4) == 0 ? ["25"] : []),
                charge: Money(cents: Int64(2500 + number(30_000))), pointers: diagnoses > 1 ? [1, 2] : [1],
                dates: [DateEntry("472", day)], references: [ReferenceNumber("6R", "")])
        }
        var claim = template
        claim.coverage = coverage()
        claim.codes = (0..<diagnoses).map {
            .init($0 == 0 ? "ABK" : "ABF", Self.diagnoses[(start + $0 * 3) % 16])
        }
        claim.providers = [
            Party(
                "82", isPerson: true, name: pick(Self.last), firstName: pick(Self.first), identifierQualifier: "XX",
                identifier: npi(), taxonomy: "207Q00000X")
        ]
        claim.lines = lines
        return claim
    }

    // MARK: Payments

    /// Remittances, 500 claims to a payment, until `size` is reached.
    mutating func remittances(size: Int, _ sink: ([UInt8]) throws -> Void) throws -> Int {
        var value = RemittanceDraft835(
            payment: .init(
                date: CalendarDate("20260320")!, traceNumber: "", payerIdentifier: "1999999999",
                productionDate: CalendarDate("20260320")),
            payer: Party(
                "PR", name: "MERIDIAN HEALTH PLAN", address: ["1 PAYER PLAZA"], city: "HARTFORD", state: "CT",
                postalCode: "06101", contacts: [Contact("BL", name: "EDI", telephone: "8005550199")]),
            payee: Party(
                "PE", name: "SPRINGFIELD MEDICAL GROUP", identifierQualifier: "XX", identifier: "1234567893"),
            claims: (0..<Self.claimsOfPayment).map { _ in remittedClaim() })
        var settings = WritingSettings()
        settings.snip = 0
        var written = 0
        try withoutActuallyEscaping(sink) { sink in
            var writer = X12UnitWriter(
                parties: .init(sender: "PAYER", receiver: "CLEARINGHOUSE"), controlNumber: 2, at: instant,
                settings: settings, sink: { _, bytes in try sink(bytes) })
            while writer.byteCount < size {
                for index in value.headers[0].claims.indices {
                    written += 1
                    value.headers[0].claims[index].controlNumber = Self.numbered("ACCT", written, 9)
                    value.headers[0].claims[index].payerControlNumber = Self.numbered("PCN", written, 12)
                }
                value.payment.traceNumber = "CHECK\(written / Self.claimsOfPayment)"
                try writer.write(value)
            }
            _ = try writer.finish()
        }
        return written
    }

    private mutating func remittedClaim() -> RemittanceDraft835.Claim {
        let day = CalendarDate("20260210")!
        let lines = (0...number(3)).map { _ in
            let charge = Int64(2500 + number(30_000))
            let reduced = charge / 4
            let share = min(Int64(2000), charge - reduced)
            return RemittanceDraft835.Line(
                procedure: ProcedureCode(pick(Self.procedures)), charge: Money(cents: charge),
                dates: [DateEntry("472", day)],
                adjustments: [
                    Adjustment("CO", "45", Money(cents: reduced)), Adjustment("PR", "3", Money(cents: share)),
                ], amounts: [AmountEntry("B6", Money(cents: charge - reduced))])
        }
        return RemittanceDraft835.Claim(
            controlNumber: "", payerControlNumber: "", facility: "11", frequency: "1",
            parties: [
                Party(
                    "QC", isPerson: true, name: pick(Self.last), firstName: pick(Self.first),
                    identifierQualifier: "MI", identifier: "MBR\(digits(9))")
            ], dates: [DateEntry("232", day)], lines: lines)
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
