import Foundation
import HealthTypes
import Testing

@testable import Claims

/// Every type of the model that the record keeps, once with all that it can hold and once with as little.
///
/// The bytes are beside the tests, one file for each value: they are what is read back years from now, so that a
/// change of them is a change of the record. With `CLAIMWRIGHT_UPDATE_GOLDEN=1` in the environment they are written
/// anew, for a person to read the difference.
@Suite struct RecordTests {
    @Test(arguments: Kept.all) func valuesComeBackInTheBytesThatAreKept(kept: Kept) throws {
        let bytes = try kept.encode()
        if ProcessInfo.processInfo.environment["CLAIMWRIGHT_UPDATE_GOLDEN"] == "1" {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Fixtures/record")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: folder.appendingPathComponent(kept.file))
        } else {
            #expect(String(decoding: bytes, as: UTF8.self) == String(decoding: try kept.golden(), as: UTF8.self))
        }
        #expect(try kept.comesBack(bytes))
        #expect(try kept.recode(bytes) == bytes)
    }

    /// A field that is added to a type must be added to the values above too.
    @Test(arguments: Kept.all) func fullIsFullAndBareIsBare(kept: Kept) {
        var fields = 0
        for field in Mirror(reflecting: kept.value).children {
            let mirror = Mirror(reflecting: field.value)
            guard mirror.displayStyle == .optional || mirror.displayStyle == .collection else { continue }
            fields += 1
            #expect(mirror.children.isEmpty == kept.isBare, "\(kept.file) \(field.label ?? "")")
        }
        #expect(!kept.isBare || fields > 0, "a type with nothing to leave out needs no bare value")
    }

    @Test(arguments: Kept.all) func truncationsAreRefused(kept: Kept) throws {
        let bytes = try kept.encode()
        for length in 0..<bytes.count {
            #expect(throws: CanonicalFault.self) { try kept.recode(Array(bytes[..<length])) }
        }
    }

    @Test func byteFlipsAreRefusedOrAnotherValue() throws {
        var random = SeededRandom(seed: 271)
        var accepted = 0
        let all = try Kept.all.map { ($0, try $0.encode()) }
        for _ in 0..<20_000 {
            let (kept, bytes) = random.pick(all)
            var changed = bytes
            for _ in 0...random.integer(in: 0..<2) {
                let index = random.integer(in: 0..<changed.count)
                // Half of the flips stay printable, so that many are values still.
                changed[index] = UInt8(
                    random.chance(50) ? random.integer(in: 0x20..<0x7f) : random.integer(in: 0..<256))
            }
            guard let again = try? kept.recode(changed) else { continue }
            accepted += 1
            #expect(again == changed, "\(kept.file)")
        }
        #expect(accepted > 1000)
    }

    @Test(arguments: ["claim", "eligibility_answer", "claim_remittance"])
    func anyValueComesBack(type: String) throws {
        var random = SeededRandom(seed: 837, stream: type)
        for _ in 0..<500 {
            switch type {
            case "claim": try expectBack(random.claim())
            case "eligibility_answer": try expectBack(random.eligibilityAnswer())
            default: try expectBack(random.claimRemittance())
            }
        }
    }

    private func expectBack<Value: Recorded & Equatable>(_ value: Value) throws {
        let bytes = try Canonical.encodeProven(value)
        #expect(try Canonical.encode(Canonical.decode(Value.self, from: bytes)) == bytes)
    }

