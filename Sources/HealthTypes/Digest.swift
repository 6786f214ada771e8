import CCrypto

/// The SHA-256 digest of some bytes, by which the record names what a decision rests on (FIPS 180-4).
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes, as four numbers of eight, the first byte highest.
    private let a, b, c, d: UInt64

    public init(of bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Digest(hashing: $0) }
    }

    public init(of bytes: some Sequence<UInt8>) { self.init(of: Array(bytes)) }

    public init(of text: String) {
        var text = text
        self = text.withUTF8 { Digest(hashing: UnsafeRawBufferPointer($0)) }
    }

    private init(hashing bytes: UnsafeRawBufferPointer) {
        self = withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { output in
            _ = SHA256(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, output.baseAddress)
            return Digest(unchecked: UnsafeRawBufferPointer(output))
        }
    }

    /// A digest that was stored as its 32 bytes; nil for any other number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = Array(bytes).withUnsafeBytes { Digest(unchecked: $0) }
    }

    private init(unchecked bytes: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        a = word(0)
        b = word(1)
        c = word(2)
        d = word(3)
    }

    /// A digest that was stored as text; nil unless it is 64 lower-case hexadecimal digits.
    public init?(hex: String) { self.init(hexadecimal: hex.utf8) }

    init?(hexadecimal digits: some Collection<UInt8>) {
        guard digits.count == Self.byteCount * 2 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, digit) in digits.enumerated() {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x61 + 10
            default: return nil
            }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        (a, b, c, d) = (words[0], words[1], words[2], words[3])
    }

    public static let byteCount = 32

    /// Gives the 32 bytes to `body`, in a buffer that must not leave it.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let words = (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian)
        return try withUnsafeBytes(of: words, body)
    }

    public var bytes: [UInt8] { withBytes { Array($0) } }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { withBytes { $0.hexadecimal } }

    public var description: String { hex }

    /// The first twelve digits, for people.
    public var short: String { String(hex.prefix(12)) }
}

extension Digest: Codable {
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

/// HMAC-SHA256 (RFC 2104) of a message under a key.
public func messageCode(of message: [UInt8], key: [UInt8]) -> Digest {
    var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    _ = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &output, &length)
    return Digest(bytes: output.prefix(Int(length)))!
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
        let code = messageCode(of: Array("\(kind)\u{1f}\(value)".utf8), key: key)
        return "\(kind)-\(code.bytes[0..<10].hexadecimal)"
    }
}

extension Sequence where Element == UInt8 {
    /// Lower-case hexadecimal digits, two a byte.
    public var hexadecimal: String {
        var text: [UInt8] = []
        for byte in self {
            text.append(CanonicalWriter.digits[Int(byte >> 4)])
            text.append(CanonicalWriter.digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Takes the digest of bytes that come in pieces.
public struct StreamDigest: ~Copyable {
    private let context: OpaquePointer

    public init() {
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func add(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// The digest of all that was added.
    public consuming func finish() -> Digest {
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        EVP_DigestFinal_ex(context, &output, nil)
        return Digest(bytes: output)!
    }
}
