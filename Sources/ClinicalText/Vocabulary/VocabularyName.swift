public import HealthTypes

/// A name that a text may use, with what it means.
public struct VocabularyName: Sendable, Hashable {
    /// What a name is the name of.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A disease, symptom, finding or injury.
        case condition
        /// A drug or another chemical.
        case substance
    }

    /// Where a name comes from, from which the confidence of its codes follows.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// A table of this project that gives the code beside the name.
        case curated
        /// The title of a code.
        case title
        /// An inclusion term of a code.
        case inclusion
        /// A synonym in another vocabulary, matched to a code by one of its names.
        case synonym
        /// A title or term with words left out or turned, such as `unspecified`.
        case variant
        case abbreviation
        case misspelling
        /// An abbreviation that the text itself explains.
        case defined
        /// No name of any vocabulary: the ending or the words around it make it a condition or a substance.
        case form

        /// How far a code that comes by such a name may be trusted, from 0 to 1; written codes have 1.
        public var confidence: Double {
            switch self {
            case .curated: 0.95
            case .title: 0.9
            case .inclusion: 0.85
            case .variant: 0.75
            case .synonym, .misspelling: 0.7
            case .abbreviation, .defined: 0.65
            case .form: 0.3
            }
        }
    }

    public var name: String
    public var kind: Kind
    public var codes: [Code]
    public var source: Source
    /// Whether only this spelling counts, capitals and all, as with abbreviations.
    public var isExact: Bool

    public init(
        _ name: String, kind: Kind, codes: [Code] = [], source: Source = .curated, isExact: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.codes = codes
        self.source = source
        self.isExact = isExact
    }
}
