import Claims
import HealthTypes
import Testing
import X12
import X12Units

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
        let formed = RemittanceMapping.form(
            remittance, payer: Self.details, payee: World.group, in: World.heading)
        #expect(formed.refusals == [])
        #expect(findings(formed.bytes) == [])
        let result = try TakenIn(formed.bytes)
        #expect(result.payments == [remittance])
        #expect(result.issues.isEmpty)
        #expect(result.payments[0].isBalanced)
        guard case .remittanceEnd(let end) = result.units.last?.content else {
            Issue.record("the payment has no end")
            return
        }
        #expect(end.isBalanced && end.claims == 2 && end.trace == "EFT-5" && end.total == Money("130.25"))
        #expect(result.units.map(\.identity.number) == ["EFT-5", "V100001-1", "V100002-1", "EFT-5"])
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
        let formed = RemittanceMapping.form(denial, payer: Self.details, payee: World.group, in: World.heading)
        #expect(findings(formed.bytes) == [])
        #expect(World.segments(formed.bytes, "BPR") == ["BPR*H*0*C*NON************20260302"])
        #expect(try TakenIn(formed.bytes).payments == [denial])
    }

    @Test func whatDoesNotBalanceIsNotWritten() {
        var unbalanced = remittance
        unbalanced.total = Money("131")!
        var negative = Remittance(
            trace: "X", payerID: "P", payerName: "P", paidOn: World.day, total: Money("-5")!)
        negative.providerAdjustments = [.init(reason: "WO", reference: nil, amount: Money("5")!)]
        #expect(negative.isBalanced)
        for wrong in [unbalanced, negative] {
            let formed = RemittanceMapping.form(wrong, payer: Self.details, payee: World.group, in: World.heading)
            #expect(formed.refusals.flatMap(\.issues).map(\.code) == ["remittance.not-writable"])
            #expect(formed.bytes.isEmpty)
        }
    }

    /// What the reading of a payment gives, whatever a check would say of it.
    private func read(_ body: String) throws -> (
        head: MappingResult<Remittance?>, claims: [MappingResult<ClaimRemittance?>],
        end: MappingResult<[Remittance.ProviderAdjustment]>
    ) {
        let units = try World.views(
            RemittanceUnit835.self,
            World.enveloped("HP", "005010X221A1", "ST*835*0001~\(body)SE*9*0001~"))
        var head = MappingResult<Remittance?>(nil)
        var claims: [MappingResult<ClaimRemittance?>] = []
        var end = MappingResult<[Remittance.ProviderAdjustment]>([])
        for unit in units {
            switch unit {
            case .claim(let claim):
                head = RemittanceMapping.read(claim.unit)
                if let payment = head.value { claims.append(RemittanceMapping.read(claim, of: payment)) }
            case .payment(let payment):
                head = RemittanceMapping.read(payment.unit)
                end = RemittanceMapping.read(payment)
            }
        }
        return (head, claims, end)
    }

    @Test func aSettlementThatCannotBeReadIsSaid() throws {
        let result = try read(
            "BPR*I*70*C*CHK************20260302~TRN*1*E1*1361112223~N1*PR*PLAN~REF*2U*PLN9~N1*PE*LARKFIELD*XX*1~LX*1~"
                + "CLP*A1*1*50*x~CLP*A2   *1*100*70~CAS*CO*45*30*1*97*q~NM1*QC*1*BELL*TOM****MI*M1~MOA***MA01*MA02~"
                + "CLP*A3*1*20*0~SVC*HC:99212*y*0~PLB*1*20261231*FB:R1*-5*WO*z~")
        // Spaces at the end of a number say nothing.
        #expect(result.claims.map { $0.value?.controlNumber } == [nil, "A2", nil])
        #expect(result.head.value?.payerID == "PLN9")
        let read = try #require(result.claims[1].value)
        #expect(read.remarks == ["MA01", "MA02"])
        #expect(read.memberID == "M1")
        #expect(result.end.value.map(\.amount) == [Money("-5")!])
        #expect(
            result.claims.flatMap(\.issues).map(\.code) == [
                "remittance.claim-unreadable", "remittance.adjustment-unreadable", "remittance.claim-unreadable",
            ])
        #expect(result.end.issues.map(\.code) == ["remittance.adjustment-unreadable"])
    }

    @Test func aPaymentWithoutItsHeaderIsNone() throws {
        for body in ["BPR*I*x*C*CHK~TRN*1*E1~", "BPR*I*5*C*CHK************20260302~", "BPR*I*5*C*CHK~TRN*1*E1~"] {
            let result = try read(body)
            #expect(result.head.value == nil)
            #expect(result.head.issues.map(\.code) == ["remittance.header-unreadable"])
        }
        #expect(try read("BPR*I*5*D*CHK************20260302~TRN*1*E1~").head.value?.total == Money("-5"))
    }
}
