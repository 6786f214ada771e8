import HealthTypes
import Testing

@testable import X12

enum RoundTrip {
    /// What two inputs say differently, envelopes left out.
    static func differences(_ old: [UInt8], _ new: [UInt8]) throws -> [String] {
        var found: [String] = []
        _ = try X12Diff().compare({ MemorySource(old) }, { MemorySource(new) }) { found.append($0.text) }
        return found
    }

    static func claims(_ bytes: [UInt8]) throws -> [ClaimDraft837] {
        try ViewSamples.units(Claim837.self, of: bytes).map { try #require(ClaimDraft837($0)) }
    }
}

@Suite struct UnitWriterRoundTripTests {
    @Test(arguments: [
        "837P/accepted-1", "837P/accepted-2", "837P/accepted-3", "837P/accepted-4", "837I/accepted-1",
        "837I/accepted-2", "837I/accepted-3", "837D/accepted-1", "837D/accepted-2", "837D/accepted-3",
    ])
    func claimsThatWereReadAreWrittenAgain(_ name: String) throws {
        let bytes = try ViewSamples.bytes(name)
        let drafts = try RoundTrip.claims(bytes)
        #expect(!drafts.isEmpty)
        let written = try Written { writer in
            for draft in drafts { try writer.write(draft) }
        }
        #expect(written.reports.map(\.issue.line) == [])
        #expect(try RoundTrip.claims(written.bytes) == drafts)
        #expect(try RoundTrip.differences(bytes, written.bytes) == [])
    }
}
