import Claims
import HealthTypes

/// Whether a settlement may be posted. Money moves once for what a payer says once, and only where it agrees with the
/// claim and with what was posted before.
struct RemittancePosting {
    /// Why a settlement is not posted.
    enum Refusal {
        case noClaim
        /// The claim never went out from here.
        case notSent
        case otherPayer
        case otherPatient
        case unbalanced
        /// More is adjudicated, with what stands, than was billed.
        case moreThanBilled
        /// More is paid, with what stands, than was billed.
        case overpaid
        /// A status 22 whose amounts are not negative.
        case reversalNotNegative
        case nothingToReverse
        /// More is taken back than stands.
        case moreThanPosted
    }

    enum Verdict {
        case post(ClaimRecord)
        /// The same was posted before.
        case duplicate
        case refuse(Refusal)
    }

    let verdict: Verdict

    init(_ record: RemittanceRecord, _ facts: CaseFacts, policies: PolicyBook) {
        verdict = Self.judge(record, facts, policies)
    }

    private static func judge(_ record: RemittanceRecord, _ facts: CaseFacts, _ policies: PolicyBook) -> Verdict {
        let remittance = record.remittance
        guard let ref = record.claim, let claim = facts.claim(ref) else { return .refuse(.noClaim) }
        guard claim.wasSent else { return .refuse(.notSent) }
        let isKnown = facts.remittances.contains {
            $0.entry < record.entry && $0.isPosted && $0.claim == ref && $0.remittance.saysTheSame(as: remittance)
        }
        if isKnown { return .duplicate }
        guard remittance.isBalanced, remittance.lines.allSatisfy(\.isBalanced) else { return .refuse(.unbalanced) }
        if isOfOtherPayer(remittance, claim.claim, policies) { return .refuse(.otherPayer) }
        if isOfOtherPatient(remittance, claim.claim) { return .refuse(.otherPatient) }
        let own = facts.postings.filter { $0.claim == ref }
        let charged = own.map(\.charge).total()
        let paid = own.map(\.paid).total()
        if remittance.isReversal {
            guard remittance.charge < .zero, remittance.paid <= .zero else { return .refuse(.reversalNotNegative) }
            guard charged > .zero else { return .refuse(.nothingToReverse) }
            guard charged + remittance.charge >= .zero, paid + remittance.paid >= .zero else {
                return .refuse(.moreThanPosted)
            }
        } else {
            // A payer may settle the parts of a claim apart; together they are no more than was billed.
            guard charged + remittance.charge <= claim.claim.totalCharge else { return .refuse(.moreThanBilled) }
            guard paid + remittance.paid <= claim.claim.totalCharge else { return .refuse(.overpaid) }
        }
        return .post(claim)
    }

    /// A payer that is on file and to whom the claim did not go. An id that is on no file may be another name of the
    /// claim's own payer.
    private static func isOfOtherPayer(
        _ remittance: ClaimRemittance, _ claim: Claim, _ policies: PolicyBook
    ) -> Bool {
        policies.payers[remittance.payerID] != nil
            && !claim.coverages.contains { $0.payerID == remittance.payerID }
    }

    /// Where the payer names a patient, the family name or the member id must be one of the claim's.
    private static func isOfOtherPatient(_ remittance: ClaimRemittance, _ claim: Claim) -> Bool {
        guard let patient = remittance.patient, !patient.family.isEmpty else { return false }
        if let id = remittance.memberID, !id.isEmpty, claim.coverages.contains(where: { $0.memberID == id }) {
            return false
        }
        let people = [claim.patient] + claim.coverages.map(\.subscriber)
        return !people.contains { letters($0.family) == letters(patient.family) }
    }

    private static func letters(_ name: String) -> String { name.uppercased().filter(\.isLetter) }
}

extension ClaimRemittance {
    /// Whether it is the same settlement told again: the same payment, amounts and adjustments.
    func saysTheSame(as other: ClaimRemittance) -> Bool {
        trace == other.trace && payerID == other.payerID && status == other.status && charge == other.charge
            && paid == other.paid && patientResponsibility == other.patientResponsibility
            && adjustments == other.adjustments && lines == other.lines
    }
}

extension RemittancePosting.Refusal {
    /// Why, for a person, without a patient's data.
    var message: String {
        switch self {
        case .noClaim: "The remittance names no claim of this visit."
        case .notSent: "The remittance is of a claim that did not go out from here."
        case .otherPayer: "The remittance is of a payer to whom the claim did not go."
        case .otherPatient: "The remittance names another patient than the claim."
        case .unbalanced: "Charge, adjustments and payment do not add up (835 section 1.10.2)."
        case .moreThanBilled: "The claim is settled already, and nothing was taken back in between."
        case .overpaid: "With what was posted before, more is paid than was billed."
        case .reversalNotNegative: "A reversal must state negative amounts (835 section 1.10.2.8)."
        case .nothingToReverse: "A reversal came, and nothing is posted that it could take back."
        case .moreThanPosted: "The reversal takes back more than was posted."
        }
    }

    /// What a person does about it.
    var advice: String {
        switch self {
        case .noClaim, .notSent: "Find the claim that was meant, or ask the payer."
        case .otherPayer, .otherPatient: "Find out what was meant; return the money if it is not ours."
        case .unbalanced, .reversalNotNegative: "Ask the payer for a corrected 835."
        case .moreThanBilled, .overpaid: "Ask the payer: a second payment of the same claim is to be returned."
        case .nothingToReverse, .moreThanPosted: "Ask the payer which payment it means to take back."
        }
    }

    /// Of the check that it fails.
    var checkID: String {
        switch self {
        case .noClaim, .notSent: "remittance.claim"
        case .otherPayer: "remittance.payer"
        case .otherPatient: "remittance.patient"
        case .unbalanced: "remittance.balance"
        case .moreThanBilled: "remittance.second-payment"
        case .overpaid: "remittance.overpaid"
        case .reversalNotNegative, .nothingToReverse, .moreThanPosted: "remittance.reversal"
        }
    }

    var checkTitle: String {
        switch self {
        case .noClaim, .notSent: "Remittance of a claim that was sent for the visit"
        case .otherPayer: "Remittance of the claim's payer"
        case .otherPatient: "Remittance of the claim's patient"
        case .unbalanced: "Charge less adjustments is payment"
        case .moreThanBilled: "Settled once"
        case .overpaid: "Paid no more than was billed"
        case .reversalNotNegative, .nothingToReverse, .moreThanPosted: "Reversal of what was posted"
        }
    }
}
