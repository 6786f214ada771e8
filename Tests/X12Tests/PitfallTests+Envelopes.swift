import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// Counts, control numbers, broken structures, and how TA1 and 999 name them.
@Suite struct PitfallsOfEnvelopesTests {
    let claim = "sets/837P/accepted-1.x12"

    struct Case: CustomTestStringConvertible, Sendable {
        var old: String
        var new: String
        var finding: String
        /// TA104 and TA105.
        var ta1 = ["A", "000"]
        /// AK901 and those that follow; nil where an interchange is refused, which has no other answer.
        var group: [String]? = ["R"]
        /// IK501 and those that follow.
        var set: [String]? = ["A"]
        var testDescription: String { "\(old) → \(new)" }
    }

    @Test(arguments: [
        Case(old: "SE*66*", new: "SE*65*", finding: "x12.segment-count", set: ["R", "4"]),
        Case(old: "SE*66*0001", new: "SE*66*0002", finding: "x12.transaction-control-number", set: ["R", "3"]),
        Case(old: "SE*66*0001~\n", new: "", finding: "x12.transaction-trailer-missing", set: ["R", "2"]),
        Case(
            old: "ST*837*0001*", new: "ST*837*1*", finding: "x12.transaction-control-number-form",
            set: ["R", "7", "5", "3"]),
        Case(old: "GS*HC*", new: "GS*HP*", finding: "x12.transaction-not-of-group", set: ["R", "6"]),
        Case(old: "GE*1*1", new: "GE*2*1", finding: "x12.transaction-count", group: ["R", "5"]),
        Case(old: "GE*1*1", new: "GE*1*2", finding: "x12.group-control-number", group: ["R", "4"]),
        Case(old: "GE*1*1~\n", new: "", finding: "x12.group-trailer-missing", group: ["R", "3"]),
        Case(old: "GE*1*1~", new: "XYZ*1~GE*1*1~", finding: "x12.stray-group-segment", group: ["R", "6"]),
        Case(old: "IEA*1*", new: "IEA*2*", finding: "x12.group-count", ta1: ["R", "021"], group: nil, set: nil),
        Case(
            old: "IEA*1*000000001", new: "IEA*1*000000002", finding: "x12.interchange-control-number",
            ta1: ["R", "001"], group: nil, set: nil),
        Case(
            old: "IEA*1*000000001~", new: "", finding: "x12.interchange-trailer-missing", ta1: ["R", "023"], group: nil,
            set: nil),
        Case(
            old: "IEA*1*", new: "XYZ*1~IEA*1*", finding: "x12.stray-interchange-segment", ta1: ["R", "022"], group: nil,
            set: nil),
        Case(
            old: "*000000001*0*T", new: "*00000000A*0*T", finding: "x12.interchange-control-number-form",
            ta1: ["R", "018"], group: nil, set: nil),
        Case(
            old: "*260310*0915*^", new: "*269910*0915*^", finding: "x12.interchange-date", ta1: ["E", "014"],
            group: ["A"]),
        Case(
            old: "*260310*0915*^", new: "*260310*9915*^", finding: "x12.interchange-time", ta1: ["E", "015"],
            group: ["A"]),
        Case(old: "*0*T*:", new: "*7*T*:", finding: "x12.interchange-acknowledgment", ta1: ["E", "019"], group: ["A"]),
        Case(old: "*0*T*:", new: "*0*Q*:", finding: "x12.interchange-usage", ta1: ["E", "020"], group: ["A"]),
        Case(
            old: "*^*00501*", new: "*^*5.010*", finding: "x12.interchange-version", ta1: ["R", "017"], group: nil,
            set: nil),
    ]) func isNoticedAndAnswered(one: Case) throws {
        let judgement = Judgement(try Samples.text(claim, (one.old, one.new)))
        let finding = try judgement.finding(one.finding)
        #expect(finding.isError)
        #expect(finding.issue.location.byte != nil)
        #expect(judgement.ta1.map { [$0.status, $0.note] } == [one.ta1])
        #expect(judgement.groups.first.map { [$0.status] + $0.codes } == one.group)
        #expect(judgement.sets.first.map { [$0.status] + $0.codes } == one.set)
        #expect(judgement.summary.transactions == 1)
        #expect(judgement.summary.isConserved)
        let isForgiven = one.ta1[0] != "R" && one.group == ["A"]
        #expect(judgement.summary.accepted == (isForgiven ? 1 : 0))
        #expect(judgement.faultsOfAnswers == [])
    }