    @Test func everyTagComesBack() throws {
        func check<Tag: RecordedTag & Equatable>(_ tags: [Tag], _ words: [String]) throws {
            #expect(
                try tags.map { String(decoding: try Canonical.encode($0), as: UTF8.self) } == words.map { "\"\($0)\"" })
            #expect(try Canonical.decode([Tag].self, from: Canonical.encode(tags)) == tags)
        }
        try check([Person.Sex.female, .male, .unknown], ["F", "M", "U"])
        try check([Provider.Entity.person, .organization], ["1", "2"])
        try check([Coverage.Responsibility.primary, .secondary, .tertiary], ["P", "S", "T"])
        try check(
            [EligibilityAnswer.Status.active, .inactive, .notFound, .unknown],
            ["active", "inactive", "not_found", "unknown"])
        try check(
            [ChartItem.Kind.condition, .observation, .note, .medication, .procedure],
            ["condition", "observation", "note", "medication", "procedure"])
        try check([Claim.Kind.professional, .institutional, .dental], ["professional", "institutional", "dental"])
        try check([AppealAnswer.Outcome.overturned, .upheld], ["overturned", "upheld"])
        try check(
            [AuthorizationAnswer.Standing.approved, .modified, .partial, .pended, .denied, .cancelled, .unknown],
            ["approved", "modified", "partial", "pended", "denied", "cancelled", "unknown"])
        try check([ClaimAcknowledgement.Source.implementation, .claim], ["999", "277CA"])
        try check(
            [ClaimAcknowledgement.Outcome.received, .accepted, .rejected, .other],
            ["received", "accepted", "rejected", "other"])
    }

    @Test func aDocumentWhoseTextWasChangedIsRefused() throws {
        let document = SupportingDocument(title: "Letter", contentType: "text/plain", text: "Pay 10.")
        let form = String(decoding: try Canonical.encode(document), as: UTF8.self)
        let changed = form.replacingOccurrences(of: "Pay 10.", with: "Pay 99.")
        #expect(throws: CanonicalFault(.changed, field: "digest")) {
            try Canonical.decode(SupportingDocument.self, from: Array(changed.utf8))
        }
    }

    @Test func aCommonValueThatIsSpeltOutIsRefused() throws {
        let form = String(decoding: try Canonical.encode(World.claim("C1")), as: UTF8.self)
        for (before, common) in [
            (#""lines":"#, #""frequency":"1","#), (#""lines":"#, #""kind":"professional","#),
            (#""subscriber":"#, #""relationship":"18","#), (#""subscriber":"#, #""responsibility":"P","#),
        ] {
            let other = form.replacingOccurrences(of: before, with: common + before)
            #expect(other != form)
            let fault = #expect(throws: CanonicalFault.self) {
                try Canonical.decode(Claim.self, from: Array(other.utf8))
            }
            #expect(fault?.reason == .notCanonical)
        }
    }

    @Test func aYearThatCannotBeKeptIsToldWithItsField() {
        var claim = World.claim("C1")
        claim.lines[0].to = CalendarDate("9999-12-31")!.adding(days: 1)
        #expect(throws: CanonicalFault(.outOfRange, field: "to")) { try Canonical.encode(claim) }
    }
}

/// One value of a type, with what can be done to its bytes.
struct Kept: Sendable, CustomTestStringConvertible {
    let name: String
    let isBare: Bool
    let value: any Sendable
    let encode: @Sendable () throws -> [UInt8]
    let comesBack: @Sendable ([UInt8]) throws -> Bool
    let recode: @Sendable ([UInt8]) throws -> [UInt8]

    init<Value: Recorded & Equatable>(_ name: String, _ value: Value, isBare: Bool = false) {
        self.name = name
        self.isBare = isBare
        self.value = value
        encode = { try Canonical.encode(value) }
        comesBack = { try Canonical.decode(Value.self, from: $0) == value }
        recode = { try Canonical.encode(Canonical.decode(Value.self, from: $0)) }
    }

    var file: String { isBare ? "\(name).bare.json" : "\(name).json" }
    var testDescription: String { file }

    func golden() throws -> Data {
        let url = Bundle.module.url(forResource: "Fixtures", withExtension: nil)!
        return try Data(contentsOf: url.appendingPathComponent("record/\(file)"))
    }

    static let all: [Kept] = full + bare
}
