import Claims
import ClinicalText
import HealthTypes
import PayerSimulator
import Review
import SampleDay
import Stages
import Store
import Testing

@testable import Pipeline

/// Whole days of a synthetic health system.
@Suite struct SampleDayTests {
    /// A day of 60 encounters, carried once for the tests that only look.
    private struct Outcome {
        let day: DayFiles
        let site: Site
        let reports: [IntakeReport]
        let heard: [ReviewRequest]
    }

    private func sixty() async throws -> Outcome {
        let day = try DayFiles(encounters: 60, seed: 3)
        let ear = Eavesdropper()
        let site = try await Site(
            day, reviewers: .immediate(ReviewPanel(analyst: ear, compliance: RuleCompliance())))
        let reports = try await site.carry(day)
        return Outcome(day: day, site: site, reports: reports, heard: ear.requests)
    }

    @Test func aDayIsConservedAndNamesNobody() async throws {
        let outcome = try await sixty()
        try await conserves(outcome)
        try await namesNobody(outcome)
        try await replays(outcome)
        try await everyEncounterIsAccountedFor(outcome)
    }

    /// Every unit that came in is counted once, and every message of the log is in its count.
    private func conserves(_ outcome: Outcome) async throws {
        #expect(outcome.reports.count == outcome.day.manifest.files.count)
        for report in outcome.reports {
            #expect(report.units > 0, "\(report.line)")
            #expect(
                report.units == report.accepted + report.duplicates + report.unmatched + report.kept + report.refused,
                "\(report.line)")
            #expect(report.refused == 0, "\(report.line)")
        }
        let counted = try await outcome.site.read { try $0.messageCounts() }.filter { $0.direction == .incoming }
        #expect(counted.map(\.count).reduce(0, +) >= outcome.reports.map(\.units).reduce(0, +))
        let totals = try await outcome.site.totals()
        #expect(totals.deliveriesFailed == 0 && totals.casesSetAside == 0 && totals.unitsWaiting == 0)
        #expect(totals.sendsUnformed == 0)
        // Only what is for the EHR waits: nobody has fetched it.
        let waiting = try await outcome.site.read { try $0.laneStatus().filter { $0.waiting > 0 }.map(\.lane.kind) }
        #expect(waiting == [LaneKind.chart.rawValue])
        #expect(try await outcome.site.faultLines() == [])
    }

    /// What may be logged carries no patient's name, member id or birth date.
    private func namesNobody(_ outcome: Outcome) async throws {
        let table = try TabularFile(name: "members.tsv", bytes: outcome.day.members)
        var secrets: Set<String> = []
        for row in table.rows {
            let birth = String(row.cells[4])
            secrets.formUnion([String(row.cells[1]), String(row.cells[2]), birth, birth.filter { $0 != "-" }])
        }
        secrets = secrets.filter { $0.count > 2 }
        #expect(secrets.count > 150)
        var said: [String] = []
        for report in outcome.reports {
            said.append(report.line)
            said += report.issues.flatMap { [$0.message, $0.line] }
        }
        said += try await outcome.site.read { page in
            var said: [String] = []
            for line in try page.cases(CaseFilter(), after: nil, limit: 1000) {
                for message in try page.messages(of: line.caseNumber) {
                    said.append(String(decoding: message.issues, as: UTF8.self))
                }
                let facts = try CaseReader.facts(
                    of: line.caseNumber, page.entries(of: line.caseNumber, through: nil))
                for record in facts.decisions {
                    said += [record.reason.tag, record.decision.outcome.tag] + record.decision.passed
                    said += record.decision.findings.flatMap { [$0.id, $0.title, $0.message] }
                    said += record.decision.gate?.rationale ?? []
                }
                for item in facts.workItems { said += [item.item.kind.title] + item.item.reason }
            }
            for message in try page.troubledMessages(before: nil, limit: 1000) {
                said.append(String(decoding: message.issues, as: UTF8.self))
            }
            return said
        }
        for request in outcome.heard {
            said += [request.notes?.text ?? "", request.memberToken]
            said += request.checks.flatMap { [$0.title, $0.message] + $0.basis }
        }
        #expect(said.count > 3000)
        let all = said.joined(separator: "\n")
        for secret in secrets { #expect(!all.contains(secret), "a patient's datum is said") }
    }

    /// Every decision of the day is made again from the record, byte for byte.
    private func replays(_ outcome: Outcome) async throws {
        var replayed = 0
        for number in 1...60 {
            for report in try await outcome.site.pipeline.replay(case: CaseNumber(number)) {
                #expect(report.isIdentical && report.isIntact, "\(report.line)")
                replayed += 1
            }
        }
        #expect(replayed > 400)
        #expect(try await outcome.site.totals().decisions == replayed)
    }

    private func everyEncounterIsAccountedFor(_ outcome: Outcome) async throws {
        let cases = try await outcome.site.read { try $0.cases(CaseFilter(), after: nil, limit: 1000) }
        #expect(cases.count == 60)
        for line in cases {
            let facts = try await outcome.site.pipeline.facts(of: line.caseNumber)
            #expect(!facts.decisions.isEmpty, "\(line.caseNumber)")
            // Each trigger is settled once.
            #expect(Set(facts.decisions.map(\.decision.trigger)).count == facts.decisions.count, "\(line.caseNumber)")
            #expect(facts.pending.isEmpty, "\(line.caseNumber)")
            for claim in facts.claims where claim.wasSent {
                let settled = facts.remittances.contains { $0.claim == claim.ref }
                let rejected = claim.acknowledgements.contains { $0.outcome == .rejected }
                #expect(settled || rejected, "\(claim.claim.controlNumber) was sent and never answered")
            }
        }
    }

    /// The notes that reviewers see name nobody, even where the claim's own notes do.
    @Test func reviewersAreToldNoName() async throws {
        let ear = Eavesdropper()
        let site = try await Site.furnished(
            reviewers: .immediate(ReviewPanel(analyst: ear, compliance: RuleCompliance())))
        try await site.take(
            World.claimJSON(
                "WEB-1",
                notes: "Ms. Aldbary (Breana), born 1980-04-05, member \(World.memberID), of 12 Brindle Row, coughs."))
        try await site.run(days: 1)
        let request = try #require(ear.requests.first)
        let notes = try #require(request.notes)
        #expect(notes.text.contains("coughs"))
        for word in ["Aldbary", "Breana", "1980-04-05", World.memberID, "Brindle"] {
            #expect(!notes.text.contains(word), "\(word)")
        }
        #expect(!request.memberToken.isEmpty && !request.memberToken.contains(World.memberID))
    }

    // MARK: Disturbances

    /// A process that dies at a seeded point, again and again, comes to the same end.
    @Test(arguments: [1, 2])
    func crashesChangeNothing(seed: Int) async throws {
        let day = try DayFiles(encounters: 40, seed: 5)
        let calm = try await Site(day)
        try await calm.carry(day)
        let expected = try await calm.dayTotals()

        let site = try await Site(day)
        var random = SeededRandom(seed: UInt64(seed), stream: "crashes")
        var crashes = 0
        while true {
            let (store, calls) = (site.store, Counter())
            let (last, takesEffect) = (crashes < 12 ? random.integer(in: 1..<90) : Int.max, random.chance(50))
            site.wire.interfere { _ in
                guard calls.next() >= last else { return .through }
                try? await store.close()
                return takesEffect ? .answerLost(.temporary(retryAfter: nil)) : .lost(.temporary(retryAfter: nil))
            }
            do {
                try await site.carry(day)
                break
            } catch {
                guard calls.value >= last else { throw error }
                crashes += 1
                try await site.restart()
            }
        }
        #expect(crashes > 3)
        // Whatever went twice was the same twice.
        for (key, sent) in Dictionary(grouping: site.wire.sent, by: \.key) {
            #expect(Set(sent.map(\.bytes)).count == 1, "\(key)")
        }
        #expect(site.wire.sent.count > calm.wire.sent.count)
        let found = try await site.dayTotals()
        #expect(found.dollars == expected.dollars)
        #expect(found.decisions == expected.decisions)
        #expect(found.findings == expected.findings)
        #expect(found.work == expected.work)
        #expect(found.cases == expected.cases)
        #expect(found.messages == expected.messages)
        #expect(try await site.faultLines() == [])
    }

    /// What a bad line and a bad payer do to messages does nothing to the money and the findings.
    @Test(arguments: [
        "timeouts=0.2", "duplicates=0.5", "malformed=0.3", "out-of-order=0.5",
        "timeouts=0.1,duplicates=0.2,malformed=0.2,out-of-order=0.3",
    ])
    func faultsChangeNothing(faults: String) async throws {
        let day = try DayFiles(encounters: 40, seed: 5)
        let calm = try await Site(day)
        try await calm.carry(day)
        let expected = try await calm.dayTotals()

        let site = try await Site(day, faults: Faults.parse(faults))
        try await site.carry(day)
        let found = try await site.dayTotals()
        #expect(found.dollars == expected.dollars)
        #expect(found.findings == expected.findings)
        #expect(try await site.faultLines() == [])
        #expect(found.messages != expected.messages || faults.contains("timeouts") || faults.contains("order"))
    }
}
