extension Issue.Severity: RecordedTag {}

extension Issue: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("code", code)
        writer.field("location", location, default: Location())
        writer.field("message", message)
        writer.field("requirement", requirement)
        writer.field("severity", severity)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        code = try reader.field("code")
        location = try reader.field("location", default: Location())
        message = try reader.field("message")
        requirement = try reader.field("requirement")
        severity = try reader.field("severity")
        try reader.end()
    }
}

extension Location: Recorded {
    public func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("byte", byte)
        writer.field("component", component)
        writer.field("element", element)
        writer.field("line", line)
        writer.field("loop", loop)
        writer.field("path", path)
        writer.field("repetition", repetition)
        writer.field("segment", segment)
        writer.field("segment_id", segmentID)
        writer.field("source", source)
        writer.end()
    }

    public init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        byte = try reader.field("byte")
        component = try reader.field("component")
        element = try reader.field("element")
        line = try reader.field("line")
        loop = try reader.field("loop")
        path = try reader.field("path")
        repetition = try reader.field("repetition")
        segment = try reader.field("segment")
        segmentID = try reader.field("segment_id")
        source = try reader.field("source")
        try reader.end()
    }
}
