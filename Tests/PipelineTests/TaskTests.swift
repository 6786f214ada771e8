import Claims
import HealthTypes
import Pipeline
import Review
import Stages
import Store
import Testing

/// Questions for people, and their answers.
@Suite struct TaskTests {
    /// A site on which one claim waits for a person.
    private func held() async throws -> (site: Site, task: TaskRow) {
        let site = try await Site.furnished()
        try await site.take(World.batch([World.claim("OUT-1", diagnosis: "Q99Z9")]))
        try await site.run(days: 1)
        return (site, try #require(try site.read { try $0.openTasks(kind: "claim.held", limit: 5).first }))
    }

    @Test func anAnswerThatIsNoneIsRefused() async throws {
        let (site, task) = try await held()
        func resolve(_ id: String, _ answer: String, _ reason: String) async throws {
            try await site.pipeline.resolve(task: id, answer: answer, reason: reason, by: "Quill, A.")
        }
        await #expect(throws: Pipeline.TaskRefusal.notOffered) { try await resolve(task.id, "approve", "why not") }
        for empty in ["", "  \n\t"] {
            await #expect(throws: Pipeline.TaskRefusal.noReason) { try await resolve(task.id, "release", empty) }
        }
        await #expect(throws: Pipeline.TaskRefusal.unknown) { try await resolve("T-0", "release", "why not") }
        #expect(try site.read { try $0.task(task.id) }?.state == .open)
        let before = try site.figure(.journalEntries)
        try await site.pipeline.work()
        #expect(try site.figure(.journalEntries) == before)

        try await resolve(task.id, "void", "billed elsewhere")
        await #expect(throws: Pipeline.TaskRefusal.closed) { try await resolve(task.id, "release", "changed my mind") }
        #expect(try site.read { try $0.task(task.id) }?.state == .resolved)
    }

    @Test func aReleasedClaimGoesOut() async throws {
        let (site, task) = try await held()
        #expect(task.amountCents == 14_500 && task.deadline != nil)
        try await site.answer("claim.held", "release")
        try await site.run(days: 30)
        let facts = try site.facts("OUT-1")
        #expect(facts.sentClaims.map(\.controlNumber) == ["OUT-1"])
        #expect(facts.sentClaims.first?.diagnoses.map(\.code) == ["Q99Z9"])
        #expect(site.wire.sent.filter { $0.kind == .claims }.count == 1)
        let resolution = try #require(facts.resolutions.first)
        #expect(resolution.by == "Quill, A." && resolution.reason == "looked at")
        // It was sent with somebody's hand in it.
        #expect(try site.figure(.claimsSentUntouched) == 0)
        #expect(try site.figure(.claimsSent) == 1)
        for decision in facts.decisions { #expect(try site.pipeline.replay(decision.id).identical) }
    }

    @Test func aVoidedClaimDoesNotGoOut() async throws {
        let (site, _) = try await held()
        try await site.answer("claim.held", "void")
        try await site.run(days: 30)
        #expect(try site.facts("OUT-1").sentClaims.isEmpty)
        #expect(try site.story("OUT-1").last?.hasSuffix(" void") == true)
        #expect(site.wire.sent.allSatisfy { $0.kind != .claims })
        #expect(try site.dollars().paid == .zero)
        #expect(try site.dollars().billed == .zero)
    }
}
