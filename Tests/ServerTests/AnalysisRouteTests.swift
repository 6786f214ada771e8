import Foundation
import HealthTypes
import Pipeline
import Server
import Store
import Testing

@Suite(.serialized) struct AnalysisRouteTests {
    private static let question = """
        {"icd10_codes":["K29.70","I50.9"],"treatments":[{"type":"drug","code":"A02BC01","name":"omeprazole"},\
        {"type":"drug","code":"C01AA05","name":"Digoxin"}]}
        """

    private func analysis(_ world: ServedWorld, _ question: String = question) async throws -> String {
        try #require(try await world.send("POST", "/analyze", question).json["decision_id"]?.string)
    }

    private func violations(_ contract: String, _ json: JSON, _ world: ServedWorld) -> [String] {
        world.pipeline.home.contracts.violations(of: contract, in: json)
    }

    @Test func anAnswerIsByContractAndInTheRecord() async throws {
        try await ServedWorld.run { world in
            let answer = try await world.send("POST", "/analyze", Self.question)
            #expect(answer.status == 200)
            #expect(violations("analyze-response", answer.json, world) == [])
            let path = try #require(answer.json["links"]?["decision"]?.string)
            #expect(path == "/decisions/A-0000000001")
            let record = try await world.getJSON(path)
            #expect(violations("analysis", record.json, world) == [])
            #expect(record.json["answer"]?["verdict"] == answer.json["verdict"])
            let replay = try await world.send("POST", "\(path)/replay", headers: ["accept": "application/json"])
            #expect(replay.json["identical"]?.bool == true && replay.json["recordIntact"]?.bool == true)
            #expect(try await world.get("\(path)/replay").body.contains("The same bytes came out."))
            #expect(try await world.getJSON("/cases").json["cases"]?.elements.isEmpty == true)
            let refused = try await world.send("POST", "/analyze", "{\"icd10_codes\":[],\"treatments\":7}")
            #expect(refused.status == 422)
            #expect(refused.json["issues"]?.elements.map { $0["path"]?.string } == ["/icd10_codes", "/treatments"])
            #expect(try await world.send("POST", "/analyze", "a", type: "text/csv").status == 415)
            for id in ["A-0000000002", "A-1", "P-0000000001"] {
                #expect(try await world.getJSON("/decisions/\(id)").status == 404, "\(id)")
                #expect(try await world.getJSON("/decisions/\(id)/replay").status == 404, "\(id)")
            }
        }
    }

    @Test func theFormLeadsToAPageThatStays() async throws {
        try await ServedWorld.run { world in
            let form = "codes=K29.70&type-1=drug&code-1=A02BC01&name-1=%3Ci%3E&code-2=C01AA05&code-3=NOSUCH&age=40"
            let page = try await world.send("POST", "/analyze", form, type: ServedWorld.form)
            #expect(page.status == 200)
            #expect(page.path == "/decisions/A-0000000001")
            #expect(page.body.contains("&lt;i&gt;") && !page.body.contains("<i>"))
            #expect(page.body.contains("href=\"/decisions/A-0000000001/pairs/1-1\""))
            for words in ["FLAG", "first line", "no link", "not scored", "fits none", "What it rests on"] {
                #expect(page.body.contains(words), "\(words)")
            }
            let again = try await world.get("/analyze?from=A-0000000001")
            #expect(again.body.contains("value=\"K29.70\""))
            #expect(again.body.contains("value=\"&lt;i&gt;\""))
            #expect(try await world.get("/analyze?from=A-0000000009").status == 404)
            let bad = try await world.send("POST", "/analyze", "codes=K29.70&age=old&code-1=X", type: ServedWorld.form)
            #expect(bad.status == 422)
            #expect(bad.body.contains("/patient_age"))
            let list = try await world.getJSON("/analyses?verdict=FLAG").json["analyses"]?.elements ?? []
            #expect(list.map { $0["id"]?.string } == ["A-0000000001"])
            #expect(try await world.getJSON("/analyses?verdict=PASS").json["analyses"]?.elements.isEmpty == true)
            #expect(try await world.get("/analyses").body.contains("A-0000000001"))
            #expect(try await world.get("/analyses?verdict=maybe").status == 400)
            #expect(try await world.get("/analyses?before=x").status == 404)
        }
    }

    @Test func theFormGrowsWithoutAsking() async throws {
        try await ServedWorld.run { world in
            let form = "codes=K29.70&code-5=A02BC01&rows=5&more=1"
            let page = try await world.send("POST", "/analyze", form, type: ServedWorld.form)
            #expect(page.status == 200 && page.path == "/analyze")
            #expect(page.body.contains("Treatment 10") && !page.body.contains("Treatment 11"))
            #expect(page.body.contains("value=\"A02BC01\""))
            #expect(try await world.getJSON("/analyses").json["analyses"]?.elements.isEmpty == true)
            let full = try await world.send("POST", "/analyze", "rows=999999&more=1", type: ServedWorld.form)
            #expect(full.body.contains("Treatment 100") && !full.body.contains("More rows"))
        }
    }

