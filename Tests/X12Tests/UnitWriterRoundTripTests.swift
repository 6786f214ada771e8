import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

enum RoundTrip {
    /// What two inputs say differently inside of their sets, the day on which these were made left out. Sets and levels
    /// that follow each other and say the same become one.
    static func differences(_ old: [UInt8], _ new: [UInt8]) throws -> [String] {
        var found: [String] = []
        _ = try X12Diff().compare({ MemorySource(old) }, { MemorySource(new) }) {
            let isEnvelope = ["interchange", "group", "set ", "level "].contains(where: $0.unit.hasPrefix)
            if !isEnvelope || $0.segment.map({ !["ISA", "GS", "ST", "BHT", "BGN"].contains($0) }) == true {
                found.append($0.text)
            }
        }
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
        let differences = try RoundTrip.differences(bytes, written.bytes)
        #expect(differences.isEmpty, "\(differences)")
    }
}

/// Every kind of unit that is read, written and read again.
@Suite struct UnitWriterSetTests {
    private func check<Draft: Equatable>(
        _ name: String, read: ([UInt8]) throws -> [Draft], write: (inout X12UnitWriter, Draft) throws -> Bool
    ) throws {
        let bytes = try ViewSamples.bytes(name)
        let drafts = try read(bytes)
        #expect(!drafts.isEmpty)
        let written = try Written { writer in
            for draft in drafts { _ = try write(&writer, draft) }
        }
        #expect(written.reports.map(\.issue.line) == [])
        #expect(written.findings.filter { $0.hasPrefix("error") } == [])
        let again = try read(written.bytes)
        #expect(again == drafts)
        let differences = try RoundTrip.differences(bytes, written.bytes)
        #expect(differences.isEmpty, "\(differences)")
    }

    private func each<View: X12UnitView, Draft>(
        _ view: View.Type, _ draft: @escaping (View) -> Draft?
    ) -> ([UInt8]) throws -> [Draft] {
        { try ViewSamples.units(view, of: $0).map { try #require(draft($0)) } }
    }

    /// The units of each set together.
    private func whole<View: X12UnitView, Draft>(
        _ view: View.Type, _ unit: @escaping (View) -> X12Unit, _ draft: @escaping ([View]) -> Draft?
    ) -> ([UInt8]) throws -> [Draft] {
        { bytes in
            var sets: [[View]] = []
            var last = ""
            for one in try ViewSamples.units(view, of: bytes) {
                if unit(one).setControlNumber == last { sets[sets.count - 1].append(one) } else { sets.append([one]) }
                last = unit(one).setControlNumber
            }
            return try sets.map { try #require(draft($0)) }
        }
    }

    @Test(arguments: 1...3) func eligibilityRequests(_ number: Int) throws {
        try check(
            "270/accepted-\(number)", read: each(EligibilityInquiry270.self) { EligibilityRequestDraft270($0) },
            write: { try $0.write($1) })
    }

    @Test(arguments: 1...3) func eligibilityResponses(_ number: Int) throws {
        try check(
            "271/accepted-\(number)", read: each(EligibilityResponse271.self) { EligibilityResponseDraft271($0) },
            write: { try $0.write($1) })
    }

    @Test(arguments: 1...3) func statusRequests(_ number: Int) throws {
        try check(
            "276/accepted-\(number)", read: each(ClaimStatusInquiry276.self) { StatusRequestDraft276($0) },
            write: { try $0.write($1) })
    }

    @Test(arguments: 1...3) func statusResponses(_ number: Int) throws {
        try check(
            "277/accepted-\(number)", read: each(ClaimStatus277.self) { StatusResponseDraft277($0) },
            write: { try $0.write($1) })
    }

    @Test(arguments: 1...3) func reviewRequests(_ number: Int) throws {
        try check(
            "278-request/accepted-\(number)", read: each(Review278.self) { ReviewDraft278($0) },
            write: { try $0.write($1) })
    }

    @Test(arguments: 1...3) func reviewResponses(_ number: Int) throws {
        try check(
            // A set that refuses at several levels has a unit of each, the deepest first.
            "278-response/accepted-\(number)", read: whole(Review278.self, \.unit) { ReviewDraft278($0[0]) },
            write: { try $0.write($1) })
    }

    @Test(arguments: 1...3) func members(_ number: Int) throws {
        try check(
            "834/accepted-\(number)", read: each(Member834.self) { MemberDraft834($0) }, write: { try $0.write($1) })
    }

    @Test(arguments: 1...3) func premiums(_ number: Int) throws {
        try check(
            "820/accepted-\(number)", read: whole(Premium820.self, \.unit) { PremiumDraft820($0) },
            write: { try $0.write($1) })
    }

    @Test(arguments: ["275-claim", "275-solicited"], 1...3) func attachments(_ kind: String, _ number: Int) throws {
        try check(
            "\(kind)/accepted-\(number)", read: whole(Attachment275.self, \.unit) { AttachmentDraft275($0) },
            write: { try $0.write($1) })
    }
}
