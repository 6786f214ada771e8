import HL7v2
import HealthTypes
import Store
import X12

/// A message of the record, to be shown.
struct MessageView: Sendable {
    var row: MessageRow
    /// Its own bytes, or as many of them as a page looks at.
    var bytes: [UInt8]
    /// The case whose parts alone are wanted, and the keys that lead to it.
    var caseNumber: CaseNumber?
    var keys: Set<String>?
    /// Whether the text itself is wanted.
    var isRaw: Bool

    var format: KeptFormat { KeptFormat(rawValue: row.format) ?? .unknown }
    var isCut: Bool { bytes.count < row.range.count }
}

/// The forms of messages as the log names them, of those that go out too.
enum KeptFormat: String {
    case x12 = "x12"
    case hl7v2 = "hl7v2"
    case fhir = "fhir"
    case json = "json"
    case table = "table"
    case empty = "empty"
    case unknown = "unknown"
}

/// Makes the bytes of a message readable.
enum MessageReading {
    /// Segments of X12, and lines of anything else, that one page shows.
    static let maximumLines = 400
    /// Bytes of a message that a page looks at.
    static let maximumBytes = 4 << 20

    static func issues(of row: MessageRow) -> [Issue] { (try? Canonical.decode([Issue].self, from: row.issues)) ?? [] }

    static func contentType(of row: MessageRow) -> String {
        switch KeptFormat(rawValue: row.format) {
        case .x12: "application/edi-x12"
        case .hl7v2: "application/hl7-v2"
        case .fhir: "application/fhir+json"
        case .json: "application/json"
        case .table: "text/tab-separated-values"
        case .empty, .unknown, nil: "application/octet-stream"
        }
    }

    // MARK: X12

    struct Segments {
        var lines: [ExplainedLine]
        /// How many there are in all, shown or not.
        var total: Int
        /// Whether only what belongs to the case is shown.
        var isFiltered: Bool
        /// Whether whole transaction sets are shown, and not the segments of one unit.
        var isSet: Bool
    }

    /// The segments of a message with their words; nil where nothing can be made of it.
    static func segments(_ view: MessageView) -> Segments? {
        let (bytes, isUnit) = enveloped(view.bytes, kind: view.row.kind)
        let document = X12Document(parsing: bytes)
        let transactions = document.interchanges.flatMap(\.groups).flatMap(\.transactions)
        var lines: [ExplainedLine] = []
        var total = 0
        var found = false
        for transaction in transactions {
            var all = transaction.explanation()
            // The set that was put around a unit is not part of the message.
            if isUnit { all = Array(all.dropFirst().dropLast()) }
            total += all.count
            if let keys = view.keys, !isUnit {
                let wanted = SegmentBlocks(transaction).positions(of: keys)
                if !wanted.isEmpty {
                    found = true
                    all = all.filter { wanted.contains($0.position) }
                } else if transactions.count > 1 {
                    continue
                }
            }
            lines += all.prefix(max(0, maximumLines - lines.count))
        }
        return lines.isEmpty ? nil : Segments(lines: lines, total: total, isFiltered: found, isSet: !isUnit)
    }

