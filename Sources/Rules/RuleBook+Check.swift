public import HealthTypes

/// A test beside a rule that the rule does not pass.
public struct RuleTestFailure: Hashable, Sendable, Codable, CustomStringConvertible {
    public let pack: String
    public let ruleID: String
    public let test: String
    public let expected: Truth
    public let answer: Truth

    public var description: String {
        "\(pack) \(ruleID) '\(test)': expected \(expected.rawValue), answered \(answer.rawValue)"
    }
}

extension RuleBook {
    /// Runs the tests that stand beside the rules, those of drafts and retired rules too.
    public func runTests() -> [RuleTestFailure] {
        packs.flatMap { pack in
            pack.rules.flatMap { rule in
                rule.tests.compactMap { test in
                    let answer = rule.condition.evaluate(test.facts, on: test.day)
                    guard answer != test.expected else { return nil }
                    return RuleTestFailure(
                        pack: pack.id, ruleID: rule.id, test: test.name, expected: test.expected, answer: answer)
                }
            }
        }
    }

    /// What is wrong with rules that can be read: ids used twice, days that no version of a rule covers, rules that
    /// no claim can reach, and rules without a test for each answer.
    public func check() -> [Issue] {
        var issues: [Issue] = []
        var firstPack: [String: String] = [:]
        for pack in packs {
            for (id, versions) in Dictionary(grouping: pack.rules, by: \.id).sorted(by: { $0.key < $1.key }) {
                if firstPack.updateValue(pack.id, forKey: id) != nil {
                    issues.append(
                        Self.issue(.error, "rules.duplicate-id", versions[0], "Another pack has a rule of this id."))
                }
                issues += Self.checkDates(versions)
            }
            for rule in pack.rules {
                issues += Self.checkTests(rule)
                if !rule.condition.readsFacts || rule.payers.isEmpty || rule.claimKinds.isEmpty || rule.stages.isEmpty
                    || (pack.payer != "*" && !Rule.names(rule.payers, pack.payer))
                {
                    let message = "No claim reaches the rule, or its answer is the same for all."
                    issues.append(Self.issue(.error, "rules.unreachable", rule, message))
                }
            }
        }
        return issues
    }

    /// Files of one id in one pack are versions of one rule: their days follow each other.
    private static func checkDates(_ versions: [Rule]) -> [Issue] {
        let sorted = versions.sorted { $0.from < $1.from }
        return zip(sorted, sorted.dropFirst()).compactMap { earlier, later in
            guard let end = earlier.to, end < later.from else {
                return issue(.error, "rules.duplicate-id", later, "Two versions of the rule are in force on one day.")
            }
            guard end.adding(days: 1) < later.from else { return nil }
            return issue(.warning, "rules.date-gap", later, "No version of the rule is in force on the days before.")
        }
    }

    private static func checkTests(_ rule: Rule) -> [Issue] {
        Truth.allCases.compactMap { answer in
            guard !rule.tests.contains(where: { $0.expected == answer }) else { return nil }
            let code = "rules.no-\(answer.rawValue)-test"
            return issue(.warning, code, rule, "No test of the rule expects '\(answer.rawValue)'.")
        }
    }

    private static func issue(_ severity: Issue.Severity, _ code: String, _ rule: Rule, _ message: String) -> Issue {
        Issue(severity, code, at: Location(source: rule.file), message: message, requirement: rule.id)
    }
}
