import Claims
import FHIR
import HealthTypes
import Testing

@Suite struct AuthorizationTests {
    private var request: AuthorizationRequest {
        AuthorizationRequest(
            identifier: "AR/1", version: 2, orderNumber: "", payerID: "MERID", payerName: "Meridian Health Plan",
            provider: Provider(npi: "1234567893", entity: .organization, name: "Larkfield Medical Group"),
            ordering: World.oakes,
            patient: Person(
                family: "Ashdown", given: "Nora", birthDate: CalendarDate("19800514"), sex: .female),
            memberID: "MHP000111222", diagnoses: ["M17.11"],
            items: [
                AuthorizationItem(sequence: 1, procedure: "73721", units: 1, from: World.day),
                AuthorizationItem(
                    sequence: 2, procedure: "J1745", units: 40, from: World.day, to: World.day.adding(days: 90)),
            ],
            urgent: true,
            documents: [
                SupportingDocument(
                    title: "Visit note", contentType: "text/plain", text: "Six weeks of therapy failed.",
                    criteria: ["conservative-therapy", "xray-first"]),
                SupportingDocument(title: "Letter", contentType: "text/plain", text: "—"),
            ])
    }

    @Test func aRequestComesBackThroughItsBundle() throws {
        let written = AuthorizationMapping.pasRequest(request, at: World.now, placeOfService: "22")
        let pas = try #require(written.value)
        #expect(pas.relatedClaimIdentifier?.value == "AR/1/1")
        #expect(pas.items.map(\.code.system) == [.cpt, .hcpcs])
        #expect(pas.supportingInfo.map(\.linkID) == ["conservative-therapy", "xray-first", nil])
        let bundle = try #require(FHIRBundle(try JSON(parsing: pas.bundle().json.text)))
        #expect(AuthorizationMapping.request(reading: try PASRequest(reading: bundle)) == request)
    }

    @Test func aRequestThatNobodyCouldDecideIsNotMade() {
        var unborn = request
        unborn.patient.birthDate = nil
        var empty = request
        empty.items = []
        for request in [unborn, empty] {
            let result = AuthorizationMapping.pasRequest(request, at: World.now)
            #expect(result.value == nil)
            #expect(result.issues.map(\.code) == ["authorization.request-unreadable"])
        }
    }

    @Test func anAnswerComesBackThroughItsBundle() throws {
        let pas = try #require(AuthorizationMapping.pasRequest(request, at: World.now).value)
        var answer = AuthorizationAnswer(
            identifier: request.identifier, version: request.version, authorizationNumber: "PA-100")
        var first = AuthorizationItemAnswer(sequence: 1, action: "A6")
        first.approvedUnits = 1
        first.from = World.day
        first.to = World.day.adding(days: 60)
        var second = AuthorizationItemAnswer(sequence: 2, action: "A4")
        second.reason = "0V"
        answer.items = [first, second]
        answer.documentsWanted = ["tb-screen", "dx-confirmed"]
        answer.errors = []
        let response = AuthorizationMapping.pasResponse(answer, to: pas, at: World.now)
        let bundle = try #require(FHIRBundle(try JSON(parsing: response.bundle(answering: pas.bundle()).json.text)))
        let read = AuthorizationMapping.answer(reading: try PASResponse(reading: bundle))
        #expect(read.value == answer)
        #expect(read.issues.isEmpty)
        #expect(read.value.standing == .pended)
    }

    /// A payer that keeps our identifier and not its end says nothing of the version.
    @Test(arguments: [("AR-1/2", "AR-1", 2), ("AR-1", "AR-1", nil), ("AR/x", "AR/x", nil)] as [(String, String, Int?)])
    func theVersionIsWhatThePayerNames(value: String, identifier: String, version: Int?) {
        var response = PASResponse(created: World.now, items: [])
        response.claimIdentifier = FHIRIdentifier(system: AuthorizationMapping.identifierSystem, value: value)
        let answer = AuthorizationMapping.answer(reading: response).value
        #expect(answer.identifier == identifier && answer.version == version)
    }

    @Test func anItemWithoutADecisionIsUnknown() {
        let response = PASResponse(created: World.now, items: [PASResponse.Item(sequence: 1, action: nil)])
        let read = AuthorizationMapping.answer(reading: response)
        #expect(read.value.standing == .unknown)
        #expect(read.issues.map(\.code) == ["authorization.answer-unreadable"])
    }
}