    /// A part of an interchange as the record keeps it (a transaction set, or the segments of one unit such as a claim),
    /// with an envelope around it, without which it cannot be cut up.
    ///
    /// - Parameter kind: what the log calls it; it begins with the transaction set that a unit comes from.
    private static func enveloped(_ bytes: [UInt8], kind: String) -> (bytes: [UInt8], isUnit: Bool) {
        if bytes.starts(with: "ISA".utf8) { return (bytes, false) }
        let isSet = bytes.starts(with: "ST".utf8) && !(bytes.dropFirst(2).first.map(isLetterOrDigit) ?? true)
        let element = bytes.first { !isLetterOrDigit($0) } ?? UInt8(ascii: "*")
        // A set or a unit ends with its terminator; where the last byte is none, tildes stand between segments.
        let last = bytes.last { !isLineEnd($0) } ?? UInt8(ascii: "~")
        let terminator = isLetterOrDigit(last) || last == element ? UInt8(ascii: "~") : last
        let component =
            ":><|\\".utf8.filter { $0 != element && $0 != terminator }
            .max { left, right in bytes.count { $0 == left } < bytes.count { $0 == right } } ?? UInt8(ascii: ":")
        let delimiters = Delimiters(
            element: element, component: component, repetition: element == UInt8(ascii: "^") ? 0 : UInt8(ascii: "^"),
            segment: terminator)
        let named = isSet ? bytes.dropFirst(3).prefix(3) : kind.utf8.prefix(3).map { $0 }[...]
        let id = String(decoding: named, as: UTF8.self)
        let guide = guides[id] ?? "005010"
        func segment(_ text: String) -> [UInt8] {
            text.utf8.map { $0 == UInt8(ascii: "*") ? element : $0 } + [terminator]
        }
        var output = header(delimiters)
        output += segment("GS*XX*A*B*20260101*0000*1*X*\(guide)")
        if !isSet { output += segment("ST*\(id)*1*\(guide)") }
        output += bytes
        if last != terminator { output.append(terminator) }
        if !isSet { output += segment("SE*0*1") }
        return (output + segment("GE*1*1") + segment("IEA*1*000000001"), !isSet)
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    private static func header(_ delimiters: Delimiters) -> [UInt8] {
        let text =
            "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*0000*^*00501*000000001*0*T*:~"
        return text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "*"): delimiters.element
            case UInt8(ascii: "^"): delimiters.repetition == 0 ? UInt8(ascii: "U") : delimiters.repetition
            case UInt8(ascii: ":"): delimiters.component
            case UInt8(ascii: "~"): delimiters.segment
            default: byte
            }
        }
    }

    /// The guide where ST03 does not say.
    private static let guides = [
        "837": "005010X222A1", "835": "005010X221A1", "270": "005010X279A1", "271": "005010X279A1",
        "999": "005010X231A1", "277": "005010X214",
    ]

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    // MARK: HL7 v2, JSON, anything else

    static func hl7(_ bytes: [UInt8]) -> HL7Explanation? { try? HL7Message(parsing: bytes).explanation() }

    static func json(_ bytes: [UInt8]) -> String? { try? JSON(parsing: bytes).pretty }

    /// The text of a message, segments of X12 on lines of their own; nil where it is no text.
    static func text(_ view: MessageView) -> String? {
        guard let text = String(validating: view.bytes, as: UTF8.self) else { return nil }
        guard view.format == .x12, !text.contains("\n") else { return text }
        return text.replacing("~", with: "~\n")
    }

    /// As many lines of a text as one page shows, and how many it has.
    static func cut(_ text: String) -> (text: String, lines: Int) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.prefix(maximumLines).joined(separator: "\n"), lines.count)
    }
}

/// A transaction set as blocks, each a level (HL), a claim (CLM, CLP) or what stands before and after them.
struct SegmentBlocks {
    private struct Block {
        var positions: [Int] = []
        /// Claim numbers and traces that stand in it.
        var keys: Set<String> = []
        var parent: Int?
        /// The head and the tail of the set, which are shown with anything.
        var isFrame = false
    }

    private var blocks = [Block(isFrame: true)]

    init(_ transaction: TransactionSet) {
        var levels: [String: Int] = [:]
        var level: Int?
        for segment in transaction.segments {
            switch segment.id {
            case "HL":
                blocks.append(Block(parent: levels[segment[2]]))
                levels[segment[1]] = blocks.count - 1
                level = blocks.count - 1
            case "CLM", "CLP": blocks.append(Block(keys: [segment[1]], parent: level))
            case "LX" where transaction.id == "835": blocks.append(Block())
            case "PLB", "SE": blocks.append(Block(isFrame: segment.id == "SE"))
            default: break
            }
            if segment.id == "TRN" { blocks[blocks.count - 1].keys.insert(segment[2]) }
            blocks[blocks.count - 1].positions.append(segment.position)
        }
    }

    /// Places of the segments that belong to any of the keys, with the levels above them; empty where none does.
    func positions(of keys: Set<String>) -> Set<Int> {
        var wanted: Set<Int> = []
        for (index, block) in blocks.enumerated() where !block.isFrame && !block.keys.isDisjoint(with: keys) {
            var next: Int? = index
            while let at = next, wanted.insert(at).inserted { next = blocks[at].parent }
        }
        if wanted.isEmpty { return [] }
        let frame = blocks.indices.filter { blocks[$0].isFrame }
        return Set((wanted.union(frame)).flatMap { blocks[$0].positions })
    }
}
