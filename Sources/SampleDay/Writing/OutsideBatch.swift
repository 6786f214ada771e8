import Claims
import HealthTypes
import X12

/// The interchange in which the billing company sends the practice's claims, in the order of the claims' numbers.
func outsideBatch(_ claims: [Claim], at instant: Instant) -> [UInt8] {
    let company = HealthSystem.billingCompany
    let written = ProfessionalClaimMapping.write(
        claims,
        submitter: ProfessionalClaimMapping.Submitter(
            name: company.name, id: "QUILLON", contact: "CLAIMS DESK", phone: "2175550142"),
        receiver: (name: HealthSystem.group.name, id: "LARKFIELD"), reference: "QBS\(instant.date.compact)",
        at: instant, maximumClaims: max(1, (claims.count + 2) / 3))
    precondition(written.issues.isEmpty, "every claim of the sample day can be written: \(written.issues)")
    var writer = InterchangeWriter(
        parties: InterchangeWriter.Parties(sender: "QUILLON", receiver: "LARKFIELD"),
        controlNumber: instant.date.dayNumber, at: instant, usage: "T")
    writer.addGroup(
        functionalID: "HC", version: ProfessionalClaimMapping.guide, transactions: written.value.map(\.transaction))
    return writer.bytes()
}
