import HealthTypes

/// How often the payer misbehaves, each as a share of one.
///
/// What happens to a request or a message is settled by the seed, its key and the attempt, so that a run with faults
/// can be run again.
public struct Faults: Hashable, Sendable {
    /// Requests that end in ``PayerTimeout``; half of them have taken effect all the same.
    public var timeouts = 0.0
    /// Mailbox messages that come twice, under two ids.
    public var duplicates = 0.0
    /// Mailbox messages that come cut off, and whole later.
    public var malformed = 0.0
    /// Batches of claims whose 277CA comes after their 835.
    public var outOfOrder = 0.0

    public static let none = Faults()

    public init() {}

    /// Why a text does not state faults.
    public struct Unreadable: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String {
            "faults are written as timeouts=0.05,duplicates=0.02,malformed=0.01,out-of-order=0.02, each from 0 to 1"
        }
    }

    /// Reads `timeouts=0.05,duplicates=0.02,malformed=0.01,out-of-order=0.02`; what is not named is zero.
    public static func parse(_ text: String) throws(Unreadable) -> Faults {
        var faults = Faults()
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, let share = Double(pair[1]), (0...1).contains(share) else { throw Unreadable() }
            switch pair[0] {
            case "timeouts": faults.timeouts = share
            case "duplicates": faults.duplicates = share
            case "malformed": faults.malformed = share
            case "out-of-order": faults.outOfOrder = share
            default: throw Unreadable()
            }
        }
        return faults
    }
}

/// The payer did not answer in time.
///
/// The request may have taken effect or not; sending it again under the same key settles which, and does nothing twice.
public struct PayerTimeout: Error, Hashable, Sendable {
    public init() {}
}

/// Draws the faults.
struct FaultDice: Sendable {
    let seed: UInt64
    let faults: Faults

    enum Timeout {
        case none, beforeEffect, afterEffect
    }

    func timeout(key: String, attempt: Int) -> Timeout {
        guard falls(faults.timeouts, "timeout/\(key)/\(attempt)") else { return .none }
        return falls(0.5, "effect/\(key)/\(attempt)") ? .afterEffect : .beforeEffect
    }

    func duplicates(_ reference: String) -> Bool { falls(faults.duplicates, "duplicate/\(reference)") }
    func malforms(_ reference: String) -> Bool { falls(faults.malformed, "malformed/\(reference)") }
    func swaps(_ reference: String) -> Bool { falls(faults.outOfOrder, "out-of-order/\(reference)") }

    private func falls(_ share: Double, _ stream: String) -> Bool {
        guard share > 0 else { return false }
        var random = SeededRandom(seed: seed, stream: stream)
        return Double(random.next() >> 11) < share * 0x1p53
    }
}
