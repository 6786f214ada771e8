import HealthTypes
import Store
import Synchronization

/// A store for intake that dies at one of its calls: before it does anything, or after it is done and before the caller
/// learns of it. All calls after that fail as well.
final class DyingStore: IntakeStore {
    struct Killed: Error {}

    private let inner: any IntakeStore
    private let last: Int
    private let count = Mutex(0)

    init(_ inner: any IntakeStore, after last: Int = .max) {
        self.inner = inner
        self.last = last
    }

    /// Steps so far: two of each call.
    var steps: Int { count.withLock { $0 } }

    private func step() throws {
        let isDead = count.withLock { count in
            count += 1
            return count > last
        }
        if isDead { throw Killed() }
    }

    private func call<Result>(_ body: () async throws -> Result) async throws -> Result {
        try step()
        let result = try await body()
        try step()
        return result
    }

    func intake<Result: Sendable>(
        _ body: @escaping @Sendable (any IntakeTransaction) throws -> Result
    ) async throws -> Result { try await call { try await inner.intake(body) } }

    func begin(source: String, digest: Digest, byteCount: Int, at: Instant) async throws -> ArrivalRow {
        try await call { try await inner.begin(source: source, digest: digest, byteCount: byteCount, at: at) }
    }

    func keep(_ bytes: [UInt8], ofArrival id: Int, at offset: Int) async throws {
        try await call { try await inner.keep(bytes, ofArrival: id, at: offset) }
    }

    func bytes(ofArrival id: Int, from offset: Int, limit: Int) async throws -> [UInt8] {
        try await call { try await inner.bytes(ofArrival: id, from: offset, limit: limit) }
    }

    func unfinishedArrivals() async throws -> [ArrivalRow] { try await call { try await inner.unfinishedArrivals() } }

    func answer(to content: Digest) async throws -> [UInt8]? { try await call { try await inner.answer(to: content) } }
}
