public import NIOCore

/// Reads values from the bytes of one message.
///
/// A count is believed only as far as bytes are there for it, so that a short message reserves little memory.
public struct PackStreamDecoder {
    /// Values inside of values: the answers to this program's questions have four levels.
    public static let maximumDepth = 32

    private var buffer: ByteBuffer

    public init(_ buffer: ByteBuffer) {
        self.buffer = buffer
    }

    /// The one value that the bytes hold.
    public static func decode(_ buffer: ByteBuffer) throws(PackStreamError) -> PackStreamValue {
        var decoder = PackStreamDecoder(buffer)
        let value = try decoder.value(depth: 0)
        guard decoder.buffer.readableBytes == 0 else { throw .trailingBytes }
        return value
    }

    private mutating func number<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(PackStreamError) -> Value
    {
        guard let value: Value = buffer.readInteger() else { throw .truncated }
        return value
    }

    private mutating func value(depth: Int) throws(PackStreamError) -> PackStreamValue {
        guard depth < Self.maximumDepth else { throw .tooDeep }
        let marker: UInt8 = try number()
        switch marker {
        case 0x00...0x7f, 0xf0...0xff: return .integer(Int64(Int8(bitPattern: marker)))
        case 0xc0: return .null
        case 0xc1: return .float(Double(bitPattern: try number()))
        case 0xc2: return .boolean(false)
        case 0xc3: return .boolean(true)
        case 0xc8: return .integer(Int64(try number(Int8.self)))
        case 0xc9: return .integer(Int64(try number(Int16.self)))
        case 0xca: return .integer(Int64(try number(Int32.self)))
        case 0xcb: return .integer(try number())
        case 0xcc...0xce:
            let count = try size(marker, of: 0xcc)
            guard let bytes = buffer.readBytes(length: count) else { throw .truncated }
            return .bytes(bytes)
        case 0x80...0x8f: return .string(try text(Int(marker & 15)))
        case 0xd0...0xd2: return .string(try text(size(marker, of: 0xd0)))
        case 0x90...0x9f: return .list(try list(Int(marker & 15), depth))
        case 0xd4...0xd6: return .list(try list(size(marker, of: 0xd4), depth))
        case 0xa0...0xaf: return .map(try map(Int(marker & 15), depth))
        case 0xd8...0xda: return .map(try map(size(marker, of: 0xd8), depth))
        case 0xb0...0xbf:
            let tag: UInt8 = try number()
            return .structure(tag: tag, fields: try list(Int(marker & 15), depth))
        default: throw .unknownMarker(marker)
        }
    }

    /// A count of one, two or four bytes, for the first, second and third marker of its kind.
    private mutating func size(_ marker: UInt8, of first: UInt8) throws(PackStreamError) -> Int {
        switch marker - first {
        case 0: Int(try number(UInt8.self))
        case 1: Int(try number(UInt16.self))
        default: Int(try number(UInt32.self))
        }
    }

    private mutating func text(_ count: Int) throws(PackStreamError) -> String {
        guard let bytes = buffer.readSlice(length: count) else { throw .truncated }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else { throw .notText }
        return text
    }

    private mutating func list(_ count: Int, _ depth: Int) throws(PackStreamError) -> [PackStreamValue] {
        guard count <= buffer.readableBytes else { throw .truncated }
        var values: [PackStreamValue] = []
        values.reserveCapacity(min(count, 1024))
        for _ in 0..<count { values.append(try value(depth: depth + 1)) }
        return values
    }

    /// Of entries with the same key the last counts, as the specification has it.
    private mutating func map(_ count: Int, _ depth: Int) throws(PackStreamError) -> [String: PackStreamValue] {
        guard count <= buffer.readableBytes / 2 else { throw .truncated }
        var entries: [String: PackStreamValue] = [:]
        for _ in 0..<count {
            guard case .string(let key) = try value(depth: depth + 1) else { throw .keyNotText }
            entries[key] = try value(depth: depth + 1)
        }
        return entries
    }
}
