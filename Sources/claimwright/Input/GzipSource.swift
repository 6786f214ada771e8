import CZlib
import X12

/// Unpacks gzip (RFC 1952) as it is read; members that stand one behind the other are one input.
final class GzipSource: ByteSource {
    private let packed: any ByteSource
    private var stream = z_stream()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
    private var isInMember = false
    private var isAtEnd = false
    private var hasMember = false

    init(_ packed: any ByteSource) throws {
        self.packed = packed
        guard claimwright_inflateInitGzip(&stream) == Z_OK else { throw GzipError.broken }
    }

    deinit {
        inflateEnd(&stream)
        buffer.deallocate()
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !target.isEmpty else { return 0 }
        stream.next_out = target.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.avail_out = uInt(clamping: target.count)
        let room = Int(stream.avail_out)
        while Int(stream.avail_out) == room, !isAtEnd {
            if stream.avail_in == 0 { try fill() }
            // Zeros or other bytes behind the last member are filler, which gzip itself passes over.
            if !isInMember, hasMember, !isAtEnd, stream.next_in[0] != 0x1f { isAtEnd = true }
            if isAtEnd { break }
            isInMember = true
            switch inflate(&stream, Z_NO_FLUSH) {
            case Z_OK: break
            case Z_STREAM_END:
                isInMember = false
                hasMember = true
                guard inflateReset(&stream) == Z_OK else { throw GzipError.broken }
            default: throw GzipError.broken
            }
        }
        return room - Int(stream.avail_out)
    }

    private func fill() throws {
        let count = try packed.read(into: buffer)
        if count == 0 {
            if isInMember { throw GzipError.cutShort }
            isAtEnd = true
        }
        stream.next_in = buffer.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.avail_in = uInt(count)
    }
}

/// Why a gzip input cannot be unpacked.
enum GzipError: Error, CustomStringConvertible {
    case broken, cutShort

    var description: String {
        switch self {
        case .broken: "The gzip input is broken."
        case .cutShort: "The gzip input is cut short."
        }
    }
}
