import ClinicalKnowledge
import HealthTypes
import Testing

@Suite struct BillingPatternTests {
    let day = CalendarDate("2026-03-02")

    func lines(_ codes: [String], _ day: CalendarDate?) -> [BilledTreatment] {
        codes.map { BilledTreatment(.test, code: $0, serviceDate: day) }
    }

    let electrolytes = ["84295", "84132", "82435", "82374"]

    @Test func thePartsOfAPanelBilledApartAreFlagged() {
        let response = analyze(["E87.1"], lines(electrolytes, day))
        #expect(response.overbillingIndicators.map(\.code) == [.panelUpcoding])
        #expect(response.flags == [.overbilling])
        #expect(response.verdict == .flag)
        #expect(response.riskScore == Score(hundredths: 40))
        #expect(response.overbillingIndicators[0].guidelineReference?.contains("NCCI Policy Manual") == true)
        // Without dates they are taken as of one day, as one claim's lines are.
        #expect(analyze(["E87.1"], lines(electrolytes, nil)).flags == [.overbilling])
    }

    @Test func anIncompleteOrSpreadOrMarkedSetIsNoPanel() {
        #expect(analyze(["E87.1"], lines(Array(electrolytes.dropLast()), day)).verdict == .pass)
        var spread = lines(electrolytes, day)
        spread[3].serviceDate = CalendarDate("2026-03-09")
        #expect(analyze(["E87.1"], spread).verdict == .pass)
        var marked = lines(electrolytes, day)
        marked[0].code += "-91"
        #expect(analyze(["E87.1"], marked).verdict == .pass)
    }

    @Test func ofPanelsInsideOneAnotherTheLargestIsNamed() {
        let parts = electrolytes + ["82947", "84520", "82565", "82310"]
        let response = analyze(["E87.1"], lines(parts, day))
        let panels = response.overbillingIndicators.filter { $0.code == .panelUpcoding }
        #expect(panels.count == 1)
        #expect(panels[0].detail.contains("Basic metabolic panel"))
    }

    @Test func aWholePanelForAScratchIsFlagged() {
        let panel = BilledTreatment(.test, code: "80053")
        for codes in [["S00.01XA"], ["S93.401A", "W19.XXXA"], ["S60.511A", "S90.31XA"]] {
            let response = analyze(codes, [panel])
            #expect(response.overbillingIndicators.map(\.code).contains(.panelUpcoding), "\(codes)")
            #expect(response.verdict == .flag)
        }
        for codes in [["S00.01XA", "E11.9"], ["S72.001A"], ["W19.XXXA"], ["S00.01XA", "U99"]] {
            let response = analyze(codes, [panel])
            #expect(!response.overbillingIndicators.map(\.code).contains(.panelUpcoding), "\(codes)")
        }
    }

    func operation(_ code: String, on day: String? = "2026-03-02", units: Int? = nil) -> BilledTreatment {
        BilledTreatment(.procedure, code: code, serviceDate: day.flatMap { CalendarDate($0) }, quantity: units)
    }

    @Test func anOrganIsRemovedOnce() {
        #expect(analyze(["K35.80"], [operation("44970")]).verdict == .pass)
        let twice = analyze(["K35.80"], [operation("44970"), operation("44950", on: "2026-03-09")])
        #expect(twice.overbillingIndicators.map(\.code) == [.repeatedOnceOnly])
        #expect(twice.flags == [.overbilling])
        #expect(twice.riskScore == Score(hundredths: 60))
        let units = analyze(["K35.80"], [operation("44970", units: 2)])
        #expect(units.overbillingIndicators.map(\.code) == [.repeatedOnceOnly, .excessiveQuantity])
        // The assistant's line is of the same operation.
        #expect(analyze(["K35.80"], [operation("44970"), operation("44970-80")]).verdict == .pass)
    }

    @Test func aJointHasTwoSides() {
        let both = [operation("27447-LT"), operation("27447-RT", on: "2026-05-02")]
        #expect(analyze(["M17.0"], both).verdict == .pass)
        let third = analyze(["M17.0"], both + [operation("27447-LT", on: "2026-06-02")])
        #expect(third.overbillingIndicators.map(\.code) == [.repeatedOnceOnly])
    }

    @Test func anOrganThatIsGoneIsAskedAbout() {
        let response = analyze(["K35.80", "Z90.49"], [operation("44970")])
        #expect(response.verdict == .pass)
        #expect(response.toCheck.contains { $0.condition == "whether it was done before" })
        #expect(!analyze(["K35.80"], [operation("44970")]).toCheck.contains { $0.condition.contains("before") })
    }

    @Test func moreUnitsThanACodeCanMean() {
        func ask(_ code: String, _ units: Int?) -> [AnalyzeResponse.OverbillingIndicator.Code] {
            analyze(["E11.9"], [BilledTreatment(.test, code: code, quantity: units)]).overbillingIndicators.map(\.code)
        }
        #expect(ask("83036", 1) == [])
        #expect(ask("83036", nil) == [])
        #expect(ask("83036", 2) == [.excessiveQuantity])
        #expect(ask("83036-59", 2) == [])
    }

    /// A blood count fits pneumonia; the obstetric panel of which it is a part does not.
    @Test func aPlainPartLendsNothingToItsPanel() {
        func ask(_ diagnosis: String, _ code: String) -> AnalyzeResponse.Verdict {
            analyze([diagnosis], [BilledTreatment(.test, code: code)]).verdict
        }
        #expect(ask("J18.9", "85025") == .pass)
        #expect(ask("J18.9", "80053") == .pass)
        #expect(ask("J18.9", "80055") == .flag)
        #expect(ask("Z34.01", "80055") == .pass)
    }

