import Store
import Synchronization

/// Which lanes somebody works at the moment: each has one task of its own.
final class LanesInHand: Sendable {
    /// Whether a lane that is in hand was asked for again meanwhile.
    private let lanes = Mutex<[Lane: Bool]>([:])

    /// Takes a lane in hand; false where it is already, and then is gone over once more.
    func begin(_ lane: Lane) -> Bool {
        lanes.withLock { lanes in
            defer { lanes[lane] = lanes[lane] != nil }
            return lanes[lane] == nil
        }
    }

    /// Lets a lane go; false where it has to be gone over once more.
    func end(_ lane: Lane) -> Bool {
        lanes.withLock { lanes in
            if lanes[lane] == true {
                lanes[lane] = false
                return false
            }
            lanes[lane] = nil
            return true
        }
    }
}
