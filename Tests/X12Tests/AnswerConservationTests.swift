import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What is true of the answers to every input: they are valid, and nothing is lost between the input and them.
@Suite struct AnswerConservationTests {
    /// Sets and claims that went in are those that the answers count; every answer is in order by our own guides.
    private func expectWholeAnswers(_ answered: Answered, _ comment: Comment) {
        let summary = answered.summary
        #expect(answered.failure == nil, comment)
        #expect(summary.isConserved, comment)
        #expect(summary.accepted + summary.rejected == summary.transactions, comment)
        #expect(answered.faults == [], comment)
        #expect(answered.interchangeAnswers.count == max(summary.interchanges, 1), comment)
        let opened = answered.interchangeAnswers.allSatisfy { $0.status != "R" }
        if opened, answered.findings.allSatisfy({ !$0.isError }) {
            #expect(answered.implementations.allSatisfy { $0.status == "A" }, comment)
        }
        for (totals, claims) in answered.claimAnswers.map({ ($0.totals, $0.claims) }) {
            #expect((totals.acceptedCount ?? 0) + (totals.rejectedCount ?? 0) == claims.count, comment)
            #expect(totals.acceptedCount ?? 0 == claims.count { !$0.isRejected }, comment)
            #expect(totals.rejectedCount ?? 0 == claims.count { $0.isRejected }, comment)
            let categories = Set(claims.flatMap { $0.statuses + $0.lineStatuses }.flatMap(\.reasons).map(\.category))
            #expect(categories.isSubset(of: ["A2", "A3", "A6", "A7", "A8"]), comment)
        }
    }

    @Test(arguments: FixtureFile.all) func fixtures(file: FixtureFile) throws {
        let answered = try Answered(try file.bytes)
        expectWholeAnswers(answered, "\(file.testDescription)")
        guard file.folder.hasPrefix("837"), answered.interchangeAnswers.allSatisfy({ $0.status != "R" }) else { return }
        #expect(answered.claimAnswers.map(\.claims.count).reduce(0, +) == answered.summary.claims)
    }

    @Test(arguments: FixtureFile.all.filter { $0.folder.hasPrefix("837") || $0.folder == "270" })
    func mutations(file: FixtureFile) throws {
        let bytes = try file.bytes
        for seed in 0..<40 {
            var draw = SeededRandom(seed: UInt64(seed))
            let changed = mutated(bytes, &draw)
            expectWholeAnswers(try Answered(changed), "\(file.testDescription) seed \(seed)")
        }
    }

    private func mutated(_ bytes: [UInt8], _ draw: inout SeededRandom) -> [UInt8] {
        var segments = bytes.split(separator: UInt8(ascii: "~"), omittingEmptySubsequences: false).map(Array.init)
        let at = Int.random(in: 0..<segments.count, using: &draw)
        var elements = segments[at].split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
            Array.init)
        let place = Int.random(in: 0..<elements.count, using: &draw)
        switch Int.random(in: 0..<7, using: &draw) {
        case 0: segments.remove(at: at)
        case 1: segments.insert(segments[at], at: at)
        case 2: segments.swapAt(at, Int.random(in: 0..<segments.count, using: &draw))
        case 3: elements[place] = []
        case 4: elements[place] = Array(["X", " ", "-1", "é", "\u{7}", "a:b^c", "Z"].randomElement(using: &draw)!.utf8)
        case 5: elements[place] += [UInt8](repeating: UInt8(ascii: "9"), count: 90)
        default: segments.removeLast(Int.random(in: 0..<segments.count, using: &draw))
        }
        if at < segments.count, elements.count > place, segments[at].starts(with: elements[0]) || place == 0 {
            segments[at] = Array(elements.joined(separator: [UInt8(ascii: "*")]))
        }
        return Array(segments.joined(separator: [UInt8(ascii: "~")]))
    }

    @Test(arguments: ["sets/837P/accepted-3.x12", "sets/837I/rejected-3.x12", "837I-two-claims.837"])
    func everyChunkingAndEveryMemoryGivesTheSame(name: String) throws {
        let bytes = try Samples.bytes(name)
        let whole = try Answered(bytes)
        for (step, memory) in [(1, 1 << 20), (7, 0), (1000, 50), (.max, 0)] {
            let other = try Answered(bytes, step: step, memory: memory)
            #expect(other.answers == whole.answers)
        }
    }

    @Test func aHeaderOfOddTextIsAnsweredInTheTextOfAnswers() throws {
        let text = String(decoding: try Samples.bytes("270-dependent.270"), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let odd =
            "ISA*00*          *00*          *Q9*               *12*A:B~           *251399*9961*^*00501*000000907*0*I*:|"
        let body = lines.dropFirst().joined(separator: "\n").replacing("~", with: "|")
        let answered = try Answered(odd + "\n" + body)
        #expect(answered.faults == [])
        #expect(answered.interchangeAnswers.map(\.status) == ["E"])
        #expect(answered.interchangeAnswers.map(\.date) == ["260302"])
        #expect(answered.interchangeAnswers.map(\.time) == ["0000"])
        let answer = answered.document(.ta1).interchanges[0]
        #expect(answer.receiverID == "UNKNOWN")
        #expect(answer.senderID == "A B")
        #expect(answer.senderQualifier == "ZZ")
    }

    @Test func nothingThatIsAnInterchangeIsRefused() throws {
        for bytes in [[], Array("hello".utf8), [UInt8](repeating: 0, count: 4096)] as [[UInt8]] {
            let answered = try Answered(bytes)
            #expect(answered.interchangeAnswers.map(\.status) == ["R"])
            #expect(answered.implementations.isEmpty)
            #expect(answered.faults == [])
        }
    }
}
