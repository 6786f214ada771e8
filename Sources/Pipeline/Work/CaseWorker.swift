import HealthTypes
import Stages
import Store

/// Carries cases as far as they can go without the world: claims them, decides outside of any transaction, commits, and
/// begins anew with those that moved meanwhile.
struct CaseWorker: Sendable {
    let store: any CaseStore & PageStore
    let clock: any Clock
    let lookUps: LookUps
    let cache: FactsCache
    let program: String

    struct Report: Sendable {
        var claimed = 0
        var decisions = 0
        var timers = 0
        var setAside = 0
        /// Cases that other entries or look-ups overtook; they are due and are decided again.
        var moved = 0
        /// Cases that went on, as they stand now.
        var advanced: [CaseFacts] = []
    }

    /// Seconds of the machine's time for which nobody else is given the claimed cases.
    static let lease = 30
    /// Waits before a case that was set aside is tried again by itself: a minute, then four times as long each time.
    static func retryDelay(attempts: Int) -> Int { min(60 << min(attempts * 2, 12), 86_400) }

    /// Claims up to `limit` cases and works them once.
    func work(_ choice: Choice, limit: Int, generation: Generation) async throws -> Report {
        let now = clock.now
        let claimed = try await store.claimWork(choice, limit: limit, now: now, lease: Self.lease)
        var report = Report(claimed: claimed.count)
        if claimed.isEmpty { return report }
        var runs = try await begin(claimed, now: now, generation: generation, &report)
        try await decide(&runs, now: now, &report)
        try await commit(runs, &report)
        return report
    }

    // MARK: Facts

    private func begin(_ claimed: [CaseWork], now: Instant, generation: Generation, _ report: inout Report) async throws
        -> [CaseRun]
    {
        // Facts that reach past the claimed position, which an earlier commit left, serve as they are.
        let known = claimed.map { cache.facts(of: $0.caseNumber) }
        let tails = try await store.entries(after: zip(claimed, known).map { ($0.caseNumber, $1?.position) })
        var runs: [CaseRun] = []
        for (index, work) in claimed.enumerated() {
            do {
                var facts = known[index]?.facts ?? CaseFacts(number: work.caseNumber)
                try CaseReader.fold(tails[index].filter { $0.sequence <= work.position.sequence }, into: &facts)
                guard facts.sequence == work.position.sequence else {
                    // Another has gone on with it since it was claimed: its next turn comes.
                    cache.forget(work.caseNumber)
                    try await store.release([work])
                    continue
                }
                var run = try CaseRun(work: work, facts: facts, now: now, generation: generation)
                run.byteCount += (known[index]?.byteCount ?? 0) + tails[index].map(\.body.count).reduce(0, +)
                runs.append(run)
            } catch let fault as CaseReader.UnknownForm {
                try await setAside(work, ("unknown_form", fault.description), now, &report)
            } catch let fault as CaseRun.Fault {
                try await setAside(work, fault.tags, now, &report)
            }
        }
        return runs
    }

    // MARK: Deciding

    /// Lets all runs decide; what they ask is looked up for all of them at once.
    private func decide(_ runs: inout [CaseRun], now: Instant, _ report: inout Report) async throws {
        var open = Array(runs.indices)
        var failed: Set<Int> = []
        while !open.isEmpty {
            var questions: [(run: Int, question: Question)] = []
            for index in open {
                do {
                    switch try runs[index].advance() {
                    case .asks(let asked): questions += asked.map { (index, $0) }
                    case .finished: break
                    }
                } catch let fault as CaseRun.Fault {
                    failed.insert(index)
                    try await setAside(runs[index].work, fault.tags, now, &report)
                }
            }
            let answers = try await lookUp(questions.map { ($0.question, runs[$0.run].work.caseNumber) })
            for (asked, answer) in zip(questions, answers) { runs[asked.run].answer(asked.question, answer) }
            var seen: Set<Int> = []
            open = questions.map(\.run).filter { seen.insert($0).inserted }
        }
        runs = runs.indices.filter { !failed.contains($0) }.map { runs[$0] }
    }

    private func lookUp(_ questions: [(Question, CaseNumber)]) async throws -> [Answer] {
        if questions.isEmpty { return [] }
        var billingNPI: String?
        if questions.contains(where: { $0.0 == .billing }),
            case .setting(let npi)? = try await store.lookUp([.setting(LookUps.billingSetting)]).first
        {
            billingNPI = npi
        }
        let wanted = questions.map { lookUps.lookUp($0.0, of: $0.1, billingNPI: billingNPI) }
        var found = try await store.lookUp(wanted.compactMap { $0 })[...]
        return try zip(questions, wanted).map { question, lookUp in
            try lookUps.answer(question.0, lookUp == nil ? nil : found.popFirst())
        }
    }

    // MARK: Committing

    private func commit(_ runs: [CaseRun], _ report: inout Report) async throws {
        let commits = runs.map(\.commit)
        let results: [CommitResult]
        do { results = try await store.commit(commits) } catch {
            // Nothing was written: the cases are due as they were.
            try? await store.release(runs.map(\.work))
            throw error
        }
        var again: [CaseWork] = []
        for (run, result) in zip(runs, results) {
            switch result {
            case .committed(let position):
                cache.keep(run.facts, at: position, byteCount: run.byteCount)
                report.decisions += run.decisions
                report.timers += run.timersFired
                report.advanced.append(run.facts)
            case .moved:
                report.moved += 1
                cache.forget(run.work.caseNumber)
                again.append(run.work)
            case .seenChanged:
                report.moved += 1
                again.append(run.work)
            case .taken(let key):
                try await setAside(run.work, ("key_taken", "a key of kind \(key.kind)"), run.now, &report)
            case .refused(let why): try await setAside(run.work, ("refused", why), run.now, &report)
            }
        }
        // Decided again at once, on what is there now.
        if !again.isEmpty { try await store.release(again) }
    }

    private func setAside(
        _ work: CaseWork, _ tags: (reason: String, detail: String), _ now: Instant, _ report: inout Report
    ) async throws {
        report.setAside += 1
        cache.forget(work.caseNumber)
        let number = work.caseNumber
        let attempts = try await store.read { try $0.setAside(number)?.attempts ?? 0 }
        try await store.setAside(
            work, reason: tags.reason, detail: tags.detail, program: program, now: now,
            retryAt: now.adding(seconds: Self.retryDelay(attempts: attempts)))
    }
}
