import HealthTypes
import Testing

@testable import Store

/// The layer between the store's SQL and SQLite.
@Suite struct StatementTests {
    private struct Stop: Error {}

    private let file: StoreFile

    init() throws { file = try StoreFile() }

    /// What was reported as done is on the disk: FULL, whatever the library below sets when it opens a file.
    @Test func theWriterWaitsForTheDisk() async throws {
        #expect(try await file.store.write { try $0.integer("PRAGMA synchronous", []) } == 2)
        #expect(try await file.store.write { try $0.integer("PRAGMA foreign_keys", []) } == 1)
        #expect(try await file.store.write { try $0.integer("PRAGMA wal_autocheckpoint", []) } == 0)
    }

    @Test func valuesComeBackAsTheyWere() async throws {
        let text = "Müller\u{0}\u{1F600}" + String(repeating: "x", count: 100)
        let blob: [UInt8] = [0, 255, 0]
        let (row, none) = try await file.store.view { tx in
            (
                try tx.row(
                    "SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f, ? AS g",
                    [text, "", blob, [UInt8](), nil, Int64.min, true]),
                try tx.row("SELECT 1 AS a WHERE 0", [])
            )
        }
        let read = try #require(row)
        #expect(read["a"] == text)
        // Nothing is not NULL.
        #expect(read["b"] as String? == "")
        #expect(read["c"] == blob)
        #expect(read["d"] as [UInt8]? == [])
        #expect(read["e"] as String? == nil)
        #expect(read["f"] == Int64.min)
        #expect(read["g"] == true)
        // A value of another kind is not given as one of this kind.
        #expect(read["a"] as Int? == nil)
        #expect(none == nil)
    }

    @Test func argumentsGoByNameToo() async throws {
        let numbers = try await file.store.view { tx in
            let named: StatementArguments = ["from": 2]
            return try tx.rows(
                "WITH n(v) AS (VALUES (1), (2), (3)) SELECT v FROM n WHERE v >= :from AND (:most IS NULL OR v <= :most)",
                named + ["most": nil]
            ).map { $0["v"] as Int }
        }
        #expect(numbers == [2, 3])
    }

    /// A statement that is being read can be run again meanwhile.
    @Test func oneStatementIsReadWithinItself() async throws {
        let sql = "WITH n(v) AS (VALUES (1), (2), (3)) SELECT v FROM n WHERE v > ?"
        let pairs = try await file.store.view { tx in
            var pairs: [[Int]] = []
            try tx.each(sql, [1]) { outer in
                try tx.each(sql, [2]) { inner in pairs.append([outer["v"], inner["v"]]) }
            }
            return pairs
        }
        #expect(pairs == [[2, 3], [3, 3]])
    }

    @Test func whatThrowsLeavesNothing() async throws {
        await #expect(throws: Stop.self) {
            try await file.store.write { tx in
                try tx.set("name", to: "value")
                throw Stop()
            }
        }
        #expect(try await file.store.view { try $0.setting("name") } == nil)
        // Nor does what the tables refuse, and the connection goes on.
        await #expect(throws: StoreRefusal.self) {
            try await file.store.write { tx in
                try tx.set("name", to: "value")
                try tx.run("INSERT INTO shared_key (site, kind, key, version) VALUES (1, 7, x'00', 0)", [])
            }
        }
        #expect(try await file.store.view { try $0.setting("name") } == nil)
        try await file.store.write { try $0.set("name", to: "value") }
        #expect(try await file.store.view { try $0.setting("name") } == "value")
    }

    @Test func aReaderCannotWrite() async throws {
        await #expect(throws: (any Error).self) {
            try await file.store.view { tx in try tx.set("name", to: "value") }
        }
    }
}
