import Claims
import Foundation
import GRDB
import HealthTypes
import Pipeline
import Review
import Stages
import Store
import Testing

/// Decisions made again from the record alone.
@Suite struct ReplayTests {
    /// A hand in the file: the triggers that forbid it are taken away first.
    private func tamper(_ site: Site, _ sql: String, _ arguments: StatementArguments) throws {
        try site.store.close()
        let queue = try DatabaseQueue(path: "\(site.folder.path)/record.db")
        try queue.write { db in
            try db.execute(sql: "DROP TRIGGER journal_is_append_only_update")
            try db.execute(sql: sql, arguments: arguments)
            #expect(db.changesCount == 1)
        }
        try queue.close()
        try site.restart()
    }

    private func decided() async throws -> (site: Site, caseID: String, decisions: [Decision]) {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        let facts = try site.facts("WEB-1")
        return (site, facts.id, facts.decisions)
    }

    @Test func theJournalCannotBeChangedInPlace() async throws {
        let (site, caseID, _) = try await decided()
        try site.store.close()
        let queue = try DatabaseQueue(path: "\(site.folder.path)/record.db")
        #expect(throws: DatabaseError.self) {
            try queue.write {
                try $0.execute(sql: "UPDATE journal SET kind = 'x' WHERE case_id = ?", arguments: [caseID])
            }
        }
        #expect(throws: DatabaseError.self) {
            try queue.write { try $0.execute(sql: "DELETE FROM journal WHERE case_id = ?", arguments: [caseID]) }
        }
    }

    @Test func aChangedFactIsSeen() async throws {
        let (site, caseID, decisions) = try await decided()
        try tamper(
            site,
            """
            UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '"99213"', '"99215"') AS BLOB)
            WHERE case_id = ? AND kind = 'claim-received'
            """, [caseID])
        for decision in decisions {
            let report = try site.pipeline.replay(decision.id)
            #expect(!report.recordIntact, "\(decision.occasion.name)")
            #expect(report.line.contains("RECORD ALTERED"))
        }
        #expect(try site.read { try $0.brokenChains().map(\.caseID) } == [caseID])
        let sent = try #require(decisions.first { $0.occasion.stage == .submission })
        let report = try site.pipeline.replay(sent.id)
        #expect(!report.identical && !report.differences.isEmpty)
    }

    @Test func aChangedDecisionIsSeen() async throws {
        let (site, caseID, decisions) = try await decided()
        let sent = try #require(decisions.first { $0.outcome == "sent" })
        try tamper(
            site,
            """
            UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '"outcome":"sent"', '"outcome":"held"') AS BLOB)
            WHERE case_id = ? AND sequence = ?
            """, [caseID, sent.factsThrough + 1])
        let report = try site.pipeline.replay(sent.id)
        #expect(!report.recordIntact && !report.identical)
        #expect(report.differences.contains { $0.hasPrefix("/outcome:") })
        // What was decided before it still stands.
        let before = try #require(decisions.first { $0.factsThrough < sent.factsThrough })
        #expect(try site.pipeline.replay(before.id).recordIntact)
    }

    @Test func aJournalThatCannotBeReadIsSaidAndNotACrash() async throws {
        let (site, caseID, decisions) = try await decided()
        try tamper(
            site, "UPDATE journal SET body = CAST('{' AS BLOB) WHERE case_id = ? AND kind = 'claim-received'", [caseID])
        let sent = try #require(decisions.first { $0.outcome == "sent" })
        #expect(throws: Pipeline.CannotReplay.self) { try site.pipeline.replay(sent.id) }
    }

    @Test func aChangedGroundIsSeen() async throws {
        let (site, _, decisions) = try await decided()
        let sent = try #require(decisions.first { $0.outcome == "sent" })
        let queue = try DatabaseQueue(path: "\(site.folder.path)/record.db")
        try await queue.write { db in
            try db.execute(
                sql: """
                    UPDATE content SET bytes = CAST(replace(CAST(bytes AS TEXT), 'claimwright', 'claimwrong!') AS BLOB)
                    WHERE digest = ?
                    """,
                arguments: [sent.ground.hex])
        }
        #expect(try !site.pipeline.replay(sent.id).recordIntact)
    }

    /// The rules have moved on since: the old decision stands on the old ones, the next on the new ones.
    @Test func replayTakesTheDataFromTheRecord() async throws {
        let site = try await Site.furnished()
        try await site.take(World.batch([World.claim("OUT-1", diagnosis: "Q99Z9")]))
        try await site.run(days: 1)
        let decision = try #require(try site.facts("OUT-1").decisions(of: .submission).first)
        let check = try #require(decision.checks.first { $0.stops && $0.basis.contains { $0.hasPrefix("rule pack") } })
        let moved = "Looked up in vain."
        let home = try editedHome(from: check.message, to: moved)
        #expect(home.sets["rules"]?.digest != Shipped.home.sets["rules"]?.digest)
        let later = try Pipeline(store: site.store, home: home, clock: site.clock, payer: site.wire)
        let report = try later.replay(decision.id)
        #expect(report.identical && report.recordIntact, "\(report.differences)")
        #expect(report.data["rules"] == Shipped.home.sets["rules"]?.digest)

        _ = try await later.intake(
            World.batch([World.claim("OUT-2", diagnosis: "Q99Z9", on: World.day.adding(days: -3))]), source: "later")
        try await later.work()
        let next = try #require(try site.facts("OUT-2").decisions(of: .submission).first)
        #expect(next.checks.first { $0.id == check.id }?.message == moved)
        #expect(try later.replay(next.id).data["rules"] == home.sets["rules"]?.digest)
        // And the first program can still replay what the later one decided.
        #expect(try site.pipeline.replay(next.id).identical)
    }

    /// The data folders with one text of a rule changed.
    private func editedHome(from old: String, to new: String) throws -> DataHome {
        let folder = try TemporaryFolder()
        let manager = FileManager.default
        for name in ["RulePacks", "CodeTables", "Knowledge", "Policies", "docs"] {
            try manager.copyItem(atPath: "\(Shipped.root)/\(name)", toPath: "\(folder.path)/\(name)")
        }
        var edited = 0
        for path in try manager.subpathsOfDirectory(atPath: "\(folder.path)/RulePacks") {
            let url = URL(fileURLWithPath: "\(folder.path)/RulePacks/\(path)")
            guard let text = try? String(contentsOf: url, encoding: .utf8), text.contains("\"\(old)\"") else {
                continue
            }
            try text.replacing("\"\(old)\"", with: "\"\(new)\"").write(to: url, atomically: true, encoding: .utf8)
            edited += 1
        }
        #expect(edited > 0, "no rule says it")
        return try withExtendedLifetime(folder) { try DataHome(root: folder.path) }
    }

    @Test func aHomeThatLacksAFolderIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DataFileError.self) { try DataHome(root: folder.path) }
    }
}
