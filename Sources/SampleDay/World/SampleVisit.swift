import Claims
import FHIR
import HealthTypes

/// The payer's own record of a member: one row of `payer/members.tsv`.
struct Enrolment: Sendable {
    var payer: SamplePayer
    var memberID: String
    var person: Person
    var plan: String
    var group: String?
    var from: CalendarDate
    var to: CalendarDate?
    var deductibleRemaining: Money
    var copay: Money
    var other: (payer: SamplePayer, memberID: String)?
}

/// One encounter with everything that is true of it, in no format.
struct SampleVisit: Sendable {
    /// The visit number, or the claim's control number: the key in `truth.csv`.
    var key: String
    var path: Scenario.Path
    var scenario: Scenario
    var payer: SamplePayer
    /// As the payer has the member.
    var enrolment: Enrolment
    /// As the registration desk has it.
    var coverage: Coverage
    var encounter: Encounter
    var billing: Provider
    var rendering: Provider
    var ordering: Provider?
    /// ICD-10-CM with the dot, in order.
    var diagnoses: [String]
    var orders: [ServiceOrder]
    /// Empty where the visit did not take place.
    var charges: [Charge]
    var note: String
    var chart: [ChartItem]
    var planted: (problem: PlantedProblem, detail: String)?

    /// Whether the patient came: a service that the payer's criteria forbid is put off.
    var tookPlace: Bool { !charges.isEmpty }

    var totalCharge: Money { charges.map(\.amount).total() }

    /// The encounter as the billing company claims it.
    var claim: Claim {
        let lines = charges.enumerated().map { index, charge in
            var line = ClaimLine(
                number: index + 1, procedure: charge.procedure, modifiers: charge.modifiers, charge: charge.amount,
                units: String(charge.units),
                pointers: charge.diagnoses.compactMap { diagnoses.firstIndex(of: $0).map { $0 + 1 } },
                from: charge.date)
            line.controlNumber = "\(key)-\(index + 1)"
            line.ndc = charge.ndc
            return line
        }
        var claim = Claim(
            controlNumber: key, totalCharge: totalCharge, placeOfService: encounter.placeOfService, billing: billing,
            rendering: rendering, coverages: [coverage], patient: encounter.patient,
            diagnoses: diagnoses.enumerated().map { index, code in
                Diagnosis(qualifier: index == 0 ? "ABK" : "ABF", code: code.filter { $0 != "." })
            }, lines: lines)
        claim.referring = ordering
        return claim
    }

    /// The encounter as a line of `json/claims.ndjson`; a procedure's modifiers stand behind hyphens.
    var json: JSON {
        .compact([
            "claim_id": .string(key),
            "member_id": .string(coverage.memberID),
            "provider_npi": .string(rendering.npi),
            "cpt_codes": .array(charges.map { .string(([$0.procedure] + $0.modifiers).joined(separator: "-")) }),
            "icd10_codes": .array(diagnoses.map(JSON.string)),
            "date_of_service": encounter.serviceDate.map { .string($0.description) },
            "amount": .number(totalCharge.description),
            "notes": .string(note),
        ])
    }

    /// The encounter as it was booked, before the patient came.
    var booked: Encounter {
        var booked = encounter
        booked.checkedIn = nil
        return booked
    }

    /// The chart that the EHR sends before the day.
    var chartBundle: FHIRBundle {
        ChartMapping.bundle(booked, coverages: [coverage], orders: orders, items: chart)
    }
}
