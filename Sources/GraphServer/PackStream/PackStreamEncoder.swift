public import NIOCore

/// Writes values in their shortest form; the entries of a map in the order of their keys, so that equal values have
/// equal bytes.
public struct PackStreamEncoder {
    private(set) var buffer: ByteBuffer

    public init(buffer: ByteBuffer = ByteBuffer()) {
        self.buffer = buffer
    }

    public static func encode(_ value: PackStreamValue) -> ByteBuffer {
        var encoder = PackStreamEncoder()
        encoder.write(value)
        return encoder.buffer
    }

    mutating func write(_ value: PackStreamValue) {
        switch value {
        case .null: buffer.writeInteger(UInt8(0xc0))
        case .boolean(let value): buffer.writeInteger(UInt8(value ? 0xc3 : 0xc2))
        case .integer(let value): write(value)
        case .float(let value):
            buffer.writeInteger(UInt8(0xc1))
            buffer.writeInteger(value.bitPattern)
        case .bytes(let value):
            writeSize(value.count, tiny: nil, markers: (0xcc, 0xcd, 0xce))
            buffer.writeBytes(value)
        case .string(let value): write(value)
        case .list(let values):
            writeSize(values.count, tiny: 0x90, markers: (0xd4, 0xd5, 0xd6))
            for value in values { write(value) }
        case .map(let entries):
            writeSize(entries.count, tiny: 0xa0, markers: (0xd8, 0xd9, 0xda))
            for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
                write(key)
                write(value)
            }
        case .structure(let tag, let fields): write(tag: tag, fields: fields)
        }
    }

    mutating func write(tag: UInt8, fields: [PackStreamValue]) {
        precondition(fields.count < 16, "a structure has at most fifteen fields")
        buffer.writeInteger(0xb0 | UInt8(fields.count))
        buffer.writeInteger(tag)
        for field in fields { write(field) }
    }

    private mutating func write(_ value: Int64) {
        switch value {
        case -16...127: buffer.writeInteger(Int8(value))
        case -128...127:
            buffer.writeInteger(UInt8(0xc8))
            buffer.writeInteger(Int8(value))
        case -32_768...32_767:
            buffer.writeInteger(UInt8(0xc9))
            buffer.writeInteger(Int16(value))
        case -2_147_483_648...2_147_483_647:
            buffer.writeInteger(UInt8(0xca))
            buffer.writeInteger(Int32(value))
        default:
            buffer.writeInteger(UInt8(0xcb))
            buffer.writeInteger(value)
        }
    }

    private mutating func write(_ text: String) {
        writeSize(text.utf8.count, tiny: 0x80, markers: (0xd0, 0xd1, 0xd2))
        buffer.writeString(text)
    }

    private mutating func writeSize(_ count: Int, tiny: UInt8?, markers: (UInt8, UInt8, UInt8)) {
        if let tiny, count < 16 {
            buffer.writeInteger(tiny | UInt8(count))
        } else if count <= 0xff {
            buffer.writeInteger(markers.0)
            buffer.writeInteger(UInt8(count))
        } else if count <= 0xffff {
            buffer.writeInteger(markers.1)
            buffer.writeInteger(UInt16(count))
        } else {
            buffer.writeInteger(markers.2)
            buffer.writeInteger(UInt32(count))
        }
    }
}
