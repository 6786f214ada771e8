import Foundation
import GRDB
import HealthTypes
import Testing

@testable import Store

/// What the disk and SQLite can do to a batch.
@Suite struct FaultTests {
    private let file: StoreFile

    init() throws { file = try StoreFile() }

    private func limitPages(_ count: Int?) async throws {
        try await file.store.pool!.writeWithoutTransaction { db in
            let now = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(count.map { now + $0 } ?? 1_073_741_823)")
        }
    }

    /// Invariant 21: a full disk repeats the batch and sets no case aside.
    @Test func aFullDiskLeavesNothingAndAllGoesOn() async throws {
        let bench = try await file.bench()
        var commits: [CaseCommit] = []
        for index in 0..<8 {
            var commit = try await bench.decision(try await bench.open("V\(index)"))
            // Nothing that deflates.
            var random = SeededRandom(seed: UInt64(index))
            commit.entries[0].body = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &random) }
            commits.append(commit)
        }
        let work = try await file.store.claimWork(.due(.batch), limit: 9, now: morning, lease: 30)
        try await limitPages(30)
        await #expect(throws: StoreFault(.full)) { _ = try await file.store.commit(commits) }
        #expect(try await file.store.setAside().isEmpty)
        for commit in commits {
            #expect(try await bench.position(of: commit.caseNumber) == commit.expected)
            #expect(try await file.store.read { try $0.rows(of: commit.caseNumber) } == Rows())
        }
        await #expect(throws: StoreFault(.full)) {
            _ = try await file.store.putContents([commits.flatMap { $0.entries[0].body }])
        }
        // A reader goes on meanwhile, and what the leases hold can be given back.
        #expect(try await file.store.read { try $0.totals().cases } == 8)
        try await file.store.release(work)
        try await limitPages(nil)
        #expect(try await file.store.claimWork(.due(.batch), limit: 9, now: morning, lease: 30).count == 8)
        let results = try await file.store.commit(commits)
        #expect(results.count { if case .committed = $0 { true } else { false } } == 8)
        for commit in commits {
            #expect(try await file.store.read { try $0.chainFault(of: commit.caseNumber) } == nil)
        }
    }

    @Test(arguments: [
        (ResultCode.SQLITE_FULL, StoreFault(.full)), (.SQLITE_BUSY, StoreFault(.busy)),
        (.SQLITE_BUSY_SNAPSHOT, StoreFault(.busy)), (.SQLITE_LOCKED, StoreFault(.busy)),
        (.SQLITE_READONLY, StoreFault(.readOnly)), (.SQLITE_IOERR, StoreFault(.unavailable)),
        (.SQLITE_IOERR_FSYNC, StoreFault(.unavailable)), (.SQLITE_CANTOPEN, StoreFault(.unavailable)),
    ])
    func faultsOfTheStoreAreNoFaultOfACase(code: ResultCode, fault: StoreFault) {
        #expect(SQLiteStore.fault(DatabaseError(resultCode: code)) as? StoreFault == fault)
    }

    @Test(arguments: [ResultCode.SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_FOREIGNKEY, .SQLITE_TOOBIG])
    func brokenConstraintsAreRefusals(code: ResultCode) {
        #expect(SQLiteStore.fault(DatabaseError(resultCode: code)) is StoreRefusal)
    }

    @Test func damageIsDamage() {
        #expect(SQLiteStore.fault(DatabaseError(resultCode: .SQLITE_CORRUPT)) is RecordDamage)
    }

    /// The log is moved into the file by the connection that writes; there is no other that does.
    @Test func theWriterMovesTheLog() async throws {
        let bench = try await file.bench()
        var random = SeededRandom(seed: 1)
        let body = (0..<500_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let caseNumber = try await bench.open("V1")
        for _ in 0..<Checkpoints.idlePages * 4096 / body.count + 1 {
            var commit = try await bench.decision(caseNumber)
            commit.entries[0].body = body
            _ = try await file.store.commit([commit])
        }
        // A write waits for what was begun before it.
        try await file.store.set("name", to: "north")
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
        #expect(size > Checkpoints.idlePages * 4096 / 2)
        let writers = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { name in
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)"),
                target == file.path,
                let info = try? String(contentsOfFile: "/proc/self/fdinfo/\(name)", encoding: .utf8)
            else { return false }
            // The access mode stands in the last digits of the flags, in octal.
            let flags = info.split(separator: "\n").first { $0.hasPrefix("flags:") }
            return flags?.last.flatMap { Int(String($0)) }.map { $0 & 3 != 0 } ?? false
        }
        #expect(writers.count == 1)
        try await file.store.close()
        #expect(!FileManager.default.fileExists(atPath: file.path + "-wal"))
    }
}
