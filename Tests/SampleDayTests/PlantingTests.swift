import Claims
import HealthTypes
import Testing

@testable import SampleDay

@Suite struct PlantingTests {
    private func counts(_ encounters: Int, seed: UInt64 = 7) -> [PlantedProblem: Int] {
        visits(encounters, seed: seed).reduce(into: [:]) { counts, visit in
            if let problem = visit.planted?.problem { counts[problem, default: 0] += 1 }
        }
    }

    @Test(arguments: [(40, 1), (100, 1), (200, 2), (1000, 12)])
    func everyProblemIsPlantedInItsShare(encounters: Int, each: Int) {
        for seed in UInt64(1)...4 {
            let counts = counts(encounters, seed: seed)
            for problem in PlantedProblem.allCases {
                #expect(counts[problem] == each, "\(problem.rawValue) at \(seed)")
            }
        }
    }

    @Test func aSmallDayHasNone() {
        #expect(counts(39).isEmpty)
        #expect(counts(1).isEmpty)
    }

    @Test func everyProblemHasADetector() {
        for problem in PlantedProblem.allCases { #expect(!problem.detectors.isEmpty) }
    }

    @Test func everyProblemIsWhatItSays() throws {
        let day = SampleDay.Options.defaultDay
        let made = visits(3000)
        let byKey = Dictionary(uniqueKeysWithValues: made.map { ($0.key, $0) })
        let memberIDs = Set(made.map(\.enrolment.memberID))
        for visit in made {
            guard let (problem, detail) = visit.planted else { continue }
            #expect(visit.tookPlace)
            switch problem {
            case .terminatedCoverage: #expect(try #require(visit.enrolment.to) < day)
            case .wrongMemberID:
                #expect(!memberIDs.contains(visit.coverage.memberID))
                #expect(visit.coverage.memberID.count == visit.enrolment.memberID.count)
            case .secondPayer: #expect(try #require(visit.enrolment.other).payer != visit.payer)
            case .missingAuthorization:
                #expect(visit.orders.isEmpty)
                #expect(visit.payer.needsAuthorization(visit.charges[0].procedure, units: 1))
            case .unitsOverAuthorization:
                #expect(visit.payer == .civic && visit.orders[0].units == 12 && visit.charges[0].units == 12)
                #expect(visit.payer.needsAuthorization("97110", units: 12))
            case .badNPI: #expect(!NPI.isValid(visit.rendering.npi))
            case .nonBillableDiagnosis:
                #expect(["K29.7", "E11"].contains(visit.diagnoses[0]))
                #expect(visit.charges[0].diagnoses.contains(visit.diagnoses[0]))
            case .duplicateClaim:
                let first = try #require(byKey[String(detail.split(separator: " ").last ?? "")])
                #expect(first.planted == nil && first.key < visit.key)
                #expect(unnumbered(first.claim) == unnumbered(visit.claim))
            case .unrelatedDrug:
                #expect(visit.charges.contains { $0.procedure == "J1160" } && visit.diagnoses == ["K29.70"])
            case .contraindicatedDrug:
                let hasDrug =
                    visit.charges.contains { $0.procedure == "J1885" }
                    || visit.chart.contains { $0.code == Code(.atc, "C07AA05") }
                #expect(hasDrug)
            case .duplicateTest:
                let tests = visit.charges.filter { $0.procedure.hasPrefix("8") }
                let repeated = Dictionary(grouping: tests, by: \.procedure).values.filter { $0.count == 2 }
                #expect(repeated.count == 1)
                #expect(repeated.first.map { $0[1].date.days(since: $0[0].date) } == 1)
            case .excessiveCharge:
                #expect(visit.charges.contains { $0.amount > Chargemaster.price($0.procedure) * $0.units * 3 })
            case .poBoxAddress: #expect(try #require(visit.billing.address).line1.hasPrefix("PO Box"))
            case .privatePolicy: #expect([.meridian, .northstar, .civic].contains(visit.payer))
            }
        }
    }

    private func unnumbered(_ claim: Claim) -> Claim {
        var claim = claim
        claim.controlNumber = ""
        for index in claim.lines.indices { claim.lines[index].controlNumber = nil }
        return claim
    }
}
