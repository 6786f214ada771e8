import HealthTypes
import Store
import Testing

/// What every store of cases must do, written against the protocols alone: each database runs all of it. The numbers
/// are those of the invariants that a check is about.
enum CaseStoreConformance: String, CaseIterable, CustomTestStringConvertible {
    case everyResult
    case aRefusedCommitLeavesNothing
    case whatMovedIsNeverSetAside
    case twoWorkersDoNothingTwice
    case aLeaseThatRanOutIsTakenOver
    case aReleasedLeaseIsFree
    case whatIsPutOffIsDueLater
    case sharedVersionsRise
    case twoCommitsOfOneMember
    case aKeyLeadsToOneCase
    case lookUpsLeaveOutTheAskingCase
    case intakeBetweenLookUpAndCommit
    case waitingUnitsAreReleasedByIntake
    case waitingUnitsAreReleasedByACommit
    case moreUnitsThanACommitTakes
    case anAnswerAndItsCaseAtOneInstant
    case setAsideComparesTheLease
    case peopleComeFirst
    case limitsAreAnswered
    case nothingCameOfIt
    case nothingIsPutOffThatWasMadeDue
    case rowsComeBack
    case linesGivenAgainReplace
    case tailsGoOnFromAPosition
    case patternsFollowBehind

    var testDescription: String { rawValue }

    func run(_ bench: Bench) async throws {
        switch self {
        case .everyResult: try await bench.everyResult()
        case .aRefusedCommitLeavesNothing: try await bench.aRefusedCommitLeavesNothing()
        case .whatMovedIsNeverSetAside: try await bench.whatMovedIsNeverSetAside()
        case .twoWorkersDoNothingTwice: try await bench.twoWorkersDoNothingTwice()
        case .aLeaseThatRanOutIsTakenOver: try await bench.aLeaseThatRanOutIsTakenOver()
        case .aReleasedLeaseIsFree: try await bench.aReleasedLeaseIsFree()
        case .whatIsPutOffIsDueLater: try await bench.whatIsPutOffIsDueLater()
        case .sharedVersionsRise: try await bench.sharedVersionsRise()
        case .twoCommitsOfOneMember: try await bench.twoCommitsOfOneMember()
        case .aKeyLeadsToOneCase: try await bench.aKeyLeadsToOneCase()
        case .lookUpsLeaveOutTheAskingCase: try await bench.lookUpsLeaveOutTheAskingCase()
        case .intakeBetweenLookUpAndCommit: try await bench.intakeBetweenLookUpAndCommit()
        case .waitingUnitsAreReleasedByIntake: try await bench.waitingUnitsAreReleasedByIntake()
        case .waitingUnitsAreReleasedByACommit: try await bench.waitingUnitsAreReleasedByACommit()
        case .moreUnitsThanACommitTakes: try await bench.moreUnitsThanACommitTakes()
        case .anAnswerAndItsCaseAtOneInstant: try await bench.anAnswerAndItsCaseAtOneInstant()
        case .setAsideComparesTheLease: try await bench.setAsideComparesTheLease()
        case .peopleComeFirst: try await bench.peopleComeFirst()
        case .limitsAreAnswered: try await bench.limitsAreAnswered()
        case .nothingCameOfIt: try await bench.nothingCameOfIt()
        case .nothingIsPutOffThatWasMadeDue: try await bench.nothingIsPutOffThatWasMadeDue()
        case .rowsComeBack: try await bench.rowsComeBack()
        case .linesGivenAgainReplace: try await bench.linesGivenAgainReplace()
        case .tailsGoOnFromAPosition: try await bench.tailsGoOnFromAPosition()
        case .patternsFollowBehind: try await bench.patternsFollowBehind()
        }
    }
}

extension Bench {
    fileprivate func work(_ limit: Int = 100, at: Instant = morning, lease: Int = 30) async throws -> [CaseWork] {
        try await store.claimWork(.due(.batch), limit: limit, now: at, lease: lease)
    }

    private func isCommitted(_ result: CommitResult?) -> Bool {
        if case .committed = result { true } else { false }
    }

