import Claims
import HealthTypes

/// Puts the settlements of one payer, one payee and one day into one payment (835).
enum PaymentRun {
    /// Money that a payee owes, carried from one payment to the next (PLB FB).
    struct Balance: Hashable, Sendable {
        var amount: Money
        /// The payment in which it arose.
        var reference: String
    }

    /// The payment, and what the payee still owes after it.
    ///
    /// A payment below zero is brought to zero and the difference carried forward, since BPR02 cannot be negative; what
    /// was carried is taken off the next ones.
    static func make(
        _ settlements: [ClaimRemittance], trace: String, payer: PayerPolicy, paidOn: CalendarDate, owed: Balance?
    ) -> (Remittance, owed: Balance?) {
        let sum = settlements.map(\.paid).total()
        var payment = Remittance(
            trace: trace, payerID: payer.payer, payerName: payer.name, paidOn: paidOn, total: sum)
        payment.claims = settlements.map { settlement in
            var paid = settlement
            paid.trace = trace
            paid.paidOn = paidOn
            return paid
        }
        var left = owed
        if sum.isNegative {
            payment.providerAdjustments.append(.init(reason: "FB", reference: trace, amount: sum))
            left = Balance(amount: (owed?.amount ?? .zero) - sum, reference: trace)
        } else if let debt = owed, sum > .zero {
            let taken = min(debt.amount, sum)
            payment.providerAdjustments.append(.init(reason: "FB", reference: debt.reference, amount: taken))
            left = taken == debt.amount ? nil : Balance(amount: debt.amount - taken, reference: debt.reference)
        }
        payment.total = sum - payment.providerAdjustments.map(\.amount).total()
        return (payment, left)
    }
}

extension ClaimRemittance {
    /// The same settlement taken back, to the cent (835 TR3 section 1.10.2.8).
    var reversed: ClaimRemittance {
        var reversal = self
        reversal.status = "22"
        reversal.charge = -charge
        reversal.paid = -paid
        reversal.patientResponsibility = .zero
        reversal.adjustments = adjustments.map(\.reversed)
        reversal.lines = lines.map { line in
            var taken = line
            taken.charge = -line.charge
            taken.paid = -line.paid
            taken.adjustments = line.adjustments.map(\.reversed)
            taken.allowed = nil
            return taken
        }
        return reversal
    }
}

extension Adjustment {
    fileprivate var reversed: Adjustment {
        Adjustment(group: group, reason: reason, amount: -amount, quantity: quantity)
    }
}
