import Claims
import HealthTypes
import X12

extension PayerSimulator {
    /// Takes the claims of an 837 in or turns them back, settles those that are taken in, and schedules what will be
    /// said of them.
    func receiveClaims(_ arrival: Arrival, in transaction: LedgerTransaction) throws {
        let now = clock.now
        let mapped = ProfessionalClaimMapping.read(arrival.set)
        var outcomes: [String: [ClaimAcknowledgment277CA.Outcome]] = [:]
        for mappedClaim in mapped.value {
            let claim = mappedClaim.claim
            let (number, rejection) = try receive(claim, arrival.route, in: transaction)
            outcomes[claim.payer?.payerID ?? "", default: []].append(outcome(claim, number, rejection))
        }
        let payer = outcomes.keys.sorted().first ?? ""
        for unread in mapped.unread {
            outcomes[payer, default: []].append(Self.outcome(unread, on: now.date))
        }
        let due = timetable.acknowledgement(of: now)
        let swapped = dice.swaps(arrival.reference)
        for payer in outcomes.keys.sorted() {
            let reference = "277CA/\(arrival.reference)/\(payer)"
            let control = numbering.control(reference)
            let when = swapped ? timetable.acknowledgement(of: timetable.payment(ofReceiptAt: now)) : due
            let writer = ClaimAcknowledgment277CA.write(
                heading(arrival, payer: payer, reference: String(control), received: now.date, at: when),
                outcomes: outcomes[payer] ?? [])
            try transaction.schedule(
                Scheduled(
                    due: when, kind: .acknowledgement, reference: reference, contentType: ContentType.x12,
                    bytes: arrival.route.interchange("HN", writer, controlNumber: control, at: when)))
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
    private func heading(
        _ arrival: Arrival, payer: String, reference: String, received: CalendarDate, at: Instant
    ) -> ClaimAcknowledgment277CA.Heading {
        let beginning = arrival.set.segments.first { $0.id == "BHT" }
        let submitter = arrival.set.segments.first { $0.id == "NM1" && $0[1] == "41" }
        return ClaimAcknowledgment277CA.Heading(
            source: .init(name: book[payer]?.name ?? "UNKNOWN PAYER", identifier: payer.isEmpty ? "UNKNOWN" : payer),
            receiver: .init(
                name: submitter?[3] ?? "SUBMITTER", identifier: submitter?[9] ?? arrival.route.provider,
                isOrganization: submitter?[2] != "1"),
            reference: reference, batch: beginning?[3] ?? "", received: received, at: at)
    }

    private func outcome(
        _ claim: Claim, _ number: String?, _ rejection: IntakeRejection?
    ) -> ClaimAcknowledgment277CA.Outcome {
        let today = clock.now.date
        let from = claim.serviceFrom ?? today
        return ClaimAcknowledgment277CA.Outcome(
            provider: .init(
                name: claim.billing.name, identifier: claim.billing.npi,
                isOrganization: claim.billing.entity == .organization),
            patientLastName: claim.patient.family, patientFirstName: claim.patient.given,
            memberID: claim.payer?.memberID ?? "", patientControlNumber: claim.controlNumber,
            payerClaimControlNumber: number,
            statuses: [
                rejection.map { .init(category: $0.category, code: $0.status, entity: $0.entity ?? "") }
                    ?? .init(category: "A2", code: "20", entity: "PR")
            ], charge: claim.totalCharge, serviceFrom: from, serviceTo: claim.serviceTo ?? from)
    }

    /// Of a claim that could not be read: returned as unprocessable.
    private static func outcome(_ unread: UnreadText, on today: CalendarDate) -> ClaimAcknowledgment277CA.Outcome {
        ClaimAcknowledgment277CA.Outcome(
            provider: .init(name: "UNKNOWN", identifier: "UNKNOWN"), patientLastName: "UNKNOWN", patientFirstName: "",
            memberID: "", patientControlNumber: unread.controlNumber ?? "0",
            statuses: [.init(category: "A3", code: "21")], charge: .zero, serviceFrom: today, serviceTo: today)
    }
}
