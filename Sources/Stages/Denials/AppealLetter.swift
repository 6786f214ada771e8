import Claims
import HealthTypes
import Review

/// The draft of an appeal: identification, one statement, what was denied and why it should be paid, the evidence
/// with its sources, what is asked for, what is enclosed.
enum AppealLetter {
    static func draft(
        _ denial: ClassifiedDenial, _ remittance: ClaimRemittance, claim: Claim?, facts: CaseFacts, ground: Ground
    ) -> SupportingDocument {
        let evidence = evidence(denial, facts)
        var lines = [
            "Appeal of a claim denial", "", "Date: \(ground.now.date)",
            "Claim: \(remittance.controlNumber), payer's number \(remittance.payerClaimNumber ?? "not given")",
        ]
        if let claim {
            lines.append(
                "Patient: \(claim.patient.given) \(claim.patient.family), member \(claim.payer?.memberID ?? "")")
            lines.append("Service: \(claim.serviceFrom.map { "\($0)" } ?? ""), \(denial.procedure)")
        }
        lines += [
            "Denied: \(denial.code)\(denial.remarks.isEmpty ? "" : " with \(denial.remarks.joined(separator: ", "))"), "
                + "\(denial.adjustment.amount.dollars), remittance \(remittance.trace) of \(remittance.paidOn)", "",
            "We ask that the denial be overturned and the service be paid under the contract.", "",
            "The reason given: \(denial.meaning).", "", "Evidence:",
        ]
        lines +=
            evidence.isEmpty
            ? ["  (none in the record: to be supplied before this goes out)"] : evidence.map { "  \($0)" }
        if let authorization = claim?.priorAuthorization { lines.append("  authorization number: \(authorization)") }
        for citation in facts.decisions(of: .documentation).flatMap(\.citations) {
            lines.append("  policy \(citation.id) version \(citation.version) (\(citation.digest.short))")
        }
        lines += ["", "Signed: the billing office, on behalf of the rendering provider"]
        return SupportingDocument(
            title: "Appeal of \(denial.code)", contentType: "text/plain", text: lines.joined(separator: "\n"))
    }

    /// Lines that each name where they stand.
    static func evidence(_ denial: ClassifiedDenial, _ facts: CaseFacts) -> [String] {
        var lines: [String] = []
        for handoff in facts.decisions(of: .documentation).compactMap(\.handoff) {
            for criterion in handoff["criteria"]?.elements ?? [] {
                guard let id = criterion["id"]?.string, criterion["answer"]?.string == "met" else { continue }
                let line = "criterion \(id): met"
                if !lines.contains(line) { lines.append(line) }
                for item in criterion["evidence"]?.elements ?? [] {
                    if let quote = item["quote"]?.string, let resource = item["resource"]?.string {
                        lines.append("  \"\(quote)\" [\(resource)]")
                    }
                }
            }
        }
        let records = facts.chart.filter { $0.kind == .note }
        if ["252", "226", "150", "151", "50"].contains(denial.adjustment.reason) {
            lines += records.map { "records enclosed: \($0.reference)\($0.date.map { " of \($0)" } ?? "")" }
        }
        return lines
    }
}
