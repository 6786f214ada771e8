import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// ``ClaimStatusInquiry276``, ``ClaimStatus277`` and ``Review278`` against the fixtures.
@Suite struct ViewStatusTests {
    @Test func inquiriesNameTheClaim() throws {
        let inquiries = try ViewSamples.units(ClaimStatusInquiry276.self, "276/accepted-1")
        #expect(inquiries.map(\.traceNumber) == ["CST-9001", "CST-9002"])
        #expect(inquiries.map(\.charge) == [money("1380.55"), money("240")])
        #expect(inquiries.map(\.payerControlNumber) == ["RB20261010772", ""])
        #expect(inquiries.map(\.patientAccount) == ["PT-60021", "PT-60033"])
        #expect(inquiries[0].birthDate == day("1984-09-12") && inquiries[0].patient?.suffix == "JR")
        #expect(inquiries[0].dates[0].through == day("2026-10-03") && inquiries[0].lines.isEmpty)
        #expect(inquiries[1].lines.map(\.controlNumber) == ["L1", ""])
        #expect(inquiries[1].lines[1].revenueCode == "0450" && inquiries[1].lines[0].units == "1")
        let dependents = try ViewSamples.units(ClaimStatusInquiry276.self, "276/accepted-2")
        #expect(dependents.map { $0.patient?.firstName } == ["TAMSIN", "PERRIN"])
        #expect(dependents.map(\.birthDate) == [day("2015-03-04"), day("2018-07-11")])
        #expect(dependents[0].providers.map(\.isPerson) == [false, true])
        #expect(dependents[1].lines[0].charge == money("88.50"))
        #expect(dependents[0].json["dependent"]?["middle_name"] == "Q")
    }

    @Test func statusesHaveTheirReasonsAndPayments() throws {
        let statuses = try ViewSamples.units(ClaimStatus277.self, "277/accepted-1")
        #expect(statuses.map(\.level) == [.claim, .claim] && statuses.allSatisfy { $0.isAccepted == nil })
        let paid = try #require(statuses.first?.statuses.first)
        #expect(paid.reasons.map(\.category) == ["F1", "F1"] && paid.reasons.map(\.code) == ["65", "3"])
        #expect(paid.charge == money("1380.55") && paid.paid == money("1100.40"))
        #expect(paid.decisionDate == day("2026-11-02") && paid.paymentNumber == "EFT7710")
        #expect(statuses[0].payerControlNumber == "RB20261010772")
        #expect(statuses[1].statuses[0].reasons[0].entity == "1P" && statuses[1].statuses[0].paid == nil)
        #expect(statuses[1].lines.map { $0.statuses.map { $0.reasons[0].category } } == [["P3"], ["P1"]])
        let pharmacy = try ViewSamples.units(ClaimStatus277.self, "277/accepted-2")
        #expect(pharmacy.map(\.patient?.firstName) == ["TAMSIN", "PERRIN"])
        #expect(pharmacy[0].statuses[0].reasons[0].codeList == "RX" && pharmacy[0].subscriber?.firstName == "ELDON")
        #expect(pharmacy[1].lines[0].paid == money("0"))
        let levels = try ViewSamples.units(ClaimStatus277.self, "277/accepted-3")
        #expect(levels.map(\.level) == [.receiver, .provider, .claim])
        #expect(levels.map { $0.statuses[0].reasons[0].category } == ["E0", "E0", "D0"])
        #expect(levels[1].providers.map(\.name) == ["HARBOR POINT HOSPITAL"] && levels[1].patient == nil)
    }

    @Test func acknowledgmentsAcceptOrReject() throws {
        let answers = try ViewSamples.units(ClaimStatus277.self, "277CA/accepted-1")
        #expect(answers.map(\.level) == [.receiver, .provider, .claim, .claim])
        #expect(answers.map(\.isAccepted) == [true, nil, true, false])
        #expect(answers.map(\.traceNumber) == ["BATCH-771", "0", "PT-60021", "PT-60022"])
        #expect(answers.map(\.batchNumber) == ["BATCH-771", "BATCH-771", "BATCH-771", "BATCH-771"])
        #expect(answers[0].quantities.map(\.quantity) == ["1", "1"])
        #expect(answers[1].amounts.map(\.amount) == [money("1380.55"), money("240")])
        #expect(answers[3].statuses[0].action == "U" && answers[3].statuses[0].reasons.map(\.code) == ["562", "128"])
        #expect(answers[3].patient?.name == "BRACKENRIDGE" && answers[3].subscriber == nil)
        #expect(answers[3].lines[1].statuses[0].message == "FREE TEXT OF THE PAYER")
        #expect(answers[3].json["accepted"] == false && answers[3].json["lines"]?[1]?["control_number"] == "L2")
        let batch = try ViewSamples.units(ClaimStatus277.self, "277CA/accepted-2")
        #expect(batch.map(\.level) == [.receiver] && batch[0].isAccepted == false)
        let mixed = try ViewSamples.units(ClaimStatus277.self, "277CA/accepted-3")
        #expect(mixed.map(\.isAccepted) == [true, false, true, true])
        #expect(mixed.map(\.traceNumber) == ["BATCH-771", "0", "HP-1", "HP-2"])
    }

