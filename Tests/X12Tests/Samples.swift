import Foundation
import HealthTypes
import Testing

@testable import X12

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

    static let parties = InterchangeWriter.Parties(sender: "SENDER", receiver: "RECEIVER")
    static let noon = Instant("2026-03-02T12:00:00Z")!

    /// An interchange of one set whose segments are given, without ST and SE.
    static func interchange(
        _ id: String, _ guide: String, group: String, _ segments: [(String, [X12Value])]
    ) -> [UInt8] {
        var set = TransactionWriter(id: id, guide: guide)
        for (id, elements) in segments { set.add(id, elements: elements) }
        var writer = InterchangeWriter(parties: parties, controlNumber: 7, at: noon, usage: "T")
        writer.addGroup(functionalID: group, version: guide, transactions: [set])
        return writer.bytes()
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
