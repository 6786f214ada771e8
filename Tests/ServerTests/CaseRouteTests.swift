import Foundation
import HealthTypes
import Pipeline
import Server
import Store
import Stages
import Testing

@Suite(.serialized) struct CaseRouteTests {
    @Test func anEmptyRecordHasPagesThatSaySo() async throws {
        try await ServedWorld.run { world in
            for (path, words) in [
                ("/", "No case yet"), ("/queue", "Nothing waits for a person"), ("/cases", "No case yet"),
                ("/intake", "Every message could be used"), ("/patterns", "No denial has been posted yet"),
                ("/analyze", "Clinical logic"), ("/analyses", "Nothing has been asked yet"),
                ("/knowledge/proposals", "Nobody has disagreed with an answer yet"),
            ] {
                let page = try await world.get(path)
                #expect(page.status == 200)
                #expect(page.body.contains(words), "\(path)")
                #expect(page.body.contains("<title>"))
            }
        }
    }

    @Test func theSameCaseIsAPageAndJSON() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("C-1")
            let page = try await world.get("/cases/\(held.caseID)")
            #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
            #expect(page.body.contains("Claim C-1"))
            #expect(page.body.contains("/decisions/\(held.decisionID)"))
            #expect(page.body.contains("/tasks/\(held.taskID)"))
            let byEnding = try await world.get("/cases/\(held.caseID).json")
            let byAccept = try await world.getJSON("/cases/\(held.caseID)")
            #expect(byEnding.body == byAccept.body)
            #expect(byAccept.json["money"]?["charge"]?.string == "125.00")
            #expect(byAccept.json["journal"]?[0]?["kind"]?.string == "claim-received")
            #expect(try await world.get("/cases.json").json["cases"]?.elements.count == 1)
            #expect(try await world.getJSON("/cases?q=nothing").json["cases"]?.elements.isEmpty == true)
        }
    }

    @Test func textFromOutsideIsShownAsText() async throws {
        try await ServedWorld.run { world in
            let script = "<script>alert(1)</script>"
            let bytes = ServedWorld.appointment("V1", member: "M1", reason: script)
            _ = try await world.pipeline.intake(bytes, source: script)
            try await world.pipeline.work()
            let caseID = try #require(try world.pipeline.store.read { try $0.caseID(for: ("visit", "V1")) })
            let messages = try await world.getJSON("/cases/\(caseID)").json["messages"]?.elements ?? []
            let paths =
                ["/cases/\(caseID)", "/cases?q=%3Cscript%3E", "/queue"]
                + messages.compactMap { $0["links"]?["message"]?.string }.flatMap { [$0, "\($0)?view=raw"] }
            #expect(paths.count > 6)
            for path in paths {
                let page = try await world.get(path)
                #expect(page.status == 200)
                #expect(!page.body.contains("<script"), "\(path)")
            }
            #expect(try await world.get("/cases/\(caseID)").body.contains("&lt;script&gt;"))
        }
    }

    @Test func messagesStandWhereTheyBelongInTheTimeLine() async throws {
        try await ServedWorld.run { world in
            let bytes = ServedWorld.appointment("V7", member: "M7", reason: "Cough")
            _ = try await world.pipeline.intake(bytes, source: "test")
            try await world.pipeline.work()
            let caseID = try #require(try world.pipeline.store.read { try $0.caseID(for: ("visit", "V7")) })
            var rest = try await world.get("/cases/\(caseID)").body[...]
            // All of it happened in one moment of the clock.
            for words in [">SIU^S12<", ">Appointment<", ">ADT^A04<", ">Checked in<", ">asked<", ">270<"] {
                let place = try #require(rest.firstRange(of: words), "\(words)")
                rest = rest[place.upperBound...]
            }
        }
    }

    @Test func anAnswerByFormLeadsBackToTheCase() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("C-2")
            let page = try await world.get("/tasks/\(held.taskID)")
            #expect(page.body.contains("type=\"radio\""))
            #expect(page.body.contains("value=\"void\""))

            let silent = try await world.send(
                "POST", "/tasks/\(held.taskID)", "answer=void&reason=++&by=Ana", type: ServedWorld.form)
            #expect(silent.status == 422)
            #expect(silent.body.contains("An answer needs a reason."))
            #expect(silent.body.contains("value=\"Ana\""))

            let answer = try await world.send(
                "POST", "/tasks/\(held.taskID)", "answer=void&reason=Test+%3Cb%3Eclaim&by=Ana", type: ServedWorld.form,
                headers: ["sec-fetch-site": "same-origin"])
            #expect(answer.status == 200)
            #expect(answer.path == "/cases/\(held.caseID)")
            #expect(answer.body.contains("Answered by Ana"))
            #expect(answer.body.contains("Test &lt;b&gt;claim"))

            let again = try await world.send(
                "POST", "/tasks/\(held.taskID)", "{\"answer\":\"void\",\"reason\":\"x\"}")
            #expect(again.status == 409)
            #expect(try await world.get("/tasks/\(held.taskID)").body.contains("has been answered"))
        }
    }

    @Test func anAnswerByJSONNamesWhoGaveIt() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("C-3")
            let path = "/tasks/\(held.taskID)"
            let notOffered = try await world.send("POST", path, "{\"answer\":\"burn\",\"reason\":\"x\"}")
            #expect(notOffered.status == 422)
            #expect(notOffered.json["issues"]?[0]?["path"]?.string == "/answer")
            let answer = try await world.send("POST", path, "{\"answer\":\"void\",\"reason\":\"Test claim\"}")
            #expect(answer.status == 200)
            #expect(answer.json["case_state"]?.string == "void")
            let facts = try world.pipeline.store.read { try CaseReader.facts(of: held.caseID, in: $0) }
            #expect(facts.resolutions.map(\.by) == ["web"])
            #expect(
                try await world.send("POST", "/tasks/T-none", "{\"answer\":\"void\",\"reason\":\"x\"}").status == 404)
        }
    }

    @Test func anotherSitesPageCannotAnswer() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("C-4")
            let body = "answer=void&reason=x"
            for headers in [
                ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site"], ["origin": "http://evil.example"],
                ["origin": "null"],
            ] {
                let answer = try await world.send(
                    "POST", "/tasks/\(held.taskID)", body, type: ServedWorld.form, headers: headers)
                #expect(answer.status == 403, "\(headers)")
            }
            #expect(try await world.getJSON("/tasks/\(held.taskID)").json["state"]?.string == "open")
            let own = try await world.send(
                "POST", "/tasks/\(held.taskID)", body, type: ServedWorld.form,
                headers: ["origin": "http://127.0.0.1:\(world.port)"])
            #expect(own.path == "/cases/\(held.caseID)")
        }
    }

    @Test func theQueueHasPagesAndKinds() async throws {
        try await ServedWorld.run { world in
            let claims = (1...60).map { ServedWorld.claim("Q-\($0)") }.joined(separator: ",")
            #expect(try await world.send("POST", "/claims", "[\(claims)]").status == 207)
            let all = try world.pipeline.store.read { try $0.count(.tasksOpen) }
            let first = try await world.getJSON("/queue")
            #expect(first.json["tasks"]?.elements.count == 50)
            #expect(first.json["next"]?.integer == 2)
            var seen = Set(first.json["tasks"]?.elements.compactMap { $0["id"]?.string } ?? [])
            for page in 2...((all + 49) / 50) {
                let json = try await world.getJSON("/queue?page=\(page)").json
                seen.formUnion(json["tasks"]?.elements.compactMap { $0["id"]?.string } ?? [])
            }
            #expect(seen.count == all)
            let kinds = first.json["kinds"]?.elements.compactMap { $0["kind"]?.string } ?? []
            let kind = try #require(kinds.first)
            let filtered = try await world.getJSON("/queue?kind=\(kind)").json["tasks"]?.elements ?? []
            #expect(!filtered.isEmpty && filtered.allSatisfy { $0["kind"]?.string == kind })
            let page = try await world.get("/queue?page=2")
            #expect(page.body.contains("rel=\"prev\" href=\"/queue?page=1\""))
            #expect(try await world.getJSON("/queue?page=0").status == 404)
            #expect(try await world.getJSON("/queue?page=99").json["tasks"]?.elements.isEmpty == true)
        }
    }
}
