public import HealthTypes

/// Everything that a knowledge base has to say of one treatment in one diagnosis, for a person who asks why.
public struct KnowledgeWhy: Sendable, Hashable {
    /// One way from the treatment to the diagnosis, or against it.
    public struct Path: Sendable, Hashable {
        public var score: Score
        /// Whether its condition holds for the patient: `yes`, or `unknown` where the claim does not tell.
        public var condition: String
        public var steps: [AnalyzeResponse.PathStep]
    }

    public var treatment: String
    public var treatmentName: String
    public var diagnosis: String
    public var diagnosisName: String
    /// What counts, and the path that gives it.
    public var relevance: Relevance
    /// Every path of support, the strongest first.
    public var supports: [Path]
    /// Every contraindication by the diagnosis or whatever the diagnosis.
    public var contraindications: [Path]
    public var knowledgeVersion: String

    /// Lines for a terminal: the score, then each path with its citations.
    public var text: String {
        var lines = [
            "\(treatmentName) (\(treatment)) in \(diagnosis)\(diagnosisName.isEmpty ? "" : " \(diagnosisName)"): "
                + relevance.score.description
        ]
        if supports.isEmpty, contraindications.isEmpty {
            lines.append("  no established relationship in knowledge version \(knowledgeVersion)")
        }
        for (title, paths) in [("against", contraindications), ("for", supports)] {
            for path in paths {
                let open = path.condition == "unknown" ? ", if its condition holds" : ""
                lines.append("  \(title)\(title == "for" ? " \(path.score)" : "")\(open)")
                for step in path.steps { lines.append("    \(step.statement)\n      [\(step.citation)]") }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    public var json: JSON {
        func list(_ paths: [Path]) -> JSON {
            .array(
                paths.map {
                    [
                        "score": $0.score.json, "condition": .string($0.condition),
                        "path": .array($0.steps.map { $0.json }),
                    ]
                })
        }
        return [
            "treatment": .string(treatment), "treatment_name": .string(treatmentName),
            "diagnosis": .string(diagnosis), "diagnosis_name": .string(diagnosisName),
            "score": relevance.score.json, "path": .array(relevance.path.map { $0.json }),
            "supports": list(supports), "contraindications": list(contraindications),
            "knowledge_version": .string(knowledgeVersion),
        ]
    }
}

extension KnowledgeBase {
    /// Every path between a treatment and a diagnosis, each edge with its citation.
    ///
    /// Nil where the treatment is not known, or where `diagnosis` has not the form of an ICD-10 code. A diagnosis that
    /// no table has is answered all the same: the graph may hold its category.
    public func why(
        _ treatment: String, in diagnosis: String, age: Int? = nil, sex: PatientSex? = nil,
        naming: some DiagnosisNaming
    ) -> KnowledgeWhy? {
        guard let known = treatments(matching: treatment).first, let key = DiagnosisKey(diagnosis) else { return nil }
        let title = naming.name(ofDiagnosis: key.plain) ?? ""
        let isUnspecified = title.contains("nspecified")
        let place = DiagnosisPlace(key, in: image)
        let patient = PatientFacts(age: age, sex: sex, diagnoses: [key])
        var supports: [KnowledgeWhy.Path] = []
        var against: [KnowledgeWhy.Path] = []
        func truth(_ statement: UInt32) -> Truth {
            image.evaluate(image.statements[statement].terms, patient, TreatmentFacts())
        }
        func forbid(_ statement: UInt32, isOpen: Bool) {
            guard truth(statement) != .no else { return }
            let condition = isOpen || truth(statement) == .unknown ? "unknown" : "yes"
            against.append(.init(score: .zero, condition: condition, steps: [step(statement)]))
        }
        for (level, code) in place.codes.enumerated() {
            let isOwnCode = level == 0 && place.isExact
            for position in image.edges(known.index, code) {
                let edge = image.edges[position]
                let kind = EdgeRecord.Kind(rawValue: edge.kind) ?? .own
                switch kind {
                case .against: forbid(edge.statement, isOpen: false)
                case .againstBelow: if isOwnCode { forbid(edge.statement, isOpen: true) }
                case .below where !isOwnCode && !isUnspecified: break
                default:
                    let held = truth(edge.statement)
                    guard held != .no else { break }
                    let judgement = Judgement(
                        score: Score(hundredths: Int(edge.score)), statement: edge.statement, kind: kind, via: edge.via)
                    supports.append(
                        .init(
                            score: judgement.score, condition: held == .yes ? "yes" : "unknown",
                            steps: path(known.index, judgement, claimed: key.dotted)))
                }
            }
        }
        // A statement that reaches the code itself also lies below the headings of the code.
        let own = Set(supports.filter { $0.steps.last?.relation != "may_be" }.map { $0.steps.last })
        supports.removeAll { $0.steps.last?.relation == "may_be" && own.contains($0.steps.dropLast().last) }
        let record = image.treatments[known.index]
        for position in record.againstAny.range { forbid(image.numbers[position], isOpen: false) }
        let judgement = image.judge(
            known.index, place, patient, TreatmentFacts(), isUnspecified: { isUnspecified })
        let counted = Relevance(
            score: judgement.score, path: path(known.index, judgement, claimed: key.dotted))
        let order = supports.enumerated().sorted {
            $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
        }
        return KnowledgeWhy(
            treatment: known.id, treatmentName: known.name, diagnosis: key.dotted, diagnosisName: title,
            relevance: counted, supports: order.map { $0.element }, contraindications: against,
            knowledgeVersion: version)
    }
}
