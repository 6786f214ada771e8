import HealthTypes
public import X12

/// Shows findings to a person: what is wrong, the segment with its neighbours and a caret at the byte, what to do.
///
/// Unlike a ``Finding`` itself, its text holds data of the input.
public struct FindingText {
    private static let reach = 4096
    private static let width = 100

    /// Gives bytes of the input again: those of the range that can still be had, and the offset of the first of them.
    public typealias Context = (Range<Int>) -> (bytes: [UInt8], from: Int)

    private let context: Context

    public init(context: @escaping Context) { self.context = context }

    /// The finding in four to eight lines, each with its line end.
    public func text(_ finding: Finding) -> String {
        var lines = [finding.issue.line]
        if let requirement = finding.issue.requirement { lines[0] += " [\(requirement)]" }
        if let byte = finding.issue.location.byte, let delimiters = finding.delimiters {
            lines += excerpt(at: byte, terminator: delimiters.segment)
        }
        if let advice = finding.advice { lines.append("  To do: \(advice)") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The segment at the byte, its neighbours, and a caret below the byte.
    private func excerpt(at byte: Int, terminator: UInt8) -> [String] {
        let (bytes, from) = context(max(byte - Self.reach, 0)..<byte + Self.reach)
        let at = byte - from
        guard bytes.indices.contains(at) else { return [] }
        // A finding at a terminator or at a blank is about what stands between two segments.
        let start = bytes[..<at].lastIndex(of: terminator).map { $0 + 1 } ?? 0
        let end = bytes[at...].firstIndex(of: terminator) ?? bytes.count
        var lines: [String] = []
        if start > 0 {
            let before = bytes[..<(start - 1)]
            lines.append("    | " + shown(before[(before.lastIndex(of: terminator).map { $0 + 1 } ?? 0)...]).text)
        }
        let line = shown(bytes[start..<end], at: at)
        lines.append("  > | " + line.text)
        lines.append("    | " + String(repeating: " ", count: line.caret) + "^")
        if end + 1 < bytes.count {
            let after = bytes[(end + 1)...]
            let text = shown(after[..<(after.firstIndex(of: terminator) ?? after.endIndex)]).text
            if !text.isEmpty { lines.append("    | " + text) }
        }
        return lines
    }

    /// A segment on one line of limited width, cut around the byte that matters, and that byte's column.
    private func shown(_ segment: ArraySlice<UInt8>, at place: Int? = nil) -> (text: String, caret: Int) {
        let trimmed = segment.drop { $0.isBlank }
        let start = place.map { min(trimmed.startIndex, $0) } ?? trimmed.startIndex
        var from = start
        if let place, place - start > Self.width - 20 { from = place - Self.width / 2 }
        let to = min(from + Self.width, segment.endIndex)
        guard from < to else { return ("", 0) }
        var text = from > start ? "…" : ""
        let caret = (place ?? from) - from + text.count
        for byte in segment[from..<to] {
            text.append(byte >= 0x20 && byte < 0x7f ? Character(Unicode.Scalar(byte)) : "·")
        }
        return (to < segment.endIndex ? text + "…" : text, caret)
    }
}
