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

    /// Numbers for a claim, of which the first that no other case has is to be taken: from a number on, and then below
    /// the case's own, which no claim of another bears by chance. None is of a claim of the case.
    func numbers(from first: String, below own: String? = nil) -> [String] {
        let known = Set(claims.map(\.claim.controlNumber))
        var numbers: [String] = []
        // The number after "X-1" is "X-2", whatever X ends with.
        let others = [own, number.description].compactMap(\.self).map { Claim.controlNumber(after: "\($0)-1") }
        for start in [first] + others {
            var next = start
            var found = 0
            while found < Self.numbersOfAKind {
                if !known.contains(next) {
                    numbers.append(next)
                    found += 1
                }
                next = Claim.controlNumber(after: next)
            }
        }
        return numbers
    }

    private static let numbersOfAKind = 8

    /// Numbers for the next submission of a claim: those that follow its own, and those below it. Where every visit or
    /// claim of a site is numbered `A-1`, `A-2`, those that follow are other claims'.
    func numbers(after record: ClaimRecord) -> [String] {
        let number = record.claim.controlNumber
        return numbers(from: Claim.controlNumber(after: number), below: number)
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

/// The control number under which a claim is to be made.
enum NewNumber {
    /// That of a claim which never went out and whose place it takes.
    case kept(String)
    /// The first of these that no other case has.
    case first([String])
}

extension Turn {
    /// Nil where it is still to be looked up which numbers are free.
    ///
    /// Were all of them taken, the commit would find that the last one is, and the case would be decided again later.
    func number(_ wanted: NewNumber) -> String? {
        switch wanted {
        case .kept(let number): number
        case .first(let numbers):
            basis.takenNumbers.flatMap { taken in numbers.first { !taken.contains($0) } ?? numbers.last }
        }
    }

    /// What must be asked to know it.
    func questions(_ wanted: NewNumber) -> [Question] {
        switch wanted {
        case .first(let numbers) where basis.takenNumbers == nil: [.takenNumbers(numbers)]
        case .first, .kept: []
        }
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
