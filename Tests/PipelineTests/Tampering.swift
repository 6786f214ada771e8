import Foundation
import GRDB
import HealthTypes
import Stages
import Testing

@testable import Pipeline
@testable import Store

extension Site {
    /// A hand in the file: the triggers that forbid it are taken away first, and no key is checked.
    ///
    /// - Parameter changes: rows that the statement must change; nil for any number but none.
    func tamper(_ sql: String, _ arguments: GRDB.StatementArguments = [], changes: Int? = 1) async throws {
        try await store.close()
        let queue = try DatabaseQueue(path: recordPath, configuration: Self.lawless)
        try await queue.write { db in
            for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(name)")
            }
            try db.execute(sql: sql, arguments: arguments)
            if let changes {
                #expect(db.changesCount == changes, "\(sql)")
            } else {
                #expect(db.changesCount > 0, "\(sql)")
            }
        }
        try queue.close()
        try await restart()
    }

    /// Lets the record grow by so many pages at most, as on a disk that is nearly full; nil for as many as it likes.
    func limitPages(_ count: Int?) async throws {
        try await store.pool!.writeWithoutTransaction { db in
            let now = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(count.map { now + $0 } ?? 1_073_741_823)")
        }
    }

    private static var lawless: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        return configuration
    }

    /// Changes a text in the body of an entry of a kind, as somebody would who knows how bodies are stored.
    func tamper(
        body number: CaseNumber, kind: CaseEvent.Kind? = nil, entry: Int? = nil, from old: String, to new: String
    ) async throws {
        let rows = try await store.entries(after: [(number, nil)])[0]
        let row = try #require(
            rows.first { ($0.kind == kind?.rawValue || kind == nil) && (entry ?? $0.sequence) == $0.sequence })
        let text = String(decoding: row.body, as: UTF8.self)
        #expect(text.contains(old), "\(text.prefix(500))")
        try await tamper(
            "UPDATE journal SET codec = 0, body = ? WHERE case_no = ? AND seq = ?",
            [Data(text.replacing(old, with: new).utf8), number.value, row.sequence])
    }
}
