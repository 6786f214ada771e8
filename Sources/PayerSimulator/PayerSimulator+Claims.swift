import Claims
import HealthTypes
import X12
import X12Units

extension PayerSimulator {
    /// Takes the claims of an 837 in or turns them back, settles those that are taken in, and schedules what will be
    /// said of them.
    func receiveClaims(_ arrival: Arrival, in transaction: LedgerTransaction) throws {
        let now = clock.now
        var outcomes: [String: [ClaimAcknowledgmentDraft277CA.Claim]] = [:]
        for claim in arrival.claims {
            let (number, rejection) = try receive(claim, arrival.route, in: transaction)
            outcomes[claim.payer?.payerID ?? "", default: []].append(outcome(claim, number, rejection))
        }
        let payer = outcomes.keys.sorted().first ?? ""
        for number in arrival.unreadable {
            outcomes[payer, default: []].append(Self.outcome(ofUnreadable: number, on: now.date))
        }
        let due = timetable.acknowledgement(of: now)
        let swapped = dice.swaps(arrival.reference)
        for payer in outcomes.keys.sorted() {
            let reference = "277CA/\(arrival.reference)/\(payer)"
            let control = numbering.control(reference)
            let when = swapped ? timetable.acknowledgement(of: timetable.payment(ofReceiptAt: now)) : due
            let formed = AcknowledgementMapping.form(
                acknowledgement(
                    arrival, payer: payer, reference: String(control), received: now.date, at: when,
                    outcomes[payer] ?? []), in: arrival.route.heading(controlNumber: control, at: when), snip: 0)
            try transaction.schedule(
                Scheduled(
                    due: when, kind: .acknowledgement, reference: reference, contentType: ContentType.x12,
                    bytes: formed.bytes))
        }
    }

    /// The payer's number of the claim, or why it was turned back.
    private func receive(
        _ claim: Claim, _ route: Route, in transaction: LedgerTransaction
    ) throws -> (number: String?, IntakeRejection?) {
        let now = clock.now
        if let rejection = ClaimIntake(book: book).rejection(of: claim, received: now.date) { return (nil, rejection) }
        guard let cover = claim.payer else { return (nil, IntakeRejection("A7", "153", "PR")) }
        let due = timetable.payment(ofReceiptAt: now)
        var replaced: PastClaim?
        if ["7", "8"].contains(claim.frequency) {
            replaced = try transaction.standingClaim(cover.payerID, number: claim.originalReference ?? "")
            guard let replaced, replaced.claim.billing.npi == claim.billing.npi,
                replaced.claim.payer?.memberID == cover.memberID
            else { return (nil, IntakeRejection("A7", "464")) }
        }
        if let replaced { try takeBack(replaced, due: due, route, in: transaction) }
        guard claim.frequency != "8" else { return (replaced?.number, nil) }
        return (try settle(claim, waived: [], due: due, route, in: transaction), nil)
    }

    /// Books the reversal of a claim, which from then on no longer stands.
    func takeBack(_ past: PastClaim, due: Instant, _ route: Route, in transaction: LedgerTransaction) throws {
        try transaction.withdraw(past.number)
        try transaction.add(
            Settlement(remittance: past.settlement.reversed, payee: past.claim.billing, route: route), due: due)
    }

    /// Settles a claim by the policy of its payer, books the settlement for payment and gives the claim's number.
    @discardableResult
    func settle(
        _ claim: Claim, waived: Set<String>, due: Instant, _ route: Route, in transaction: LedgerTransaction
    ) throws -> String? {
        guard let cover = claim.payer, let policy = book[cover.payerID] else { return nil }
        let ordinal = try transaction.claimCount(cover.payerID, control: claim.controlNumber) + 1
        let number = numbering.claim(payer: cover.payerID, controlNumber: claim.controlNumber, ordinal: ordinal)
        let matter = AdjudicationCase(
            claim: claim, number: number, received: clock.now.date,
            member: try transaction.member(cover.payerID, cover.memberID),
            history: try transaction.history(cover.payerID, member: cover.memberID),
            authorization: try claim.priorAuthorization.flatMap {
                try transaction.authorization(cover.payerID, number: $0)?.granted
            }, waived: waived)
        var settlement = Adjudicator(policy: policy, book: book).settle(matter)
        settlement.patient = claim.patient
        settlement.memberID = cover.memberID
        try transaction.add(
            PastClaim(
                number: number, payableAt: due, claim: claim, settlement: settlement, waived: waived, route: route),
            payer: cover.payerID, member: cover.memberID)
        try transaction.add(Settlement(remittance: settlement, payee: claim.billing, route: route), due: due)
        return number
    }
}

// MARK: - What the 277CA says

extension PayerSimulator {
    private func acknowledgement(
        _ arrival: Arrival, payer: String, reference: String, received: CalendarDate, at: Instant,
        _ claims: [ClaimAcknowledgmentDraft277CA.Claim]
    ) -> ClaimAcknowledgmentDraft277CA {
        let submitter = arrival.batch.submitter
        let submitterID = arrival.batch.submitterID
        return ClaimAcknowledgmentDraft277CA(
            source: Party(
                "PR", name: book[payer]?.name ?? "UNKNOWN PAYER", identifierQualifier: "PI",
                identifier: payer.isEmpty ? "UNKNOWN" : payer),
            receiver: Party(
                "41", name: submitter.isEmpty ? "SUBMITTER" : submitter, identifierQualifier: "46",
                identifier: submitterID.isEmpty ? arrival.route.provider : submitterID), reference: reference,
            batch: arrival.batch.reference, received: received, processed: at.date, claims: claims)
    }

    private func outcome(
        _ claim: Claim, _ number: String?, _ rejection: IntakeRejection?
    ) -> ClaimAcknowledgmentDraft277CA.Claim {
        let today = clock.now.date
        let from = claim.serviceFrom ?? today
        let member = claim.payer?.memberID ?? ""
        return ClaimAcknowledgmentDraft277CA.Claim(
            provider: Party(
                "85", isPerson: claim.billing.entity == .person, name: claim.billing.name,
                identifierQualifier: claim.billing.npi.isEmpty ? "" : "XX", identifier: claim.billing.npi),
            patient: Party(
                "QC", isPerson: true, name: claim.patient.family, firstName: claim.patient.given,
                identifierQualifier: member.isEmpty ? "" : "MI", identifier: member),
            controlNumber: claim.controlNumber, payerControlNumber: number ?? "",
            reasons: [
                rejection.map { StatusEntry.Reason($0.category, $0.status, entity: $0.entity ?? "") }
                    ?? StatusEntry.Reason("A2", "20", entity: "PR")
            ], charge: claim.totalCharge, serviceFrom: from, serviceThrough: claim.serviceTo ?? from)
    }

    /// Of a claim that could not be read: returned as unprocessable.
    private static func outcome(
        ofUnreadable number: String, on today: CalendarDate
    ) -> ClaimAcknowledgmentDraft277CA.Claim {
        ClaimAcknowledgmentDraft277CA.Claim(
            provider: Party("85", name: "UNKNOWN", identifierQualifier: "XX", identifier: "UNKNOWN"),
            patient: Party("QC", isPerson: true, name: "UNKNOWN"), controlNumber: number,
            reasons: [StatusEntry.Reason("A3", "21")], charge: .zero, serviceFrom: today, serviceThrough: today)
    }
}
