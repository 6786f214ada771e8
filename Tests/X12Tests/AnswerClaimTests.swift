import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// The 277CA: what it says of a claim, its lines, its provider and the set that it came in.
@Suite struct AnswerClaimTests {
    private static let head = """
        ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PLAN           *260302*1200*^*00501*000000007*0*T*:~\
        GS*HC*CLINIC*PLAN*20260302*1200*7*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*B7*20260302*1200*CH~\
        NM1*41*2*CLINIC*****46*C1~PER*IC*DESK*TE*5035550101~NM1*40*2*PLAN*****46*P1~
        """
    private static let provider = """
        HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~N3*1 ROAD~N4*SALEM*OR*973010001~REF*EI*931234567~
        """

    private func subscriber(_ level: Int, _ name: String) -> String {
        """
        HL*\(level)*1*22*0~SBR*P*18*******CI~NM1*IL*1*\(name)*JO****MI*M\(level)00~N3*2 ROAD~N4*SALEM*OR*97301~\
        DMG*D8*19700412*F~NM1*PR*2*PLAN*****PI*P1~
        """
    }

    private func claim(_ number: String, charge: String = "100", lines: String? = nil) -> String {
        let line = "LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260301~REF*6R*\(number)L1~"
        return "CLM*\(number)*\(charge)***11:B:1*Y*A*Y*Y~HI*ABK:E119~" + (lines ?? line)
    }

    private func file(_ body: String, sets: Int = 1, group: String = "1", interchange: String = "1") -> String {
        let text = Self.head + body
        let count = text.split(separator: "~").count - 1
        return text + "SE*\(count)*0001~GE*\(group)*7~IEA*\(interchange)*000000007~"
    }

    private var two: String {
        Self.provider + subscriber(2, "DOE") + claim("A1") + subscriber(3, "ROE") + claim("A2")
    }

    private func statuses(_ claim: ClaimAcknowledgment277CA.Claim) -> [String] {
        claim.statuses.flatMap(\.reasons).map { "\($0.category):\($0.code):\($0.entity)" }
    }

