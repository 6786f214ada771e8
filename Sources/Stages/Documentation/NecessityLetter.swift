import Claims
import ClinicalKnowledge
import HealthTypes

/// The letter of medical necessity: every sentence that states a fact names the resource it rests on.
enum NecessityLetter {
    static func draft(
        _ request: AuthorizationRequest, _ findings: [CriterionFinding], _ necessity: MedicalNecessity?,
        policy: String?, on day: CalendarDate
    ) -> SupportingDocument {
        let item = request.items.first
        var lines = [
            "Letter of medical necessity", "", "Date: \(day)", "To: \(request.payerName)",
            "Request: \(request.identifier)",
            "Patient: \(request.patient.given) \(request.patient.family), member \(request.memberID)",
            "Service: \(item?.procedure ?? "") (\(item?.units ?? 0) units) from \(item.map { "\($0.from)" } ?? "")",
            "Diagnoses: \(request.diagnoses.joined(separator: ", "))",
        ]
        if let policy { lines.append("Policy: \(policy)") }
        lines += ["", "The service is asked for on the evidence below.", ""]
        if let necessity, !necessity.support.isEmpty {
            lines.append("Established use (knowledge \(necessity.response.knowledgeVersion)):")
            lines += necessity.support.map { "  - \($0.statement) [\($0.citation)]" }
            lines.append("")
        }
        for finding in findings {
            // The payer reads these lines by machine: criterion, id, answer.
            lines.append(
                "criterion \(finding.criterion): \(finding.answer == .notMet ? "not met" : finding.answer.rawValue)")
            lines.append("  \(finding.question)")
            for evidence in finding.evidence {
                let date = evidence.date.map { ", \($0)" } ?? ""
                lines.append("  - \"\(evidence.quote)\" [\(evidence.resource)\(date)]")
            }
            if finding.evidence.isEmpty { lines.append("  - The chart is silent. Wanted: \(finding.ask).") }
            lines.append("")
        }
        lines.append(
            "Signed: \(request.ordering.map { "\($0.given ?? "") \($0.name), NPI \($0.npi)" } ?? "the ordering clinician")"
        )
        return SupportingDocument(
            title: "Letter of medical necessity", contentType: "text/plain", text: lines.joined(separator: "\n"),
            criteria: findings.map(\.criterion))
    }
}
