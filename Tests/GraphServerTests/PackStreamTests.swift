import GraphServer
import NIOCore
import Testing

@Suite("PackStream: values and their bytes")
struct PackStreamTests {
    /// The examples of the specification, and the edges of each size.
    static let values: [(PackStreamValue, [UInt8])] = [
        (nil, [0xc0]), (true, [0xc3]), (false, [0xc2]), (1, [0x01]), (-16, [0xf0]), (127, [0x7f]),
        (-17, [0xc8, 0xef]), (-128, [0xc8, 0x80]), (128, [0xc9, 0x00, 0x80]), (1234, [0xc9, 0x04, 0xd2]),
        (32_768, [0xca, 0x00, 0x00, 0x80, 0x00]), (-2_147_483_648, [0xca, 0x80, 0x00, 0x00, 0x00]),
        (.integer(.min), [0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        (.float(1.23), [0xc1, 0x3f, 0xf3, 0xae, 0x14, 0x7a, 0xe1, 0x47, 0xae]),
        (.bytes([1, 2, 3]), [0xcc, 0x03, 1, 2, 3]), ("", [0x80]), ("A", [0x81, 0x41]),
        ("Größenmaßstäbe", [0xd0, 0x12] + Array("Größenmaßstäbe".utf8)), ([], [0x90]),
        ([1, 2, 3], [0x93, 1, 2, 3]), ([:], [0xa0]),
        (["one": "eins"], [0xa1, 0x83] + Array("one".utf8) + [0x84] + Array("eins".utf8)),
        (.structure(tag: 0x4e, fields: [1, ["A"]]), [0xb2, 0x4e, 0x01, 0x91, 0x81, 0x41]),
    ]

    @Test("A value has the bytes of the specification, and they give it back", arguments: values)
    func both(value: PackStreamValue, bytes: [UInt8]) throws {
        #expect(Array(PackStreamEncoder.encode(value).readableBytesView) == bytes)
        #expect(try PackStreamDecoder.decode(ByteBuffer(bytes: bytes)) == value)
    }

    @Test("Sizes take one, two or four bytes", arguments: [15, 16, 255, 256, 65_535, 65_536])
    func sizes(count: Int) throws {
        let text = PackStreamValue.string(String(repeating: "x", count: count))
        let list = PackStreamValue.list(Array(repeating: 7, count: count))
        let bytes = PackStreamValue.bytes(Array(repeating: 7, count: count))
        let map = PackStreamValue.map(
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", .integer(Int64($0))) }))
        for value in [text, list, bytes, map] {
            #expect(try PackStreamDecoder.decode(PackStreamEncoder.encode(value)) == value)
        }
    }

    @Test("Longer forms than needed are read too")
    func longForms() throws {
        for (bytes, value) in [
            ([0xc8, 0x05], 5), ([0xcb, 0, 0, 0, 0, 0, 0, 0, 5], 5), ([0xd0, 0x01, 0x41], "A"),
            ([0xd4, 0x01, 0x05], [5]),
            ([0xda, 0, 0, 0, 1, 0x81, 0x41, 5], ["A": 5]),
        ] as [([UInt8], PackStreamValue)] {
            #expect(try PackStreamDecoder.decode(ByteBuffer(bytes: bytes)) == value)
        }
    }

    @Test("Every beginning of a value is told to be cut short")
    func truncated() throws {
        let value: PackStreamValue = [
            "a": [1, 128, 70_000, .float(2)], "b": .structure(tag: 1, fields: ["text", .bytes([1])]),
        ]
        let bytes = PackStreamEncoder.encode(value)
        for count in 0..<bytes.readableBytes {
            #expect(throws: PackStreamError.truncated) {
                try PackStreamDecoder.decode(ByteBuffer(bytes: bytes.readableBytesView.prefix(count)))
            }
        }
    }

    @Test("A count is not believed beyond the bytes that are there")
    func greatCounts() {
        for marker: UInt8 in [0xce, 0xd2, 0xd6, 0xda] {
            #expect(throws: PackStreamError.truncated) {
                try PackStreamDecoder.decode(ByteBuffer(bytes: [marker, 0xff, 0xff, 0xff, 0xff, 0x01]))
            }
        }
    }

    @Test("What is no value is refused, each for its reason")
    func refused() {
        func decode(_ bytes: [UInt8]) throws { _ = try PackStreamDecoder.decode(ByteBuffer(bytes: bytes)) }
        #expect(throws: PackStreamError.unknownMarker(0xc4)) { try decode([0xc4]) }
        #expect(throws: PackStreamError.notText) { try decode([0x82, 0xc3, 0x28]) }
        #expect(throws: PackStreamError.keyNotText) { try decode([0xa1, 0x01, 0x01]) }
        #expect(throws: PackStreamError.trailingBytes) { try decode([0x01, 0x01]) }
        let depth = PackStreamDecoder.maximumDepth
        #expect(throws: PackStreamError.tooDeep) { try decode(Array(repeating: 0x91, count: depth) + [0x90]) }
        #expect(throws: Never.self) { try decode(Array(repeating: 0x91, count: depth - 1) + [0x90]) }
    }
}
