public import HealthTypes

/// What the controller found, and what it could not tell.
public struct AnalyzeResponse: Sendable, Codable, Hashable {
    public enum Verdict: String, Sendable, Codable, Hashable {
        case pass = "PASS"
        case flag = "FLAG"
        case inconclusive = "INCONCLUSIVE"
    }

    public enum Flag: String, Sendable, Codable, Hashable {
        case mismatch = "FLAG_DIAGNOSIS_TREATMENT_MISMATCH"
        case contraindication = "FLAG_CONTRAINDICATION"
        case overbilling = "FLAG_OVERBILLING"
    }

    /// A treatment that fits none of the claim's diagnoses, or must not be given with one of them.
    public struct Inconsistency: Sendable, Codable, Hashable {
        public var icd10Code: String
        public var icd10Name: String
        public var treatmentCode: String
        public var treatmentName: String
        public var relevanceScore: Score
        public var flagReason: String
        public var guidelineReference: String

        private enum CodingKeys: String, CodingKey {
            case icd10Code = "icd10_code"
            case icd10Name = "icd10_name"
            case treatmentCode = "treatment_code"
            case treatmentName = "treatment_name"
            case relevanceScore = "relevance_score"
            case flagReason = "flag_reason"
            case guidelineReference = "guideline_reference"
        }
    }

    public struct OverbillingIndicator: Sendable, Codable, Hashable {
        public enum Code: String, Sendable, Codable, Hashable, CaseIterable {
            case unrelatedDrug = "UNRELATED_DRUG"
            case duplicateTest = "DUPLICATE_TEST"
            case excessiveDosage = "EXCESSIVE_DOSAGE"
            case contraindicated = "CONTRAINDICATED"
            /// The tests of a panel billed apart, or a panel that a minor complaint does not call for.
            case panelUpcoding = "PANEL_UPCODING"
            case unrelatedReferral = "UNRELATED_REFERRAL"
            case excessiveQuantity = "EXCESSIVE_QUANTITY"
            /// A procedure that can be done so many times to one person and no more.
            case repeatedOnceOnly = "REPEATED_ONCE_ONLY"
        }

        public var code: Code
        public var treatmentCode: String
        public var treatmentName: String
        public var detail: String
        public var guidelineReference: String?

        private enum CodingKeys: String, CodingKey {
            case code
            case treatmentCode = "treatment_code"
            case treatmentName = "treatment_name"
            case detail
            case guidelineReference = "guideline_reference"
        }
    }

    /// The statements that tie a treatment to a diagnosis, with their sources; empty where there are none.
    public struct Explanation: Sendable, Codable, Hashable {
        public var icd10Code: String
        public var treatmentCode: String
        public var score: Score
        public var path: [PathStep]

        private enum CodingKeys: String, CodingKey {
            case icd10Code = "icd10_code"
            case treatmentCode = "treatment_code"
            case score, path
        }
    }

    /// One edge of a path: a sentence for people, and its two ends and relation for a picture.
    ///
    /// The ends are ids such as `drug:digoxin`, `class:statins` or ICD-10 codes as the statement writes them. Answers
    /// that were stored before the ends were part of it have none.
    public struct PathStep: Sendable, Codable, Hashable {
        public var statement: String
        public var citation: String
        public var from: String?
        /// A relation of the statements, or `is_a`, `contains`, `sibling`, `may_be`, `symptom`, `general`.
        public var relation: String?
        public var to: String?
        /// What the edge is worth, or what it allows at the most; zero for one that forbids.
        public var weight: Score?

        public init(
            statement: String, citation: String, from: String? = nil, relation: String? = nil, to: String? = nil,
            weight: Score? = nil
        ) {
            self.statement = statement
            self.citation = citation
            self.from = from
            self.relation = relation
            self.to = to
            self.weight = weight
        }
    }

    public struct Unassessed: Sendable, Codable, Hashable {
        /// `diagnosis`, `treatment`, `duplicate_test`, `dose` or `report_text`.
        public var what: String
        public var code: String
        public var reason: String
    }

