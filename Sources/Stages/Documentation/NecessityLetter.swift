import Claims
import ClinicalKnowledge
import HealthTypes

/// Whom and what a letter of medical necessity is about.
struct LetterSubject {
    let terms: AuthorizationTerms
    let order: ServiceOrder
    let patient: Person
    let coverage: Coverage
}

/// The letter of medical necessity: every sentence that states a fact names the resource it rests on, and what speaks
/// against the request is said to.
enum NecessityLetter {
    /// A draft. It names who is to attest it and bears no signature.
    static func draft(
        _ subject: LetterSubject, _ findings: [CriterionFinding], _ necessity: MedicalNecessity?, policy: String?,
        on day: CalendarDate
    ) -> SupportingDocument {
        let item = subject.terms.items.first
        var lines = [
            "Letter of medical necessity", "", "Date: \(day)", "To: \(subject.coverage.payerName)",
            "Request: \(subject.terms.identifier)",
            "Patient: \(subject.patient.given) \(subject.patient.family), member \(subject.coverage.memberID)",
            "Service: \(item?.procedure ?? "") (\(item?.units ?? 0) units) from \(item.map { "\($0.from)" } ?? "")",
            "Diagnoses: \(subject.order.diagnoses.joined(separator: ", "))",
        ]
        if let policy { lines.append("Policy: \(policy)") }
        lines += ["", "The service is asked for on the evidence below."]
        if findings.contains(where: { $0.evidence.contains { !$0.supports } }) {
            lines.append("Some of it speaks against the request; it is marked \"Against\".")
        }
        lines.append("")
        if let necessity, !necessity.support.isEmpty {
            lines.append("Established use (knowledge \(necessity.response.knowledgeVersion)):")
            lines += necessity.support.map { "  - \($0.statement) [\($0.citation)]" }
            lines.append("")
        }
        for finding in findings { lines += self.lines(of: finding) + [""] }
        let clinician =
            subject.order.ordering.map { "\($0.given.map { "\($0) " } ?? "")\($0.name), NPI \($0.npi)" }
            ?? "the ordering clinician"
        lines.append("To be attested by: \(clinician)")
        return SupportingDocument(
            title: "Letter of medical necessity", contentType: "text/plain",
            text: lines.map(oneLine).joined(separator: "\n"), criteria: findings.map(\.criterion))
    }

    /// What goes out: the text that was attested, and after it who attested it, and when.
    static func attested(_ draft: SupportingDocument, by name: String, on day: CalendarDate) -> SupportingDocument {
        SupportingDocument(
            title: draft.title, contentType: draft.contentType,
            text: "\(draft.text)\n\(oneLine("Attested by \(name) on \(day)"))", criteria: draft.criteria)
    }

    private static func lines(of finding: CriterionFinding) -> [String] {
        // The payer reads these lines by machine: criterion, id, answer.
        var lines = ["criterion \(finding.criterion): \(finding.answer.words)", "  \(finding.question)"]
        for evidence in finding.evidence {
            let date = evidence.date.map { ", \($0)" } ?? ""
            lines.append(
                "  - \(evidence.supports ? "" : "Against: ")\"\(evidence.quote)\" [\(evidence.resource)\(date)]")
        }
        if finding.evidence.isEmpty { lines.append("  - The chart is silent. Wanted: \(finding.ask).") }
        return lines
    }

    /// What comes from a chart or a keyboard must not begin a line of its own, where it could pass for an answer.
    private static func oneLine(_ text: String) -> String {
        text.contains(where: \.isNewline) ? String(text.map { $0.isNewline ? " " : $0 }) : text
    }
}

extension CriterionFinding.Answer {
    var words: String {
        switch self {
        case .met: "met"
        case .notMet: "not met"
        case .unknown: "unknown"
        }
    }
}
