import Claims
import HealthTypes
import Stages
import Store
import Testing

@testable import Pipeline

/// Questions for people, and their answers.
@Suite struct WorkItemTests {
    /// A site on which one claim waits for a person.
    private func held() async throws -> (site: Site, item: WorkItemName) {
        let site = try await Site.furnished()
        try await site.take(World.batch([World.claim("OUT-1", diagnosis: "Q99Z9")]))
        try await site.run(days: 1)
        return (site, try #require(try await site.openItem(.submission, "held")))
    }

    @Test func anAnswerThatIsNoneIsRefused() async throws {
        let (site, item) = try await held()
        func resolve(
            _ name: WorkItemName, _ resolution: SubmissionResolution, _ reason: String, by: String = "Quill, A."
        ) async throws {
            try await site.pipeline.resolve(name, .submission(resolution), reason: reason, by: by)
        }
        await #expect(throws: Pipeline.AnswerRefusal.notOffered) {
            try await resolve(item, .billedElsewhere, "why not")
        }
        await #expect(throws: Pipeline.AnswerRefusal.notOffered) {
            try await site.pipeline.resolve(item, .denials(.writeOff), reason: "why not", by: "Quill, A.")
        }
        for empty in ["", "  \n\t"] {
            await #expect(throws: Pipeline.AnswerRefusal.noReason) { try await resolve(item, .release, empty) }
            await #expect(throws: Pipeline.AnswerRefusal.noName) { try await resolve(item, .release, "why", by: empty) }
        }
        for name in ["W-0000099-1-0", "W-\(item.caseNumber.description.dropFirst(2))-1-0"] {
            let name = try #require(WorkItemName(name))
            await #expect(throws: Pipeline.AnswerRefusal.unknown) { try await resolve(name, .release, "why not") }
        }
        #expect(try await site.work("OUT-1") == ["submission held open"])
        let before = try await site.totals().entries
        try await site.pipeline.work()
        #expect(try await site.totals().entries == before)

        try await resolve(item, .void, "billed elsewhere")
        await #expect(throws: Pipeline.AnswerRefusal.closed) { try await resolve(item, .release, "changed my mind") }
        #expect(try await site.work("OUT-1") == ["submission held answered"])
    }

    @Test func aReleasedClaimGoesOut() async throws {
        let (site, item) = try await held()
        let line = try #require(
            try await site.read { try $0.workItem(item.caseNumber, entry: item.item.entry, number: item.item.number) })
        #expect(line.row.amount == Money("145") && line.row.deadline != nil)
        try await site.answer("held", .submission(.release))
        try await site.run(days: 30)
        let facts = try await site.facts("OUT-1")
        #expect(facts.sentClaims.map(\.controlNumber) == ["OUT-1"])
        #expect(facts.sentClaims.first?.diagnoses.map(\.code) == ["Q99Z9"])
        #expect(site.wire.sent.filter { $0.kind == .claims }.count == 1)
        guard case .answered(let answer, _) = facts.workItem(item.item)?.state else {
            Issue.record("the item is not answered")
            return
        }
        #expect(answer.by == "Quill, A." && answer.reason == "looked at")
        // It was sent with somebody's hand in it.
        let clean = try await site.read { try SiteFigures.compute(in: $0) }.first { $0.id == "clean-claim" }
        #expect(clean?.numerator == 0 && clean?.denominator == 1)
        for report in try await site.pipeline.replay(case: facts.number) {
            #expect(report.isIdentical && report.isIntact, "\(report.line)")
        }
        #expect(try await site.faultLines() == [])
    }

    @Test func aVoidedClaimDoesNotGoOut() async throws {
        let (site, _) = try await held()
        try await site.answer("held", .submission(.void))
        try await site.run(days: 30)
        #expect(try await site.facts("OUT-1").sentClaims.isEmpty)
        #expect(try await site.story("OUT-1").last == "submission resolved void")
        #expect(site.wire.sent.allSatisfy { $0.kind != .claims })
        #expect(try await site.dollars().paid == .zero)
        #expect(try await site.dollars().billed == .zero)
    }

    /// Two people at the same item: one answer counts, the other is told.
    @Test func oneOfTwoAnswersCounts() async throws {
        let (site, item) = try await held()
        let pipeline = site.pipeline
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for resolution in [SubmissionResolution.release, .void] {
                group.addTask {
                    do {
                        try await pipeline.resolve(item, .submission(resolution), reason: "mine", by: "Quill, A.")
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 }.count == 1)
        try await site.pipeline.work()
        #expect(try await site.work("OUT-1").first == "submission held answered")
        #expect(try await site.faultLines() == [])
    }
}
