public import HealthTypes

/// One HL7 v2 message in ER7, the form with bars and carets (HL7 v2.5.1 chapter 2).
///
/// The bytes are kept as they came. Segments may end in CR, LF or CRLF; a byte order mark is passed over; segments
/// and escapes that this reader does not know are kept. MLLP framing is not part of a message.
///
/// ```swift
/// let message = try HL7Message(parsing: bytes)
/// message.value("PID-5.1")       // the family name
/// message.first("PV1")?.time(44) // admitted
/// ```
public struct HL7Message: Hashable, Sendable {
    /// Byte for byte as read.
    public let bytes: [UInt8]
    public let delimiters: HL7Delimiters
    public let segments: [HL7Segment]
    /// What was odd about the message though it could be read.
    public let issues: [Issue]

    /// - Throws: only where no MSH can be read or the message is longer than the limit.
    public init(parsing bytes: some Collection<UInt8>, limits: HL7Limits = HL7Limits()) throws(HL7Error) {
        let bytes = Array(bytes)
        guard bytes.count <= limits.messageBytes else {
            throw HL7Error(reason: .tooLarge, byte: limits.messageBytes)
        }
        var start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        while start < bytes.count, isLineEnd(bytes[start]) { start += 1 }
        guard bytes[start...].starts(with: "MSH".utf8) else { throw HL7Error(reason: .noHeader, byte: start) }
        let delimiters = try HL7Delimiters(header: bytes[start...])
        let (text, isForeign) = Self.utf8(bytes[start...], delimiters: delimiters)
        var reading = Reading(delimiters: delimiters, limits: limits)
        if isForeign { reading.issues.append(HL7Finding.characterSet.issue(.warning, at: Location(path: "MSH-18"))) }
        reading.read(text)
        self.bytes = bytes
        self.delimiters = delimiters
        segments = reading.segments
        issues = reading.issues
    }

    public init(parsing text: String, limits: HL7Limits = HL7Limits()) throws(HL7Error) {
        try self.init(parsing: text.utf8, limits: limits)
    }

    /// MSH-9.1, such as `ADT`.
    public var type: String { segments[0][9] }
    /// MSH-9.2, such as `A04`.
    public var trigger: String { segments[0][9, 2] }
    /// MSH-10.
    public var controlID: String { segments[0][10] }
    /// MSH-12.1, such as `2.5.1`.
    public var version: String { segments[0][12] }

    public func first(_ id: String) -> HL7Segment? { segments.first { $0.id == id } }

    public func all(_ id: String) -> [HL7Segment] { segments.filter { $0.id == id } }

    /// The message cut before every segment of this id, such as `ORC`; what stands before the first is left out.
    public func groups(startingAt id: String) -> [[HL7Segment]] {
        var groups: [[HL7Segment]] = []
        for segment in segments {
            if segment.id == id {
                groups.append([segment])
            } else if !groups.isEmpty {
                groups[groups.count - 1].append(segment)
            }
        }
        return groups
    }

    /// The value at `PID-5.1`, `PID-3[2].4.1` or `OBX[3]-5`, escapes undone.
    ///
    /// Counting is from one, and a part that is left out is the first. Nil where it is absent, empty or null, or
    /// where the path is none.
    public func value(_ path: String) -> String? {
        guard let path = HL7Path(path) else { return nil }
        let matching = all(path.segment)
        guard matching.indices.contains(path.occurrence - 1) else { return nil }
        let repetitions = matching[path.occurrence - 1].repetitions(path.field)
        guard repetitions.indices.contains(path.repetition - 1) else { return nil }
        let text = repetitions[path.repetition - 1][path.component, path.subcomponent]
        return text.isEmpty ? nil : text
    }

    /// The message as text with its own line ends, for people.
    ///
    /// Bytes that are not UTF-8 are shown as ISO 8859-1.
    public var raw: String {
        String(decoding: Self.utf8(bytes[...], delimiters: delimiters).text, as: UTF8.self)
    }

