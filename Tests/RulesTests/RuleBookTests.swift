import Foundation
import HealthTypes
import Testing

@testable import Rules

@Suite struct RuleBookTests {
    func report(
        _ book: RuleBook, _ facts: RuleValue, payer: String = "P1", kind: String = "professional",
        on date: String = "2026-03-01"
    ) -> RuleReport {
        book.evaluate(stage: "submission", payer: payer, claimKind: kind, on: day(date), facts: facts)
    }

    static let high: RuleValue = ["claim": ["total": 11]]

    @Test func selectsByDayPayerKindAndStage() throws {
        let rule = ruleJSON([
            "scope": ["payer": ["P1", "P2"], "claim": ["professional"]],
            "effective": ["from": "2026-01-01", "to": "2026-06-30", "by": "service_date"],
        ])
        let book = try RuleBook.load(bookFiles(["wide": [rule]]))
        for date in ["2026-01-01", "2026-06-30"] { #expect(report(book, Self.high, on: date).hits.count == 1) }
        for date in ["2025-12-31", "2026-07-01"] { #expect(report(book, Self.high, on: date).evaluated.isEmpty) }
        #expect(report(book, Self.high, payer: "P2").worst == .block)
        #expect(report(book, Self.high, payer: "P3").evaluated.isEmpty)
        #expect(report(book, Self.high, kind: "institutional").evaluated.isEmpty)
        let gate = book.evaluate(
            stage: "gate", payer: "P1", claimKind: "professional", on: day("2026-03-01"), facts: Self.high)
        #expect(gate.evaluated.isEmpty)
        let own = try RuleBook.load(bookFiles(["wide": [ruleJSON()]], payer: "P9"))
        #expect(report(own, Self.high, payer: "P9").hits.count == 1)
        #expect(report(own, Self.high).evaluated.isEmpty)
    }

    @Test func theDayOfReceiptDecidesWhereTheRuleSaysSo() throws {
        let rule = ruleJSON(["effective": ["from": "2026-04-01", "to": nil, "by": "received_date"]])
        let book = try RuleBook.load(bookFiles(["wide": [rule]]))
        #expect(report(book, ["claim": ["total": 11, "received_on": "2026-04-01"]]).hits.count == 1)
        #expect(report(book, ["claim": ["total": 11, "received_on": "2026-03-31"]]).evaluated.isEmpty)
        #expect(report(book, Self.high).unknowns.map(\.ruleID) == ["R1"])
    }

    @Test func statusAndUnknownGovernTheEffect() throws {
        func worst(_ changes: KeyValuePairs<String, JSON?>, _ total: RuleValue) throws -> RuleSeverity? {
            report(try RuleBook.load(bookFiles(["wide": [ruleJSON(changes)]])), ["claim": ["total": total]]).worst
        }
        #expect(try worst([:], 11) == .block)
        #expect(try worst([:], 10) == nil)
        #expect(try worst([:], .unknown) == .hold)
        #expect(try worst(["on_unknown": "pass"], .unknown) == nil)
        #expect(try worst(["status": "warn"], 11) == .warn)
        #expect(try worst(["status": "warn"], .unknown) == .warn)
        #expect(try worst(["status": "shadow"], 11) == nil)
        #expect(try worst(["severity": "warn"], .unknown) == .warn)
        for status: JSON in ["draft", "retired"] {
            let book = try RuleBook.load(bookFiles(["wide": [ruleJSON(["status": status])]]))
            #expect(report(book, Self.high).evaluated.isEmpty)
        }
        let shadow = try RuleBook.load(bookFiles(["wide": [ruleJSON(["status": "shadow"])]]))
        #expect(report(shadow, Self.high).results.count == 1)
    }

    @Test func everyRuleRunsWiderLayersFirst() throws {
        let book = try RuleBook.load(
            bookFiles(["narrow": [ruleJSON(["id": "A"])], "wide": [ruleJSON(["id": "B"]), ruleJSON(["id": "C"])]]))
        let report = report(book, Self.high)
        #expect(report.evaluated == ["B", "C", "A"])
        #expect(report.results.map(\.pack) == ["wide", "wide", "narrow"])
        #expect(report.book == book.digest)
        let bytes = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(RuleReport.self, from: bytes) == report)
    }

    @Test func namesTheElementsThatAreTheReason() throws {
        let rule = ruleJSON(["when": "claim.urgent && any(line in claim.lines, line.charge > 5)"])
        let book = try RuleBook.load(bookFiles(["wide": [rule]]))
        let facts: (RuleValue) -> RuleValue = {
            ["claim": ["urgent": true, "lines": [["charge": 1], ["charge": $0], ["charge": $0]]]]
        }
        #expect(report(book, facts(6)).results.first?.locations == ["claim.lines[1]", "claim.lines[2]"])
        #expect(report(book, facts(.unknown)).results.first?.locations == ["claim.lines[1]", "claim.lines[2]"])
    }

    @Test func runsTheTestsBesideTheRules() throws {
        let book = try RuleBook.load(bookFiles(["wide": [ruleJSON(["when": "claim.total >= 10"])]]))
        #expect(book.runTests().map(\.description) == ["wide R1 'at': expected no, answered yes"])
    }

    @Test func checksWhatCanBeReadButIsWrong() throws {
        func codes(_ packs: [String: [JSON]], payer: String = "*") throws -> [String] {
            try RuleBook.load(bookFiles(packs, payer: payer)).check().map(\.code)
        }
        func version(_ from: JSON, _ to: JSON) -> JSON {
            ruleJSON(["effective": ["from": from, "to": to, "by": "service_date"]])
        }
        #expect(try codes(["wide": [ruleJSON()]]) == [])
        #expect(try codes(["wide": [ruleJSON()], "other": [ruleJSON()]]) == ["rules.duplicate-id"])
        #expect(
            try codes(["wide": [version("2026-01-01", "2026-06-30"), version("2026-06-30", nil)]]) == [
                "rules.duplicate-id"
            ])
        #expect(
            try codes(["wide": [version("2026-01-01", nil), version("2026-07-01", nil)]]) == ["rules.duplicate-id"])
        #expect(try codes(["wide": [version("2026-01-01", "2026-06-30"), version("2026-07-01", nil)]]) == [])
        #expect(
            try codes(["wide": [version("2026-01-01", "2026-06-30"), version("2026-07-02", nil)]]) == ["rules.date-gap"]
        )
        #expect(
            try codes(["wide": [ruleJSON(["tests": []])]]) == [
                "rules.no-yes-test", "rules.no-no-test", "rules.no-unknown-test",
            ])
        #expect(
            try codes(["wide": [ruleJSON(["when": "1 > 2", "tests": ruleJSON()["tests"]])]]) == ["rules.unreachable"])
        let elsewhere = ruleJSON(["scope": ["payer": ["P2"], "claim": ["professional"]]])
        #expect(try codes(["wide": [elsewhere]], payer: "P1") == ["rules.unreachable"])
    }

    @Test func diffNamesTheMembersThatChanged() throws {
        let table = "code\teff_from\teff_to\tdays\nA\t\t\t90\n"
        let old = try RuleBook.load(
            bookFiles(["wide": [ruleJSON(), ruleJSON(["id": "GONE"])]], tables: ["limits": table]))
        let changed = ruleJSON(["when": "claim.total > 12", "status": "warn"])
        let new = try RuleBook.load(
            bookFiles(["wide": [changed, ruleJSON(["id": "NEW"])]], tables: ["limits": table + "B\t\t\t30\n"]))
        #expect(
            new.changes(since: old).map { "\($0.ruleID) \($0.kind.rawValue) \($0.members)" } == [
                "GONE removed []", "NEW added []", "R1 changed [\"status\", \"when\"]",
                "tables/limits.tsv changed [\"rows\"]",
            ])
        #expect(new.changes(since: new).isEmpty)
        let cases = [5, 11].map {
            RuleCase(
                name: "total \($0)", stage: "submission", payer: "P1", claimKind: "professional",
                date: day("2026-03-01"), facts: ["claim": ["total": .integer($0)]])
        }
        #expect(
            new.differences(from: old, on: cases) == [
                RuleCaseChange(name: "total 11", worstBefore: .block, worstAfter: .block, rules: ["GONE", "NEW", "R1"])
            ])
        #expect(old.digest != new.digest)
    }
}

