import ClinicalKnowledge
import HealthTypes
import Stages
import Store

extension Pipeline {
    /// Gives an answer of the service again, on the question in the record and the data as it was.
    nonisolated func recompute(_ id: String, of entry: ServiceEntry, in tx: StoreTransaction) throws -> ReplayReport {
        guard let groundDigest = entry.ground else {
            throw CannotReplay(description: "\(id) is what a person said, and nothing that could be decided again")
        }
        guard let groundBytes = try tx.content(groundDigest) else {
            throw CannotReplay(description: "the record does not hold the ground of \(id)")
        }
        let ground = try Canonical.decode(ServiceGround.self, from: groundBytes)
        let draft = try answerAgain(entry, ground, in: tx)
        let recomputed = ServiceEntry.body(
            entry.kind, sequence: entry.sequence, at: entry.at, ground: groundDigest, about: nil,
            content: draft.content)
        let isIntact = try Digest(of: groundBytes) == groundDigest && tx.isChained(entry)
        return ReplayReport(
            decisionID: id, recordIntact: isIntact,
            identical: recomputed == entry.body && draft.outcome == entry.outcome,
            differences: try Self.differences(entry.body, recomputed), data: ground.data,
            digest: Digest(of: recomputed))
    }

    private nonisolated func answerAgain(
        _ entry: ServiceEntry, _ ground: ServiceGround, in tx: StoreTransaction
    ) throws -> ServiceDraft {
        guard let request = try JSON(parsing: entry.body)["request"] else {
            throw RecordDamage("the question of an answer")
        }
        let (engines, files) = try engines(ground.data, in: tx)
        switch entry.kind {
        case .analysis:
            return JudgedClaim(try AnalyzeRequest(reading: request), engines: engines)
                .draft(on: entry.ground ?? serviceGround)
        case .extraction:
            guard let document = ExtractedDocument(reading: request) else { throw RecordDamage("a document") }
            let extractor = try documents.extractor(files(), engines.knowledge)
            let answer = try document.answer(extractor, knowledgeVersion: engines.knowledge.version)
            return document.draft(answer, on: entry.ground ?? serviceGround)
        case .disagreement: throw RecordDamage("a ground where there is none")
        }
    }
}
