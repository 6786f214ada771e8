import HealthTypes
import Testing

@testable import Rules

@Suite struct ShippedPackTests {
    let book: RuleBook

    init() throws { book = try RuleBook.load(shippedFiles()) }

    @Test func theirOwnTestsPass() {
        #expect(book.runTests().map(\.description) == [])
    }

    @Test func theCheckerFindsNothing() {
        #expect(book.check().map(\.line) == [])
    }

    @Test func holdsTheEditsAndTheGate() throws {
        #expect(book.packs.map(\.id) == ["gate", "national-professional", "payer-meridian", "payers"])
        #expect(try #require(book.pack("national-professional")).rules.count >= 26)
        for rule in try #require(book.pack("gate")).rules {
            #expect(rule.severity == .deny && rule.stages == ["gate"] && rule.onUnknown == .pend)
        }
    }

    @Test func onlyTheGateDenies() {
        for pack in book.packs where pack.id != "gate" {
            #expect(pack.rules.allSatisfy { $0.severity != .deny })
        }
    }

    /// The whole point of tests beside rules: whoever turns an operator round or moves a limit breaks one of them.
    @Test func aChangedConditionBreaksATest() throws {
        var survivors: [String] = []
        var mutants = 0
        for pack in book.packs {
            for rule in pack.rules {
                for (place, text) in try Self.mutants(of: rule.when) {
                    guard
                        let mutant = try? Expression(
                            text, facts: book.vocabulary, functions: .standard, tables: pack.tables)
                    else { continue }
                    mutants += 1
                    if rule.tests.allSatisfy({ mutant.evaluate($0.facts, on: $0.day) == $0.expected }) {
                        survivors.append("\(rule.id) \(place)")
                    }
                }
            }
        }
        #expect(mutants > 300)
        #expect(survivors == [])
    }

    /// The condition with one operator turned round, one number moved or one text changed, each in turn.
    static func mutants(of condition: String) throws -> [(place: String, text: String)] {
        let turned = [
            "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "&&": "||", "||": "&&", "!": "",
            "+": "-", "*": "/",
        ]
        let characters = Array(condition)
        return try Lexer.tokens(of: condition).flatMap { token in
            let replacements: [String]
            var length = token.text.count
            switch token.kind {
            case .symbol: replacements = turned[token.text].map { [$0] } ?? []
            case .number: replacements = Int(token.text).map { ["\($0 + 1)", "(\($0 - 1))"] } ?? []
            case .text:
                replacements = ["\"~~\""]
                length += 2
            default: replacements = []
            }
            let (before, after) = (characters[..<token.offset], characters[(token.offset + length)...])
            return replacements.map { ("\(token.text) at \(token.offset)", before + Array($0) + after) }
        }.map { ($0.0, String($0.1)) }
    }

    @Test func payersTableGoesByTheDay() throws {
        let payers = try #require(book.pack("payers")?.tables["payers"])
        #expect(payers.text("timely_filing_days", ["MERID"], on: day("2025-12-31")) == "365")
        #expect(payers.text("timely_filing_days", ["MERID"], on: day("2026-01-01")) == "180")
        #expect(payers.text("timely_filing_days", ["MEDB"], on: day("2026-01-01")) == nil)
        #expect(payers.text("name", ["NOBODY"], on: day("2026-01-01")) == nil)
    }

    @Test func aCleanClaimHasNothingInItsWay() {
        for payer in ["MERID", "NSTAR", "CIVIC", "MEDB"] {
            let report = book.evaluate(
                stage: "submission", payer: payer, claimKind: "professional", on: day("2026-03-10"), facts: Self.clean)
            #expect(report.worst == nil)
            #expect(report.results.map(\.ruleID) == [])
            #expect(report.evaluated.count >= 33)
        }
        let gate = book.evaluate(
            stage: "gate", payer: "MEDB", claimKind: "professional", on: day("2026-03-10"), facts: Self.clean)
        #expect(gate.evaluated == ["G01", "G02", "G03", "G04"])
        #expect(gate.worst == nil)
    }

    @Test func factsThatNobodyGaveHoldTheClaim() {
        let report = book.evaluate(
            stage: "submission", payer: "NSTAR", claimKind: "professional", on: day("2026-03-10"), facts: [:])
        #expect(report.hits.isEmpty)
        #expect(report.worst == .hold)
        let gate = book.evaluate(
            stage: "gate", payer: "NSTAR", claimKind: "professional", on: day("2026-03-10"), facts: [:])
        #expect(gate.hits.isEmpty && gate.worst == .hold)
    }

    static let clean: RuleValue = [
        "claim": [
            "kind": "professional", "control_number": "CW-1001", "payer_id": "MERID", "frequency": "1",
            "original_reference": .absent, "prior_authorization": .absent, "total_charge": "225.50",
            "service_from": "2026-03-10", "service_to": "2026-03-10", "place_of_service": "11",
            "received_on": "2026-03-11", "today": "2026-03-12",
            "billing": [
                "npi": "1245319599", "tax_id": "741852963", "taxonomy": "207Q00000X", "name": "ALDER CLINIC",
                "entity": "organization", "address1": "12 MAIN ST", "city": "ALDER", "state": "IL", "zip": "627041234",
            ],
            "rendering": ["npi": "1234567893", "entity": "person"], "referring": .absent,
            "subscriber": [
                "member_id": "MHP123456789", "family": "RIVERS", "given": "ANN", "birth_date": "1980-05-05",
            ],
            "patient": ["birth_date": "1980-05-05", "age_years": 45], "payer_levels": ["P"],
            "diagnoses": [["code": "E11.9", "position": 1, "lookup": "billable", "category": "E11"]],
            "lines": [
                [
                    "number": 1, "procedure": "99213", "known": true, "modifiers": ["25"], "charge": "125.25",
                    "units": 1, "pointers": [1], "service_date": "2026-03-10", "category": "em", "max_units": 1,
                    "usual_charge": "125.25", "requires_auth": false, "control_number": "1", "is_em": true,
                ],
                [
                    "number": 2, "procedure": "11102", "known": true, "modifiers": [], "charge": "100.25",
                    "units": 1, "pointers": [1], "service_date": "2026-03-10", "category": "procedure",
                    "max_units": .absent, "usual_charge": "100.25", "requires_auth": false, "control_number": "2",
                    "is_em": false,
                ],
            ],
        ],
        "coverage": [
            "status": "active", "verified_on": "2026-03-09", "other_payer": false, "member_id_matches": true,
            "name_matches": true,
        ],
        "authorization": ["required": false], "history": ["duplicates": []],
        "payer": ["known": true, "timely_filing_days": 180],
    ]
}
