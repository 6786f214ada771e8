import HealthTypes
import Store
import Testing

@Suite struct DeliveryTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }
    private let lane = Lane(kind: "837", receiver: "P1")

    init() throws { file = try StoreFile() }

    /// A case whose decision sends these, as entry 2.
    private func order(_ number: String, _ sends: [SendRow]) async throws -> CaseNumber {
        let bench = try await file.bench()
        let caseNumber = try await bench.open(number)
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
        try await store.claim(lane, at: now, limit: limit, lease: lease)
    }

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
        #expect(try await store.resend(sends[2].part, at: morning))
        #expect(try await store.unformed(lane, limit: 9).map(\.part) == [sends[2].part])
        // A refusal ends it for all that it carries.
        let attempt = try #require(try await claim().first)
        #expect(try await store.settle(attempt, .failed(reason: "refused"), at: morning) == sends[0...1].map(\.part))
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
        #expect(try await store.settle(first, .failed(reason: "late"), at: morning).isEmpty)
        let part = SentPart(caseNumber: caseNumber, entry: 2, number: 0)
        #expect(try await store.status(of: part)?.state == .waiting)
        #expect(try await store.settle(second, .again(at: morning.adding(hours: 1)), at: morning).isEmpty)
        #expect(try await claim().isEmpty)
        #expect(try await store.nextDeliveryDue(after: morning) == morning.adding(hours: 1))
        let third = try #require(try await claim(at: morning.adding(hours: 1)).first)
        _ = try await store.settle(third, .delivered, at: morning)
        #expect(try await store.status(of: part)?.state == .delivered)
        #expect(try await store.status(of: part)?.attempts == 3)
        // What has ended stays as it ended.
        #expect(try await store.settle(third, .failed(reason: "twice"), at: morning).isEmpty)
        #expect(try await store.status(of: part)?.state == .delivered)
        #expect(try await store.resend(part, at: morning) == false)
        #expect(try await store.nextDeliveryDue(after: morning) == nil)
    }

    /// Invariant 30.
    @Test func whatComesAfterWaitsForWhatComesBefore() async throws {
        _ = try await order("V1", [send(0), send(1, after: 0), send(2)])
        #expect(try await store.unformed(lane, limit: 9).map(\.row.number) == [0, 2])
        try await form()
        #expect(try await store.unformed(lane, limit: 9).isEmpty)
        let attempts = try await claim()
        _ = try await store.settle(attempts[1], .delivered, at: morning)
        #expect(try await store.unformed(lane, limit: 9).isEmpty)
        // A refusal of what comes first does not let pass what comes after.
        #expect(try await store.settle(attempts[0], .failed(reason: "refused"), at: morning).count == 1)
        #expect(try await store.unformed(lane, limit: 9).isEmpty)
        #expect(try await store.resend(SentPart(caseNumber: CaseNumber(1), entry: 2, number: 0), at: morning))
        let again = try #require(try await claim().first)
        _ = try await store.settle(again, .delivered, at: morning)
        #expect(try await store.unformed(lane, limit: 9).map(\.row.number) == [1])
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
        #expect(try await store.claim(other, at: morning, limit: 9, lease: 9).count == 1)
        #expect(try await store.claim(Lane(kind: "x", receiver: "y"), at: morning, limit: 9, lease: 9).isEmpty)
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
        let failed = try await store.intake { tx in
            _ = try tx.append(to: caseNumber, priority: .batch, at: morning) { _ in [entry] }
            return try tx.settle(attempt, .delivered, at: morning)
        }
        #expect(failed.isEmpty)
        #expect(try await store.status(of: part)?.state == .delivered)
    }
}
