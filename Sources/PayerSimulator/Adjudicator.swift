import Claims
import HealthTypes

/// What the payer knows when it settles a claim.
struct AdjudicationCase: Sendable {
    var claim: Claim
    /// The payer's own number of the claim.
    var number: String
    var received: CalendarDate
    /// Nil where no member has the id.
    var member: Member?
    /// Claims of the member that stand, in the order in which they came; without the one that this claim replaces.
    var history: [PastClaim]
    /// What the claim's authorization number stands for.
    var authorization: GrantedAuthorization?
    /// Denials, by name, that an appeal has overturned for this claim.
    var waived: Set<String> = []

    /// The claim's payer, which intake has made sure of.
    var payerID: String { claim.payer?.payerID ?? "" }
}

/// A claim that was settled before.
struct PastClaim: Sendable {
    var number: String
    /// When its settlement is paid.
    var payableAt: Instant
    var claim: Claim
    var settlement: ClaimRemittance
    /// Denials, by name, that appeals have overturned.
    var waived: Set<String>
    /// By which its payment travels.
    var route: Route

    /// Its lines with what was decided on each; a denied line has no allowed amount.
    var lines: Zip2Sequence<[ClaimLine], [RemittanceLine]> { zip(claim.lines, settlement.lines) }
}

/// Settles a claim by one payer's policy: every line is denied for a reason, or priced, with the member's share.
///
/// Denials are looked for in a fixed order, first those of the claim, then those of the line, and the first one
/// found stands. Every line balances by construction: whatever is not paid is booked as an adjustment when it is
/// taken off.
struct Adjudicator: Sendable {
    let policy: PayerPolicy
    let book: PolicyBook

    func settle(_ matter: AdjudicationCase) -> ClaimRemittance {
        var account = MemberAccount(policy: policy, matter: matter)
        let refusal = claimDenial(matter)
        var lines: [RemittanceLine] = []
        for line in matter.claim.lines {
            var settled = RemittanceLine(
                procedure: line.procedure, modifiers: line.modifiers, charge: line.charge, paid: .zero)
            settled.units = line.units
            settled.from = line.from
            settled.controlNumber = line.controlNumber
            let review = LineReview(line: line, matter: matter, earlier: Array(zip(matter.claim.lines, lines)))
            if let denial = refusal ?? self.denial(of: review) {
                settled.deny(denial)
            } else {
                price(review, into: &settled, account: &account)
            }
            lines.append(settled)
        }
        let paid = lines.map(\.paid).total()
        let share = lines.flatMap(\.adjustments).filter { $0.group == "PR" }.map(\.amount).total()
        let isDenied = lines.allSatisfy { $0.allowed == nil }
        var settlement = ClaimRemittance(
            controlNumber: matter.claim.controlNumber,
            status: isDenied ? "4" : matter.claim.priorPayments.isEmpty ? "1" : "2",
            charge: matter.claim.totalCharge, paid: paid, patientResponsibility: share, trace: "",
            paidOn: matter.received, payerID: policy.payer)
        settlement.payerClaimNumber = matter.number
        settlement.lines = lines
        return settlement
    }

    // MARK: Denials of the claim

    private func claimDenial(_ matter: AdjudicationCase) -> Denial? {
        guard let member = matter.member, member.nameMatches(matter.insured) || member.birthMatches(matter.insured)
        else { return unlessWaived(Denial("CO", "31", ["N382"]), matter) }
        let first = matter.claim.serviceFrom ?? matter.received
        let last = matter.claim.serviceTo ?? matter.received
        if let from = member.from, first < from, let denial = unlessWaived(Denial("CO", "26"), matter) { return denial }
        if let to = member.to, last > to, let denial = unlessWaived(Denial("CO", "27"), matter) { return denial }
        if let other = member.otherPayerID, !matter.claim.priorPayments.contains(where: { $0.payerID == other }),
            let denial = unlessWaived(Denial("CO", "22"), matter)
        {
            return denial
        }
        if matter.claim.frequency == "1", matter.received.days(since: first) > policy.filingLimitDays {
            return unlessWaived(Denial("CO", "29"), matter)
        }
        return nil
    }

    private func unlessWaived(_ denial: Denial, _ matter: AdjudicationCase) -> Denial? {
        matter.waived.contains(denial.name) ? nil : denial
    }

    // MARK: Denials of a line

    private func denial(of review: LineReview) -> Denial? {
        let findings: [() -> Denial?] = [
            { self.duplicate(review) },
            { self.editDenial(review) },
            { self.authorizationDenial(review) },
            { self.limitDenial(review) },
        ]
        for find in findings {
            if let denial = find(), !review.matter.waived.contains(denial.name) { return denial }
        }
        return nil
    }

    /// Modifiers that say that a service is another one than it looks.
    private static let distinct: Set<String> = ["59", "76", "77", "91", "XE", "XP", "XS", "XU"]

