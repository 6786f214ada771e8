import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// Values that are drawn by a seed: what is written is accepted and reads as the same values.
private struct DraftSource {
    var random: SeededRandom
    var number = 0

    private mutating func text(_ most: Int) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -'./,&()#")
        let count = 1 + random.integer(in: 0..<most)
        let drawn = (0..<count).map { _ in letters[random.integer(in: 0..<letters.count)] }
        return "X" + String(drawn.dropFirst()).trimmingSpaces + "X"
    }

    private mutating func amount() -> Money { Money(cents: Int64(random.integer(in: 0..<5_000_000))) }

    private mutating func day() -> CalendarDate { Drafts.serviceDay.adding(days: -random.integer(in: 0..<60)) }

    private mutating func person(_ role: String) -> Party {
        Party(
            role, isPerson: true, name: text(20), firstName: random.chance(80) ? text(12) : "",
            middleName: random.chance(20) ? text(5) : "", identifierQualifier: "XX", identifier: "1234567893")
    }

    mutating func claim() -> ClaimDraft837 {
        number += 1
        let kind = random.pick([Claim837.Kind.professional, .institutional, .dental])
        var claim = Drafts.claim(number, member: random.integer(in: 0..<3), provider: random.integer(in: 0..<2))
        claim.kind = kind
        claim.batch.reference = "BATCH"
        claim.billing = Drafts.billing(kind, number: random.integer(in: 0..<2))
        claim.coverage.subscriber.name = text(30)
        if random.chance(30) { claim.patient = Drafts.child }
        if random.chance(30) { claim.notes = [.init("ADD", text(60))] }
        if random.chance(20) { claim.amounts = [AmountEntry(kind == .institutional ? "F3" : "F5", amount())] }
        claim.providers = [person(kind == .institutional ? "71" : "82")]
        claim.lines = (0...random.integer(in: 0..<5)).map { _ in line(kind) }
        if kind == .institutional { takeInstitutional(&claim) }
        if kind == .dental {
            claim.codes = []
            claim.facility = "11"
        }
        claim.charge = claim.lineCharges
        return claim
    }

    private mutating func takeInstitutional(_ claim: inout ClaimDraft837) {
        claim.facility = "13"
        claim.providerSignature = ""
        claim.dates = [DateEntry("434", Drafts.serviceDay, through: Drafts.serviceDay)]
        claim.admission = .init(type: "1", source: "1", patientStatus: "01")
        claim.codes = [.init("ABK", "I10"), .init("ABF", "E119"), .init("ABF", "E785"), .init("BG", "07")]
        if random.chance(50) { claim.codes.append(.init("BH", "11", on: Drafts.serviceDay)) }
        if random.chance(50) { claim.codes.append(.init("BE", "80", amount: Money(cents: 300))) }
    }

    private mutating func line(_ kind: Claim837.Kind) -> ClaimDraft837.Line {
        let dates = [DateEntry("472", day())]
        let references = [ReferenceNumber("6R", text(20))]
        switch kind {
        case .professional:
            return .init(
                procedure: ProcedureCode("99213", random.chance(30) ? ["25", "59"] : []), charge: amount(),
                units: String(1 + random.integer(in: 0..<9)), pointers: [1, 2], dates: dates, references: references,
                drug: random.chance(10) ? .init("00409379501", quantity: "2", unit: "ML") : nil)
        case .institutional:
            return .init(
                procedure: random.chance(70) ? ProcedureCode("99284") : nil, revenueCode: "0450", charge: amount(),
                dates: dates, references: references)
        case .dental:
            return .init(
                procedure: ProcedureCode("D2391", qualifier: "AD"), charge: amount(), units: "",
                teeth: [.init(String(1 + random.integer(in: 0..<32)), surfaces: ["M", "O"])], dates: dates,
                references: references)
        }
    }

    mutating func remittance() -> RemittanceDraft835 {
        number += 1
        var value = Drafts.remittance(1 + random.integer(in: 0..<4))
        for index in value.headers[0].claims.indices {
            for _ in 0..<random.integer(in: 0..<4) {
                let charge = amount()
                let part = Money(cents: charge.cents / 3)
                value.headers[0].claims[index].lines.append(
                    .init(
                        procedure: ProcedureCode("99214"), charge: charge, dates: [DateEntry("472", day())],
                        adjustments: [Adjustment("CO", "45", part), Adjustment("OA", "23", part)]))
            }
        }
        return value
    }
}

