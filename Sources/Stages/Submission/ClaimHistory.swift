import Claims
import HealthTypes

/// What other claims bear on one: those that bill the same, and the units that they use of its authorization.
///
/// Other cases' lines come with the basis; the case's own other claims stand in its facts. Neither a claim whose place
/// this one takes nor one that is void counts.
struct ClaimHistory {
    struct Duplicate: Hashable {
        var controlNumber: String
        var state: ClaimState
    }

    /// Claims that are the same in every part that a duplicate is known by; nil where that is not known.
    let duplicates: [Duplicate]?
    private let use: AuthorizationUse?
    private let ownUse: [ClaimRecord]
    private let isUseUnknown: Bool

    init(_ claim: Claim, ref: ClaimRef?, displacing: Set<ClaimRef>, facts: CaseFacts, basis: Basis) {
        let own = facts.claims.filter { $0.ref != ref && !displacing.contains($0.ref) && $0.state != .void }
        duplicates = Self.duplicates(of: claim, own, basis)
        let number = claim.priorAuthorization ?? ""
        let payer = claim.payer?.payerID ?? ""
        use = basis.authorizationUse.flatMap { $0.number == number && $0.payerID == payer ? $0 : nil }
        isUseUnknown = !number.isEmpty && use == nil
        ownUse =
            number.isEmpty
            ? []
            : own.filter {
                $0.state.isWithPayer && $0.claim.priorAuthorization == number && $0.claim.payer?.payerID == payer
            }
    }

    /// Units of a procedure that other claims bill under the claim's authorization; nil where that is not known.
    func unitsUsed(of procedure: String) -> Int? {
        guard !isUseUnknown else { return nil }
        let others = use?.lines.filter { $0.procedure == procedure && $0.state.isWithPayer }.map(\.units) ?? []
        let own = ownUse.flatMap(\.claim.lines).filter { $0.procedure == procedure }.map { $0.wholeUnits ?? 1 }
        // Hostile counts must not trap.
        return (others + own).reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
    }

    // MARK: Duplicates

    /// What a duplicate is known by, besides who bills and who rendered.
    private struct Line: Hashable {
        var day: CalendarDate
        var procedure: String
        var modifiers: [String]
        var charge: Money
    }

    private struct Print {
        var billing: String
        /// Empty where the claim names none.
        var rendering: Set<String>
        var lines: [Line: Int]

        func isSame(as other: Print) -> Bool {
            billing == other.billing && lines == other.lines
                && (rendering.isEmpty || other.rendering.isEmpty || rendering == other.rendering)
        }
    }

    private static func duplicates(of claim: Claim, _ own: [ClaimRecord], _ basis: Basis) -> [Duplicate]? {
        // Without both ids nobody's history can be asked for.
        guard let payer = claim.payer, let history = basis.memberHistory, !payer.payerID.isEmpty,
            !payer.memberID.isEmpty, history.payerID == payer.payerID, history.memberID == payer.memberID
        else { return nil }
        let print = print(of: claim)
        var found = own.filter {
            $0.claim.payer?.payerID == payer.payerID && $0.claim.payer?.memberID == payer.memberID
                && Self.print(of: $0.claim).isSame(as: print)
        }.map { Duplicate(controlNumber: $0.claim.controlNumber, state: $0.state) }
        for lines in claims(in: history) {
            guard let first = lines.first, self.print(of: lines, first).isSame(as: print) else { continue }
            found.append(Duplicate(controlNumber: first.controlNumber, state: first.state))
        }
        return found
    }

    /// The history's lines by claim, in a fixed order.
    private static func claims(in history: MemberHistory) -> [[PriorLine]] {
        struct Key: Hashable {
            var number: CaseNumber
            var control: String
            var state: ClaimState
        }
        let groups = Dictionary(grouping: history.lines) {
            Key(number: $0.caseNumber, control: $0.controlNumber, state: $0.state)
        }
        return groups.sorted {
            ($0.key.number, $0.key.control, $0.key.state.rawValue)
                < ($1.key.number, $1.key.control, $1.key.state.rawValue)
        }.map(\.value)
    }

    private static func print(of claim: Claim) -> Print {
        Print(
            billing: claim.billing.npi,
            rendering: Set(claim.lines.compactMap { ($0.rendering ?? claim.rendering)?.npi }),
            lines: counted(
                claim.lines.map {
                    Line(day: $0.from, procedure: $0.procedure, modifiers: $0.modifiers.sorted(), charge: $0.charge)
                }))
    }

    private static func print(of lines: [PriorLine], _ first: PriorLine) -> Print {
        Print(
            billing: first.billingNPI, rendering: Set(lines.compactMap(\.renderingNPI)),
            lines: counted(
                lines.map {
                    Line(day: $0.day, procedure: $0.procedure, modifiers: $0.modifiers.sorted(), charge: $0.charge)
                }))
    }

    private static func counted(_ lines: [Line]) -> [Line: Int] { lines.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}

extension ClaimState {
    /// The word of the rule packs (`history.duplicates[].status` in `RulePacks/facts.tsv`). What was settled was with
    /// the payer, whatever it paid; what this house holds back is no claim yet.
    var ruleWord: String {
        switch self {
        case .drafted, .inReview, .held: "pending-here"
        case .blocked: "stopped-here"
        case .submitted, .settled: "submitted"
        case .accepted: "accepted"
        case .rejected: "rejected"
        case .void: "void"
        }
    }
}
