import Claims
import FHIR
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

    /// More values than one transaction takes, in a source that is taken in several.
    @Test func aLongArrayIsTakenToItsEnd() async throws {
        let site = try await Site.furnished()
        let note = String(repeating: "Cough. ", count: 250)
        let claims = (1...700).map {
            World.claimJSON("WEB-\($0)", on: World.day.adding(days: -$0 % 300), notes: note + "\($0)")
        }
        let source = Array("[\(claims.joined(separator: ",\n"))]".utf8)
        #expect(source.count > Pipeline.maximumSmallBytes)
        let report = try await site.take(source, "claims.json")
        #expect(report.units == 700 && report.accepted == 700, "\(report.line)")
        // Each is kept as its own bytes of the source.
        let number = try await site.number("WEB-300")
        let message = try #require(try await site.read { try $0.messages(of: number) }.first)
        let bytes = try await site.read { try $0.content(message.content, message.range) }
        #expect(bytes.map { String(decoding: $0, as: UTF8.self) } == claims[299])
        let again = try await site.take(source, "claims.json")
        #expect(again.units == 0)
        #expect(try await site.take(source, "claims again.json").duplicates == 700)
    }

    /// More events of one unit than one commit holds.
    @Test func aChartOfManyOrdersIsTakenWhole() async throws {
        let site = try await Site.furnished()
        let orders = (1...150).map { number in
            var order = World.order
            order.number = "O\(number)"
            return order
        }
        let chart = ChartMapping.bundle(World.visit(), coverages: [World.cover()], orders: orders, items: [World.note])
        let report = try await site.take(chart.json.text, "chart.json")
        #expect(report.accepted == 1 && report.issues.allSatisfy { $0.severity < .error }, "\(report.line)")
        let facts = try await site.facts(World.visitNumber)
        #expect(facts.orders.count == 150 && facts.chart.count == 1 && facts.sequence == 152)
    }

    /// A chart larger than an entry may be is kept in parts; a note that is too large by itself is left aside, and said.
    @Test func aLongChartIsTakenInParts() async throws {
        let site = try await Site.furnished()
        let sizes = [600_000, 500_000, NewEntry.maximumBytes, 300_000]
        let notes = sizes.enumerated().map { number, size in
            ChartItem(
                reference: "DocumentReference/n\(number)", kind: .note, text: String(repeating: "a", count: size),
                date: World.day)
        }
        let chart = ChartMapping.bundle(World.visit(), coverages: [World.cover()], items: notes)
        let report = try await site.take(chart.json.text, "chart.json")
        #expect(report.accepted == 1)
        #expect(report.issues.filter { $0.severity >= .error }.map(\.code) == ["intake.too-large"])
        let facts = try await site.facts(World.visitNumber)
        #expect(facts.chart.map { $0.text?.utf8.count } == [600_000, 500_000, 300_000])
        #expect(try await lastMessages(site).first?.state == .partial)
    }

    /// What is too large for the record opens no case and stops nothing beside it.
    @Test func whatIsTooLargeForAnEntryOpensNoCase() async throws {
        let site = try await Site.furnished()
        let note = ChartItem(
            reference: "DocumentReference/n", kind: .note, text: String(repeating: "a", count: NewEntry.maximumBytes),
            date: World.day)
        let chart = ChartMapping.bundle(World.visit(), items: [note]).json.text
        let report = try await site.take("[\(chart),\(World.claimJSON("WEB-2"))]", "mixed.json")
        #expect(report.units == 2, "\(report.line)")
        #expect(report.issues.contains { $0.code == "intake.too-large" && $0.location.byte == 1 })
        #expect(try await site.read { try $0.findCase(World.visitNumber) } == nil)
        #expect(try await site.facts("WEB-2").claims.count == 1)
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
