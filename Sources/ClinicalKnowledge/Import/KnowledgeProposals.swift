/// What another source would add to the knowledge base, for a person to judge. Nothing is applied: a row that is
/// accepted is copied into the tables, with a citation that the person has looked up.
public struct KnowledgeProposals: Sendable, Hashable {
    /// How a proposed row stands to the base.
    public enum Standing: String, Sendable, Comparable {
        /// The base forbids what is proposed, or supports what the source forbids.
        case contradicts
        case new
        /// The base says it already, in this or in other words.
        case known

        public static func < (left: Standing, right: Standing) -> Bool { left.rawValue < right.rawValue }
    }

    public struct Statement: Sendable, Hashable {
        public var standing: Standing
        public var subject: String
        public var relation: Relation
        public var object: String
        public var condition: String
        /// The source, its edition, and the record in it.
        public var source: String
        public var note: String
    }

    public struct Name: Sendable, Hashable {
        public enum Kind: String, Sendable {
            case synonym
            case atc
            case classMember = "class"
        }

        public var standing: Standing
        public var subject: String
        public var kind: Kind
        public var value: String
        public var source: String
    }

    public var statements: [Statement] = []
    public var names: [Name] = []
    /// How many records of the source name no drug of the base, or no diagnosis that could be put to a code.
    public var unknownDrugs = 0
    public var unmappedDiagnoses = 0

    /// Tab-separated, the contradictions first: statements, and names behind them under a header of their own.
    public var text: String {
        var lines = ["# proposals, not applied: each needs a source that was looked up, and a reviewer"]
        if !statements.isEmpty {
            lines.append("standing\tsubject\trelation\tobject\tcondition\tsource\tnote")
            for row in statements.sorted(by: Self.precedes) {
                lines.append(
                    [
                        row.standing.rawValue, row.subject, row.relation.rawValue, row.object, row.condition,
                        row.source,
                        row.note,
                    ].map(Self.cell).joined(separator: "\t"))
            }
        }
        if !names.isEmpty {
            lines.append("standing\tsubject\tkind\tvalue\tsource")
            for row in names.sorted(by: { ($0.standing, $0.subject, $0.value) < ($1.standing, $1.subject, $1.value) }) {
                lines.append(
                    [row.standing.rawValue, row.subject, row.kind.rawValue, row.value, row.source].map(Self.cell)
                        .joined(separator: "\t"))
            }
        }
        lines.append(
            "# \(unknownDrugs) records name no drug of the base; \(unmappedDiagnoses) no diagnosis with a code")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func precedes(_ left: Statement, _ right: Statement) -> Bool {
        (left.standing, left.subject, left.relation.rawValue, left.object)
            < (right.standing, right.subject, right.relation.rawValue, right.object)
    }

    /// A text of a foreign file may hold what would break the table.
    private static func cell(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }
}

/// Puts the records of a source beside what a knowledge base holds.
struct ProposalMaker {
    private let base: KnowledgeBase
    private let source: String
    private(set) var proposals = KnowledgeProposals()
    private var seen: Set<String> = []
    private var names: [String: Set<String>] = [:]

    init(_ base: KnowledgeBase, source: String) {
        self.base = base
        self.source = source
        for drug in base.drugs {
            names["drug:\(drug.id)"] = Set(([drug.id, drug.name] + drug.synonyms).map(TreatmentName.normalised))
        }
    }

    /// The drug of the base that a name means.
    mutating func drug(named name: String) -> KnownTreatment? {
        if let known = base.treatments(matching: name).first(where: { $0.isDrug }) { return known }
        proposals.unknownDrugs += 1
        return nil
    }

    /// Proposes that the drug treats, or must not meet, the diagnosis with these codes.
    mutating func propose(
        _ drug: KnownTreatment, _ relation: Relation, codes: [String], record: String, note: String
    ) {
        let keys = codes.compactMap { DiagnosisKey($0) }
        guard !keys.isEmpty else {
            proposals.unmappedDiagnoses += 1
            return
        }
        let object = Set(keys).sorted().map(\.dotted).joined(separator: " ")
        guard seen.insert("\(drug.id) \(relation.rawValue) \(object)").inserted else { return }
        proposals.statements.append(
            .init(
                standing: standing(drug, relation, keys), subject: drug.id, relation: relation, object: object,
                condition: relation == .contraindicatedIf ? "chart" : "", source: "\(source), \(record)", note: note))
    }

    /// Known where the base says it of every code; a contradiction where it says the opposite of any.
    private func standing(
        _ drug: KnownTreatment, _ relation: Relation, _ keys: [DiagnosisKey]
    ) -> KnowledgeProposals.Standing {
        let isAgainst = relation == .contraindicated || relation == .contraindicatedIf
        var known = 0
        for key in keys {
            let kinds = DiagnosisPlace(key, in: base.image).codes.flatMap { code in
                base.image.edges(drug.index, code).map { base.image.edges[$0] }
            }
            let forbids = kinds.contains { $0.kind == EdgeRecord.Kind.against.rawValue }
            let supports = kinds.contains { $0.kind == EdgeRecord.Kind.own.rawValue }
            if isAgainst ? supports && !forbids : forbids && !supports { return .contradicts }
            if isAgainst ? forbids : supports { known += 1 }
        }
        return known == keys.count ? .known : .new
    }

    /// Proposes another name of a drug.
    mutating func propose(_ drug: KnownTreatment, synonym: String) {
        let words = TreatmentName.normalised(synonym)
        guard !words.isEmpty, seen.insert("\(drug.id) name \(words)").inserted else { return }
        let other = base.image.treatment(ofName: words, in: base.image.drugNames)
        let standing: KnowledgeProposals.Standing =
            names[drug.id]?.contains(words) == true ? .known : other == nil ? .new : .contradicts
        proposals.names.append(
            .init(standing: standing, subject: drug.id, kind: .synonym, value: synonym, source: source))
    }

    /// Proposes an ATC code of a drug.
    mutating func propose(_ drug: KnownTreatment, atc: String) {
        guard seen.insert("\(drug.id) atc \(atc)").inserted else { return }
        let owner = base.image.treatment(ofCode: atc)?.number
        let standing: KnowledgeProposals.Standing =
            owner == nil ? .new : owner == drug.index ? .known : .contradicts
        proposals.names.append(.init(standing: standing, subject: drug.id, kind: .atc, value: atc, source: source))
    }

    /// Proposes that a drug belongs to a class, named by its ATC group.
    mutating func propose(_ drug: KnownTreatment, classWithPrefix prefix: String) {
        guard seen.insert("\(drug.id) class \(prefix)").inserted else { return }
        let classes = base.drugs[drug.index].classes
        let groups = base.classes.filter { !$0.atcPrefix.isEmpty && prefix.hasPrefix($0.atcPrefix) }
        for group in groups {
            proposals.names.append(
                .init(
                    standing: classes.contains(group.id) ? .known : .new, subject: drug.id, kind: .classMember,
                    value: group.id, source: source))
        }
    }
}
