import Claims
import HealthTypes
import Store
import X12

/// Takes a source in that may be larger than memory: its bytes are kept in pieces, an X12 source is read in two passes
/// as a stream, and each transaction takes some units and moves the mark up to which the source has been taken. Killed
/// anywhere and started again on the same source, it goes on from the mark.
struct SourceIntake: Sendable {
    let store: any IntakeStore
    let taker: MessageTaker
    let clock: any Clock

    /// Units that one transaction takes.
    static let batch = 256
    /// Bytes that one piece of a kept source has at most.
    static let pieceBytes = 1 << 20

    /// Bytes as a caller has them: a whole in memory, or a file to be read from its start as often as is needed.
    struct Input: Sendable {
        var byteCount: Int
        var open: @Sendable () throws -> any ByteSource
        /// All of it, for formats that are read whole.
        var whole: @Sendable () throws -> [UInt8]
    }

    /// - Parameter progress: is told bytes taken and bytes in all, again and again.
    func run(
        _ input: Input, format: MessageFormat, source: String, priority: Priority,
        answers: (@Sendable ([UInt8]) throws -> Void)? = nil, progress: @Sendable (Int, Int) -> Void
    ) async throws -> IntakeReport {
        let digest = try Self.digest(of: input)
        var report = IntakeReport(source: source, format: format, digest: digest, bytes: input.byteCount)
        let arrival = try await store.begin(
            source: source, digest: digest, byteCount: input.byteCount, at: clock.now)
        try await keep(input, arrival)
        switch format {
        case .x12: try await streamed(input, arrival, priority, answers, progress, &report)
        case .hl7v2, .json, .table, .empty, .unknown: try await whole(input, arrival, priority, progress, &report)
        }
        return report
    }

    private static func digest(of input: Input) throws -> Digest {
        var digester = StreamDigest()
        try input.forEachPiece(from: 0, of: pieceBytes) { piece, _ in digester.add(piece) }
        return digester.finish()
    }

    private func keep(_ input: Input, _ arrival: ArrivalRow) async throws {
        let source = try input.open()
        var offset = 0
        while offset < input.byteCount {
            let piece = try source.readPiece(of: Self.pieceBytes)
            if piece.isEmpty { break }
            if offset >= arrival.kept { try await store.keep(piece, ofArrival: arrival.id, at: offset) }
            offset += piece.count
        }
    }

    // MARK: X12

    private func streamed(
        _ input: Input, _ arrival: ArrivalRow, _ priority: Priority, _ answers: (@Sendable ([UInt8]) throws -> Void)?,
        _ progress: @Sendable (Int, Int) -> Void, _ report: inout IntakeReport
    ) async throws {
        let intake = X12Intake()
        let name = report.source
        var refused: [MessageTaker.Piece] = []
        var found: [Issue] = []
        var numbers = try await controlNumbers(answers == nil ? 0 : Self.answersAtOnce)
        let maker = answers.map { sink in
            AnswerMaker(
                kinds: [.ta1, .implementation], at: clock.now, nextControlNumber: { numbers.popFirst() ?? 0 },
                ta1: .askedOrAtFault, sink: { _, bytes in try sink(bytes) })
        }
        let verdicts = try intake.check(
            try input.open(), name: name, answering: maker,
            finding: { if found.count < IntakeReport.maximumIssues { found.append($0.issue) } },
            set: { set in
                if !set.isAccepted { refused.append(MessageTaker.refusal(of: set, found)) }
                found.removeAll { $0.location.byte.map { set.range.contains($0) } ?? false }
            })
        for issue in found { report.add(issue) }
        if !verdicts.isX12 || (refused.isEmpty && verdicts.acceptedSets.isEmpty) {
            let range = 0..<input.byteCount
            let issues = found
            refused = [MessageTaker.Piece(range: range) { try $0.refuse(range, format: .x12, issues) }]
        }
        // What is refused is taken with the first units, in the transaction that moves the mark: a resumption takes it
        // neither twice nor not at all.
        var through = arrival.through
        var waiting = through == 0 ? refused : []
        let stream = intake.units(try input.open(), name: name, verdicts: verdicts, from: through)
        while true {
            let batch = try stream.next(limit: Self.batch)
            let pieces = batch.units.map { unit in MessageTaker.Piece(range: unit.range) { try $0.take(unit) } }
            let end = batch.isLast ? input.byteCount : batch.through
            if !pieces.isEmpty || end > through || (batch.isLast && !arrival.isDone) {
                try await take(
                    waiting + pieces, arrival, from: through, through: end, isDone: batch.isLast, priority, &report)
                waiting = []
            }
            through = end
            progress(through, input.byteCount)
            if batch.isLast { return }
        }
    }

    /// Interchanges that one source may hold and be answered with control numbers of their own.
    private static let answersAtOnce = 256

    private func controlNumbers(_ count: Int) async throws -> ArraySlice<Int> {
        if count == 0 { return [] }
        return try await store.intake { tx in
            try (0..<count).map { _ in try tx.next(MessageForming.Series.interchange.rawValue) }
        }[...]
    }

    // MARK: Other formats

    private func whole(
        _ input: Input, _ arrival: ArrivalRow, _ priority: Priority, _ progress: @Sendable (Int, Int) -> Void,
        _ report: inout IntakeReport
    ) async throws {
        let bytes = try input.whole()
        let pieces = taker.pieces(of: bytes, report.format, source: report.source, answering: nil, &report)
        if arrival.isDone { return progress(bytes.count, bytes.count) }
        var through = arrival.through
        // Pieces follow each other: what ends before the mark was taken before.
        var rest = pieces.drop { $0.range.upperBound <= through }
        repeat {
            let group = rest.prefix(Self.batch)
            rest = rest.dropFirst(group.count)
            let end = rest.isEmpty ? bytes.count : group.last?.range.upperBound ?? through
            try await take(Array(group), arrival, from: through, through: end, isDone: rest.isEmpty, priority, &report)
            through = end
            progress(through, bytes.count)
        } while !rest.isEmpty
    }

    private func take(
        _ pieces: [MessageTaker.Piece], _ arrival: ArrivalRow, from: Int, through: Int, isDone: Bool,
        _ priority: Priority, _ report: inout IntakeReport
    ) async throws {
        let blank = IntakeReport(
            source: report.source, format: report.format, digest: report.digest, bytes: report.bytes)
        let now = clock.now
        // The pieces are used by one transaction only, which runs while this call waits for it.
        nonisolated(unsafe) let pieces = pieces
        report.add(
            try await store.intake { tx in
                var taking = Taking(
                    tx: tx, now: now, priority: priority, source: blank.source, content: blank.digest, report: blank)
                for piece in pieces { try piece.take(&taking) }
                if through > from || isDone {
                    try tx.advance(arrival: arrival.id, from: from, through: through, isDone: isDone)
                }
                return taking.report
            })
    }
}

extension SourceIntake.Input {
    /// Bytes that are in memory.
    init(_ bytes: [UInt8]) {
        byteCount = bytes.count
        open = { MemorySource(bytes) }
        whole = { bytes }
    }

    func forEachPiece(from offset: Int, of size: Int, _ body: ([UInt8], Int) throws -> Void) throws {
        let source = try open()
        var position = 0
        while true {
            let piece = try source.readPiece(of: size)
            if piece.isEmpty { return }
            if position >= offset { try body(piece, position) }
            position += piece.count
        }
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
