import HealthTypes
import Testing

@testable import Rules

@Suite struct ExpressionTests {
    static let facts: RuleValue = [
        "claim": [
            "total": .number(ExactNumber("0.3")!), "name": "Alder Clinic", "urgent": true, "from": "2024-02-29",
            "to": .absent, "codes": ["A", "B", "A"],
            "lines": [
                ["number": 1, "charge": .number(ExactNumber("0.1")!), "code": "X", "marks": ["25"]],
                ["number": 2, "charge": .number(ExactNumber("0.2")!), "code": "Y", "marks": []],
            ],
        ]
    ]
    static let tables = [
        "limits": "code\teff_from\teff_to\tdays\tword\nA\t\t2024-12-31\t90\told\nA\t2025-01-01\t\t60\t\n"
    ]

    func answer(_ text: String, _ facts: RuleValue = facts, on date: String = "2024-06-01") throws -> Truth {
        let tables = try Self.tables.reduce(into: [String: RuleTable]()) {
            $0[$1.key] = try RuleTable(file: $1.key, bytes: Array($1.value.utf8))
        }
        return try Expression(text, facts: vocabulary(), functions: .standard, tables: tables)
            .evaluate(facts, on: day(date))
    }

    @Test(
        arguments: [
            // Exact arithmetic and binding.
            "claim.total == 0.1 + 0.2", "claim.total == sum(line in claim.lines, line.charge)",
            "1 / 3 * 3 == 1", "2 + 3 * 4 == 14", "(2 + 3) * 4 == 20", "10 - 4 - 3 == 3", "-2 < 1 - 2", "12.50 == 12.5",
            "true || false && false", "!(true && false)", "1/3 > 0.333333",
            // Lists.
            "any(line in claim.lines, line.charge > 0.1)", "all(line in claim.lines, line.charge > 0)",
            "count(line in claim.lines, \"25\" in line.marks) == 1", "count(claim.lines) == 2",
            "count(line in claim.lines where line.number > 1) == 1",
            "sum(line in claim.lines where line.code == \"Y\", line.charge) == 0.2",
            "count(distinct(claim.codes)) == 2", "count(distinct(line in claim.lines, line.code)) == 2",
            "any(a in claim.lines, any(b in claim.lines where b.number > a.number, b.charge == 2 * a.charge))",
            "all(code in [\"A\", \"B\"], code in claim.codes)", "!any(line in claim.lines where false, true)",
            "any(line in claim.lines where line.code == \"X\", any(mark in line.marks, mark == \"25\"))",
            // Texts.
            "starts_with(claim.name, \"Ald\")", "contains_text(claim.name, \"CLINIC\")", "length(claim.name) == 12",
            "upper(claim.name) == \"ALDER CLINIC\"", "matches_digits(\"012\", 3)", "!matches_digits(\"01a\", 3)",
            "!matches_digits(\"0123\", 3)", "matches_picture(\"1EG4TE5MK73\", \"#@?#@?#@@##\")",
            "matches_picture(\"AB12\", \"##|@@##\")", "!matches_picture(\"AB1\", \"@@##\")",
            "!matches_picture(\"\u{130}1\", \"@@#\")", "x12_safe(claim.name)", "!x12_safe(\"a*b\")",
            "npi_valid(\"1234567893\") && !npi_valid(\"1234567890\")",
            // Days: 29 February falls on 28 February in a common year.
            "days_between(claim.from, date(\"2024-03-01\")) == 1", "add_days(claim.from, 1) == date(\"2024-03-01\")",
            "add_years(claim.from, 1) == date(\"2025-02-28\")", "add_years(claim.from, 4) == date(\"2028-02-29\")",
            "claim.from < date(\"2024-03-01\")",
            // Absent compares false in every way, and a path through what is absent is absent.
            "!(claim.note == \"x\") && !(claim.note != \"x\")", "!(claim.to < claim.from) && !(claim.to >= claim.from)",
            "is_absent(claim.note)", "is_absent(claim.referring.id)", "!is_absent(claim.name)",
            "!is_unknown(claim.note)",
            "!starts_with(claim.note, \"x\")",
            // Tables by day.
            "in_table(\"limits\", \"A\")", "!in_table(\"limits\", \"Z\")",
            "table_number(\"limits\", \"days\", \"A\") == 90", "table_text(\"limits\", \"word\", \"A\") == \"old\"",
            "is_absent(table_number(\"limits\", \"days\", \"Z\"))",
        ])
    func isYes(_ text: String) throws {
        #expect(try answer(text) == .yes)
    }

