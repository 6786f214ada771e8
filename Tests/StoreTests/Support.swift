import Foundation
import GRDB
import HealthTypes
import Store

/// A record in a file of its own, which goes away with it.
final class StoreFile {
    let path: String
    private(set) var store: SQLiteStore

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString).sqlite").path
        store = try SQLiteStore(path: path)
    }

    deinit {
        try? store.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    func reopen() throws {
        try store.close()
        store = try SQLiteStore(path: path)
    }

    /// Writes past the store, as a hand in the file would.
    func tamper(_ sql: String, inTransaction: Bool = true) throws {
        let queue = try DatabaseQueue(path: path)
        if inTransaction {
            try queue.write { try $0.execute(sql: sql) }
        } else {
            try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        }
        try queue.close()
    }
}

let morning = Instant("2026-03-02T09:00:00Z")!

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension StoreTransaction {
    func openVisit(_ number: String) throws -> String {
        try openCase(kind: "encounter", key: ("visit", number), at: morning)
    }

    /// A decision of a case, with the ground that it must name.
    @discardableResult
    func addDecision(
        _ id: String, of caseID: String, stage: String = "submission", occasion: String? = nil,
        outcome: String = "sent",
        at: Instant = morning
    ) throws -> DecisionRow {
        let ground = try keep(bytes("{\"ground\":\"\(id)\"}"))
        let row = DecisionRow(
            id: id, caseID: caseID, stage: stage, occasion: occasion ?? "claim:\(id)", outcome: outcome, madeAt: at,
            factsThrough: 1, factsDigest: Digest(of: "facts"), ground: ground, body: Digest(of: id))
        try add(row)
        return row
    }
}
