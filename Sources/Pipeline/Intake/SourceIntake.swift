import HealthTypes
import Store
import X12

/// Takes a source in that may be larger than memory. Its bytes are kept first, in pieces; all that follows reads what was
/// kept, and each transaction takes some units and moves the mark up to which the source has been taken. Killed anywhere,
/// it goes on from the mark: when the source is given again, or, where all of its bytes are kept, by itself.
struct SourceIntake: Sendable {
    let store: any IntakeStore
    let taker: MessageTaker
    let numbers: ControlNumbers
    let turns = Turns()

    /// Bytes that one piece of a kept source has at most.
    static let pieceBytes = 1 << 20

    typealias Closing = GroupedIntake.Closing
    typealias Progress = @Sendable (_ taken: Int, _ all: Int) -> Void

    /// Bytes as a caller has them: a whole in memory, or a file to be read from its start as often as is needed.
    struct Input: Sendable {
        var byteCount: Int
        var open: @Sendable () throws -> any ByteSource
    }

    /// - Parameters:
    ///   - acknowledges: whether the sender of X12 waits for TA1 and 999; they are held in memory.
    ///   - closing: is done in the transaction that takes the last of the source, such as the moving of a cursor.
    ///   - progress: is told bytes taken and bytes in all, again and again.
    func run(
        _ input: Input, source: String, priority: Priority, acknowledges: Bool = false, closing: Closing? = nil,
        progress: @escaping Progress = { _, _ in }
    ) async throws -> IntakeReport {
        let digest = try await WaitingThread.run { try Self.digest(of: input) }
        return try await turns.take(digest) {
            func arrival() async throws -> ArrivalRow {
                try await store.begin(source: source, digest: digest, byteCount: input.byteCount, at: taker.clock.now)
            }
            try await keep(input, arrival())
            return try await take(
                arrival(), priority: priority, acknowledges: acknowledges, closing: closing, progress: progress)
        }
    }

    /// The same of bytes that are in memory, such as an item of a mailbox that is more than one transaction should take.
    func run(
        _ bytes: [UInt8], source: String, priority: Priority, acknowledges: Bool = false, closing: Closing? = nil,
        progress: @escaping Progress = { _, _ in }
    ) async throws -> IntakeReport {
        try await run(
            Input(byteCount: bytes.count, open: { MemorySource(bytes) }), source: source, priority: priority,
            acknowledges: acknowledges, closing: closing, progress: progress)
    }

    /// Goes on with an arrival of which all bytes are kept.
    func resume(_ arrival: ArrivalRow, progress: @escaping Progress = { _, _ in }) async throws -> IntakeReport {
        try await turns.take(arrival.digest) {
            // It may have gone on since it was listed.
            let now = try await store.begin(
                source: arrival.source, digest: arrival.digest, byteCount: arrival.byteCount, at: arrival.at)
            return try await take(now, priority: .batch, acknowledges: false, closing: nil, progress: progress)
        }
    }

    private static func digest(of input: Input) throws -> Digest {
        let source = try input.open()
        var digester = StreamDigest()
        while true {
            let piece = try source.readPiece(of: pieceBytes)
            if piece.isEmpty { return digester.finish() }
            digester.add(piece)
        }
    }

    // MARK: Keeping

    private func keep(_ input: Input, _ arrival: ArrivalRow) async throws {
        if arrival.kept == arrival.byteCount { return }
        do { try await keep(input, arrival, from: arrival.kept) } catch is SourceChanged where arrival.kept > 0 {
            // What had been kept came of another reading, in which the source was not what it is now.
            try await keep(input, arrival, from: 0)
        }
    }

    private func keep(_ input: Input, _ arrival: ArrivalRow, from start: Int) async throws {
        let source = try input.open()
        var offset = 0
        while offset < arrival.byteCount {
            let piece = try source.readPiece(of: min(Self.pieceBytes, arrival.byteCount - offset))
            if piece.isEmpty { throw SourceChanged() }
            let known = max(0, start - offset)
            if known < piece.count {
                try await store.keep(Array(piece[known...]), ofArrival: arrival.id, at: offset + known)
            }
            offset += piece.count
        }
    }

    // MARK: Taking

    private func take(
        _ arrival: ArrivalRow, priority: Priority, acknowledges: Bool, closing: Closing?, progress: @escaping Progress
    ) async throws -> IntakeReport {
        let answer = try await acknowledges ? store.answer(to: arrival.digest) : nil
        let answering = acknowledges && answer == nil ? numbers : nil
        let (store, taker) = (store, taker)
        var report = try await WaitingThread.run {
            try ArrivalPass(
                store: store, taker: taker, arrival: arrival, priority: priority, numbers: answering,
                closing: closing, progress: progress
            ).run()
        }
        if let answer { report.acknowledgement = answer }
        return report
    }
}

extension ByteSource {
    /// The next `size` bytes, fewer only at the end.
    func readPiece(of size: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let more = try read(
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
                if more == 0 { return }
                count += more
            }
        }
    }
}
