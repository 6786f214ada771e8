import HealthTypes
import Stages
import Store

/// Carries cases as far as they can go without the world: claims them, decides outside of any transaction, commits, and
/// begins anew with those that were overtaken meanwhile.
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
        /// How often other entries, look-ups or keys overtook a case.
        var moved = 0
        /// What kept a case from being set aside.
        var failure: (any Error)?
    }

    /// Seconds of the machine's time for which nobody else is given the claimed cases.
    static let lease = 30
    /// How often a case is tried that is overtaken each time, and seconds until the next time.
    static let maximumTries = 8
    static let secondsLater = 10
    /// Waits before a case that was set aside is tried again by itself: a minute, then four times as long each time.
    static func retryDelay(attempts: Int) -> Int { min(60 << min(attempts * 2, 12), 86_400) }

    /// Claims up to `limit` cases and works them. What goes wrong in one of them holds up no other. One that is overtaken is
    /// worked anew at once, on what is there then, and after the eighth time later.
    func work(_ choice: Choice, limit: Int, generation: Generation) async throws -> Report {
        var work = try await store.claimWork(choice, limit: limit, now: clock.now, lease: Self.lease)
        var report = Report(claimed: work.count)
        var tries = 0
        while !work.isEmpty {
            tries += 1
            do {
                let overtaken = try await once(work, generation: generation, &report)
                report.moved += overtaken.count
                work = try await claimAgain(overtaken, tries)
            } catch {
                // Nothing more is done with them now: the cases are due as they were.
                try? await store.release(work)
                throw error
            }
        }
        if let failure = report.failure { throw failure }
        return report
    }

    private func claimAgain(_ overtaken: [CaseWork], _ tries: Int) async throws -> [CaseWork] {
        if overtaken.isEmpty { return [] }
        let now = clock.now
        guard tries < Self.maximumTries else {
            try await store.putOff(overtaken, until: now.adding(seconds: Self.secondsLater))
            return []
        }
        try await store.release(overtaken)
        return try await store.claimWork(
            .cases(overtaken.map(\.caseNumber)), limit: overtaken.count, now: now, lease: Self.lease)
    }

    /// Works claimed cases once, and gives back those that other entries, look-ups or keys overtook.
    private func once(_ claimed: [CaseWork], generation: Generation, _ report: inout Report) async throws -> [CaseWork]
    {
        let now = clock.now
        var (open, overtaken) = try await begin(claimed, now: now, generation: generation, &report)
        while !open.isEmpty {
            let decided = try await decide(&open, now: now, &report)
            overtaken += try await commit(decided, &report)
        }
        return overtaken
    }

    // MARK: Facts

    /// A case that is worked, and what it asks before it can go on.
    private struct Open {
        enum Stand { case deciding, parked, finished, failed }

        var run: CaseRun
        var questions: [Question] = []
        var stand = Stand.deciding
    }

    private func begin(_ claimed: [CaseWork], now: Instant, generation: Generation, _ report: inout Report) async throws
        -> (open: [Open], overtaken: [CaseWork])
    {
        // Facts that reach past the claimed position, which an earlier commit left, serve as they are.
        let known = claimed.map { cache.facts(of: $0.caseNumber) }
        let tails = try await each(zip(claimed, known).map { ($0.caseNumber, $1?.position) }) {
            try await store.entries(after: $0)
        }
        var open: [Open] = []
        var overtaken: [CaseWork] = []
        for (index, work) in claimed.enumerated() {
            do {
                let tail = try tails[index].get()
                var facts = known[index]?.facts ?? CaseFacts(number: work.caseNumber)
                try CaseReader.fold(tail.filter { $0.sequence <= work.position.sequence }, into: &facts)
                guard facts.sequence == work.position.sequence else {
                    // Another has gone on with it since it was claimed.
                    cache.forget(work.caseNumber)
                    overtaken.append(work)
                    continue
                }
                var run = try CaseRun(work: work, facts: facts, now: now, generation: generation)
                run.byteCount += (known[index]?.byteCount ?? 0) + tail.map(\.body.count).reduce(0, +)
                open.append(Open(run: run))
            } catch { try await setAside(work, error, now, &report) }
        }
        return (open, overtaken)
    }

    // MARK: Deciding

    /// What a case asks.
    private struct Inquiry: Sendable {
        var caseNumber: CaseNumber
        var questions: [Question]
    }

    /// Lets cases decide, in their places; what they ask is looked up for all of them at once. Gives those that are ready to
    /// be committed and leaves in `open` those that wait for these.
    ///
    /// Of several that ask about what they share, such as one member's claims, one goes on and the others are parked until
    /// it is committed: decided on the same look-up, all but one would have to be decided again.
    private func decide(_ open: inout [Open], now: Instant, _ report: inout Report) async throws -> [CaseRun] {
        var holders: [SharedKey: Int] = [:]
        var active = Array(open.indices)
        while !active.isEmpty {
            var asking: [Int] = []
            for index in active {
                do {
                    if open[index].questions.isEmpty {
                        guard case .asks(let questions) = try open[index].run.advance() else {
                            open[index].stand = .finished
                            continue
                        }
                        open[index].questions = questions
                    }
                    let keys = open[index].questions.compactMap(\.shared)
                    guard keys.allSatisfy({ holders[$0, default: index] == index }) else {
                        open[index].stand = .parked
                        continue
                    }
                    for key in keys { holders[key] = index }
                    asking.append(index)
                } catch { try await fail(&open[index], error, now, &report) }
            }
            let inquiries = asking.map {
                Inquiry(caseNumber: open[$0].run.work.caseNumber, questions: open[$0].questions)
            }
            let answers = try await each(inquiries, lookUp)
            active = []
            for (index, found) in zip(asking, answers) {
                do {
                    for (question, answer) in zip(open[index].questions, try found.get()) {
                        open[index].run.answer(question, answer)
                    }
                    open[index].questions = []
                    active.append(index)
                } catch { try await fail(&open[index], error, now, &report) }
            }
        }
        let finished = open.filter { $0.stand == .finished }.map(\.run)
        open.removeAll { $0.stand != .parked }
        for index in open.indices { open[index].stand = .deciding }
        return finished
    }

    private func fail(_ open: inout Open, _ error: any Error, _ now: Instant, _ report: inout Report) async throws {
        open.stand = .failed
        try await setAside(open.run.work, error, now, &report)
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

    /// Commits all of them in one transaction, and gives back those that were overtaken.
    private func commit(_ runs: [CaseRun], _ report: inout Report) async throws -> [CaseWork] {
        if runs.isEmpty { return [] }
        let results = try await each(runs.map(\.commit)) { try await store.commit($0) }
        var overtaken: [CaseWork] = []
        for (run, result) in zip(runs, results) {
            do {
                switch try result.get() {
                case .committed(let position):
                    cache.keep(run.facts, at: position, byteCount: run.byteCount)
                    report.decisions += run.decisions
                    report.timers += run.timersFired
                    waiters.tell(run.facts)
                case .moved:
                    cache.forget(run.work.caseNumber)
                    overtaken.append(run.work)
                case .seenChanged, .taken: overtaken.append(run.work)
                case .refused(let why): throw StoreRefusal(why)
                }
            } catch { try await setAside(run.work, error, run.now, &report) }
        }
        return overtaken
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
