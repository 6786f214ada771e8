import ClinicalKnowledge
import ClinicalText
import Foundation
import GRDB
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Answers that belong to no case: kept, replayed, and kept whole under load.
@Suite struct ServiceTests {
    private static func claim(_ diagnosis: String = "K29.70", age: Int? = nil) -> AnalyzeRequest {
        AnalyzeRequest(
            icd10Codes: [diagnosis], treatments: [BilledTreatment(.drug, code: "A02BC01", name: "omeprazole")],
            patientAge: age)
    }

    @Test func anAnalysisIsKeptAndReplays() async throws {
        let site = try await Site()
        let kept = try await site.pipeline.analyze(Self.claim())
        let body = try JSON(parsing: kept.entry.body)
        #expect(Shipped.home.contracts.violations(of: "analysis", in: body) == [])
        #expect(body["answer"]?.text == String(decoding: kept.answer, as: UTF8.self))
        #expect(body["request"]?["icd10_codes"]?[0]?.string == "K29.70")
        #expect(kept.entry.outcome == "PASS")
        try await site.restart()
        let report = try await site.pipeline.replay(kept.entry.id)
        #expect(report.isIdentical && report.isIntact, "\(report.differences)")
        #expect(report.generation == Shipped.home.generation.digest)
        #expect(report.digest == Digest(of: kept.entry.body))
        // No case is opened for it.
        #expect(try await site.totals().cases == 0)
    }

    @Test func aChangedAnswerIsSeen() async throws {
        let site = try await Site()
        let ids = try await site.pipeline.analyze(all: [Self.claim(), Self.claim("I10"), Self.claim()]).map(\.entry.id)
        let first = try #require(try await site.read { try $0.serviceEntry(1) })
        let text = String(decoding: first.body, as: UTF8.self)
        #expect(text.contains("K29.70"))
        try await site.tamper(
            "UPDATE service_journal SET codec = 0, body = ? WHERE sequence = 1",
            [Data(text.replacing("K29.70", with: "K29.71").utf8)])
        let report = try await site.pipeline.replay(ids[0])
        #expect(!report.isIntact)
        // The last does not touch it.
        #expect(try await site.pipeline.replay(ids[2]).isIntact)
        #expect(try await site.faultLines().contains { $0.hasPrefix("service_journal entry 1:") })
    }

    @Test func aVerdictThatIsListedOtherwiseIsSeen() async throws {
        let site = try await Site()
        let id = try await site.pipeline.analyze(Self.claim()).entry.id
        try await site.tamper("UPDATE service_journal SET outcome = 'FLAG' WHERE sequence = 1")
        #expect(try await !site.pipeline.replay(id).isIdentical)
    }

    @Test func aQuestionThatCannotBeReadIsSaidAndNotACrash() async throws {
        let site = try await Site()
        let id = try await site.pipeline.analyze(Self.claim()).entry.id
        try await site.tamper("UPDATE service_journal SET codec = 0, body = CAST('{' AS BLOB) WHERE sequence = 1")
        await #expect(throws: CannotReplay.self) { try await site.pipeline.replay(id) }
        await #expect(throws: CannotReplay.self) { try await site.pipeline.replay("A-0000000099") }
    }

    /// The knowledge has moved on since: the old answer stands on the old one.
    @Test func replayTakesTheKnowledgeFromTheRecord() async throws {
        let site = try await Site()
        let kept = try await site.pipeline.analyze(Self.claim())
        let folder = try TemporaryFolder()
        for name in ["RulePacks", "CodeTables", "Knowledge", "Policies", "docs"] {
            try FileManager.default.copyItem(atPath: "\(Shipped.root)/\(name)", toPath: "\(folder.path)/\(name)")
        }
        try "9999.1".write(toFile: "\(folder.path)/Knowledge/VERSION", atomically: true, encoding: .utf8)
        let home = try DataHome(root: folder.path)
        let later = try await site.another(home: home)
        let report = try await later.replay(kept.entry.id)
        #expect(report.isIdentical && report.isIntact, "\(report.differences)")
        let next = try await later.analyze(Self.claim())
        #expect(next.response.knowledgeVersion.hasPrefix("9999.1"))
        #expect(next.entry.ground != kept.entry.ground)
        #expect(try await site.pipeline.replay(next.entry.id).isIdentical)
    }

    @Test func concurrentQuestionsGetTheirOwnAnswers() async throws {
        let site = try await Site()
        let pipeline = site.pipeline
        try await withThrowingTaskGroup(of: Void.self) { group in
            for age in 0..<120 {
                group.addTask {
                    let kept = try await pipeline.analyze(Self.claim(age: age))
                    let body = try JSON(parsing: kept.entry.body)
                    #expect(body["request"]?["patient_age"]?.integer == age)
                    #expect(body["id"]?.string == kept.entry.id)
                }
            }
            try await group.waitForAll()
        }
        try await site.restart()
        try await site.read { page in
            let entries = try page.serviceEntries(.analysis, outcome: nil, before: nil, limit: 1000)
            #expect(entries.map(\.sequence) == Array((1...120).reversed()))
            #expect(try page.serviceCounts().map(\.count).reduce(0, +) == 120)
        }
        #expect(try await site.faultLines() == [])
    }

