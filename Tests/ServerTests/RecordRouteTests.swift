import Foundation
import HealthTypes
import Pipeline
import Server
import Store
import Stages
import Testing

@Suite(.serialized) struct RecordRouteTests {
    @Test func aDecisionIsItsBytesAndComesOutTheSameAgain() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("D-1")
            let path = "/decisions/\(held.decisionID)"
            let json = try await world.getJSON(path)
            let id = try #require(DecisionID(held.decisionID))
            let row = try await world.read {
                try $0.entries(after: EntryPlace(id.caseNumber, id.entry - 1), limit: 1).first
            }
            #expect(json.body == row.map { String(decoding: $0.body, as: UTF8.self) })
            #expect(world.pipeline.home.contracts.violations(of: "decision", in: json.json) == [])
            let page = try await world.get(path)
            for words in [
                "on hold", "Trigger", "claim D-1 received", "The gate", "Checks", "Reviews", "What followed",
                "Claim on hold",
                "What it rests on", "knowledge", "Decide again and compare", "fits its contract",
            ] {
                #expect(page.body.contains(words), "\(words)")
            }
            let handoff = try await world.getJSON("\(path)/handoff").json
            #expect(world.pipeline.home.contracts.violations(of: "submission-handoff", in: handoff) == [])
            #expect(handoff["outcome"]?.string == "held")
            let replay = try await world.send("POST", "\(path)/replay", headers: ["accept": "application/json"])
            #expect(replay.json["identical"]?.bool == true)
            #expect(replay.json["recordIntact"]?.bool == true)
            #expect(try await world.get("\(path)/replay").body.contains("The same bytes came out."))
            // None, of no case, past the end, and an entry that is no decision.
            for none in ["D-none", "D-0000099-1", "D-0000001-99", "D-0000001-1", "D-1-1", "D-0000001-0"] {
                for rest in ["", "/replay", "/handoff"] {
                    #expect(try await world.getJSON("/decisions/\(none)\(rest)").status == 404, "\(none)\(rest)")
                }
                #expect(try await world.get("/decisions/\(none)").status == 404, "\(none)")
            }
        }
    }

    @Test func anX12MessageIsReadableAndCutToTheCase() async throws {
        try await ServedWorld.run(works: false) { world in
            let bytes =
                ServedWorld.appointment("V1", member: "M1", reason: "Cough")
                + ServedWorld.appointment("V2", member: "M2", reason: "Cough")
            _ = try await world.pipeline.intake(bytes, source: "test")
            try await world.pipeline.work()
            let caseID = try await world.caseID(ofVisit: "V1")
            let messages = try await world.getJSON("/cases/\(caseID)").json["messages"]?.elements ?? []
            let inquiry = try #require(messages.first { $0["kind"]?.string == "270" }?["id"]?.integer)
            let page = try await world.get("/messages/\(inquiry)?case=\(caseID)")
            #expect(page.body.contains("Quillfeather, Orla"))
            #expect(page.body.contains("2100C"))
            let raw = try await world.get("/messages/\(inquiry)?raw=1")
            #expect(raw.headers["content-type"] == "application/edi-x12")
            #expect(raw.body.hasPrefix("ISA*"))
            #expect(raw.headers["content-disposition"]?.hasPrefix("attachment") == true)
            let hl7 = try #require(messages.first { $0["format"]?.string == "hl7v2" }?["id"]?.integer)
            #expect(try await world.get("/messages/\(hl7)").body.contains("PID-5"))
            for path in ["/messages/999999", "/messages/x", "/messages/-1", "/messages/0"] {
                #expect(try await world.get(path).status == 404)
            }
        }
    }

    @Test func addressesThatAreNotThereAreToldPlainly() async throws {
        try await ServedWorld.run { world in
            let page = try await world.get("/nowhere")
            #expect(page.status == 404)
            #expect(page.body.contains("There is no such address."))
            let problem = try await world.getJSON("/cases/C-0000099")
            #expect(problem.status == 404)
            #expect(problem.json["type"]?.string == "urn:claimwright:problem:not-found")
            let method = try await world.send("DELETE", "/cases/C-none")
            #expect(method.status == 405)
            #expect(method.headers["allow"] == "GET, HEAD")
            #expect(try await world.send("GET", "/x12").headers["allow"] == "POST")
            #expect(try await world.send("PUT", "/tasks/T-1").headers["allow"] == "GET, HEAD, POST")
        }
    }

    @Test func everyAnswerHasItsHeaders() async throws {
        try await ServedWorld.run { world in
            for path in ["/", "/nowhere", "/cases.json", "/metrics"] {
                let headers = try await world.get(path).headers
                #expect(headers["content-security-policy"]?.contains("default-src 'self'") == true)
                #expect(headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
                #expect(headers["x-content-type-options"] == "nosniff")
                #expect(headers["referrer-policy"] == "no-referrer")
                #expect(headers["cache-control"] == "no-store")
            }
            let style = try await world.get("/style.css")
            #expect(style.headers["content-type"] == "text/css; charset=utf-8")
            #expect(style.headers["cache-control"] == "max-age=3600")
            #expect(try await world.get("/icon.svg").headers["content-type"] == "image/svg+xml")
        }
    }

    @Test func metricsCountWithoutNamingAnyone() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("SECRET-9")
            _ = try await world.get("/cases/\(held.caseID)")
            let text = try await world.get("/metrics").body
            #expect(text.contains("claimwright_cases{state=\"on_hold\"} 1\n"))
            #expect(text.contains("route=\"/cases/{id}\",status=\"200\"} 2\n"))
            #expect(text.contains("claimwright_tasks_open{kind=\"submission.held\"} 1\n"))
            #expect(text.contains("claimwright_decisions{stage=\"submission\",outcome=\"held\"} 1\n"))
            #expect(text.contains("claimwright_cases_set_aside 0\n") && text.contains("claimwright_units_waiting 0\n"))
            for secret in ["SECRET-9", held.caseID, held.decisionID, held.taskID, "NOBODY1"] {
                #expect(!text.contains(secret), "\(secret)")
            }
            #expect(try await world.getJSON("/healthz").json["status"]?.string == "ok")
        }
    }

    @Test func theDescriptionCoversEveryAddress() async throws {
        try await ServedWorld.run { world in
            let json = try await world.getJSON("/openapi.json").json
            #expect(json["openapi"]?.string == "3.1.0")
            let paths = Set(json["paths"]?.object?.members.map(\.name) ?? [])
            for path in [
                "/", "/claims", "/x12", "/intake", "/analyze", "/cases", "/cases/{id}", "/queue", "/tasks/{id}",
                "/decisions/{id}", "/decisions/{id}/replay", "/messages/{id}", "/patterns", "/healthz", "/readyz",
                "/metrics",
                "/openapi.json", "/analyze/batch", "/extract", "/analyses", "/decisions/{id}/pairs/{pair}",
                "/knowledge/proposals", "/cases/{id}/retry", "/decisions/{id}/handoff",
            ] {
                #expect(paths.contains(path), "\(path)")
            }
            var broken: [String] = []
            func check(_ value: JSON) {
                if value == .null { broken.append("null") }
                if let reference = value["$ref"]?.string {
                    let target = reference.dropFirst(2).split(separator: "/").reduce(Optional(json)) { $0?[String($1)] }
                    if target == nil { broken.append(reference) }
                }
                for (_, inner) in value.object?.members ?? [] { check(inner) }
                value.elements.forEach(check)
            }
            check(json)
            #expect(broken == [])
        }
    }
}
