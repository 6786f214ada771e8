import HealthTypes
import Store
import X12

/// The bytes of an arrival as they were kept, one piece in memory; it is read on a thread that may wait.
final class KeptSource: ByteSource {
    private let store: any IntakeStore
    private let arrival: ArrivalRow
    private var piece: ArraySlice<UInt8> = []
    /// Where the next piece begins.
    private var next = 0

    private static let pieceBytes = 1 << 20

    init(_ store: any IntakeStore, _ arrival: ArrivalRow) {
        self.store = store
        self.arrival = arrival
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if piece.isEmpty, next < arrival.byteCount { try fetch() }
        let count = min(piece.count, buffer.count)
        piece.prefix(count).withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer($0)) }
        piece = piece.dropFirst(count)
        return count
    }

    private func fetch() throws {
        let (store, id, from) = (store, arrival.id, next)
        piece = try WaitingThread.wait {
            try await store.bytes(ofArrival: id, from: from, limit: Self.pieceBytes)
        }[...]
        if piece.isEmpty { throw RecordDamage("an arrival that is not kept whole") }
        next += piece.count
    }

    /// All of it, for formats that are read whole.
    func whole() throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arrival.byteCount)
        while next < arrival.byteCount {
            try fetch()
            bytes += piece
        }
        piece = []
        return bytes
    }
}