    @Test func aControlNumberThatStandsTwiceIsNoticedAtEveryLevel() throws {
        let text = try Samples.text(claim)
        let twice = Judgement(text + text)
        #expect(twice.errors == ["x12.interchange-duplicate"])
        #expect(twice.ta1.map { [$0.status, $0.note] } == [["A", "000"], ["R", "025"]])
        #expect(twice.summary.accepted == 1)

        let sets = Judgement(Samples.enveloped("ST*864*0001~SE*2*0001~ST*864*0001~SE*2*0001~", sets: 2))
        #expect(sets.errors == ["x12.transaction-duplicate"])
        #expect(sets.sets.map { [$0.status] + $0.codes } == [["A"], ["R", "23"]])

        let group = "GS*HC*S*R*20260302*1200*5*X*005010~GE*0*5~"
        let groups = Judgement(Samples.isa + group + group + "IEA*2*000000001~")
        #expect(groups.errors == ["x12.group-duplicate"])
        #expect(groups.groups.map { [$0.status] + $0.codes } == [["A"], ["R", "19"]])
    }

    @Test(arguments: ["", "   \n", "\0", "no X12 at all", "ISA", "ISA*00*  "]) func anInputWithoutInterchangeIsAnswered(
        text: String
    ) throws {
        let judgement = Judgement(text)
        #expect(judgement.findings.count == 1)
        #expect(judgement.findings.allSatisfy { $0.isError && $0.issue.location.byte == 0 })
        #expect(judgement.ta1.map { [$0.status, $0.note] } == [["R", "024"]])
        #expect(judgement.faultsOfAnswers == [])
    }

    @Test func delimitersThatAreOneByteAreRefused() throws {
        let judgement = Judgement(try Samples.text(claim, ("*T*:~", "*T**~")))
        #expect(judgement.errors.first == "x12.delimiters-invalid")
        #expect(judgement.ta1.map { [$0.status, $0.note] } == [["R", "026"]])
    }

    @Test func aHeaderOfOtherWidthsIsReadAndRefused() throws {
        let judgement = Judgement(try Samples.text(claim, ("*CLEARWATER     *", "*CLEARWATER*")))
        #expect(judgement.errors == ["x12.header-width"])
        #expect(judgement.summary.segments == 70)
        #expect(judgement.ta1.map { [$0.status, $0.note] } == [["R", "024"]])
    }

    @Test func aFileThatEndsInTheMiddleIsCountedToItsEnd() throws {
        let text = try Samples.text(claim)
        let cut = String(text.prefix(text.utf8.count / 2))
        let judgement = Judgement(cut)
        #expect(judgement.errors.contains("x12.transaction-trailer-missing"))
        #expect(judgement.errors.contains("x12.group-trailer-missing"))
        #expect(judgement.errors.contains("x12.interchange-trailer-missing"))
        #expect(judgement.ta1.map { [$0.status, $0.note] } == [["R", "023"]])
        #expect(judgement.summary.rejected == 1)
        #expect(judgement.faultsOfAnswers == [])
    }

    // MARK: One bad thing beside good ones

    /// The claim's set under so many control numbers, some of them changed.
    func batch(_ count: Int, change: (Int, String) -> String) throws -> String {
        let lines = try Samples.text(claim).split(separator: "\n")
        let set = lines[2...67].joined(separator: "\n")
        let sets = (1...count).map { number in
            let control = padded(number, to: 4)
            return change(
                number,
                set.replacing("ST*837*0001", with: "ST*837*\(control)").replacing(
                    "SE*66*0001", with: "SE*66*\(control)"))
        }
        return ([String(lines[0]), String(lines[1])] + sets + ["GE*\(count)*1~", String(lines[69])]).joined(
            separator: "\n")
    }

