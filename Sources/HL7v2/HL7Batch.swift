public import HealthTypes

/// A file or buffer of several messages, with or without batch segments (HL7 v2.5.1 2.10.3).
public struct HL7Batch: Sendable {
    /// One slice for each message, from its MSH up to what follows it.
    public let messages: [ArraySlice<UInt8>]
    /// How many FHS, BHS, BTS and FTS segments were passed over.
    public let envelopeSegments: Int
    public let issues: [Issue]

    public init(_ bytes: [UInt8]) {
        var messages: [ArraySlice<UInt8>] = []
        var issues: [Issue] = []
        var envelopes = 0
        var batches = 0
        var sinceBatch = 0
        var open: Int?
        var delimiter = HL7Delimiters.standard.field
        func close(at end: Int) {
            if let start = open { messages.append(bytes[start..<end]) }
            open = nil
        }
        for line in Self.lines(of: bytes) {
            let place = Location(byte: line.startIndex)
            switch Self.kind(of: line) {
            case "MSH":
                close(at: line.startIndex)
                open = line.startIndex
                sinceBatch += 1
            case "FHS", "BHS":
                close(at: line.startIndex)
                envelopes += 1
                delimiter = line[line.startIndex + 3]
                if line.starts(with: "BHS".utf8) { sinceBatch = 0 }
            case "BTS":
                close(at: line.startIndex)
                envelopes += 1
                batches += 1
                if let count = Self.count(line, delimiter), count != sinceBatch {
                    issues.append(HL7Finding.batchCount.issue(.warning, at: place))
                }
            case "FTS":
                close(at: line.startIndex)
                envelopes += 1
                if let count = Self.count(line, delimiter), count != batches {
                    issues.append(HL7Finding.fileCount.issue(.warning, at: place))
                }
            default:
                if open == nil { issues.append(HL7Finding.strayBytes.issue(.warning, at: place)) }
            }
        }
        close(at: bytes.count)
        self.messages = messages
        self.issues = issues
        envelopeSegments = envelopes
    }

    private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        return bytes[start...].split(whereSeparator: isLineEnd)
    }

    /// The id, where a delimiter follows it, so that text in a broken field is not taken for a header.
    private static func kind(of line: ArraySlice<UInt8>) -> String {
        let id = String(decoding: line.prefix(3), as: UTF8.self)
        if line.count == 3 { return id == "BTS" || id == "FTS" ? id : "" }
        return line.count > 3 && !isAlphanumeric(line[line.startIndex + 3]) ? id : ""
    }

    private static func count(_ line: ArraySlice<UInt8>, _ delimiter: UInt8) -> Int? {
        let fields = line.split(separator: delimiter, omittingEmptySubsequences: false)
        return fields.count > 1 ? Int(String(decoding: fields[1], as: UTF8.self)) : nil
    }
}

extension HL7Message {
    /// The messages of a file: each begins with MSH at the start of a line.
    public static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] { HL7Batch(bytes).messages }
}
