import Claims
import HealthTypes
import PayerSimulator
import Testing
import X12
import X12Units

/// Every way in which a line is denied or reduced, from the 837 to the 835.
struct AdjudicationTests {
    typealias World = PayerWorld

    @Test func paysAVisitByTheFeeScheduleLessTheCopay() throws {
        // 90.00 × 124 %; the plan's copay is 30.00.
        let settled = try World().settle(World.claim("C1", lines: [World.line(1, "99213")]))
        #expect(settled.count == 1)
        #expect(settled[0].status == "1")
        #expect(settled[0].paid == Money("81.60"))
        #expect(settled[0].patientResponsibility == Money("30"))
        #expect(
            settled[0].lines[0].adjustments == [
                Adjustment(group: "CO", reason: "45", amount: Money("188.40")!),
                Adjustment(group: "PR", reason: "3", amount: Money("30")!),
            ])
        #expect(settled[0].lines[0].allowed == Money("111.60"))
        #expect(settled[0].lines[0].controlNumber == "L1")
    }

    @Test func takesTheDeductibleBeforeTheCoinsuranceAndNotTwice() throws {
        let world = try World()
        let lines = [
            World.line(1, "73562", charge: "500", units: "10"), World.line(2, "71046", charge: "500", units: "10"),
        ]
        let settled = try world.settle(World.claim("C1", member: "MHP100000005", lines: lines))
        // 38 × 1.24 = 47.12 a unit, of which 400 is deductible and the rest is shared; 32 × 1.24 = 39.68 a unit.
        #expect(
            settled[0].lines[0].adjustments.map { "\($0.group)-\($0.reason) \($0.amount)" }
                == ["CO-45 28.80", "PR-1 400.00", "PR-2 14.24"])
        #expect(
            settled[0].lines[1].adjustments.map { "\($0.group)-\($0.reason) \($0.amount)" } == [
                "CO-45 103.20", "PR-2 79.36",
            ])
    }

    @Test func pricesModifiersAndUnlistedProcedures() throws {
        let world = try World()
        // 38 × 1.24 × 40 %.
        #expect(
            try world.settle(World.claim("C1", lines: [World.line(1, "73562", ["26"])]))[0].lines[0].allowed
                == Money("18.85"))
        #expect(
            try world.settle(World.claim("C2", lines: [World.line(1, "Z9999")]))[0].lines[0].allowed == Money("165"))
    }

    @Test(arguments: [
        ("MHP999999999", "CO-31"), ("MHP100000002", "CO-27"), ("MHP100000003", "CO-26"), ("MHP100000004", "CO-22"),
    ])
    func deniesForTheMember(_ member: String, _ denial: String) throws {
        let found = try World().adjustments(World.claim("C1", member: member, lines: [World.line(1, "99213")]))
        #expect(found.first == "\(denial) 300.00")
    }

    @Test func deniesTheMemberWhoseNameAndBirthAreOthers() throws {
        var claim = World.claim("C1", lines: [World.line(1, "99213")])
        claim.coverages[0].subscriber = Person(
            family: "Voskquill", given: "Ona", birthDate: CalendarDate("1999-01-01"), sex: .female,
            address: claim.patient.address)
        claim.patient = claim.coverages[0].subscriber
        #expect(try World().adjustments(claim).first == "CO-31 300.00")
    }

    @Test func paysAsSecondaryWhatThePayerBeforeLeft() throws {
        var claim = World.claim("C1", member: "MHP100000004", lines: [World.line(1, "99213")])
        var first = claim.coverages[0]
        first.payerID = "NSTAR"
        first.memberID = "NS10000009A"
        claim.coverages[0].responsibility = .secondary
        claim.coverages.append(first)
        claim.priorPayments = [
            PriorPayment(
                payerID: "NSTAR", paid: Money("93"),
                lines: [
                    PriorPayment.Line(
                        number: 1, procedure: "99213", paid: Money("93")!,
                        adjustments: [
                            Adjustment(group: "CO", reason: "45", amount: Money("182")!),
                            Adjustment(group: "PR", reason: "3", amount: Money("25")!),
                        ], paidOn: World.day)
                ])
        ]
        let settled = try World().settle(claim)
        #expect(settled[0].status == "2")
        #expect(settled[0].paid == Money("25"))
        #expect(settled[0].lines[0].adjustments.map(\.reason) == ["23"])
    }

    @Test func deniesAfterTheFilingLimit() throws {
        let old = World.day.adding(days: -181)
        #expect(
            try World().adjustments(World.claim("C1", lines: [World.line(1, "99213", on: old)])) == ["CO-29 300.00"])
        let lastDay = World.day.adding(days: -180)
        #expect(
            try World().adjustments(World.claim("C1", lines: [World.line(1, "99213", on: lastDay)])).first
                == "CO-45 188.40")
    }

    @Test func deniesDuplicatesButNotDistinctServices() throws {
        let world = try World()
        _ = try world.settle(World.claim("C1", lines: [World.line(1, "73562")]))
        #expect(
            try world.adjustments(World.claim("C2", lines: [World.line(1, "73562")])) == ["OA-18 300.00", "N522"])
        #expect(
            try world.adjustments(World.claim("C3", lines: [World.line(1, "73562", ["76"])])).first == "CO-45 252.88")
    }

    @Test func deniesARepeatedTestOnTheNextDay() throws {
        let lines = [World.line(1, "85025", on: World.day.adding(days: -1)), World.line(2, "85025")]
        let settled = try World().settle(World.claim("C1", diagnoses: ["I10"], lines: lines))
        #expect(settled[0].lines.map { $0.adjustments.map(\.reason) } == [["45", "2"], ["18"]])
        #expect(settled[0].status == "1")
    }

    @Test func holdsTheFederalPlanToOneTestInNinetyDays() throws {
        let world = try World()
        let first = World.line(1, "83036", on: World.day.adding(days: -60))
        let claim = {
            World.claim($0, payer: "MEDB", member: "1EG4TE5MK73", born: "1950-04-05", diagnoses: ["I10"], lines: [$1])
        }
        #expect(try world.adjustments(claim("C1", first)).first == "CO-45 290.00")
        #expect(try world.adjustments(claim("C2", World.line(1, "83036"))) == ["CO-151 300.00", "N640"])
    }

    @Test func deniesAReadingInAHospitalWithoutItsModifier() throws {
        let world = try World()
        var claim = World.claim("C1", payer: "NSTAR", member: "NS10000001A", lines: [World.line(1, "73721", ["RT"])])
        claim.placeOfService = "22"
        #expect(try world.adjustments(claim) == ["CO-4 300.00", "N822"])
        claim.controlNumber = "C2"
        claim.lines[0].modifiers = ["26", "RT"]
        // Past the modifier, the same service still lacks its authorization.
        #expect(try world.adjustments(claim) == ["CO-197 300.00"])
    }

    @Test func bundlesAVisitIntoTheInjectionOfItsDay() throws {
        let world = try World()
        let lines = { [World.line(1, "99214", $0), World.line(2, "20610", ["RT"])] }
        let settled = try world.settle(World.claim("C1", diagnoses: ["M1711"], lines: lines([])))
        #expect(settled[0].lines[0].adjustments.map(\.reason) == ["97"])
        #expect(settled[0].lines[0].remarks == ["M15"])
        #expect(settled[0].lines[1].adjustments.map(\.reason) == ["45", "2"])
        let distinct = World.claim("C2", member: "MHP100000005", diagnoses: ["M1711"], lines: lines(["25"]))
        #expect(try world.settle(distinct)[0].lines[0].adjustments.map(\.reason) == ["45", "3"])
    }

    @Test func deniesADrugForADiagnosisThatIsNotCovered() throws {
        let world = try World()
        #expect(
            try world.adjustments(World.claim("C1", diagnoses: ["K2970"], lines: [World.line(1, "J1160")]))
                == ["CO-50 300.00", "N115"])
        #expect(
            try world.adjustments(World.claim("C2", diagnoses: ["I4891"], lines: [World.line(1, "J1160")])).first
                == "CO-45 293.18")
    }

    @Test func limitsUnitsOfTherapyOverAYear() throws {
        let world = try World()
        let claim = World.claim("C1", lines: [World.line(1, "97110", ["GP"], units: "121")])
        #expect(try world.adjustments(claim) == ["PR-119 300.00", "N640"])
    }

    @Test func startsAPrivatePolicyOnItsDay() throws {
        let world = try World()
        let early = CalendarDate(year: 2025, month: 12, day: 30)!
        var claim = World.claim(
            "C1", payer: "NSTAR", member: "NS10000001A", lines: [World.line(1, "73721", ["RT"], on: early)])
        claim.placeOfService = "22"
        #expect(try world.adjustments(claim) == ["CO-197 300.00"])
    }
}

