import Claims
import HealthTypes

extension ClaimState {
    /// Whether it has not gone out, and still may.
    var isUnsent: Bool {
        switch self {
        case .drafted, .inReview, .held, .blocked: true
        case .submitted, .accepted, .rejected, .settled, .void: false
        }
    }

    /// Whether the payer has it, as far as is known.
    var isWithPayer: Bool {
        switch self {
        case .submitted, .accepted, .settled: true
        case .drafted, .inReview, .held, .blocked, .rejected, .void: false
        }
    }
}

/// How the claims of a case follow from one another.
extension CaseFacts {
    /// Claims made of the visit's charges, what replaced them included, in order.
    var claimsOfCharges: [ClaimRecord] { claims.filter { root(of: $0).origin == .charges } }

    /// The latest of them that is with the payer.
    var filedClaimOfCharges: ClaimRecord? { claimsOfCharges.last { $0.wasSent && $0.state.isWithPayer } }

    /// The claim from which a chain of replacements began.
    private func root(of record: ClaimRecord) -> ClaimRecord {
        var root = record
        while case .replaces(let earlier) = root.origin, let before = claim(earlier) { root = before }
        return root
    }

    /// All claims whose place a claim takes, one after the other.
    func replaced(by record: ClaimRecord) -> Set<ClaimRef> {
        if case .replaces(let earlier) = record.origin { chain(to: earlier) } else { [] }
    }

    /// A claim and all whose place it takes.
    func chain(to ref: ClaimRef?) -> Set<ClaimRef> {
        var refs: Set<ClaimRef> = []
        var next = ref
        while let ref = next, let record = claim(ref), refs.insert(ref).inserted {
            next = if case .replaces(let earlier) = record.origin { earlier } else { nil }
        }
        return refs
    }

    /// The claim that has taken a claim's place and is not void itself.
    func successor(of ref: ClaimRef) -> ClaimRecord? {
        claims.last { $0.origin == .replaces(ref) && $0.state != .void }
    }

    /// Whether a claim is what the charges come to, with nothing that was changed by hand or for a payer who has an
    /// earlier one: it may be made anew of the charges.
    func isDraftOfCharges(_ record: ClaimRecord) -> Bool {
        switch record.origin {
        case .charges: return true
        case .received: return false
        case .replaces(let ref):
            guard let earlier = claim(ref) else { return false }
            return (!earlier.wasSent || earlier.state == .rejected) && isDraftOfCharges(earlier)
        }
    }

    /// The number itself where no claim of the case has it, else the next one.
    func unusedNumber(from number: String) -> String {
        var number = number
        while claims.contains(where: { $0.claim.controlNumber == number }) {
            number = Claim.controlNumber(after: number)
        }
        return number
    }

    /// The number of the next submission of a claim.
    func nextNumber(after record: ClaimRecord) -> String {
        unusedNumber(from: Claim.controlNumber(after: record.claim.controlNumber))
    }

    /// The payer's own number of a claim, as its remittance has it, else its acknowledgement.
    func payerNumber(of record: ClaimRecord) -> String? {
        let stated =
            remittances.filter { $0.claim == record.ref }.compactMap(\.remittance.payerClaimNumber).last {
                !$0.isEmpty
            }
        return stated ?? record.acknowledgements.compactMap(\.payerClaimNumber).last { !$0.isEmpty }
    }

    /// The latest settlement of a claim that was posted and takes nothing back.
    func settlement(of ref: ClaimRef) -> ClaimRemittance? {
        remittances.last { $0.claim == ref && $0.isPosted && !$0.remittance.isReversal }?.remittance
    }
}

extension Claim {
    /// The same claim under another number; its lines' numbers follow.
    func renumbered(_ number: String) -> Claim {
        var claim = self
        claim.controlNumber = number
        for index in claim.lines.indices { claim.lines[index].controlNumber = "\(number)L\(claim.lines[index].number)" }
        return claim
    }
}
