public import HealthTypes

/// One entry of the service's own journal: an answer that belongs to no case, or what a person said of one.
///
/// The entries of all kinds are one chain, so that a changed or missing one breaks the digests after it.
public struct ServiceEntry: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// An answer of the clinical logic.
        case analysis
        /// What was found in a document.
        case extraction
        /// A person's objection to a pair of an analysis: a proposal for the knowledge base.
        case disagreement

        /// What the ids of this kind begin with.
        public var letter: String {
            switch self {
            case .analysis: "A"
            case .extraction: "E"
            case .disagreement: "P"
            }
        }
    }

    /// From 1, without gaps, over all kinds.
    public var sequence: Int
    public var at: Instant
    public var kind: Kind
    /// A word to list and to count by, such as the verdict of an analysis.
    public var outcome: String
    /// What it rests on, in the content store; nil for what a person said.
    public var ground: Digest?
    /// The entry that it speaks of.
    public var about: Int?
    /// JSON: `id`, `kind`, `made_at` and, where there are any, `ground` and `about`; then what the draft held.
    public var body: [UInt8]
    /// Over the entry before it and this one, as in a case's journal.
    public var digest: Digest

    /// `A-0000000012`: the letter of the kind and the place in the journal.
    public var id: String { Self.id(kind, sequence) }

    public static func id(_ kind: Kind, _ sequence: Int) -> String { "\(kind.letter)-\(padded(sequence, to: 10))" }

    /// The place and kind that an id names; nil for the id of anything else.
    public static func place(ofID id: String) -> (kind: Kind, sequence: Int)? {
        let digits = id.dropFirst(2)
        guard id.dropFirst().first == "-", (10...18).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let sequence = Int(digits), sequence > 0,
            let kind = Kind.allCases.first(where: { $0.letter == id.prefix(1) })
        else { return nil }
        return (kind, sequence)
    }

    /// The bytes of an entry, from what the journal gives it and what the draft holds.
    public static func body(
        _ kind: Kind, sequence: Int, at: Instant, ground: Digest?, about: ServiceEntry?, content: [UInt8]
    ) -> [UInt8] {
        var head = JSONObject([
            ("id", .string(id(kind, sequence))), ("kind", .string(kind.rawValue)), ("made_at", .string(at.description)),
        ])
        head["ground"] = ground.map { .string($0.hex) }
        head["about"] = about.map { .string($0.id) }
        return head.text(before: content)
    }

    /// What the digest of an entry is taken over.
    public static func chain(previous: Digest?, sequence: Int, at: Instant, kind: Kind, body: [UInt8]) -> Digest {
        Digest(
            of: Array("\(previous?.hex ?? "")\nservice\n\(sequence)\n\(at)\n\(kind.rawValue)\n".utf8) + body)
    }
}

/// An entry before it has its place in the journal.
public struct ServiceDraft: Sendable {
    public var kind: ServiceEntry.Kind
    public var outcome: String
    /// Must be kept in the content store already.
    public var ground: Digest?
    public var about: ServiceEntry?
    /// The text of a JSON object with at least one member, without white space around it.
    public var content: [UInt8]

    public init(
        _ kind: ServiceEntry.Kind, outcome: String, ground: Digest? = nil, about: ServiceEntry? = nil, content: [UInt8]
    ) {
        self.kind = kind
        self.outcome = outcome
        self.ground = ground
        self.about = about
        self.content = content
    }
}
