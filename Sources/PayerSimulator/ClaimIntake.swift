import Claims
import HealthTypes

/// Why a claim is not taken into adjudication, as a 277CA says it (STC01: category, status, entity).
struct IntakeRejection: Hashable, Sendable {
    var category: String
    var status: String
    var entity: String?

    init(_ category: String, _ status: String, _ entity: String? = nil) {
        self.category = category
        self.status = status
        self.entity = entity
    }
}

/// The checks at the payer's door.
struct ClaimIntake: Sendable {
    let book: PolicyBook

    /// The first thing that is wrong; nil where the claim may go in.
    func rejection(of claim: Claim, received: CalendarDate) -> IntakeRejection? {
        guard let payer = claim.payer, book[payer.payerID] != nil else { return IntakeRejection("A7", "153", "PR") }
        if payer.memberID.isEmpty { return IntakeRejection("A6", "164", "IL") }
        if !NPI.isValid(claim.billing.npi) { return IntakeRejection("A7", "562", "85") }
        if let rendering = claim.rendering, !NPI.isValid(rendering.npi) { return IntakeRejection("A7", "562", "82") }
        if let referring = claim.referring, !referring.npi.isEmpty, !NPI.isValid(referring.npi) {
            return IntakeRejection("A7", "562", "DN")
        }
        if claim.billing.address.map(Self.isPostOfficeBox) ?? false { return IntakeRejection("A7", "126", "85") }
        if claim.lines.isEmpty { return IntakeRejection("A6", "454") }
        if claim.diagnoses.isEmpty { return IntakeRejection("A6", "255") }
        let codes = claim.diagnoses.map { $0.code.filter { $0 != "." } }
        if !codes.allSatisfy(book.diagnoses.isBillable) { return IntakeRejection("A7", "255") }
        let positions = 1...claim.diagnoses.count
        if !claim.lines.allSatisfy({ $0.pointers.allSatisfy(positions.contains) }) {
            return IntakeRejection("A7", "477")
        }
        if !claim.lines.allSatisfy({ !$0.charge.isNegative }) || claim.lines.map(\.charge).total() != claim.totalCharge
        {
            return IntakeRejection("A7", "178")
        }
        if let last = claim.serviceTo, last > received { return IntakeRejection("A7", "187") }
        return nil
    }

    private static func isPostOfficeBox(_ address: Address) -> Bool {
        let letters = "\(address.line1) \(address.line2 ?? "")".uppercased().filter { $0.isLetter || $0.isNumber }
        return letters.hasPrefix("POBOX") || letters.hasPrefix("POSTOFFICEBOX")
    }
}
