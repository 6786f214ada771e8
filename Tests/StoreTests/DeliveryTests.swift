import HealthTypes
import Store
import Testing

@Suite struct DeliveryTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }
    private let lane = Lane(kind: "837", receiver: "P1")

    init() throws { file = try StoreFile() }

    /// A case whose decision sends these, as entry 2.
    @discardableResult
    private func order(_ number: String, _ sends: [SendRow], priority: Priority = .batch) async throws -> CaseNumber {
        let bench = try await file.bench()
        let caseNumber = try await bench.open(number, priority: priority)
        var commit = try await bench.decision(caseNumber)
        commit.rows.sends = sends
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("ordered") }
        return caseNumber
    }

    private func send(_ number: Int, lane: Lane? = nil, after: Int? = nil) -> SendRow {
        SendRow(
            entry: 2, number: number, lane: lane ?? self.lane, body: bytes("{\"n\":\(number)}"), orderedAt: morning,
            afterEntry: after.map { _ in 2 }, afterNumber: after, subject: "K\(number)")
    }

    /// One message for each send that is ready.
    @discardableResult
    private func form(_ lane: Lane? = nil) async throws -> Int {
        let lane = lane ?? self.lane
        let sends = try await store.unformed(lane, limit: 9)
        return try await store.form(sends, at: morning) { next in
            let messages = try sends.map { send in
                FormedMessage(
                    lane: lane, format: "x12", kind: "837", bytes: bytes("ISA\(try next("interchange"))"),
                    key: "\(send.part.caseNumber)/\(send.part.number)", parts: [send.part],
                    settings: [("batch/\(send.part.number)", "K")])
            }
            return (messages, [])
        }.messages
    }

    private func claim(at now: Instant = morning, lease: Int = 60, limit: Int = 9) async throws -> [Attempt] {
        try await store.claim(lane, at: now, limit: limit, lease: lease, formedBefore: nil)
    }

    private func again(_ hours: Int) -> AttemptResult { .again(at: morning.adding(hours: hours), .none) }

    /// Invariant 28.
    @Test func bytesAreFixedOnce() async throws {
        let caseNumber = try await order("V1", [send(0), send(1)])
        #expect(try await store.lanes(at: morning) == [lane])
        let sends = try await store.unformed(lane, limit: 9)
        #expect(sends.map(\.row) == [send(0), send(1)])
        #expect(try await store.unformed(lane, limit: 1).count == 1)
        #expect(try await form() == 2)
        #expect(try await store.unformed(lane, limit: 9).isEmpty)
        // Who read them before they were formed forms nothing of them any more.
        let late = try await store.form(sends, at: morning) { _ in throw Surprise("formed twice") }
        #expect(late.messages == 0)
        #expect(try await store.setting("batch/1") == "K")
        let first = try await claim()
        #expect(first.map(\.bytes) == [bytes("ISA1"), bytes("ISA2")])
        #expect(first.map(\.number) == [1, 1])
        #expect(first.map(\.since) == [morning, morning])
        let rows = try await store.read { try $0.rows(of: caseNumber).sends }
        #expect(rows.map(\.body) == [nil, nil])
        #expect(try await store.read { try $0.messages(of: caseNumber).map(\.state) } == [.waiting, .waiting])
        #expect(try await store.read { try $0.cases(ofMessage: first[0].message) } == [caseNumber])
    }

    @Test func oneMessageCarriesManyAndWhatCannotBeFormedIsSaid() async throws {
        let caseNumber = try await order("V1", [send(0), send(1), send(2)])
        let sends = try await store.unformed(lane, limit: 9)
        let lane = lane
        let made = try await store.form(sends, at: morning) { _ in
            let batch = FormedMessage(
                lane: lane, format: "x12", kind: "837", bytes: bytes("ISA"), key: "B1",
                parts: [sends[0].part, sends[1].part])
            return ([batch], [sends[2].part])
        }
        #expect(made.messages == 1)
        #expect(made.unformable == [sends[2].part])
        // It waits until its case is told in the transaction that ends it.
        let refused = sends[2].part
        #expect(try await store.unformed(lane, limit: 9).map(\.part) == [refused])
        try await store.intake { tx in try tx.endUnformed(refused) }
        #expect(try await store.status(of: sends[2].part)?.state == .failed)
        #expect(try await store.unformed(lane, limit: 9).isEmpty)
        await #expect(throws: StoreRefusal.self) { try await store.intake { tx in try tx.endUnformed(refused) } }
        #expect(try await store.read { try $0.sends(of: caseNumber).map(\.state) } == [.waiting, .waiting, .failed])
        // A refusal ends it for all that it carries.
        let attempt = try #require(try await claim().first)
        let ended = try await store.settle(attempt, .failed(reason: "refused", .reached), at: morning)
        #expect(ended == .failed(sends[0...1].map(\.part)))
        let status = try #require(try await store.status(of: sends[0].part))
        #expect(status.state == .failed)
        #expect(status.lastFailure == "refused")
        #expect(try await store.read { try $0.troubledMessages(before: nil, limit: 9).map(\.id) } == [attempt.message])
    }

    @Test(arguments: ["another send", "another lane", "nothing", "one key twice"])
    func aMessageOfWhatDoesNotWaitIsRefused(fault: String) async throws {
        _ = try await order("V1", [send(0), send(1)])
        let sends = try await store.unformed(lane, limit: 9)
        let lane = lane
        await #expect(throws: StoreRefusal.self) {
            _ = try await store.form(sends, at: morning) { _ in
                var message = FormedMessage(
                    lane: lane, format: "x12", kind: "837", bytes: bytes("ISA"), key: "B1", parts: [sends[0].part])
                var second = message
                second.parts = [sends[1].part]
                switch fault {
                case "another send": message.parts[0].number = 9
                case "another lane": message.lane = Lane(kind: "837", receiver: "P2")
                case "nothing": message.parts = []
                default: return ([message, second], [])
                }
                return ([message], [])
            }
        }
        #expect(try await store.unformed(lane, limit: 9).count == 2)
        #expect(try await store.read { try $0.totals().messages } == 0)
    }

    /// Invariants 20 and 29.
    @Test func theLatestAttemptAloneSettles() async throws {
        let caseNumber = try await order("V1", [send(0)])
        try await form()
        let first = try #require(try await claim(lease: 60).first)
        #expect(try await claim().isEmpty)
        #expect(try await store.lanes(at: morning).isEmpty)
        file.machine.advance(to: morning.adding(seconds: 60))
        #expect(try await store.lanes(at: morning) == [lane])
        let second = try #require(try await claim().first)
        #expect(second.number == 2)
        #expect(second.bytes == first.bytes)
        #expect(second.key == first.key)
        #expect(try await store.settle(first, .failed(reason: "late", .none), at: morning) == .overtaken)
        #expect(try await store.settle(first, .delivered, at: morning) == .overtaken)
        let part = SentPart(caseNumber: caseNumber, entry: 2, number: 0)
        #expect(try await store.status(of: part)?.state == .waiting)
        #expect(try await store.settle(second, again(1), at: morning) == .settled)
        #expect(try await claim().isEmpty)
        #expect(try await store.nextDeliveryDue(after: morning) == morning.adding(hours: 1))
        let third = try #require(try await claim(at: morning.adding(hours: 1)).first)
        #expect(try await store.settle(third, .delivered, at: morning) == .settled)
        #expect(try await store.status(of: part)?.state == .delivered)
        #expect(try await store.status(of: part)?.attempts == 3)
        // What has ended stays as it ended.
        #expect(try await store.settle(third, .failed(reason: "twice", .none), at: morning) == .overtaken)
        #expect(try await store.status(of: part)?.state == .delivered)
        #expect(try await store.nextDeliveryDue(after: morning) == nil)
    }

    /// Invariant 30: what comes after waits for the end of what comes before, whatever end that is.
    @Test(arguments: [AttemptResult.delivered, .failed(reason: "refused", .reached)])
    func whatComesAfterWaitsForWhatComesBefore(end: AttemptResult) async throws {
        try await order("V1", [send(0), send(1, after: 0), send(2)])
        #expect(try await store.unformed(lane, limit: 9).map(\.row.number) == [0, 2])
        try await form()
        #expect(try await store.unformed(lane, limit: 9).isEmpty)
        let attempts = try await claim()
        _ = try await store.settle(attempts[1], .delivered, at: morning)
        #expect(try await store.settle(attempts[0], again(1), at: morning) == .settled)
        #expect(try await store.unformed(lane, limit: 9).isEmpty)
        let last = try #require(try await claim(at: morning.adding(hours: 1)).first)
        #expect(try await store.settle(last, end, at: morning) != .overtaken)
        #expect(try await store.unformed(lane, limit: 9).map(\.row.number) == [1])
    }

    /// What can have no message ends as well, and what comes after it is not held for ever.
    @Test func whatComesAfterAnUnformableSendGoesOut() async throws {
        let caseNumber = try await order("V1", [send(0), send(1, after: 0)])
        try await store.intake { tx in
            try tx.endUnformed(SentPart(caseNumber: caseNumber, entry: 2, number: 0))
        }
        #expect(try await store.unformed(lane, limit: 9).map(\.row.number) == [1])
        let bench = try await file.bench()
        var commit = try await bench.decision(caseNumber)
        commit.rows.sends = [bench.send(3, after: (2, 0))]
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("after") }
        #expect(try await store.unformed(lane, limit: 9).map(\.row.entry) == [2, 3])
    }

    /// A send is as urgent as its case was when it was sent, and so is its delivery.
    @Test func whatSomebodyWaitsForGoesFirst() async throws {
        try await order("V1", [send(0), send(1)])
        try await form()
        try await order("V2", [send(2)])
        try await order("V3", [send(3)], priority: .waiting)
        let unformed = try await store.unformed(lane, limit: 9)
        #expect(unformed.map(\.row.number) == [3, 2] && unformed.map(\.priority) == [.waiting, .batch])
        try await form()
        let attempts = try await claim()
        #expect(attempts.map(\.priority) == [.waiting, .batch, .batch, .batch])
        #expect(attempts[0].key.hasSuffix("/3"))
        #expect(try await store.nextDeliveryDue(after: morning.adding(hours: -1)) == morning)
    }

    /// Attempts that are given back were not made.
    @Test func whatIsGivenBackIsAsDueAsItWas() async throws {
        try await order("V1", [send(0), send(1)])
        try await form()
        let first = try await claim()
        try await store.release([first[1]])
        let again = try await claim()
        #expect(again.map(\.message) == [first[1].message] && again.map(\.number) == [1])
        // Who lost its lease to another gives nothing back.
        file.machine.advance(to: morning.adding(seconds: 60))
        #expect(try await claim().map(\.number) == [2, 2])
        try await store.release(first)
        #expect(try await claim().isEmpty)
    }

    /// While its receiver fails, the whole lane waits; the first that gets through ends that.
    @Test func aLaneWaitsForItsReceiver() async throws {
        let other = Lane(kind: "837", receiver: "P2")
        try await order("V1", [send(0), send(1), send(2, lane: other)])
        try await form()
        try await form(other)
        let later = morning.adding(seconds: 60)
        let attempts = try await claim(limit: 1)
        let result = AttemptResult.again(at: later, .waits(until: later))
        #expect(try await store.settle(attempts[0], result, at: morning) == .settled)
        #expect(try await claim().isEmpty)
        #expect(try await store.lanes(at: morning) == [other])
        #expect(try await store.nextDeliveryDue(after: morning) == later)
        let standing = try #require(try await store.laneStatus().first)
        #expect(standing.failingSince == morning && standing.dueAt == later)
        let next = try await claim(at: later)
        #expect(next.map(\.laneFailures) == [1, 1] && next.map(\.failingSince) == [morning, morning])
        _ = try await store.settle(next[0], .again(at: later, .waits(until: later.adding(hours: 1))), at: later)
        #expect(try await store.laneStatus().first?.failingSince == morning)
        _ = try await store.settle(next[1], .delivered, at: later)
        #expect(try await store.laneStatus().first.map { $0.failingSince == nil && $0.dueAt == nil } == true)
        #expect(try await claim(at: later).map(\.laneFailures) == [0])
    }

    /// What has waited too long is found, whether it or its lane is due or not.
    @Test func whatHasWaitedTooLongIsFound() async throws {
        try await order("V1", [send(0), send(1)])
        try await form()
        let first = try #require(try await claim(limit: 1).first)
        let pause = morning.adding(hours: 9)
        _ = try await store.settle(first, .again(at: pause, .waits(until: pause)), at: morning)
        func overdue(_ before: Instant) async throws -> [Int] {
            try await store.claim(lane, at: morning, limit: 9, lease: 0, formedBefore: before).map(\.number)
        }
        #expect(try await overdue(morning).isEmpty)
        #expect(try await overdue(morning.adding(seconds: 1)) == [2, 1])
    }

    /// One message whose bytes are damaged does not keep the others from going out.
    @Test func aDamagedMessageKeepsNoOtherBack() async throws {
        try await order("V1", [send(0), send(1)])
        try await form()
        try file.tamper("UPDATE content SET codec = 1, bytes = x'00' WHERE id = (SELECT min(content) FROM message)")
        #expect(try await claim().map(\.bytes) == [nil, bytes("ISA2")])
    }

    @Test func aSendAfterOneThatWasDeliveredIsReadyAtOnce() async throws {
        let caseNumber = try await order("V1", [send(0)])
        try await form()
        _ = try await store.settle(try await claim()[0], .delivered, at: morning)
        let bench = try await file.bench()
        var commit = try await bench.decision(caseNumber)
        commit.rows.sends = [bench.send(3, after: (2, 0))]
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("after") }
        #expect(try await store.unformed(lane, limit: 9).map(\.row.entry) == [3])
    }

    @Test func aLaneThatWaitsHoldsUpNoOther() async throws {
        let other = Lane(kind: "270", receiver: "P1")
        _ = try await order("V1", [send(0), send(1, lane: other)])
        try await form()
        _ = try await claim()
        #expect(try await store.lanes(at: morning) == [other])
        #expect(try await form(other) == 1)
        func begun(_ lane: Lane) async throws -> Int {
            try await store.claim(lane, at: morning, limit: 9, lease: 9, formedBefore: nil).count
        }
        #expect(try await begun(other) == 1)
        #expect(try await begun(Lane(kind: "x", receiver: "y")) == 0)
        let status = try await store.laneStatus()
        #expect(status.map(\.lane) == [other, lane])
        #expect(status.map(\.waiting) == [1, 1])
        #expect(status.map(\.attempts) == [1, 1])
        #expect(status.map(\.oldest) == [morning, morning])
    }

    /// Invariant 29: the answer and the end of its delivery are one transaction.
    @Test func anAnswerAtOnceIsTakenWithTheDelivery() async throws {
        let caseNumber = try await order("V1", [send(0)])
        try await form()
        let attempt = try #require(try await claim().first)
        let entry = try await file.bench().entry()
        await #expect(throws: Surprise.self) {
            try await store.intake { tx in
                _ = try tx.settle(attempt, .delivered, at: morning)
                throw Surprise("the answer cannot be read")
            }
        }
        let part = SentPart(caseNumber: caseNumber, entry: 2, number: 0)
        #expect(try await store.status(of: part)?.state == .waiting)
        let settled = try await store.intake { tx in
            _ = try tx.append(to: caseNumber, priority: .batch, at: morning) { _ in [entry] }
            return try tx.settle(attempt, .delivered, at: morning)
        }
        #expect(settled == .settled)
        #expect(try await store.status(of: part)?.state == .delivered)
    }
}
