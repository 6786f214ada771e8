import Foundation
import HealthTypes
import Pipeline
import Server
import Store
import Testing

@Suite(.serialized) struct ClaimRouteTests {
    @Test func aClaimIsJudgedOnceHoweverOftenItComes() async throws {
        try await ServedWorld.run { world in
            let first = try await world.send("POST", "/claims", ServedWorld.claim("A-1"))
            #expect(first.status == 201)
            #expect(first.json["outcome"]?.string == "held")
            let caseID = try #require(first.json["case_id"]?.string)
            #expect(first.headers["location"] == "/cases/\(caseID)")
            #expect(first.json["links"]?["decision"]?.string == "/decisions/\(first.json["decision_id"]?.string ?? "")")
            #expect(first.json["issues"]?[0]?["code"]?.string == "intake.member-unknown")
            #expect(first.json["issues"]?[0]?["path"]?.string == "/member_id")

            let spaced = ServedWorld.claim("A-1").replacing(",", with: " ,\n ")
            let second = try await world.send("POST", "/claims", spaced)
            #expect(second.status == 200)
            #expect(second.json["case_id"]?.string == caseID)
            #expect(try await world.read { try $0.totals().cases } == 1)
        }
    }

    @Test func aClaimThatWaitsForAPayerIsAcceptedOnly() async throws {
        try await ServedWorld.run(ServedWorld.hasty) { world in
            let bytes = ServedWorld.appointment("V9", member: "M77", reason: "Cough")
            _ = try await world.pipeline.intake(bytes, source: "test")
            let answer = try await world.send("POST", "/claims", ServedWorld.claim("A-2", member: "M77"))
            #expect(answer.status == 202)
            #expect(answer.json["decision_id"] == nil)
        }
    }

    @Test func aClaimThatNobodyJudgesInTimeIsKeptAndGoesOn() async throws {
        try await ServedWorld.run(ServedWorld.impatient, works: false) { world in
            let first = try await world.send("POST", "/claims", ServedWorld.claim("A-3"))
            #expect(first.status == 202)
            let caseID = try #require(first.json["case_id"]?.string)
            #expect(first.headers["location"] == "/cases/\(caseID)")
            #expect(first.json["decision_id"] == nil && first.json["state"]?.string == "opened")
            let both = try await world.send(
                "POST", "/claims", "[\(ServedWorld.claim("A-4")),\(ServedWorld.claim("A-3"))]")
            #expect(both.json["claims"]?.elements.map { $0["status"]?.integer } == [202, 200])
            #expect(try await world.read { try $0.decisionCounts().isEmpty })
            try await world.pipeline.work()
            let later = try await world.send("POST", "/claims", ServedWorld.claim("A-3"))
            #expect(later.status == 200 && later.json["case_id"]?.string == caseID)
            #expect(later.json["outcome"]?.string == "held" && later.json["state"]?.string == "on_hold")
        }
    }

    /// A claim that came in a file is known when it is posted, but no case of it alone is.
    @Test func aClaimThatCameWithAFileIsAConflict() async throws {
        try await ServedWorld.run(ServedWorld.hasty, works: false) { world in
            let one = try JSON(parsing: ServedWorld.claim("A-5")).text
            let two = try JSON(parsing: ServedWorld.claim("A-6")).text
            #expect(try await world.send("POST", "/intake", "[\(one),\(two)]").json["accepted"]?.integer == 2)
            let answer = try await world.send("POST", "/claims", one)
            #expect(answer.status == 409)
            #expect(answer.json["type"]?.string == "urn:claimwright:problem:claim-known")
        }
    }

