import HealthTypes
import Store

/// Interchange control numbers for answers. An answer is made before the transaction that keeps it, and so has its number
/// from here; a few are taken from the record's series at a time.
actor ControlNumbers {
    private let store: any IntakeStore
    private var numbers: ArraySlice<Int> = []

    private static let atOnce = 16
    /// ISA13 has nine digits; 0 is no number of an interchange.
    private static let largest = 999_999_999

    init(store: any IntakeStore) { self.store = store }

    func next() async throws -> Int {
        while true {
            if let number = numbers.popFirst() { return (number - 1) % Self.largest + 1 }
            numbers += try await store.intake { tx in
                try (0..<Self.atOnce).map { _ in try tx.next(MessageForming.Series.interchange.rawValue) }
            }
        }
    }
}
