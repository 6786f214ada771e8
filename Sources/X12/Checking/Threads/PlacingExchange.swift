#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the thread that checks and the thread that places pass to each other: pieces of the input the one way, batches
/// of placed segments the other, and both back when they are done with.
///
/// There are so many pieces and batches and no more: whoever is ahead waits. The checking thread gives pieces whenever
/// one is free and waits only where there is nothing for it to do, so that the two never wait for each other.
///
/// Not checked by the compiler as Sendable, as it changes: its variables are looked at under its lock alone.
final class PlacingExchange: @unchecked Sendable {
    /// Bytes of the input on their way; one thread has it at a time.
    final class Piece: @unchecked Sendable {
        static let capacity = 64 << 10
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        var count = 0

        deinit { bytes.deallocate() }
    }

    /// How the placing of an input ended.
    enum Outcome: Sendable {
        case done(bytes: Int, segments: Int, strayBytes: Int)
        /// The source threw.
        case failed
    }

    /// What the checking thread has to do next.
    enum Task {
        case fill(Piece)
        case check(PlacedBatch)
        case stop(Outcome)
    }

    private static let batchCount = 4
    /// So many batches are free before a thread that waited for one goes on, so that it does not sleep at every batch.
    private static let leastAfterWaiting = 2
    private static let pieceCount = 2

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// For either thread to wait on; at most one of the two does.
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var freeBatches: [PlacedBatch]
    private var readyBatches: [PlacedBatch] = []
    private var freePieces: [Piece]
    private var readyPieces: [Piece] = []
    private var hasInputEnded: Bool
    private var hasInputFailed = false
    private var outcome: Outcome?

    /// `readsPieces` is false where the placing thread reads the input from memory.
    init(readsPieces: Bool) {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
        freeBatches = (0..<Self.batchCount).map { _ in PlacedBatch() }
        freePieces = readsPieces ? (0..<Self.pieceCount).map { _ in Piece() } : []
        hasInputEnded = !readsPieces
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Waits until there is a value, and takes it.
    private func take<Value>(_ value: () -> Value?) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let value = value() { return value }
            pthread_cond_wait(changed, lock)
        }
    }

    private func change(_ body: () -> Void) {
        pthread_mutex_lock(lock)
        body()
        pthread_cond_signal(changed)
        pthread_mutex_unlock(lock)
    }

    // MARK: The checking thread

    func nextTask() -> Task {
        take {
            let wantsInput = !hasInputEnded && outcome == nil
            // The other thread must not starve while this one checks.
            if wantsInput, readyPieces.isEmpty, let piece = freePieces.popLast() { return .fill(piece) }
            if !readyBatches.isEmpty { return .check(readyBatches.removeFirst()) }
            if wantsInput, let piece = freePieces.popLast() { return .fill(piece) }
            return outcome.map { .stop($0) }
        }
    }

    func giveBack(_ batch: PlacedBatch) {
        batch.removeAll()
        pthread_mutex_lock(lock)
        freeBatches.append(batch)
        if freeBatches.count >= Self.leastAfterWaiting { pthread_cond_signal(changed) }
        pthread_mutex_unlock(lock)
    }

    /// Gives a piece that was filled; one without bytes ends the input.
    func give(_ piece: Piece) {
        change {
            if piece.count == 0 { hasInputEnded = true } else { readyPieces.append(piece) }
        }
    }

    /// Says that the input's further bytes cannot be had.
    func failInput() {
        change {
            hasInputEnded = true
            hasInputFailed = true
        }
    }

    // MARK: The placing thread

    func takeFree() -> PlacedBatch {
        var least = 1
        return take {
            if freeBatches.count >= least { return freeBatches.removeLast() }
            least = Self.leastAfterWaiting
            return nil
        }
    }

    func handOver(_ batch: PlacedBatch) { change { readyBatches.append(batch) } }

    /// Waits until the other thread has given back all batches but this one.
    func waitUntilAllAreFree(but batch: PlacedBatch) {
        take { freeBatches.count == Self.batchCount - 1 ? () : nil }
    }

    /// The next piece; nil at the input's end. Throws where the source did.
    func takePiece() throws -> Piece? {
        enum Answer {
            case piece(Piece)
            case end, failure
        }
        let answer: Answer = take {
            if !readyPieces.isEmpty { return .piece(readyPieces.removeFirst()) }
            return hasInputEnded ? hasInputFailed ? .failure : .end : nil
        }
        switch answer {
        case .piece(let piece): return piece
        case .end: return nil
        case .failure: throw InputFailed()
        }
    }

    func giveBack(_ piece: Piece) { change { freePieces.append(piece) } }

    func stop(_ outcome: Outcome) { change { self.outcome = outcome } }

    /// The checking thread knows what the source threw.
    struct InputFailed: Error {}
}

/// The input as the placing thread reads it: the other thread asks the caller's source.
final class RelayedSource: ByteSource {
    private let exchange: PlacingExchange
    private var piece: PlacingExchange.Piece?
    private var taken = 0

    init(_ exchange: PlacingExchange) { self.exchange = exchange }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !buffer.isEmpty else { return 0 }
        if piece == nil {
            piece = try exchange.takePiece()
            taken = 0
        }
        guard let piece else { return 0 }
        let count = min(buffer.count, piece.count - taken)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece.bytes[taken..<taken + count]))
        taken += count
        if taken == piece.count {
            self.piece = nil
            exchange.giveBack(piece)
        }
        return count
    }
}
