import Claims
import FHIR
import HealthTypes
import PayerSimulator
import Testing

/// Requests for prior authorization, and claims that need one.
struct AuthorizationTests {
    typealias World = PayerWorld

    private static let knee = ["conservative-therapy", "xray-first"]

    private func request(
        _ identifier: String, version: Int = 1, payer: String = "NSTAR", member: String = "NS10000001A",
        procedure: String = "73721", units: Int = 1, lines: [String] = []
    ) -> AuthorizationRequest {
        AuthorizationRequest(
            identifier: identifier, version: version, orderNumber: "O1", payerID: payer, payerName: payer,
            provider: World.billing, ordering: nil, patient: World.person(), memberID: member, diagnoses: ["M25.561"],
            items: [AuthorizationItem(sequence: 1, procedure: procedure, units: units, from: World.day)], urgent: false,
            documents: lines.isEmpty
                ? []
                : [
                    SupportingDocument(
                        title: "Criteria", contentType: "text/plain", text: lines.joined(separator: "\n"))
                ])
    }

    private func submit(
        _ request: AuthorizationRequest, to world: World, key: String? = nil
    ) throws -> AuthorizationAnswer {
        let bundle = try #require(AuthorizationMapping.pasRequest(request, at: world.clock.now).value).bundle()
        return try read(
            world.payer.submitAuthorization(bundle.json, key: key ?? "\(request.identifier)/\(request.version)"))
    }

    private func read(_ json: JSON) throws -> AuthorizationAnswer {
        let bundle = try #require(FHIRBundle(json))
        return AuthorizationMapping.answer(reading: try PASResponse(reading: bundle)).value
    }

    private static func met(_ criteria: [String]) -> [String] { criteria.map { "criterion \($0): met" } }

    @Test func approvesWhatTheDocumentsProve() throws {
        let answer = try submit(request("A1", lines: Self.met(Self.knee)), to: World())
        #expect(answer.standing == .approved)
        #expect(answer.authorizationNumber?.hasPrefix("NA") == true)
        #expect(answer.items.first?.approvedUnits == 1)
        #expect(answer.items.first?.from == World.day)
    }

    @Test func asksForWhatIsMissingAndTakesItInAnUpdate() throws {
        let world = try World()
        let first = try submit(request("A1", lines: ["criterion conservative-therapy: met"]), to: world)
        #expect(first.standing == .pended)
        #expect(first.authorizationNumber == nil)
        #expect(first.documentsWanted == ["xray-first"])
        let second = try submit(request("A1", version: 2, lines: ["criterion xray-first: met"]), to: world)
        #expect(second.standing == .approved)
        world.later()
        #expect(try world.mail().isEmpty)
    }

