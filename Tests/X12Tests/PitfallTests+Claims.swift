import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What is wrong inside of claims and remittances, and by what codes a 999 says so.
@Suite struct PitfallsOfClaimsTests {
    let claim = "sets/837P/accepted-1.x12"
    let remittance = "sets/835/accepted-1.x12"

    // MARK: What readers mostly do not notice

    @Test func aChargeUnlikeTheSumOfItsLinesIsAnError() throws {
        let judgement = Judgement(try Samples.text(claim, ("CLM*CW-1001*410*", "CLM*CW-1001*410.01*")))
        #expect(judgement.errors == ["x12.claim-charge"])
        #expect(judgement.sets[0].errors.map(\.segment) == ["CLM"])
        #expect(judgement.sets[0].errors.map(\.loop) == ["2300"])
        #expect(judgement.sets[0].errors[0].contexts == [["CLM01", "CW-1001"]])
        #expect(judgement.sets[0].errors[0].elements.map(\.element) == [2])
    }

    @Test(arguments: [("P", HealthTypes.Issue.Severity.error), ("T", .warning)]) func anNPIHasATrueCheckDigit(
        usage: String, severity: HealthTypes.Issue.Severity
    ) throws {
        let text = try Samples.text(claim, ("*0*T*:", "*0*\(usage)*:"), ("*XX*1234567893", "*XX*1234567894"))
        let judgement = Judgement(text)
        #expect(judgement.codes == ["x12.check-digit"])
        let finding = try judgement.finding("x12.check-digit")
        #expect(finding.issue.severity == severity)
        #expect(finding.snip == 5)
        #expect(finding.issue.location.description.contains("NM109"))
        #expect(judgement.summary.rejected == (usage == "P" ? 1 : 0))
        #expect(judgement.findings.allSatisfy { !$0.issue.message.contains("1234567894") })
    }

    @Test func aDiagnosisThatDoesNotExistIsFoundWithATable() throws {
        var table = CodeTable()
        for code in ["E119", "I10"] { table.insert(code) }
        table.insert("J449", from: CalendarDate("20260303")!)
        var tables = CodeTables()
        tables[.icd10cm] = table
        let text = try Samples.text(claim, ("ABF:I10", "ABF:I101"))
        #expect(Judgement(text).errors == [])
        let judgement = Judgement(text, tables: tables)
        #expect(judgement.errors == ["x12.code-unknown", "x12.code-not-in-force"])
        #expect(judgement.findings.map(\.issue.location.element) == [2, 3])
        #expect(judgement.findings.map(\.issue.location.component) == [2, 2])
        #expect(judgement.sets[0].errors.map(\.segment) == ["HI"])
        // Of a set that is checked without code sets nothing is asked.
        #expect(Judgement(text, snip: 4, tables: tables).errors == [])
    }

    @Test func aPointerToAMissingDiagnosisIsAnError() throws {
        let judgement = Judgement(try Samples.text(claim, ("UN*1***1:2~", "UN*1***1:4~")))
        #expect(judgement.errors == ["x12.diagnosis-pointer"])
        let finding = try judgement.finding("x12.diagnosis-pointer")
        #expect(finding.issue.location.element == 7)
        #expect(finding.issue.location.component == 2)
        #expect(finding.loop == "2400")
    }

    @Test func aRepetitionWhereNoneIsAllowedIsAnError() throws {
        let judgement = Judgement(try Samples.text(claim, ("NM1*IL*1*ASHBY*", "NM1*IL*1*ASHBY^SMITH*")))
        #expect(judgement.errors == ["x12.element-repeat"])
        #expect(judgement.sets[0].errors.flatMap(\.elements).map(\.code) == ["12"])
    }

    @Test(arguments: [
        ("BPR*I*1180*", "BPR*I*1181*", ["x12.remittance-total"], "BPR", "ST"),
        ("SVC*HC:99214:25*180*120*", "SVC*HC:99214:25*180*121*", ["x12.remittance-line"], "SVC", "2110"),
        ("*410*280*40*12", "*411*280*40*12", ["x12.remittance-claim"], "CLP", "2100"),
    ]) func aRemittanceOutOfBalanceIsAnError(old: String, new: String, codes: [String], segment: String, loop: String)
        throws
    {
        let judgement = Judgement(try Samples.text(remittance, (old, new)))
        #expect(judgement.errors == codes)
        #expect(judgement.findings[0].issue.location.segmentID == segment)
        #expect(judgement.findings[0].loop == loop)
        #expect(judgement.summary.rejected == 1)
    }

    @Test func aProviderAdjustmentIsPartOfTheBalance() throws {
        let text = try Samples.text(
            remittance, ("BPR*I*1180*", "BPR*I*1160*"), ("SE*68*", "PLB*1234567893*20261231*WO:X*20~\nSE*69*"))
        #expect(Judgement(text).errors == [])
        #expect(Judgement(text.replacing("*WO:X*20", with: "*WO:X*21")).errors == ["x12.remittance-total"])
    }

    @Test func whatAnotherPayerPaidAndAdjustedAddsUp() throws {
        let name = "837P-other-payer.837"
        #expect(Judgement(try Samples.text(name)).errors == [])
        let judgement = Judgement(try Samples.text(name, ("CAS*PR*1*21.89", "CAS*PR*1*21.88")))
        #expect(judgement.errors == ["x12.other-payer-balance"])
        #expect(judgement.findings.contains { $0.loop == "2320" })
    }

    // MARK: The codes of a 999

