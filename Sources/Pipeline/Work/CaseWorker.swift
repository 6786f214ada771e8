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
    /// Told of every case that went on.
    let waiters: CaseWaiters
    let program: String

    struct Report: Sendable {
        var claimed = 0
        var decisions = 0
        var timers = 0
        var setAside = 0
        /// Cases that other entries, look-ups or keys overtook; they are due and are decided again.
        var moved = 0
        /// What kept a case from being set aside.
        var failure: (any Error)?
    }

    /// Seconds of the machine's time for which nobody else is given the claimed cases.
    static let lease = 30
    /// Waits before a case that was set aside is tried again by itself: a minute, then four times as long each time.
    static func retryDelay(attempts: Int) -> Int { min(60 << min(attempts * 2, 12), 86_400) }

    /// Claims up to `limit` cases and works them once. What goes wrong in one of them holds up no other.
    func work(_ choice: Choice, limit: Int, generation: Generation) async throws -> Report {
        let now = clock.now
        let claimed = try await store.claimWork(choice, limit: limit, now: now, lease: Self.lease)
        var report = Report(claimed: claimed.count)
        if claimed.isEmpty { return report }
        do {
            var runs = try await begin(claimed, now: now, generation: generation, &report)
            try await decide(&runs, now: now, &report)
            try await commit(runs, &report)
        } catch {
            // Nothing more is done with them now: the cases are due as they were.
            try? await store.release(claimed)
            throw error
        }
        if let failure = report.failure { throw failure }
        return report
    }

    // MARK: Facts

    private func begin(_ claimed: [CaseWork], now: Instant, generation: Generation, _ report: inout Report) async throws
        -> [CaseRun]
    {
        // Facts that reach past the claimed position, which an earlier commit left, serve as they are.
        let known = claimed.map { cache.facts(of: $0.caseNumber) }
        let tails = try await each(zip(claimed, known).map { ($0.caseNumber, $1?.position) }) {
            try await store.entries(after: $0)
        }
        var runs: [CaseRun] = []
        for (index, work) in claimed.enumerated() {
            do {
                let tail = try tails[index].get()
                var facts = known[index]?.facts ?? CaseFacts(number: work.caseNumber)
                try CaseReader.fold(tail.filter { $0.sequence <= work.position.sequence }, into: &facts)
                guard facts.sequence == work.position.sequence else {
                    // Another has gone on with it since it was claimed: its next turn comes.
                    cache.forget(work.caseNumber)
                    try await store.release([work])
                    continue
                }
                runs.append(try CaseRun(work: work, facts: facts, now: now, generation: generation))
            } catch { try await setAside(work, error, now, &report) }
        }
        return runs
    }

    // MARK: Deciding

    /// What a case asks.
    private struct Inquiry: Sendable {
        var caseNumber: CaseNumber
        var questions: [Question]
    }

    /// Lets all runs decide; what they ask is looked up for all of them at once.
    private func decide(_ runs: inout [CaseRun], now: Instant, _ report: inout Report) async throws {
        var open = Array(runs.indices)
        var failed: Set<Int> = []
        while !open.isEmpty {
            var asking: [Int] = []
            var inquiries: [Inquiry] = []
            for index in open {
                do {
                    guard case .asks(let questions) = try runs[index].advance() else { continue }
                    asking.append(index)
                    inquiries.append(Inquiry(caseNumber: runs[index].work.caseNumber, questions: questions))
                } catch {
                    failed.insert(index)
                    try await setAside(runs[index].work, error, now, &report)
                }
            }
            let answers = try await each(inquiries, lookUp)
            open = []
            for (index, (inquiry, found)) in zip(asking, zip(inquiries, answers)) {
                do {
                    for (question, answer) in zip(inquiry.questions, try found.get()) {
                        runs[index].answer(question, answer)
                    }
                    open.append(index)
                } catch {
                    failed.insert(index)
                    try await setAside(runs[index].work, error, now, &report)
                }
            }
        }
        runs = runs.indices.filter { !failed.contains($0) }.map { runs[$0] }
    }

    private func lookUp(_ inquiries: [Inquiry]) async throws -> [[Answer]] {
        if inquiries.isEmpty { return [] }
        var billingNPI: String?
        if inquiries.contains(where: { $0.questions.contains(.billing) }),
            case .setting(let npi)? = try await store.lookUp([.setting(LookUps.billingSetting)]).first
        {
            billingNPI = npi
        }
        let wanted = inquiries.map { inquiry in
            inquiry.questions.map { lookUps.lookUp($0, of: inquiry.caseNumber, billingNPI: billingNPI) }
        }
        var found = try await store.lookUp(wanted.flatMap { $0.compactMap(\.self) })[...]
        return try zip(inquiries, wanted).map { inquiry, wanted in
            try zip(inquiry.questions, wanted).map { question, lookUp in
                try lookUps.answer(question, lookUp == nil ? nil : found.popFirst())
            }
        }
    }

    // MARK: Committing

    private func commit(_ runs: [CaseRun], _ report: inout Report) async throws {
        let results = try await each(runs.map(\.commit)) { try await store.commit($0) }
        var again: [CaseWork] = []
        for (run, result) in zip(runs, results) {
            do {
                switch try result.get() {
                case .committed(let position):
                    cache.keep(run.facts, at: position)
                    report.decisions += run.decisions
                    report.timers += run.timersFired
                    waiters.tell(run.facts)
                case .moved:
                    report.moved += 1
                    cache.forget(run.work.caseNumber)
                    again.append(run.work)
                case .seenChanged, .taken:
                    report.moved += 1
                    again.append(run.work)
                case .refused(let why): throw StoreRefusal(why)
                }
            } catch { try await setAside(run.work, error, run.now, &report) }
        }
        // Decided again at once, on what is there now.
        if !again.isEmpty { try await store.release(again) }
    }

    // MARK: Faults

    /// What the store does for each of several at once. Where that throws, one of them may be at fault, and each is done by
    /// itself; a fault of the store is nobody's, and is thrown.
    private func each<Item: Sendable, Value: Sendable>(_ items: [Item], _ body: ([Item]) async throws -> [Value])
        async throws -> [Result<Value, any Error>]
    {
        do { return try await body(items).map { .success($0) } } catch {
            guard error.isOfCase else { throw error }
            guard items.count > 1 else { return items.map { _ in .failure(error) } }
        }
        var results: [Result<Value, any Error>] = []
        for item in items { results += try await each([item], body) }
        return results
    }

    /// Takes a case out of the work, with the reason that its error gives.
    private func setAside(_ work: CaseWork, _ error: any Error, _ now: Instant, _ report: inout Report) async throws {
        guard error.isOfCase else { throw error }
        let tags = error.tags
        cache.forget(work.caseNumber)
        let number = work.caseNumber
        do {
            let attempts = try await store.read { try $0.setAside(number)?.attempts ?? 0 }
            try await store.setAside(
                work, reason: tags.reason, detail: tags.detail, program: program, now: now,
                retryAt: now.adding(seconds: Self.retryDelay(attempts: attempts)))
            report.setAside += 1
        } catch {
            guard error.isOfCase else { throw error }
            // The others go on. Until its lease ends it is not claimed again, and whoever asked for the work hears of it.
            report.failure = report.failure ?? error
        }
    }
}

extension Error {
    /// Whether it may be the fault of what was worked, and not of the store or of an end that somebody called for.
    fileprivate var isOfCase: Bool { !(self is StoreFault || self is CancellationError) }

    /// Why a case is set aside: a written tag and its detail, without anything of a patient.
    fileprivate var tags: (reason: String, detail: String) {
        switch self {
        case let fault as CaseRun.Fault: fault.tags
        case let fault as CaseReader.UnknownForm: ("unknown_form", fault.description)
        case let fault as CanonicalFault: ("unreadable", fault.description)
        case let damage as RecordDamage: ("damaged", damage.description)
        case let refusal as StoreRefusal: ("refused", refusal.description)
        default: ("failed", "\(type(of: self))")
        }
    }
}