    @Test func reviewsAskForServices() throws {
        let request = try #require(try ViewSamples.units(Review278.self, "278-request/accepted-1").first)
        #expect(request.purpose == .request && !request.isAnswer && request.number == "RV20261103A")
        #expect(request.reviewer?.name == "RIVERBEND REVIEW" && request.requester?.identifier == "1345678902")
        #expect(request.memberID == "RB004417702" && request.patient?.birthDate == day("1984-09-12"))
        let event = try #require(request.event)
        #expect(event.category == "HS" && event.certificationType == "I" && event.serviceType == "42")
        #expect(event.facility == "12" && event.facilityQualifier == "B" && event.levelOfService == "U")
        #expect(event.priorAuthorization == "AUTH7001" && event.administrativeReference == "ADM5510")
        #expect(event.diagnoses.map(\.code) == ["S82101A", "I10"] && event.messages.count == 1)
        #expect(event.parties.map(\.role) == ["SJ", "DK"] && event.parties[0].taxonomy == "251E00000X")
        #expect(request.services.map { $0.procedure?.code } == ["G0299", "97110"])
        #expect(request.services.map(\.charge) == [money("160.50"), money("75")])
        #expect(request.services.map(\.quantity) == ["24", "16"] && request.services[0].revenueCode == "0551")
        #expect(request.services[0].parties.map(\.role) == ["SJ"] && request.services[1].messages == ["TWICE A WEEK"])
        #expect(request.services[0].dates[0].through == day("2027-01-10"))
        #expect(request.json["event"]?["further_segments"]?[0]?[0] == "CRC")
    }

    @Test func reviewsAreDecided() throws {
        let answer = try #require(try ViewSamples.units(Review278.self, "278-response/accepted-1").first)
        #expect(answer.isAnswer && answer.decision?.action == "A2" && answer.decision?.number == "AUTH8801")
        #expect(answer.services.map { $0.decision?.action } == ["A1", "A3"])
        #expect(answer.services[1].decision?.reasons == ["0V"])
        #expect(answer.event?.traces.map(\.kind) == ["2", "1"])
        #expect(answer.json["services"]?[1]?["decision"]?["reasons"] == ["0V"] && answer.json["answer"] == true)
        let dependent = try #require(try ViewSamples.units(Review278.self, "278-response/accepted-2").first)
        #expect(dependent.patient?.firstName == "TAMSIN" && dependent.decision?.action == "A4")
        #expect(dependent.rejections.map(\.loop) == ["2010EA"] && dependent.rejections[0].reason == "47")
        let inquiry = try ViewSamples.units(Review278.self, "278-inquiry-response/accepted-1")
        #expect(
            inquiry[0].purpose == .inquiry
                && inquiry[0].services.map { $0.decision?.number } == ["AUTH8802", "AUTH8803"])
        let notice = try ViewSamples.units(Review278.self, "278-acknowledgment/accepted-1")
        #expect(notice.map(\.purpose) == [.notification])
        #expect(notice[0].event?.administrativeReference == "RCPT772")
    }

    @Test func refusalsAboveTheEventAreUnits() throws {
        let units = try ViewSamples.units(Review278.self, "278-response/accepted-3")
        #expect(units.map(\.unit.setControlNumber) == ["0001", "0002", "0002", "0003"])
        #expect(units.map(\.level) == ["2000A", "2000C", "2000B", "2000E"])
        #expect(units.map { $0.rejections.map(\.reason) } == [["42", "80"], ["50", "72"], ["50"], ["57"]])
        #expect(units[0].event == nil && units[0].services.isEmpty && units[3].event?.rejections.count == 1)
    }
}
