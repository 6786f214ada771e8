import Claims
import HealthTypes
import Testing
import X12

@Suite struct RemittanceTests {
    private static let details = RemittanceMapping.PayerDetails(
        taxID: "361112223", address: World.street, contact: "Provider desk", phone: "2175550199")

    private var remittance: Remittance {
        var remittance = Remittance(
            trace: "EFT-5", payerID: "MERID", payerName: "Meridian Health Plan", paidOn: World.day,
            total: Money("130.25")!)
        func settlement(_ number: String, status: String, charge: String, paid: String) -> ClaimRemittance {
            ClaimRemittance(
                controlNumber: number, status: status, charge: Money(charge)!, paid: Money(paid)!, trace: "EFT-5",
                paidOn: World.day, payerID: "MERID")
        }
        var paid = settlement("V100001-1", status: "1", charge: "200", paid: "150.25")
        paid.patientResponsibility = Money("20")!
        paid.payerClaimNumber = "ICN-1"
        paid.patient = Person(family: "Ashdown", given: "Nora")
        paid.memberID = "MHP000111222"
        paid.remarks = ["MA15", "N706"]
        var line = RemittanceLine(
            procedure: "99213", modifiers: ["25"], charge: Money("200")!, paid: Money("150.25")!)
        line.units = "1"
        line.from = World.day
        line.controlNumber = "L-1"
        line.allowed = Money("170.25")!
        line.adjustments =
            (1...7).map { Adjustment(group: "CO", reason: "\($0)", amount: Money("1")!) }
            + [
                Adjustment(group: "CO", reason: "45", amount: Money("22.75")!, quantity: "1"),
                Adjustment(group: "PR", reason: "3", amount: Money("20")!),
            ]
        line.remarks = ["N706", "M15"]
        paid.lines = [line]
        var reversed = settlement("V100002-1", status: "22", charge: "-50", paid: "-30")
        reversed.payerClaimNumber = "ICN-2"
        reversed.patient = Person(family: "Bell", given: "Tom")
        reversed.adjustments = [Adjustment(group: "CO", reason: "45", amount: Money("-20")!)]
        remittance.claims = [paid, reversed]
        remittance.providerAdjustments = [
            Remittance.ProviderAdjustment(reason: "WO", reference: "V100003", amount: Money("-20")!),
            Remittance.ProviderAdjustment(reason: "L6", reference: nil, amount: Money("10")!),
        ]
        return remittance
    }

    @Test func aPaymentComesBack() throws {
        let writer = try RemittanceMapping.write835(
            remittance, payer: Self.details, payee: World.group, at: World.now)
        let document = try World.sent([writer], as: "HP")
        #expect(findings(document) == [])
        let result = RemittanceMapping.read835(World.transactions(document)[0])
        #expect(result.value == remittance)
        #expect(result.issues.isEmpty)
        #expect(result.value?.isBalanced == true)
    }

    @Test func aNoticeOfNothingPaidIsNoPayment() throws {
        var denial = Remittance(
            trace: "N-1", payerID: "CIVIC", payerName: "Civic Medicaid Plan", paidOn: World.day, total: .zero)
        var claim = ClaimRemittance(
            controlNumber: "D-1", status: "1", charge: Money("90")!, paid: .zero, trace: "N-1", paidOn: World.day,
            payerID: "CIVIC")
        claim.payerClaimNumber = "ICN-3"
        claim.patient = Person(family: "Bell", given: "Ida")
        claim.adjustments = [Adjustment(group: "CO", reason: "252", amount: Money("90")!)]
        denial.claims = [claim]
        let writer = try RemittanceMapping.write835(denial, payer: Self.details, payee: World.group, at: World.now)
        let document = try World.sent([writer], as: "HP")
        #expect(findings(document) == [])
        #expect(World.transactions(document)[0].segments[1].rawText == "BPR*H*0*C*NON************20260302")
        #expect(RemittanceMapping.read835(World.transactions(document)[0]).value == denial)
    }

    @Test func whatDoesNotBalanceIsNotWritten() {
        var unbalanced = remittance
        unbalanced.total = Money("131")!
        var negative = Remittance(
            trace: "X", payerID: "P", payerName: "P", paidOn: World.day, total: Money("-5")!)
        negative.providerAdjustments = [.init(reason: "WO", reference: nil, amount: Money("5")!)]
        #expect(negative.isBalanced)
        for wrong in [unbalanced, negative] {
            #expect(throws: RemittanceMapping.Unwritable.self) {
                try RemittanceMapping.write835(wrong, payer: Self.details, payee: World.group, at: World.now)
            }
        }
    }

    private func read(_ body: String) -> MappingResult<Remittance?> {
        let text = """
            ISA*00*          *00*          *ZZ*A              *ZZ*B              *260302*0900*^*00501*000000001*0*T*:~
            GS*HP*A*B*20260302*0900*1*X*005010X221A1~ST*835*0001~\(body)SE*9*0001~GE*1*1~IEA*1*000000001~
            """
        return RemittanceMapping.read835(World.transactions(X12Document(parsing: Array(text.utf8)))[0])
    }

    @Test func aSettlementThatCannotBeReadIsKept() {
        let result = read(
            "BPR*I*70*C*CHK************20260302~TRN*1*E1*1361112223~N1*PR*PLAN~REF*2U*PLN9~N1*PE*LARKFIELD*XX*1~LX*1~"
                + "CLP*A1*1*50*x~CLP*A2*1*100*70~CAS*CO*45*30*1*97*q~NM1*QC*1*BELL*TOM****MI*M1~MOA***MA01*MA02~"
                + "CLP*A3*1*20*0~SVC*HC:99212*y*0~PLB*1*20261231*FB:R1*-5*WO*z~")
        #expect(result.unread.map(\.controlNumber) == ["A1", "A3"])
        #expect(result.value?.claims.map(\.controlNumber) == ["A2"])
        #expect(result.value?.payerID == "PLN9")
        #expect(result.value?.claims[0].remarks == ["MA01", "MA02"])
        #expect(result.value?.claims[0].memberID == "M1")
        #expect(result.value?.providerAdjustments.map(\.amount) == [Money("-5")!])
        #expect(
            result.issues.map(\.code) == [
                "remittance.claim-unreadable", "remittance.adjustment-unreadable", "remittance.claim-unreadable",
                "remittance.adjustment-unreadable",
            ])
        #expect(result.value?.isBalanced == false)
    }

    @Test func aPaymentWithoutItsHeaderIsKeptWhole() {
        for body in ["BPR*I*x*C*CHK~TRN*1*E1~", "BPR*I*5*C*CHK************20260302~", "BPR*I*5*C*CHK~TRN*1*E1~"] {
            let result = read(body)
            #expect(result.value == nil)
            #expect(result.issues.map(\.code) == ["remittance.header-unreadable"])
            #expect(result.unread.count == 1)
        }
        #expect(read("BPR*I*5*D*CHK************20260302~TRN*1*E1~").value?.total == Money("-5"))
    }
}
