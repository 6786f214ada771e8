import ClinicalKnowledge
import HealthTypes
import Stages
import Store

extension Replayer {
    /// Gives an answer of the service again, on the question in the record and the data as it was.
    ///
    /// - Parameter isIntact: whether it stands in the chain as it was written.
    func recompute(_ entry: ServiceEntry, isIntact: Bool) async throws -> ReplayReport {
        let id = entry.id
        guard let ground = entry.ground else {
            throw CannotReplay(description: "\(id) is what a person said, and nothing that could be decided again")
        }
        let home = try await self.home(ground)
        let draft = try answerAgain(entry, home)
        let recomputed = ServiceEntry.body(
            entry.kind, sequence: entry.sequence, at: entry.at, ground: ground, about: nil, content: draft.content)
        return ReplayReport(
            id: id, isIntact: isIntact,
            isIdentical: recomputed == entry.body && draft.outcome == entry.outcome,
            differences: try Self.differences(entry.body, recomputed), generation: ground,
            digest: Digest(of: recomputed))
    }

    private func answerAgain(_ entry: ServiceEntry, _ home: DataHome) throws -> ServiceDraft {
        guard let request = try JSON(parsing: entry.body)["request"] else {
            throw RecordDamage("the question of an answer")
        }
        let ground = entry.ground ?? home.generation.digest
        switch entry.kind {
        case .analysis:
            return JudgedClaim(try AnalyzeRequest(reading: request), engines: home.engines).draft(on: ground)
        case .extraction:
            guard let document = ExtractedDocument(reading: request) else { throw RecordDamage("a document") }
            let extractor = try documents.extractor(home.sets, home.engines.knowledge)
            let answer = try document.answer(extractor, knowledgeVersion: home.engines.knowledge.version)
            return document.draft(answer, on: ground)
        case .disagreement: throw RecordDamage("a ground where there is none")
        }
    }
}
