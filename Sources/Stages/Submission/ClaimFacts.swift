import Claims
import HealthTypes
import Rules
import Terminology

/// The facts of a claim in the words of the rule packs (`RulePacks/facts.tsv`).
struct ClaimFacts {
    let claim: Claim
    let facts: CaseFacts
    let ground: Ground

    /// The day by which rules and tables are picked.
    var day: CalendarDate { claim.serviceFrom ?? ground.now.date }

    var value: RuleValue {
        .record([
            "claim": .record(claimRecord), "coverage": .record(coverageRecord),
            "authorization": .record(authorizationRecord),
            "history": .record([
                "duplicates": .list(
                    ground.notes.duplicates.map {
                        .record(["control_number": .text($0.controlNumber), "status": .text($0.state)])
                    }), "same_day_codes": .list([]),
            ]),
            "payer": .record([
                "known": .bool(payer != nil), "member_id_pattern": RuleValue(terms("member_id_picture")),
                "timely_filing_days": RuleValue(filingDays),
            ]),
        ])
    }

    /// What the rule packs' table of payers says on the day of service.
    private func terms(_ column: String) -> String? {
        guard let payer = claim.payer?.payerID,
            let text = ground.engines.rules.pack("payers")?.tables["payers"]?.text(column, [payer], on: day),
            !text.isEmpty
        else { return nil }
        return text
    }

    /// Days from the first day of service within which the claim must be filed; nil where the payer counts otherwise.
    var filingDays: Int? { terms("timely_filing_days").flatMap { Int($0) } }

    private var payer: PolicyBook.Payer? { claim.payer.flatMap { ground.engines.policies.payers[$0.payerID] } }

    private var claimRecord: [String: RuleValue] {
        [
            "kind": .text(claim.kind.rawValue), "control_number": .text(claim.controlNumber),
            "payer_id": .text(claim.payer?.payerID ?? ""), "frequency": .text(claim.frequency),
            "original_reference": RuleValue(claim.originalReference),
            "prior_authorization": RuleValue(claim.priorAuthorization), "total_charge": .money(claim.totalCharge),
            "service_from": RuleValue(claim.serviceFrom), "service_to": RuleValue(claim.serviceTo),
            "place_of_service": .text(claim.placeOfService), "received_on": .date(ground.now.date),
            "today": .date(ground.now.date), "accident": .bool(!claim.relatedCauses.isEmpty),
            "billing": billing(claim.billing),
            "rendering": claim.rendering.map(provider) ?? .absent,
            "referring": claim.referring.map(provider) ?? .absent,
            "subscriber": subscriber, "patient": patient, "coverages": .integer(claim.coverages.count),
            "payer_levels": .list(claim.coverages.map { .text($0.responsibility.rawValue) }),
            "diagnoses": .list(claim.diagnoses.enumerated().map { diagnosis($0.element, position: $0.offset + 1) }),
            "lines": .list(claim.lines.map(line)),
        ]
    }

    private func provider(_ provider: Provider) -> RuleValue {
        .record([
            "npi": .text(provider.npi), "entity": .text(provider.entity == .person ? "person" : "organization"),
            "taxonomy": RuleValue(provider.taxonomy),
        ])
    }

    private func billing(_ provider: Provider) -> RuleValue {
        .record([
            "npi": .text(provider.npi), "entity": .text(provider.entity == .person ? "person" : "organization"),
            "taxonomy": RuleValue(provider.taxonomy), "tax_id": RuleValue(provider.taxID), "name": .text(provider.name),
            "address1": RuleValue(provider.address?.line1), "city": RuleValue(provider.address?.city),
            "state": RuleValue(provider.address?.state), "zip": RuleValue(provider.address?.postalCode),
        ])
    }

    private var subscriber: RuleValue {
        guard let coverage = claim.payer else { return .absent }
        return .record([
            "member_id": .text(coverage.memberID), "family": .text(coverage.subscriber.family),
            "given": .text(coverage.subscriber.given), "birth_date": RuleValue(coverage.subscriber.birthDate),
            "sex": .text(coverage.subscriber.sex.rawValue),
            "payer_responsibility": .text(coverage.responsibility.rawValue),
        ])
    }

    private var patient: RuleValue {
        .record([
            "birth_date": claim.patient.birthDate.map { .date($0) } ?? .unknown,
            "sex": .text(claim.patient.sex.rawValue),
            "age_years": claim.patient.birthDate.map { .integer($0.age(on: day)) } ?? .unknown,
            "death_date": RuleValue(claim.patient.deathDate),
        ])
    }

    private func diagnosis(_ diagnosis: Diagnosis, position: Int) -> RuleValue {
        let lookup =
            switch ground.engines.tables.lookUpDiagnosis(diagnosis.code, on: day) {
            case .billable: "billable"
            case .notBillable: "category"
            case .whoOnly: "who"
            case .unknown: "unknown"
            }
        return .record([
            "code": .text(diagnosis.code), "qualifier": .text(diagnosis.qualifier), "position": .integer(position),
            "lookup": .text(lookup), "category": .text(String(diagnosis.code.prefix(3))),
        ])
    }