    @Test func deniesWhatTheDocumentsContradict() throws {
        let world = try World()
        #expect(
            try submit(
                request("A1", lines: ["criterion conservative-therapy: met", "criterion xray-first: not met"]),
                to: world
            )
            .items.map(\.action) == ["A3"])
        #expect(try submit(request("A2", lines: ["criterion not met: xray-first"]), to: world).standing == .denied)
    }

    @Test func deniesWhatNeverCame() throws {
        let world = try World()
        _ = try submit(request("A1"), to: world)
        world.later()
        let mail = try world.mail()
        #expect(mail.map(\.kind) == ["pas-update"])
        let answer = try read(JSON(parsing: mail[0].bytes))
        #expect(answer.identifier == "A1")
        #expect(answer.standing == .denied)
        #expect(answer.items.first?.reason == "90")
    }

    @Test func modifiesUnitsOverThePolicy() throws {
        let asked = request(
            "A1", payer: "CIVIC", member: "4100000001", procedure: "97110", units: 12,
            lines: Self.met(["functional-deficit"]))
        let answer = try submit(asked, to: World())
        #expect(answer.standing == .modified)
        #expect(answer.items.first?.approvedUnits == 8)
    }

    @Test func approvesWhatNeedsNoAuthorization() throws {
        #expect(try submit(request("A1", procedure: "71046"), to: World()).standing == .approved)
    }

    @Test func refusesAStranger() throws {
        let answer = try submit(request("A1", member: "NS99999999Z"), to: World())
        #expect(answer.errors == ["75"])
        #expect(answer.authorizationNumber == nil)
    }

    @Test func someRequestsWaitForAReviewer() throws {
        let world = try World()
        var pended: [String] = []
        for index in 1...40 {
            let asked = request(
                "R\(index)", payer: "MERID", member: "MHP100000001", procedure: "70551",
                lines: Self.met(["neuro-symptoms"]))
            if try submit(asked, to: world).standing == .pended { pended.append("R\(index)") }
        }
        #expect((1..<15).contains(pended.count))
        world.later(days: 2)
        let updates = try world.mail().map { try read(JSON(parsing: $0.bytes)) }
        #expect(Set(updates.map(\.identifier)) == Set(pended))
        #expect(updates.allSatisfy { $0.standing == .approved && $0.authorizationNumber != nil })
    }

    @Test func repeatsItsAnswerAndTellsItOnInquiry() throws {
        let world = try World()
        let asked = request("A1", lines: Self.met(Self.knee))
        let answer = try submit(asked, to: world)
        #expect(try submit(asked, to: world) == answer)
        #expect(try submit(asked, to: world, key: "another") == answer)
        let bundle = try #require(AuthorizationMapping.pasRequest(asked, at: world.clock.now).value).bundle()
        let found = try world.payer.inquireAuthorization(bundle.json)["parameter"]?.elements ?? []
        #expect(try found.map { try read($0["resource"] ?? .null) } == [answer])
    }

    @Test func answersWhatIsNoRequestWithAnOutcome() throws {
        let world = try World()
        #expect(try world.payer.submitAuthorization("nothing", key: "1")["resourceType"] == "OperationOutcome")
        #expect(try world.payer.inquireAuthorization([])["resourceType"] == "OperationOutcome")
    }

    // MARK: Claims

    private func claim(_ control: String, _ number: String?, procedure: String = "73721") -> Claim {
        var claim = World.claim(
            control, payer: "NSTAR", member: "NS10000001A", lines: [World.line(1, procedure, charge: "1000")])
        claim.priorAuthorization = number
        return claim
    }

    @Test func paysOnceUnderAnAuthorization() throws {
        let world = try World()
        let number = try submit(request("A1", lines: Self.met(Self.knee)), to: world).authorizationNumber
        #expect(try world.settle(claim("C1", number))[0].paid > .zero)
        var again = claim("C2", number)
        again.lines[0].modifiers = ["76"]
        #expect(try world.adjustments(again) == ["CO-198 1000.00", "N54"])
    }

    @Test func deniesWithoutAndUnderTheWrongAuthorization() throws {
        let world = try World()
        let number = try submit(request("A1", lines: Self.met(Self.knee)), to: world).authorizationNumber
        #expect(try world.adjustments(claim("C1", nil)) == ["CO-197 1000.00"])
        #expect(try world.adjustments(claim("C2", "NOT-OURS")) == ["CO-15 1000.00", "M62"])
        #expect(try world.adjustments(claim("C3", number, procedure: "72148")) == ["CO-284 1000.00", "N54"])
    }

    @Test func paysTheUnitsThatWereApprovedAndNoMore() throws {
        let world = try World()
        let asked = request(
            "A1", payer: "CIVIC", member: "4100000001", procedure: "97110", units: 12,
            lines: Self.met(["functional-deficit"]))
        var claim = World.claim(
            "C1", payer: "CIVIC", member: "4100000001",
            lines: [World.line(1, "97110", ["GP"], charge: "744", units: "12")])
        claim.priorAuthorization = try submit(asked, to: world).authorizationNumber
        let settled = try world.settle(claim)
        // 4 of 12 units were not approved; 8 units at 29.00 × 78 %.
        #expect(
            settled[0].lines[0].adjustments.map { "\($0.group)-\($0.reason) \($0.amount)" } == [
                "CO-198 248.00", "CO-45 315.04",
            ])
        #expect(settled[0].paid == Money("180.96"))
        #expect(settled[0].lines[0].units == "8")
    }

    @Test func leavesEightUnitsOfTherapyFree() throws {
        let claim = World.claim(
            "C1", payer: "CIVIC", member: "4100000001", lines: [World.line(1, "97110", ["GP"], units: "8")])
        #expect(try World().settle(claim)[0].paid > .zero)
    }

    @Test func wantsAnItemisedNoteForTheInfusion() throws {
        let world = try World()
        let criteria = ["tb-screen", "dx-confirmed", "methotrexate-tried"]
        let asked = request(
            "A1", payer: "CIVIC", member: "4100000001", procedure: "J1745", units: 40, lines: Self.met(criteria))
        var claim = World.claim(
            "C1", payer: "CIVIC", member: "4100000001", diagnoses: ["K5090"],
            lines: [World.line(1, "J1745", charge: "4720", units: "40")])
        claim.priorAuthorization = try submit(asked, to: world).authorizationNumber
        #expect(try world.adjustments(claim) == ["CO-252 4720.00", "N706"])
        claim.controlNumber = "C2"
        claim.notes = "Itemised: four vials, lot 7, no waste"
        #expect(try world.settle(claim)[0].paid > .zero)
    }
}
