public import HealthTypes
import Synchronization

/// The guides that a reader knows, by transaction set and guide id.
public struct GuideLibrary: Sendable {
    let dictionary: SegmentDictionary
    let explanations: Explanations
    private let shelf: Shelf

    /// Reads a folder's `.guide` files, its `005010.segments` and its `explanations.tsv`.
    ///
    /// Throws `DataFileError` where one of them cannot be used.
    public init(_ files: DataFiles) throws {
        try self.init(lazily: files)
        for key in shelf.keys { _ = try shelf.guides(key) }
    }

    /// As above, but a guide is compiled when it is first asked for, and one that cannot be used then ends the program:
    /// for files that are known to be sound.
    init(lazily files: DataFiles) throws {
        guard let segments = files.text("005010.segments") else {
            throw DataFileError(file: "005010.segments", reason: "is missing")
        }
        dictionary = try SegmentDictionary(name: "005010.segments", text: segments)
        explanations = try Explanations(name: "explanations.tsv", bytes: files.files["explanations.tsv"] ?? [])
        shelf = try Shelf(files, dictionary)
    }

    /// The guides of a transaction set, errata being read by the guide that they amend; more than one where BHT02 tells
    /// them apart.
    func candidates(set: String, guide: String) -> [CompiledGuide] {
        do {
            return try shelf.guides("\(set) \(guide.prefix(10))")
        } catch {
            fatalError("the X12 guides of the installation cannot be read: \(error)")
        }
    }

    /// The guide of a transaction set.
    func guide(for transaction: TransactionSet) -> CompiledGuide? {
        let found = candidates(set: transaction.id, guide: transaction.guide)
        guard found.count > 1, transaction.segments.count > 1, transaction.segments[1].isA("BHT") else {
            return found.first
        }
        let purpose = transaction.segments[1][2].packedCode
        return found.first { $0.purposes.contains(purpose) } ?? found.first { $0.purposes.isEmpty } ?? found.first
    }

    /// Every transaction set and guide id that there is a guide for, such as `837 005010X222`, in order.
    public var names: [String] { shelf.keys }

    var all: [CompiledGuide] {
        shelf.keys.flatMap { key in candidates(set: String(key.prefix(3)), guide: String(key.dropFirst(4))) }
    }
}

/// The texts of guides, and those that were compiled so far.
private final class Shelf: Sendable {
    private let texts: [String: [(name: String, text: String)]]
    private let dictionary: SegmentDictionary
    private let compiled = Mutex<[String: [CompiledGuide]]>([:])

    init(_ files: DataFiles, _ dictionary: SegmentDictionary) throws {
        self.dictionary = dictionary
        var texts: [String: [(name: String, text: String)]] = [:]
        for name in files.names(endingIn: ".guide") {
            let text = files.text(name) ?? ""
            // The first line that is no comment names the set and the guide.
            let head = text.split(separator: "\n").first { !$0.hasPrefix("#") }?.split(separator: " ") ?? []
            guard head.count >= 3, head[0] == "guide" else {
                throw DataFileError(
                    file: name, reason: "the first line is 'guide SET ID whole' or 'guide SET ID partial'")
            }
            texts["\(head[1]) \(head[2])", default: []].append((name, text))
        }
        self.texts = texts
    }

    var keys: [String] { texts.keys.sorted() }

    func guides(_ key: String) throws -> [CompiledGuide] {
        try compiled.withLock { compiled in
            if let known = compiled[key] { return known }
            let guides = try (texts[key] ?? []).map {
                try GuideCompiler.compile(
                    GuideParser.read(name: $0.name, text: $0.text), dictionary: dictionary)
            }
            compiled[key] = guides
            return guides
        }
    }
}
