import Claims
import HealthTypes
import HL7v2
import Stages
import Store
import Testing

@testable import Pipeline

/// Whatever comes in is counted once and kept, and one bad unit stops no other.
@Suite struct IntakeTests {
    /// The last message that came in.
    private func lastMessages(_ site: Site) async throws -> [MessageRow] {
        try await site.read { try $0.troubledMessages(before: nil, limit: 50) }
    }

    @Test(arguments: [
        ("", "intake.empty"), ("   \n", "intake.unknown-format"), ("hello there", "intake.unknown-format"),
        ("\u{0}\u{1}\u{2}\u{ff}", "intake.unknown-format"), ("{\"claim_id\": \"WEB-1\", \"amou", "intake.not-json"),
        ("[]", "intake.empty"), ("procedure\tprice\n99213\t5\n", "intake.table-unknown"),
        ("a\tb\n1\n", "intake.table-unreadable"),
    ])
    func whatCannotBeReadIsKeptAndSaid(text: String, code: String) async throws {
        let site = try await Site()
        let report = try await site.take(text, "drop.bin")
        #expect(report.units == 1 && report.refused == 1 && report.isRefused)
        let issue = try #require(report.issues.first)
        #expect(issue.code == code && issue.severity >= .error)
        #expect(issue.location.source == "drop.bin")
        let kept = try #require(try await lastMessages(site).first)
        #expect(kept.state == .refused)
        #expect(try await site.read { try $0.content(kept.content) } == Array(text.utf8))
        #expect(try await site.totals().cases == 0)
        try await site.run(days: 1)
        #expect(site.wire.sent.isEmpty)
    }

    /// Any bytes at all: nothing crashes, and every unit is counted.
    @Test func junkOfEveryKindIsCounted() async throws {
        let site = try await Site()
        var random = SeededRandom(seed: 11, stream: "junk")
        let heads = ["ISA*00*", "MSH|^~\\&|", "{", "[", "# x\n", "BHS|^~\\&|", "", "\u{feff}{"]
        for round in 0..<200 {
            let junk = (0..<random.integer(in: 0..<400)).map { _ in UInt8(random.integer(in: 0..<256)) }
            let report = try await site.take(Array(heads[round % heads.count].utf8) + junk, "junk-\(round)")
            #expect(report.units > 0, "round \(round)")
        }
        try await site.pipeline.work()
        #expect(site.wire.sent.isEmpty)
    }

    /// Real files cut off anywhere.
    @Test func filesThatBreakOffAreCounted() async throws {
        let site = try await Site.furnished()
        let paid = World.settlement("OUT-1", paid: Money("90")!, trace: "T1")
        let files = [
            World.batch([World.claim("OUT-1"), World.claim("OUT-2", on: World.day.adding(days: -1))]),
            try World.remittance([paid], trace: "T1"), World.appointment(), Array(World.chart.utf8), World.charges,
        ]
        for (number, file) in files.enumerated() {
            for part in 1..<12 {
                let report = try await site.take(file.prefix(file.count * part / 12), "cut-\(number)-\(part)")
                #expect(report.units > 0)
            }
        }
        try await site.run(days: 2)
        #expect(try await site.faultLines() == [])
    }

    @Test(arguments: [0, 1, 2])
    func oneBadLineStopsNoOther(bad: Int) async throws {
        let site = try await Site.furnished()
        var lines = (1...3).map { World.claimJSON("WEB-\($0)", on: World.day.adding(days: -7 * $0)) }
        lines[bad] = String(lines[bad].dropLast(30))
        let report = try await site.take(lines.joined(separator: "\n") + "\n", "claims.ndjson")
        #expect(report.units == 3 && report.accepted == 2 && report.refused == 1, "\(report.line)")
        let issue = try #require(report.issues.first)
        #expect(issue.code == "intake.not-json" && issue.location.line == bad + 1)
        try await site.run(days: 30)
        for number in 1...3 where number != bad + 1 {
            #expect(try await site.facts("WEB-\(number)").remittances.count == 1)
        }
    }

    @Test func aClaimThatLacksAMemberIsRefusedAtItsPlace() async throws {
        let site = try await Site.furnished()
        let lines = [World.claimJSON("WEB-1"), "{\"claim_id\":\"WEB-2\"}"]
        let report = try await site.take(lines.joined(separator: "\n"), "claims.ndjson")
        #expect(report.accepted == 1 && report.refused == 1)
        #expect(report.issues.allSatisfy { $0.location.line == 2 && $0.location.path?.isEmpty == false })
        #expect(!report.issues.isEmpty)
    }

    @Test func anArrayOfClaimsIsTakenOneByOne() async throws {
        let site = try await Site.furnished()
        let claims = (1...3).map { World.claimJSON("WEB-\($0)", on: World.day.adding(days: -$0)) }
        let report = try await site.take("[\(claims.joined(separator: ","))]")
        #expect(report.units == 3 && report.accepted == 3 && report.cases.count == 3)
    }

    @Test func oneBadMessageStopsNoOther() async throws {
        let site = try await Site.furnished(at: Instant(World.day.adding(days: -7), hour: 8))
        let file =
            World.appointment("V900001") + Array("MSH|\r".utf8) + World.appointment("V900002")
            + Array("MSH|^~\\&|A|B|C|D|20260302||XYZ^Z01|77|P|2.5.1\r".utf8)
        let report = try await site.take(file, "siu.hl7")
        #expect(report.units == 4 && report.accepted == 2 && report.refused == 1 && report.kept == 1, "\(report.line)")
        let issue = try #require(report.issues.first { $0.severity >= .error })
        #expect(issue.code == "hl7.delimiters" && issue.location.source == "siu.hl7")
        try await site.pipeline.work()
        for visit in ["V900001", "V900002"] {
            #expect(try await site.story(visit).prefix(1) == ["eligibility scheduled asked"])
        }
    }

    @Test func aChargeMasterIsTakenLineByLine() async throws {
        let site = try await Site()
        let report = try await site.take("procedure\tcharge\n99213\t145.00\n99214\tmuch\n", "prices.tsv")
        #expect(report.units == 1 && report.accepted == 1)
        #expect(report.issues.map(\.location.line) == [3])
        let charges = try await site.store.lookUp([.usualCharges(["99213", "99214"])])
        #expect(charges == [.usualCharges([Money("145"), nil])])
    }

    /// The setting that says how far a caller had come is there with the file or not at all, and also where the file is
    /// taken in more than one transaction.
    @Test func theMarkIsWrittenWithTheFile() async throws {
        let site = try await Site()
        _ = try await site.pipeline.intake([], source: "a", mark: IntakeMark(setting: "came", value: "to a"))
        #expect(try await site.store.setting("came") == "to a")
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: Pipeline.maximumSmallBytes + 1)
        let report = try await site.pipeline.intake(
            large, source: "b", mark: IntakeMark(setting: "came", value: "to b"))
        #expect(report.refused == 1)
        #expect(try await site.store.setting("came") == "to b")
    }
}
