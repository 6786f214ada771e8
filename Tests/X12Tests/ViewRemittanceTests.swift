import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// ``RemittedClaim835`` and ``Remittance835`` against the fixtures.
@Suite struct ViewRemittanceTests {
    @Test func aClaimHasItsPaymentItsAdjustmentsAndItsLines() throws {
        let claims = try ViewSamples.units(RemittedClaim835.self, "835/accepted-1")
        #expect(claims.map(\.controlNumber) == ["CW-1001", "CW-1002", "CW-0990", "CW-0991"])
        #expect(claims.map(\.paid) == [money("280"), money("0"), money("-100"), money("1000")])
        #expect(claims.map(\.isReversal) == [false, false, true, false])
        let claim = claims[0]
        #expect(claim.payment.amount == money("1180") && claim.payment.traceNumber == "MHP26031200017")
        #expect(claim.payment.date == day("2026-03-12") && claim.payment.productionDate == day("2026-03-11"))
        #expect(claim.payment.method == "ACH" && claim.payment.account == "777002" && claim.payment.bank == "123456780")
        #expect(claim.payment.payer?.name == "MERIDIAN HEALTH PLAN" && claim.payment.payer?.contacts.count == 3)
        #expect(claim.payment.payee?.identifier == "1234567893")
        #expect(claim.charge == money("410") && claim.patientResponsibility == money("40"))
        #expect(claim.patient?.identifier == "MHP5550001" && claim.renderingProvider?.name == "KOWAL")
        #expect(claim.remarkCodes == ["MA01"] && claim.receivedDate == day("2026-03-10"))
        #expect(claim.statementDates == day("2026-03-02")!...day("2026-03-02")!)
        #expect(claim.adjustments.isEmpty)
        #expect(claim.lines.map { $0.procedure?.code } == ["99214", "J1100", "J3490"])
        #expect(
            claim.lines.map { $0.adjustments.map(\.words) } == [
                ["CO-45 30.00", "PR-1 10.00", "PR-2 20.00"], ["CO-45 20.00", "PR-3 10.00"], ["CO-97 40.00 x1"],
            ])
        #expect(claim.lines.map(\.remarkCodes) == [["N130"], [], []])
        #expect(claim.lines[0].procedure?.modifiers == ["25"] && claim.lines[0].allowed == money("150"))
        #expect(claim.lines.map(\.controlNumber) == ["L1", "L2", "L3"] && claim.lines[1].units == "4")
        #expect(claim.lines[1].serviceDates == day("2026-03-02")!...day("2026-03-02")!)
        #expect(claims[1].correctedPatient?.firstName == "LENNA" && claims[1].subscriber?.firstName == "OTTO")
        #expect(claims[2].allAdjustments.map(\.words) == ["CO-45 -30.00", "PR-2 -20.00"])
    }

    @Test func chargesLessAdjustmentsAreWhatWasPaid() throws {
        for name in ["835/accepted-1", "835/accepted-2", "835/accepted-3", "835-4010/accepted-1"] {
            for claim in try ViewSamples.units(RemittedClaim835.self, name) where claim.status != "25" {
                let taken = claim.allAdjustments.compactMap(\.amount).total()
                #expect(claim.charge! - taken == claim.paid!, "\(name) \(claim.controlNumber)")
            }
        }
    }

    @Test func theHospitalHasItsSummaryAndItsCoveredDays() throws {
        let claim = try #require(try ViewSamples.units(RemittedClaim835.self, "835/accepted-2").first)
        #expect(claim.summarizedProvider == "1300000027" && claim.headerNumber == "1")
        #expect(claim.diagnosisGroup == "338" && claim.crossoverPayer?.identifier == "OAKM1")
        #expect(claim.inpatientAdjudication?[4] == "12000" && claim.outpatientAdjudication == nil)
        #expect(claim.quantities.map(\.qualifier) == ["CA"] && claim.quantities.map(\.quantity) == ["3"])
        let second = try ViewSamples.units(RemittedClaim835.self, "835/accepted-2")[1]
        #expect(second.summarizedProvider.isEmpty && second.headerNumber == "2")
        #expect(second.priorityPayer?.name == "OAK MUTUAL" && second.lines[0].procedure?.qualifier == "NU")
    }

    @Test func adjustmentsOfTheProviderComeWithThePayment() throws {
        let payments = try ViewSamples.units(Remittance835.self, "835/accepted-3")
        #expect(payments.map(\.payment.traceNumber) == ["CHK771200", "MHP26031200017"])
        #expect(payments.map(\.payment.payerDivision) == ["DEPT9", ""])
        #expect(payments.map { $0.providerAdjustments.map(\.amount) } == [[money("-50.50")], []])
        let two = try #require(try ViewSamples.units(Remittance835.self, "835/accepted-2").first).providerAdjustments
        #expect(two.map(\.reason) == ["WO", "FB"] && two.map(\.reference) == ["OLD771", "NEXT"])
        #expect(two.map(\.amount) == [money("12000"), money("50")])
        #expect(two.allSatisfy { $0.provider == "1300000027" && $0.fiscalPeriodEnd == day("2026-12-31") })
        let text = try ViewSamples.text("835/accepted-2")
        let place = try #require(text.firstRange(of: "PLB*"))
        #expect(two[0].byteOffset == text.utf8.distance(from: text.startIndex, to: place.lowerBound))
    }

    @Test func claimsAndPaymentsComeInOnePass() throws {
        let units = try ViewSamples.units(RemittanceUnit835.self, "835/accepted-3")
        let kinds = units.map { unit in
            switch unit {
            case .claim(let claim): claim.controlNumber
            case .payment(let payment): payment.unit.setControlNumber
            }
        }
        #expect(kinds == ["CD-1001", "0001", "CW-1001", "CW-1002", "CW-0990", "CW-0991", "0002"])
        #expect(units[1].json["provider_adjustments"]?[0]?["amount"] == "-50.50")
        #expect(units[1].json["payment"]?["currency"] == "USD")
    }

    @Test func theJSONHasTheWholeClaim() throws {
        let json = try #require(try ViewSamples.units(RemittedClaim835.self, "835/accepted-1").first).json
        #expect(json["view"] == "RemittedClaim835" && json["paid"] == "280.00" && json["status"] == "1")
        #expect(
            json["payment"]?["trace_number"] == "MHP26031200017" && json["payment"]?["payee_identifier"] == "1234567893"
        )
        #expect(json["patient"]?["middle_name"] == "L" && json["remark_codes"] == ["MA01"])
        #expect(json["further_segments"] == [["MOA", "", "", "MA01"]])
        #expect(json["lines"]?[0]?["adjustments"]?[2] == ["group": "PR", "reason": "2", "amount": "20.00"])
        #expect(json["lines"]?[0]?["references"]?.array?.count == 2)
        #expect(json["contacts"]?[0]?["numbers"]?[0]?["number"] == "5035559002")
        #expect(json["adjustments"] == nil)
    }

    @Test func olderFilesAreReadToo() throws {
        let claims = try ViewSamples.units(RemittedClaim835.self, "835-4010/accepted-1")
        #expect(claims.map(\.controlNumber) == ["CW-401", "CW-402"])
        #expect(claims[0].lines.map(\.paid) == [money("60"), money("20")])
        #expect(claims[1].adjustments.map(\.words) == ["OA-23 200.00"])
    }
}
