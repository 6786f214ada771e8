import Foundation
import HealthTypes
import Pipeline
import Server
import Stages
import Store
import Testing

@Suite(.serialized) struct CaseRouteTests {
    @Test func anEmptyRecordHasPagesThatSaySo() async throws {
        try await ServedWorld.run { world in
            for (path, words) in [
                ("/", "No case yet"), ("/", "Nothing has been sent yet"), ("/", "No case is set aside"),
                ("/queue", "No work item is open"), ("/cases", "No case yet"),
                ("/intake", "Every message could be used"),
                ("/patterns", "No denial has been posted yet"), ("/analyze", "Clinical logic"),
                ("/analyses", "Nothing has been asked yet"),
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
            #expect(page.body.contains("on hold"))
            let byEnding = try await world.get("/cases/\(held.caseID).json")
            let byAccept = try await world.getJSON("/cases/\(held.caseID)")
            #expect(byEnding.body == byAccept.body)
            #expect(byAccept.json["case"]?["state"]?.string == "on_hold")
            #expect(byAccept.json["money"]?["charge"]?.string == "125.00")
            #expect(byAccept.json["journal"]?[0]?["kind"]?.string == "claim_received")
            #expect(byAccept.json["claims"]?[0]?["state"]?.string == "held")
            #expect(byAccept.json["set_aside"] == nil)
            #expect(try await world.get("/cases.json").json["cases"]?.elements.count == 1)
        }
    }

    @Test func casesAreFoundByNumberStatusStageAndPayer() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("F-1")
            func found(_ query: String) async throws -> [String?] {
                try await world.getJSON("/cases?\(query)").json["cases"]?.elements.map { $0["id"]?.string } ?? []
            }
            for query in ["q=F-1", "q=\(held.caseID)", "state=on_hold", "q=F-1&state=on_hold", "state="] {
                #expect(try await found(query) == [held.caseID], "\(query)")
            }
            for query in ["q=nothing", "state=paid", "payer=NOPAYER", "after=\(held.caseID)"] {
                #expect(try await found(query) == [], "\(query)")
            }
            #expect(try await world.get("/cases?state=on_hold").body.contains("<option value=\"on_hold\" selected>"))
            #expect(try await world.get("/cases?state=paid").body.contains("No case matches."))
        }
    }

    /// A filter that is passed over would show what nobody asked for.
    @Test func filtersThatAreNoneAreRefused() async throws {
        try await ServedWorld.run { world in
            for path in [
                "/cases?state=held", "/cases?stage=claims", "/cases?status=paid", "/queue?kind=claim.held",
                "/queue?kind=held", "/queue?page=2", "/analyses?verdict=maybe", "/intake?state=refused",
                "/queue.json?kind=x",
            ] {
                let answer = try await world.getJSON(path)
                #expect(answer.status == 400, "\(path)")
                #expect(answer.json["type"]?.string == "urn:claimwright:problem:unknown-filter", "\(path)")
                #expect(!answer.body.contains("claim.held"))
            }
            let states = try await world.getJSON("/cases?state=x").json["detail"]?.string
            #expect(states?.contains("on_hold") == true)
            for path in [
                "/cases?after=x", "/cases?after=C-none", "/queue?after=W-1", "/queue?after=W-0000001-1-0",
                "/intake?before=0", "/intake?before=x",
            ] {
                #expect(try await world.getJSON(path).status == 404, "\(path)")
            }
        }
    }

    @Test func idsThatAreNoneAreNotFound() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("N-1")
            let number = held.caseID.dropFirst(2)
            for path in [
                "/cases/C-none", "/cases/C-1", "/cases/\(number)", "/cases/C-0000099", "/tasks/T-none",
                "/tasks/W-1-1-0",
                "/tasks/W-\(number)-1-0", "/tasks/W-\(number)-99-0", "/tasks/W-0000099-1-0",
                "/tasks/W-\(number)-1-0/letter",
                "/tasks/\(held.taskID)/letter",
            ] {
                #expect(try await world.getJSON(path).status == 404, "\(path)")
                #expect(try await world.get(path).status == 404, "\(path)")
            }
            #expect(try await world.send("POST", "/cases/C-0000099/retry").status == 404)
            #expect(try await world.send("POST", "/tasks/W-0000099-1-0", "{\"answer\":\"void\"}").status == 404)
        }
    }

    @Test func textFromOutsideIsShownAsText() async throws {
        try await ServedWorld.run(works: false) { world in
            let script = "<script>alert(1)</script>"
            let bytes = ServedWorld.appointment("V1", member: "M1", reason: script)
            _ = try await world.pipeline.intake(bytes, source: script)
            try await world.pipeline.work()
            let caseID = try await world.caseID(ofVisit: "V1")
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
        try await ServedWorld.run(works: false) { world in
            let bytes = ServedWorld.appointment("V7", member: "M7", reason: "Cough")
            _ = try await world.pipeline.intake(bytes, source: "test")
            try await world.pipeline.work()
            let caseID = try await world.caseID(ofVisit: "V7")
            let body = try await world.get("/cases/\(caseID)").body
            var rest = body[try #require(body.firstRange(of: "id=\"timeline\"")).upperBound...]
            // All of it happened in one moment of the clock.
            for words in [
                ">SIU^S12<", ">Appointment<", ">ADT^A04<", ">Checked in<", ">payer asked<", ">270<", ">delivered<",
            ] {
                let place = try #require(rest.firstRange(of: words), "\(words)")
                rest = rest[place.upperBound...]
            }
            // What is waited for has its time.
            let timers = try await world.getJSON("/cases/\(caseID)").json["timers"]?.elements ?? []
            #expect(timers.contains { $0["for"]?.string?.contains("eligibility inquiry (270)") == true })
            #expect(body.contains("an answer to: eligibility inquiry (270)"))
        }
    }

    /// What did not get through is not called delivered.
    @Test func aSendThatWaitsIsShownAsWaiting() async throws {
        try await ServedWorld.run(payer: LostPayer(), works: false) { world in
            let bytes = ServedWorld.appointment("V8", member: "M8", reason: "Cough")
            _ = try await world.pipeline.intake(bytes, source: "test")
            try await world.pipeline.work()
            let caseID = try await world.caseID(ofVisit: "V8")
            let send = try await world.getJSON("/cases/\(caseID)").json["sends"]?[0]
            #expect(send?["state"]?.string == "waiting" && send?["attempts"]?.integer == 1)
            let page = try await world.get("/cases/\(caseID)").body
            #expect(page.contains(">not delivered yet<") && page.contains("1 attempt"))
            #expect(!page.contains(">delivered<"))
            let dashboard = try await world.get("/").body
            #expect(dashboard.contains("eligibility inquiries (270)") && dashboard.contains(">not delivered yet<"))
            let metrics = try await world.get("/metrics").body
            for lines in [
                "claimwright_transmissions{", "claimwright_lane_transmissions{kind=\"270\",receiver=\"MERID\",",
            ] {
                #expect(metrics.contains("\(lines)state=\"failed\"} 0\n"))
                #expect(
                    metrics.contains("\(lines)state=\"waiting\"} ")
                        && !metrics.contains("\(lines)state=\"waiting\"} 0\n"))
            }
        }
    }

    @Test func aCaseThatIsSetAsideSaysSoAndIsTriedAgain() async throws {
        try await ServedWorld.run(ServedWorld.hasty, works: false) { world in
            let caseID = try await world.caseSetAside("S-1")
            let json = try await world.getJSON("/cases/\(caseID)").json
            #expect(json["set_aside"]?["reason"]?.string == "unknown_form")
            #expect(json["set_aside"]?["attempts"]?.integer == 1)
            let page = try await world.get("/cases/\(caseID)").body
            #expect(page.contains("This case is set aside") && page.contains("unknown form: entry 1: &lt;b&gt;odd"))
            #expect(page.contains("action=\"/cases/\(caseID)/retry\""))
            let dashboard = try await world.get("/").body
            #expect(dashboard.contains("href=\"/cases/\(caseID)\"") && dashboard.contains("unknown form"))
            #expect(try await world.get("/metrics").body.contains("claimwright_cases_set_aside 1\n"))

            let foreign = try await world.send(
                "POST", "/cases/\(caseID)/retry", headers: ["sec-fetch-site": "cross-site"])
            #expect(foreign.status == 403)
            let retried = try await world.send(
                "POST", "/cases/\(caseID)/retry", headers: ["accept": "application/json"])
            #expect(retried.status == 200 && retried.json["case_id"]?.string == caseID)
            try await world.pipeline.work()
            #expect(try await world.getJSON("/cases/\(caseID)").json["set_aside"] == nil)
            #expect(!(try await world.get("/cases/\(caseID)").body.contains("set aside")))
            #expect(try await world.send("POST", "/cases/\(caseID)/retry").status == 409)
            #expect(try await world.getJSON("/cases/\(caseID)").json["case"]?["state"]?.string == "on_hold")
        }
    }
}
