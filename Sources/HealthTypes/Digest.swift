import CCrypto

/// The SHA-256 digest of some bytes, by which the record names what a decision rests on (FIPS 180-4).
public struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public let hex: String

    public init(of bytes: some Sequence<UInt8>) {
        var output = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        let input = Array(bytes)
        _ = input.withUnsafeBufferPointer { SHA256($0.baseAddress, $0.count, &output) }
        hex = output.hexadecimal
    }

    public init(of text: String) { self.init(of: text.utf8) }

    /// A digest that was stored as text; nil unless it is 64 hexadecimal digits.
    public init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.hex = hex
    }

    public var description: String { hex }

    /// The first twelve digits, for people.
    public var short: String { String(hex.prefix(12)) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = Digest(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256 digest")
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}

/// A keyed token that stands for an identifier where the identifier itself must not go.
public struct Tokenizer: Sendable {
    private let key: [UInt8]

    /// `key` is a secret of the site; the same key gives the same tokens, so that a reviewer can still see that
    /// two claims are of one person.
    public init(key: [UInt8]) {
        self.key = key
    }

    /// HMAC-SHA256 of `kind` and `value`, cut to 80 bits: `member-5f0c…`.
    public func token(_ kind: String, _ value: String) -> String {
        let message = Array("\(kind)\u{1f}\(value)".utf8)
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        _ = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &output, &length)
        return "\(kind)-\(output[0..<10].hexadecimal)"
    }
}

extension Sequence where Element == UInt8 {
    /// Lower-case hexadecimal digits, two a byte.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