    @Test func oneBadSetStopsNothing() throws {
        let text = try batch(9) { $0 == 4 ? $1.replacing("CLM*CW-1001*410*", with: "CLM*CW-1001*411*") : $1 }
        let judgement = Judgement(text)
        #expect(judgement.errors == ["x12.claim-charge"])
        #expect(judgement.summary.transactions == 9)
        #expect(judgement.summary.accepted == 8)
        #expect(judgement.summary.rejected == 1)
        #expect(judgement.sets.map(\.status) == ["A", "A", "A", "R", "A", "A", "A", "A", "A"])
        #expect(judgement.groups.map(\.status) == ["P"])
        #expect(judgement.groups.map(\.acceptedCount) == [8])
    }

    @Test func aSetWithoutTrailerEndsWhereTheNextBegins() throws {
        let judgement = Judgement(try batch(3) { $0 == 2 ? $1.replacing("SE*66*0002~", with: "") : $1 })
        #expect(judgement.errors == ["x12.transaction-trailer-missing"])
        #expect(judgement.sets.map { [$0.status] + $0.codes } == [["A"], ["R", "2"], ["A"]])
    }

    @Test func aMissingGuideStopsNothing() throws {
        let lines = try Samples.text(claim).split(separator: "\n")
        let good = lines[2...67].joined(separator: "\n")
        let other = "ST*850*0002~BEG*00*SA*1**20260302~SE*3*0002~"
        let text = ([String(lines[0]), String(lines[1]), good, other, "GE*2*1~", String(lines[69])]).joined(
            separator: "\n")
        let judgement = Judgement(text)
        #expect(judgement.codes == ["x12.set-unknown"])
        #expect(judgement.errors == [])
        #expect(judgement.summary.accepted == 2)
        #expect(judgement.sets.map(\.id) == ["837", "850"])
        #expect(judgement.sets.map(\.status) == ["A", "A"])
    }

    @Test func countsInAreCountsOutWhateverTheSize() throws {
        let text = try batch(300) { $0 % 7 == 0 ? $1.replacing("*11:B:1*", with: "*11:A:1*") : $1 }
        #expect(text.utf8.count > 64 << 10)
        let judgement = Judgement(text)
        #expect(judgement.summary.interchanges == 1)
        #expect(judgement.summary.transactions == 300)
        #expect(judgement.summary.claims == 300)
        #expect(judgement.summary.rejected == 42)
        #expect(judgement.summary.accepted == 258)
        #expect(judgement.summary.segments == 300 * 66 + 4)
        #expect(judgement.summary.enveloped == judgement.summary.segments)
        #expect(judgement.sets.count == 300)
        #expect(judgement.sets.count { $0.isAccepted } == 258)
        #expect(judgement.groups.map(\.receivedCount) == [300])
        #expect(judgement.faultsOfAnswers == [])
    }

    @Test func theRemittanceMayLeaveOutItsGuide() throws {
        let judgement = Judgement(
            try Samples.text("sets/835/accepted-1.x12", ("ST*835*0001*005010X221A1~", "ST*835*0001~")))
        #expect(judgement.codes == [])
        #expect(judgement.sets.map(\.status) == ["A"])
        #expect(judgement.sets.map(\.controlNumber) == ["0001"])
        // Its guide is used all the same.
        let unbalanced = Judgement(
            try Samples.text(
                "sets/835/accepted-1.x12", ("ST*835*0001*005010X221A1~", "ST*835*0001~"), ("BPR*I*1180", "BPR*I*1181")))
        #expect(unbalanced.errors == ["x12.remittance-total"])
        #expect(unbalanced.sets.map(\.status) == ["R"])
    }
}
