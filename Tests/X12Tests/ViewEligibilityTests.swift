import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// ``EligibilityInquiry270`` and ``EligibilityResponse271`` against the fixtures.
@Suite struct ViewEligibilityTests {
    typealias Response = EligibilityResponse271

    @Test func benefitsAreWhatTheyAreOf() throws {
        let responses = try ViewSamples.units(Response.self, "271/accepted-1")
        #expect(responses.count == 1)
        let response = try #require(responses.first)
        #expect(response.level == .subscriber && response.memberID == "RB004417702")
        #expect(response.source?.identifier == "88127" && response.receiver?.taxonomy == "261QM1300X")
        #expect(response.traces.map(\.kind) == ["2", "1"] && response.traces[0].number == "MG-55021")
        #expect(response.patient?.references.map(\.value) == ["GRP7714", "PLAN22"])
        #expect(response.relationship == "18" && response.dates.map(\.qualifier) == ["346", "347"])
        #expect(response.isActive() == true && response.isActive(for: "98") == nil)

        let benefits = response.benefits
        #expect(benefits.map(\.information) == ["1", "B", "C", "C", "A", "F", "D", "R", "L"])
        #expect(benefits[1].amount == money("35") && benefits[1].network == "Y")
        #expect(benefits[1].messages == ["PRIMARY CARE ONLY"])
        // A deductible, and what remains of it: only the period tells them apart.
        #expect(benefits[2].amount == money("1500") && !benefits[2].isRemaining)
        #expect(benefits[3].amount == money("410.25") && benefits[3].isRemaining)
        #expect(benefits[2].keys != benefits[3].keys)
        #expect(benefits[4].share.isEmpty && benefits[4].network == "N")
        #expect(benefits[4].delivery.map { $0[2] } == ["20"] && benefits[4].conditions.map { $0[2] } == ["21"])
        #expect(benefits[5].quantity == "12" && benefits[5].authorization == "Y")
        #expect(benefits[6].procedure?.code == "97110" && benefits[6].procedure?.modifiers == ["GP"])
        #expect(benefits[7].entities.map(\.role) == ["PRP", "P3"])
        #expect(response.otherPayers.map(\.identifier) == ["70121"])
        #expect(benefits[7].dates.map(\.from) == [day("2026-02-01")])
        let key = Response.BenefitKey(serviceType: "30", level: "IND", network: "Y", period: "29")
        #expect(response.benefitsByKey[key]?.map(\.amount) == [money("410.25")])
    }

    @Test func aDependentStandsWithItsSubscriber() throws {
        let responses = try ViewSamples.units(Response.self, "271/accepted-2")
        #expect(responses.map(\.level) == [.dependent])
        let response = try #require(responses.first)
        #expect(response.patient?.firstName == "TAMSIN" && response.subscriber?.firstName == "ELDON")
        #expect(response.memberID == "RB009914320" && response.traces.map(\.number) == ["MG-55022"])
        #expect(response.benefits.map(\.information) == ["6", "1", "G", "I"])
        #expect(response.benefits[1].serviceTypes.count == 11 && response.benefits[1].keys.count == 11)
        #expect(response.isActive(for: "35") == false && response.isActive(for: "MH") == true)
        // Nothing is said of this type of service; it is no refusal.
        #expect(response.isActive(for: "4") == nil)
        #expect(response.rejections.map(\.loop) == ["2110D"])
        #expect(response.benefits[3].conditions.count == 2)
    }

    @Test func refusalsAreUnitsAtTheirLevel() throws {
        let responses = try ViewSamples.units(Response.self, "271/accepted-3")
        #expect(responses.map(\.level) == [.source, .receiver, .subscriber, .dependent])
        #expect(responses.map { $0.rejections.map(\.reason) } == [["42", "T4"], ["51", "43"], ["75"], ["67"]])
        #expect(responses[0].rejections.map(\.isRequestValid) == [true, false])
        #expect(responses[0].rejections.map(\.loop) == ["2000A", "2100A"] && responses[0].patient == nil)
        #expect(responses[1].receiver?.name == "OKONJO-WREN" && responses[3].patient?.firstName == "LYRA")
        #expect(responses.allSatisfy { $0.isActive() == nil })
        #expect(responses[3].json["rejections"]?[0]?["follow_up"] == "C")
    }

