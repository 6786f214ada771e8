public import HealthTypes

/// What was read from a file or a request's body.
public struct FHIRReading: Sendable {
    /// Every resource that is not a Bundle, in order.
    public var resources: [Resource] = []
    public var bundles: [FHIRBundle] = []
    public var issues: [Issue] = []
}

/// Reads FHIR R4 JSON: one resource, one Bundle, or NDJSON with one resource a line (R4 2.6, Bulk Data 2.0).
///
/// Empty arrays, objects and strings and nulls are errors, each with its FHIRPath, but do not stop the reading:
/// `resources` and `bundles` hold everything that could be read.
public enum FHIRReader {
    public static let maximumBytes = 64 << 20
    static let maximumIssues = 1_000

    public static func read(_ bytes: some Collection<UInt8>) -> FHIRReading {
        var reading = FHIRReading()
        guard bytes.count <= maximumBytes else {
            reading.issues = [FHIRFinding.tooLarge.issue(at: Location(byte: maximumBytes), severity: .fatal)]
            return reading
        }
        let bytes = Array(bytes)
        let lines = isNDJSON(bytes) ? nonBlankLines(of: bytes) : [(number: nil, bytes: bytes[...])]
        for line in lines {
            var place = Location(byte: line.bytes.startIndex, line: line.number)
            do {
                take(try JSON(parsing: line.bytes), at: place, into: &reading)
            } catch {
                place.byte = line.bytes.startIndex + error.byte
                var issue = FHIRFinding.notJSON.issue(at: place, severity: .fatal)
                issue.message = "The text is not JSON: \(error.reason.rawValue)."
                reading.issues.append(issue)
            }
            if reading.issues.count > maximumIssues {
                reading.issues.removeSubrange(maximumIssues...)
                reading.issues.append(FHIRFinding.tooManyIssues.issue(at: place, severity: .warning))
                break
            }
        }
        return reading
    }

    /// Whether the first line of several is an object by itself.
    private static func isNDJSON(_ bytes: [UInt8]) -> Bool {
        let lines = nonBlankLines(of: bytes, atMost: 2)
        guard lines.count == 2, let first = lines.first?.bytes else { return false }
        return first.first == UInt8(ascii: "{") && first.last == UInt8(ascii: "}")
    }

    private static func nonBlankLines(
        of bytes: [UInt8], atMost limit: Int = .max
    ) -> [(number: Int?, bytes: ArraySlice<UInt8>)] {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
        var found: [(number: Int?, bytes: ArraySlice<UInt8>)] = []
        var number = 1
        var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        while start < bytes.count, found.count < limit {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
            var line = bytes[start..<end].drop(while: isSpace)
            while let last = line.last, isSpace(last) { line.removeLast() }
            if !line.isEmpty { found.append((number, line)) }
            number += 1
            start = end + 1
        }
        return found
    }

    private static func take(_ json: JSON, at place: Location, into reading: inout FHIRReading) {
        guard let resource = Resource(json) else {
            reading.issues.append(FHIRFinding.notResource.issue(at: place, severity: .fatal))
            return
        }
        for issue in FHIRForm.check(json, path: resource.type, atMost: maximumIssues + 1) {
            var issue = issue
            issue.location.line = place.line
            reading.issues.append(issue)
        }
        guard let bundle = FHIRBundle(json) else {
            reading.resources.append(resource)
            return
        }
        reading.bundles.append(bundle)
        let readable = Set(bundle.entries.map(\.index))
        for (index, entry) in (json["entry"]?.elements ?? []).enumerated()
        where !readable.contains(index) && (entry["resource"] != nil || bundle.type == "collection") {
            let location = Location(line: place.line, path: "Bundle.entry[\(index)]")
            reading.issues.append(FHIRFinding.bundleEntry.issue(at: location))
        }
    }
}

/// The rules of R4's JSON form that hold for every resource (R4 2.6.2).
enum FHIRForm {
    static func check(_ json: JSON, path: String, atMost limit: Int) -> [Issue] {
        var issues: [Issue] = []
        walk(json, path, limit, &issues)
        return issues
    }

    private static func walk(_ json: JSON, _ path: String, _ limit: Int, _ issues: inout [Issue]) {
        guard issues.count < limit else { return }
        switch json {
        case .null: issues.append(FHIRFinding.null.issue(path))
        case .string(let text): if text.isEmpty { issues.append(FHIRFinding.empty.issue(path)) }
        case .array(let values):
            if values.isEmpty { issues.append(FHIRFinding.empty.issue(path)) }
            for (index, value) in values.enumerated() { walk(value, "\(path)[\(index)]", limit, &issues) }
        case .object(let object):
            if object.members.isEmpty { issues.append(FHIRFinding.empty.issue(path)) }
            for (name, value) in object.members {
                // `given: ["A", null]` beside `_given: [null, {…}]`: there null keeps the two in step.
                let sibling = name.hasPrefix("_") ? String(name.dropFirst()) : "_" + name
                if case .array(let values) = value, !values.isEmpty, object[sibling]?.array != nil {
                    for (index, value) in values.enumerated() where value != .null {
                        walk(value, "\(path).\(name)[\(index)]", limit, &issues)
                    }
                } else {
                    walk(value, "\(path).\(name)", limit, &issues)
                }
            }
        default: break
        }
    }
}
