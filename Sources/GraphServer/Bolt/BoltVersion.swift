/// A version of the Bolt protocol.
public struct BoltVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var major: UInt8
    public var minor: UInt8

    public init(_ major: UInt8, _ minor: UInt8) {
        self.major = major
        self.minor = minor
    }

    /// The newest minor version of Bolt 5 that this program speaks, and the one version of Bolt 4.
    public static let newest = BoltVersion(5, 8)
    public static let oldest = BoltVersion(4, 4)

    public var description: String { "\(major).\(minor)" }
    public var isSpoken: Bool { self == .oldest || (major == 5 && minor <= Self.newest.minor) }
    /// Bolt 5.1 took the credentials out of HELLO and put them in a message of their own.
    var hasLogon: Bool { self >= BoltVersion(5, 1) }
    /// Since Bolt 5.3 the program has to say what it is built from.
    var hasAgent: Bool { self >= BoltVersion(5, 3) }

    public static func < (left: BoltVersion, right: BoltVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
