import ClinicalKnowledge
import ClinicalText
import Foundation
import HealthTypes
import Stages
import Synchronization

/// Reads documents and what they say, a few at a time, on threads of its own: the programs that read pages are waited
/// for there, and not on the threads that answer requests.
public final class DocumentDesk: Sendable {
    /// Documents that are read at the same time; others wait.
    static let maximumRunning = 2
    /// Documents that are here, their bytes still coming in or not.
    public static let maximumPresent = 8

    /// As many documents are here as may.
    public struct Full: Error, Sendable {}

    private struct Built {
        var knowledge: Digest
        var tables: Digest
        var extractor: ClinicalExtractor
    }

    private let threads: OperationQueue = {
        let queue = OperationQueue()
        queue.name = "claimwright.documents"
        queue.maxConcurrentOperationCount = maximumRunning
        return queue
    }()
    private let present = Mutex(0)
    private let built = Mutex<Built?>(nil)

    init() {}

    /// Takes a place for a document, for as long as `body` takes.
    ///
    /// - Throws: ``Full``, or what `body` throws.
    public func withPlace<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let isAdmitted = present.withLock { count in
            guard count < Self.maximumPresent else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw Full() }
        defer { present.withLock { $0 -= 1 } }
        return try await body()
    }

    /// Runs `body` on a thread of the desk.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { done in
            threads.addOperation { done.resume(with: Swift.Result(catching: body)) }
        }
    }

    /// The extractor of some data, built on first use and kept for the next; that takes most of a second.
    func extractor(_ sets: [DataSetName: DataFiles], _ knowledge: KnowledgeBase) throws -> ClinicalExtractor {
        guard let files = sets[.knowledge], let tables = sets[.tables] else {
            throw DataFileError(file: "knowledge", reason: "the data set is missing")
        }
        return try built.withLock { built in
            if let built, built.knowledge == files.digest, built.tables == tables.digest { return built.extractor }
            let drugs: [ClinicalVocabulary.DrugNames] = knowledge.drugs.map { drug in
                ([drug.name] + drug.synonyms, drug.atc.map { Code(.atc, $0) })
            }
            let extractor = ClinicalExtractor(try ClinicalVocabulary(files, codeTables: tables, drugs: drugs))
            built = Built(knowledge: files.digest, tables: tables.digest, extractor: extractor)
            return extractor
        }
    }
}
