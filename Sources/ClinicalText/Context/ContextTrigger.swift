/// What the words around a name say of it: whether it is denied, doubtful, past, of a relative, or an allergy.
public struct MentionContext: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Said not to be so: `denies chest pain`.
    public static let negated = MentionContext(rawValue: 1 << 0)
    /// Said to be possible, suspected, feared or still to be ruled out.
    public static let uncertain = MentionContext(rawValue: 1 << 1)
    /// Said of the past.
    public static let historical = MentionContext(rawValue: 1 << 2)
    /// Said of a relative.
    public static let family = MentionContext(rawValue: 1 << 3)
    /// A substance to which the patient is allergic.
    public static let allergy = MentionContext(rawValue: 1 << 4)
}

/// A phrase that says something of the names before or after it, as a row of context-triggers.tsv.
struct ContextTrigger: Sendable, Equatable {
    enum Direction: String, Sendable { case before, after, both }

    /// Nil for a phrase that only looks like a trigger, and for one that ends the reach of others.
    let context: MentionContext?
    /// Where the names stand of which it speaks: `after` the trigger, or `before` it.
    let direction: Direction
    let endsReach: Bool
    /// How many tokens it reaches; 0 is to the end of the sentence.
    let reach: Int

    /// A place that no trigger reaches across.
    static let border = ContextTrigger(context: nil, direction: .both, endsReach: true, reach: 0)
}

/// What a section of a note says of all that stands in it.
public enum SectionKind: String, Sendable, Hashable, CaseIterable {
    case complaint, present, history, surgical, family, social, allergies, medications, review, examination, results
    case assessment, plan, diagnosis, procedure, other

    /// What every name under such a heading is, unless the words around it say more.
    var context: MentionContext {
        switch self {
        case .family: .family
        case .history, .surgical: .historical
        case .allergies: .allergy
        default: []
        }
    }
}