    private func duplicate(_ review: LineReview) -> Denial? {
        guard Self.distinct.isDisjoint(with: review.line.modifiers) else { return nil }
        let modifiers = Set(review.line.modifiers)
        let same = { (line: ClaimLine, settled: RemittanceLine) in
            settled.allowed != nil && line.procedure == review.line.procedure && Set(line.modifiers) == modifiers
                && abs(line.from.days(since: review.line.from)) <= policy.duplicateWindowDays
        }
        let before = review.matter.history.contains { past in
            past.claim.billing.npi == review.matter.claim.billing.npi && past.lines.contains(where: same)
        }
        return before || review.earlier.contains(where: same) ? Denial("OA", "18", ["N522"]) : nil
    }

    private func editDenial(_ review: LineReview) -> Denial? {
        policy.edits.first { edit in
            edit.procedures.match(review.line.procedure) && edit.period.contains(review.line.from)
                && (edit.places.map { $0.contains(review.place) } ?? true)
                && (edit.withoutModifiers.map { $0.allSatisfy { !review.line.modifiers.contains($0) } } ?? true)
                && (edit.sameDayAs.map { review.hasOnSameDay($0) } ?? true)
                && (edit.unlessDiagnoses.map { covered in !review.diagnoses.contains { covered.match($0) } } ?? true)
                && (edit.unlessNoteHas.map { !review.noteHas(anyOf: $0) } ?? true)
        }?.denial
    }

    private func limitDenial(_ review: LineReview) -> Denial? {
        policy.limits.first { limit in
            guard limit.procedures.match(review.line.procedure), limit.period.contains(review.line.from),
                Set(limit.unlessModifiers ?? []).isDisjoint(with: review.line.modifiers)
            else { return false }
            return review.unitsPaid(within: limit.days) + review.units > limit.units
        }?.denial
    }

    private func authorizationDenial(_ review: LineReview) -> Denial? {
        guard let rule = wanted(review) else { return nil }
        guard let number = review.matter.claim.priorAuthorization, !number.isEmpty else { return Denial("CO", "197") }
        guard let authorization = review.matter.authorization else { return Denial("CO", "15", ["M62"]) }
        guard let item = authorization.item(for: review.line, member: review.matter.member) else {
            return Denial("CO", "284", ["N54"])
        }
        let left = (item.units ?? rule.maximumUnits) - review.unitsPaid(under: number)
        return left > 0 ? nil : Self.exceeded
    }

    private static let exceeded = Denial("CO", "198", ["N54"])

    /// The rule by which the line needs an authorization.
    private func wanted(_ review: LineReview) -> AuthorizationRule? {
        guard let rule = policy.authorizationRule(for: review.line.procedure, on: review.line.from) else { return nil }
        if let free = rule.overUnits, review.unitsPaid(within: 365) + review.units <= free { return nil }
        return rule
    }

    // MARK: Prices

    private func price(_ review: LineReview, into settled: inout RemittanceLine, account: inout MemberAccount) {
        let line = review.line
        var rest = line.charge
        var units = review.units
        let excess = excessUnits(review)
        if excess > 0 {
            let share = line.charge.scaled(by: Int64(excess), over: Int64(units))
            settled.take(share, Self.exceeded, from: &rest)
            units -= excess
            settled.units = String(units)
        }
        let allowed: Money
        if let fee = book.fee(line.procedure, modifiers: line.modifiers, under: policy) {
            allowed = min(rest, fee * units)
        } else {
            allowed = min(rest, max(Money(cents: 1), rest.scaled(by: policy.fees.unlistedPercentOfCharge, over: 100)))
        }
        settled.allowed = allowed
        if review.matter.claim.priorPayments.isEmpty {
            settled.take(rest - allowed, Denial("CO", "45"), from: &rest)
            for share in account.shares(of: allowed, line: line) {
                settled.take(share.amount, share.denial, from: &rest)
            }
        } else {
            // The payer before left this much to the patient; the payer here takes it over as far as it allows.
            let left = min(rest, review.leftByPriorPayers)
            settled.take(rest - left, Denial("OA", "23"), from: &rest)
            settled.take(rest - min(rest, allowed), Denial("CO", "45"), from: &rest)
        }
        settled.paid = rest
    }

    /// Units over what was authorized, where something of it is left.
    private func excessUnits(_ review: LineReview) -> Int {
        guard !review.matter.waived.contains(Self.exceeded.name), let rule = wanted(review),
            let number = review.matter.claim.priorAuthorization,
            let item = review.matter.authorization?.item(for: review.line, member: review.matter.member)
        else { return 0 }
        let left = (item.units ?? rule.maximumUnits) - review.unitsPaid(under: number)
        return left > 0 ? max(0, review.units - left) : 0
    }
}

extension AdjudicationCase {
    /// The person to whom the member id belongs, as the claim states it.
    var insured: Person { claim.payer?.subscriber ?? claim.patient }
}

extension RemittanceLine {
    fileprivate mutating func deny(_ denial: Denial) {
        var rest = charge
        take(charge, denial, from: &rest)
        if adjustments.isEmpty { remarks += denial.remarks }
        paid = rest
        units = "0"
    }

    /// Books an amount that is not paid; nothing where there is nothing to book.
    fileprivate mutating func take(_ amount: Money, _ denial: Denial, from rest: inout Money) {
        guard !amount.isZero else { return }
        adjustments.append(Adjustment(group: denial.group, reason: denial.reason, amount: amount))
        for remark in denial.remarks where !remarks.contains(remark) { remarks.append(remark) }
        rest -= amount
    }
}
