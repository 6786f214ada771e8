public import NIOCore

/// Messages cut into chunks of at most 65,535 bytes, each behind its length, the last one of a message behind it empty
/// (Bolt Protocol, "Chunking").
public enum BoltChunks {
    static let maximumSize = 0xffff

    public static func write(_ message: ByteBuffer, to output: inout ByteBuffer) {
        var message = message
        while message.readableBytes > 0 {
            let size = min(message.readableBytes, maximumSize)
            output.writeInteger(UInt16(size))
            if let part = message.readSlice(length: size) { output.writeImmutableBuffer(part) }
        }
        output.writeInteger(UInt16(0))
    }
}

/// Puts messages together again, however the network has cut the bytes.
public struct BoltDechunker: Sendable {
    /// The most that one message may have.
    public let maximumMessageBytes: Int
    private var pending = ByteBuffer()
    private var message = ByteBuffer()

    public init(maximumMessageBytes: Int = 16 << 20) {
        self.maximumMessageBytes = maximumMessageBytes
    }

    public mutating func received(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 { pending = bytes } else { pending.writeImmutableBuffer(bytes) }
    }

    /// The next whole message; nil until more bytes come. An empty chunk between messages keeps the connection alive
    /// and means nothing.
    public mutating func next() throws(GraphServerError) -> ByteBuffer? {
        while let size = pending.getInteger(at: pending.readerIndex, as: UInt16.self) {
            guard size > 0 else {
                pending.moveReaderIndex(forwardBy: 2)
                guard message.readableBytes > 0 else { continue }
                defer { message = ByteBuffer() }
                return message
            }
            guard message.readableBytes + Int(size) <= maximumMessageBytes else { throw .tooLarge }
            guard pending.readableBytes >= 2 + Int(size) else { return nil }
            pending.moveReaderIndex(forwardBy: 2)
            guard let part = pending.readSlice(length: Int(size)) else { return nil }
            // The common message has one chunk: it is a view of the bytes that came.
            if message.readableBytes == 0 { message = part } else { message.writeImmutableBuffer(part) }
        }
        return nil
    }
}
