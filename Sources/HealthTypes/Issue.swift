/// One thing wrong with what came in, or with what was about to go out.
///
/// The message is looked up from the code and takes no value from the data, so that an issue may be logged,
/// counted and shown anywhere without carrying a patient's data with it.
public struct Issue: Hashable, Sendable {
    /// FHIR's four severities (R4 `issue-severity`).
    public enum Severity: String, Sendable, Comparable, CaseIterable {
        case information = "information"
        case warning = "warning"
        case error = "error"
        case fatal = "fatal"

        public static func < (left: Severity, right: Severity) -> Bool {
            allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
        }
    }

    public var severity: Severity
    /// A stable code in the vocabulary of the target that raised it, such as `x12.trailer-count`.
    public var code: String
    public var location: Location
    /// What the code means and what to do about it; never taken from the data.
    public var message: String
    /// The requirement of a standard or of our own edit list, such as `X222A1 CLM02` or `E12`.
    public var requirement: String?

    public init(
        _ severity: Severity, _ code: String, at location: Location = Location(), message: String,
        requirement: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.location = location
        self.message = message
        self.requirement = requirement
    }

    /// `error x12.trailer-count at segment 41 (SE), byte 1201: …`
    public var line: String {
        let place = location.description
        return "\(severity.rawValue) \(code)\(place.isEmpty ? "" : " at \(place)"): \(message)"
    }
}

/// Where in a file or message an issue lies. Each format fills in the parts that it has.
public struct Location: Hashable, Sendable {
    /// A file's name or a message's identifier as the receiver knows it.
    public var source: String?
    /// Byte offset from the start of the source, from zero.
    public var byte: Int?
    /// Line, from one, for formats of lines.
    public var line: Int?
    /// A path in the format's own language: FHIRPath, `PID-5.1`, an XPath, a JSON pointer, or `2010BA/NM109`.
    public var path: String?
    /// X12: the segment's position in the transaction set, ST being 1.
    public var segment: Int?
    /// X12: the segment's id, such as `CLM`.
    public var segmentID: String?
    /// X12: the loop, such as `2300`.
    public var loop: String?
    public var element: Int?
    public var component: Int?
    public var repetition: Int?

    public init(
        source: String? = nil, byte: Int? = nil, line: Int? = nil, path: String? = nil, segment: Int? = nil,
        segmentID: String? = nil, loop: String? = nil, element: Int? = nil, component: Int? = nil,
        repetition: Int? = nil
    ) {
        self.source = source
        self.byte = byte
        self.line = line
        self.path = path
        self.segment = segment
        self.segmentID = segmentID
        self.loop = loop
        self.element = element
        self.component = component
        self.repetition = repetition
    }
}

extension Location: CustomStringConvertible {
    public var description: String {
        var parts: [String] = []
        if let source { parts.append(source) }
        if let line { parts.append("line \(line)") }
        if let path { parts.append(path) }
        if let loop { parts.append("loop \(loop)") }
        if let segment {
            parts.append("segment \(segment)" + (segmentID.map { " (\($0)\(elementSuffix))" } ?? ""))
        } else if let segmentID {
            parts.append("\(segmentID)\(elementSuffix)")
        }
        if let byte { parts.append("byte \(byte)") }
        return parts.joined(separator: ", ")
    }

    private var elementSuffix: String {
        guard let element else { return "" }
        return padded(element, to: 2) + (component.map { "-\($0)" } ?? "")
    }
}