    @Test func aSetWithoutErrorsIsAcceptedIntoAdjudication() throws {
        let answered = try Answered(file(two))
        #expect(answered.summary.accepted == 1)
        let answer = try #require(answered.claimAnswers.first)
        #expect(answer.batch == "B7")
        #expect(answer.source == "P1")
        #expect(
            answer.totals
                == ClaimAcknowledgment277CA.Totals(
                    acceptedCount: 2, rejectedCount: nil, acceptedAmount: Money("200"), rejectedAmount: nil))
        #expect(answer.claims.map(\.patientControlNumber) == ["A1", "A2"])
        #expect(answer.claims.map(statuses) == [["A2:20:"], ["A2:20:"]])
        #expect(answer.claims.allSatisfy { $0.statuses.map(\.action) == ["WQ"] && $0.provider == "1234567893" })
        #expect(answered.claimSegments("QTY") == ["QTY*90*2", "QTY*QA*2"])
        #expect(
            answered.claimSegments("NM1").suffix(2) == ["NM1*QC*1*DOE*JO****MI*M200", "NM1*QC*1*ROE*JO****MI*M300"])
        #expect(answered.claimSegments("DTP").last == "DTP*472*D8*20260301")
    }

    @Test func aClaimSaysWhatIsWrongWithItAndTheOthersAreReturned() throws {
        let body = Self.provider + subscriber(2, "DOE") + claim("A1", charge: "90") + subscriber(3, "ROE") + claim("A2")
        let answered = try Answered(file(body))
        #expect(answered.implementations.map(\.status) == ["R"])
        let answer = try #require(answered.claimAnswers.first)
        #expect(answer.claims.map(statuses) == [["A8:400:"], ["A3:23:41"]])
        #expect(answer.claims.allSatisfy { $0.isRejected && $0.statuses[0].action == "U" })
        #expect(answer.totals.rejectedCount == 2)
        #expect(answer.totals.rejectedAmount == Money("190"))
        #expect(answered.claimSegments("QTY") == ["QTY*AA*2", "QTY*QC*2"])
        #expect(answered.claimSegments("SVC") == [])
    }

    @Test func aLineWithAnErrorIsNamedByTheNumberOfItsSender() throws {
        let lines = """
            LX*1~SV1*HC:99213*60*UN*1***1~DTP*472*D8*20260301~\
            LX*2~SV1*HC:99214:25*40*UN*1***2~DTP*472*RD8*20260228-20260301~REF*6R*OUR2~
            """
        let answered = try Answered(file(Self.provider + subscriber(2, "DOE") + claim("A1", lines: lines)))
        #expect(answered.claimSegments("SVC") == ["SVC*HC:99214:25*40"])
        #expect(answered.claimSegments("REF") == ["REF*FJ*OUR2"])
        #expect(answered.claimSegments("STC").last == "STC*A8:477*20260302*U")
        #expect(
            answered.claimSegments("DTP").suffix(2) == [
                "DTP*472*RD8*20260228-20260301", "DTP*472*RD8*20260228-20260301",
            ])
        #expect(answered.claimAnswers[0].claims[0].lineStatuses.flatMap(\.reasons).map(\.code) == ["477"])
        // Without a number of its sender a line goes by its counter.
        let other = try Answered(
            file(Self.provider + subscriber(2, "DOE") + claim("A1", lines: lines.replacing("REF*6R*OUR2~", with: ""))))
        #expect(other.claimSegments("REF") == ["REF*FJ*2"])
    }

    @Test func whatIsWrongWithAProviderOrAPatientIsSaidOfTheirClaims() throws {
        let noStreet = Self.provider.replacing("N3*1 ROAD~", with: "")
        let provider = try Answered(
            file(noStreet + subscriber(2, "DOE") + claim("A1") + subscriber(3, "ROE") + claim("A2")))
        #expect(provider.claimSegments("STC")[1] == "STC*A6:503:85**U*200")
        #expect(provider.claimAnswers[0].claims.map(statuses) == [["A6:503:85"], ["A6:503:85"]])
        let badBirth = subscriber(3, "ROE").replacing("19700412", with: "19701341")
        let patient = try Answered(file(Self.provider + subscriber(2, "DOE") + claim("A1") + badBirth + claim("A2")))
        #expect(patient.claimAnswers[0].claims.map(statuses) == [["A3:23:41"], ["A7:158:IL"]])
    }

    @Test func aDependentIsKnownByTheSubscribersNumber() throws {
        let dependent = subscriber(2, "DOE").replacing("*22*0~", with: "*22*1~")
            .replacing("SBR*P*18", with: "SBR*P*").replacing("DMG*D8*19700412*F~", with: "")
        let child = "HL*3*2*23*0~PAT*19~NM1*QC*1*DOE*TIM~N3*2 ROAD~N4*SALEM*OR*97301~DMG*D8*20150412*M~"
        let answered = try Answered(file(Self.provider + dependent + child + claim("A1")))
        #expect(answered.claimSegments("NM1").last == "NM1*QC*1*DOE*TIM****MI*M200")
        #expect(answered.claimSegments("HL").suffix(2) == ["HL*3*2*19*1", "HL*4*3*PT"])
    }

    @Test func whatIsMissingIsSaidToBeUnknown() throws {
        let bare = "HL*1**20*1~NM1*85*2*CLINIC~REF*EI*931234567~HL*2*1*22*0~SBR*P~CLM**X~LX*1~SV1**Y~"
        let answered = try Answered(file(bare))
        #expect(answered.faults == [])
        #expect(
            answered.claimSegments("NM1").suffix(2) == [
                "NM1*85*2*CLINIC*****FI*931234567", "NM1*QC*1*UNKNOWN*****MI*UNKNOWN",
            ])
        #expect(answered.claimSegments("TRN").last == "TRN*2*0")
        // A claim without a day is dated by the day of its receipt.
        #expect(answered.claimSegments("DTP").last == "DTP*472*D8*20260302")
        #expect(answered.summary.claims == 1)
    }

    @Test func institutionalClaimsHaveTheirBillTypeAndStatementDays() throws {
        let answered = try Answered(try Samples.bytes("837I-two-claims.837"))
        #expect(answered.claimSegments("REF").filter { $0.hasPrefix("REF*BLT") }.count == answered.summary.claims)
        #expect(
            answered.claimSegments("DTP").suffix(2) == ["DTP*472*D8*20050315", "DTP*472*D8*20050401"])
    }

    @Test func aRefusedGroupReturnsItsClaims() throws {
        let answered = try Answered(file(two, group: "2"))
        #expect(answered.implementations.map(\.status) == ["R"])
        #expect(answered.implementations.map(\.codes) == [["5"]])
        #expect(answered.summary.rejected == 1)
        #expect(answered.claimAnswers[0].claims.map(statuses) == [["A3:23:41"], ["A3:23:41"]])
        #expect(answered.faults == [])
    }

    @Test func aRefusedInterchangeHasNoOtherAnswer() throws {
        let answered = try Answered(file(two, interchange: "2"))
        #expect(answered.interchangeAnswers.map(\.note) == ["021"])
        #expect(answered.interchangeAnswers.map(\.status) == ["R"])
        #expect(Set(answered.answers.keys) == [.ta1])
        #expect(answered.summary.rejected == 1)
    }

    @Test func aSetOutsideOfAnyGroupIsRefusedByTheInterchangesAnswer() throws {
        let text = file(two).replacing(/GS\*[^~]*~/, with: "").replacing("GE*1*7~", with: "")
            .replacing("IEA*1", with: "IEA*0")
        let answered = try Answered(text)
        #expect(answered.interchangeAnswers.map(\.status) == ["R"])
        #expect(answered.interchangeAnswers.map(\.note) == ["022"])
        #expect(answered.summary.rejected == answered.summary.transactions)
    }

    @Test func eachInterchangeAndEachSetHasItsOwn() throws {
        let first = file(two)
        let second = first.replacing("000000007", with: "000000008").replacing("A1*100", with: "A1*1")
        let answered = try Answered(first + second)
        #expect(answered.document(.claims).interchanges.map(\.controlNumber) == ["000000002", "000000005"])
        #expect(answered.claimAnswers.map(\.totals.acceptedCount) == [2, nil])
        #expect(answered.claimAnswers.map(\.totals.rejectedCount) == [nil, 2])
        #expect(answered.summary.accepted == 1)
        #expect(answered.faults == [])
    }

    @Test func aSetWithoutClaimsHasNone() throws {
        let answered = try Answered(file(Self.provider))
        #expect(answered.implementations.map(\.status) == ["R"])
        #expect(answered.answers[.claims] == nil)
    }

    @Test func whatTheCallerThrowsEndsTheAnswers() throws {
        struct Full: Error {}
        var pieces = 0
        let maker = AnswerMaker(at: Samples.noon, nextControlNumber: { 1 }) { _, _ in
            pieces += 1
            throw Full()
        }
        let summary = X12FileChecker().check(Array((file(two)).utf8), answering: maker)
        #expect(maker.failure is Full)
        #expect(pieces == 1)
        #expect(summary.accepted == 1)
    }

    @Test func namesThatStandInAnotherPlaceChangeNoClaimBefore() throws {
        let strays =
            "BHT*0019*00*ANOTHERBATCH*20260302*1200*CH~NM1*85*2*ANOTHER*****XX*1234567893~NM1*QC*1*ROE~REF*EI*1~"
        let level = "HL*9*1*22*0~"
        let answered = try Answered(
            file(two + strays + level + strays + claim("A3") + strays + level + "NM1*QC*1*LONGERNAME*X~REF*EI*22~"))
        #expect(answered.faults == [])
        #expect(answered.summary.claims == 3)
        #expect(answered.claimAnswers[0].claims.map(\.patientControlNumber) == ["A1", "A2", "A3"])
        #expect(answered.claimAnswers[0].totals.rejectedAmount == Money("300"))
    }

    @Test func everyFaultOfASetHasAStatus() {
        let faults = Fault.allCases.filter { $0.definition.severity >= .error && $0.definition.codes.segment != nil }
        for fault in faults {
            for kind in [ClaimKind.professional, .institutional, .dental] {
                for (segment, loop) in [("CLM", "2300"), ("NM1", "2010AA"), ("SV1", "2400"), ("ZZZ", "?")] {
                    let finding = Finding(
                        fault.issue(at: Location(segment: 9, segmentID: segment, loop: loop, element: 1)))
                    let status = ClaimFault(finding).status(kind, qualifier: "")
                    #expect([3, 6, 7, 8].contains(status.category), "\(fault)")
                    #expect(status.code > 20)
                }
            }
        }
    }
}
