public import HealthTypes
public import Stages
import Store

/// A decision by its case and its entry in the case's journal.
public struct DecisionID: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    public var caseNumber: CaseNumber
    public var entry: Int

    public init(_ caseNumber: CaseNumber, entry: Int) {
        self.caseNumber = caseNumber
        self.entry = entry
    }

    /// `D-0000012-7`, the form in which people see it.
    public var description: String { "D-\(caseNumber.description.dropFirst(2))-\(entry)" }

    /// Reads the form that ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "D", let number = CaseNumber("C-\(parts[1])"), let entry = Int(parts[2]),
            entry > 0
        else { return nil }
        self.init(number, entry: entry)
    }
}

/// A work item by its case and the place where it was opened.
public struct WorkItemName: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    public var caseNumber: CaseNumber
    public var item: WorkItemID

    public init(_ caseNumber: CaseNumber, _ item: WorkItemID) {
        self.caseNumber = caseNumber
        self.item = item
    }

    /// `W-0000012-7-0`, the form in which people see it.
    public var description: String { "W-\(caseNumber.description.dropFirst(2))-\(item.entry)-\(item.number)" }

    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "W", let caseNumber = CaseNumber("C-\(parts[1])"),
            let entry = Int(parts[2]), let number = Int(parts[3]), entry > 0, number >= 0
        else { return nil }
        self.init(caseNumber, WorkItemID(entry: entry, number: number))
    }
}

/// The outcome of deciding again what was decided before, on what the record holds.
public struct ReplayReport: Sendable {
    /// Of a decision or of an answer of the service.
    public var id: String
    /// Whether the journal's digests add up as far as the decision reaches, the decision included.
    public var isIntact: Bool
    /// Whether the recomputed decision has the same bytes.
    public var isIdentical: Bool
    /// Paths at which the recomputed decision differs, with both values; empty where it is identical.
    public var differences: [String]
    /// What the decision rested on.
    public var generation: Digest
    /// Of the recomputed bytes.
    public var digest: Digest

    public var line: String {
        "\(id): \(isIntact ? "record intact" : "RECORD ALTERED"), \(isIdentical ? "identical" : "DIFFERS")"
    }
}

extension Pipeline {
    /// There is no such decision, or the record does not hold what it rested on.
    public struct CannotReplay: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Recomputes a decision, or an answer of the service, from the record alone: facts from the journal, engines from
    /// the data as it was. Nothing is written.
    ///
    /// - Throws: ``CannotReplay`` where there is no such decision, or where the record is damaged so that it cannot be
    ///   read at all.
    public func replay(_ id: String) async throws -> ReplayReport {
        try await store.read { record in
            if let entry = try record.serviceEntry(id: id) {
                return try self.reading(id) { try self.recompute(entry, in: record) }
            }
            guard let decision = DecisionID(id) else { throw CannotReplay(description: "there is no decision \(id)") }
            guard
                let report = try self.reading(
                    id, { try self.replay(case: decision.caseNumber, only: decision.entry, in: record).first })
            else { throw CannotReplay(description: "there is no decision \(id)") }
            return report
        }
    }

    /// Recomputes every decision of a case in one pass over its journal.
    public func replay(case number: CaseNumber) async throws -> [ReplayReport] {
        try await store.read { record in
            try self.reading(number.description) { try self.replay(case: number, only: nil, in: record) }
        }
    }

    private func reading<Result>(_ id: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as CannotReplay { throw error } catch let error
            as RestoredGenerations
            .Missing
        { throw CannotReplay(description: error.description) } catch {
            throw CannotReplay(description: "the record of \(id) cannot be read: it was altered or is damaged")
        }
    }

    /// The data of a generation: the loaded one where it is that, else as the record holds it.
    func home(_ digest: Digest, in record: any RecordReader) throws -> DataHome {
        let loaded = home
        return loaded.generation.digest == digest ? loaded : try restored.home(digest, in: record)
    }

    func replay(case number: CaseNumber, only entry: Int?, in record: any RecordReader) throws -> [ReplayReport] {
        var facts = CaseFacts(number: number)
        var reports: [ReplayReport] = []
        let fault = try record.chainFault(of: number)
        for row in try record.entries(of: number, through: entry) {
            let read = try CaseReader.read(row)
            if case .decided(let decision, let basis) = read.event, entry == nil || entry == row.sequence {
                let generation = try home(basis.generation, in: record).generation
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

extension Sequence where Element: Hashable {
    /// The elements in order, each once.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
