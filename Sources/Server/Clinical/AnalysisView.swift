import ClinicalKnowledge
import Foundation
import HealthTypes
import Pipeline
import Store
import Terminology

/// An analysis as it was kept, put in the order in which an auditor reads it: treatments down, diagnoses across.
struct AnalysisView: Sendable {
    struct Diagnosis: Sendable {
        var code: String
        /// Of the tables that are loaded now; empty where they do not know the code.
        var title: String
    }

    struct Pair: Sendable {
        /// Nil where the pair was not scored.
        var explanation: AnalyzeResponse.Explanation?
        /// What forbids the treatment with this diagnosis.
        var contraindication: AnalyzeResponse.Inconsistency?
        /// What makes the treatment fit no diagnosis, where this is the nearest one.
        var mismatch: AnalyzeResponse.Inconsistency?
    }

    struct Treatment: Sendable {
        var billed: BilledTreatment
        /// One for each diagnosis.
        var pairs: [Pair]
        var toCheck: [AnalyzeResponse.ToCheck]
        var indicators: [AnalyzeResponse.OverbillingIndicator]

        var name: String { billed.name.isEmpty ? billed.code : billed.name }
        var isMismatch: Bool { pairs.contains { $0.mismatch != nil } }
    }

    var entry: ServiceEntry
    var request: AnalyzeRequest
    var response: AnalyzeResponse
    var diagnoses: [Diagnosis]
    var treatments: [Treatment]
    /// What people said of it.
    var disagreements: [DisagreementView]
    var generation: GenerationView?
    var replay: DecisionView.Replay?

    /// The most objections that a page shows.
    static let maximumDisagreements = 500

    /// Reads the entry back; throws ``RecordDamage`` where it holds no analysis.
    init(_ entry: ServiceEntry, tables: CodeTables, in page: any PageReader) throws {
        let body = try JSON(parsing: entry.body)
        guard let question = body["request"], let answer = body["answer"] else {
            throw RecordDamage("an analysis without its question or answer")
        }
        self.entry = entry
        request = try AnalyzeRequest(reading: question)
        response = try JSONDecoder().decode(AnalyzeResponse.self, from: Data(answer.text.utf8))
        var seen: Set<String> = []
        diagnoses = request.icd10Codes.filter { seen.insert($0).inserted }.map {
            Diagnosis(code: $0, title: tables.diagnosisTitle($0) ?? "")
        }
        treatments = Self.treatments(request, response, diagnoses)
        disagreements = try page.serviceEntries(about: entry.sequence, limit: Self.maximumDisagreements).map {
            try DisagreementView($0)
        }
        generation = try entry.ground.map { try GenerationView($0, in: page) }
    }

    /// Explanations stand in the order of the treatments, and in that of the diagnoses for each.
    private static func treatments(
        _ request: AnalyzeRequest, _ response: AnalyzeResponse, _ diagnoses: [Diagnosis]
    ) -> [Treatment] {
        let scored = Set(response.explanations.map(\.icd10Code))
        let unknown = Set(response.unassessed.filter { $0.what == "treatment" }.map(\.code))
        var rest = response.explanations[...]
        return request.treatments.map { billed in
            var own: [String: AnalyzeResponse.Explanation] = [:]
            // A treatment without a code that is not known has the same empty code as one that is.
            if rest.first?.treatmentCode == billed.code, !billed.code.isEmpty || !unknown.contains(billed.name) {
                for explanation in rest.prefix(scored.count) { own[explanation.icd10Code] = explanation }
                rest = rest.dropFirst(scored.count)
            }
            func isMine(_ code: String, _ name: String) -> Bool {
                code == billed.code && (billed.name.isEmpty || name == billed.name)
            }
            let found = response.inconsistencies.filter { isMine($0.treatmentCode, $0.treatmentName) }
            return Treatment(
                billed: billed,
                pairs: diagnoses.map { diagnosis in
                    let here = found.filter { $0.icd10Code == diagnosis.code }
                    return Pair(
                        explanation: own[diagnosis.code], contraindication: here.first { $0.isContraindication },
                        mismatch: here.first { !$0.isContraindication })
                },
                toCheck: response.toCheck.filter { isMine($0.treatmentCode, $0.treatmentName) },
                indicators: response.overbillingIndicators.filter { isMine($0.treatmentCode, $0.treatmentName) })
        }
    }

    // MARK: Pairs

