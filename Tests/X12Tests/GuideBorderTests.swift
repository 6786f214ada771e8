import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What published examples hold passes, and what stands a step further is still refused.
@Suite struct GuideBorderTests {
    /// A segment of one of the reviews; what is tried stands before it.
    enum Place: String {
        case event = "MSG*LIVES ALONE ON THE SECOND FLOOR~"
        case line = "MSG*TWICE A WEEK~"
        case answeredHomeCare = "PWK*OZ*EL***AC*ATT9001~"
        case answeredEvent = "MSG*EIGHTEEN VISITS IN ALL~"
        case answeredLine = "MSG*NOT SHOWN TO BE NEEDED~"

        var loop: String { self == .line || self == .answeredLine ? "2000F" : "2000E" }

        func judgement(with segment: String) throws -> Judgement {
            let isAsked = self == .event || self == .line
            return Judgement(
                try Samples.text(
                    "sets/278-\(isAsked ? "request" : "response")/accepted-1.x12",
                    (rawValue, segment + "\n" + rawValue),
                    isAsked ? ("SE*50*", "SE*51*") : ("SE*44*", "SE*45*")))
        }
    }

    static let homeCare = "CR6*3*20261110*RD8*20261110-20270110***"

    static let passing: [(Place, String)] = [
        (.event, "PWK*OZ*VO~"), (.event, "PWK*AS*FX***AC*ATT9002~"), (.line, "PWK*AS*VO~"),
        (.answeredHomeCare, homeCare + "W*I~"), (.answeredEvent, "PWK*AS*VO~"), (.answeredLine, "PWK*AS*VO~"),
    ]

    @Test(arguments: passing) func aReviewMayHold(place: Place, segment: String) throws {
        #expect(try place.judgement(with: segment).errors == [])
    }

    static let failing: [(Place, String, String, Int)] = [
        (.event, "PWK*OZ*FX~", "x12.element-required-here", 6), (.event, "PWK*OZ*EM~", "x12.element-required-here", 6),
        (.line, "PWK*OZ*BM~", "x12.element-required-here", 6),
        (.answeredHomeCare, homeCare + "X*I~", "x12.element-code", 7),
        (.answeredEvent, "PWK*AS*FX~", "x12.element-required-here", 6),
        (.answeredLine, "PWK*AS*EL~", "x12.element-required-here", 6),
    ]

    @Test(arguments: failing) func aReviewMayNotHold(place: Place, segment: String, code: String, element: Int) throws {
        let judgement = try place.judgement(with: segment)
        #expect(judgement.errors == [code])
        let location = try judgement.finding(code).issue.location
        #expect(location.loop == place.loop)
        #expect(location.segmentID == String(segment.prefix(3)))
        #expect(location.element == element)
    }

    @Test(arguments: ["Y", "N", "U", "W"]) func whetherCareIsUnderMedicareHasFourAnswers(answer: String) throws {
        let changed = try Samples.text(
            "sets/278-request/accepted-1.x12", (Self.homeCare + "Y*I", Self.homeCare + answer + "*I"))
        #expect(Judgement(changed).errors == [])
        let wrong = changed.replacing(Self.homeCare + answer, with: Self.homeCare + "X")
        #expect(Judgement(wrong).errors == ["x12.element-code"])
    }

    // MARK: A line of a dental claim

    @Test(arguments: ["REF*9A*RP1~\nREF*9C*RP2~", "REF*9B*RP1~\nREF*9D*RP2~"])
    func aDentalLineHoldsTheNumbersOfItsRepricer(numbers: String) throws {
        let text = try Samples.text(
            "sets/837D/accepted-1.x12", ("REF*6R*L1~", "REF*6R*L1~\n" + numbers), ("SE*51*", "SE*53*"))
        #expect(Judgement(text).errors == [])
        let twice = text.replacing(numbers, with: "REF*9A*RP1~\nREF*9B*RP2~")
        #expect(Judgement(twice).errors == ["x12.segment-repeat"])
    }

    // MARK: Contexts of a 999

    @Test(arguments: [
        ("CTX*SITUATIONAL TRIGGER*CLM*33*2300*5:1~", "CTX*SITUATIONAL TRIGGER*CLM*33*2300*5:1*C023:1325~"),
        ("CTX*SITUATIONAL TRIGGER*CLM*33*2300*5:1~", "CTX*SITUATIONAL TRIGGER*CLM*33**5:3*1331~"),
        ("CTX*SITUATIONAL TRIGGER*SBR*17*2000B*1~", "CTX*SITUATIONAL TRIGGER*SBR*17*2000B*1*1138~"),
    ]) func aTriggerMayNameTheNumberOfItsElement(old: String, new: String) throws {
        #expect(Judgement(try Samples.text("sets/999/accepted-1.x12", (old, new))).errors == [])
    }

    @Test(arguments: [
        ("CTX*CLM01:PT-60021~", "CTX*CLM01:PT-60021*****1028~", "x12.element-not-used"),
        ("5:1~", "5:1*C0231:1325~", "x12.element-long"), ("5:1~", "5:1*C023:1325:1~", "x12.component-extra"),
    ]) func aContextMayNot(old: String, new: String, code: String) throws {
        #expect(Judgement(try Samples.text("sets/999/accepted-1.x12", (old, new))).errors == [code])
    }
}