    @Test(
        arguments: [
            "claim.received_on > claim.from", "is_absent(claim.received_on)",
            "claim.total / 0 > 1", "claim.total + length(claim.note) > 1", "unknown", "!unknown",
            "999999999999999 * 999999999999999 > 1",
            "all(line in claim.lines, line.number > 0 && unknown)", "count(line in claim.lines, unknown) == 1",
            "sum(line in claim.lines where unknown, line.charge) == 0", "\"C\" in [\"A\", claim.name, unknown]",
            "add_years(claim.from, 9999) > claim.from", "add_days(claim.from, 999999999) > claim.from",
            "npi_valid(upper(unknown))",
        ])
    func isUnknown(_ text: String) throws {
        #expect(try answer(text) == .unknown)
    }

    @Test func tableRowsGoByTheDay() throws {
        #expect(try answer("table_number(\"limits\", \"days\", \"A\") == 60", on: "2025-01-01") == .yes)
        #expect(try answer("is_absent(table_text(\"limits\", \"word\", \"A\"))", on: "2025-01-01") == .yes)
    }

    @Test func unknownGivesWayWhereTheOtherSideDecides() throws {
        #expect(try answer("unknown || claim.urgent") == .yes)
        #expect(try answer("unknown && !claim.urgent") == .no)
        #expect(try answer("any(line in claim.lines, line.number > 1 || unknown)") == .yes)
        #expect(try answer("all(line in claim.lines, line.number > 1 && unknown)") == .no)
        #expect(try answer("\"A\" in [unknown, \"A\"]") == .yes)
    }

    @Test func factsOfAnotherKindAreUnknown() throws {
        #expect(try answer("claim.total > 1", ["claim": ["total": "much"]]) == .unknown)
        #expect(try answer("claim.total > 1", ["claim": ["total": "1.01"]]) == .yes)
        #expect(try answer("claim.from > date(\"2026-01-01\")", ["claim": ["from": "2026-02-30"]]) == .unknown)
        #expect(try answer("claim.total > 1", ["claim": 3]) == .unknown)
        #expect(try answer("claim.total > 1", "nothing") == .unknown)
        #expect(try answer("any(line in claim.lines, line.charge > 1)", ["claim": ["lines": [7]]]) == .unknown)
    }

    @Test func absentListsAreEmptyAndUnknownOnesUnknown() throws {
        let absent: RuleValue = ["claim": ["lines": .absent]]
        #expect(try answer("count(claim.lines) == 0 && !any(line in claim.lines, true)", absent) == .yes)
        #expect(try answer("count(claim.lines) == 0", ["claim": [:]]) == .unknown)
    }

    @Test func goingThroughTooMuchIsUnknown() throws {
        let many: RuleValue = ["claim": ["codes": .list(Array(repeating: "A", count: 1000))]]
        #expect(try answer("any(a in claim.codes, any(b in claim.codes, a != b))", many) == .unknown)
        #expect(try answer("any(a in claim.codes, a == \"B\")", many) == .no)
    }

    @Test(arguments: Truth.allCases, Truth.allCases)
    func kleeneTables(_ left: Truth, _ right: Truth) throws {
        let order: [Truth] = [.no, .unknown, .yes]
        let (l, r) = (order.firstIndex(of: left)!, order.firstIndex(of: right)!)
        #expect(left.and(right) == order[min(l, r)])
        #expect(left.or(right) == order[max(l, r)])
        #expect(!left == order[2 - l])
        func word(_ truth: Truth) -> String { truth == .yes ? "true" : truth == .no ? "false" : "unknown" }
        #expect(try answer("\(word(left)) && \(word(right))") == left.and(right))
        #expect(try answer("\(word(left)) || \(word(right))") == left.or(right))
    }
}

@Suite struct ExactNumberTests {
    @Test(arguments: ["", "-", "1.", ".5", "1.2.3", "1e5", "1234567890123456", "0.1234567", "+1", "١"])
    func refuses(_ text: String) {
        #expect(ExactNumber(text) == nil)
    }

    @Test func isExactAndNeverTraps() throws {
        let tenth = try #require(ExactNumber("0.1"))
        #expect(tenth == ExactNumber("0.100"))
        #expect(ExactNumber(Money(cents: -1050)) == ExactNumber("-10.5"))
        let big = ExactNumber(.max)
        #expect(big.adding(ExactNumber(1)) == nil)
        #expect(big.multiplied(by: big) == nil)
        #expect(ExactNumber(.min).divided(by: ExactNumber(-1)) == nil)
        #expect(ExactNumber(1).divided(by: ExactNumber(0)) == nil)
        #expect(tenth < big && ExactNumber(.min) < tenth)
        #expect(ExactNumber(1).divided(by: ExactNumber(-3)) == ExactNumber(-1).divided(by: ExactNumber(3)))
    }
}
