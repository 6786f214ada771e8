public import HealthTypes

/// What became of a rule, or of a table, between two books.
public struct RuleChange: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable {
        case added, removed, changed
    }

    public let pack: String
    /// For a table its path, such as `tables/payers.tsv`.
    public let ruleID: String
    public let kind: Kind
    /// Which members differ, by their names in the rule's file, `rows` for a table; empty unless changed.
    public let members: [String]
}

/// A claim on which two books are compared.
public struct RuleCase: Sendable {
    public let name: String
    public let stage: String
    public let payer: String
    public let claimKind: String
    public let date: CalendarDate
    public let facts: RuleValue

    public init(
        name: String, stage: String, payer: String, claimKind: String, date: CalendarDate, facts: RuleValue
    ) {
        self.name = name
        self.stage = stage
        self.payer = payer
        self.claimKind = claimKind
        self.date = date
        self.facts = facts
    }
}

/// A claim of which the new book says something else than the old one.
public struct RuleCaseChange: Hashable, Sendable, Codable {
    public let name: String
    public let worstBefore: RuleSeverity?
    public let worstAfter: RuleSeverity?
    /// Ids of rules that answer yes or unknown in one book and not so in the other, sorted.
    public let rules: [String]
}

extension RuleBook {
    /// The rules and tables that differ from those of an older book, by pack and id.
    public func changes(since older: RuleBook) -> [RuleChange] {
        let (before, after) = (older.fingerprints, fingerprints)
        return Set(before.keys).union(after.keys).sorted().compactMap { key in
            let kind: RuleChange.Kind =
                before[key] == nil ? .added : after[key] == nil ? .removed : .changed
            var members: [String] = []
            if let old = before[key], let new = after[key] {
                members = zip(old, new).filter { $0 != $1 }.map { $0.0.name }
                if members.isEmpty { return nil }
            }
            return RuleChange(pack: key.pack, ruleID: key.id, kind: kind, members: members)
        }
    }

    /// The claims on which this book and an older one do not agree.
    public func differences(from older: RuleBook, on cases: some Sequence<RuleCase>) -> [RuleCaseChange] {
        cases.compactMap { one in
            let reports = [older, self].map {
                $0.evaluate(
                    stage: one.stage, payer: one.payer, claimKind: one.claimKind, on: one.date, facts: one.facts)
            }
            let answers = reports.map { Set($0.results.map { Answer(id: $0.ruleID, truth: $0.truth) }) }
            let rules = Set(answers[0].symmetricDifference(answers[1]).map(\.id)).sorted()
            guard !rules.isEmpty || reports[0].worst != reports[1].worst else { return nil }
            return RuleCaseChange(
                name: one.name, worstBefore: reports[0].worst, worstAfter: reports[1].worst, rules: rules)
        }
    }

    private struct Answer: Hashable {
        let id: String
        let truth: Truth
    }

    /// Versions of one rule are told apart by their first day.
    private struct Key: Hashable, Comparable {
        let pack: String
        let id: String
        let from: CalendarDate

        static func < (left: Key, right: Key) -> Bool {
            (left.pack, left.id, left.from) < (right.pack, right.id, right.from)
        }
    }

    private struct Member: Hashable {
        let name: String
        let value: String
    }

    private var fingerprints: [Key: [Member]] {
        var all: [Key: [Member]] = [:]
        for pack in packs {
            for (name, table) in pack.tables {
                let key = Key(pack: pack.id, id: "tables/\(name).tsv", from: .first)
                all[key] = [Member(name: "rows", value: table.digest.hex)]
            }
            for rule in pack.rules {
                all[Key(pack: pack.id, id: rule.id, from: rule.from)] = [
                    Member(name: "title", value: rule.title),
                    Member(name: "scope", value: "\(rule.payers) \(rule.claimKinds)"),
                    Member(name: "effective", value: "\(rule.to?.description ?? "") \(rule.basis.rawValue)"),
                    Member(name: "stage", value: "\(rule.stages)"),
                    Member(name: "status", value: rule.status.rawValue),
                    Member(name: "when", value: rule.when),
                    Member(name: "on_unknown", value: rule.onUnknown.rawValue),
                    Member(name: "severity", value: rule.severity.rawValue),
                    Member(name: "message", value: rule.message),
                    Member(name: "fix", value: "\(rule.fix.kind.rawValue) \(rule.fix.text)"),
                    Member(name: "predicts", value: "\(rule.predicts)"),
                    Member(name: "evidence_to_change", value: "\(rule.evidenceToChange)"),
                    Member(name: "rationale", value: rule.rationale ?? ""),
                    Member(name: "appeal", value: rule.appeal ?? ""),
                ]
            }
        }
        return all
    }
}
