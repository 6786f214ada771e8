public import HealthTypes
import Stages
public import Store

/// There is no such decision, or the record does not hold what it rested on.
public struct CannotReplay: Error, Sendable, CustomStringConvertible {
    public let description: String
}

/// Decides again what was decided, on what the record holds and on nothing else. It writes nothing.
public final class Replayer: Sendable {
    private let store: any PageStore
    /// Data that is loaded already, which serves where a decision rests on that very generation.
    private let loaded: @Sendable () -> DataHome?
    private let restored = RestoredGenerations()
    let documents: DocumentDesk

    public convenience init(store: any PageStore) {
        self.init(store: store, documents: DocumentDesk(), loaded: { nil })
    }

    init(store: any PageStore, documents: DocumentDesk, loaded: @escaping @Sendable () -> DataHome?) {
        self.store = store
        self.documents = documents
        self.loaded = loaded
    }

    /// Recomputes a decision, or an answer of the service, from the record alone: facts from the journal, engines from
    /// the data as it was. Nothing is written.
    ///
    /// What is needed is read first; nothing of the record is held while engines are built and stages decide.
    ///
    /// - Throws: ``CannotReplay`` where there is no such decision, or where the record is damaged so that it cannot be
    ///   read at all.
    public func replay(_ id: String) async throws -> ReplayReport {
        try await reading(id) {
            let found = try await self.store.read { record in
                try record.serviceEntry(id: id).map { ($0, isChained: try record.isChained($0)) }
            }
            if let (entry, isChained) = found { return try await self.recompute(entry, isIntact: isChained) }
            guard let decision = DecisionID(id),
                let report = try await self.decideAgain(decision.caseNumber, only: decision.entry).first
            else { throw CannotReplay(description: "there is no decision \(id)") }
            return report
        }
    }

    /// Recomputes every decision of a case in one pass over its journal.
    public func replay(case number: CaseNumber) async throws -> [ReplayReport] {
        try await reading(number.description) { try await self.decideAgain(number, only: nil) }
    }

    private func reading<Result>(_ id: String, _ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as CannotReplay { throw error } catch let fault as StoreFault {
            throw fault
        } catch let error as RestoredGenerations.Missing {
            throw CannotReplay(description: error.description)
        } catch {
            throw CannotReplay(description: "the record of \(id) cannot be read: it was altered or is damaged")
        }
    }

    /// The data of a generation: the loaded one where it is that, else as the record holds it.
    func home(_ digest: Digest) async throws -> DataHome {
        if let loaded = loaded(), loaded.generation.digest == digest { return loaded }
        return try await restored.home(digest, in: store)
    }

    private func decideAgain(_ number: CaseNumber, only entry: Int?) async throws -> [ReplayReport] {
        let (fault, rows) = try await store.read { record in
            (try record.chainFault(of: number), try record.entries(of: number, through: entry))
        }
        var facts = CaseFacts(number: number)
        var reports: [ReplayReport] = []
        for row in rows {
            let read = try CaseReader.read(row)
            if case .decided(let decision, let basis) = read.event, entry == nil || entry == row.sequence {
                let generation = try await home(basis.generation).generation
                let id = DecisionID(number, entry: row.sequence).description
                guard basis.logic == Basis.currentLogic else {
                    throw CannotReplay(
                        description: "\(id) was made by logic \(basis.logic), which this program no longer has")
                }
                let again = try decideAgain(decision, basis, facts, generation)
                reports.append(
                    ReplayReport(
                        id: id, isIntact: fault.map { $0.sequence > row.sequence } ?? true,
                        isIdentical: again == row.body, differences: try Self.differences(row.body, again),
                        generation: basis.generation, digest: Digest(of: again)))
            }
            facts.apply(read, at: row.at)
        }
        return reports
    }

    /// The bytes of the entry that this program would write.
    private func decideAgain(
        _ decision: StageDecision, _ basis: Basis, _ facts: CaseFacts, _ generation: Generation
    ) throws -> [UInt8] {
        guard let trigger = facts.pending.first(where: { $0.id == decision.trigger }) else {
            throw CannotReplay(description: "the trigger of a decision is not in its case")
        }
        switch Stages.decide(facts, on: trigger, basis: basis, generation: generation) {
        case .decided(let again): return try CaseEntry(.decided(again, basis), raises: again.raises).body()
        case .ask: throw CannotReplay(description: "a stage asks what the record does not answer")
        }
    }

    static func differences(_ old: [UInt8], _ new: [UInt8]) throws -> [String] {
        guard old != new else { return [] }
        var found: [String] = []
        compare(try JSON(parsing: old), try JSON(parsing: new), at: "", into: &found)
        return found
    }

    private static func compare(_ old: JSON, _ new: JSON, at path: String, into found: inout [String]) {
        guard old != new, found.count < 50 else { return }
        switch (old, new) {
        case (.object(let left), .object(let right)):
            for name in (left.members.map(\.name) + right.members.map(\.name)).uniqued() {
                compare(left[name] ?? .null, right[name] ?? .null, at: "\(path)/\(name)", into: &found)
            }
        case (.array(let left), .array(let right)) where left.count == right.count:
            for (index, pair) in zip(left, right).enumerated() {
                compare(pair.0, pair.1, at: "\(path)/\(index)", into: &found)
            }
        default: found.append("\(path): was \(old.text.prefix(200)), is \(new.text.prefix(200))")
        }
    }
}

extension Pipeline {
    public func replay(_ id: String) async throws -> ReplayReport { try await replayer.replay(id) }

    public func replay(case number: CaseNumber) async throws -> [ReplayReport] {
        try await replayer.replay(case: number)
    }
}
