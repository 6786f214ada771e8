public import NIOCore

/// The agreement on a version that comes before the first message (Bolt Protocol, "Handshake").
///
/// Offered are the manifest of Bolt 5.7, by which the server lists what it speaks and the client chooses, the range
/// 5.0 to 5.8, and 4.4. Servers that know no manifest pick from the ranges.
public struct BoltHandshake: Sendable {
    public enum Action: Sendable, Equatable {
        /// More bytes are needed.
        case wait
        /// Both speak this version; the bytes, if any, tell the server so. What is left over begins the first message.
        case agreed(BoltVersion, send: ByteBuffer?)
        case fail(GraphServerError)
    }

    static let manifest: [UInt8] = [0x00, 0x00, 0x01, 0xff]
    /// More ranges than a server will ever have.
    static let maximumRanges = 64

    /// The first bytes of a connection: what marks it as Bolt, and four proposals, the preferred one first.
    public static let opening: ByteBuffer = {
        let newest = BoltVersion.newest
        let range = [0x00, newest.minor, newest.minor, newest.major]
        let old = [0x00, 0x00, BoltVersion.oldest.minor, BoltVersion.oldest.major]
        return ByteBuffer(bytes: [0x60, 0x60, 0xb0, 0x17] + manifest + range + old + [0, 0, 0, 0])
    }()

    private(set) var received = ByteBuffer()

    public init() {}

    /// Takes the next bytes from the server.
    public mutating func received(_ bytes: ByteBuffer) -> Action {
        received.writeImmutableBuffer(bytes)
        var reader = received
        guard let answer = reader.readBytes(length: 4) else { return .wait }
        // A web server begins its complaint with "HTTP".
        if answer == Array("HTTP".utf8) { return .fail(.notBolt) }
        guard answer == Self.manifest else {
            received = reader
            let version = BoltVersion(answer[3], answer[2])
            guard version.isSpoken, answer[0] == 0, answer[1] == 0 else { return .fail(.noCommonVersion) }
            return .agreed(version, send: nil)
        }
        return chooseFromManifest(&reader)
    }

    private mutating func chooseFromManifest(_ reader: inout ByteBuffer) -> Action {
        switch reader.readVariableLength() {
        case .incomplete: return .wait
        case .tooLong: return .fail(.protocolViolation)
        case .value(let count):
            guard count <= UInt64(Self.maximumRanges) else { return .fail(.protocolViolation) }
            var best: BoltVersion?
            for _ in 0..<count {
                guard let range = reader.readBytes(length: 4) else { return .wait }
                best = max(best, in: range)
            }
            switch reader.readVariableLength() {
            case .incomplete: return .wait
            case .tooLong: return .fail(.protocolViolation)
            case .value: break
            }
            guard let best else { return .fail(.noCommonVersion) }
            received = reader
            // None of the server's capabilities is asked for.
            return .agreed(best, send: ByteBuffer(bytes: [0, 0, best.minor, best.major, 0]))
        }
    }

    /// The newest version that is spoken on both sides: of `best` and of a range, whose second byte says how many
    /// minor versions below the third it reaches.
    private func max(_ best: BoltVersion?, in range: [UInt8]) -> BoltVersion? {
        let (span, minor, major) = (range[1], range[2], range[3])
        let lowest = minor - min(span, minor)
        let spoken = (lowest...minor).map { BoltVersion(major, $0) }.last(where: \.isSpoken)
        return [best, spoken].compactMap { $0 }.max()
    }
}

private enum VariableLength {
    case value(UInt64)
    case incomplete
    case tooLong
}

extension ByteBuffer {
    /// Seven bits a byte, the lowest first; the eighth says that another follows.
    fileprivate mutating func readVariableLength() -> VariableLength {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte: UInt8 = readInteger() else { return .incomplete }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return .value(value) }
        }
        return .tooLong
    }
}
