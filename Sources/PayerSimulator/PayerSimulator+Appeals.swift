import Claims
public import HealthTypes

extension PayerSimulator {
    /// Takes an appeal, the JSON form of `Appeal`, and gives a receipt: `{"identifier", "level", "status":
    /// "received"}`, or `"refused"` with a `reason` where it cannot be read or names no claim of the payer.
    ///
    /// The answer comes by mailbox (`appeal-answer`). Where the denial is overturned, an 835 follows that takes the
    /// settlement back and settles the claim anew without it.
    /// - Throws: ``PayerTimeout`` where that fault is drawn, ``KeyReused``.
    public func appeal(_ appeal: JSON, key: String) throws -> JSON {
        try answering("appeal/" + key, appeal, contentType: ContentType.json) { transaction in
            guard let appeal = try? Canonical.decode(Appeal.self, from: Canonical.encode(appeal)) else {
                return ["status": "refused", "reason": "unreadable"]
            }
            let receipt = { (status: String, reason: String?) in
                JSON.compact([
                    "identifier": .string(appeal.identifier), "level": JSON(appeal.level), "status": .string(status),
                    "reason": reason.map(JSON.string),
                ])
            }
            guard let policy = book[appeal.payerID], let past = try claim(of: appeal, in: transaction) else {
                return receipt("refused", "claim-unknown")
            }
            try decide(appeal, past, policy, in: transaction)
            return receipt("received", nil)
        }
    }

    private func claim(of appeal: Appeal, in transaction: LedgerTransaction) throws -> PastClaim? {
        if let number = appeal.payerClaimNumber,
            let past = try transaction.standingClaim(appeal.payerID, number: number)
        {
            return past
        }
        return try transaction.standingClaim(appeal.payerID, control: appeal.controlNumber)
    }

    private func decide(
        _ appeal: Appeal, _ past: PastClaim, _ policy: PayerPolicy, in transaction: LedgerTransaction
    ) throws {
        let member = past.claim.payer?.memberID ?? ""
        let receipts = try transaction.claimNumbers(policy.payer, member: member).filter { $0 != past.number }
        let answer = AppealDesk(policy: policy, seed: options.seed).decide(
            AppealDesk.File(
                appeal: appeal, past: past, settledOn: past.payableAt.date, received: clock.now.date,
                granted: try transaction.authorizations(policy.payer, member: member).map(\.granted),
                receipts: Set(receipts)))
        let due = timetable.after(clock.now, days: policy.appeals.answerDays)
        try transaction.schedule(
            Scheduled(
                due: due, kind: .appealAnswer,
                reference: "appeal/\(policy.payer)/\(appeal.identifier)/\(appeal.level)",
                contentType: ContentType.json, bytes: try Canonical.encode(answer)))
        guard answer.outcome == .overturned else { return }
        let payment = timetable.paymentRun(notBefore: timetable.acknowledgement(of: due))
        try takeBack(past, due: payment, past.route, in: transaction)
        try settle(
            past.claim, waived: past.waived.union([appeal.adjustment]), due: payment, past.route, in: transaction)
    }
}
