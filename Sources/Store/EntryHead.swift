public import HealthTypes

/// The head of an entry: numbers and digests only, of fixed width, so that a head proves its entry's place without
/// telling anything of a patient.
///
/// Its 123 bytes are, in this order and big-endian: `CW1`; the site in 4 bytes; the case, the sequence and the time in
/// milliseconds in 8 each; the kind in 24 bytes of ASCII, filled with zeros; the version in 4; the leaf of the entry
/// before (``Position/start`` for the first) and the commitment to the body in 32 each.
public struct EntryHead: Hashable, Sendable {
    public var site: SiteID
    public var caseNumber: CaseNumber
    public var sequence: Int
    public var at: Instant
    public var kind: String
    public var version: Int
    public var before: Digest
    public var commitment: Digest

    public init(
        site: SiteID, caseNumber: CaseNumber, sequence: Int, at: Instant, kind: String, version: Int, before: Digest,
        commitment: Digest
    ) {
        self.site = site
        self.caseNumber = caseNumber
        self.sequence = sequence
        self.at = at
        self.kind = kind
        self.version = version
        self.before = before
        self.commitment = commitment
    }

    /// The most bytes that a kind may have.
    public static let kindLength = 24
    public static let byteCount = 123
    static let saltLength = 16
    /// The length of a case's secret.
    public static let secretLength = 32

    /// Whether a head can hold the kind: 1 to ``kindLength`` characters of visible ASCII.
    public static func holds(kind: String) -> Bool {
        (1...kindLength).contains(kind.utf8.count) && kind.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = Array("CW1".utf8)
        bytes.reserveCapacity(Self.byteCount + 1)
        append(&bytes)
        return bytes
    }

    /// SHA-256 of a zero byte and the head, as a leaf of a tree is hashed (RFC 6962, section 2.1).
    public var leaf: Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount + 1)
        bytes.append(0)
        bytes.append(contentsOf: "CW1".utf8)
        append(&bytes)
        return Digest(of: bytes)
    }

    private func append(_ bytes: inout [UInt8]) {
        func add(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
        }
        add(UInt32(truncatingIfNeeded: site.value))
        add(UInt64(truncatingIfNeeded: caseNumber.value))
        add(UInt64(truncatingIfNeeded: sequence))
        add(at.milliseconds)
        bytes.append(contentsOf: kind.utf8.prefix(Self.kindLength))
        for _ in kind.utf8.count..<max(kind.utf8.count, Self.kindLength) { bytes.append(0) }
        add(UInt32(truncatingIfNeeded: version))
        before.withBytes { bytes.append(contentsOf: $0) }
        commitment.withBytes { bytes.append(contentsOf: $0) }
    }

    /// The commitment to a body: SHA-256 of a salt and the body. Without the case's secret nobody can try out bodies
    /// against it, so once the secret is gone the body is gone.
    public static func commitment(to body: [UInt8], sequence: Int, secret: [UInt8]) -> Digest {
        let number = withUnsafeBytes(of: UInt64(truncatingIfNeeded: sequence).bigEndian) { Array($0) }
        var salted = messageCode(of: number, key: secret).withBytes { Array($0.prefix(saltLength)) }
        salted.append(contentsOf: body)
        return Digest(of: salted)
    }
}