    /// A specialty's visit is a service of kind visit that does not fit every diagnosis.
    @Test func anUnrelatedReferralIsNamedAsOne() throws {
        let services =
            "id\tcodes\tloinc\tname\tkind\tgeneral\tsynonyms\tmembers\n"
            + "eye\t\t\tEye clinic\tvisit\t\teye doctor\t\nt\t80001\t\tTest\ttest\t\t\t\n"
        let knowledge = try KnowledgeBase(
            files([
                "services.tsv": services,
                "statements.tsv": statements([
                    "service:eye\tdiagnostic\tH00-H59\t\tlabel\tuses\t", "service:t\tdiagnostic\tK29\t\tlabel\tuses\t",
                ]),
            ]))
        func ask(_ code: String) -> AnalyzeResponse {
            let visit = BilledTreatment(.procedure, code: "", name: "eye doctor")
            return knowledge.analyze(
                AnalyzeRequest(icd10Codes: [code], treatments: [visit]), naming: AllCodes())
        }
        #expect(ask("H25.9").verdict == .pass)
        #expect(ask("K29.70").flags == [.mismatch, .overbilling])
        #expect(ask("K29.70").overbillingIndicators.map(\.code) == [.unrelatedReferral])
        #expect(ask("Q90.9").flags.isEmpty)
    }

    @Test func theUnitsOfADayAreCountedOverItsLines() {
        func ask(_ lines: [BilledTreatment]) -> [AnalyzeResponse.OverbillingIndicator.Code] {
            analyze(["J45.909"], lines).overbillingIndicators.map(\.code)
        }
        #expect(ask([operation("96365"), operation("96365")]) == [.excessiveQuantity])
        #expect(ask([operation("96365"), operation("96365", on: "2026-03-03")]) == [])
        #expect(ask([operation("96365", on: nil), operation("96365", on: nil)]) == [])
        #expect(ask([operation("96365"), operation("96365-59")]) == [])
    }

    static let head = "pattern\tsubject\tobject\tvalue\tcitation\tlocator\tnote\n"

    @Test(arguments: [
        ("odd\tservice:t\t\t\tlabel\t\t", "pattern"), ("daily_units\tservice:t\t\t\tlabel\t\t", "value"),
        ("daily_units\tservice:t\t\t0\tlabel\t\t", "value"), ("panel_in_parts\tservice:t\t\t3\tlabel\t\t", "value"),
        ("done_before\tservice:t\t\t\tlabel\t\t", "object"),
        ("panel_for_minor_injury\tservice:t\t9X\t\tlabel\t\t", "object"),
        ("daily_units\tservice:t\tK29\t2\tlabel\t\t", "object"), ("daily_units\tdrug:a\t\t2\tlabel\t\t", "subject"),
        ("daily_units\t\t\t2\tlabel\t\t", "subject"), ("panel_in_parts\tcode:80001\t\t\tlabel\t\t", "panel"),
    ])
    func brokenPatternsAreReportedWithTheirLine(row: String, word: String) {
        let error = #expect(throws: DataFileError.self) {
            try KnowledgeBase(files(["billing-patterns.tsv": Self.head + row + "\n"]))
        }
        #expect(error?.description.hasPrefix("billing-patterns.tsv:2: ") == true)
        #expect(error?.reason.contains(word) == true)
    }

    @Test func patternsThatReferToNothingAreReportedAndTakeNoPart() throws {
        let rows = [
            "daily_units\tservice:t\t\t1\tnowhere\t\t", "daily_units\tservice:none\t\t1\tlabel\t\t",
            "daily_units\tcode:99999\t\t1\tlabel\t\t", "daily_units\tservice:t\t\t1\tnowhere\t\t",
        ]
        let knowledge = try KnowledgeBase(
            files(["billing-patterns.tsv": Self.head + rows.joined(separator: "\n") + "\n"]))
        #expect(
            knowledge.check().map(\.code) == [
                "knowledge.uncited", "knowledge.dangling-subject", "knowledge.dangling-subject", "knowledge.uncited",
                "knowledge.duplicate-pattern",
            ])
        let request = AnalyzeRequest(
            icd10Codes: ["K29"], treatments: [BilledTreatment(.test, code: "80001", quantity: 5)])
        #expect(knowledge.analyze(request, naming: AllCodes()).overbillingIndicators.isEmpty)
    }

    @Test func aPatternOfOneCodeLeavesTheOthersOfItsServiceAlone() throws {
        let services =
            "id\tcodes\tloinc\tname\tkind\tgeneral\tsynonyms\tmembers\n"
            + "t\t80001|80002\t\tTest\ttest\t\t\t\n"
        let knowledge = try KnowledgeBase(
            files([
                "services.tsv": services,
                "billing-patterns.tsv": Self.head + "daily_units\tcode:80002\t\t1\tlabel\t\tnoted\n",
            ]))
        for (code, count) in [("80001", 0), ("80002", 1)] {
            let request = AnalyzeRequest(
                icd10Codes: ["K29"], treatments: [BilledTreatment(.test, code: code, quantity: 5)])
            #expect(knowledge.analyze(request, naming: AllCodes()).overbillingIndicators.count == count)
        }
    }
}
