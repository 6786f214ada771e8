/// Goes through an input segment by segment: the bare tokeniser, without guides and without judgement.
///
///     try X12SegmentReader(FileSource(path: path)).forEach { segment in
///         if segment.has(0, "CLM") { count += 1 }
///     }
public struct X12SegmentReader {
    private let source: any ByteSource
    private let limits: X12Limits

    public init(_ source: any ByteSource, limits: X12Limits = .standard) {
        self.source = source
        self.limits = limits
    }

    /// Gives every segment, envelopes among them; a segment is valid inside the closure only.
    ///
    /// - Throws: what the source or the closure throws.
    @inline(__always)
    public func forEach(_ body: (SegmentSlice) throws -> Void) throws {
        var cursor = SegmentCursor(source, limits: limits)
        while true {
            switch try cursor.next() {
            case .header, .segment: try body(cursor.slice)
            case .end: return
            }
            if !cursor.found.isEmpty { cursor.found.removeAll(keepingCapacity: true) }
        }
    }
}
