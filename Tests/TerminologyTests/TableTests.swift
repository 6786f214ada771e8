import HealthTypes
import Terminology
import Testing

@Suite struct TableTests {
    let tables: CodeTables

    init() throws { tables = try Shipped.tables.get() }

    @Test func everyAdjustmentReasonSaysWhatToDo() {
        #expect(tables.allAdjustmentReasons.count > 140)
        for reason in tables.allAdjustmentReasons {
            #expect(!reason.categories.isEmpty && !reason.route.isEmpty && !reason.words.isEmpty, "\(reason.code)")
            #expect(!reason.usualGroups.isEmpty, "\(reason.code)")
            for group in reason.usualGroups + reason.allowedGroups {
                #expect(tables.adjustmentGroup(group) != nil, "\(reason.code)")
            }
            #expect(reason.usualGroups.allSatisfy { reason.allows(group: $0) }, "\(reason.code)")
            if let scenario = reason.scenario { #expect((1...4).contains(scenario), "\(reason.code)") }
            #expect(reason.fixClass == .auto || reason.fixCondition == nil, "\(reason.code)")
        }
    }

    @Test func constraintsOfAdjustmentReasonsAreKept() throws {
        let duplicate = try #require(tables.carc("18"))
        #expect(duplicate.allows(group: "OA") && !duplicate.allows(group: "PR"))
        for code in ["16", "96", "129", "148", "201", "226", "227", "234", "237", "250", "251", "252", "267", "A1"] {
            #expect(tables.carc(code)?.needsRemark == true, "\(code)")
        }
        #expect(tables.carc("45")?.needsRemark == false)
        #expect(tables.carc("a1")?.category == .byRemark)
        #expect(tables.carc("27")?.category == .eligibility)
        #expect(tables.carc("9999") == nil)
        #expect(tables.carc("1")?.fixClass == AdjustmentReason.FixClass.none)
    }

    @Test func alertsAreToldFromRemarks() {
        #expect(tables.rarc("N210")?.isAlert == true)
        #expect(tables.rarc("N211")?.isAlert == true)
        #expect(tables.rarc("MA130")?.isAlert == false)
        #expect(tables.rarc("MA04")?.category == .coordination)
    }

    @Test func proceduresHaveWordsAndSoundLimits() {
        #expect(tables.allProcedures.count >= 260)
        for procedure in tables.allProcedures {
            #expect(!procedure.words.isEmpty)
            #expect([nil, 0, 10, 90].contains(procedure.globalDays), "\(procedure.code)")
            #expect((procedure.maximumUnitsPerDay ?? 1) > 0, "\(procedure.code)")
            if let low = procedure.minimumAge, let high = procedure.maximumAge {
                #expect(low <= high, "\(procedure.code)")
            }
            if let from = procedure.effectiveFrom, let to = procedure.effectiveTo {
                #expect(from <= to, "\(procedure.code)")
            }
            #expect(tables.isProcedureFormat(procedure.code))
        }
        for category in ProcedureCode.Category.allCases {
            #expect(tables.allProcedures.contains { $0.category == category }, "\(category)")
        }
    }

    @Test func aProcedureIsUnknownOutsideItsDates() throws {
        let before = try #require(CalendarDate("2020-12-31"))
        let after = try #require(CalendarDate("2021-01-01"))
        #expect(tables.procedure("99201", on: before)?.category == .evaluation)
        #expect(tables.procedure("99201", on: after) == nil)
        #expect(tables.procedure("99201") != nil)
        #expect(tables.procedure("99417", on: before) == nil)
        #expect(tables.procedure("99417", on: after) != nil)
        #expect(tables.procedure("j0696", on: after)?.system == .hcpcs)
    }

    @Test func procedureFactsAreRead() throws {
        let knee = try #require(tables.procedure("27447"))
        #expect(knee.isOnPairedOrgan && !knee.hasComponents && knee.globalDays == 90)
        let head = try #require(tables.procedure("70450"))
        #expect(head.hasComponents && head.category == .imaging && head.globalDays == nil)
        #expect(tables.procedure("84153")?.sex == .male)
        #expect(tables.procedure("42826")?.minimumAge == 12)
    }

    @Test func theFormOfAProcedureCodeNamesItsSystem() {
        for code in ["99213", "0001F", "0042T", "0240U", "0002M", "0042t"] {
            #expect(ProcedureCode.system(byFormatOf: code) == .cpt, "\(code)")
        }
        for code in ["J0696", "a0425", "V2020"] { #expect(ProcedureCode.system(byFormatOf: code) == .hcpcs, "\(code)") }
        for code in ["", "9921", "992133", "W1234", "99A13", "J069A", "0001X", "ß0001", "K29.7"] {
            #expect(!tables.isProcedureFormat(code), "\(code)")
        }
    }

    @Test func billingCodesAreFound() {
        #expect(tables.modifier("26")?.kind == .component)
        #expect(tables.modifier("lt")?.kind == .anatomic)
        #expect(tables.placeOfService("21")?.isFacility == true)
        #expect(tables.placeOfService("11")?.isFacility == false)
        #expect(tables.placeOfService("10")?.isTelehealth == true)
        #expect(tables.revenueCode("250") == tables.revenueCode("0250"))
        #expect(tables.revenueCode("0120")?.isRoom == true)
        #expect(tables.state("PR")?.name == "Puerto Rico")
        #expect(tables.state("XX") == nil)
        #expect(tables.taxonomy("207q00000x")?.isOrganization == false)
        #expect(tables.taxonomy("282N00000X")?.isOrganization == true)
    }

    @Test func answersOfPayersAreClassed() {
        for code in 1...5 { #expect(tables.eligibilityCode("\(code)")?.kind == .active) }
        for code in 6...8 { #expect(tables.eligibilityCode("\(code)")?.kind == .inactive) }
        for code in ["U", "V", "R"] { #expect(tables.eligibilityCode(code)?.kind == .other) }
        #expect(tables.serviceType("30") != nil)
        #expect(tables.rejectReason("42")?.action == .retry)
        #expect(tables.rejectReason("75")?.action == .notFound)
        #expect(tables.rejectReason("T4")?.action == .routing)
        // Public code often has these wrong: A1 is not yet acceptance, A3 and A6 to A8 are rejections.
        #expect(tables.claimStatusCategory("A1")?.outcome == .received)
        #expect(tables.claimStatusCategory("A2")?.outcome == .accepted)
        for code in ["A3", "A6", "A7", "A8"] { #expect(tables.claimStatusCategory(code)?.outcome == .rejected) }
        #expect(tables.claimStatusCategory("F1")?.isForAcknowledgment == false)
        #expect(tables.reviewAction("A1")?.outcome == .approved)
        #expect(tables.reviewAction("A4")?.outcome == .pended)
    }

    @Test func everyTableSaysItsNameAndVersion() throws {
        let files = try Shipped.files.get()
        let names = files.names(endingIn: ".tsv").map { String($0.dropLast(4)) }
        #expect(tables.headers.map(\.name) == names.sorted())
        #expect(tables.digest == files.digest)
        for name in files.names(endingIn: ".tsv") {
            let comments = try #require(files.text(name)).split(separator: "\n").prefix { $0.hasPrefix("#") }
            for word in ["# source:", "# licence:", "# date:"] {
                #expect(comments.contains { $0.hasPrefix(word) }, "\(name) \(word)")
            }
        }
    }
}
