import GRDB
import HealthTypes
import Store
import Testing

@Suite struct RecordTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }

    init() throws { file = try StoreFile() }

    // MARK: Content and cases

    @Test func contentIsNamedByItsDigest() throws {
        let digest = try store.write { tx in
            try tx.keep(bytes("abc"))
            return try tx.keep(bytes("abc"))
        }
        #expect(digest == Digest(of: "abc"))
        #expect(try store.read { try $0.content(digest) } == bytes("abc"))
        #expect(try store.read { try $0.content(Digest(of: "other")) } == nil)
        let empty = try store.write { try $0.keep([]) }
        #expect(try store.read { try $0.content(empty) } == [])
    }

    @Test func aKeyLeadsToOneCase() throws {
        try store.write { tx in
            let one = try tx.openVisit("V1")
            #expect(try tx.openVisit("V1") == one)
            let two = try tx.openVisit("V2")
            #expect(two != one)
            #expect(try tx.bind(("claim", "V1-1"), to: one))
            #expect(try !tx.bind(("claim", "V1-1"), to: two))
            #expect(try tx.caseID(for: ("claim", "V1-1")) == one)
            #expect(try tx.caseID(for: ("visit", "V1-1")) == nil)
            #expect(try tx.findCase("V1-1") == one)
            #expect(try tx.findCase(two) == two)
            #expect(try tx.findCase("none") == nil)
            #expect(try tx.keys(of: one).map(\.value) == ["V1-1", "V1"])
        }
    }

    @Test func whatTheTablesForbidIsRefused() throws {
        #expect(throws: DatabaseError.self) {
            try store.write { try $0.openCase(kind: "other", key: ("visit", "V1"), at: morning) }
        }
        #expect(throws: DatabaseError.self) { try store.write { try $0.bind(("visit", "V1"), to: "no such case") } }
        #expect(throws: DatabaseError.self) {
            try store.write { try $0.append(to: "no such case", kind: "scheduled", body: [], at: morning) }
        }
        #expect(throws: DatabaseError.self) { try store.read { try $0.set("a", to: "b") } }
    }

    // MARK: Journal

    private func writeJournal(_ count: Int) throws -> String {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            for index in 1...count {
                try tx.append(
                    to: id, kind: "timer-fired", body: bytes("\"t\(index)\""), at: morning.adding(seconds: index))
            }
            return id
        }
    }

    @Test func entriesAreNumberedAndChained() throws {
        let id = try writeJournal(3)
        let rows = try store.read { try $0.journal(of: id) }
        #expect(rows.map(\.sequence) == [1, 2, 3])
        #expect(rows.map { String(decoding: $0.body, as: UTF8.self) } == ["\"t1\"", "\"t2\"", "\"t3\""])
        #expect(
            rows[1].digest
                == JournalRow.chain(
                    previous: rows[0].digest, caseID: id, sequence: 2, at: rows[1].at, kind: "timer-fired",
                    body: rows[1].body))
        #expect(rows[1].digest == Digest(of: "\(rows[0].digest)\n\(id)\n2\n2026-03-02T09:00:02Z\ntimer-fired\n\"t2\""))
        #expect(try store.read { try $0.journal(of: id, through: 2) }.map(\.sequence) == [1, 2])
        #expect(try store.read { try $0.journal(of: "none") }.isEmpty)
        #expect(try store.read { try $0.brokenChains() }.isEmpty)
    }

    @Test(arguments: [
        "UPDATE journal SET body = x'00' WHERE sequence = 1", "DELETE FROM journal WHERE sequence = 1",
        "DELETE FROM journal",
    ])
    func theJournalIsAppendOnly(sql: String) throws {
        _ = try writeJournal(2)
        #expect(throws: DatabaseError.self) { try file.tamper(sql) }
        #expect(try store.read { try $0.count(.journalEntries) } == 2)
    }

    /// A hand that takes the triggers away first still breaks the chain.
    @Test(arguments: [
        ("UPDATE journal SET body = CAST('\"x\"' AS BLOB) WHERE sequence = 2", 2),
        ("UPDATE journal SET at = '2026-03-02T09:00:02.001Z' WHERE sequence = 2", 2),
        ("UPDATE journal SET kind = 'decided' WHERE sequence = 3", 3),
        ("DELETE FROM journal WHERE sequence = 1", 2), ("DELETE FROM journal WHERE sequence = 2", 3),
        ("UPDATE journal SET digest = '\(String(repeating: "0", count: 64))' WHERE sequence = 3", 3),
    ])
    func aHandInTheJournalIsFound(sql: String, sequence: Int) throws {
        let id = try writeJournal(3)
        let other = try store.write { tx in
            let other = try tx.openVisit("V2")
            try tx.append(to: other, kind: "timer-fired", body: bytes("\"t\""), at: morning)
            return other
        }
        try file.tamper(
            "DROP TRIGGER journal_is_append_only_update; DROP TRIGGER journal_is_append_only_delete; \(sql)")
        let broken = try store.read { try $0.brokenChains() }
        #expect(broken.map(\.caseID) == [id])
        #expect(broken.map(\.sequence) == [sequence])
        #expect(other != id)
    }

    @Test func aDigestThatIsNoneIsDamage() throws {
        let id = try writeJournal(1)
        let wrong = String(repeating: "x", count: 64)
        try file.tamper("DROP TRIGGER journal_is_append_only_update; UPDATE journal SET digest = '\(wrong)'")
        #expect(throws: RecordDamage.self) { try store.read { try $0.journal(of: id) } }
    }

    // MARK: Decisions, findings, messages

    @Test func aStageDecidesOnceOnAnOccasion() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            let row = try tx.addDecision("D1", of: id, occasion: "claim:V1-1")
            #expect(try tx.decision("D1") == row)
            #expect(throws: DatabaseError.self) { try tx.addDecision("D2", of: id, occasion: "claim:V1-1") }
            try tx.addDecision("D3", of: id, stage: "denials", occasion: "claim:V1-1")
            #expect(try tx.decisions(of: id).map(\.id) == ["D1", "D3"])
            #expect(try tx.decisionIDs() == ["D1", "D3"])
            #expect(try tx.decision("D2") == nil)
        }
    }

    @Test func aDecisionNeedsItsGround() throws {
        #expect(throws: DatabaseError.self) {
            try store.write { tx in
                try tx.add(
                    DecisionRow(
                        id: "D1", caseID: try tx.openVisit("V1"), stage: "submission", occasion: "claim:1",
                        outcome: "sent",
                        madeAt: morning, factsThrough: 1, factsDigest: Digest(of: ""), ground: Digest(of: "not kept"),
                        body: Digest(of: "")))
            }
        }
        #expect(try store.read { try $0.count(.cases) } == 0)
    }

    @Test func findingsAreCounted() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.addDecision("D1", of: id)
            try tx.add([
                FindingRow(
                    decisionID: "D1", caseID: id, stage: "submission", checkID: "E12", answer: "failed", stops: true,
                    afterSending: false, controlNumber: "V1-1"),
                FindingRow(
                    decisionID: "D1", caseID: id, stage: "submission", checkID: "E10", answer: "unknown", stops: true,
                    afterSending: true, controlNumber: ""),
            ])
            try tx.addDecision("D2", of: id)
            try tx.add([
                FindingRow(
                    decisionID: "D2", caseID: id, stage: "submission", checkID: "E12", answer: "failed", stops: false,
                    afterSending: false, controlNumber: "")
            ])
            let counts = try tx.findingCounts(limit: 10)
            #expect(counts.map { "\($0.checkID) \($0.answer) \($0.count)" } == ["E12 failed 2", "E10 unknown 1"])
            #expect(try tx.findingCounts(limit: 1).count == 1)
            #expect(try tx.findingMarks().filter(\.afterSending).map(\.checkID) == ["E10"])
        }
    }

    @Test func messagesKeepTheirBytesAndState() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            let digest = try tx.keep(bytes("ISA*"))
            var row = MessageRow(
                direction: .incoming, format: "x12", kind: "835", digest: digest, source: "a.835", at: morning,
                state: .accepted, byteCount: 4)
            row.id = try tx.add(row, cases: [id])
            #expect(try tx.message(row.id) == row)
            #expect(try tx.incomingMessage(with: digest)?.id == row.id)
            #expect(try tx.messages(of: id).map(\.id) == [row.id])
            try tx.setState(.partial, issues: bytes("[1]"), ofMessage: row.id)
            #expect(try tx.troubledMessages(limit: 5).map(\.state) == [.partial])
            #expect(try tx.message(row.id)?.issues == bytes("[1]"))
            #expect(try tx.messageCounts().map { "\($0.direction) \($0.state) \($0.count)" } == ["in partial 1"])
            #expect(try tx.incomingMessage(with: Digest(of: "other")) == nil)
        }
        #expect(throws: DatabaseError.self) {
            try store.write { tx in
                try tx.add(
                    MessageRow(
                        direction: .outgoing, format: "x12", kind: "837", digest: Digest(of: "not kept"), source: "p",
                        at: morning, state: .sent, byteCount: 1))
            }
        }
    }

    // MARK: Transactions and the file

    private struct Failure: Error {}

    @Test func aThrownErrorTakesEverythingBack() throws {
        #expect(throws: Failure.self) {
            try store.write { tx in
                let id = try tx.openVisit("V1")
                try tx.append(to: id, kind: "scheduled", body: bytes("{}"), at: morning)
                try tx.addDecision("D1", of: id)
                try tx.order(
                    OutboxRow(
                        caseID: id, kind: "837", receiver: "MERID", key: "k", body: bytes("{}"), orderedAt: morning))
                throw Failure()
            }
        }
        #expect(try store.read { try $0.count(.cases) } == 0)
        #expect(try store.read { try $0.count(.journalEntries) } == 0)
        #expect(try store.read { try $0.effect(key: "k") } == nil)
        #expect(try store.write { try $0.next("case") } == 1)
    }

    @Test func reopeningTheFileKeepsAll() throws {
        let id = try writeJournal(3)
        let before = try store.write { tx in
            try tx.set("billing_npi", to: "1234567893")
            try tx.setTimer("visit-48-hours", of: id, due: morning)
            try tx.addDecision("D1", of: id)
            try tx.setSummary(
                of: id, title: "V1", stage: "submission", state: "sent", payer: "MERID", charge: Money("120")!,
                paid: .zero)
            return try tx.journal(of: id)
        }
        try file.reopen()
        try file.reopen()
        let after = try store.read { tx in
            #expect(try tx.setting("billing_npi") == "1234567893")
            #expect(try tx.dueTimers(at: morning, limit: 5).map(\.name) == ["visit-48-hours"])
            #expect(try tx.decisionIDs() == ["D1"])
            #expect(try tx.caseSummary(id)?.charge == Money("120")!)
            #expect(try tx.brokenChains().isEmpty)
            return try tx.journal(of: id)
        }
        #expect(after == before)
        #expect(try store.write { try $0.append(to: id, kind: "timer-fired", body: [], at: morning).sequence } == 4)
    }
}