/// What is turned back at the door, by a 277CA.
struct IntakeTests {
    typealias World = PayerWorld

    /// `altered` changes the text of what is sent, for what our own writer refuses to write.
    private func status(
        _ change: (inout Claim) -> Void = { _ in }, altered: (String) -> String = { $0 }
    ) throws -> String {
        let world = try World()
        var claim = World.claim("C1", lines: [World.line(1, "99213")])
        change(&claim)
        let text = altered(String(decoding: world.batch([claim]), as: UTF8.self))
        _ = try world.payer.handleX12(Array(text.utf8), key: "1")
        world.later()
        let mail = try world.mail()
        #expect(mail.allSatisfy { World.errors($0.bytes).isEmpty })
        let claims = try World.acknowledged(mail)
        try #require(claims.count == 1)
        #expect(claims[0].patientControlNumber == "C1")
        #expect(claims[0].isRejected == claims[0].payerClaimControlNumber.isEmpty)
        #expect(try World.payments(mail).isEmpty == claims[0].isRejected)
        return "\(claims[0].categoryCode):\(claims[0].statusCode)"
            + (claims[0].entity.isEmpty ? "" : ":\(claims[0].entity)")
    }

    @Test func takesASoundClaim() throws { #expect(try status() == "A2:20:PR") }

    @Test func turnsBackABadNPI() throws {
        #expect(
            try status {
                $0.rendering = Provider(npi: "1234567890", entity: .person, name: "Orrisdale", given: "Tavetha")
            } == "A7:562:82")
    }

