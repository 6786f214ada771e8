import GraphServer
import NIOCore
import Testing

/// Bytes as hexadecimal digits, spaces apart.
func hex(_ text: String) -> ByteBuffer {
    let digits = text.filter { !$0.isWhitespace }
    var buffer = ByteBuffer()
    var rest = digits[...]
    while let byte = UInt8(rest.prefix(2), radix: 16) {
        buffer.writeInteger(byte)
        rest = rest.dropFirst(2)
    }
    return buffer
}

@Suite("Bolt: the handshake")
struct HandshakeTests {
    @Test("The opening offers the manifest, 5.8 to 5.0 and 4.4")
    func opening() {
        #expect(BoltHandshake.opening == hex("6060b017 000001ff 00080805 00000404 00000000"))
    }

    @Test(
        "A server without the manifest picks a version",
        arguments: [("00000005", 5, 0), ("00000405", 5, 4), ("00000805", 5, 8), ("00000404", 4, 4)])
    func picked(answer: String, major: Int, minor: Int) {
        var handshake = BoltHandshake()
        #expect(handshake.received(hex(answer)) == .agreed(BoltVersion(UInt8(major), UInt8(minor)), send: nil))
    }

    @Test(
        "No common version, a version that was not offered, and what is not Bolt",
        arguments: [
            ("00000000", GraphServerError.noCommonVersion), ("00000003", .noCommonVersion),
            ("00000905", .noCommonVersion),
            ("48545450", .notBolt),
        ])
    func refused(answer: String, error: GraphServerError) {
        var handshake = BoltHandshake()
        #expect(handshake.received(hex(answer)) == .fail(error))
    }

    /// The manifest of a server that speaks 5.8 to 5.7, 5.4 to 5.0, 4.4 to 4.2, and a 6.0 that is not spoken here.
    static let manifest = "000001ff 04 00000006 00010805 00040405 00020404 00"

    @Test("Of a manifest the newest common version is chosen, and the server is told")
    func manifest() {
        var handshake = BoltHandshake()
        #expect(handshake.received(hex(Self.manifest)) == .agreed(BoltVersion(5, 8), send: hex("00000805 00")))
    }

    @Test("A manifest byte by byte gives the same")
    func manifestByByte() {
        var handshake = BoltHandshake()
        var bytes = hex(Self.manifest)
        while let byte = bytes.readSlice(length: 1) {
            let action = handshake.received(byte)
            #expect(action == (bytes.readableBytes > 0 ? .wait : .agreed(BoltVersion(5, 8), send: hex("00000805 00"))))
        }
    }

    @Test("A range that reaches above the spoken versions is used up to them")
    func range() {
        var handshake = BoltHandshake()
        #expect(
            handshake.received(hex("000001ff 01 00060b05 8001"))
                == .agreed(BoltVersion(5, 8), send: hex("00000805 00")))
    }

    @Test("A manifest with nothing in common, and one without end")
    func badManifests() {
        var nothing = BoltHandshake()
        #expect(nothing.received(hex("000001ff 01 00000006 00")) == .fail(.noCommonVersion))
        var endless = BoltHandshake()
        #expect(endless.received(hex("000001ff ffffffffffffffffff01")) == .fail(.protocolViolation))
        var crowded = BoltHandshake()
        #expect(crowded.received(hex("000001ff 41")) == .fail(.protocolViolation))
    }
}

@Suite("Bolt: chunks")
struct ChunkTests {
    @Test("A message is cut at 65,535 bytes and put together again, whole and byte by byte")
    func both() throws {
        let long = ByteBuffer(bytes: (0..<70_000).map { UInt8(truncatingIfNeeded: $0) })
        let short = hex("b10f")
        var output = ByteBuffer()
        BoltChunks.write(long, to: &output)
        // An empty chunk that keeps the connection alive.
        output.writeInteger(UInt16(0))
        BoltChunks.write(short, to: &output)
        #expect(output.readableBytes == 2 + 65_535 + 2 + 4465 + 2 + 2 + 2 + 2 + 2)
        var whole = BoltDechunker()
        whole.received(output)
        #expect(try whole.next() == long)
        #expect(try whole.next() == short)
        #expect(try whole.next() == nil)
        var parts = BoltDechunker()
        var found: [ByteBuffer] = []
        while let byte = output.readSlice(length: 1) {
            parts.received(byte)
            while let message = try parts.next() { found.append(message) }
        }
        #expect(found == [long, short])
    }

    @Test("A message above the limit is refused as soon as a chunk says so")
    func tooLarge() throws {
        var dechunker = BoltDechunker(maximumMessageBytes: 10)
        dechunker.received(hex("0006 010203040506 0005"))
        #expect(throws: GraphServerError.tooLarge) { try dechunker.next() }
    }
}

@Suite("Bolt: messages")
struct MessageTests {
    @Test("Answers of a server, as the specification writes them")
    func responses() throws {
        #expect(try BoltResponse(hex("b170 a0")) == .success([:]))
        #expect(try BoltResponse(hex("b171 93 01 02 03")) == .record([1, 2, 3]))
        #expect(try BoltResponse(hex("b07e")) == .ignored)
        let code = "Neo.ClientError.Statement.SyntaxError"
        for name in ["code", "neo4j_code"] {
            let failure = PackStreamEncoder.encode(
                .structure(tag: 0x7f, fields: [[name: .string(code), "message": "secret"]]))
            #expect(try BoltResponse(failure) == .failure(code: code))
        }
    }

    @Test("What is no answer is a violation", arguments: ["01", "b170 01", "b171 a0", "b17f a0", "b101 a0", "b2"])
    func violations(bytes: String) {
        #expect(throws: GraphServerError.protocolViolation) { try BoltResponse(hex(bytes)) }
    }

    @Test("Only what passes by itself is tried again")
    func transient() {
        #expect(GraphServerError.refused(code: "Neo.TransientError.General.DatabaseUnavailable").isTransient)
        #expect(!GraphServerError.refused(code: "Neo.TransientError.Transaction.Terminated").isTransient)
        #expect(!GraphServerError.refused(code: "Neo.ClientError.Statement.SyntaxError").isTransient)
        #expect(GraphServerError.unreachable.isTransient)
        #expect(!GraphServerError.credentialsRefused.isTransient)
        #expect(!GraphServerError.tls("").isTransient)
    }
}
