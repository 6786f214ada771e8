public import HealthTypes

/// One thing that a check found, with the envelopes it lies in and how acknowledgements name it.
public struct Finding: Sendable {
    public var issue: Issue
    /// WEDI SNIP type: 1 syntax, 2 guide, 3 balance.
    public var snip: Int
    /// Control numbers of the envelopes; nil where it lies outside of them.
    public var interchange: String?
    public var group: String?
    public var transaction: String?
    public var codes: AcknowledgmentCodes
    /// Which of the envelopes of the input, as control numbers may stand twice.
    var place = Place()

    struct Place: Hashable, Sendable {
        var interchange: Int?
        var group: Int?
        var transaction: Int?
    }

    public var loop: String? { issue.location.loop }
    /// Whether it makes what it lies in unacceptable.
    public var isError: Bool { issue.severity >= .error }

    init(_ issue: Issue) {
        let definition = Fault(rawValue: issue.code)?.definition
        self.issue = issue
        snip = definition?.snip ?? 1
        codes = definition?.codes ?? AcknowledgmentCodes()
    }

    /// One line of JSON Lines: the same members in every line, absent ones as null.
    public var json: JSON {
        let location = issue.location
        func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
        func number(_ value: Int?) -> JSON { value.map { JSON($0) } ?? .null }
        return [
            "file": text(location.source), "interchange": text(interchange), "group": text(group),
            "transaction": text(transaction), "loop": text(location.loop), "segment": text(location.segmentID),
            "segment_index": number(location.segment), "element": number(location.element),
            "component": number(location.component), "repetition": number(location.repetition),
            "byte": number(location.byte), "code": .string(issue.code), "severity": .string(issue.severity.rawValue),
            "snip": JSON(snip), "requirement": text(issue.requirement),
            "acknowledgment": .compact([
                "TA105": codes.interchange.map { .string($0) }, "AK905": codes.group.map { .string($0) },
                "IK502": codes.transaction.map { .string($0) }, "IK304": codes.segment.map { .string($0) },
                "IK403": codes.element.map { .string($0) },
            ]),
            "message": .string(issue.message),
        ]
    }
}

/// Shows a finding to a person: its message, the segment with its neighbours, and a caret under the byte.
///
/// The lines show the input itself, and so may show a patient's data: they belong on a screen and in no log.
public func render(_ finding: Finding, in document: X12Document) -> String {
    var lines = [finding.issue.line]
    let tokens = document.tokens
    guard let byte = finding.issue.location.byte, tokens.segmentCount > 0 else { return lines[0] }
    // The last segment that begins at or before the byte.
    var low = 0
    var high = tokens.segmentCount
    while low < high {
        let middle = (low + high) / 2
        if Int(tokens.segmentStart[middle]) <= byte { low = middle + 1 } else { high = middle }
    }
    let index = max(low - 1, 0)
    for neighbour in max(index - 1, 0)...min(index + 1, tokens.segmentCount - 1) {
        let range = Int(tokens.segmentStart[neighbour])..<Int(tokens.segmentEnd[neighbour])
        let isMarked = neighbour == index && range.lowerBound <= byte && byte <= range.upperBound
        // A long segment is shown around the byte.
        let start = isMarked ? max(range.lowerBound, byte - 60) : range.lowerBound
        let shown = start..<min(range.upperBound, start + 100)
        let text = String(
            decoding: tokens.bytes[shown].map { $0 >= 0x20 && $0 < 0x7f ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
        lines.append((start > range.lowerBound ? " …" : "  ") + text + (shown.upperBound < range.upperBound ? "…" : ""))
        if isMarked { lines.append(String(repeating: " ", count: byte - start + 2) + "^") }
    }
    return lines.joined(separator: "\n")
}
