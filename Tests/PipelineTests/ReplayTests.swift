import Claims
import Foundation
import GRDB
import HealthTypes
import Review
import Stages
import Store
import Synchronization
import Testing

@testable import Pipeline

/// Decisions made again from the record alone.
@Suite struct ReplayTests {
    private func decided() async throws -> (site: Site, number: CaseNumber, decisions: [DecisionRecord]) {
        let site = try await Site.furnished()
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        let facts = try await site.facts("WEB-1")
        return (site, facts.number, facts.decisions)
    }

    private func id(_ number: CaseNumber, _ decision: DecisionRecord) -> String {
        DecisionID(number, entry: decision.entry.sequence).description
    }

    @Test func theJournalCannotBeChangedInPlace() async throws {
        let (site, number, _) = try await decided()
        try await site.store.close()
        let queue = try DatabaseQueue(path: site.recordPath)
        for sql in ["UPDATE journal SET kind = 'x' WHERE case_no = ?", "DELETE FROM journal WHERE case_no = ?"] {
            #expect(throws: DatabaseError.self) {
                try queue.inDatabase { try $0.execute(sql: sql, arguments: [number.value]) }
            }
        }
    }

    @Test func aChangedFactIsSeen() async throws {
        let (site, number, decisions) = try await decided()
        try await site.tamper(body: number, kind: .claimReceived, from: "\"99213\"", to: "\"99215\"")
        for decision in decisions {
            let report = try await site.pipeline.replay(id(number, decision))
            #expect(!report.isIntact, "\(decision.reason)")
            #expect(report.line.contains("RECORD ALTERED"))
        }
        #expect(try await site.faultLines().contains { $0.hasPrefix("journal \(number) entry 1:") })
        let sent = try #require(decisions.first { $0.decision.outcome.stage == .submission })
        let report = try await site.pipeline.replay(id(number, sent))
        #expect(!report.isIdentical && !report.differences.isEmpty)
    }

    @Test func aChangedDecisionIsSeen() async throws {
        let (site, number, decisions) = try await decided()
        let sent = try #require(decisions.first { $0.decision.outcome == .submission(.sent) })
        try await site.tamper(
            body: number, entry: sent.entry.sequence, from: "{\"submission\":\"sent\"}", to: "{\"submission\":\"held\"}"
        )
        let report = try await site.pipeline.replay(id(number, sent))
        #expect(!report.isIntact && !report.isIdentical)
        #expect(report.differences.contains { $0.contains("outcome") }, "\(report.differences)")
        // What was decided before it still stands.
        let before = try #require(decisions.first { $0.entry < sent.entry })
        #expect(try await site.pipeline.replay(id(number, before)).isIntact)
    }

    @Test func aJournalThatCannotBeReadIsSaidAndNotACrash() async throws {
        let (site, number, decisions) = try await decided()
        try await site.tamper(
            "UPDATE journal SET codec = 0, body = CAST('{' AS BLOB) WHERE case_no = ? AND kind = 'claim_received'",
            [number.value])
        let sent = try #require(decisions.first { $0.decision.outcome == .submission(.sent) })
        await #expect(throws: CannotReplay.self) { try await site.pipeline.replay(self.id(number, sent)) }
        await #expect(throws: CannotReplay.self) { try await site.pipeline.replay(case: number) }
    }

    /// Invariant 33: what the stages' code of another time decided is not decided again by today's.
    @Test func aLogicThatIsGoneIsNamed() async throws {
        let (site, number, decisions) = try await decided()
        let sent = try #require(decisions.first { $0.decision.outcome == .submission(.sent) })
        try await site.tamper(
            body: number, entry: sent.entry.sequence, from: "\"logic\":\(Basis.currentLogic)", to: "\"logic\":99")
        do {
            _ = try await site.pipeline.replay(id(number, sent))
            Testing.Issue.record("it was decided again")
        } catch let error as CannotReplay {
            #expect(error.description.contains("logic 99") && error.description.contains(id(number, sent)))
        }
    }

    /// Without the data that a decision rested on it is not decided again on other data.
    @Test func lostDataIsSaid() async throws {
        let (site, number, decisions) = try await decided()
        let home = try editedHome(from: "claimwright", to: "claimwright", adding: "RulePacks/x.txt")
        try await site.tamper("UPDATE generation SET manifest = CAST('{}' AS BLOB), codec = 0", [], changes: nil)
        let later = try await Pipeline(
            store: site.store, home: home, clock: site.clock, payer: site.wire, options: .inOrder)
        await #expect(throws: CannotReplay.self) { try await later.replay(self.id(number, decisions[0])) }
    }

    /// The rules have moved on since: the old decision stands on the old ones, the next on the new ones.
    @Test func replayTakesTheDataFromTheRecord() async throws {
        let site = try await Site.furnished()
        try await site.take(World.batch([World.claim("OUT-1", diagnosis: "Q99Z9")]))
        try await site.run(days: 1)
        let first = try await site.facts("OUT-1")
        let decision = try #require(first.decisions(of: .submission).first)
        let check = try #require(
            decision.decision.findings.first { $0.stops && $0.basis.contains { $0.hasPrefix("rule pack") } })
        let moved = "Looked up in vain."
        let home = try editedHome(from: "\"\(check.message)\"", to: "\"\(moved)\"")
        #expect(home.generation.digest != Shipped.home.generation.digest)
        let later = try await site.another(home: home)
        let report = try await later.replay(id(first.number, decision))
        #expect(report.isIdentical && report.isIntact, "\(report.differences)")
        #expect(report.generation == Shipped.home.generation.digest)

        _ = try await later.intake(
            World.batch([World.claim("OUT-2", diagnosis: "Q99Z9", on: World.day.adding(days: -3))], control: 2),
            source: "later")
        try await later.work()
        let second = try await site.facts("OUT-2")
        let next = try #require(second.decisions(of: .submission).first)
        #expect(next.decision.findings.first { $0.id == check.id }?.message == moved)
        #expect(try await later.replay(id(second.number, next)).generation == home.generation.digest)
        // And the first program can still replay what the later one decided.
        #expect(try await site.pipeline.replay(id(second.number, next)).isIdentical)
    }

    /// Data put in force while a batch is decided, between what its stages asked and the answers: the batch is finished on
    /// the old, the next begins on the new, and each decision says on which. Invariant 16.
    @Test func aReloadInTheMidstOfABatch() async throws {
        let site = try await Site.furnished()
        let home = try editedHome(from: "claimwright", to: "claimwright", adding: "RulePacks/x.txt")
        let store = MeddlingStore(site.store)
        let pipeline = try await Pipeline(
            store: store, home: Shipped.home, clock: site.clock, payer: site.wire, options: .inOrder)
        for number in 1...3 {
            try await site.take(World.claimJSON("WEB-\(number)", on: World.day.adding(days: -number)))
        }
        let (asked, committed) = (Counter(), Counter())
        store.interfereWithLookUps { if asked.next() == 1 { try await pipeline.reload(home) } }
        // The data of each decision, by commit.
        let generations = Mutex<[Set<Digest>]>([])
        store.interfere { commits in
            committed.next()
            let used = commits.flatMap { $0.rows.decisions.map(\.generation) }
            generations.withLock { $0.append(Set(used)) }
            return nil
        }
        try await pipeline.work()
        let all = generations.withLock { $0 }.filter { !$0.isEmpty }
        #expect(all.first == [Shipped.home.generation.digest], "\(all)")
        #expect(all.dropFirst().allSatisfy { $0 == [home.generation.digest] })
        #expect(all.count > 1 && asked.value > 1)
        for number in 1...3 {
            for report in try await pipeline.replay(case: site.number("WEB-\(number)")) {
                #expect(report.isIdentical && report.isIntact, "\(report.line)")
            }
        }
    }

    /// Data put in force between two batches, while a message is on its way.
    @Test func aReloadInTheMidstOfWork() async throws {
        let site = try await Site.furnished()
        let home = try editedHome(from: "claimwright", to: "claimwright", adding: "RulePacks/x.txt")
        let pipeline = site.pipeline
        let reloaded = Counter()
        site.wire.interfere { message in
            if message?.kind == .inquiry, reloaded.next() == 1 { try? await pipeline.reload(home) }
            return .through
        }
        try await site.take(World.claimJSON("WEB-1"))
        try await site.run(days: 30)
        #expect(pipeline.home.generation.digest == home.generation.digest)
        let number = try await site.number("WEB-1")
        let reports = try await site.pipeline.replay(case: number)
        #expect(reports.first?.generation == Shipped.home.generation.digest)
        #expect(reports.last?.generation == home.generation.digest)
        for report in reports { #expect(report.isIdentical && report.isIntact, "\(report.line)") }
        #expect(try await site.faultLines() == [])
    }

    /// Nothing of the record is held while engines are built and stages decide: whoever works meanwhile can read.
    @Test func theRecordIsNotHeldWhileItIsDecidedAgain() async throws {
        let (site, number, decisions) = try await decided()
        let store = WatchedStore(site.store)
        let asked = Counter()
        let replayer = Replayer(
            store: store, documents: DocumentDesk(),
            loaded: {
                _ = asked.next()
                #expect(store.openReads == 0)
                return nil
            })
        #expect(try await replayer.replay(case: number).allSatisfy { $0.isIdentical && $0.isIntact })
        #expect(try await replayer.replay(id(number, decisions[0])).isIdentical)
        #expect(asked.value == decisions.count + 1)
    }

    /// The data folders with one text of a rule changed, or with a file more.
    private func editedHome(from old: String, to new: String, adding file: String? = nil) throws -> DataHome {
        let folder = try TemporaryFolder()
        let manager = FileManager.default
        for name in ["RulePacks", "CodeTables", "Knowledge", "Policies", "docs"] {
            try manager.copyItem(atPath: "\(Shipped.root)/\(name)", toPath: "\(folder.path)/\(name)")
        }
        if let file {
            try "A word that no rule reads.\n".write(
                toFile: "\(folder.path)/\(file)", atomically: true, encoding: .utf8)
        }
        var edited = file == nil ? 0 : 1
        for path in try manager.subpathsOfDirectory(atPath: "\(folder.path)/RulePacks") where file == nil {
            let url = URL(fileURLWithPath: "\(folder.path)/RulePacks/\(path)")
            guard let text = try? String(contentsOf: url, encoding: .utf8), text.contains(old) else { continue }
            try text.replacing(old, with: new).write(to: url, atomically: true, encoding: .utf8)
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