    /// The bytes of a field of MSH as they came, before any reading.
    func rawHeaderField(_ field: Int) -> ArraySlice<UInt8> {
        let start = bytes.firstIndex(of: UInt8(ascii: "M")) ?? 0
        let line = bytes[start...].prefix { !isLineEnd($0) }
        let fields = line.split(separator: delimiters.field, omittingEmptySubsequences: false)
        return fields.indices.contains(field - 1) ? fields[field - 1] : []
    }

    /// The message in UTF-8, by MSH-18, and whether the bytes broke what MSH-18 (or its absence) promised.
    private static func utf8(
        _ bytes: ArraySlice<UInt8>, delimiters: HL7Delimiters
    ) -> (text: [UInt8], isForeign: Bool) {
        let header = bytes.prefix { !isLineEnd($0) }
        let fields = header.split(separator: delimiters.field, omittingEmptySubsequences: false)
        let declared = fields.count > 17 ? String(decoding: fields[17], as: UTF8.self) : ""
        let isLatin = declared.hasPrefix("8859/1") && !declared.hasPrefix("8859/15")
        if !isLatin, String(validating: bytes, as: UTF8.self) != nil { return (Array(bytes), false) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes { text.append(contentsOf: String(Unicode.Scalar(byte)).utf8) }
        return (text, !isLatin)
    }
}

let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

/// The segments and issues of a message while it is read.
private struct Reading {
    let delimiters: HL7Delimiters
    let limits: HL7Limits
    var segments: [HL7Segment] = []
    var issues: [Issue] = []

    mutating func read(_ text: [UInt8]) {
        for line in text.split(whereSeparator: isLineEnd) {
            guard segments.count < limits.segments else {
                issues.append(HL7Finding.tooManySegments.issue(.error, at: Location(line: segments.count + 1)))
                break
            }
            let segment = HL7Segment(text: Array(line), delimiters: delimiters)
            segments.append(segment)
            check(segment)
        }
        if delimiters.escape == nil || delimiters.subcomponent == nil {
            issues.append(HL7Finding.encodingCharacters.issue(.warning, at: Location(path: "MSH-2")))
        }
        if segments[0][9].isEmpty { issues.append(HL7Finding.noType.issue(.error, at: Location(path: "MSH-9"))) }
        if segments[0][10].isEmpty {
            issues.append(HL7Finding.noControlID.issue(.error, at: Location(path: "MSH-10")))
        }
    }

    private mutating func check(_ segment: HL7Segment) {
        if segment.id.utf8.count != 3 || !segment.id.utf8.allSatisfy(isAlphanumeric) {
            issues.append(HL7Finding.segmentID.issue(.warning, at: Location(line: segments.count)))
        }
        if segment.count > limits.fields {
            issues.append(HL7Finding.tooManyFields.issue(.warning, at: Location(line: segments.count)))
        }
    }
}

/// `PID-5.1`, with an occurrence of the segment and a repetition of the field in square brackets.
struct HL7Path {
    let segment: String
    var occurrence = 1
    var field = 0
    var repetition = 1
    var component = 1
    var subcomponent = 1

    init?(_ text: String) {
        let halves = text.split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count == 2, let (id, occurrence) = Self.indexed(halves[0]) else { return nil }
        let parts = halves[1].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), let (field, repetition) = Self.indexed(parts[0]),
            let field = Int(field), (1...9999).contains(field)
        else { return nil }
        let rest = parts.dropFirst().compactMap { Int($0) }
        guard rest.count == parts.count - 1, rest.allSatisfy({ (1...9999).contains($0) }) else { return nil }
        segment = String(id)
        self.occurrence = occurrence
        self.field = field
        self.repetition = repetition
        component = rest.first ?? 1
        subcomponent = rest.count > 1 ? rest[1] : 1
    }

    private static func indexed(_ text: Substring) -> (Substring, Int)? {
        guard let open = text.firstIndex(of: "[") else { return (text, 1) }
        guard text.last == "]", let index = Int(text[text.index(after: open)...].dropLast()),
            (1...999_999).contains(index)
        else { return nil }
        return (text[..<open], index)
    }
}