    @Test(arguments: ["K297", "M545", "E1165X99", "ZZZ", "K2999"])
    func turnsBackADiagnosisThatCannotBeBilled(_ code: String) throws {
        #expect(try status { $0.diagnoses = [Diagnosis(qualifier: "ABK", code: code)] } == "A7:255")
    }

    @Test(arguments: ["K2970", "E1165", "I10", "M25561", "O26892", "C50911"])
    func takesADiagnosisThatCanBeBilled(_ code: String) throws {
        #expect(try status { $0.diagnoses = [Diagnosis(qualifier: "ABK", code: code)] } == "A2:20:PR")
    }

    @Test func turnsBackAPostOfficeBox() throws {
        #expect(try status { $0.billing.address?.line1 = "P.O. Box 12" } == "A7:126:85")
    }

    @Test func turnsBackATotalThatIsNotTheSum() throws {
        #expect(try status(altered: { $0.replacing("CLM*C1*300*", with: "CLM*C1*301*") }) == "A7:178")
    }

    @Test func turnsBackAPayerThatItIsNot() throws {
        #expect(try status { $0.coverages[0].payerID = "OTHER" } == "A7:153:PR")
    }

    @Test func turnsBackACorrectionOfNothing() throws {
        #expect(
            try status {
                $0.frequency = "7"
                $0.originalReference = "M00000000000000"
            } == "A7:464")
    }

    @Test func turnsBackAServiceOfTomorrow() throws {
        #expect(try status { $0.lines[0].from = World.day.adding(days: 1) } == "A7:187")
    }
}
