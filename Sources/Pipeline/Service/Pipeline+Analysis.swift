public import ClinicalKnowledge
import HealthTypes
import Stages
public import Store

/// An answer of the clinical logic that is in the record.
public struct KeptAnalysis: Sendable {
    public var entry: ServiceEntry
    public var response: AnalyzeResponse
    /// The text of ``response`` as JSON, as it stands in the entry.
    public var answer: [UInt8]
}

extension Pipeline {
    /// Asks the clinical logic and keeps question and answer; returns once they are in the record.
    ///
    /// - Throws: ``ServiceJournal/Full`` where too many answers wait for the disk.
    public func analyze(_ request: AnalyzeRequest) async throws -> KeptAnalysis {
        let home = home
        let judged = JudgedClaim(request, engines: home.engines)
        return judged.kept(as: try await journal.keep(judged.draft(on: home.generation.digest)))
    }

    /// The same for several questions, which are kept in one transaction; waits where ``analyze(_:)`` throws.
    public func analyze(all requests: [AnalyzeRequest]) async throws -> [KeptAnalysis] {
        let home = home
        var judged: [JudgedClaim] = []
        for request in requests {
            judged.append(JudgedClaim(request, engines: home.engines))
            // A thread that answers single questions too is not kept for a whole group.
            if judged.count.isMultiple(of: 16) { await Task.yield() }
        }
        let entries = try await journal.keep(all: judged.map { $0.draft(on: home.generation.digest) })
        return zip(judged, entries).map { $0.kept(as: $1) }
    }

    /// Keeps a person's objection to one pair of an analysis. It changes nothing: it is a proposal for those who keep
    /// the knowledge base.
    public func disagree(_ disagreement: Disagreement, with analysis: ServiceEntry) async throws
        -> ServiceEntry
    {
        try await journal.keep(
            ServiceDraft(
                .disagreement, outcome: "proposed", about: analysis, content: Array(disagreement.json.text.utf8)))
    }
}

/// A question with its answer, before it has its place in the record.
struct JudgedClaim {
    let request: AnalyzeRequest
    let response: AnalyzeResponse
    let answer: [UInt8]

    init(_ request: AnalyzeRequest, engines: Engines) {
        self.request = request
        response = engines.knowledge.analyze(request, naming: engines.tables)
        answer = Array(response.json.text.utf8)
    }

    /// `{"request": ..., "answer": ...}`, both in the order of their contracts.
    var content: [UInt8] {
        var content: [UInt8] = Array("{\"request\":".utf8)
        content.reserveCapacity(answer.count + 1024)
        content += request.json.text.utf8
        content += ",\"answer\":".utf8
        content += answer
        content.append(UInt8(ascii: "}"))
        return content
    }

    func draft(on ground: Digest) -> ServiceDraft {
        ServiceDraft(.analysis, outcome: response.verdict.rawValue, ground: ground, content: content)
    }

    func kept(as entry: ServiceEntry) -> KeptAnalysis {
        KeptAnalysis(entry: entry, response: response, answer: answer)
    }
}

/// A person's objection to a pair: which, why and whose.
public struct Disagreement: Hashable, Sendable {
    public static let maximumReasonCharacters = 2000
    public static let maximumNameCharacters = 100

    public var icd10Code: String
    public var treatmentCode: String
    public var treatmentName: String
    /// What the answer said; nil where the pair was not scored.
    public var score: Score?
    public var knowledgeVersion: String
    public var reason: String
    public var by: String

    public init(
        icd10Code: String, treatmentCode: String, treatmentName: String, score: Score?, knowledgeVersion: String,
        reason: String, by: String
    ) {
        self.icd10Code = icd10Code
        self.treatmentCode = treatmentCode
        self.treatmentName = treatmentName
        self.score = score
        self.knowledgeVersion = knowledgeVersion
        self.reason = reason
        self.by = by
    }

    var json: JSON {
        .compact([
            "icd10_code": .string(icd10Code), "treatment_code": .string(treatmentCode),
            "treatment_name": .string(treatmentName), "score": score.map(\.json),
            "knowledge_version": .string(knowledgeVersion), "reason": .string(reason), "by": .string(by),
        ])
    }
}
