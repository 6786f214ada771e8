import Claims
import HealthTypes
import X12

/// The interchange in which the billing company sends the practice's claims, in the order of the claims' numbers.
func outsideBatch(_ claims: [Claim], at instant: Instant) -> [UInt8] {
    let company = HealthSystem.billingCompany
    let formed = ClaimMapping.form(
        claims,
        submitter: ClaimMapping.Submitter(
            name: company.name, id: "QUILLON", contact: "CLAIMS DESK", phone: "2175550142"),
        receiver: (name: HealthSystem.group.name, id: "LARKFIELD"), reference: "QBS\(instant.date.compact)",
        in: InterchangeHeading(
            parties: InterchangeParties(sender: "QUILLON", receiver: "LARKFIELD"),
            controlNumber: instant.date.dayNumber, at: instant, usage: "T"),
        maximumClaims: max(1, (claims.count + 2) / 3))
    precondition(
        formed.issues.isEmpty && formed.refusals.isEmpty,
        "every claim of the sample day can be written: \(formed.issues + formed.refusals.flatMap(\.issues))")
    return formed.bytes
}
