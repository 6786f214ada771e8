import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

@Suite struct AcknowledgingTests {
    func reading(_ bytes: [UInt8]) throws -> Acknowledgment999 {
        let answered = try Answered(bytes)
        #expect(answered.faults == [])
        return try #require(answered.implementations.first)
    }

    @Test(arguments: Samples.names.filter { $0 != "835-managed-care.835" }) func acceptsWhatIsValid(name: String) throws
    {
        let document = try Samples.document(name)
        let answered = try Answered(document.bytes)
        let group = document.interchanges[0].groups[0]
        let reading = try #require(answered.implementations.first)
        #expect(answered.faults == [])
        #expect(reading.status == "A")
        #expect(reading.functionalID == group.functionalID)
        #expect(reading.groupControlNumber == group.controlNumber)
        #expect(reading.acceptedCount == 1)
        #expect(reading.transactions.map(\.controlNumber) == [group.transactions[0].controlNumber])
        #expect(reading.transactions[0].isAccepted)
        let answer = answered.document(.implementation).interchanges[0]
        #expect(answer.receiverID == document.interchanges[0].senderID)
    }

    @Test func namesEachErrorByItsPlace() throws {
        let bytes = try Samples.replacing(
            Samples.replacing(try Samples.bytes("837P-other-payer.837"), "11:B:1", "11:A:1"),
            "REF*EI*123456789~", "ZZZ*1~")
        let reading = try reading(bytes)
        #expect(reading.status == "R")
        let result = reading.transactions[0]
        #expect(result.status == "R")
        #expect(result.codes == ["5"])
        #expect(result.errors.map(\.code) == ["3", "6", "8"])
        #expect(result.errors[0].segment == "REF")
        #expect(result.errors[0].loop == "2010AA")
        #expect(result.errors[2].segment == "CLM")
        #expect(result.errors[2].loop == "2300")
        #expect(result.errors[2].contexts == [["CLM01", "26407789"]])
        #expect(
            result.errors[2].elements == [
                Acknowledgment999.ElementError(element: 5, component: 2, repetition: nil, code: "I6")
            ])
    }

    @Test func aPartlyGoodGroupIsAcceptedInPart() throws {
        let text = String(decoding: try Samples.bytes("270-dependent.270"), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let set = lines[2..<(lines.count - 2)].joined(separator: "\n")
        let second = set.replacing("1234*005010", with: "1235*005010").replacing("EQ*30", with: "QQ*30")
        let bytes = Array((lines[0...1] + [set, second, "GE*2*1~", lines.last!]).joined(separator: "\n").utf8)
        let reading = try reading(bytes)
        #expect(reading.status == "P")
        #expect(reading.receivedCount == 2)
        #expect(reading.acceptedCount == 1)
        #expect(reading.transactions.map(\.status) == ["A", "R"])
        #expect(reading.transactions[1].codes.contains("3"))
    }

    @Test func acknowledgementsAreNotAcknowledged() throws {
        let answered = try Answered(try Samples.bytes("837P-patient.837"))
        let answer = try #require(answered.answers[.implementation])
        #expect(try Answered(answer).implementations.isEmpty)
    }

    @Test(arguments: [
        ("IEA*1*000000907", "IEA*1*000000907", "A", "000"), ("IEA*1*000000907", "IEA*1*000000908", "R", "001"),
        ("IEA*1*", "IEA*2*", "R", "021"), ("*T*:", "*Q*:", "E", "020"),
    ]) func aTA1AnswersTheInterchange(old: String, new: String, status: String, note: String) throws {
        let answered = try Answered(try Samples.replacing(try Samples.bytes("270-dependent.270"), old, new))
        let reading = try #require(answered.interchangeAnswers.first)
        #expect(reading.controlNumber == "000000907")
        #expect(reading.status == status)
        #expect(reading.note == note)
    }

    @Test func aTA1GoesToWhoAsksAndWhoseEnvelopeIsAtFault() throws {
        func answers(_ old: String, _ new: String) throws -> Bool {
            var isAnswered = false
            let maker = AnswerMaker(
                kinds: [.ta1], at: Samples.noon, nextControlNumber: { 1 }, ta1: .askedOrAtFault
            ) { _, _ in isAnswered = true }
            let quiet = try Samples.replacing(
                try Samples.bytes("270-dependent.270"), "*1*T*:", old == "*1*T*:" ? new : "*0*T*:")
            let bytes = old == "*1*T*:" ? quiet : try Samples.replacing(quiet, old, new)
            _ = X12FileChecker().check(bytes, answering: maker)
            return isAnswered
        }
        #expect(try !answers("*1*T*:", "*0*T*:"))
        #expect(try answers("*1*T*:", "*1*T*:"))
        #expect(try answers("IEA*1*", "IEA*2*"))
    }

    @Test func aClaimAcknowledgementIsWrittenValidAndReadBack() throws {
        let day = CalendarDate("20260227")!
        let provider = Party("85", name: "HAPPY CLINIC", identifierQualifier: "XX", identifier: "1234567893")
        func claim(
            _ number: String, _ reasons: [StatusEntry.Reason], _ charge: String
        ) -> ClaimAcknowledgmentDraft277CA.Claim {
            ClaimAcknowledgmentDraft277CA.Claim(
                provider: provider,
                patient: Party(
                    "QC", isPerson: true, name: "DOE", firstName: "JO", identifierQualifier: "MI", identifier: "M1"),
                controlNumber: number, payerControlNumber: "ICN\(number)", reasons: reasons, charge: Money(charge)!,
                serviceFrom: day, serviceThrough: day)
        }
        var bytes: [UInt8] = []
        var reports: [String] = []
        var writer = X12UnitWriter(
            parties: Samples.parties, controlNumber: 3, at: Samples.noon, report: { reports.append($0.issue.code) }
        ) { bytes += $1 }
        try writer.write(
            ClaimAcknowledgmentDraft277CA(
                source: Party("PR", name: "MERIDIAN", identifierQualifier: "PI", identifier: "12345"),
                receiver: Party("41", name: "SUB", identifierQualifier: "46", identifier: "S1"), reference: "ACK1",
                batch: "BATCH1", received: day, processed: CalendarDate("20260302")!,
                claims: [
                    claim("P-1", [StatusEntry.Reason("A2", "20", entity: "PR")], "120.50"),
                    claim("P-2", [StatusEntry.Reason("A7", "562"), StatusEntry.Reason("A7", "85")], "80"),
                ]))
        #expect(writer.lastSet.group == "3")
        #expect(writer.lastSet.set == "0001")
        _ = try writer.finish()
        #expect(reports == [])
        var found: [String] = []
        _ = X12FileChecker().check(bytes) { found.append($0.issue.line) }
        #expect(found == [])
        let reading = try #require(try ClaimAcknowledgment277CA.all(in: MemorySource(bytes)).first)
        #expect(reading.batch == "BATCH1")
        #expect(reading.source == "12345")
        #expect(
            reading.totals
                == ClaimAcknowledgment277CA.Totals(
                    acceptedCount: 1, rejectedCount: 1, acceptedAmount: Money("120.5"), rejectedAmount: Money("80")))
        #expect(reading.claims.map(\.patientControlNumber) == ["P-1", "P-2"])
        #expect(reading.claims.map(\.isRejected) == [false, true])
        #expect(reading.claims.map(\.provider) == ["1234567893", "1234567893"])
        #expect(reading.claims[0].statuses.map(\.action) == ["WQ"])
        #expect(reading.claims[1].statuses.flatMap(\.reasons).map(\.code) == ["562", "85"])
        #expect(reading.claims[1].payerClaimControlNumber == "ICNP-2")
        #expect(Samples.acknowledgments(bytes).isEmpty)
    }

    @Test func a271IsNoClaimAcknowledgement() throws {
        #expect(try ClaimAcknowledgment277CA.all(in: MemorySource(try Samples.bytes("271-dependent.271"))).isEmpty)
    }

    @Test func rejectingCategoriesAreThoseOfTheGuide() {
        let rejecting = (0...8).map { "A\($0)" }.filter { StatusEntry.Reason($0, "0").isRejection }
        #expect(rejecting == ["A3", "A4", "A6", "A7", "A8"])
    }
}
