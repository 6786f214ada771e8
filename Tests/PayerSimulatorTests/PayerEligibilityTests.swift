import Claims
import HealthTypes
import PayerSimulator
import Testing
import X12
import X12Units

/// 270 to 271.
struct PayerEligibilityTests {
    typealias World = PayerWorld

    private func ask(
        _ member: String, payer: String = "MERID", person: Person = World.person(), types: [String] = ["30"],
        world: World? = nil
    ) throws -> EligibilityAnswer {
        let world = try world ?? World()
        let inquiry = EligibilityInquiry(
            trace: "T-\(member)", payerID: payer, payerName: payer, provider: World.billing, memberID: member,
            subscriber: person, serviceDate: World.day, serviceTypes: types)
        let formed = EligibilityMapping.form([inquiry], reference: "R1", in: world.heading())
        let answers = try world.payer.handleX12(formed.bytes, key: "T-\(member)/\(types)")
        #expect(answers.map(\.kind) == ["271"])
        #expect(World.errors(answers[0].bytes) == [])
        let read = try answers.flatMap { try World.units($0.bytes) }.compactMap { unit in
            if case .eligibilityAnswer(let answer) = unit.content { answer } else { nil }
        }
        try #require(read.count == 1)
        #expect(read[0].trace == "T-\(member)")
        return read[0]
    }

    @Test func statesBenefitsByTypeLevelNetworkAndPeriod() throws {
        let answer = try ask("MHP100000005", types: ["30", "62", "35"])
        #expect(answer.status(on: World.day) == .active)
        func amount(_ information: String, _ period: String) -> Money? {
            answer.benefits.first { $0.information == information && $0.period == period }?.amount
        }
        #expect(amount("C", "23") == Money("1500"))
        #expect(amount("C", "29") == Money("400"))
        #expect(amount("G", "23") == Money("6000"))
        #expect(amount("G", "29") == Money("4900"))
        let copay = try #require(answer.benefits.first { $0.information == "B" })
        #expect(copay.serviceTypes == ["98"])
        #expect(copay.amount == Money("20"))
        #expect(answer.benefits.filter { $0.information == "A" }.map(\.inNetwork) == ["Y", "N"])
        #expect(answer.benefits.first { $0.serviceTypes == ["62"] }?.authorizationRequired == "Y")
        #expect(answer.benefits.first { $0.serviceTypes == ["35"] }?.information == "I")
    }

    @Test func lowersWhatRemainsByWhatWasSettled() throws {
        let world = try World()
        _ = try world.settle(World.claim("C1", member: "MHP100000005", lines: [World.line(1, "73562")]))
        let answer = try ask("MHP100000005", world: world)
        #expect(answer.benefits.first { $0.information == "C" && $0.period == "29" }?.amount == Money("352.88"))
    }

    @Test func statesTheEndOfCover() throws {
        let answer = try ask("MHP100000002")
        #expect(answer.status(on: World.day) == .inactive)
        #expect(answer.benefits.map(\.information) == ["6"])
        #expect(answer.planDates.contains(DatedPeriod(qualifier: "347", from: CalendarDate("2026-01-31")!)))
    }

    @Test func namesTheOtherPayer() throws {
        let other = try #require(try ask("MHP100000004").otherPayers.first)
        #expect(other.relatedPayer == "Northstar Mutual")
        #expect(other.relatedPayerID == "NSTAR")
    }

    @Test func namesPartB() throws {
        let answer = try ask("1EG4TE5MK73", payer: "MEDB", person: World.person(born: "1950-04-05"))
        #expect(answer.benefits.first { $0.information == "1" }?.insuranceType == "MB")
    }

    @Test func refusesWhomItDoesNotKnow() throws {
        #expect(try ask("MHP999999999").rejections.map(\.reason) == ["75"])
        #expect(try ask("12").rejections.map(\.reason) == ["72"])
        #expect(try ask("MHP100000001", person: World.person(born: "1981-04-05")).rejections.map(\.reason) == ["71"])
        var person = World.person()
        person.family = "Crombary"
        #expect(try ask("MHP100000001", person: person).rejections.map(\.reason) == ["73"])
        #expect(try ask("MHP100000001", payer: "NOBODY").rejections.map(\.reason) == ["79"])
    }
}
