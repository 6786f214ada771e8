import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// ``Claim837`` and its JSON against the fixtures.
@Suite struct ViewClaimTests {
    @Test func aClaimSaysWhoseItIsAndWhatItCosts() throws {
        let claim = try #require(try ViewSamples.units(Claim837.self, "837P/accepted-1").first)
        #expect(claim.kind == .professional)
        #expect(claim.controlNumber == "CW-1001" && claim.charge == money("410") && claim.frequency == "1")
        #expect(claim.authorizationNumber == "PA20260302" && claim.clearinghouseNumber == "CW260310000001")
        #expect(claim.subscriber?.name == "ASHBY" && claim.subscriber?.birthDate == day("1970-04-12"))
        #expect(claim.subscriber?.gender == "F" && claim.subscriber?.references.map(\.value) == ["000112222"])
        #expect(claim.billingProvider?.identifier == "1234567893")
        #expect(claim.billingProvider?.address == ["40 RIVER ROAD", "SUITE 2"])
        #expect(claim.billingProvider?.contacts.first?.numbers.map(\.number) == ["5035550102"])
        #expect(claim.submitter?.contacts.first?.numbers.map(\.qualifier) == ["TE", "EX", "EM"])
        #expect(claim.providers.map(\.role) == ["DN", "82", "77"])
        #expect(claim.providers.map(\.taxonomy) == ["", "207Q00000X", ""])
        #expect(claim.diagnoses.map(\.code) == ["E119", "I10", "J449"])
        #expect(claim.amounts.map(\.amount) == [money("20")])
        #expect(claim.dates.map(\.from) == [day("2026-03-01"), day("2026-03-02")])
        #expect(claim.references.map(\.qualifier) == ["G1", "D9", "EA"])
        #expect(claim.lines.map(\.procedure) == ["99214", "J1100", "J3490"])
        #expect(claim.lines.map(\.charge) == [money("180"), money("130"), money("100")])
        #expect(claim.lines.map(\.controlNumber) == ["L1", "L2", ""])
    }

    @Test func theClaimOfADependentIsFoundWithItsPatientAndItsOtherPayer() throws {
        let claims = try ViewSamples.units(Claim837.self, "837P/accepted-2")
        #expect(claims.map(\.controlNumber) == ["CW-1002"])
        let claim = try #require(claims.first)
        #expect(claim.dependent?.firstName == "LENA" && claim.subscriber?.firstName == "OTTO")
        #expect(claim.dependent?.birthDate == day("2012-08-15"))
        #expect(claim.payer?.identifier == "MHP01" && claim.payerSequence == "S")
        #expect(claim.lines.map(\.procedure) == ["99284", "72040"])

        let other = try #require(claim.otherPayers.first)
        #expect(claim.otherPayers.count == 1)
        #expect(other.sequence == "P" && other.relationship == "19" && other.groupNumber == "GRP777")
        #expect(other.paid == money("150") && other.adjustments.map(\.words) == ["PR-1 50.00"])
        #expect(other.remarkCodes == ["MA01"] && other.decisionDate == day("2026-02-28"))
        #expect(other.subscriber?.identifier == "OAK88800" && other.payer?.identifier == "OAKM1")
        #expect(other.payer?.references.map(\.value) == ["OAKCLM221"])

        let lines = claim.unit.root.loops("2400")
        let decisions = lines.map { $0.loops("2430").map { Claim837.Line.Decision(loop: $0) } }
        #expect(decisions.map(\.count) == [1, 1])
        #expect(decisions[0][0].paid == money("100") && decisions[0][0].payerID == "OAKM1")
        #expect(decisions[0][0].adjustments.map(\.words) == ["CO-45 80.00", "PR-2 20.00"])
        #expect(decisions[1][0].adjustments.isEmpty && decisions[1][0].date == day("2026-02-28"))
    }

