import Claims
import HealthTypes
import Testing
import X12
import X12Units

@Suite struct EligibilityTests {
    private func inquiry(_ trace: String, dependent: Person? = nil) -> EligibilityInquiry {
        EligibilityInquiry(
            trace: trace, payerID: "MERID", payerName: "Meridian Health Plan", provider: World.group,
            memberID: "MHP000111222", subscriber: dependent == nil ? World.nora : World.tom, dependent: dependent,
            serviceDate: World.day, serviceTypes: ["30", "62"])
    }

    @Test func inquiriesComeBack() throws {
        let inquiries = [inquiry("T-1"), inquiry("T-2", dependent: World.ida)]
        let formed = EligibilityMapping.form(inquiries, reference: "ELIG-1", in: World.heading)
        #expect(formed.refusals == [])
        #expect(findings(formed.bytes) == [])
        let result = try TakenIn(formed.bytes)
        #expect(result.inquiries == inquiries)
        #expect(result.issues.isEmpty)
        #expect(result.units.map(\.batch.reference) == ["ELIG-1", "ELIG-1"])
        // Whom to ask stands once for both.
        #expect(World.segments(formed.bytes, "NM1*PR").count == 1)
    }

    private func answer(_ trace: String) -> EligibilityAnswer {
        var answer = EligibilityAnswer(trace: trace, payerID: "MERID", payerName: "Meridian Health Plan")
        answer.memberID = "MHP000111222"
        answer.subscriber = World.nora
        answer.planDates = [DatedPeriod(qualifier: "346", from: CalendarDate("20260101")!)]
        var active = Benefit(information: "1")
        active.level = "IND"
        active.serviceTypes = ["30", "62"]
        active.insuranceType = "HM"
        active.plan = "Harbor Gold"
        var copay = Benefit(information: "B")
        copay.serviceTypes = ["98"]
        copay.period = "27"
        copay.amount = Money("25.50")!
        copay.inNetwork = "Y"
        var share = Benefit(information: "A")
        share.serviceTypes = ["62"]
        share.percent = "0.2"
        share.quantity = "3"
        share.quantityQualifier = "VS"
        share.authorizationRequired = "Y"
        share.procedure = "73721"
        share.messages = ["Ask first"]
        share.dates = [DatedPeriod(qualifier: "193", from: World.day, to: World.day.adding(days: 30))]
        var other = Benefit(information: "R")
        other.serviceTypes = ["30"]
        other.relatedPayer = "Northstar Mutual"
        other.relatedPayerID = "NSTAR"
        other.relatedMemberID = "NS00011122A"
        answer.benefits = [active, copay, share, other]
        return answer
    }

    @Test func answersComeBack() throws {
        var refused = EligibilityAnswer(trace: "T-2", payerID: "MERID", payerName: "Meridian Health Plan")
        refused.memberID = "MHP000111222"
        refused.subscriber = World.nora
        refused.rejections = [EligibilityRejection(loop: "2100C", reason: "75", followUp: "C")]
        var unknownProvider = refused
        unknownProvider.trace = "T-3"
        unknownProvider.rejections = [EligibilityRejection(loop: "2100B", reason: "51", followUp: "N")]
        let answers = [answer("T-1"), refused, unknownProvider]
        let exchanges = answers.map { EligibilityMapping.Exchange(inquiry: inquiry($0.trace), answer: $0) }
        let formed = EligibilityMapping.form(exchanges, reference: "ELIG-1", in: World.heading)
        #expect(formed.refusals == [])
        #expect(findings(formed.bytes) == [])
        let result = try TakenIn(formed.bytes)
        #expect(result.answered == answers)
        #expect(result.issues.isEmpty)
        #expect(result.answered[0].status(on: World.day) == .active)
        #expect(result.answered[1].status(on: World.day) == .notFound)
    }

    @Test func aDependentsAnswerComesBack() throws {
        var answer = answer("T-4")
        answer.dependent = World.ida
        let exchange = EligibilityMapping.Exchange(inquiry: inquiry("T-4", dependent: World.ida), answer: answer)
        let formed = EligibilityMapping.form([exchange], reference: "E", in: World.heading)
        #expect(findings(formed.bytes) == [])
        #expect(try TakenIn(formed.bytes).answered == [answer])
    }

    /// Codes and repetitions that strict readers drop whole answers for.
    @Test func aTolerantReaderDropsNothing() throws {
        let results = try World.views(EligibilityResponse271.self, World.fixture("tolerant.271"))
            .map(EligibilityMapping.read)
        let answers = results.map(\.value)
        #expect(answers.map(\.trace) == ["T-1", "T-2", "T-3", ""])
        #expect(results.flatMap(\.issues).map(\.code) == ["eligibility.trace-absent", "mapping.amount-unreadable"])
        let first = answers[0]
        #expect(first.benefits.map(\.information) == ["1", "R", "MC", "L", "ZZ9", "A", "C", "D"])
        #expect(first.benefits[0].serviceTypes == ["30", "1", "35"])
        #expect(first.benefits[1].relatedPayer == "PLAN SPONSOR")
        #expect(first.benefits[1].relatedMemberID == "MHP000999888")
        #expect(first.benefits[2].relatedPayer == "HARBOR MANAGED CARE")
        #expect(first.benefits[5].percent == ".2")
        #expect(first.benefits[6].amount == Money("250.50"))
        #expect(first.benefits[7].messages == ["CALL FOR DETAILS", "WEEKDAYS ONLY"])
        #expect(first.status(on: World.day) == .active)
        #expect(first.status(on: CalendarDate("20270101")!) == .inactive)
        #expect(first.otherPayers.count == 1)
        #expect(answers[1].status(on: World.day) == .notFound)
        #expect(answers[2].dependent?.given == "IDA")
        #expect(answers[2].status(on: World.day) == .inactive)
        #expect(answers[3].benefits[0].amount == nil)
    }

    /// A payer that is down refuses before any patient; the refusal is an answer, and is not lost.
    @Test func aRefusedSourceIsAnAnswer() throws {
        let set = """
            ST*271*0001*005010X279A1~BHT*0022*11*R9*20260302*0900~HL*1**20*0~AAA*Y**42*R~NM1*PR*2*MERIDIAN*****PI*MERID~\
            AAA*Y**80*W~SE*7*0001~
            """
        let result = try TakenIn(World.enveloped("HB", "005010X279A1", set))
        #expect(result.errors == [])
        #expect(
            result.answered.flatMap(\.rejections) == [
                EligibilityRejection(loop: "2000A", reason: "42", followUp: "R"),
                EligibilityRejection(loop: "2100A", reason: "80", followUp: "W"),
            ])
        #expect(result.answered[0].status(on: World.day) == .unknown)
        #expect(result.answered[0].payerID == "MERID")
    }
}