    /// Each by itself: one that is refused holds up no other.
    fileprivate func everyResult() async throws {
        let member = SharedKey.member(payerID: "P1", memberID: "M1")
        let cases = [try await open("V1"), try await open("V2"), try await open("V3"), try await open("V4")]
        let other = try await open("V5")
        let good = try await decision(cases[0])
        let moved = try await decision(cases[1], after: Position(sequence: 1, leaf: Digest(of: "another")))
        var stale = try await decision(cases[2])
        stale.seen = [member: 1]
        var taken = try await decision(cases[3])
        taken.binds = [visit("V5")]
        var refused = try await decision(other)
        refused.rows.decisions[0].generation = Digest(of: "never put")
        let unknown = try await decision(CaseNumber(99), after: .start)
        let results = try await store.commit([good, moved, stale, taken, refused, unknown])
        guard case .committed(let position) = results[0] else { throw Surprise("\(results[0])") }
        #expect(position.sequence == 2)
        #expect(try await self.position(of: cases[0]) == position)
        #expect(results[1] == .moved)
        #expect(results[2] == .seenChanged)
        #expect(results[3] == .taken(visit("V5")))
        guard case .refused = results[4] else { throw Surprise("\(results[4])") }
        #expect(results[5] == .moved)
        for caseNumber in cases.dropFirst() + [other] {
            #expect(try await self.position(of: caseNumber)?.sequence == 1)
        }
        // The very same commit again finds that the case has moved: nothing is written twice.
        #expect(try await store.commit([good]) == [.moved])
        #expect(try await store.read { try $0.chainFault(of: cases[0]) } == nil)
    }

    fileprivate func aRefusedCommitLeavesNothing() async throws {
        let (first, second) = (try await open("V1"), try await open("V2"))
        let member = SharedKey.member(payerID: "P1", memberID: "M1")
        var bad = try await decision(first)
        bad.raised = [member]
        bad.binds = [CaseKey(kind: "trace", value: "T1")]
        bad.rows.claimLines = [line(first, entry: 2)]
        bad.rows.workEnded = [WorkEndRow(entry: 1, number: 0, state: .answered, endedAt: morning, by: "ann")]
        let results = try await store.commit([bad, try await decision(second)])
        guard case .refused(let reason) = results[0] else { throw Surprise("\(results)") }
        #expect(reason.contains("work item"))
        #expect(isCommitted(results[1]))
        let before = Rows()
        #expect(try await store.read { try $0.rows(of: first) } == before)
        #expect(try await store.read { try $0.caseNumber(for: CaseKey(kind: "trace", value: "T1")) } == nil)
        #expect(try await lookedUp(first)?.version == 0)
        // It is still due: what to do with it is the worker's to say.
        #expect(try await head(of: first)?.dueAt == morning)
    }

    private func lookedUp(_ asking: CaseNumber, member: String = "M1") async throws -> (
        version: Int, lines: [ClaimLineRow]
    )? {
        let answers = try await store.lookUp([
            .memberLines(
                payerID: "P1", memberID: member, from: CalendarDate("2026-01-01")!, to: CalendarDate("2026-12-31")!,
                except: asking)
        ])
        guard case .lines(let version, let lines) = answers.first else { return nil }
        return (version, lines)
    }

    /// Invariants 12 and 19: eight in a row, and the case is still due and not set aside.
    fileprivate func whatMovedIsNeverSetAside() async throws {
        let caseNumber = try await open("V1")
        for turn in 1...8 {
            let work = try await work()
            let commit = try await decision(caseNumber, after: work.first?.position)
            try await append("{\"turn\":\(turn)}", to: caseNumber)
            #expect(try await store.commit([commit]) == [.moved])
            try await store.release(work)
        }
        #expect(try await store.setAside().isEmpty)
        #expect(try await head(of: caseNumber)?.dueAt == morning)
        let work = try #require(try await work().first)
        #expect(work.position.sequence == 9)
        #expect(isCommitted(try await store.commit([try await decision(caseNumber, after: work.position)]).first))
    }