    /// While the record is held by a writer, answers gather up to the limit; the next is refused, and a group waits.
    @Test func pastTheLimitOneIsRefusedAndAGroupWaits() async throws {
        let site = try await Site()
        var limits = ServiceJournal.Limits()
        limits.maximumWaiting = 3
        let journal = ServiceJournal(store: site.store, clock: site.clock, limits: limits)
        let ground = try await site.store.putContents([Array("{}".utf8)])[0]
        let draft = ServiceDraft(.analysis, outcome: "PASS", ground: ground, content: Array("{\"a\":1}".utf8))
        let (entered, enteredSignal) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        let store = site.store
        let holder = Task {
            try await store.intake { _ in
                enteredSignal.yield()
                release.wait()
            }
        }
        for await _ in entered { break }
        // Three may wait, and the writer may have taken as many to the record that it cannot have: four of ten are left.
        let (refusals, refusal) = AsyncStream.makeStream(of: Void.self)
        let singles = (0..<10).map { _ in
            Task {
                do { return try await journal.keep(draft) as ServiceEntry? } catch is ServiceJournal.Full {
                    refusal.yield()
                    return nil
                }
            }
        }
        var refused = 0
        for await _ in refusals {
            refused += 1
            if refused == 4 { break }
        }
        let group = Task { try await journal.keep(all: [draft, draft]) }
        release.signal()
        try await holder.value
        #expect(try await group.value.count == 2)
        var kept = 0
        for single in singles where try await single.value != nil { kept += 1 }
        #expect((1...6).contains(kept))
        let entries = try await site.read {
            try $0.serviceEntries(.analysis, outcome: nil, before: nil, limit: 100).count
        }
        #expect(entries == kept + 2)
    }

    @Test func aFailedCommitFailsWhoWaitedAndNoOneElse() async throws {
        let site = try await Site()
        let journal = ServiceJournal(store: site.store, clock: site.clock)
        let bad = ServiceDraft(.analysis, outcome: "PASS", ground: Digest(of: "none"), content: Array("{\"a\":1}".utf8))
        await #expect(throws: (any Error).self) { try await journal.keep(bad) }
        #expect(try await site.pipeline.analyze(Self.claim()).entry.sequence == 1)
    }

    @Test func anExtractionIsKeptAndReplays() async throws {
        let site = try await Site()
        let note = "Assessment: type 2 diabetes (E11.9), denies chest pain.\u{0c}Plan: metformin 500 mg twice daily."
        let kept = try await site.pipeline.extract(Array(note.utf8), reader: DocumentReader())
        let body = try JSON(parsing: kept.entry.body)
        #expect(Shipped.home.contracts.violations(of: "extraction", in: body) == [])
        let mentions = body["answer"]?["mentions"]?.elements ?? []
        #expect(mentions.map { $0["text"]?.string } == ["type 2 diabetes", "chest pain", "metformin"])
        #expect(mentions.map { $0["page"]?.integer } == [1, 1, 2])
        #expect(mentions[1]["context"]?[0]?.string == "negated")
        #expect(mentions[2]["dose"]?["amount"]?.numberText == "500")
        #expect(body["answer"]?["codes"]?[0]?["code"]?.string == "E11.9")
        let place = try #require(mentions[2]["start"]?.integer)
        #expect(Array(note.utf8)[place...].starts(with: "metformin".utf8))
        let report = try await site.pipeline.replay(kept.entry.id)
        #expect(report.isIdentical && report.isIntact, "\(report.differences)")
    }

    @Test func moreDocumentsThanPlacesAreRefused() async throws {
        let site = try await Site()
        let desk = site.pipeline.documents
        /// Takes places one within the other, and asks for one more when none is left.
        func nest(_ left: Int) async throws {
            if left == 0 {
                await #expect(throws: DocumentDesk.Full.self) { try await desk.withPlace {} }
            } else {
                try await desk.withPlace { try await nest(left - 1) }
            }
        }
        try await nest(DocumentDesk.maximumPresent)
        // All places are free again.
        try await nest(DocumentDesk.maximumPresent)
    }

    @Test func anObjectionIsKeptAndChangesNothing() async throws {
        let site = try await Site()
        let kept = try await site.pipeline.analyze(Self.claim())
        let objection = Disagreement(
            icd10Code: "K29.70", treatmentCode: "A02BC01", treatmentName: "omeprazole", score: Score(hundredths: 100),
            knowledgeVersion: kept.response.knowledgeVersion, reason: "Not first line here", by: "Auditor")
        let entry = try await site.pipeline.disagree(objection, with: kept.entry)
        #expect(entry.about == 1)
        #expect(try await site.read { try $0.serviceEntries(about: 1, limit: 9) } == [entry])
        #expect(try await site.pipeline.replay(kept.entry.id).isIdentical)
        await #expect(throws: CannotReplay.self) { try await site.pipeline.replay(entry.id) }
        #expect(try await site.pipeline.analyze(Self.claim()).answer == kept.answer)
    }
}
