import Claims
import HealthTypes

extension SampleVisit {
    /// Puts the problem into the encounter, and says in `planted` what was done.
    mutating func carry(_ problem: PlantedProblem, on day: CalendarDate, _ random: inout SeededRandom) {
        let detail: String
        switch problem {
        case .terminatedCoverage:
            let end = day.adding(days: -random.integer(in: 10..<70))
            enrolment.to = end
            detail = "cover ended \(end)"
        case .wrongMemberID: detail = swapDigits(&random)
        case .secondPayer:
            // Medicaid never pays first.
            let other = random.pick([SamplePayer.meridian, .northstar].filter { $0 != payer })
            enrolment.other = (other, other.memberID(random.integer(in: 0..<100_000_000), &random))
            detail = "also covered by \(other.rawValue)"
        case .missingAuthorization:
            orders = []
            detail = "\(charges[0].procedure) without an order"
        case .unitsOverAuthorization:
            orders[0].units = 12
            charges[0].units = 12
            charges[0].amount = Chargemaster.price(charges[0].procedure) * 12
            detail = "12 units billed where 8 are allowed"
        case .badNPI:
            let last = rendering.npi.last?.wholeNumberValue ?? 0
            rendering.npi = rendering.npi.dropLast() + String((last + 1) % 10)
            encounter.attending = rendering
            detail = "check digit of the rendering NPI"
        case .nonBillableDiagnosis: detail = shortenDiagnosis()
        case .duplicateClaim: preconditionFailure("a duplicate is made from another encounter")
        case .unrelatedDrug: detail = "J1160 for \(diagnoses[0])"
        case .contraindicatedDrug:
            let drug = charges.first { $0.procedure.hasPrefix("J") }?.procedure ?? "propranolol"
            detail = "\(drug) with \(diagnoses[0])"
        case .duplicateTest: detail = repeatTest()
        case .excessiveCharge: detail = raiseCharge(&random)
        case .poBoxAddress:
            billing.address?.line1 = "PO Box \(random.integer(in: 100..<9900))"
            detail = "billing address"
        case .privatePolicy: detail = breakPrivatePolicy()
        }
        planted = (problem, detail)
    }

    /// Swaps two neighbouring digits that differ, on the registration's side.
    private mutating func swapDigits(_ random: inout SeededRandom) -> String {
        var characters = Array(enrolment.memberID)
        let pairs = characters.indices.dropLast().filter {
            characters[$0].isNumber && characters[$0 + 1].isNumber && characters[$0] != characters[$0 + 1]
                // The first character keeps its place, so that the number still has the payer's pattern.
                && $0 > 0
        }
        guard let position = pairs.isEmpty ? nil : random.pick(pairs) else {
            // No such pair: another last digit does as well.
            let last = characters.lastIndex(where: \.isNumber) ?? 0
            characters[last] = characters[last] == "7" ? "1" : "7"
            coverage.memberID = String(characters)
            return "character \(last + 1) misread"
        }
        characters.swapAt(position, position + 1)
        coverage.memberID = String(characters)
        return "characters \(position + 1) and \(position + 2) swapped"
    }

    private mutating func shortenDiagnosis() -> String {
        let full = diagnoses[0]
        let heading = full == "E11.9" ? "E11" : "K29.7"
        diagnoses[0] = heading
        for index in charges.indices {
            charges[index].diagnoses = charges[index].diagnoses.map { $0 == full ? heading : $0 }
        }
        return "\(heading) for \(full)"
    }

    private mutating func repeatTest() -> String {
        guard let index = charges.lastIndex(where: { $0.procedure.hasPrefix("8") }) else {
            preconditionFailure("a duplicate test is cast where there is a test")
        }
        var first = charges[index]
        first.number = "\(key)-\(charges.count + 1)"
        first.date = first.date.adding(days: -1)
        charges.insert(first, at: index)
        return "\(first.procedure) on two days running"
    }

    private mutating func raiseCharge(_ random: inout SeededRandom) -> String {
        let factor = random.integer(in: 4..<8)
        let index = charges.indices.max { charges[$0].amount < charges[$1].amount } ?? 0
        charges[index].amount = charges[index].amount * factor
        return "\(charges[index].procedure) at \(factor) times the usual charge"
    }

    private mutating func breakPrivatePolicy() -> String {
        switch payer {
        case .meridian:
            charges[0].modifiers = []
            return "99214 with 20610 without modifier 25"
        case .northstar:
            encounter.placeOfService = "22"
            return "\(charges[0].procedure) at place 22 without modifier 26"
        default: return "J1745 without an itemised note"
        }
    }
}
