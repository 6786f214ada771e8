import CZlib

/// How bytes are stored. Digests are over the bytes themselves, so that this may change.
///
/// 0 is plain. 1 is raw deflate (RFC 1951). 2 is raw deflate with the preset dictionary of ``BodyDictionary``: entries
/// are short and name the same fields again and again, which deflate by itself sees only from the second time on.
/// A dictionary is never changed, since what was stored with it is read with it; a new one gets the next number.
enum BodyCodec: Int {
    case plain = 0
    case deflated = 1
    case deflatedWithDictionary = 2

    /// Bytes of less than this stay plain where no dictionary helps.
    static let leastBytes = 512
    /// The dictionary pays from here on.
    static let leastBytesWithDictionary = 96
    /// Past this, a dictionary of a few kilobytes makes no difference.
    static let mostBytesWithDictionary = 16_384

    /// The bytes again; throws where they are not what the codec made, or more than `limit`.
    func restore(_ stored: [UInt8], limit: Int) throws -> [UInt8] {
        if self == .plain {
            guard stored.count <= limit else { throw RecordDamage("stored bytes of more than their limit") }
            return stored
        }
        let dictionary = self == .deflatedWithDictionary ? BodyDictionary.bytes : nil
        guard let bytes = inflate(stored, dictionary: dictionary, limit: limit) else {
            throw RecordDamage("stored bytes that cannot be inflated")
        }
        return bytes
    }

    private func inflate(_ stored: [UInt8], dictionary: [UInt8]?, limit: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        if let dictionary {
            guard inflateSetDictionary(&stream, dictionary, UInt32(dictionary.count)) == Z_OK else { return nil }
        }
        var output: [UInt8] = []
        var room = min(limit, max(stored.count * 4, 1024))
        return stored.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            while true {
                let start = output.count
                var status = Z_OK
                output.append(contentsOf: repeatElement(0, count: room))
                output.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress! + start
                    stream.avail_out = UInt32(room)
                    status = CZlib.inflate(&stream, Z_NO_FLUSH)
                }
                output.removeLast(Int(stream.avail_out))
                if status == Z_STREAM_END { return stream.avail_in == 0 ? output : nil }
                guard status == Z_OK, stream.avail_out == 0, output.count < limit else { return nil }
                room = min(limit - output.count, output.count)
            }
        }
    }
}

/// Deflates bytes one after the other with the same tables; not for two tasks at once.
final class Deflater {
    private var short = z_stream()
    private var long = z_stream()
    private var hasShort = false
    private var hasLong = false

    init() {}

    deinit {
        if hasShort { deflateEnd(&short) }
        if hasLong { deflateEnd(&long) }
    }

    /// What to store for the bytes: deflated where that saves an eighth or more.
    func store(_ bytes: [UInt8], withDictionary: Bool = true) -> (codec: BodyCodec, stored: [UInt8]) {
        let usesDictionary = withDictionary && bytes.count <= BodyCodec.mostBytesWithDictionary
        guard bytes.count >= (usesDictionary ? BodyCodec.leastBytesWithDictionary : BodyCodec.leastBytes) else {
            return (.plain, bytes)
        }
        let most = bytes.count - bytes.count / 8
        guard let stored = usesDictionary ? deflateShort(bytes, most: most) : deflateLong(bytes, most: most) else {
            return (.plain, bytes)
        }
        return (usesDictionary ? .deflatedWithDictionary : .deflated, stored)
    }

    /// A window of 32 KiB and small tables, so that beginning anew costs little.
    private func deflateShort(_ bytes: [UInt8], most: Int) -> [UInt8]? {
        let dictionary = BodyDictionary.bytes
        if !hasShort {
            guard Self.open(&short, window: 15, memory: 6, level: 2) else { return nil }
            hasShort = true
        } else if deflateReset(&short) != Z_OK {
            return nil
        }
        guard deflateSetDictionary(&short, dictionary, UInt32(dictionary.count)) == Z_OK else { return nil }
        return Self.run(&short, bytes, most: most)
    }

    private func deflateLong(_ bytes: [UInt8], most: Int) -> [UInt8]? {
        if !hasLong {
            guard Self.open(&long, window: 15, memory: 8, level: 1) else { return nil }
            hasLong = true
        } else if deflateReset(&long) != Z_OK {
            return nil
        }
        return Self.run(&long, bytes, most: most)
    }

    private static func open(_ stream: inout z_stream, window: CInt, memory: CInt, level: CInt) -> Bool {
        deflateInit2_(
            &stream, level, Z_DEFLATED, -window, memory, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size)) == Z_OK
    }

    /// Nil where the result would be more than `most` bytes.
    private static func run(_ stream: inout z_stream, _ bytes: [UInt8], most: Int) -> [UInt8]? {
        bytes.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            var isWhole = false
            let output = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(most)
                isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = isWhole ? most - Int(stream.avail_out) : 0
            }
            return isWhole ? output : nil
        }
    }
}
