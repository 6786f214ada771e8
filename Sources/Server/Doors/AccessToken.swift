import HealthTypes

/// The secret that opens the service: whoever sends it may read and answer everything.
///
/// It describes itself by a placeholder, so that it cannot slip into a log.
public struct AccessToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The token itself.
    public let secret: String
    private let digest: [UInt8]
    private let cookieDigest: [UInt8]

    /// A token that somebody chose; nil unless it has 20 to 200 characters of those that `Authorization: Bearer` allows
    /// (RFC 6750 section 2.1).
    public init?(_ secret: String) {
        guard (20...200).contains(secret.utf8.count), secret.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.init(trusted: secret)
    }

    private init(trusted secret: String) {
        self.secret = secret
        digest = Self.digest(secret)
        cookie = Digest(of: "claimwright cookie\n" + secret).hex
        cookieDigest = Self.digest(cookie)
    }

    /// A new token: 256 bits of the generator, in hexadecimal.
    public static func make(using generator: inout some RandomNumberGenerator) -> AccessToken {
        let words = (0..<4).map { _ in generator.next() as UInt64 }
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        return AccessToken(trusted: bytes.hexadecimal)
    }

    /// A new token of the system's random source.
    public static func make() -> AccessToken {
        var generator = SystemRandomNumberGenerator()
        return make(using: &generator)
    }

    /// Whether a text is the token. The time that it takes says nothing of how much of it is right.
    func matches(_ text: some StringProtocol) -> Bool { Self.isSame(Self.digest(text), digest) }

    /// What a browser is given in its place: it opens the service too, but does not tell the token.
    let cookie: String

    func matches(cookie text: some StringProtocol) -> Bool { Self.isSame(Self.digest(text), cookieDigest) }

    private static func digest(_ text: some StringProtocol) -> [UInt8] { Array(Digest(of: text.utf8).hex.utf8) }

    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "-._~+/=".utf8.contains(byte)
        }
    }

    public var description: String { "(access token)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Who may ask.
public enum Access: Sendable {
    /// Whoever has the token.
    case token(AccessToken)
    /// Whoever reaches the port.
    case open
}