    @Test func aPairShowsItsPathAndItsSources() async throws {
        try await ServedWorld.run { world in
            let id = try await analysis(world)
            let fits = try await world.get("/decisions/\(id)/pairs/1-1")
            #expect(fits.status == 200)
            for words in [
                "<svg class=\"path\"", "role=\"img\"", "<title id=\"path-title\">", "first line for",
                "diagnosis of the claim", "Statements and their sources", "Nobody has objected",
            ] { #expect(fits.body.contains(words), "\(words)") }
            let json = try await world.getJSON("/decisions/\(id)/pairs/1-1").json
            #expect(json["path"]?.elements.isEmpty == false)
            #expect(json["path"]?[0]?["citation"]?.string?.isEmpty == false)
            #expect(json["treatment"]?["code"]?.string == "A02BC01")
            let none = try await world.get("/decisions/\(id)/pairs/2-1")
            #expect(none.body.contains("No statement connects them."))
            #expect(none.body.contains("class=\"edge missing\""))
            for pair in ["0-1", "3-1", "1-3", "1", "a-b", "1-1-1", "-1-1"] {
                #expect(try await world.getJSON("/decisions/\(id)/pairs/\(pair)").status == 404, "\(pair)")
            }
            #expect(try await world.getJSON("/decisions/D-1/pairs/1-1").status == 404)
        }
    }

    @Test func whatMustNotBeIsInMatrixAndPicture() async throws {
        try await ServedWorld.run { world in
            let question = """
                {"icd10_codes":["E11.22","N18.6"],"treatments":[{"type":"drug","code":"A10BA02","name":"Metformin"}]}
                """
            let id = try await analysis(world, question)
            let page = try await world.get("/decisions/\(id)")
            #expect(page.body.contains("<td class=\"against\"><a href=\"/decisions/\(id)/pairs/2-1\">"))
            #expect(page.body.contains("must not"))
            let pair = try await world.get("/decisions/\(id)/pairs/2-1")
            #expect(pair.body.contains("class=\"edge against\""))
            #expect(pair.body.contains("must not be given with"))
        }
    }

    @Test func anObjectionIsAProposal() async throws {
        try await ServedWorld.run { world in
            let id = try await analysis(world)
            let path = "/decisions/\(id)/pairs/1-1"
            let form = "reason=Not+%3Cfirst%3E+line&by=Auditor"
            let page = try await world.send("POST", path, form, type: ServedWorld.form)
            #expect(page.status == 200 && page.path == path)
            #expect(page.body.contains("Not &lt;first&gt; line"))
            let kept = try await world.send("POST", path, "{\"reason\":\"Again\",\"by\":\"Program\"}")
            #expect(kept.status == 201)
            #expect(violations("proposal", kept.json, world) == [])
            let list = try await world.getJSON("/knowledge/proposals").json["proposals"]?.elements ?? []
            #expect(list.map { $0["by"]?.string } == ["Program", "Auditor"])
            for line in list { #expect(violations("proposal", line, world) == []) }
            #expect(try await world.get("/knowledge/proposals").body.contains("Not &lt;first&gt; line"))
            #expect(try await world.getJSON("/knowledge/proposals.json").json["proposals"]?.elements.count == 2)
            // Other pairs have none, and the answer stays what it was.
            #expect(try await world.get("/decisions/\(id)/pairs/1-2").body.contains("Nobody has objected"))
            #expect(try await world.getJSON("/decisions/\(id)/replay").json["identical"]?.bool == true)
        }
    }

    @Test func anObjectionNeedsAReasonAndAName() async throws {
        try await ServedWorld.run { world in
            let path = "/decisions/\(try await analysis(world))/pairs/1-1"
            let empty = try await world.send("POST", path, "{\"reason\":\" \"}")
            #expect(empty.status == 422)
            #expect(empty.json["issues"]?.elements.map { $0["path"]?.string } == ["/reason", "/by"])
            let long = String(repeating: "a", count: 2001)
            let tooLong = try await world.send("POST", path, "reason=\(long)&by=A", type: ServedWorld.form)
            #expect(tooLong.status == 422)
            #expect(tooLong.body.contains("A reason may have 2000 characters at most."))
            #expect(tooLong.body.contains(long))
            let foreign = try await world.send(
                "POST", path, "reason=a&by=b", type: ServedWorld.form, headers: ["origin": "https://elsewhere.test"])
            #expect(foreign.status == 403)
            #expect(try await world.getJSON("/knowledge/proposals").json["proposals"]?.elements.isEmpty == true)
            #expect(try await world.send("POST", "/decisions/A-0000000009/pairs/1-1", "{}").status == 404)
        }
    }
}
