import Foundation
import HealthTypes
import Pipeline
import Stages
import Store
import Testing

@testable import Server

@Suite(.serialized) struct TaskRouteTests {
    @Test func anAnswerByFormLeadsBackToTheCase() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("C-2")
            let page = try await world.get("/tasks/\(held.taskID)")
            #expect(page.body.contains("type=\"radio\""))
            #expect(page.body.contains("value=\"void\""))
            // Only answers that ask for a number have a field for it, and nobody's name is filled in.
            #expect(!page.body.contains("name=\"number\""))
            #expect(page.body.contains("name=\"by\" maxlength=\"100\" value=\"\""))

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
                "POST", "/tasks/\(held.taskID)", "{\"answer\":\"void\",\"reason\":\"x\",\"by\":\"Ana\"}")
            #expect(again.status == 409)
            let closed = try await world.get("/tasks/\(held.taskID)").body
            #expect(closed.contains("has been answered by <strong>Ana</strong>"))
            #expect(closed.contains("“Do not bill it”") && closed.contains("Test &lt;b&gt;claim"))
            #expect(!closed.contains("<form"))
        }
    }

    @Test func anAnswerByJSONNamesWhoGaveIt() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("C-3")
            let path = "/tasks/\(held.taskID)"
            for (body, place, code) in [
                ("{\"answer\":\"burn\",\"reason\":\"x\",\"by\":\"Ana\"}", "/answer", "task.not-offered"),
                ("{\"reason\":\"x\",\"by\":\"Ana\"}", "/answer", "task.not-offered"),
                ("{\"answer\":\"void\",\"by\":\"Ana\"}", "/reason", "task.no-reason"),
                ("{\"answer\":\"void\",\"reason\":\"x\",\"by\":\" \"}", "/by", "task.no-name"),
                ("{\"answer\":\"void\",\"reason\":\"x\"}", "/by", "task.no-name"),
                (
                    "{\"answer\":\"void\",\"reason\":\"x\",\"by\":\"Ana\",\"number\":\"7\"}", "/number",
                    "task.number-unexpected"
                ),
            ] {
                let refused = try await world.send("POST", path, body)
                #expect(refused.status == 422, "\(body)")
                #expect(refused.json["issues"]?[0]?["path"]?.string == place, "\(body)")
                #expect(refused.json["issues"]?[0]?["code"]?.string == code, "\(body)")
            }
            let body = "{\"answer\":\"void\",\"reason\":\"Test claim\",\"by\":\"Ana\"}"
            let answer = try await world.send("POST", path, body)
            #expect(answer.status == 200 && answer.json["state"]?.string == "answered")
            let after = try await world.eventually("/cases/\(held.caseID)") { $0["case"]?["state"]?.string == "void" }
            let task = after["tasks"]?.elements.first { $0["id"]?.string == held.taskID }
            #expect(task?["answered"]?["by"]?.string == "Ana" && task?["answered"]?["answer"]?.string == "void")
            #expect(task?["answered"]?["reason"]?.string == "Test claim")
        }
    }

    @Test func anotherSitesPageCannotAnswer() async throws {
        try await ServedWorld.run { world in
            let held = try await world.heldClaim("C-4")
            let body = "answer=void&reason=x&by=Ana"
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

    @Test func theQueueHasPartsAndKinds() async throws {
        try await ServedWorld.run { world in
            let claims = (1...60).map { ServedWorld.claim("Q-\($0)") }.joined(separator: ",")
            #expect(try await world.send("POST", "/claims", "[\(claims)]").status == 207)
            // The answer waits for its own claims only; what the others still open comes in meanwhile.
            var all = 0
            var calm = 0
            while calm < 5 {
                let now = try await world.read { try $0.totals().workOpen }
                calm = now == all ? calm + 1 : 0
                all = now
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(all >= 60)
            var seen: Set<String> = []
            var parts = 0
            var path: String? = "/queue"
            while let next = path, parts < 20 {
                let json = try await world.getJSON(next).json
                let ids = json["tasks"]?.elements.compactMap { $0["id"]?.string } ?? []
                #expect(ids.count <= 50 && seen.isDisjoint(with: ids))
                seen.formUnion(ids)
                parts += 1
                path = json["next"]?.string.map { "/queue?after=\($0)" }
            }
            #expect(seen.count == all && parts == (all + 49) / 50)

            let first = try await world.getJSON("/queue")
            let kinds = first.json["kinds"]?.elements.compactMap { $0["kind"]?.string } ?? []
            #expect(kinds.contains("submission.held"))
            let held = try await world.getJSON("/queue?kind=submission.held").json["tasks"]?.elements ?? []
            #expect(!held.isEmpty && held.allSatisfy { $0["kind"]?.string == "submission.held" })
            #expect(
                held.allSatisfy { $0["reason"]?.string?.isEmpty == false && $0["title"]?.string == "Claim on hold" })
            let ofStage = try await world.getJSON("/queue?kind=submission").json["tasks"]?.elements ?? []
            #expect(!ofStage.isEmpty && ofStage.allSatisfy { $0["stage"]?.string == "submission" })
            #expect(try await world.getJSON("/queue?kind=denials.appeal").json["tasks"]?.elements.isEmpty == true)

            let page = try await world.get("/queue?kind=submission.held")
            #expect(page.body.contains("<option value=\"submission.held\" selected>"))
            #expect(page.body.contains("rel=\"next\" href=\"/queue?kind=submission.held&amp;after=W-"))
        }
    }

    // MARK: Authorization numbers

    /// A case whose only work item asks whether an order needs authorization.
    private func needUnknown(_ world: ServedWorld) async throws -> WorkItemName {
        let now = world.pipeline.clock.now
        let generation = world.pipeline.home.generation.digest
        let visit = CaseKey(kind: "visit", value: "V-need")
        let number = try await world.store.intake { tx in
            try tx.openCase(kind: "encounter", key: visit, priority: .batch, at: now)
        }
        let position = try #require(try await world.read { try $0.head(of: number)?.position })
        let work = WorkItemKind.authorization(.needUnknown(OrderKey("O-1")))
        let item = WorkItem(work, reason: ["The payer's list does not say."], amount: Money(cents: 12_500))
        var decision = StageDecision(
            Trigger(id: TriggerID(entry: 1, number: 0), reason: .authorization(.ordered(OrderKey("O-1")))),
            .authorization(.needUnknown))
        decision.workItems = [.opened(item)]
        let entry = CaseEntry(.decided(decision, Basis(at: now, generation: generation)), raises: [])
        var rows = Rows()
        rows.workOpened = [
            WorkItemRow(
                entry: 1, number: 0, stage: work.stage.rawValue, kind: work.tag, amount: item.amount, openedAt: now,
                deadline: nil)
        ]
        let commit = CaseCommit(
            caseNumber: number, expected: position,
            entries: [
                NewEntry(
                    at: now, kind: CaseEvent.Kind.decided.rawValue, version: CaseEntry.version, body: try entry.body())
            ], rows: rows, dueAt: nil)
        guard case .committed = try await world.store.commit([commit])[0] else {
            throw StoreFault(.unavailable)
        }
        return WorkItemName(number, WorkItemID(entry: 1, number: 0))
    }

    @Test func anAnswerThatNeedsANumberIsNotTakenWithoutOne() async throws {
        try await ServedWorld.run(works: false) { world in
            let path = "/tasks/\(try await needUnknown(world))"
            let json = try await world.getJSON(path).json
            #expect(
                json["answers"]?.elements.map { $0["needs_number"]?.bool } == [false, true, false]
                    && json["amount"]?.string == "125.00")
            #expect(try await world.get(path).body.contains("name=\"number\""))
            for (fields, code) in [
                ("answer=obtained&reason=x&by=Ana", "needs the authorization number"),
                ("answer=obtained&number=+&reason=x&by=Ana", "needs the authorization number"),
                ("answer=not_required&number=A1&reason=x&by=Ana", "No authorization number belongs"),
                ("answer=obtained&number=\(String(repeating: "9", count: 51))&reason=x&by=Ana", "50 characters"),
            ] {
                let refused = try await world.send("POST", path, fields, type: ServedWorld.form)
                #expect(refused.status == 422 && refused.body.contains(code), "\(fields)")
            }
            let missing = try await world.send(
                "POST", path, "{\"answer\":\"obtained\",\"reason\":\"x\",\"by\":\"Ana\"}")
            #expect(missing.json["issues"]?[0]?["code"]?.string == "task.number-missing")
            #expect(try await world.getJSON(path).json["state"]?.string == "open")

            let taken = try await world.send(
                "POST", path, "{\"answer\":\"obtained\",\"number\":\" AUTH 7 \",\"reason\":\"By phone\",\"by\":\"Ana\"}"
            )
            #expect(taken.status == 200)
            let after = try await world.getJSON(path).json["answered"]
            #expect(after?["answer"]?.string == "obtained")
            #expect(after?["label"]?.string == "Authorization was obtained: number AUTH 7")
        }
    }

    /// A kind that the list of filters lacks could not be asked for.
    @Test func everyKindHasItsFilter() throws {
        let names = WorkKind.all.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names { #expect(QueueFilter(name)?.text == name) }
        for stage in Stage.allCases { #expect(QueueFilter(stage.rawValue)?.rows == WorkFilter(stage: stage.rawValue)) }
        #expect(QueueFilter("submission.") == nil && QueueFilter("") == nil && QueueFilter("held") == nil)
        let held = try #require(QueueFilter("submission.held"))
        #expect(held.rows == WorkFilter(stage: "submission", kinds: ["held"]))
    }
}