@Suite struct RulePackErrorTests {
    func failure(_ files: DataFiles) -> String {
        do {
            _ = try RuleBook.load(files)
            return ""
        } catch { return error.description }
    }

    @Test func pointsAtTheConditionInTheFile() {
        #expect(
            failure(bookFiles(["wide": [ruleJSON(["when": ["claim.total > 1", "|| claim.naem == \"x\""]])]])) == """
                error rules.condition at wide/rules/0.json, /when: no fact is named 'claim.naem'
                  || claim.naem == "x"
                           ^
                """)
    }

    @Test func collectsEveryMistake() {
        let bad = ruleJSON(["id": nil, "status": "loud", "wehn": "x", "predicts": [1]])
        let text = failure(bookFiles(["wide": [bad, ruleJSON(["when": nil])]]))
        for line in [
            "error rules.unknown-member at wide/rules/0.json, /wehn: A rule has no member of this name.",
            "error rules.choice at wide/rules/0.json, /status: One of these is missing here: draft, shadow, warn,",
            "error rules.shape at wide/rules/0.json, /id: A text is missing here.",
            "error rules.shape at wide/rules/0.json, /predicts: An array of texts is missing here.",
            "error rules.shape at wide/rules/1.json, /when: The condition is a text or an array of lines.",
        ] { #expect(text.contains(line)) }
    }

    @Test func denialNeedsReasonEvidenceAndAppeal() throws {
        let text = failure(
            bookFiles(["wide": [ruleJSON(["severity": "deny", "evidence_to_change": [], "on_unknown": "pass"])]]))
        #expect(text.split(separator: "\n").count == 5)
        let good = ruleJSON([
            "severity": "deny", "stage": ["gate"], "rationale": "Because.", "appeal": "Write to them.",
        ])
        #expect(failure(bookFiles(["wide": [good]])) == "")
    }

    @Test func otherBrokenFiles() {
        var files = bookFiles(["wide": [ruleJSON()]]).files
        files["wide/rules/0.json"] = Array("{\"id\":".utf8)
        #expect(failure(DataFiles(files: files)).hasPrefix("error rules.not-json at wide/rules/0.json, byte 6"))
        files["wide/pack.json"] = Array("{}".utf8)
        #expect(failure(DataFiles(files: files)).contains("wide/pack.json, /layer"))
        files["facts.tsv"] = nil
        #expect(
            failure(DataFiles(files: files))
                == "error rules.facts at facts.tsv: The vocabulary of facts has no header line.")
        let ends = ruleJSON(["effective": ["from": "2026-02-01", "to": "2026-01-31", "by": "service_date"]])
        #expect(failure(bookFiles(["wide": [ends]])).contains("rules.dates"))
    }

    @Test(
        arguments: [
            ("code\tdays\nA\t1\n", "has no column 'eff_from'"), ("eff_from\teff_to\n", "needs its key columns"),
            ("code\teff_from\teff_to\nA\t2026-02-30\t\n", "line 2: The table has a day"),
            ("code\teff_from\teff_to\nA\t2026-02-02\t2026-02-01\n", "line 2: The table ends"),
            ("code\teff_from\teff_to\nA\t\t2026-01-01\nA\t2026-01-01\t\n", "line 3: The table overlaps"),
        ])
    func brokenTables(_ table: String, _ reason: String) {
        #expect(failure(bookFiles(["wide": [ruleJSON()]], tables: ["t": table])).contains(reason))
    }

    @Test(
        arguments: [
            "claim\tthing\tneeded\t", "claim\trecord\tmaybe\t", "a\ttext\tneeded\t\na\ttext\tneeded\t",
            "claim.total\tnumber\tneeded\t", "claim\ttext\tneeded\t\nclaim.total\tnumber\tneeded\t",
        ])
    func brokenVocabularies(_ rows: String) {
        #expect(throws: DataFileError.self) {
            try FactVocabulary(file: "facts.tsv", bytes: Array("path\tkind\tpresence\tmeaning\n\(rows)\n".utf8))
        }
    }
}
