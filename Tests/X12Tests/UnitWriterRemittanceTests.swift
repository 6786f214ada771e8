import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

extension Drafts {
    static let insurer = Party(
        "PR", name: "MERIDIAN HEALTH PLAN", address: ["PO BOX 900"], city: "PORTLAND", state: "OR", postalCode: "97201",
        contacts: [Contact("BL", numbers: [.init("TE", "5035559001")])])
    static let payee = Party("PE", name: "CLINIC", identifierQualifier: "XX", identifier: "1234567893")
    static let payment = RemittanceDraft835.Payment(
        date: CalendarDate("20260312")!, traceNumber: "MHP2603120018", payerIdentifier: "1931234567")

    static func remitted(_ number: Int = 1) -> RemittanceDraft835.Claim {
        .init(
            controlNumber: "A-\(number)", payerControlNumber: "PCN\(number)", facility: "11", frequency: "1",
            parties: [Party("QC", isPerson: true, name: "BRANDT", firstName: "OTTO")],
            dates: [DateEntry("232", serviceDay)],
            lines: [
                .init(
                    procedure: ProcedureCode("99213", ["25"]), charge: Money("125.5")!,
                    dates: [DateEntry("472", serviceDay)],
                    adjustments: [Adjustment("CO", "45", Money("25.5")!), Adjustment("PR", "3", Money("20")!)],
                    amounts: [AmountEntry("B6", Money("100")!)], remarkCodes: ["N130"]),
                .init(procedure: ProcedureCode("80053"), charge: Money("40")!),
            ])
    }

    static func remittance(_ claims: Int = 2) -> RemittanceDraft835 {
        .init(
            payment: payment, payer: insurer, payee: payee, claims: (1...claims).map { remitted($0) },
            providerAdjustments: [
                .init(
                    provider: "1234567893", fiscalPeriodEnd: CalendarDate("20261231")!, reason: "WO", reference: "OLD7",
                    amount: Money("50")!),
                .init(
                    provider: "1234567893", fiscalPeriodEnd: CalendarDate("20261231")!, reason: "L6",
                    amount: Money("-1.25")!),
            ])
    }
}

@Suite struct UnitWriterRemittanceTests {
    @Test func whatIsNotStatedIsComputed() throws {
        let written = try Written { writer in
            try writer.write(Drafts.remittance())
            try writer.write(Drafts.remittance(1))
        }
        #expect(written.findings == [])
        #expect(written.reports.isEmpty)
        // Two claims of 120 and one of 120, less 48.75 each.
        #expect(
            written.segments.filter { $0.hasPrefix("BPR") } == [
                "BPR*I*191.25*C*CHK************20260312", "BPR*I*71.25*C*CHK************20260312",
            ])
        #expect(written.segments.contains("CLP*A-1*1*165.5*120*20*12*PCN1*11*1"))
        #expect(written.segments.contains("SVC*HC:99213:25*125.5*80**1"))
        #expect(written.segments.contains("PLB*1234567893*20261231*WO:OLD7*50*L6*-1.25"))
        #expect(written.summary.transactions == 2)
    }

    @Test func whatDoesNotBalanceIsRefused() throws {
        var wrongTotal = Drafts.remittance()
        wrongTotal.payment.amount = Money("191.24")!
        var wrongClaim = Drafts.remittance()
        wrongClaim.headers[0].claims[1].paid = Money("121")!
        var wrongLine = Drafts.remittance()
        wrongLine.headers[0].claims[1].lines[0].paid = Money("79")!
        var stated = Drafts.remittance()
        stated.payment.amount = Money("191.25")!
        stated.headers[0].claims[1].paid = Money("120")!
        let written = try Written { writer in
            for value in [wrongTotal, wrongClaim, wrongLine, stated] { try writer.write(value) }
        }
        #expect(written.findings == [])
        #expect(written.codes == ["x12.remittance-total", "x12.remittance-claim", "x12.remittance-line"])
        #expect(
            written.reports.map(\.issue.location.path) == [
                nil, "headers[0].claims[1]", "headers[0].claims[1].lines[0]",
            ])
        #expect(written.summary.written == 1)
    }

    @Test(arguments: ["835/accepted-1", "835/accepted-2", "835/accepted-3"])
    func aPaymentThatWasReadIsWrittenAgain(_ name: String) throws {
        let bytes = try ViewSamples.bytes(name)
        let drafts = try Self.read(bytes)
        #expect(!drafts.isEmpty)
        let written = try Written { writer in
            for draft in drafts { try writer.write(draft) }
        }
        #expect(written.reports.map(\.issue.line) == [])
        #expect(try Self.read(written.bytes) == drafts)
        let differences = try RoundTrip.differences(bytes, written.bytes)
        #expect(differences.isEmpty, "\(differences)")
    }

    static func read(_ bytes: [UInt8]) throws -> [RemittanceDraft835] {
        var drafts: [RemittanceDraft835] = []
        var claims: [RemittedClaim835] = []
        try X12UnitReader(MemorySource(bytes)).forEach(RemittanceUnit835.self) { unit in
            switch unit {
            case .claim(let claim): claims.append(claim)
            case .payment(let payment):
                drafts.append(try #require(RemittanceDraft835(payment, claims: claims)))
                claims = []
            }
        }
        return drafts
    }
}