    @Test func hospitalsAndDentistsHaveTheirOwn() throws {
        let hospital = try #require(try ViewSamples.units(Claim837.self, "837I/accepted-1").first)
        #expect(hospital.kind == .institutional && hospital.charge == money("18250.75"))
        #expect(hospital.statementDates == day("2026-02-01")!...day("2026-02-04")!)
        #expect(hospital.diagnosisGroup == "338")
        #expect(hospital.lines.map(\.revenueCode) == ["0120", "0360", "0250", "0300"])
        #expect(hospital.providers.map(\.role) == ["71", "72", "ZZ", "77", "DN"])
        let dentist = try #require(try ViewSamples.units(Claim837.self, "837D/accepted-1").first)
        #expect(dentist.kind == .dental && dentist.lines.map(\.procedure) == ["D2150", "D2740"])
        #expect(dentist.lines.map(\.charge) == [money("175"), money("1100")])
    }

    @Test func theJSONHoldsEverySegmentOfAClaim() throws {
        let json = try #require(try ViewSamples.units(Claim837.self, "837P/accepted-1").first).json
        #expect(json["view"] == "Claim837" && json["transaction"] == "0001" && json["guide"] == "005010X222A1")
        #expect(json["position"] == 28)
        let text = try ViewSamples.text("837P/accepted-1")
        let claim = try #require(text.firstRange(of: "CLM*"))
        #expect(json["byte"] == JSON(text.utf8.distance(from: text.startIndex, to: claim.lowerBound)))
        #expect(json["kind"] == "professional" && json["control_number"] == "CW-1001" && json["charge"] == "410.00")
        #expect(json["claim_or_encounter"] == "CH" && json["batch_number"] == "CW26031001")
        #expect(json["billing_provider"]?["taxonomy"] == "207Q00000X")
        #expect(json["group_name"] == "MERIDIAN CHOICE" && json["subscriber_relationship"] == "18")
        #expect(json["payer"]?["references"]?[1]?["value"] == "CFC778")
        #expect(json["attachments"]?[0]?["control_number"] == "ATT1001")
        #expect(json["notes"]?[0]?["text"] == "PATIENT SEEN WITH INTERPRETER")
        #expect(json["dependent"] == nil && json["patient"] == nil && json["other_payers"] == nil)
        let lines = try #require(json["lines"])
        #expect(lines[0]?["procedure"]?["modifiers"] == ["25"] && lines[0]?["diagnosis_pointers"] == ["1", "2"])
        #expect(lines[1]?["drug"]?["code"] == "00641036725" && lines[1]?["drug"]?["quantity"] == "4")
        #expect(
            lines[2]?["dates"]?[0]?["from"] == "2026-03-02" && lines[2]?["procedure"]?["note"] == "COMPOUNDED INJECTION"
        )
        #expect(lines[2]?["further_segments"] == [["PS1", "LAB009", "45"]])
        #expect(lines[2]?["providers"]?[1]?["contacts"]?[0]?["name"] == "JAN KOWAL")
    }

    @Test func theJSONOfAHospitalKeepsItsCodes() throws {
        let json = try #require(try ViewSamples.units(Claim837.self, "837I/accepted-1").first).json
        let codes = try #require(json["health_codes"]?.array)
        #expect(codes[0] == ["qualifier": "ABK", "code": "K3580", "present_on_admission": "Y"])
        #expect(codes.contains(["qualifier": "BE", "code": "01", "amount": "1500"]))
        #expect(codes.contains(["qualifier": "BI", "code": "70", "date": "20260201-20260204"]))
        #expect(json["dates"]?[0] == ["qualifier": "096", "format": "TM", "text": "1130"])
        #expect(json["further_segments"] == [["CL1", "1", "1", "01"]])
        #expect(json["lines"]?[3]?["not_covered"] == "25.00" && json["lines"]?[3]?["revenue_code"] == "0300")
        let dental = try #require(try ViewSamples.units(Claim837.self, "837D/accepted-1").first).json
        #expect(dental["lines"]?[0]?["further_segments"] == [["TOO", "JP", "14", "M:O"]])
    }

    @Test func whatCannotBeReadIsGivenAsItStands() throws {
        let bytes = try ViewSamples.replacing("837P/accepted-1", "CLM*CW-1001*410*", "CLM*CW-1001*4I0*")
        let broken = try Samples.replacing(bytes, "DTP*431*D8*20260301", "DTP*431*D8*20260231")
        let claim = try #require(try ViewSamples.units(Claim837.self, of: broken).first)
        #expect(claim.charge == nil && claim.json["charge"] == "4I0")
        #expect(claim.json["dates"]?[0] == ["qualifier": "431", "format": "D8", "text": "20260231"])
    }
}
