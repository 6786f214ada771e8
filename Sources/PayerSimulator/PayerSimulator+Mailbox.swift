import Claims
public import HealthTypes

extension PayerSimulator {
    /// The messages with ids above `cursor` that are due by the clock, ascending; at most `limit`.
    public func mailbox(after cursor: Int, limit: Int) throws -> [MailboxMessage] {
        try ledger.write { transaction in
            try release(until: clock.now, in: transaction)
            return try transaction.mailbox(after: cursor, limit: limit)
        }
    }

    /// When there will be something in the mailbox for a reader who has taken all up to `cursor`, or was already; nil
    /// where nothing is under way.
    ///
    /// At that moment there may still be nothing: a request for authorization may have been decided since.
    public func nextDue(after cursor: Int) throws -> Instant? {
        try ledger.write { try $0.firstPosted(after: cursor) ?? $0.nextDue() }
    }

    /// Posts whatever has fallen due, moment by moment, so that the order does not depend on when a reader comes.
    private func release(until now: Instant, in transaction: LedgerTransaction) throws {
        while let due = try transaction.nextDue(), due <= now {
            for item in try transaction.takeScheduled(due: due) {
                switch item.kind {
                case .authorizationReview, .authorizationExpiry:
                    if let update = try decideLater(item, in: transaction) { try post(update, in: transaction) }
                default: try post(item, in: transaction)
                }
            }
            for settlements in try transaction.takeSettlements(due: due) {
                if let payment = try pay(settlements, due: due, in: transaction) { try post(payment, in: transaction) }
            }
        }
    }

    private func post(_ item: Scheduled, in transaction: LedgerTransaction) throws {
        if !item.repeated, dice.malforms(item.reference) {
            try transaction.post(item, bytes: Array(item.bytes.prefix(item.bytes.count * 2 / 3)))
            var whole = item
            whole.due = timetable.repetition(of: item.due)
            whole.repeated = true
            try transaction.schedule(whole)
            return
        }
        try transaction.post(item, bytes: item.bytes)
        if dice.duplicates(item.reference) { try transaction.post(item, bytes: item.bytes) }
    }

    /// One 835 for the settlements of one payer, payee and run.
    private func pay(_ settlements: [Settlement], due: Instant, in transaction: LedgerTransaction) throws -> Scheduled?
    {
        guard let last = settlements.last, let policy = book[last.remittance.payerID] else { return nil }
        let payee = last.payee
        let trace = numbering.check(payer: policy.payer, payee: payee.npi + last.route.name, due: due)
        let (payment, owed) = PaymentRun.make(
            settlements.map(\.remittance), trace: trace, payer: policy, paidOn: due.date,
            owed: try transaction.balance(policy.payer, payee: payee.npi))
        try transaction.set(owed, payer: policy.payer, payee: payee.npi)
        let formed = RemittanceMapping.form(
            payment, payer: policy.details, payee: payee,
            in: last.route.heading(controlNumber: numbering.control("835/\(trace)"), at: due), snip: 0)
        if let refusal = formed.refusals.first { throw UnwritablePayment(issues: refusal.issues) }
        return Scheduled(
            due: due, kind: .remittance, reference: "835/\(trace)", contentType: ContentType.x12, bytes: formed.bytes)
    }
}

/// A payment that this payer cannot put into an 835, which is a mistake of its own making.
struct UnwritablePayment: Error, CustomStringConvertible {
    var issues: [Issue]
    var description: String { "a payment cannot be written: \(issues.map(\.code).joined(separator: ", "))" }
}
