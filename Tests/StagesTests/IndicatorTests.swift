import ClinicalKnowledge
import Terminology
import Testing

@testable import Stages

/// What the indicators of the clinical logic mean to the gate.
@Suite struct IndicatorTests {
    @Test(arguments: AnalyzeResponse.OverbillingIndicator.Code.allCases)
    func everyIndicatorHasATitleAndReasonsThatPayersGive(code: AnalyzeResponse.OverbillingIndicator.Code) {
        #expect(!code.title.isEmpty && code.title != code.rawValue)
        #expect(!code.predictedReasons.isEmpty)
        for reason in code.predictedReasons {
            let parts = reason.split(separator: "-").map(String.init)
            #expect(parts.count == 2)
            let known = Shipped.engines.tables.carc(parts[1])
            #expect(known?.usualGroups.contains(parts[0]) == true, "\(reason)")
        }
    }

    @Test func titlesDiffer() {
        let titles = AnalyzeResponse.OverbillingIndicator.Code.allCases.map(\.title)
        #expect(Set(titles).count == titles.count)
    }
}
