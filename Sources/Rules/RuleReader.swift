import HealthTypes

/// Reads the rules of one file and notes every mistake instead of stopping at the first.
struct RuleReader {
    let file: String
    let facts: FactVocabulary
    let functions: RuleFunctions
    let tables: [String: RuleTable]
    private(set) var issues: [Issue] = []

    init(file: String, facts: FactVocabulary, functions: RuleFunctions, tables: [String: RuleTable]) {
        self.file = file
        self.facts = facts
        self.functions = functions
        self.tables = tables
    }

    private static let members: Set<String> = [
        "id", "title", "scope", "effective", "stage", "status", "when", "on_unknown", "severity", "message", "fix",
        "predicts", "evidence_to_change", "rationale", "appeal", "source", "tests",
    ]

    mutating func note(_ code: String, _ path: String, _ message: String) {
        issues.append(Issue(.error, code, at: Location(source: file, path: path), message: message))
    }

    /// A file holds one rule or an array of rules.
    mutating func rules(in bytes: [UInt8]) -> [Rule] {
        let json: JSON
        do { json = try JSON(parsing: bytes, maximumDepth: 32) } catch {
            issues.append(
                Issue(
                    .error, "rules.not-json", at: Location(source: file, byte: error.byte),
                    message: "The file is not JSON: \(error.reason.rawValue)."))
            return []
        }
        if let array = json.array {
            return array.enumerated().compactMap { rule(in: $1, at: "/\($0)") }
        }
        return rule(in: json, at: "").map { [$0] } ?? []
    }

    private mutating func rule(in json: JSON, at path: String) -> Rule? {
        guard let object = json.object else {
            note("rules.shape", path, "A rule is a JSON object.")
            return nil
        }
        let before = issues.count
        for member in object.members where !Self.members.contains(member.name) {
            note("rules.unknown-member", "\(path)/\(member.name)", "A rule has no member of this name.")
        }
        let scope = (
            texts(json["scope"]?["payer"], "\(path)/scope/payer"), texts(json["scope"]?["claim"], "\(path)/scope/claim")
        )
        let from = day(json["effective"]?["from"], "\(path)/effective/from")
        let to = json["effective"]?["to"].flatMap { $0.isNull ? nil : day($0, "\(path)/effective/to") }
        if let from, let to, to < from {
            note("rules.dates", "\(path)/effective", "The rule ends before it begins.")
        }
        let fixKind: RuleFix.Kind? = choice(json["fix"]?["kind"], "\(path)/fix/kind")
        let fixText = text(json["fix"]?["text"], "\(path)/fix/text")
        let basis: Rule.DateBasis? = choice(json["effective"]?["by"], "\(path)/effective/by")
        let status: RuleStatus? = choice(json["status"], "\(path)/status")
        let onUnknown: UnknownAnswer? = choice(json["on_unknown"], "\(path)/on_unknown")
        let severity: RuleSeverity? = choice(json["severity"], "\(path)/severity")
        let stages = texts(json["stage"], "\(path)/stage")
        let evidence = texts(json["evidence_to_change"], "\(path)/evidence_to_change")
        let when = condition(json["when"], "\(path)/when")
        let required = ["id", "title", "message", "source"].map { text(json[$0], "\(path)/\($0)") }
        let predicts = texts(json["predicts"], "\(path)/predicts")
        let tests = self.tests(json["tests"], "\(path)/tests", first: from)
        if severity == .deny { checkDenial(json, stages, evidence, onUnknown, path) }
        guard issues.count == before, let basis, let status, let onUnknown, let severity, let from, let fixKind,
            let fixText, let when, let id = required[0], let title = required[1], let message = required[2],
            let source = required[3]
        else { return nil }
        return Rule(
            id: id, title: title, payers: scope.0, claimKinds: scope.1, from: from, to: to, basis: basis,
            stages: stages, status: status, when: when.text, onUnknown: onUnknown, severity: severity,
            message: message, fix: RuleFix(kind: fixKind, text: fixText), predicts: predicts,
            evidenceToChange: evidence, rationale: json["rationale"]?.string, appeal: json["appeal"]?.string,
            source: source, tests: tests, file: file, condition: when.compiled)
    }

    /// A denial harms a patient where it is wrong: it needs a reason, a way out and a person for what is unknown.
    private mutating func checkDenial(
        _ json: JSON, _ stages: [String], _ evidence: [String], _ onUnknown: UnknownAnswer?, _ path: String
    ) {
        if stages != ["gate"] { note("rules.denial", "\(path)/stage", "Only a rule of the gate may deny.") }
        if evidence.isEmpty {
            note(
                "rules.denial", "\(path)/evidence_to_change", "A denying rule names the evidence that would change it.")
        }
        if onUnknown != .pend { note("rules.denial", "\(path)/on_unknown", "A denying rule pends what is unknown.") }
        for member in ["rationale", "appeal"] where json[member]?.string?.isEmpty != false {
            note("rules.denial", "\(path)/\(member)", "A denying rule says why it denies and how to appeal.")
        }
    }

    /// The text may be one string or, for long conditions, an array of lines.
    private mutating func condition(_ json: JSON?, _ path: String) -> (text: String, compiled: Expression)? {
        let lines = json?.array?.compactMap(\.string)
        guard let text = json?.string ?? lines?.joined(separator: "\n"), lines?.count == json?.array?.count else {
            note("rules.shape", path, "The condition is a text or an array of lines.")
            return nil
        }
        do {
            return (text, try Expression(text, facts: facts, functions: functions, tables: tables))
        } catch {
            note("rules.condition", path, error.description)
            return nil
        }
    }

    private mutating func tests(_ json: JSON?, _ path: String, first: CalendarDate?) -> [RuleTest] {
        guard let array = json?.array else {
            note("rules.shape", path, "The tests are an array.")
            return []
        }
        return array.enumerated().compactMap { index, test in
            let here = "\(path)/\(index)"
            let expected: Truth? = choice(test["expect"], "\(here)/expect")
            let name = text(test["name"], "\(here)/name")
            let on = test["on"].flatMap { day($0, "\(here)/on") } ?? first
            guard let facts = test["facts"], facts.object != nil else {
                note("rules.shape", "\(here)/facts", "A test has an object of facts.")
                return nil
            }
            guard let expected, let name, let on else { return nil }
            return RuleTest(name: name, facts: RuleValue(facts, unknownMark: "?"), expected: expected, day: on)
        }
    }

    // MARK: Members

    mutating func text(_ json: JSON?, _ path: String) -> String? {
        guard let text = json?.string, !text.isEmpty else {
            note("rules.shape", path, "A text is missing here.")
            return nil
        }
        return text
    }

    private mutating func texts(_ json: JSON?, _ path: String) -> [String] {
        guard let array = json?.array, case let texts = array.compactMap(\.string), texts.count == array.count else {
            note("rules.shape", path, "An array of texts is missing here.")
            return []
        }
        return texts
    }

    mutating func day(_ json: JSON?, _ path: String) -> CalendarDate? {
        guard let day = json?.string.flatMap({ CalendarDate($0) }) else {
            note("rules.shape", path, "A day such as 2026-01-31 is missing here.")
            return nil
        }
        return day
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ json: JSON?, _ path: String) -> Choice?
    where Choice.RawValue == String {
        guard let choice = json?.string.flatMap(Choice.init(rawValue:)) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            note("rules.choice", path, "One of these is missing here: \(names).")
            return nil
        }
        return choice
    }
}