    @Test func whatIsNoClaimIsRefusedWithItsPlaces() async throws {
        try await ServedWorld.run { world in
            let noMembers = try await world.send("POST", "/claims", "{\"claim_id\":\"SECRET-77\"}")
            #expect(noMembers.status == 422)
            #expect(noMembers.headers["content-type"] == "application/problem+json")
            #expect(noMembers.json["issues"]?.elements.contains { $0["path"]?.string == "/amount" } == true)
            #expect(!noMembers.body.contains("SECRET-77"))

            let noJSON = try await world.send("POST", "/claims", "{\"claim_id\": ")
            #expect(noJSON.status == 422)
            #expect(noJSON.json["issues"]?[0]?["code"]?.string == "http.not-json")

            #expect(try await world.send("POST", "/claims", "[]").status == 422)
            #expect(try await world.send("POST", "/claims", "{\"resourceType\":\"Patient\"}").status == 422)
            #expect(try await world.send("POST", "/claims", "<claim/>", type: "text/xml").status == 415)
            #expect(try await world.read { try $0.totals().cases } == 0)
        }
    }

    @Test func anArrayGivesEachClaimItsOwnStatus() async throws {
        try await ServedWorld.run { world in
            let body = "[\(ServedWorld.claim("B-1")),{},\(ServedWorld.claim("B-2"))]"
            let answer = try await world.send("POST", "/claims", body)
            #expect(answer.status == 207)
            #expect(answer.json["claims"]?.elements.map { $0["status"]?.integer } == [201, 422, 201])
        }
    }

    @Test func aBodyPastTheLimitIsRefused() async throws {
        try await ServedWorld.run(ServerOptions(port: 0, maximumBodyBytes: 200)) { world in
            let long = String(repeating: " ", count: 300)
            for path in ["/claims", "/x12", "/intake", "/analyze", "/extract"] {
                let answer = try await world.send("POST", path, long)
                #expect(answer.status == (path == "/x12" || path == "/extract" ? 415 : 413), "\(path)")
            }
            #expect(try await world.send("POST", "/x12", long, type: "application/edi-x12").status == 413)
            #expect(try await world.send("POST", "/extract", long, type: "text/plain").status == 413)
        }
    }

    @Test func anInterchangeIsAcknowledged() async throws {
        try await ServedWorld.run { world in
            let text = """
                ISA*00*          *00*          *ZZ*SENDER         *ZZ*CLAIMWRIGHT    \
                *260303*0900*^*00501*000000001*0*T*:~\
                GS*HC*SENDER*CLAIMWRIGHT*20260303*0900*1*X*005010X222A1~ST*837*0001*005010X222A1~SE*2*0001~\
                GE*1*1~IEA*1*000000001~
                """
            let answer = try await world.send("POST", "/x12", text, type: "application/edi-x12")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/edi-x12")
            #expect(answer.body.contains("ST*999*"))
            let report = try await world.send(
                "POST", "/x12", text, type: "application/edi-x12", headers: ["accept": "application/json"])
            #expect(report.json["format"]?.string == "x12")

            let noInterchange = try await world.send("POST", "/x12", "hello", type: "text/plain")
            #expect(noInterchange.status == 422)
            #expect(noInterchange.json["issues"]?[0]?["code"]?.string == "http.not-x12")
            // What begins as an interchange and is none is told so by a TA1.
            let broken = try await world.send("POST", "/x12", "ISA broken", type: "text/plain")
            #expect(broken.status == 200 && broken.body.contains("TA1*"), "\(broken.status) \(broken.body)")
        }
    }

    @Test func anyFileIsTakenInOrKept() async throws {
        try await ServedWorld.run { world in
            let hl7 = String(
                decoding: ServedWorld.appointment("V5", member: "M5", reason: "Cough"), as: UTF8.self)
            let answer = try await world.send("POST", "/intake", hl7, type: "application/hl7-v2")
            #expect(answer.status == 200)
            #expect(answer.json["accepted"]?.integer == 2)
            let unknown = try await world.send("POST", "/intake", "what is this", type: "text/plain")
            #expect(unknown.status == 422)
            #expect(unknown.json["issues"]?[0]?["code"]?.string == "intake.unknown-format")
            let trouble = try await world.get("/intake")
            #expect(trouble.body.contains("intake.unknown-format"))
            #expect(try await world.send("POST", "/intake", "", type: "text/plain").status == 422)
        }
    }
}
