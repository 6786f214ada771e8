public import Claims
public import ClinicalKnowledge
import ClinicalText
import HealthTypes
import Review
public import Terminology

/// What the clinical logic is asked of a claim, and what its findings mean to the gate.
public enum ClinicalReview {
    /// The question: every diagnosis of the claim, every line, and the drugs that the chart orders for the visit.
    public static func request(_ claim: Claim, chart: [ChartItem], tables: CodeTables) -> AnalyzeRequest {
        let day = claim.serviceFrom
        var treatments = claim.lines.map { line in
            let code = tables.procedure(line.procedure, on: line.from)
            return BilledTreatment(
                kind(code?.category), code: line.procedure, name: code?.words ?? line.procedure,
                serviceDate: line.from, quantity: line.wholeUnits)
        }
        for item in chart where item.kind == .medication {
            guard let code = item.code, item.date == nil || item.date == day else { continue }
            treatments.append(
                BilledTreatment(.drug, code: code.value, name: item.text ?? code.value, serviceDate: item.date))
        }
        return AnalyzeRequest(
            icd10Codes: Array(claim.diagnoses.map(\.code).prefix(AnalyzeRequest.maximumCodes)),
            treatments: Array(treatments.prefix(AnalyzeRequest.maximumTreatments)),
            patientAge: zip(claim.patient.birthDate, day).map { $0.age(on: $1) },
            patientSex: PatientSex(rawValue: claim.patient.sex.rawValue))
    }

    private static func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
        guard let a, let b else { return nil }
        return (a, b)
    }

    static func kind(_ category: ProcedureCode.Category?) -> BilledTreatment.Kind {
        switch category {
        case .drug: .drug
        case .lab, .pathology, .imaging: .test
        default: .procedure
        }
    }

    public static func analyze(_ claim: Claim, chart: [ChartItem], engines: Engines) -> AnalyzeResponse {
        engines.knowledge.analyze(request(claim, chart: chart, tables: engines.tables), naming: engines.tables)
    }

    /// The findings as checks: a contradiction holds the claim; what the knowledge base cannot judge is shown.
    static func checks(_ response: AnalyzeResponse) -> [Check] {
        let basis = ["knowledge \(response.knowledgeVersion)"]
        var checks = response.overbillingIndicators.map { indicator in
            Check(
                id: indicator.code.rawValue, title: indicator.code.title, answer: .failed, severity: .hold,
                message: indicator.detail, predicts: indicator.code.predictedReasons,
                evidenceToChange: ["A diagnosis on the claim that the treatment serves, or a note that justifies it"],
                basis: basis + (indicator.guidelineReference.map { [$0] } ?? []))
        }
        let named = Set(response.overbillingIndicators.map(\.treatmentCode))
        for finding in response.inconsistencies where !named.contains(finding.treatmentCode) {
            checks.append(
                Check(
                    id: "MISMATCH", title: "Treatment fits a diagnosis", answer: .failed,
                    severity: finding.relevanceScore < Score(hundredths: 10) ? .hold : .warn,
                    message: finding.flagReason, predicts: ["CO-11", "CO-50"],
                    evidenceToChange: ["A diagnosis on the claim that the treatment serves"],
                    basis: basis + [finding.guidelineReference]))
        }
        for item in response.toCheck {
            checks.append(
                Check(
                    id: "TO_CHECK", title: "Condition of a contraindication", answer: .unknown, severity: .warn,
                    message: item.reason, evidenceToChange: [item.condition], basis: basis))
        }
        for item in response.unassessed {
            checks.append(
                Check(
                    id: "UNASSESSED", title: "Judged by the clinical logic", answer: .unknown, severity: .warn,
                    message: item.reason, basis: basis))
        }
        return checks
    }

    /// What the reviewers are shown.
    static func reviewRequest(
        _ claim: Claim, chart: [ChartItem], checks: [Check], clinical: AnalyzeResponse, memberToken: String,
        policies: [PolicyCitation]
    ) -> ReviewRequest {
        let texts = chart.filter { $0.kind == .note }.compactMap(\.text) + [claim.notes].compactMap { $0 }
        return ReviewRequest(
            memberToken: memberToken, payerID: claim.payer?.payerID ?? "",
            patientAge: zip(claim.patient.birthDate, claim.serviceFrom).map { $0.age(on: $1) },
            patientSex: claim.patient.sex.rawValue, diagnoses: claim.diagnoses.map(\.code),
            lines: claim.lines.map {
                ReviewRequest.Line(
                    procedure: $0.procedure, modifiers: $0.modifiers, charge: $0.charge, units: $0.units)
            }, totalCharge: claim.totalCharge,
            notes: texts.isEmpty
                ? nil : Deidentifier().redact(texts.joined(separator: "\n\n"), known: identifiers(claim)),
            checks: checks, clinicalVerdict: clinical.verdict, clinicalRisk: clinical.riskScore.hundredths,
            policies: policies)
    }

    /// Every word of the claim that names the person.
    private static func identifiers(_ claim: Claim) -> KnownIdentifiers {
        let people = [claim.patient] + claim.coverages.map(\.subscriber)
        return KnownIdentifiers(
            names: people.flatMap { [$0.family, $0.given] }.filter { !$0.isEmpty },
            identifiers: claim.coverages.map(\.memberID).filter { !$0.isEmpty },
            birthDates: people.compactMap(\.birthDate), others: people.compactMap(\.address?.line1))
    }
}

extension AnalyzeResponse.OverbillingIndicator.Code {
    /// What the check that the indicator fails asks for.
    var title: String {
        switch self {
        case .unrelatedDrug: "Drug fits a diagnosis"
        case .duplicateTest: "No identical test within 48 hours"
        case .excessiveDosage: "Dose within the label"
        case .contraindicated: "Not contraindicated"
        case .panelUpcoding: "Panel called for, and billed as one"
        case .unrelatedReferral: "Specialist's visit fits a diagnosis"
        case .excessiveQuantity: "Units within a day's most"
        case .repeatedOnceOnly: "Done no more often than can be"
        }
    }

    /// The group and reason (X12 claim adjustment reason code) with which a payer would answer, the likeliest first.
    var predictedReasons: [String] {
        switch self {
        case .unrelatedDrug, .unrelatedReferral: ["CO-11", "CO-50"]
        case .duplicateTest: ["CO-151", "OA-18"]
        case .excessiveDosage: ["CO-153"]
        case .contraindicated: ["CO-50"]
        // Parts of a panel are bundled (97) or in conflict under NCCI (236); a panel not called for is not necessary.
        case .panelUpcoding: ["CO-97", "CO-236", "CO-50"]
        // A medically unlikely number of units is answered with 151, or with 222 where a contract caps them.
        case .excessiveQuantity: ["CO-151", "CO-222"]
        case .repeatedOnceOnly: ["OA-18", "CO-151"]
        }
    }
}
