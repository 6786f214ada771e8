import Claims
import HealthTypes
import Rules
import Terminology

/// The facts of a claim in the words of the rule packs (`RulePacks/facts.tsv`).
struct ClaimFacts {
    let claim: Claim
    let facts: CaseFacts
    let history: ClaimHistory
    let basis: Basis
    let engines: Engines

    /// The day by which rules and tables are picked.
    var day: CalendarDate { claim.serviceFrom ?? today }

    /// What may be said of that day where no patient's data may stand.
    var dayClass: String {
        guard let from = claim.serviceFrom else { return "no day of service" }
        return from > today
            ? "a day of service that is still to come" : "a day of service in \(padded(from.year, to: 4))"
    }

    private var today: CalendarDate { basis.at.date }

    var value: RuleValue {
        .record([
            "claim": .record(claimRecord), "coverage": .record(coverageRecord),
            "authorization": .record(authorizationRecord),
            "history": .record([
                "duplicates": history.duplicates.map { found in
                    .list(
                        found.map {
                            .record([
                                "control_number": .text($0.controlNumber), "status": .text($0.state.ruleWord),
                            ])
                        })
                } ?? .unknown, "same_day_codes": .list([]),
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
            let text = engines.rules.pack("payers")?.tables["payers"]?.text(column, [payer], on: day),
            !text.isEmpty
        else { return nil }
        return text
    }

    /// Days from the first day of service within which the claim must be filed; nil where the payer counts otherwise.
    var filingDays: Int? { terms("timely_filing_days").flatMap { Int($0) } }

    /// The payer as it is on file.
    var payer: PolicyBook.Payer? { claim.payer.flatMap { engines.policies.payers[$0.payerID] } }

    private var claimRecord: [String: RuleValue] {
        [
            "kind": .text(claim.kind.rawValue), "control_number": .text(claim.controlNumber),
            "payer_id": .text(claim.payer?.payerID ?? ""), "frequency": .text(claim.frequency),
            "original_reference": RuleValue(claim.originalReference),
            "prior_authorization": RuleValue(claim.priorAuthorization), "total_charge": .money(claim.totalCharge),
            "service_from": RuleValue(claim.serviceFrom), "service_to": RuleValue(claim.serviceTo),
            "place_of_service": .text(claim.placeOfService), "received_on": .date(today),
            "today": .date(today), "accident": .bool(!claim.relatedCauses.isEmpty),
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
            switch engines.tables.lookUpDiagnosis(diagnosis.code, on: day) {
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
        let code = engines.tables.procedure(line.procedure, on: line.from)
        let ended = code == nil && engines.tables.procedure(line.procedure, on: nil) != nil
        let requiresAuthorization: RuleValue =
            switch need(of: line) {
            case .required: true
            case .notRequired: false
            case .unknown: .unknown
            }
        return .record([
            "number": .integer(line.number), "procedure": .text(line.procedure),
            // A code that no table here has may well be in force: that is not known. One whose dates have ended is not.
            "known": code != nil
                ? true : ended || !engines.tables.isProcedureFormat(line.procedure) ? false : .unknown,
            "modifiers": .list(line.modifiers.map { .text($0) }), "charge": .money(line.charge),
            "units": ExactNumber(line.units).map { .number($0) } ?? .unknown,
            "pointers": .list(line.pointers.map { .integer($0) }), "service_date": .date(line.from),
            "place_of_service": RuleValue(line.placeOfService), "category": .text(category(code)),
            "max_units": RuleValue(code?.maximumUnitsPerDay),
            "usual_charge": usualCharge(line.procedure).map { .money($0) } ?? .unknown,
            "requires_auth": requiresAuthorization, "control_number": RuleValue(line.controlNumber),
            "description": RuleValue(line.description), "ndc": RuleValue(line.ndc),
            "is_em": .bool(code?.category == .evaluation),
        ])
    }

    private func usualCharge(_ procedure: String) -> Money? {
        basis.usualCharges?.first { $0.procedure == procedure }?.charge
    }

    /// Whether the line's service needs authorization; what a person found to need none needs none.
    private func need(of line: ClaimLine) -> PolicyBook.Need {
        if facts.isAuthorizationWaived(for: line.procedure) { return .notRequired }
        guard let payer = claim.payer else { return .unknown }
        return engines.policies.need(
            payerID: payer.payerID, procedure: line.procedure, units: line.wholeUnits ?? 1, on: line.from)
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
        // A person has settled what the payer's answer left open, or gave in the payer's place.
        if facts.isCoverageConfirmed, let confirmed = facts.coverageConfirmedOn ?? facts.verified?.at.date {
            return [
                "status": "active", "verified_on": .date(max(confirmed, facts.verified?.at.date ?? confirmed)),
                "other_payer": false, "member_id_matches": true, "name_matches": true,
            ]
        }
        guard let verified = facts.verified else {
            return [
                "status": "unknown", "verified_on": .unknown, "other_payer": .unknown, "member_id_matches": .unknown,
                "name_matches": .unknown,
            ]
        }
        let answer = verified.answer
        let refused = Set(answer.rejections.map(\.reason))
        return [
            "status": .text(status(verified).rawValue), "verified_on": .date(verified.at.date),
            "other_payer": .bool(!answer.otherPayers.isEmpty),
            "member_id_matches":
                refused.isDisjoint(with: ["72", "75", "76"])
                ? .bool(answer.memberID.map { $0.isEmpty || $0 == claim.payer?.memberID } ?? true) : false,
            "name_matches": .bool(refused.isDisjoint(with: ["71", "73"])),
        ]
    }

    /// The coverage on the day of service. What was read for another day holds for this one as far as the answer's own
    /// dates say so.
    private func status(_ verified: VerifiedCoverage) -> EligibilityAnswer.Status {
        guard verified.status != .unknown, verified.day != day else { return verified.status }
        return verified.answer.status(on: day)
    }

    private var authorizationRecord: [String: RuleValue] {
        let line = claim.lines.first { if case .required = need(of: $0) { true } else { false } }
        guard let line else {
            return [
                "required": payer == nil ? .unknown : false, "number": RuleValue(claim.priorAuthorization),
                "status": "none", "from": .absent, "to": .absent, "approved_units": .absent, "used_units": 0,
                "code_matches": true,
            ]
        }
        let used = history.unitsUsed(of: line.procedure).map { RuleValue.integer($0) } ?? .unknown
        guard let found = facts.authorization(for: line.procedure) else {
            // A claim from outside may carry a number that this house did not obtain: then what it covers is not known.
            let stated = claim.priorAuthorization != nil
            return [
                "required": true, "number": RuleValue(claim.priorAuthorization),
                "status": stated ? "unknown" : "none", "from": stated ? .unknown : .absent,
                "to": stated ? .unknown : .absent, "approved_units": stated ? .unknown : .absent,
                "used_units": used, "code_matches": stated ? .unknown : .absent,
            ]
        }
        let status = found.isGranted ? "approved" : found.standing == .pended ? "pended" : "denied"
        return [
            "required": true, "number": RuleValue(claim.priorAuthorization ?? found.number), "status": .text(status),
            // What a person obtained by telephone states no days: it was obtained for this order.
            "from": RuleValue(found.from),
            "to": RuleValue(found.to ?? found.from?.adding(days: Self.daysOfAuthorization)),
            "approved_units": RuleValue(found.units), "used_units": used,
            "code_matches": .bool(claim.priorAuthorization == nil || claim.priorAuthorization == found.number),
        ]
    }

    /// How long an authorization holds that states no end.
    private static let daysOfAuthorization = 90
}

extension CaseFacts {
    /// The day on which a person last settled the coverage.
    fileprivate var coverageConfirmedOn: CalendarDate? {
        for record in workItems.reversed() {
            if case .answered(let answer, let at) = record.state, answer.resolution == .eligibility(.confirmed) {
                return at.date
            }
        }
        return nil
    }
}
