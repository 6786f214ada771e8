public import HealthTypes
import Synchronization

/// The guides that a reader knows, by transaction set and guide id.
public struct GuideLibrary: Sendable {
    private let shelf: Shelf
    private let readExplanations: Once<Explanations>

    /// Reads a folder's `.guide` files, its `005010.segments` and its `explanations.tsv`.
    ///
    /// Throws `DataFileError` where one of them cannot be used.
    public init(_ files: DataFiles) throws {
        try self.init(lazily: files.files)
        _ = try shelf.dictionary.value
        _ = try readExplanations.value
        for key in shelf.keys { _ = try shelf.guides(key) }
    }

    /// As above, of files by name; but each is read when it is first asked for, and one that cannot be used then ends the
    /// program: for files that are known to be sound.
    package init(lazily files: [String: [UInt8]]) throws {
        shelf = try Shelf(files)
        readExplanations = Once {
            try Explanations(name: "explanations.tsv", bytes: files["explanations.tsv"] ?? [])
        }
    }

    package var dictionary: SegmentDictionary { Self.sound { try shelf.dictionary.value } }
    package var explanations: Explanations { Self.sound { try readExplanations.value } }

    private static func sound<Value>(_ value: () throws -> Value) -> Value {
        do {
            return try value()
        } catch {
            fatalError("the X12 guides of the installation cannot be read: \(error)")
        }
    }

    /// The guides of a transaction set, errata being read by the guide that they amend; more than one where BHT02 tells
    /// them apart.
    package func candidates(set: String, guide: String) -> [CompiledGuide] {
        Self.sound { try shelf.guides("\(set) \(guide.prefix(10))") }
    }

    /// The guide of a transaction set.
    package func guide(for transaction: TransactionSet) -> CompiledGuide? {
        let found = candidates(set: transaction.id, guide: transaction.guide)
        guard found.count > 1, transaction.segments.count > 1, transaction.segments[1].isA("BHT") else {
            return found.first
        }
        let purpose = transaction.segments[1][2].packedCode
        return found.first { $0.purposes.contains(purpose) } ?? found.first { $0.purposes.isEmpty } ?? found.first
    }

    /// Every transaction set and guide id that there is a guide for, such as `837 005010X222`, in order.
    public var names: [String] { shelf.keys }

    /// Whether there is a guide for any version of a transaction set, by its ST01.
    func knows(set: String) -> Bool { shelf.knows(set) }

    package var all: [CompiledGuide] {
        shelf.keys.flatMap { key in candidates(set: String(key.prefix(3)), guide: String(key.dropFirst(4))) }
    }
}

/// The texts of guides, and those that were compiled so far.
private final class Shelf: Sendable {
    private let texts: [String: [(name: String, bytes: [UInt8])]]
    /// ST01 of all of them.
    private let sets: Set<String>
    let dictionary: Once<SegmentDictionary>
    private let compiled = Mutex<[String: [CompiledGuide]]>([:])

    init(_ files: [String: [UInt8]]) throws {
        guard let segments = files["005010.segments"] else {
            throw DataFileError(file: "005010.segments", reason: "is missing")
        }
        dictionary = Once {
            try SegmentDictionary(name: "005010.segments", text: String(decoding: segments, as: UTF8.self))
        }
        var texts: [String: [(name: String, bytes: [UInt8])]] = [:]
        for name in files.keys.filter({ $0.hasSuffix(".guide") }).sorted() {
            let bytes = files[name] ?? []
            let head = Self.head(of: bytes)
            guard head.count >= 3, head[0] == "guide" else {
                throw DataFileError(
                    file: name, reason: "the first line is 'guide SET ID whole' or 'guide SET ID partial'")
            }
            texts["\(head[1]) \(head[2])", default: []].append((name, bytes))
        }
        self.texts = texts
        sets = Set(texts.keys.map { String($0.prefix { $0 != " " }) })
    }

    /// The words of the first line that is no comment, which names the set and the guide.
    private static func head(of bytes: [UInt8]) -> [String] {
        var rest = bytes[...]
        while let first = rest.first, first == UInt8(ascii: "#") || first == 0x0a {
            rest = rest.drop { $0 != 0x0a }.dropFirst()
        }
        return rest.prefix { $0 != 0x0a }.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    }

    var keys: [String] { texts.keys.sorted() }

    func knows(_ set: String) -> Bool { sets.contains(set) }

    func guides(_ key: String) throws -> [CompiledGuide] {
        try compiled.withLock { compiled in
            if let known = compiled[key] { return known }
            let guides = try (texts[key] ?? []).map {
                try GuideCompiler.compile(
                    GuideParser.read(name: $0.name, text: String(decoding: $0.bytes, as: UTF8.self)),
                    dictionary: dictionary.value)
            }
            compiled[key] = guides
            return guides
        }
    }
}

/// A value that is made when it is first asked for.
private final class Once<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)
    private let make: @Sendable () throws -> Value

    init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

    var value: Value {
        get throws {
            try made.withLock { made in
                if let made { return made }
                let value = try make()
                made = value
                return value
            }
        }
    }
}
