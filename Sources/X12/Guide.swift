public import HealthTypes

/// One implementation guide as tables: its loops, the segments they hold, and what it says of their elements.
public struct Guide: Sendable {
    enum Usage: String, Sendable {
        case required = "R"
        case situational = "S"
        /// Required by the guide's text and often left out: missing, it is a warning.
        case wanted = "W"
    }

    /// What an element or a component must be for a segment to be meant.
    struct Qualifier: Sendable {
        var element: Int
        var component: Int
        var codes: [[UInt8]]
    }

    struct ElementRule: Sendable {
        var element: Int
        /// Zero for the whole element.
        var component: Int
        var isRequired: Bool
        var isUsed: Bool
        /// Empty where any value may stand.
        var codes: [[UInt8]]
    }

    struct SegmentRule: Sendable {
        var id: [UInt8]
        var qualifier: Qualifier?
        var usage: Usage
        var maximum: Int
        var elements: [ElementRule]
        var loop: Int

        var name: String { String(decoding: id, as: UTF8.self) }
    }

    /// A segment or a loop in its place among what a loop holds.
    struct Node: Sendable {
        enum Kind: Sendable {
            case segment(Int)
            case loop(Int)
        }
        var kind: Kind
        /// Grows along the loop; neighbours of the same name share one, as their order is free.
        var ordinal: Int
    }

    struct LoopRule: Sendable {
        var id: String
        var usage: Usage
        var maximum: Int
        var parent: Int?
        var nodes: [Node] = []
        /// The segment that begins the loop.
        var trigger = 0
    }

    /// ST01.
    public let set: String
    /// Without the errata's letter: `005010X222`.
    public let id: String
    /// Whether what the guide here does not name is an error; in a partial one it is a warning.
    let isWhole: Bool
    /// The first is the transaction set itself.
    let loops: [LoopRule]
    let segments: [SegmentRule]
    /// The ids of all its segments.
    let names: Set<String>

    init(set: String, id: String, isWhole: Bool, loops: [LoopRule], segments: [SegmentRule]) {
        self.set = set
        self.id = id
        self.isWhole = isWhole
        self.loops = loops
        self.segments = segments
        names = Set(segments.map(\.name))
    }

    func matches(_ rule: Int, _ segment: Segment) -> Bool {
        let rule = segments[rule]
        let bytes = segment.tokens.bytes
        guard bytes[segment.range(0)].elementsEqual(rule.id) else { return false }
        guard let qualifier = rule.qualifier else { return true }
        let value = bytes[
            qualifier.component == 0
                ? segment.range(qualifier.element) : segment.componentRange(qualifier.element, qualifier.component)]
        return qualifier.codes.contains { value.elementsEqual($0) }
    }
}

/// The guides that a checker knows, by transaction set and guide id.
public struct GuideLibrary: Sendable {
    private var guides: [String: Guide] = [:]
    let dictionary: SegmentDictionary
    let explanations: Explanations

    /// Reads a folder's `.guide` files, its `005010.segments` and its `explanations.tsv`.
    ///
    /// Throws `DataFileError` where one of them cannot be used.
    public init(_ files: DataFiles) throws {
        guard let segments = files.text("005010.segments") else {
            throw DataFileError(file: "005010.segments", reason: "is missing")
        }
        dictionary = try SegmentDictionary(name: "005010.segments", text: segments)
        explanations = try Explanations(name: "explanations.tsv", bytes: files.files["explanations.tsv"] ?? [])
        for name in files.names(endingIn: ".guide") {
            let guide = try GuideReader.read(name: name, text: files.text(name) ?? "")
            guides["\(guide.set) \(guide.id)"] = guide
        }
    }

    /// The guide of a transaction set, errata being read by the guide that they amend.
    public func guide(for transaction: TransactionSet) -> Guide? {
        guides["\(transaction.id) \(String(transaction.guide.prefix(10)))"]
    }
}
