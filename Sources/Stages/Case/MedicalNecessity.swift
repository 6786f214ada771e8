import Claims
import ClinicalKnowledge
import HealthTypes
import Review
import Terminology

/// What the knowledge graph says of a service before it is rendered: whether it serves a diagnosis of its order, what
/// speaks against it, and which tests come first. It advises; the payer's own criteria rule.
struct MedicalNecessity {
    let service: String
    /// About the service with the diagnoses of the order and of the chart, and what the chart shows as done.
    let response: AnalyzeResponse
    /// How well it serves the best of the order's own diagnoses; nil where the graph cannot say.
    let relevance: Score?
    /// The statements by which it does, each with its source.
    let support: [AnalyzeResponse.PathStep]

    init(
        _ procedure: String, units: Int, diagnoses: [String], patient: Person?, chart: [ChartItem],
        on day: CalendarDate, engines: Engines
    ) {
        service = procedure
        let code = engines.tables.procedure(procedure, on: day)
        var treatments = [
            BilledTreatment(
                ClinicalReview.kind(code?.category), code: procedure, name: code?.words ?? procedure, serviceDate: day,
                quantity: units)
        ]
        var comorbidities: [String] = []
        for item in chart {
            guard let value = item.code?.value else { continue }
            switch item.kind {
            case .observation where value != procedure, .procedure where value != procedure:
                treatments.append(
                    BilledTreatment(.test, code: value, name: item.text ?? value, serviceDate: item.date))
            case .condition where !diagnoses.contains(value): comorbidities.append(value)
            default: break
            }
        }
        response = engines.knowledge.analyze(
            AnalyzeRequest(
                icd10Codes: Array((diagnoses + comorbidities).prefix(AnalyzeRequest.maximumCodes)),
                treatments: Array(treatments.prefix(AnalyzeRequest.maximumTreatments)),
                patientAge: patient?.birthDate?.age(on: day),
                patientSex: patient.flatMap { PatientSex(rawValue: $0.sex.rawValue) }),
            naming: engines.tables)
        let asked = Set(diagnoses.map(Self.bare))
        let best = response.explanations.filter {
            $0.treatmentCode == procedure && asked.contains(Self.bare($0.icd10Code))
        }.max { $0.score < $1.score }
        let isSupported = best.map { $0.score >= Self.fits } ?? false
        // No path is no mismatch yet: the graph calls one only where it knows enough of both.
        let isMismatch = response.inconsistencies.contains { $0.treatmentCode == procedure }
        relevance = isSupported || isMismatch ? best?.score ?? .zero : nil
        support = isSupported ? best?.path ?? [] : []
    }

    /// From here on a treatment fits (docs/clinical-logic.md, Scores).
    private static let fits = Score(hundredths: 30)

    private static func bare(_ code: String) -> String { code.replacing(".", with: "").uppercased() }

    /// All of them warn: what the payer asks for is asked by its own criteria.
    func checks() -> [Check] {
        let basis = ["knowledge \(response.knowledgeVersion)"]
        var checks = [fit(basis)]
        for finding in response.overbillingIndicators where finding.treatmentCode == service {
            guard finding.code != .unrelatedDrug, finding.code != .unrelatedReferral else { continue }
            checks.append(
                Check(
                    id: "necessity.\(finding.code.rawValue)", title: finding.code.title,
                    answer: .failed, severity: .warn, message: finding.detail,
                    predicts: finding.code.predictedReasons,
                    basis: basis + (finding.guidelineReference.map { [$0] } ?? [])))
        }
        for item in response.toCheck where item.treatmentCode == service {
            checks.append(
                Check(
                    id: "necessity.to-check", title: "Asked before the service", answer: .unknown, severity: .warn,
                    message: "\(item.condition): \(item.reason)", evidenceToChange: [item.condition],
                    basis: basis + (item.guidelineReference.map { [$0] } ?? [])))
        }
        return checks
    }

    private func fit(_ basis: [String]) -> Check {
        let title = "The service serves a diagnosis of its order"
        guard let relevance else {
            return Check(
                id: "necessity.fit", title: title, answer: .unknown, severity: .warn,
                message: "The knowledge base cannot judge the service with these diagnoses.", basis: basis)
        }
        let isSupported = relevance >= Self.fits
        return Check(
            id: "necessity.fit", title: title, answer: isSupported ? .passed : .failed, severity: .warn,
            message: isSupported
                ? "Relevance \(relevance)." : "No established relationship in the knowledge base (\(relevance)).",
            predicts: isSupported ? [] : ["CO-11", "CO-50"],
            evidenceToChange: isSupported ? [] : ["A diagnosis on the order that the service serves"],
            basis: basis + support.map { "\($0.statement) [\($0.citation)]" })
    }
}