    @Test(arguments: [
        ("1", "REF*EI", "ref*EI"), ("2", "NM1*PR*2", "NM1*7Y*2"), ("3", "N3*40 RIVER ROAD*SUITE 2~\n", ""),
        ("4", "NM1*IL*1", "NM1*IL*1*SECOND*PERSON****MI*X9~\nNM1*IL*1"),
        ("5", "DMG*D8*19700412*F~", "DMG*D8*19700412*F~\nDMG*D8*19700412*F~"), ("6", "LX*1~", "ZZZ*1~\nLX*1~"),
        (
            "7", "N3*12 HILL STREET~\nN4*SALEM*OR*97302~\nDMG*D8*19700412*F~",
            "DMG*D8*19700412*F~\nN3*12 HILL STREET~\nN4*SALEM*OR*97302~"
        ),
        ("8", "*11:B:1*", "*11:A:1*"), ("I6", "DMG*D8*19700412*F~\n", ""),
    ]) func aSegmentErrorHasItsCodeAndPlace(code: String, old: String, new: String) throws {
        let judgement = Judgement(try Samples.text(claim, (old, new)))
        let errors = try #require(judgement.sets.first?.errors)
        #expect(errors.contains { $0.code == code }, "\(errors.map(\.code)) of \(judgement.codes)")
        #expect(errors.allSatisfy { ($0.position ?? 0) > 1 })
        #expect(judgement.sets[0].codes.contains("5"))
        #expect(judgement.groups.map(\.status) == ["R"])
        #expect(judgement.faultsOfAnswers == [])
    }

    @Test(arguments: [
        ("1", "CLM*CW-1001*", "CLM**"), ("2", "*L***MI*MHP5550001", "*L***MI"),
        ("3", "DMG*D8*19700412*F", "DMG*D8*19700412*F*********X"), ("4", "BHT*0019*00", "BHT*0019*0"),
        ("5", "N4*SALEM*OR*97302", "N4*SALEM*OR*97302*USAX"), ("6", ":J1100*130*", ":J1100*13O*"),
        ("7", "*11:B:1*", "*1_:B:1*"), ("8", "D8*19700412", "D8*19701312"),
        ("9", "*20260310*0915*CH", "*20260310*2515*CH"),
        ("12", "NM1*IL*1*ASHBY", "NM1*IL*1*ASHBY^B"), ("13", "*11:B:1*", "*11:B:1:9*"),
        ("I6", "BHT*0019*00", "BHT*0019*99"),
        ("I10", "NM1*IL*1*ASHBY*NORA*L*", "NM1*IL*1*ASHBY*NORA*L*DR"),
        ("I12", "CLM*CW-1001*410", "CLM*CW-1001*41"),
    ]) func anElementErrorHasItsCode(code: String, old: String, new: String) throws {
        let judgement = Judgement(try Samples.text(claim, (old, new)))
        let found = judgement.sets.flatMap(\.errors).flatMap(\.elements)
        #expect(found.contains { $0.code == code }, "\(found.map(\.code)) of \(judgement.codes)")
        #expect(judgement.sets.flatMap(\.errors).allSatisfy { !$0.loop.isEmpty || $0.segment == "BHT" })
        #expect(judgement.faultsOfAnswers == [])
    }

    @Test func aSituationNamesWhatSetItOff() throws {
        // A subscriber who is the patient has a birth date.
        let judgement = Judgement(try Samples.text(claim, ("DMG*D8*19700412*F~\n", "")))
        let finding = try judgement.finding("x12.segment-required-here")
        #expect(finding.snip == 4)
        #expect(finding.issue.requirement?.hasPrefix("005010X222A1 ") == true)
        let error = try #require(judgement.sets[0].errors.first { $0.code == "I6" })
        #expect(error.segment == "DMG")
        #expect(error.loop == "2010BA")
        #expect(error.contexts.contains { $0.first == "SITUATIONAL TRIGGER" })
    }

    // MARK: Levels

    @Test(arguments: [
        ("HL*2*1*22*0", "HL*3*1*22*0", "x12.hierarchy-number", HealthTypes.Issue.Severity.error),
        ("HL*2*1*22*0", "HL*2*9*22*0", "x12.hierarchy-parent", .error),
        ("HL*2*1*22*0", "HL*2*2*22*0", "x12.hierarchy-parent", .error),
        ("HL*2*1*22*0", "HL*2**22*0", "x12.hierarchy-parent", .error),
        ("HL*1**20*1", "HL*1*7*20*1", "x12.hierarchy-parent", .error),
        ("HL*2*1*22*0", "HL*2*1*22*1", "x12.hierarchy-child", .warning),
    ]) func levelsAreNumberedAndNameTheirParent(
        old: String, new: String, code: String, severity: HealthTypes.Issue.Severity
    ) throws {
        let judgement = Judgement(try Samples.text(claim, (old, new)))
        #expect(try judgement.finding(code).issue.severity == severity)
        #expect(try judgement.finding(code).issue.location.segmentID == "HL")
    }

    // MARK: Every input has its answers

    @Test(arguments: Samples.all) func everyFixtureIsAnsweredValidly(name: String) throws {
        let judgement = Judgement(try Samples.bytes(name))
        #expect(judgement.faultsOfAnswers == [])
        #expect(judgement.ta1.count == judgement.summary.interchanges)
        #expect(judgement.summary.isConserved)
        let document = X12Document(parsing: try Samples.bytes(name))
        let answered = document.interchanges.flatMap(\.groups).filter { $0.functionalID != "FA" }
        #expect(judgement.groups.map(\.groupControlNumber) == answered.map(\.controlNumber))
        #expect(judgement.sets.map(\.controlNumber) == answered.flatMap(\.transactions).map(\.controlNumber))
        #expect(judgement.sets.count { $0.isAccepted } == judgement.summary.accepted || answered.isEmpty)
    }
}
