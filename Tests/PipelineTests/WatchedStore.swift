import Store
import Synchronization

/// Pages of a record that count their reads, with a place for the test to interfere before each.
final class WatchedStore: PageStore {
    private let inner: any PageStore
    private let counts = Mutex((begun: 0, open: 0))
    private let meddle = Mutex<(@Sendable () async -> Void)?>(nil)

    init(_ inner: any PageStore) { self.inner = inner }

    func interfere(_ meddle: @escaping @Sendable () async -> Void) { self.meddle.withLock { $0 = meddle } }

    /// Reads so far.
    var reads: Int { counts.withLock { $0.begun } }
    /// Reads that have not ended.
    var openReads: Int { counts.withLock { $0.open } }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any PageReader) throws -> Result
    ) async throws -> Result {
        await meddle.withLock { $0 }?()
        return try await inner.read { record in
            self.counts.withLock { $0 = ($0.begun + 1, $0.open + 1) }
            defer { self.counts.withLock { $0.open -= 1 } }
            return try body(record)
        }
    }
}
