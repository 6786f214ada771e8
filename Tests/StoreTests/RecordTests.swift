import Foundation
import HealthTypes
import Store
import Testing

/// What a hand in the file does, and that it is found.
@Suite struct RecordTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }

    init() throws { file = try StoreFile() }

    /// Two cases of three entries, with a message each.
    private func fill() async throws -> Bench {
        let bench = try await file.bench()
        for number in ["V1", "V2"] {
            let caseNumber = try await bench.open(number)
            var commit = try await bench.decision(caseNumber)
            commit.entries.append(bench.entry("{\"event\":\"\(String(repeating: "long", count: 90))\"}"))
            commit.rows.sends = [bench.send(2)]
            commit.rows.findings = [
                FindingRow(
                    entry: 2, number: 0, stage: "submission", checkID: "c", answer: "failed", stops: true,
                    afterSending: false, controlNumber: "")
            ]
            _ = try await store.commit([commit])
        }
        let lane = Lane(kind: "837", receiver: "P1")
        let sends = try await store.unformed(lane, limit: 9)
        _ = try await store.form(sends, at: morning) { _ in
            (
                sends.map {
                    FormedMessage(
                        lane: lane, format: "x12", kind: "837", bytes: bytes("ISA\($0.part.caseNumber)"),
                        key: "\($0.part.caseNumber)", parts: [$0.part])
                }, []
            )
        }
        return bench
    }

    @Test func aSoundRecordHasNoFaults() async throws {
        _ = try await fill()
        for number in 1...2 { #expect(try await store.read { try $0.chainFault(of: CaseNumber(number)) } == nil) }
        #expect(try await store.orphans() == [])
        #expect(try await store.read { try $0.heads(after: nil, limit: 9).map(\.caseNumber.value) } == [1, 2])
        #expect(try await store.read { try $0.heads(after: CaseNumber(1), limit: 9).count } == 1)
        let entries = try await store.read { try $0.entries(after: EntryPlace(CaseNumber(1), 2), limit: 2) }
        #expect(
            entries.map { EntryPlace($0.caseNumber, $0.sequence) } == [
                .init(CaseNumber(1), 3), .init(CaseNumber(2), 1),
            ])
        let totals = try await store.read { try $0.totals() }
        #expect(totals.entries == 6 && totals.decisions == 2)
    }

    /// Invariant 1. What the leaf and the commitment prove.
    @Test(arguments: [
        (
            "UPDATE journal SET body = CAST('{}' AS BLOB), codec = 0 WHERE case_no = 1 AND seq = 2", 2,
            ChainFault.Kind.body
        ),
        ("UPDATE journal SET body = NULL WHERE case_no = 1 AND seq = 2", 2, .body),
        ("UPDATE journal SET body = x'00', codec = 2 WHERE case_no = 1 AND seq = 3", 3, .unreadable),
        ("UPDATE journal SET at = at + 1 WHERE case_no = 1 AND seq = 1", 1, .leaf),
        ("UPDATE journal SET kind = 'charged' WHERE case_no = 1 AND seq = 2", 2, .leaf),
        ("UPDATE journal SET version = 2 WHERE case_no = 1 AND seq = 2", 2, .leaf),
        ("UPDATE journal SET leaf = zeroblob(32) WHERE case_no = 1 AND seq = 2", 2, .leaf),
        ("UPDATE journal SET commitment = zeroblob(32) WHERE case_no = 1 AND seq = 2", 2, .leaf),
        ("DELETE FROM journal WHERE case_no = 1 AND seq = 2", 2, .missingEntry),
        ("DELETE FROM journal WHERE case_no = 1 AND seq = 3", 3, .missingEntry),
        ("DELETE FROM journal WHERE case_no = 1", 1, .missingEntry),
        ("DELETE FROM case_head WHERE case_no = 1", 0, .missingCase),
        ("DELETE FROM case_secret WHERE case_no = 1", 1, .missingSecret),
        ("UPDATE case_secret SET key = zeroblob(32) WHERE case_no = 1", 1, .body),
        ("UPDATE case_head SET leaf = zeroblob(32) WHERE case_no = 1", 3, .position),
        ("UPDATE case_head SET position = 2 WHERE case_no = 1", 2, .position),
    ])
    func aHandInTheJournalIsFound(sql: String, sequence: Int, kind: ChainFault.Kind) async throws {
        _ = try await fill()
        try file.tamper(sql)
        let fault = try await store.read { try $0.chainFault(of: CaseNumber(1)) }
        #expect(fault == ChainFault(caseNumber: CaseNumber(1), sequence: sequence, kind: kind))
        #expect(try await store.read { try $0.chainFault(of: CaseNumber(2)) } == nil)
    }

    /// Entries of one case do not fit into another.
    @Test func twoJournalsExchangedAreFound() async throws {
        _ = try await fill()
        try file.tamper(
            "UPDATE journal SET case_no = case_no + 9; UPDATE journal SET case_no = 3 - (case_no - 9)")
        for number in 1...2 { #expect(try await store.read { try $0.chainFault(of: CaseNumber(number)) } != nil) }
    }

    /// Invariant 1: a body may go with its case's secret, and its leaf still proves its place.
    @Test func aBodyMayGoWithItsSecret() async throws {
        let bench = try await fill()
        let erase = "UPDATE journal SET body = NULL WHERE case_no = 1"
        #expect(throws: (any Error).self) { try file.tamper(erase, dropsTriggers: false) }
        try file.tamper("DELETE FROM case_secret WHERE case_no = 1", dropsTriggers: false)
        try file.tamper(erase, dropsTriggers: false)
        #expect(try await store.read { try $0.chainFault(of: CaseNumber(1)) } == nil)
        await #expect(throws: RecordDamage.self) { _ = try await store.entries(after: [(CaseNumber(1), nil)]) }
        // Nothing can be added to what cannot be read.
        await #expect(throws: RecordDamage.self) {
            _ = try await store.commit([try await bench.decision(CaseNumber(1))])
        }
    }

    @Test(arguments: [
        "UPDATE journal SET body = CAST('{}' AS BLOB)", "UPDATE journal SET at = 0", "UPDATE journal SET seq = 9",
        "DELETE FROM journal", "UPDATE service_journal SET outcome = 'x'", "DELETE FROM service_journal",
    ])
    func journalsAreAppendOnly(sql: String) async throws {
        _ = try await fill()
        let ground = try await store.putContents([bytes("{}")])[0]
        _ = try await store.append(
            [ServiceDraft(.analysis, outcome: "PASS", ground: ground, content: bytes("{\"a\":1}"))], at: morning)
        #expect(throws: (any Error).self) { try file.tamper(sql, dropsTriggers: false) }
    }

    @Test(arguments: [
        ("DELETE FROM case_head WHERE case_no = 1", "decision", "case"),
        (
            "INSERT INTO decision SELECT site, case_no, 9, stage, reason, outcome, made_at, generation FROM decision",
            "decision", "entry"
        ),
        ("UPDATE finding SET entry = 9 WHERE case_no = 1", "finding", "entry"),
        ("DELETE FROM decision WHERE case_no = 1", "finding", "decision"),
        ("DELETE FROM content", "message", "content"), ("DELETE FROM message", "send", "message"),
        ("DELETE FROM message", "delivery", "message"), ("DELETE FROM send WHERE case_no = 1", "message", "send"),
        ("INSERT INTO case_key VALUES (1, 'x', 'visit', '', 77)", "case_key", "case"),
        ("INSERT INTO message_case VALUES (1, 1, 77)", "message_case", "message"),
        (
            "INSERT INTO work_item (site, case_no, entry, number, stage, kind, amount, opened_at) VALUES (1, 77, 1, 0, '', '', 0, 0)",
            "work_item", "case"
        ),
    ])
    func rowsWithoutTheirGroundAreFound(sql: String, table: String, missing: String) async throws {
        _ = try await fill()
        try file.tamper(sql)
        let found = try await store.orphans(limit: 100)
        #expect(found.contains { $0.table == table && $0.missing == missing })
        #expect(try await store.orphans(limit: 1).count == 1)
    }

    /// A case that was taken out whole leaves a number that nothing stands for.
    @Test func aCaseThatIsGoneIsAGap() async throws {
        _ = try await fill()
        try file.tamper(
            "DELETE FROM case_head WHERE case_no = 2; DELETE FROM journal WHERE case_no = 2")
        let (heads, last) = try await store.read { (try $0.heads(after: nil, limit: 9).count, try $0.lastCaseNumber()) }
        #expect(heads == 1)
        #expect(last == CaseNumber(2))
    }

    @Test func changedContentsAreFound() async throws {
        _ = try await fill()
        let digests = try await store.read { try $0.contents(after: nil, limit: 9).map(\.digest) }
        #expect(digests.count == 2)
        for digest in digests { #expect(try await store.read { try $0.rehash(digest) } == digest) }
        try file.tamper("UPDATE content SET bytes = CAST('ISA' AS BLOB)")
        for digest in digests { #expect(try await store.read { try $0.rehash(digest) } != digest) }
        #expect(try await store.read { try $0.contents(after: digests[0], limit: 9).map(\.digest) } == [digests[1]])
        #expect(try await store.read { try $0.rehash(Digest(of: "no")) } == nil)
    }

    @Test func generationsAreKeptOnce() async throws {
        let manifest = bytes(String(repeating: "rules.json 0123456789abcdef\n", count: 100))
        let digest = try await store.putGeneration(manifest, at: morning)
        #expect(try await store.putGeneration(manifest, at: morning.adding(hours: 1)) == digest)
        #expect(try await store.generation(digest) == manifest)
        #expect(try await store.generation(Digest(of: "no")) == nil)
        let rows = try await store.read { try $0.generations() }
        #expect(rows == [GenerationRow(digest: digest, at: morning, byteCount: manifest.count)])
    }
}
