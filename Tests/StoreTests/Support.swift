import Foundation
import GRDB
import HealthTypes
import Store

/// Whatever keeps a whole record.
typealias WholeStore = CaseStore & DeliveryStore & IntakeStore & PageStore & RecordStore & ServiceStore

let morning = Instant("2026-03-02T09:00:00Z")!

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A folder that goes away with what stands in it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A record in a file of its own, which goes away with it.
final class StoreFile: Sendable {
    let folder: TestFolder
    let path: String
    let machine = ManualClock(morning)
    let store: SQLiteStore

    init() throws {
        folder = try TestFolder()
        path = folder.path + "/record.db"
        store = try SQLiteStore.open(path: path, mode: .create, machine: machine)
    }

    func bench() async throws -> Bench { try await Bench(store: store, machine: machine) }

    /// Writes past the store, as a hand in the file would: without foreign keys, and without the tables' triggers.
    func tamper(_ sql: String, dropsTriggers: Bool = true) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            if dropsTriggers {
                for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                    try db.execute(sql: "DROP TRIGGER \(name)")
                }
            }
            try db.execute(sql: sql)
        }
        try queue.close()
    }
}

/// A store with what nearly every test needs.
struct Bench: Sendable {
    let store: any WholeStore
    /// The machine's time, by which leases go.
    let machine: ManualClock
    let generation: Digest

    init(store: any WholeStore, machine: ManualClock) async throws {
        self.store = store
        self.machine = machine
        generation = try await store.putGeneration(bytes("manifest"), at: morning)
    }

    func visit(_ number: String) -> CaseKey { CaseKey(kind: "visit", authority: "north", value: number) }

    func entry(_ body: String = "{}", kind: String = "visit_updated", at: Instant = morning) -> NewEntry {
        NewEntry(at: at, kind: kind, version: 1, body: bytes(body))
    }

    /// Opens a case with one entry, which makes it due.
    @discardableResult
    func open(_ number: String, priority: Priority = .batch, at: Instant = morning) async throws -> CaseNumber {
        let (key, entry) = (visit(number), entry("{\"event\":\"\(number)\"}", kind: "scheduled", at: at))
        return try await store.intake { tx in
            let caseNumber = try tx.openCase(kind: "encounter", key: key, priority: priority, at: at)
            _ = try tx.append(to: caseNumber, priority: priority, at: at) { _ in [entry] }
            return caseNumber
        }
    }

    @discardableResult
    func append(_ body: String, to caseNumber: CaseNumber, at: Instant = morning) async throws -> Position {
        let entry = entry(body, at: at)
        return try await store.intake { tx in
            try tx.append(to: caseNumber, priority: .batch, at: at) { _ in [entry] }
        }
    }

    func position(of caseNumber: CaseNumber) async throws -> Position? {
        try await store.read { try $0.head(of: caseNumber)?.position }
    }

    func head(of caseNumber: CaseNumber) async throws -> HeadRow? {
        try await store.read { try $0.head(of: caseNumber) }
    }

    /// A commit of one decision after where the case stands now.
    func decision(
        _ caseNumber: CaseNumber, after: Position? = nil, due: Instant? = nil,
        _ body: String = "{\"event\":\"decided\"}"
    ) async throws -> CaseCommit {
        let expected: Position
        if let after { expected = after } else { expected = try await position(of: caseNumber) ?? .start }
        var commit = CaseCommit(
            caseNumber: caseNumber, expected: expected, entries: [entry(body, kind: "decided")], dueAt: due)
        commit.rows.decisions = [
            DecisionRow(
                entry: expected.sequence + 1, stage: "eligibility", reason: "scheduled", outcome: "asked",
                madeAt: morning, generation: generation)
        ]
        return commit
    }

    /// A claim's line, as a commit after `sequence` entries makes it.
    func line(
        _ caseNumber: CaseNumber, entry: Int, line: Int = 1, control: String = "K1", member: String = "M1",
        authorization: String? = nil, state: String = "sent", day: String = "2026-03-02"
    ) -> ClaimLineRow {
        ClaimLineRow(
            caseNumber: caseNumber, claimEntry: entry, claimNumber: 0, line: line, controlNumber: control,
            isOriginal: true, payerID: "P1", memberID: member, billingNPI: "1", renderingNPI: nil,
            serviceDate: CalendarDate(day)!, procedure: "99213", modifiers: ["25", "GT"],
            charge: Money(cents: 12_500), units: 1, authorization: authorization, state: state)
    }

    func send(
        _ entry: Int, _ number: Int = 0, lane: Lane = Lane(kind: "837", receiver: "P1"), after: (Int, Int)? = nil
    ) -> SendRow {
        SendRow(
            entry: entry, number: number, lane: lane, body: bytes("{\"claim\":[\(entry),\(number)]}"),
            orderedAt: morning, afterEntry: after?.0, afterNumber: after?.1, subject: "K\(entry)")
    }
}

func copyFile(_ path: String, to other: String) throws { try FileManager.default.copyItem(atPath: path, toPath: other) }

extension PageStore {
    func setAside() async throws -> [SetAside] { try await read { try $0.casesSetAside(after: nil, limit: 9) } }

    /// How a send stands; nil where there is no such send.
    func status(of part: SentPart) async throws -> SendStatus? {
        try await read { try $0.sends(of: part.caseNumber).first { $0.part == part } }
    }

    func orphans(limit: Int = 9) async throws -> [Orphan] {
        try await read {
            let rows = try $0.orphans(ofCasesAfter: nil, through: nil, limit: limit)
            return rows + (try $0.orphans(ofMessagesAfter: nil, through: nil, limit: limit - rows.count))
        }
    }
}