    /// What a person should look up because the claim does not say it. It does not change the verdict.
    public struct ToCheck: Sendable, Codable, Hashable {
        public var treatmentCode: String
        public var treatmentName: String
        public var condition: String
        public var reason: String
        public var guidelineReference: String?

        private enum CodingKeys: String, CodingKey {
            case treatmentCode = "treatment_code"
            case treatmentName = "treatment_name"
            case condition, reason
            case guidelineReference = "guideline_reference"
        }
    }

    /// Pairs of a known treatment and a known diagnosis that were scored.
    public var pairsAnalysed: Int
    public var inconsistencies: [Inconsistency]
    public var overbillingIndicators: [OverbillingIndicator]
    public var totalInconsistencyScore: Score
    public var flags: [Flag]
    public var riskScore: Score
    public var verdict: Verdict
    public var explanations: [Explanation]
    public var knowledgeVersion: String
    public var unassessed: [Unassessed]
    public var toCheck: [ToCheck]

    private enum CodingKeys: String, CodingKey {
        case pairsAnalysed = "pairs_analysed"
        case inconsistencies
        case overbillingIndicators = "overbilling_indicators"
        case totalInconsistencyScore = "total_inconsistency_score"
        case flags
        case riskScore = "risk_score"
        case verdict, explanations
        case knowledgeVersion = "knowledge_version"
        case unassessed
        case toCheck = "to_check"
    }
}

extension AnalyzeResponse {
    /// The contract's JSON: members in its order, scores with two digits.
    public var json: JSON {
        [
            "pairs_analysed": JSON(pairsAnalysed),
            "inconsistencies": .array(inconsistencies.map(\.json)),
            "overbilling_indicators": .array(overbillingIndicators.map(\.json)),
            "total_inconsistency_score": totalInconsistencyScore.json,
            "flags": .array(flags.map { .string($0.rawValue) }),
            "risk_score": riskScore.json,
            "verdict": .string(verdict.rawValue),
            "explanations": .array(explanations.map(\.json)),
            "knowledge_version": .string(knowledgeVersion),
            "unassessed": .array(unassessed.map(\.json)),
            "to_check": .array(toCheck.map(\.json)),
        ]
    }
}

extension AnalyzeResponse.Inconsistency {
    var json: JSON {
        [
            "icd10_code": .string(icd10Code), "icd10_name": .string(icd10Name),
            "treatment_code": .string(treatmentCode), "treatment_name": .string(treatmentName),
            "relevance_score": relevanceScore.json, "flag_reason": .string(flagReason),
            "guideline_reference": .string(guidelineReference),
        ]
    }
}

extension AnalyzeResponse.OverbillingIndicator {
    var json: JSON {
        .compact([
            "code": .string(code.rawValue), "treatment_code": .string(treatmentCode),
            "treatment_name": .string(treatmentName), "detail": .string(detail),
            "guideline_reference": guidelineReference.map(JSON.string),
        ])
    }
}

extension AnalyzeResponse.Explanation {
    var json: JSON {
        [
            "icd10_code": .string(icd10Code), "treatment_code": .string(treatmentCode), "score": score.json,
            "path": .array(
                path.map(\.json)),
        ]
    }
}

extension AnalyzeResponse.PathStep {
    var json: JSON {
        .compact([
            "statement": .string(statement), "citation": .string(citation), "from": from.map(JSON.string),
            "relation": relation.map(JSON.string), "to": to.map(JSON.string), "weight": weight.map(\.json),
        ])
    }
}

extension AnalyzeResponse.Unassessed {
    var json: JSON { ["what": .string(what), "code": .string(code), "reason": .string(reason)] }
}

extension AnalyzeResponse.ToCheck {
    var json: JSON {
        .compact([
            "treatment_code": .string(treatmentCode), "treatment_name": .string(treatmentName),
            "condition": .string(condition), "reason": .string(reason),
            "guideline_reference": guidelineReference.map(JSON.string),
        ])
    }
}
