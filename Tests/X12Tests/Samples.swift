import Foundation
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

enum Samples {
    static let names = [
        "837P-other-payer.837", "837P-patient.837", "837I-two-claims.837", "835-medicare.835", "270-dependent.270",
        "271-dependent.271", "4010-837P.837", "835-managed-care.835",
    ]

    static func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        return [UInt8](try Data(contentsOf: url.appendingPathComponent(name)))
    }

    static func document(_ name: String) throws -> X12Document {
        X12Document(parsing: try bytes(name), source: name)
    }

    static let parties = InterchangeParties(sender: "SENDER", receiver: "RECEIVER")
    static let noon = Instant("2026-03-02T12:00:00Z")!

    /// An interchange of one set whose segments are given, without ST and SE.
    static func interchange(
        _ id: String, _ guide: String, group: String, _ segments: [(String, [X12Value])]
    ) -> [UInt8] {
        interchange(group, guide, [(id, segments)])
    }

    /// An interchange of one group of sets whose segments are given, without ST and SE.
    static func interchange(
        _ group: String, _ guide: String, _ sets: [(id: String, segments: [(String, [X12Value])])],
        controlNumber: Int = 7, usage: String = "T", delimiters: Delimiters = .standard
    ) -> [UInt8] {
        var writer = SegmentWriter(delimiters: delimiters)
        writer.beginInterchange(parties, controlNumber: controlNumber, at: noon, usage: usage)
        writer.beginGroup(group, parties, controlNumber: controlNumber, at: noon, version: guide)
        for (index, set) in sets.enumerated() {
            let number = padded(index + 1, to: 4)
            writer.resetCount()
            writer.write("ST", set.id, number, delimiters.repetition == 0 ? "" : guide)
            for (id, elements) in set.segments {
                writer.begin(id)
                for element in elements { write(element, &writer) }
                writer.end()
            }
            writer.write("SE", String(writer.segmentCount + 1), number)
        }
        writer.write("GE", String(sets.count), String(controlNumber))
        writer.write("IEA", "1", padded(controlNumber, to: 9))
        return writer.bytes
    }

    private static func write(_ value: X12Value, _ writer: inout SegmentWriter) {
        switch value {
        case .text(let text): writer.add(text)
        case .composite(let components): writer.add(composite: components)
        case .empty, .repeated: writer.addEmpty()
        }
    }

    /// The same bytes with a text replaced; fails where the text is not there.
    static func replacing(_ bytes: [UInt8], _ old: String, _ new: String) throws -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        try #require(text.contains(old))
        return Array(text.replacingOccurrences(of: old, with: new).utf8)
    }
}

extension X12Document {
    var codes: [String] { issues.map(\.code) }
    var isConserved: Bool { summary.segments == summary.enveloped + summary.stray }
}

func errors(_ document: X12Document, snip: Int = 3) -> [String] {
    X12Checker().check(document, snip: snip).filter(\.isError).map(\.issue.code)
}