    /// Invariant 17: two that pass over the leases still do nothing twice.
    fileprivate func twoWorkersDoNothingTwice() async throws {
        var numbers: [CaseNumber] = []
        for index in 0..<12 { numbers.append(try await open("V\(index)")) }
        let (cases, wanted) = (numbers, 6)
        let committed = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var committed = 0
                    while true {
                        var commits: [CaseCommit] = []
                        for caseNumber in cases {
                            let position = try await self.position(of: caseNumber) ?? .start
                            if position.sequence >= wanted { continue }
                            commits.append(try await self.decision(caseNumber, after: position))
                        }
                        if commits.isEmpty { return committed }
                        committed += try await self.store.commit(commits).count { self.isCommitted($0) }
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(committed == cases.count * (wanted - 1))
        for caseNumber in cases {
            let entries = try await store.entries(after: [(caseNumber, nil)])[0]
            #expect(entries.map(\.sequence) == Array(1...wanted))
            #expect(try await store.read { try $0.chainFault(of: caseNumber) } == nil)
            #expect(try await store.read { try $0.decisions(of: caseNumber).count } == wanted - 1)
        }
    }

    /// Invariants 17 and 20.
    fileprivate func aLeaseThatRanOutIsTakenOver() async throws {
        let caseNumber = try await open("V1")
        let first = try #require(try await work(lease: 30).first)
        #expect(try await work().isEmpty)
        // The case's clock does nothing to a lease.
        #expect(try await work(at: morning.adding(days: 9)).isEmpty)
        machine.advance(to: morning.adding(seconds: 30))
        let second = try #require(try await work().first)
        #expect(second.lease > first.lease)
        #expect(second.position == first.position)
        // The first is late, not wrong: nothing has moved. The second then finds that it has.
        #expect(isCommitted(try await store.commit([try await decision(caseNumber, after: first.position)]).first))
        #expect(try await store.commit([try await decision(caseNumber, after: second.position)]) == [.moved])
    }

    fileprivate func aReleasedLeaseIsFree() async throws {
        let caseNumber = try await open("V1")
        let first = try await work()
        try await store.release(first)
        let second = try await work()
        #expect(second.map(\.caseNumber) == [caseNumber])
        // A lease that another has by now is not given back by who had it before.
        try await store.release(first)
        #expect(try await work().isEmpty)
        try await store.release(second)
        #expect(try await store.claimWork(.cases([caseNumber]), limit: 9, now: morning, lease: 30).count == 1)
    }

    /// Invariants 12 and 19.
    fileprivate func whatIsPutOffIsDueLater() async throws {
        let (first, second) = (try await open("V1"), try await open("V2"))
        let work = try await work()
        // One of them was made due meanwhile by somebody else.
        _ = try await store.intake { tx in
            try tx.wait(
                WaitingUnit(message: nil, kind: "answered", version: 1, body: bytes("{}")),
                for: CaseKey(kind: "trace", value: "T1"), at: morning)
            _ = try tx.bind(CaseKey(kind: "trace", value: "T1"), to: second)
        }
        let later = morning.adding(seconds: 9)
        try await store.putOff(work, until: later)
        #expect(try await head(of: first)?.dueAt == later)
        #expect(try await head(of: second)?.dueAt == morning)
        #expect(try await store.setAside().isEmpty)
        #expect(try await self.work().map(\.caseNumber) == [second])
        #expect(try await self.work(at: later).map(\.caseNumber) == [first])
    }

    /// Invariant 14.
    fileprivate func sharedVersionsRise() async throws {
        let (first, second) = (try await open("V1"), try await open("V2"))
        let keys: [SharedKey] = [
            .member(payerID: "P1", memberID: "M1"), .authorization(payerID: "P1", number: "A1"),
        ]
        for (turn, key) in (keys + keys).enumerated() {
            var commit = try await decision(first)
            commit.seen = [key: turn / 2]
            commit.raised = [key]
            #expect(isCommitted(try await store.commit([commit]).first))
        }
        var late = try await decision(second)
        late.seen = [keys[0]: 2, keys[1]: 1]
        #expect(try await store.commit([late]) == [.seenChanged])
        late.seen = [keys[0]: 2, keys[1]: 2]
        #expect(isCommitted(try await store.commit([late]).first))
        // Parts are not run together: another payer and member are another key.
        late = try await decision(second)
        late.seen = [.member(payerID: "P", memberID: "1M1"): 0]
        #expect(isCommitted(try await store.commit([late]).first))
    }

    fileprivate func twoCommitsOfOneMember() async throws {
        let member = SharedKey.member(payerID: "P1", memberID: "M1")
        var commits: [CaseCommit] = []
        for number in ["V1", "V2"] {
            var commit = try await decision(try await open(number))
            commit.seen = [member: 0]
            commit.raised = [member]
            commits.append(commit)
        }
        let results = try await store.commit(commits)
        #expect(isCommitted(results[0]))
        #expect(results[1] == .seenChanged)
    }

    fileprivate func aKeyLeadsToOneCase() async throws {
        let (first, second) = (try await open("V1"), try await open("V2"))
        let key = CaseKey(kind: "claim", value: "K1")
        var commits = [try await decision(first), try await decision(second)]
        for index in commits.indices { commits[index].binds = [key] }
        let results = try await store.commit(commits)
        #expect(isCommitted(results[0]))
        #expect(results[1] == .taken(key))
        // A key of the same value by another authority is another key; the case's own key may be bound again.
        commits = [try await decision(first), try await decision(second)]
        commits[0].binds = [key]
        commits[1].binds = [CaseKey(kind: "claim", authority: "P1", value: "K1")]
        #expect(try await store.commit(commits).allSatisfy(isCommitted))
        #expect(try await store.read { try $0.findCase("K1") } == first)
        let bound = try await store.intake { [self] in try $0.bind(visit("V1"), to: second) }
        #expect(!bound)
    }

    /// Invariant 13.
    fileprivate func lookUpsLeaveOutTheAskingCase() async throws {
        let (first, second) = (try await open("V1"), try await open("V2"))
        for caseNumber in [first, second] {
            var commit = try await decision(caseNumber)
            commit.rows.claimLines = [line(caseNumber, entry: 2, authorization: "A1")]
            commit.raised = [.member(payerID: "P1", memberID: "M1")]
            #expect(isCommitted(try await store.commit([commit]).first))
        }
        let answer = try #require(try await lookedUp(first))
        #expect(answer.version == 2)
        #expect(answer.lines == [line(second, entry: 2, authorization: "A1")])
        #expect(try await lookedUp(first, member: "M2")?.lines.isEmpty == true)
        let answers = try await store.lookUp([
            .authorizationLines(payerID: "P1", number: "A1", except: second),
            .authorizationLines(payerID: "P2", number: "A1", except: second),
            .memberLines(
                payerID: "P1", memberID: "M1", from: CalendarDate("2026-03-03")!, to: CalendarDate("2026-03-09")!,
                except: second),
            .setting("name"), .provider(npi: "1"), .usualCharges(["99213"]),
        ])
        #expect(answers[0] == .lines(version: 0, [line(first, entry: 2, authorization: "A1")]))
        #expect(answers[1] == .lines(version: 0, []))
        #expect(answers[2] == .lines(version: 2, []))
        #expect(answers[3...] == [.setting(nil), .provider(nil), .usualCharges([nil])])
        try await store.intake { tx in
            try tx.set("name", to: "north")
            try tx.putProvider(npi: "1", body: bytes("{}"))
            try tx.putUsualCharge("99213", Money(cents: 100))
        }
        let known = try await store.lookUp([.setting("name"), .provider(npi: "1"), .usualCharges(["99213", "x"])])
        #expect(known == [.setting("north"), .provider(bytes("{}")), .usualCharges([Money(cents: 100), nil])])
    }

    /// Invariants 12 and 19.
    fileprivate func intakeBetweenLookUpAndCommit() async throws {
        let caseNumber = try await open("V1")
        let work = try #require(try await work().first)
        let commit = try await decision(caseNumber, after: work.position, due: nil)
        try await append("{\"late\":true}", to: caseNumber)
        #expect(try await store.commit([commit]) == [.moved])
        let head = try #require(try await head(of: caseNumber))
        #expect(head.dueAt == morning)
        #expect(isCommitted(try await store.commit([try await decision(caseNumber, after: head.position)]).first))
        #expect(try await self.head(of: caseNumber)?.dueAt == nil)
        #expect(try await store.nextCaseDue(after: morning) == nil)
    }
}

/// A result that a test cannot go on with.
struct Surprise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
