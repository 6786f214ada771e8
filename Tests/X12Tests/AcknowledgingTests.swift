import HealthTypes
import Testing

@testable import X12

@Suite struct AcknowledgingTests {
    func acknowledge(_ document: X12Document) throws -> X12Document {
        let bytes = try #require(
            Acknowledgment999.make(
                for: document, findings: X12Checker().check(document), controlNumber: 31, at: Samples.noon))
        let answer = X12Document(parsing: bytes)
        #expect(X12Checker().check(answer).map(\.issue.code) == [])
        return answer
    }

    func reading(_ answer: X12Document) throws -> Acknowledgment999 {
        try #require(Acknowledgment999(answer.interchanges[0].groups[0].transactions[0]))
    }

    @Test(arguments: Samples.names.filter { $0 != "835-managed-care.835" }) func acceptsWhatIsValid(name: String) throws
    {
        let document = try Samples.document(name)
        let answer = try acknowledge(document)
        let group = document.interchanges[0].groups[0]
        let reading = try reading(answer)
        #expect(reading.status == "A")
        #expect(reading.functionalID == group.functionalID)
        #expect(reading.groupControlNumber == group.controlNumber)
        #expect(reading.acceptedCount == 1)
        #expect(reading.transactions.map(\.controlNumber) == [group.transactions[0].controlNumber])
        #expect(reading.transactions[0].isAccepted)
        #expect(answer.interchanges[0].receiverID == document.interchanges[0].senderID)
    }

    @Test func namesEachErrorByItsPlace() throws {
        let bytes = try Samples.replacing(
            Samples.replacing(try Samples.bytes("837P-other-payer.837"), "11:B:1", "11:A:1"),
            "REF*EI*123456789~", "ZZZ*1~")
        let reading = try reading(try acknowledge(X12Document(parsing: bytes)))
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
        let reading = try reading(try acknowledge(X12Document(parsing: bytes)))
        #expect(reading.status == "P")
        #expect(reading.receivedCount == 2)
        #expect(reading.acceptedCount == 1)
        #expect(reading.transactions.map(\.status) == ["A", "R"])
        #expect(reading.transactions[1].codes.contains("3"))
    }

    @Test func acknowledgementsAreNotAcknowledged() throws {
        let answer = try acknowledge(try Samples.document("837P-patient.837"))
        #expect(Acknowledgment999.make(for: answer, findings: [], controlNumber: 1, at: Samples.noon) == nil)
    }

    @Test(arguments: [
        ("IEA*1*000000907", "IEA*1*000000907", "A", "000"), ("IEA*1*000000907", "IEA*1*000000908", "R", "001"),
        ("IEA*1*", "IEA*2*", "R", "021"), ("*T*:", "*Q*:", "E", "020"),
    ]) func aTA1AnswersTheInterchange(old: String, new: String, status: String, note: String) throws {
        let document = X12Document(parsing: try Samples.replacing(try Samples.bytes("270-dependent.270"), old, new))
        let bytes = TA1.acknowledge(document.interchanges[0], controlNumber: 5, at: Samples.noon)
        let answer = X12Document(parsing: bytes)
        #expect(answer.issues == [])
        let reading = try #require(answer.interchanges[0].ta1Segments.compactMap(TA1.read).first)
        #expect(reading.controlNumber == "000000907")
        #expect(reading.status == status)
        #expect(reading.note == note)
    }

    @Test func aClaimAcknowledgementIsWrittenValidAndReadBack() throws {
        typealias CA = ClaimAcknowledgment277CA
        let day = CalendarDate("20260227")!
        let provider = CA.Party(name: "HAPPY CLINIC", identifier: "1234567893")
        func outcome(_ number: String, _ status: [CA.Status], _ charge: String) -> CA.Outcome {
            CA.Outcome(
                provider: provider, patientLastName: "DOE", patientFirstName: "JO", memberID: "M1",
                patientControlNumber: number, payerClaimControlNumber: "ICN\(number)", statuses: status,
                charge: Money(charge)!, serviceFrom: day, serviceTo: day)
        }
        let set = CA.write(
            CA.Heading(
                source: CA.Party(name: "MERIDIAN", identifier: "12345"),
                receiver: CA.Party(name: "SUB", identifier: "S1"),
                reference: "ACK1", batch: "BATCH1", received: day, at: Samples.noon),
            outcomes: [
                outcome("P-1", [CA.Status(category: "A2", code: "20", entity: "PR")], "120.50"),
                outcome("P-2", [CA.Status(category: "A7", code: "562"), CA.Status(category: "A7", code: "85")], "80"),
            ])
        var writer = InterchangeWriter(parties: Samples.parties, controlNumber: 3, at: Samples.noon, usage: "T")
        writer.addGroup(functionalID: "HN", version: set.guide, transactions: [set])
        let document = X12Document(parsing: writer.bytes())
        #expect(X12Checker().check(document).map(\.issue.line) == [])
        let reading = try #require(CA(document.interchanges[0].groups[0].transactions[0]))
        #expect(reading.batch == "BATCH1")
        #expect(
            reading.totals
                == CA.Totals(
                    acceptedCount: 1, rejectedCount: 1, acceptedAmount: Money("120.5"), rejectedAmount: Money("80")))
        #expect(reading.claims.map(\.patientControlNumber) == ["P-1", "P-2"])
        #expect(reading.claims.map(\.isRejected) == [false, true])
        #expect(reading.claims.map(\.provider) == ["1234567893", "1234567893"])
        #expect(reading.claims[0].statuses.map(\.action) == ["WQ"])
        #expect(reading.claims[1].statuses.map(\.code) == ["562", "85"])
        #expect(reading.claims[1].payerClaimControlNumber == "ICNP-2")
        #expect(Acknowledgment999(document.interchanges[0].groups[0].transactions[0]) == nil)
    }

    @Test func a271IsNoClaimAcknowledgement() throws {
        let set = try Samples.document("271-dependent.271").interchanges[0].groups[0].transactions[0]
        #expect(ClaimAcknowledgment277CA(set) == nil)
    }

    @Test func rejectingCategoriesAreThoseOfTheGuide() {
        let rejecting = ClaimAcknowledgment277CA.categories.filter {
            ClaimAcknowledgment277CA.Status(category: $0, code: "0").isRejection
        }
        #expect(rejecting.sorted() == ["A3", "A4", "A6", "A7", "A8"])
    }
}
