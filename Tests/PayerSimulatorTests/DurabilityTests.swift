import Claims
import Foundation
import HealthTypes
import PayerSimulator
import Testing
import X12
import X12Units

/// Keys, restarts, faults and hostile bytes.
struct DurabilityTests {
    typealias World = PayerWorld

    @Test func theSameKeyGivesTheSameAnswerAndOneEffect() throws {
        let world = try World()
        let bytes = world.batch([World.claim("C1", lines: [World.line(1, "99213")])])
        let first = try world.payer.handleX12(bytes, key: "1")
        world.later(days: 1)
        #expect(try world.payer.handleX12(bytes, key: "1") == first)
        world.later()
        #expect(try World.payments(try world.mail()).flatMap(\.claims).count == 1)
        #expect(throws: PayerSimulator.KeyReused.self) {
            try world.payer.handleX12(world.batch([World.claim("C2", lines: [World.line(1, "99213")])]), key: "1")
        }
    }

    @Test func aRestartFromTheFileLosesAndChangesNothing() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("payer-\(UUID().uuidString).sqlite")
            .path
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let claims = (1...5).map {
            World.claim("C\($0)", lines: [World.line(1, "99213", on: World.day.adding(days: -$0))])
        }
        let whole = try World()
        for claim in claims { _ = try whole.payer.handleX12(whole.batch([claim]), key: claim.controlNumber) }
        whole.later()
        // The same, with the payer opened anew before each request and before the mail is fetched.
        var answers: [[OutgoingMessage]] = []
        for claim in claims {
            let world = try World(store: path)
            answers.append(try world.payer.handleX12(world.batch([claim]), key: claim.controlNumber))
        }
        let last = try World(store: path)
        #expect(try last.payer.handleX12(last.batch([claims[0]]), key: "C1") == answers[0])
        last.later()
        let mail = try last.mail()
        #expect(mail == (try whole.mail()))
        #expect(mail.map(\.kind) == Array(repeating: "277CA", count: 5) + ["835"])
    }

    @Test func faultsAreReproducible() throws {
        let faults = try Faults.parse("timeouts=0.3,duplicates=0.4,malformed=0.3,out-of-order=0.5")
        func run() throws -> (timeouts: Int, mail: [MailboxMessage]) {
            let world = try World(faults: faults)
            var timeouts = 0
            for index in 1...12 {
                let bytes = world.batch([
                    World.claim("C\(index)", lines: [World.line(1, "99213", on: World.day.adding(days: -index))])
                ])
                while true {
                    do {
                        _ = try world.payer.handleX12(bytes, key: "C\(index)")
                        break
                    } catch is PayerTimeout { timeouts += 1 }
                }
            }
            world.later()
            return (timeouts, try world.mail())
        }
        let first = try run()
        let second = try run()
        #expect(first.timeouts == second.timeouts)
        #expect(first.mail == second.mail)
        #expect(first.timeouts > 0)
        // Sent again after each timeout, every claim was still settled once.
        let payments = Dictionary(
            try World.payments(first.mail).map { ($0.trace, $0) }, uniquingKeysWith: { one, _ in one })
        #expect(payments.values.flatMap(\.claims).count == 12)
        let whole = first.mail.filter { World.errors($0.bytes) == [] }
        #expect(Set(whole.map(\.bytes)).count < whole.count)
        #expect(whole.count < first.mail.count)
        let kinds = first.mail.map(\.kind)
        let lastAcknowledgement = try #require(kinds.lastIndex(of: "277CA"))
        #expect(try #require(kinds.firstIndex(of: "835")) < lastAcknowledgement)
    }

    @Test func aTimeoutMayOrMayNotHaveTakenEffect() throws {
        let world = try World(faults: Faults.parse("timeouts=1"))
        for index in 1...20 {
            let bytes = world.batch([
                World.claim("C\(index)", lines: [World.line(1, "99213", on: World.day.adding(days: -index))])
            ])
            #expect(throws: PayerTimeout.self) { try world.payer.handleX12(bytes, key: "C\(index)") }
        }
        world.later()
        let acknowledged = try World.acknowledged(world.mail())
        #expect((1..<20).contains(acknowledged.count))
    }

    @Test(arguments: ["timeouts", "timeouts=2", "timeouts=x", "rain=0.1", "timeouts=0.1=0.2"])
    func refusesFaultsThatAreNone(_ text: String) {
        #expect(throws: Faults.Unreadable.self) { try Faults.parse(text) }
    }

    @Test func timeComesByTheMailboxAndIdsAscend() throws {
        let world = try World()
        #expect(try world.payer.nextDue(after: 0) == nil)
        _ = try world.payer.handleX12(world.batch([World.claim("C1", lines: [World.line(1, "99213")])]), key: "1")
        #expect(try world.mail().isEmpty)
        var kinds: [String] = []
        var cursor = 0
        while let due = try world.payer.nextDue(after: cursor) {
            world.clock.advance(to: due)
            for message in try world.payer.mailbox(after: cursor, limit: 1) {
                #expect(message.id > cursor)
                #expect(message.dueAt <= world.clock.now)
                cursor = message.id
                kinds.append(message.kind)
            }
        }
        #expect(kinds == ["277CA", "835"])
        #expect(world.clock.now == Instant(World.day.adding(days: 15), hour: 6))
    }

    @Test func aShortDayPaysInSeconds() throws {
        let clock = ManualClock(Instant(World.day, hour: 8))
        let payer = try PayerSimulator(
            policies: World.policies, members: Array(World.members.utf8),
            options: .init(seed: 7, remittanceDelaySeconds: 28), clock: clock)
        let world = try World()
        _ = try payer.handleX12(world.batch([World.claim("C1", lines: [World.line(1, "99213")])]), key: "1")
        clock.advance(to: clock.now.adding(seconds: 31))
        #expect(try payer.mailbox(after: 0, limit: 10).map(\.kind) == ["277CA", "835"])
    }

    // MARK: Hostile input

    @Test func refusesWhatIsNoInterchange() throws {
        let world = try World()
        for (index, text) in ["", "ISA", "hello", "\u{0}\u{ff}", "ST*837*0001~SE*2*0001~"].enumerated() {
            let answers = try world.payer.handleX12(Array(text.utf8), key: "\(index)")
            #expect(answers.map(\.kind) == ["TA1"])
            let acknowledgement = X12Document(parsing: answers[0].bytes).interchanges.first?.ta1Segments.first
            #expect(acknowledgement.flatMap(TA1.read)?.status == "R")
        }
    }

    @Test func refusesABrokenSetWithA999AndTakesItsNeighbour() throws {
        let world = try World()
        // The second set lacks all that stands behind its BHT.
        let whole = String(
            decoding: world.batch([World.claim("C1", lines: [World.line(1, "99213")])]), as: UTF8.self)
        let text = whole.replacing("ST*837*0001*", with: "ST*837*0002*")
            .replacing(
                "ST*837*0002*005010X222A1~",
                with: "ST*837*0001*005010X222A1~BHT*0019*00*B2*20260302*0800*CH~SE*3*0001~ST*837*0002*005010X222A1~"
            )
            .replacing("*0001~GE*1*", with: "*0002~GE*2*")
        let answers = try world.payer.handleX12(Array(text.utf8), key: "1")
        #expect(answers.map(\.kind) == ["999"])
        var read: [Acknowledgment999] = []
        try X12UnitReader(MemorySource(answers[0].bytes)).forEach(Acknowledgment999.self) { read.append($0) }
        let acknowledgement = try #require(read.first)
        #expect(acknowledgement.transactions.map(\.isAccepted) == [false, true])
        world.later()
        #expect(try World.acknowledged(try world.mail()).map(\.patientControlNumber) == ["C1"])
    }

    @Test func answersEveryMutilationWithoutACrash() throws {
        let world = try World()
        let sound = world.batch([
            World.claim("C1", lines: [World.line(1, "99213"), World.line(2, "73562", units: "3")])
        ])
        var random = SeededRandom(seed: 5)
        for index in 0..<300 {
            var bytes = sound
            for _ in 0..<random.integer(in: 1..<6) {
                let position = random.integer(in: 0..<bytes.count)
                switch random.integer(in: 0..<3) {
                case 0: bytes[position] = UInt8(random.integer(in: 0..<256))
                case 1: bytes.remove(at: position)
                default: bytes = Array(bytes.prefix(max(1, position)))
                }
            }
            let answers = try world.payer.handleX12(bytes, key: "\(index)")
            #expect(!answers.isEmpty)
        }
        world.later()
        let mail = try world.mail()
        #expect(try World.payments(mail).allSatisfy { $0.isBalanced })
        let payments = try World.payments(mail)
        #expect(mail.filter { $0.kind == "835" }.count == payments.count)
    }

    // MARK: Policies

    @Test func refusesAPolicyWithAMisspeltCondition() throws {
        var files = try World.policies.files
        let text = try #require(try World.policies.text("nstar.json"))
        files["nstar.json"] = Array(text.replacing("without_modifiers", with: "without_modifier").utf8)
        #expect(throws: DataFileError.self) { try World(policies: DataFiles(files: files)) }
    }

    @Test func refusesMembersThatCannotBeRead() throws {
        let rows = World.columns + "\n" + World.member("MERID", "MHP1", "yesterday\t\t\t\t\t")
        #expect(throws: DataFileError.self) { try World(members: rows) }
        #expect(try World(members: "").payer.enrol(Array(World.members.utf8)) == 8)
    }
}
