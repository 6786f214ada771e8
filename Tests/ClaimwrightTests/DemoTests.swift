import Foundation
import Testing

/// The sample day as the program runs it.
@Suite struct DemoTests {
    private func demo(_ program: Program, _ more: String..., killAfter: UInt32? = nil) throws -> Program.Result {
        try program.run(["demo", "--encounters", "40", "--seed", "5", "--no-serve"] + more, killAfter: killAfter)
    }

    @Test func theSameDayAgainPrintsTheSame() throws {
        let program = try Program()
        let first = try demo(program)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("Planted problem") && first.output.contains("Clean claims"))
        #expect(first.output.contains("Cases                      40"))
        // The record is there: it is shown again. Afresh, and elsewhere, it comes out the same.
        let again = try demo(program)
        #expect(again.status == 0 && again.output == first.output)
        #expect(again.errors.contains("has been run before"))
        let fresh = try demo(program, "--fresh")
        #expect(fresh.status == 0 && fresh.output == first.output)
        #expect(try demo(Program()).output == first.output)
        try replays(program)
        try another(program)
    }

    private func replays(_ program: Program) throws {
        let replay = try program.run("replay", "--all", "--db", "day-40-5.db")
        #expect(replay.status == 0, "\(replay.output.prefix(500))\(replay.errors)")
        #expect(replay.output.contains(" 0 not"))
        let list = try program.run("case", "list", "--db", "day-40-5.db", "--limit", "3")
        #expect(list.status == 0 && list.output.split(separator: "\n").count == 3)
        let show = try program.run("case", "show", "--db", "day-40-5.db", "V100001")
        #expect(show.status == 0 && show.output.contains("Eligibility: "))
        let queue = try program.run("queue", "list", "--db", "day-40-5.db")
        #expect(queue.status == 0 && queue.output.contains("open: "))
        #expect(try program.run("case", "show", "--db", "day-40-5.db", "NOBODY").status == 2)
        #expect(try program.run("queue", "show", "--db", "day-40-5.db", "W-0000001-1-9").status == 2)
        let resolve = try program.run(
            "queue", "resolve", "--db", "day-40-5.db", "--answer", "release", "--reason", "x", "--by", "y",
            "W-0000001-1-9")
        #expect(resolve.status == 2 && resolve.errors.contains("no such work item"))
        let verify = try program.run("verify", "--db", "day-40-5.db")
        #expect(verify.status == 0 && verify.output.contains(" 0 faults"), "\(verify.output.prefix(500))")
    }

    /// Another day is not mixed into a record.
    private func another(_ program: Program) throws {
        let other = try program.run(
            "demo", "--encounters", "41", "--seed", "5", "--no-serve", "--db", "day-40-5.db")
        #expect(other.status == 2 && other.errors.contains("another day") && other.output.isEmpty)
    }

    /// Killed twice in the middle and started again: the same report, whatever the machine's speed.
    @Test(arguments: [[300, 700], [900, 400], [1300, 200]] as [[UInt32]])
    func aKilledDayComesToTheSameEnd(moments: [UInt32]) throws {
        let calm = try demo(Program())
        #expect(calm.status == 0)
        let program = try Program()
        for moment in moments { _ = try demo(program, killAfter: moment) }
        let last = try demo(program)
        #expect(last.status == 0, "\(last.errors)")
        #expect(last.output == calm.output)
        let replay = try program.run("replay", "--all", "--db", "day-40-5.db")
        #expect(replay.status == 0, "\(replay.output.suffix(300))")
    }

    @Test func faultsOfThePayerChangeNoMoney() throws {
        func money(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter { line in
                ["Billed", "Paid", "Patients' share", "Denied at first", "Recovered later"].contains {
                    line.hasPrefix($0)
                }
            }
        }
        let calm = try demo(Program())
        let faulty = try demo(Program(), "--faults", "timeouts=0.1,duplicates=0.2,malformed=0.1,out-of-order=0.1")
        #expect(faulty.status == 0)
        #expect(money(calm.output).count == 5 && money(faulty.output) == money(calm.output))
        #expect(try Program().run("demo", "--no-serve", "--faults", "gremlins=1").status == 2)
    }

    @Test func anEmptyDayIsADay() throws {
        let empty = try Program().run("demo", "--encounters", "0", "--no-serve")
        #expect(empty.status == 0, "\(empty.errors)")
        #expect(empty.output.contains("(0 of 0)"))
    }
}