    private func line(_ line: ClaimLine) -> RuleValue {
        let code = ground.engines.tables.procedure(line.procedure, on: line.from)
        let ended = code == nil && ground.engines.tables.procedure(line.procedure, on: nil) != nil
        let need = claim.payer.map {
            ground.engines.policies.need(
                payerID: $0.payerID, procedure: line.procedure, units: line.wholeUnits ?? 1, on: line.from)
        }
        let requiresAuthorization: RuleValue =
            switch need {
            case .required: true
            case .notRequired: false
            case .unknown, nil: .unknown
            }
        return .record([
            "number": .integer(line.number), "procedure": .text(line.procedure),
            // A code that no table here has may well be in force: that is not known. One whose dates have ended is not.
            "known": code != nil
                ? true : ended || !ground.engines.tables.isProcedureFormat(line.procedure) ? false : .unknown,
            "modifiers": .list(line.modifiers.map { .text($0) }), "charge": .money(line.charge),
            "units": ExactNumber(line.units).map { .number($0) } ?? .unknown,
            "pointers": .list(line.pointers.map { .integer($0) }), "service_date": .date(line.from),
            "place_of_service": RuleValue(line.placeOfService), "category": .text(category(code)),
            "max_units": RuleValue(code?.maximumUnitsPerDay),
            "usual_charge": ground.notes.usualCharges[line.procedure].map { .money($0) } ?? .unknown,
            "requires_auth": requiresAuthorization, "control_number": RuleValue(line.controlNumber),
            "description": RuleValue(line.description), "ndc": RuleValue(line.ndc),
            "is_em": .bool(code?.category == .evaluation),
        ])
    }

    /// The rules' word for a category of the procedure table.
    private func category(_ code: ProcedureCode?) -> String {
        switch code?.category {
        case .evaluation: "em"
        case .imaging: "imaging"
        case .lab, .pathology: "lab"
        case .surgery: "procedure"
        case .drug: "drug"
        case .dme: "dme"
        case .vaccine: "vaccine"
        default: "other"
        }
    }

    private var coverageRecord: [String: RuleValue] {
        guard let verified = facts.verifiedEligibility else {
            return [
                "status": "unknown", "verified_on": .unknown, "other_payer": .unknown, "member_id_matches": .unknown,
                "name_matches": .unknown,
            ]
        }
        let answer = verified.answer
        // A person has settled what the payer's answer left open.
        let settled = facts.resolutions.contains { $0.kind.hasPrefix("eligibility.") && $0.answer == "confirmed" }
        let refused = Set(answer.rejections.map(\.reason))
        return [
            "status": .text(settled ? "active" : verified.status.rawValue), "verified_on": .date(verified.at.date),
            "other_payer": .bool(!settled && !answer.otherPayers.isEmpty),
            "member_id_matches": settled
                ? true
                : refused.isDisjoint(with: ["72", "75", "76"])
                    ? .bool(answer.memberID.map { $0.isEmpty || $0 == claim.payer?.memberID } ?? true) : false,
            "name_matches": .bool(settled || refused.isDisjoint(with: ["71", "73"])),
        ]
    }

    private var authorizationRecord: [String: RuleValue] {
        let lines = claim.lines.filter { line in
            guard let payer = claim.payer,
                case .required = ground.engines.policies.need(
                    payerID: payer.payerID, procedure: line.procedure, units: line.wholeUnits ?? 1, on: line.from)
            else { return false }
            return true
        }
        guard let line = lines.first else {
            return [
                "required": payer == nil ? .unknown : false, "number": RuleValue(claim.priorAuthorization),
                "status": "none", "from": .absent, "to": .absent, "approved_units": .absent, "used_units": 0,
                "code_matches": true,
            ]
        }
        guard let found = facts.authorization(for: line.procedure) else {
            // A claim from outside may carry a number that this house did not obtain: then what it covers is not known.
            let stated = claim.priorAuthorization != nil
            return [
                "required": true, "number": RuleValue(claim.priorAuthorization),
                "status": stated ? "unknown" : "none", "from": stated ? .unknown : .absent,
                "to": stated ? .unknown : .absent, "approved_units": stated ? .unknown : .absent,
                "used_units": .integer(ground.notes.unitsUsed[line.procedure] ?? 0),
                "code_matches": stated ? .unknown : .absent,
            ]
        }
        let status = found.isGranted ? "approved" : found.standing == .pended ? "pended" : "denied"
        return [
            "required": true, "number": RuleValue(claim.priorAuthorization ?? found.number), "status": .text(status),
            "from": .date(found.from), "to": found.to.map { .date($0) } ?? .date(found.from.adding(days: 90)),
            "approved_units": RuleValue(found.units),
            "used_units": .integer(ground.notes.unitsUsed[line.procedure] ?? 0),
            "code_matches": .bool(claim.priorAuthorization == nil || claim.priorAuthorization == found.number),
        ]
    }
}
