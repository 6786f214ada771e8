import HealthTypes

/// Collects the claims of an 837 with what was found in each, for a 277CA.
final class ClaimAnswers {
    private(set) var isOpen = false

    init(at instant: Instant) {}

    func beginSet() { isOpen = true }

    func observe(_ slice: SegmentSlice, _ loop: String) {}

    func endSet(
        _ errors: [Finding], isRefused: Bool, header: InterchangeFacts, _ nextControlNumber: () -> Int,
        _ send: ([UInt8]) -> Void
    ) {
        isOpen = false
    }
}
