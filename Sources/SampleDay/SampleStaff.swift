import HealthTypes

/// The people of the demonstration: what a physician or a biller would answer to a work item, and after how long. The
/// same seed and the same work item give the same answer, in whatever order they come.
///
/// Physicians attest the letters put before them. Billers approve corrected claims and appeals; that such a work item is
/// there at all means that its evidence is complete. Everything else is left to the real person.
public struct SampleStaff: Sendable {
    private let seed: UInt64

    public init(seed: UInt64) {
        self.seed = seed
    }

    /// What the staff deals with.
    public enum Duty: String, Sendable, CaseIterable {
        /// A physician attests a letter of medical necessity.
        case attestation = "attestation"
        /// A coder approves a corrected claim.
        case correction = "correction"
        /// A biller approves an appeal.
        case appeal = "appeal"

        fileprivate var reason: String {
            switch self {
            case .attestation: "I have read the text against the chart and it is right."
            case .correction, .appeal: "The evidence is complete."
            }
        }

        /// How many of a hundred work items get an answer; the rest wait for the real person.
        fileprivate var share: Int {
            switch self {
            case .attestation: 92
            case .correction, .appeal: 88
            }
        }

        /// Hours until the answer.
        fileprivate var hours: Range<Int> {
            switch self {
            case .attestation: 2..<20
            case .correction, .appeal: 1..<9
            }
        }
    }

    /// Why a work item is answered with yes, and how many hours after it was opened; nil leaves it to the real person.
    ///
    /// - Parameter key: tells two work items of one duty apart.
    public func answer(_ duty: Duty, key: String) -> (reason: String, afterHours: Int)? {
        var random = SeededRandom(seed: seed, stream: "staff \(duty.rawValue) \(key)")
        guard random.chance(duty.share) else { return nil }
        return (duty.reason, random.integer(in: duty.hours))
    }
}
