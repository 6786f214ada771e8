import GRDB
import HealthTypes
import Store
import Testing

@Suite struct ServiceJournalTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }

    init() throws { file = try StoreFile() }

    private func drafts(_ outcomes: [String]) throws -> [ServiceDraft] {
        let ground = try store.write { try $0.keep(bytes("{\"program\":\"x\"}")) }
        return outcomes.map {
            ServiceDraft(.analysis, outcome: $0, ground: ground, content: bytes("{\"answer\":\"\($0)\"}"))
        }
    }

    @discardableResult
    private func write(_ outcomes: [String]) throws -> [ServiceEntry] {
        let drafts = try drafts(outcomes)
        return try store.write { try $0.append(drafts, at: morning) }
    }

    @Test func entriesAreNumberedChainedAndNamed() throws {
        let entries = try write(["PASS", "FLAG"]) + write(["PASS"])
        #expect(entries.map(\.id) == ["A-0000000001", "A-0000000002", "A-0000000003"])
        let ground = try #require(entries[0].ground)
        #expect(
            String(decoding: entries[1].body, as: UTF8.self)
                == "{\"id\":\"A-0000000002\",\"kind\":\"analysis\",\"made_at\":\"2026-03-02T09:00:00Z\","
                + "\"ground\":\"\(ground.hex)\",\"answer\":\"FLAG\"}")
        #expect(
            entries[2].digest
                == ServiceEntry.chain(
                    previous: entries[1].digest, sequence: 3, at: morning, kind: .analysis, body: entries[2].body))
        for entry in entries { #expect(try store.read { try $0.serviceEntry(id: entry.id) } == entry) }
        #expect(try store.read { try $0.brokenServiceEntry() } == nil)
        #expect(try store.read { try $0.decisionIDs() } == entries.map(\.id))
    }

    @Test(arguments: ["A-1", "A-000000000x", "E-0000000001", "A-0000000000", "A-0000000009", "D-0000000001", "A", ""])
    func anotherIDNamesNothing(id: String) throws {
        try write(["PASS"])
        #expect(try store.read { try $0.serviceEntry(id: id) } == nil)
    }

    @Test func aRestartGoesOnWithTheChain() throws {
        let before = try write(["PASS"])
        try file.reopen()
        let after = try write(["FLAG"])
        #expect(after[0].sequence == 2)
        #expect(
            after[0].digest
                == ServiceEntry.chain(
                    previous: before[0].digest, sequence: 2, at: morning, kind: .analysis, body: after[0].body))
    }

    @Test func listsGoFromTheNewestBack() throws {
        let entries = try write(["PASS", "FLAG", "PASS", "PASS"])
        let about = ServiceDraft(.disagreement, outcome: "proposed", about: entries[1], content: bytes("{\"a\":1}"))
        let objection = try store.write { try $0.append([about], at: morning)[0] }
        try store.read { tx in
            #expect(try tx.serviceEntries(.analysis, limit: 2).map(\.sequence) == [4, 3])
            #expect(try tx.serviceEntries(.analysis, before: 3, limit: 9).map(\.sequence) == [2, 1])
            #expect(try tx.serviceEntries(.analysis, outcome: "FLAG", limit: 9).map(\.sequence) == [2])
            #expect(try tx.serviceEntries(.disagreement, limit: 9) == [objection])
            #expect(try tx.serviceEntries(about: 2, limit: 9) == [objection])
            #expect(objection.id == "P-0000000005")
            let counts = try tx.serviceCounts().map { "\($0.kind) \($0.outcome) \($0.count)" }
            #expect(counts == ["analysis FLAG 1", "analysis PASS 3", "disagreement proposed 1"])
            // What a person said is no decision.
            #expect(try tx.decisionIDs().count == 4)
        }
    }

    @Test(arguments: ["UPDATE service_journal SET outcome = 'PASS'", "DELETE FROM service_journal"])
    func theJournalIsAppendOnly(sql: String) throws {
        try write(["FLAG"])
        #expect(throws: DatabaseError.self) { try file.tamper(sql) }
    }

    @Test func whatTheTablesForbidIsRefused() throws {
        let unkept = ServiceDraft(.analysis, outcome: "PASS", ground: Digest(of: "none"), content: bytes("{\"a\":1}"))
        #expect(throws: DatabaseError.self) { try store.write { try $0.append([unkept], at: morning) } }
        let groundless = ServiceDraft(.analysis, outcome: "PASS", content: bytes("{\"a\":1}"))
        #expect(throws: DatabaseError.self) { try store.write { try $0.append([groundless], at: morning) } }
        let aboutNothing = ServiceDraft(.disagreement, outcome: "proposed", content: bytes("{\"a\":1}"))
        #expect(throws: DatabaseError.self) { try store.write { try $0.append([aboutNothing], at: morning) } }
        #expect(try store.read { try $0.serviceCounts() }.isEmpty)
    }

    /// A hand that takes the triggers away first still breaks the chain, for the entry and those beside it.
    @Test(arguments: [
        ("UPDATE service_journal SET body = CAST('{}' AS BLOB) WHERE sequence = 2", 2, [1, 2]),
        ("UPDATE service_journal SET at = '2026-03-02T09:00:00.001Z' WHERE sequence = 3", 3, [2, 3]),
        ("DELETE FROM service_journal WHERE sequence = 2", 2, [1, 3]),
    ])
    func aHandInTheJournalIsFound(sql: String, first: Int, unchained: [Int]) throws {
        try write(["PASS", "FLAG", "PASS"])
        try file.tamper(
            """
            DROP TRIGGER service_journal_is_append_only_update; DROP TRIGGER service_journal_is_append_only_delete;
            \(sql)
            """)
        try store.read { tx in
            #expect(try tx.brokenServiceEntry() == first)
            #expect(try tx.brokenChains().map(\.caseID) == ["service"])
            let found = try (1...3).filter { sequence in
                try tx.serviceEntry(sequence).map { try !tx.isChained($0) } ?? false
            }
            #expect(found == unchained)
        }
    }

    /// A record of the time before this journal gets it, and keeps what it holds.
    @Test func anOlderRecordIsBroughtUp() throws {
        let (id, digest) = try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.addDecision("D1", of: id)
            return (id, try tx.keep(bytes("kept")))
        }
        try file.tamper(
            """
            PRAGMA foreign_keys = OFF;
            DROP TABLE service_journal; DROP TABLE service_count;
            CREATE TABLE old (digest TEXT PRIMARY KEY CHECK (length(digest) = 64), bytes BLOB NOT NULL) WITHOUT ROWID;
            INSERT INTO old SELECT digest, bytes FROM content;
            DROP TABLE content;
            ALTER TABLE old RENAME TO content;
            DELETE FROM grdb_migrations WHERE identifier != '1 record'
            """, inTransaction: false)
        try file.reopen()
        #expect(try write(["PASS"])[0].sequence == 1)
        try store.read { tx in
            #expect(try tx.caseID(for: ("visit", "V1")) == id)
            #expect(try tx.content(digest) == bytes("kept"))
            let decision = try #require(try tx.decision("D1"))
            #expect(try tx.content(decision.ground) == bytes("{\"ground\":\"D1\"}"))
        }
        // What is referred to must still be there.
        let unkept = ServiceDraft(.analysis, outcome: "PASS", ground: Digest(of: "none"), content: bytes("{\"a\":1}"))
        #expect(throws: DatabaseError.self) { try store.write { try $0.append([unkept], at: morning) } }
    }
}
