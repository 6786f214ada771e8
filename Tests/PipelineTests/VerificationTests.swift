import Claims
import ClinicalKnowledge
import Foundation
import GRDB
import HealthTypes
import Store
import Testing

@testable import Pipeline

/// What a hand in the file changes is found, whatever table it is in.
@Suite struct VerificationTests {
    /// One change in the file, and the kinds of fault any of which names it.
    struct Tampering: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sql: String
        var kinds: Set<VerificationFault.Kind>
        /// Whether the fault must name the case.
        var namesCase: Bool

        init(_ name: String, _ sql: String, _ kinds: Set<VerificationFault.Kind>, namesCase: Bool = true) {
            testDescription = name
            self.sql = sql
            self.kinds = kinds
            self.namesCase = namesCase
        }
    }

    private static let paid = "(SELECT min(case_no) FROM posting)"
    private static let held = "(SELECT min(case_no) FROM work_item WHERE state = 0)"
    private static let sent = "(SELECT min(message) FROM send WHERE case_no = \(paid))"
    private static let brought = "(SELECT min(message) FROM message_case WHERE case_no = \(paid))"
    private static let newest = "(SELECT max(case_no) FROM case_head)"
    private static let data = "id NOT IN (SELECT content FROM message)"

    private static func withoutCase(_ number: String) -> String {
        let tables = [
            "decision", "finding", "posting", "claim_line", "adjudicated", "work_item", "send", "message_case",
            "case_key", "case_secret", "case_summary", "journal",
        ]
        return """
            CREATE TEMP TABLE gone AS SELECT \(number) AS n;
            \(tables.map { "DELETE FROM \($0) WHERE case_no IN (SELECT n FROM gone);" }.joined(separator: "\n"))
            DELETE FROM case_head WHERE case_no IN (SELECT n FROM gone)
            """
    }

    static let tamperings = [
        Tampering(
            "a denial pattern added", "INSERT INTO denial_pattern VALUES (1, 'MERID', '99213', '', 'CO', '45', 1, 100)",
            [.pattern], namesCase: false),
        Tampering(
            "count of adjudicated lines", "UPDATE adjudicated_count SET lines = lines + 1", [.pattern],
            namesCase: false),
        Tampering(
            "the patterns' mark", "UPDATE counter SET value = value - 1 WHERE name = 'patterns'", [.pattern],
            namesCase: false),
        Tampering(
            "shared keys deleted", "DELETE FROM shared_key", [.sharedKey]),
        Tampering(
            "count of the service's answers", "UPDATE service_count SET entries = entries + 1", [.counter],
            namesCase: false),
        Tampering(
            "billing organization", "UPDATE setting SET value = '0' WHERE name = 'billing_npi'", [.setting],
            namesCase: false),
        Tampering("failure hidden", "UPDATE message SET state = 7 WHERE state = 8", [.message]),
        Tampering("failure invented", "UPDATE message SET state = 8 WHERE id = \(sent)", [.message]),
        Tampering("send given up", "UPDATE send SET state = 3 WHERE state = 0", [.message]),
        Tampering(
            "delivery begun again", "UPDATE delivery SET due_at = 1 WHERE message = \(sent)", [.message],
            namesCase: false),
        Tampering("delivery deleted", "DELETE FROM delivery WHERE message = \(sent)", [.message], namesCase: false),
        Tampering(
            "message that brought an entry refused", "UPDATE message SET state = 2 WHERE id = \(brought)", [.message],
            namesCase: false),
        Tampering(
            "message that brought an entry taken from its case",
            "DELETE FROM message_case WHERE case_no = \(paid) AND message = \(brought)", [.message]),
        Tampering(
            "message given to a case", "INSERT INTO message_case SELECT 1, \(paid), max(id) FROM message", [.message]),
        Tampering("what a message is to be made of", "DELETE FROM send_body", [.rows]),
        Tampering(
            "unit whose case is there",
            "UPDATE waiting_unit SET key_value = (SELECT min(value) FROM case_key WHERE kind = 'claim')", [.waiting]),
        Tampering(
            "unit given to a case that is never due",
            """
            UPDATE waiting_unit SET case_no = \(paid);
            INSERT INTO message_case SELECT 1, \(paid), message FROM waiting_unit
            """, [.notDue]),
        Tampering(
            "message of a unit deleted", "DELETE FROM message WHERE id IN (SELECT message FROM waiting_unit)",
            [.orphan], namesCase: false),
        Tampering("posting x 10", "UPDATE posting SET paid = paid * 10 WHERE case_no = \(paid)", [.rows]),
        Tampering(
            "a posting twice",
            """
            INSERT INTO posting SELECT site, case_no, entry, number + 1, at, control_number, payer, charge, paid, patient,
                contractual, denied, written_off, follow_up FROM posting WHERE case_no = \(paid)
            """, [.rows]),
        Tampering("posting deleted", "DELETE FROM posting WHERE case_no = \(paid)", [.rows]),
        Tampering(
            "decision deleted",
            "DELETE FROM decision WHERE case_no = \(paid) AND entry = (SELECT max(entry) FROM decision WHERE case_no = \(paid))",
            [.rows]),
        Tampering(
            "decision changed",
            "UPDATE decision SET outcome = 'active' WHERE case_no = \(held) AND stage = 'submission'", [.rows]),
        Tampering("finding changed", "UPDATE finding SET stops = 0 WHERE case_no = \(held) AND stops = 1", [.rows]),
        Tampering("claim line's state", "UPDATE claim_line SET state = 'void' WHERE case_no = \(paid)", [.rows]),
        Tampering("claim line's charge", "UPDATE claim_line SET charge = charge + 1 WHERE case_no = \(paid)", [.rows]),
        Tampering("adjudicated line", "UPDATE adjudicated SET amount = amount + 1 WHERE case_no = \(paid)", [.rows]),
        Tampering(
            "work item's state", "UPDATE work_item SET state = 2, ended_at = 1 WHERE case_no = \(held) AND state = 0",
            [.rows]),
        Tampering("work item's amount", "UPDATE work_item SET amount = 1 WHERE case_no = \(held)", [.rows]),
        Tampering("work item deleted", "DELETE FROM work_item WHERE case_no = \(held)", [.rows]),
        Tampering(
            "send deleted", "DELETE FROM send WHERE id = (SELECT max(id) FROM send WHERE case_no = \(paid))", [.rows]),
        Tampering("summary changed", "UPDATE case_summary SET paid = 1 WHERE case_no = \(paid)", [.rows]),
        Tampering("summary deleted", "DELETE FROM case_summary WHERE case_no = \(paid)", [.rows]),
        Tampering("key deleted", "DELETE FROM case_key WHERE case_no = \(paid) AND kind = 'claim'", [.key]),
        Tampering(
            "key added",
            "INSERT INTO case_key (site, value, kind, authority, case_no) VALUES (1, 'X', 'claim', '', \(paid))", [.key]
        ),
        Tampering("due mark cleared", "UPDATE case_head SET due_at = NULL WHERE due_at IS NOT NULL", [.notDue]),
        Tampering(
            "journal body",
            "UPDATE journal SET codec = 0, body = CAST('{}' AS BLOB) WHERE case_no = \(paid) AND seq = 1",
            [.journal]),
        Tampering(
            "journal time", "UPDATE journal SET at = at + 1 WHERE case_no = \(paid) AND seq = 1", [.journal]),
        Tampering(
            "last entry deleted",
            "DELETE FROM journal WHERE case_no = \(paid) AND seq = (SELECT max(seq) FROM journal WHERE case_no = \(paid))",
            [.journal]),
        Tampering(
            "last entry deleted, and the head moved back",
            """
            DELETE FROM journal WHERE case_no = \(paid) AND seq = (SELECT max(seq) FROM journal WHERE case_no = \(paid));
            UPDATE case_head SET position = position - 1,
                leaf = (SELECT leaf FROM journal j WHERE j.case_no = case_head.case_no ORDER BY seq DESC LIMIT 1)
            WHERE case_no = \(paid)
            """, [.rows]),
        Tampering("head moved", "UPDATE case_head SET position = position - 1 WHERE case_no = \(paid)", [.journal]),
        Tampering("secret deleted", "DELETE FROM case_secret WHERE case_no = \(paid)", [.journal]),
        Tampering("a case deleted", withoutCase(paid), [.missingCase]),
        Tampering("the newest case deleted", withoutCase(newest), [.missingCase]),
        Tampering(
            "case counter", "UPDATE counter SET value = value + 1 WHERE name = 'case'", [.missingCase, .counter],
            namesCase: false),
        Tampering(
            "case counter back", "UPDATE counter SET value = value - 1 WHERE name = 'case'", [.counter],
            namesCase: false),
        Tampering(
            "message's bytes",
            "UPDATE content SET codec = 0, bytes = CAST('ISA' AS BLOB) WHERE id = (SELECT max(content) FROM message)",
            [.content], namesCase: false),
        Tampering(
            "message deleted",
            "DELETE FROM message WHERE id = (SELECT max(message) FROM message_case WHERE case_no = \(paid))", [.orphan]),
        Tampering(
            "policy text",
            "UPDATE content SET codec = 0, bytes = CAST('x' AS BLOB) WHERE id = (SELECT max(id) FROM content WHERE \(data))",
            [.content], namesCase: false),
        Tampering(
            "data deleted", "DELETE FROM content WHERE \(data)", [.generation], namesCase: false),
        Tampering(
            "generation's manifest", "UPDATE generation SET codec = 0, manifest = CAST('{}' AS BLOB)", [.generation],
            namesCase: false),
        Tampering(
            "service's answer",
            "UPDATE service_journal SET codec = 0, body = CAST('{}' AS BLOB) WHERE sequence = 1", [.serviceJournal],
            namesCase: false),
        Tampering(
            "service's answer deleted", "DELETE FROM service_journal WHERE sequence = 1", [.serviceJournal],
            namesCase: false),
    ]

    /// A record with a claim that was paid, one that waits for a person, one that the payer refused, a visit that is waited
    /// for, a payment that waits for its case, and answers of the service; closed, to be copied.
    private static let template = Task {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        try await site.take(World.batch([World.claim("OUT-1", diagnosis: "Q99Z9", on: World.day.adding(days: 5))]))
        try await site.pipeline.work()
        // A delivery that the payer refuses, and a payment for a claim that nobody knows.
        site.wire.interfere { $0?.kind == .claims ? .lost(.refused) : .through }
        try await site.take(World.claimJSON("WEB-2", on: World.day.adding(days: 7)))
        try await site.run(days: 2)
        site.wire.interfere { _ in .through }
        try await site.take(
            World.remittance([World.settlement("NOBODY-1", paid: Money("90")!, trace: "T1")], trace: "T1"))
        try await site.take(World.appointment(on: World.day.adding(days: 90)))
        // Decided, and what it sends has no message yet.
        _ = try await site.pipeline.advance()
        _ = try await site.pipeline.analyze(
            all: ["K29.70", "I10"].map {
                AnalyzeRequest(
                    icd10Codes: [$0], treatments: [BilledTreatment(.drug, code: "A02BC01", name: "omeprazole")],
                    patientAge: 50)
            })
        #expect(try await site.faultLines() == [])
        try await site.store.close()
        return (site.folder, site.recordPath)
    }

    private func copy() async throws -> (folder: TemporaryFolder, path: String) {
        let (_, template) = try await Self.template.value
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/record.db"
        try FileManager.default.copyItem(atPath: template, toPath: path)
        return (folder, path)
    }

    @Test func theRecordAsItWasHasNoFault() async throws {
        let (folder, path) = try await copy()
        let store = try SQLiteStore.open(path: path, mode: .readOnly)
        let report = try await Verification.run(store)
        #expect(report.faults.map(\.line) == [])
        #expect(report.cases == 4 && report.decisions > 8 && report.entries > report.decisions && report.contents > 10)
        let due = try await store.nextCaseDue(after: World.now)
        #expect(due != nil, "the visit's timer is what a cleared mark would lose")
        withExtendedLifetime(folder) {}
    }

    /// Each read goes over a few cases, messages or contents, whatever the record holds: none stays open for long.
    @Test func theRecordIsReadInPages() async throws {
        let (folder, path) = try await copy()
        let store = WatchedStore(try SQLiteStore.open(path: path, mode: .readOnly))
        let report = try await Verification.run(store, batch: 1)
        #expect(report.faults.map(\.line) == [] && report.cases == 4)
        #expect(store.reads > report.cases + report.contents)
        withExtendedLifetime(folder) {}
    }

    /// What is added between two reads is no fault.
    @Test func theRecordMayGrowMeanwhile() async throws {
        let site = try await Site.furnished()
        for number in 1...3 {
            try await site.take(World.claimJSON("WEB-\(number)", on: World.day.adding(days: -number)))
        }
        try await site.run(days: 1)
        let store = WatchedStore(site.store)
        let turns = Counter()
        store.interfere {
            let turn = turns.next()
            guard turn % 4 == 0, turn <= 40 else { return }
            // The patterns follow, units wait, messages are formed and delivered, answers come.
            _ = try? await site.take(World.claimJSON("NEW-\(turn)", on: World.day.adding(days: -turn)))
            let unknown = World.settlement("NOBODY-\(turn)", paid: Money("90")!, trace: "T\(turn)")
            _ = try? await site.take(World.remittance([unknown], trace: "T\(turn)"))
            _ = try? await site.pipeline.work()
        }
        let report = try await Verification.run(store, batch: 2)
        #expect(report.faults.map(\.line) == [])
        #expect(turns.value > 20 && report.cases > 3)
    }

    @Test(arguments: tamperings)
    func whatIsChangedIsFound(_ tampering: Tampering) async throws {
        let (folder, path) = try await copy()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try await queue.write { db in
            for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(name)")
            }
            let before = db.totalChangesCount
            try db.execute(sql: tampering.sql)
            #expect(db.totalChangesCount > before, "it changed nothing")
        }
        try queue.close()
        let report = try await Verification.run(SQLiteStore.open(path: path, mode: .existing))
        let own = report.faults.filter { tampering.kinds.contains($0.kind) }
        #expect(!own.isEmpty, "\(report.faults.map(\.line))")
        #expect(!tampering.namesCase || own.contains { $0.caseNumber != nil })
        for fault in report.faults { #expect(!fault.line.contains(World.breana.family)) }
        withExtendedLifetime(folder) {}
    }
}
