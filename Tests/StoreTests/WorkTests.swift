import HealthTypes
import Store
import Testing

@Suite struct WorkTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }

    init() throws { file = try StoreFile() }

    // MARK: Outbox and transmissions

    private func effect(_ key: String, of caseID: String, kind: String = "837", at: Instant = morning) -> OutboxRow {
        OutboxRow(
            caseID: caseID, kind: kind, receiver: "MERID", key: key, body: bytes("{\"key\":\"\(key)\"}"), orderedAt: at)
    }

    @Test func anEffectIsOrderedOnce() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            let other = try tx.openVisit("V2")
            #expect(try tx.order(effect("k1", of: id)))
            #expect(try !tx.order(effect("k1", of: id)))
            #expect(try !tx.order(effect("k1", of: other, kind: "270")))
            #expect(try tx.order(effect("k2", of: other)))
            #expect(try tx.unformedEffects(limit: 10).map(\.key) == ["k1", "k2"])
            #expect(try tx.unformedEffects(limit: 1).count == 1)
            #expect(try tx.effect(key: "k1")?.caseID == id)
            #expect(try tx.effect(key: "k1")?.body == bytes("{\"key\":\"k1\"}"))
            #expect(try tx.effect(key: "none") == nil)
        }
    }

    @Test func aTransmissionCarriesEffectsUntilItIsDelivered() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.order(effect("k1", of: id))
            try tx.order(effect("k2", of: id))
            let ids = try tx.unformedEffects(limit: 10).map(\.id)
            let digest = try tx.keep(bytes("ISA"))
            let row = TransmissionRow(kind: "837", receiver: "MERID", key: "t1", digest: digest)
            try tx.form(row, of: ids, due: morning)
            #expect(try tx.unformedEffects(limit: 10).isEmpty)
            #expect(try tx.dueTransmissions(at: morning.adding(seconds: -1), limit: 5).isEmpty)
            let due = try #require(try tx.dueTransmissions(at: morning, limit: 5).first)
            #expect(due.attempts == 0 && due.digest == digest)
            #expect(try tx.effects(of: due.id).map(\.key) == ["k1", "k2"])

            try tx.markFailed(transmission: due.id, retry: morning.adding(seconds: 60))
            #expect(try tx.dueTransmissions(at: morning, limit: 5).isEmpty)
            #expect(try tx.nextDue(after: morning) == morning.adding(seconds: 60))
            let again = try #require(try tx.dueTransmissions(at: morning.adding(seconds: 60), limit: 5).first)
            #expect(again.attempts == 1)
            try tx.markDelivered(transmission: due.id)
            #expect(try tx.dueTransmissions(at: morning.adding(days: 9), limit: 5).isEmpty)
            #expect(try tx.nextDue(after: morning) == nil)
            #expect(try tx.count(.waitingTransmissions) == 0)
            #expect(try tx.count(.failedTransmissions) == 0)
        }
    }

    @Test func aTransmissionIsGivenUpOnlyWhereSaid() throws {
        try store.write { tx in
            let digest = try tx.keep(bytes("ISA"))
            try tx.form(TransmissionRow(kind: "837", receiver: "M", key: "t1", digest: digest), of: [], due: morning)
            let id = try #require(try tx.dueTransmissions(at: morning, limit: 5).first).id
            try tx.markFailed(transmission: id, retry: nil)
            #expect(try tx.dueTransmissions(at: morning.adding(days: 9), limit: 5).isEmpty)
            #expect(try tx.count(.failedTransmissions) == 1)
        }
        #expect(throws: (any Error).self) {
            try store.write { tx in
                let digest = try tx.keep(bytes("ISA"))
                try tx.form(
                    TransmissionRow(kind: "837", receiver: "M", key: "t1", digest: digest), of: [], due: morning)
            }
        }
    }

    // MARK: Timers

    @Test func aTimerIsSetOnceAndFiresOnce() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.setTimer("b", of: id, due: morning.adding(hours: 1))
            try tx.setTimer("a", of: id, due: morning.adding(hours: 2))
            try tx.setTimer("b", of: id, due: morning)
            #expect(try tx.dueTimers(at: morning, limit: 5).isEmpty)
            #expect(try tx.nextDue(after: morning) == morning.adding(hours: 1))
            #expect(try tx.dueTimers(at: morning.adding(hours: 2), limit: 5).map(\.name) == ["b", "a"])
            try tx.markFired(timer: "b", of: id)
            try tx.setTimer("b", of: id, due: morning.adding(hours: 3))
            #expect(try tx.dueTimers(at: morning.adding(hours: 9), limit: 5).map(\.name) == ["a"])
        }
    }

    // MARK: Tasks

    private func task(
        _ id: String, of caseID: String, kind: String = "claim.held", cents: Int64 = 100, deadline: Instant? = nil
    )
        -> TaskRow
    {
        TaskRow(
            id: id, caseID: caseID, stage: "submission", kind: kind, body: bytes("{}"), amountCents: cents,
            openedAt: morning,
            deadline: deadline, decisionID: "D1")
    }

    @Test func aTaskEndsOnce() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.addDecision("D1", of: id)
            try tx.open(task("T1", of: id))
            #expect(try tx.end(task: "T1", as: .resolved))
            #expect(try !tx.end(task: "T1", as: .resolved))
            #expect(try !tx.end(task: "T1", as: .withdrawn))
            #expect(try !tx.end(task: "none", as: .resolved))
            try tx.open(task("T1", of: id, cents: 999))
            let row = try #require(try tx.task("T1"))
            #expect(row.state == .resolved && row.amountCents == 100)
            #expect(try tx.openTasks(limit: 5).isEmpty)
        }
    }

    /// What was withdrawn because it settled itself is asked again where it comes back.
    @Test func aWithdrawnTaskMayBeOpenedAgain() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.addDecision("D1", of: id)
            try tx.open(task("T1", of: id))
            try tx.open(task("T1", of: id, cents: 999))
            #expect(try tx.task("T1")?.amountCents == 100)
            try tx.end(task: "T1", as: .withdrawn)
            try tx.open(task("T1", of: id, cents: 300))
            #expect(try tx.task("T1")?.state == .open)
            #expect(try tx.task("T1")?.amountCents == 300)
            #expect(try tx.count(.tasksOpen) == 1)
        }
    }

    @Test func openTasksComeByDeadlineAndKind() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.addDecision("D1", of: id)
            try tx.open(task("T1", of: id, cents: 5))
            try tx.open(task("T2", of: id, kind: "denial.appeal", cents: 9, deadline: morning.adding(days: 2)))
            try tx.open(task("T3", of: id, kind: "claim.held", cents: 1, deadline: morning.adding(days: 1)))
            try tx.open(task("T4", of: id, cents: 7))
            #expect(try tx.openTasks(limit: 9).map(\.id) == ["T3", "T2", "T4", "T1"])
            #expect(try tx.openTasks(kind: "claim.", limit: 9).map(\.id) == ["T3", "T4", "T1"])
            #expect(try tx.openTasks(limit: 2, offset: 1).map(\.id) == ["T2", "T4"])
            #expect(try tx.tasks(of: id).count == 4)
            let counts = try tx.openTaskCounts()
            #expect(
                counts.map { "\($0.kind) \($0.count) \($0.amount)" } == ["claim.held 3 0.13", "denial.appeal 1 0.09"])
        }
    }

    @Test func aTaskNeedsItsDecision() throws {
        #expect(throws: (any Error).self) {
            try store.write { tx in try tx.open(task("T1", of: try tx.openVisit("V1"))) }
        }
    }

    // MARK: Settings, counters, dirty cases

    @Test func countersCountFromOneEachForItself() throws {
        try store.write { tx in
            let numbers = try ["isa", "isa", "gs", "isa"].map { try tx.next($0) }
            #expect(numbers == [1, 2, 1, 3])
        }
        try file.reopen()
        #expect(try store.write { try $0.next("isa") } == 4)
    }

    @Test func settingsAndDirtyCases() throws {
        try store.write { tx in
            #expect(try tx.setting("a") == nil)
            try tx.set("a", to: "1")
            try tx.set("a", to: "2")
            #expect(try tx.setting("a") == "2")
            let one = try tx.openVisit("V1")
            let two = try tx.openVisit("V2")
            for id in [two, one, two] { try tx.markDirty(id) }
            #expect(try tx.dirtyCases(limit: 9) == [one, two])
            #expect(try tx.dirtyCases(limit: 1) == [one])
            try tx.clearDirty(one)
            #expect(try tx.dirtyCases(limit: 9) == [two])
        }
    }
}
