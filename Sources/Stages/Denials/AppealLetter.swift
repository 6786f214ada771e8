import Claims
import HealthTypes
import Review

/// The draft of an appeal: identification, one statement, what was denied and why it should be paid, the evidence
/// with its sources, what is asked for, what is enclosed. It is signed only when a person approves it.
enum AppealLetter {
    /// Reasons that a payer overturns on records: not necessary, too many, information missing.
    private static let answeredByRecords: Set<String> = ["252", "226", "150", "151", "50"]

    static func draft(
        _ denial: ClassifiedDenial, _ remittance: ClaimRemittance, claim: Claim?, level: Int, facts: CaseFacts,
        on day: CalendarDate
    ) -> SupportingDocument {
        let code = denial.adjustment.code
        let evidence = evidence(denial, facts)
        var lines = [
            level == 1 ? "Appeal of a claim denial" : "Appeal of a claim denial, level \(level)", "", "Date: \(day)",
            "Claim: \(remittance.controlNumber), payer's number \(remittance.payerClaimNumber ?? "not given")",
        ]
        if let claim {
            lines.append(
                "Patient: \(claim.patient.given) \(claim.patient.family), member \(claim.payer?.memberID ?? "")")
            lines.append("Service: \(claim.serviceFrom.map { "\($0)" } ?? ""), \(denial.procedure)")
        }
        lines += [
            "Denied: \(code)\(denial.remarks.isEmpty ? "" : " with \(denial.remarks.joined(separator: ", "))"), "
                + "\(denial.adjustment.amount.dollars), remittance \(remittance.trace) of \(remittance.paidOn)", "",
            "We ask that the denial be overturned and the service be paid under the contract.", "",
            "The reason given: \(denial.meaning).", "", "Evidence:",
        ]
        lines +=
            evidence.isEmpty
            ? ["  (none in the record: to be supplied before this goes out)"] : evidence.map { "  \($0)" }
        if let authorization = claim?.priorAuthorization { lines.append("  authorization number: \(authorization)") }
        for citation in policies(facts) {
            lines.append("  policy \(citation.id) version \(citation.version) (\(citation.digest.short))")
        }
        lines += ["", "To be signed by the billing office, on behalf of the rendering provider"]
        return SupportingDocument(
            title: "Appeal of \(code)", contentType: "text/plain", text: lines.joined(separator: "\n"))
    }

    /// The letter that goes out: the text that was approved, to the letter, and who approved it.
    static func signed(_ draft: SupportingDocument, by name: String, on day: CalendarDate) -> SupportingDocument {
        SupportingDocument(
            title: draft.title, contentType: draft.contentType,
            text: "\(draft.text)\nSigned: \(name), \(day)", criteria: draft.criteria)
    }

    /// Lines that each name where they stand. Of a criterion that was looked at more than once the latest finding
    /// counts.
    static func evidence(_ denial: ClassifiedDenial, _ facts: CaseFacts) -> [String] {
        var lines: [String] = []
        let found = facts.decisions(of: .documentation).flatMap(\.decision.criteria)
        var seen: Set<String> = []
        for criterion in found where seen.insert(criterion.criterion).inserted {
            guard let latest = found.last(where: { $0.criterion == criterion.criterion }), latest.answer == .met else {
                continue
            }
            lines.append("criterion \(latest.criterion): met")
            lines += latest.evidence.filter(\.supports).map { "  \"\($0.quote)\" [\($0.resource)]" }
        }
        if answeredByRecords.contains(denial.adjustment.reason) {
            lines += facts.chart.filter { $0.kind == .note }.map {
                "records enclosed: \($0.reference)\($0.date.map { " of \($0)" } ?? "")"
            }
        }
        return lines
    }

    private static func policies(_ facts: CaseFacts) -> [PolicyCitation] {
        var each: [PolicyCitation] = []
        for citation in facts.decisions(of: .documentation).flatMap(\.decision.citations)
        where !each.contains(citation) {
            each.append(citation)
        }
        return each
    }
}