    @Test func mixedStandingsAreForAPerson() throws {
        let both = try ViewSamples.replacing("271/accepted-2", "EB*6*IND*35*HM~", "EB*6*IND*35^33*HM~")
        #expect(try ViewSamples.units(Response.self, of: both).first?.isActive(for: "33") == nil)
        let unclear = try ViewSamples.replacing("271/accepted-1", "EB*1*FAM*30*", "EB*V*FAM*30*")
        #expect(try ViewSamples.units(Response.self, of: unclear).first?.isActive() == nil)
    }

    @Test func aShareIsNoAmount() throws {
        let bytes = try ViewSamples.replacing("271/accepted-1", "EB*A*IND*48****.2*****N", "EB*A*IND*48*****.2****N")
        let benefit = try #require(try ViewSamples.units(Response.self, of: bytes).first).benefits[4]
        #expect(benefit.share == ".2" && benefit.amount == nil && benefit.network == "N")
    }

    @Test func theJSONHasTheBenefits() throws {
        let json = try #require(try ViewSamples.units(Response.self, "271/accepted-1").first).json
        #expect(json["level"] == "subscriber" && json["active"] == true && json["inquiry_number"] == "QB20261103A")
        let benefits = try #require(json["benefits"])
        #expect(benefits[3]?["amount"] == "410.25" && benefits[3]?["period"] == "29")
        #expect(benefits[4]?["delivery"]?[0]?[1] == "VS" && benefits[4]?["conditions"]?[0] == ["III", "ZZ", "21"])
        #expect(benefits[7]?["entities"]?[0]?["city"] == "ST CLOUD")
        #expect(benefits[8]?.object?.members.map(\.name) == ["information", "entities"])
        #expect(json["health_codes"] == [["HI", "ABK:E119"]])
    }

    @Test func inquiriesAskAboutOnePerson() throws {
        let inquiries = try ViewSamples.units(EligibilityInquiry270.self, "270/accepted-3")
        #expect(inquiries.map(\.isDependent) == [false, false, true, false, false])
        #expect(inquiries.map(\.memberID) == ["LS10023341", "774410023", "774410023", "NP4410", ""])
        #expect(inquiries[2].patient?.firstName == "CASPIAN" && inquiries[2].subscriber?.firstName == "ODETTE")
        #expect(inquiries.map { $0.questions.map(\.serviceTypes) } == [[["30"]], [["47"]], [["88"]], [[]], [["30"]]])
        #expect(inquiries[3].questions[0].procedure?.code == "00093721410")

        let rich = try #require(try ViewSamples.units(EligibilityInquiry270.self, "270/accepted-1").first)
        #expect(rich.questions[0].serviceTypes == ["30", "98", "UC"] && rich.questions[0].coverageLevel == "FAM")
        #expect(rich.questions[0].amounts.map(\.amount) == [money("250"), money("1200.50")])
        #expect(rich.questions[0].diagnosisPointers == ["1", "2"] && rich.questions[1].places == ["22", "81"])
        #expect(rich.traces.map(\.number) == ["MG-55021", "CLR-9917"] && rich.dates[0].through == day("2026-11-30"))
        #expect(rich.json["questions"]?[0]?["references"]?[0]?["value"] == "AUTH5521")
        let dependents = try ViewSamples.units(EligibilityInquiry270.self, "270/accepted-2")
        #expect(dependents.map(\.isDependent) == [true] && dependents[0].patient?.postalCode == "B3H 4R2")
    }
}
