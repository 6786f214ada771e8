import Claims
import HealthTypes

/// One line under review, with what can be asked about it.
struct LineReview {
    let line: ClaimLine
    let matter: AdjudicationCase
    /// The lines of the claim that were settled before it.
    let earlier: [(ClaimLine, RemittanceLine)]

    /// Whole units, at least one; a fraction counts as one more.
    ///
    /// Past the limit the number means nothing.
    var units: Int { Self.units(line) }

    private static let maximumUnits = 99_999

    private static func units(_ line: ClaimLine) -> Int {
        if let whole = line.wholeUnits { return min(max(whole, 1), maximumUnits) }
        return Double(line.units).map { Int(min(max($0.rounded(.up), 1), Double(maximumUnits))) } ?? 1
    }

    var place: String { line.placeOfService ?? matter.claim.placeOfService }

    /// The diagnoses to which the line points.
    var diagnoses: [String] {
        let all = matter.claim.diagnoses
        return line.pointers.compactMap { all.indices.contains($0 - 1) ? all[$0 - 1].code : nil }
    }

    func noteHas(anyOf words: [String]) -> Bool {
        let note = [matter.claim.notes, line.notes].compactMap { $0 }.joined(separator: "\n").lowercased()
        return words.contains { note.contains($0.lowercased()) }
    }

    /// Whether another line of the same day, on this claim or an earlier one of the same provider, has such a code.
    func hasOnSameDay(_ procedures: [CodePattern]) -> Bool {
        let fits = { (other: ClaimLine) in other.from == line.from && procedures.match(other.procedure) }
        return matter.claim.lines.contains { $0.number != line.number && fits($0) }
            || matter.history.contains { past in
                past.claim.billing.npi == matter.claim.billing.npi
                    && past.lines.contains { $0.1.allowed != nil && fits($0.0) }
            }
    }

    /// Units of the same procedure that were allowed within so many days of the line.
    func unitsPaid(within days: Int) -> Int {
        paidLines.reduce(0) { sum, pair in
            let (other, settled) = pair
            guard other.procedure == line.procedure, abs(other.from.days(since: line.from)) < days else { return sum }
            return sum + Self.paidUnits(settled)
        }
    }

    /// Units of the same procedure that were allowed under an authorization number.
    func unitsPaid(under authorization: String) -> Int {
        let past = matter.history.filter { $0.claim.priorAuthorization == authorization }.flatMap { Array($0.lines) }
        return (past + earlier).reduce(0) { sum, pair in
            pair.0.procedure == line.procedure ? sum + Self.paidUnits(pair.1) : sum
        }
    }

    private var paidLines: [(ClaimLine, RemittanceLine)] { matter.history.flatMap { Array($0.lines) } + earlier }

    private static func paidUnits(_ settled: RemittanceLine) -> Int {
        guard settled.allowed != nil, let units = settled.units else { return 0 }
        var line = ClaimLine(number: 1, procedure: "", charge: .zero, from: CalendarDate(dayNumber: 0))
        line.units = units
        return Self.units(line)
    }

    /// What the payers before left to the patient of this line; where they settled the claim as a whole, its charge
    /// less what they paid falls on the first line.
    var leftByPriorPayers: Money {
        guard let last = matter.claim.priorPayments.last else { return line.charge }
        if let settled = last.lines.first(where: { $0.number == line.number }) {
            return settled.adjustments.filter { $0.group == "PR" }.map(\.amount).total()
        }
        guard last.lines.isEmpty else { return .zero }
        return line.charge.share(
            of: last.adjustments.filter { $0.group == "PR" }.map(\.amount).total(),
            in: matter.claim.totalCharge)
    }
}

extension Money {
    /// The part of `amount` that falls to this charge out of `total`.
    fileprivate func share(of amount: Money, in total: Money) -> Money {
        total.cents > 0 ? amount.scaled(by: cents, over: total.cents) : .zero
    }
}

/// What a member has still to bear, before and during one claim.
struct MemberAccount {
    private let policy: PayerPolicy
    private let copay: Money
    private(set) var deductibleLeft: Money
    private(set) var outOfPocketLeft: Money
    /// Days on which a copay was taken.
    private var copayDays: Set<CalendarDate>

    init(policy: PayerPolicy, member: Member?, history: [PastClaim]) {
        self.policy = policy
        copay = member?.copay ?? policy.benefits.copay
        let atStart = member?.deductibleRemaining ?? policy.benefits.deductible
        var deductible = Money.zero
        var shares = Money.zero
        copayDays = []
        for (line, settled) in history.flatMap({ Array($0.lines) }) {
            for adjustment in settled.adjustments where adjustment.group == "PR" && settled.allowed != nil {
                shares += adjustment.amount
                if adjustment.reason == "1" { deductible += adjustment.amount }
                if adjustment.reason == "3" { copayDays.insert(line.from) }
            }
        }
        deductibleLeft = max(.zero, atStart - deductible)
        let metBefore = max(.zero, policy.benefits.deductible - atStart)
        outOfPocketLeft = max(.zero, policy.benefits.outOfPocket - metBefore - shares)
    }

    init(policy: PayerPolicy, matter: AdjudicationCase) {
        self.init(policy: policy, member: matter.member, history: matter.history)
    }

    /// The member's share of an allowed amount, never more of it than is left to bear this year.
    mutating func shares(of allowed: Money, line: ClaimLine) -> [(amount: Money, denial: Denial)] {
        let benefits = policy.benefits
        guard !benefits.withoutShare.match(line.procedure) else { return [] }
        if benefits.copayProcedures.match(line.procedure), copay > .zero {
            guard copayDays.insert(line.from).inserted else { return [] }
            return [(bear(min(copay, allowed)), Denial("PR", "3"))]
        }
        let deductible = bear(min(allowed, deductibleLeft))
        deductibleLeft -= deductible
        let coinsurance = bear((allowed - deductible).scaled(by: benefits.coinsurancePercent, over: 100))
        return [(deductible, Denial("PR", "1")), (coinsurance, Denial("PR", "2"))]
    }

    private mutating func bear(_ amount: Money) -> Money {
        let borne = min(amount, outOfPocketLeft)
        outOfPocketLeft -= borne
        return borne
    }
}