    /// A pair by the two numbers of its address, from 1.
    func pair(_ text: String) -> PairView? {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let diagnosis = numbers[0], let treatment = numbers[1],
            diagnoses.indices.contains(diagnosis - 1), treatments.indices.contains(treatment - 1)
        else { return nil }
        return PairView(analysis: self, diagnosisIndex: diagnosis - 1, treatmentIndex: treatment - 1)
    }

    func path(_ diagnosis: Int, _ treatment: Int) -> String {
        "/decisions/\(entry.id)/pairs/\(diagnosis + 1)-\(treatment + 1)"
    }
}

extension AnalyzeResponse.Inconsistency {
    var isContraindication: Bool { flagReason.hasPrefix("contraindicated") }
}

/// One pair of an analysis.
struct PairView: Sendable {
    var analysis: AnalysisView
    var diagnosisIndex: Int
    var treatmentIndex: Int

    var diagnosis: AnalysisView.Diagnosis { analysis.diagnoses[diagnosisIndex] }
    var treatment: AnalysisView.Treatment { analysis.treatments[treatmentIndex] }
    var pair: AnalysisView.Pair { treatment.pairs[diagnosisIndex] }
    var path: String { analysis.path(diagnosisIndex, treatmentIndex) }

    /// The path, or what forbids the pair where the path does not say it.
    var steps: [AnalyzeResponse.PathStep] {
        let steps = pair.explanation?.path ?? []
        guard let forbidden = pair.contraindication,
            !steps.contains(where: { $0.relation?.hasPrefix("contraindicated") ?? false })
        else { return steps }
        return [
            AnalyzeResponse.PathStep(
                statement: forbidden.flagReason, citation: forbidden.guidelineReference, from: treatment.name,
                relation: "contraindicated_if", to: diagnosis.code, weight: .zero)
        ]
    }

    var disagreements: [DisagreementView] {
        analysis.disagreements.filter {
            $0.icd10Code == diagnosis.code && $0.treatmentCode == treatment.billed.code
                && $0.treatmentName == treatment.billed.name
        }
    }

    var json: JSON {
        .compact([
            "decision_id": .string(analysis.entry.id),
            "diagnosis": ["code": .string(diagnosis.code), "title": .string(diagnosis.title)],
            "treatment": ["code": .string(treatment.billed.code), "name": .string(treatment.billed.name)],
            "score": pair.explanation.map(\.score.json),
            "contraindicated": .bool(pair.contraindication != nil),
            "path": .array(
                steps.map {
                    .compact([
                        "statement": .string($0.statement), "citation": .string($0.citation),
                        "from": $0.from.map(JSON.string), "relation": $0.relation.map(JSON.string),
                        "to": $0.to.map(JSON.string), "weight": $0.weight.map(\.json),
                    ])
                }),
            "to_check": .array(
                treatment.toCheck.map { ["condition": .string($0.condition), "reason": .string($0.reason)] }),
            "knowledge_version": .string(analysis.response.knowledgeVersion),
            "proposals": .array(disagreements.map(\.json)),
            "links": ["decision": .string("/decisions/\(analysis.entry.id)"), "pair": .string(path)],
        ])
    }
}

/// A person's objection to a pair, as the record has it.
struct DisagreementView: Sendable {
    var id: String
    var at: Instant
    /// The id of the analysis.
    var about: String
    var icd10Code: String
    var treatmentCode: String
    var treatmentName: String
    var score: String?
    var knowledgeVersion: String
    var reason: String
    var by: String

    init(_ entry: ServiceEntry) throws {
        let body = try JSON(parsing: entry.body)
        func text(_ name: String) throws -> String {
            guard let text = body[name]?.string else { throw RecordDamage("an objection without its \(name)") }
            return text
        }
        id = entry.id
        at = entry.at
        about = try text("about")
        icd10Code = try text("icd10_code")
        treatmentCode = try text("treatment_code")
        treatmentName = try text("treatment_name")
        score = body["score"]?.numberText
        knowledgeVersion = try text("knowledge_version")
        reason = try text("reason")
        by = try text("by")
    }

    var treatment: String { treatmentName.isEmpty ? treatmentCode : treatmentName }

    var json: JSON {
        .compact([
            "id": .string(id), "made_at": .string(at.description), "decision_id": .string(about),
            "icd10_code": .string(icd10Code), "treatment_code": .string(treatmentCode),
            "treatment_name": .string(treatmentName), "score": score.map(JSON.number),
            "knowledge_version": .string(knowledgeVersion), "reason": .string(reason), "by": .string(by),
            "state": "proposed", "links": ["decision": .string("/decisions/\(about)")],
        ])
    }
}