extension String {
    fileprivate var trimmingSpaces: String { split(separator: " ").joined(separator: " ") }
}

@Suite struct UnitWriterProperties {
    private func settings(_ random: inout SeededRandom) -> WritingSettings {
        var settings = WritingSettings()
        settings.unitsPerTransaction = 1 + random.integer(in: 0..<9)
        settings.transactionsPerGroup = 1 + random.integer(in: 0..<4)
        settings.groupsPerInterchange = 1 + random.integer(in: 0..<4)
        settings.breaksLines = random.chance(50)
        if random.chance(50) {
            settings.delimiters = Delimiters(
                element: UInt8(ascii: "|"), component: UInt8(ascii: ">"), repetition: UInt8(ascii: "{"),
                segment: UInt8(ascii: "}"))
        }
        return settings
    }

    @Test(arguments: 1...20) func claimsReadAsTheyWereWritten(_ seed: Int) throws {
        var source = DraftSource(random: SeededRandom(seed: UInt64(seed)))
        let drafts = (0..<30).map { _ in source.claim() }
        let written = try Written(settings(&source.random)) { writer in
            for draft in drafts { try writer.write(draft) }
        }
        #expect(written.reports.map(\.issue.line) == [])
        #expect(written.findings == [])
        #expect(try RoundTrip.claims(written.bytes) == drafts)
    }

    @Test(arguments: 1...10) func paymentsBalance(_ seed: Int) throws {
        var source = DraftSource(random: SeededRandom(seed: UInt64(seed)))
        let drafts = (0..<20).map { _ in source.remittance() }
        let written = try Written(settings(&source.random)) { writer in
            for draft in drafts { try writer.write(draft) }
        }
        #expect(written.reports.map(\.issue.line) == [])
        #expect(written.findings == [])
        let read = try UnitWriterRemittanceTests.read(written.bytes)
        #expect(read.map(\.payment.amount) == drafts.map(\.computedAmount))
    }

    /// Whatever a value holds, what is written of all values is valid: a value is written whole or not at all.
    @Test(arguments: 1...20) func damagedValuesLeaveTheRestValid(_ seed: Int) throws {
        var source = DraftSource(random: SeededRandom(seed: UInt64(seed) + 1000))
        var drafts = (0..<30).map { _ in source.claim() }
        for index in drafts.indices where source.random.chance(50) { damage(&drafts[index], &source.random) }
        let written = try Written(settings(&source.random)) { writer in
            for draft in drafts { try writer.write(draft) }
        }
        #expect(written.findings.filter { !$0.hasPrefix("warning") } == [])
        #expect(written.summary.written + written.summary.refused == drafts.count)
        #expect(Set(written.reports.filter(\.isRefusal).map(\.value)).count == written.summary.refused)
        #expect(try RoundTrip.claims(written.bytes).count == written.summary.written)
    }

    private func damage(_ claim: inout ClaimDraft837, _ random: inout SeededRandom) {
        switch random.integer(in: 0..<9) {
        case 0: claim.controlNumber = String(repeating: "9", count: random.integer(in: 0..<60))
        case 1: claim.coverage.subscriber.name = random.pick(["", "Ü~*:^\n\u{0}", "日本"])
        case 2: claim.billing.provider.identifier = random.pick(["1234567890", "", "ABC"])
        case 3: claim.lines.removeAll()
        case 4: claim.codes = Array(repeating: .init("ABK", "~"), count: random.integer(in: 0..<20))
        case 5: claim.charge = Money(cents: Int64(random.integer(in: 0..<1000)))
        case 6: claim.additional = [SegmentDraft("ZZZ", [.text("1")]), SegmentDraft("", [])]
        case 7: claim.dates.append(DateEntry("439", format: "D8", text: "20261340"))
        default: claim.lines[0].pointers = [random.integer(in: 0..<30)]
        }
    }
}
