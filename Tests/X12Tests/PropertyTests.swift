import CX12Scan
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What must hold of inputs that are made at random, always the same ones.
@Suite struct PropertyTests {
    // MARK: The scanner

    /// What the scanner finds, by places in the input, and the same found byte by byte.
    ///
    /// Line ends behind a terminator are left out: nobody looks at their marks, and how many of them have one depends on
    /// where a block ends.
    struct Scan: Equatable {
        var marks: [Int] = []
        var terminators: [Int] = []
        var inner: Set<Int> = []
        var hasSuspects = false

        init(plain bytes: [UInt8], from: Int, to: Int, _ delimiters: cx12_delimiters) {
            for at in from..<to where !Self.isBetween(bytes, at, delimiters) {
                let byte = bytes[at]
                let isPart = byte == delimiters.component || byte == delimiters.repetition
                if isPart { inner.insert(at) }
                if byte == delimiters.segment { terminators.append(at) }
                if byte == delimiters.segment || byte == delimiters.element {
                    marks.append(at)
                } else if (byte < 0x20 || byte >= 0x7f) && !isPart {
                    hasSuspects = true
                    marks.append(at)
                }
            }
        }

        init(_ bytes: [UInt8], from: Int, to: Int, _ delimiters: cx12_delimiters) {
            var marks = [UInt32](repeating: 0, count: to - from + 72)
            var terminators = marks
            var inner = [UInt64](repeating: ~0, count: bytes.count / 64 + 2)
            let found = cx12_scan(bytes, from, to, delimiters, &marks, &terminators, &inner)
            self.marks = marks.prefix(found.marks).map(Int.init).filter { !Self.isBetween(bytes, $0, delimiters) }
            self.terminators = terminators.prefix(found.terminators).map { Int(marks[Int($0)]) }
            hasSuspects = self.marks.contains { ![delimiters.element, delimiters.segment].contains(bytes[$0]) }
            // Without suspects a reader looks at no mark but delimiters.
            if found.suspects == 0 && hasSuspects { self.marks = [] }
            for at in from..<to where inner[at / 64] >> UInt64(at % 64) & 1 == 1 { self.inner.insert(at) }
        }

        /// A line end that is no delimiter, in a row of them behind a terminator.
        private static func isBetween(_ bytes: [UInt8], _ at: Int, _ delimiters: cx12_delimiters) -> Bool {
            var at = at
            while isLine(bytes[at], delimiters) {
                guard at > 0 else { return false }
                at -= 1
                if bytes[at] == delimiters.segment { return true }
            }
            return false
        }

        private static func isLine(_ byte: UInt8, _ delimiters: cx12_delimiters) -> Bool {
            (byte == 0x0a || byte == 0x0d)
                && ![delimiters.element, delimiters.segment, delimiters.component, delimiters.repetition].contains(byte)
        }
    }

    static let delimiters: [cx12_delimiters] = [
        cx12_delimiters(element: 0x2a, segment: 0x7e, component: 0x3a, repetition: 0x5e),
        cx12_delimiters(element: 0x7c, segment: 0x0a, component: 0x3e, repetition: 0x3e),
        cx12_delimiters(element: 0x1d, segment: 0x1c, component: 0x1f, repetition: 0x1e),
        cx12_delimiters(element: 0x2a, segment: 0x0d, component: 0x3a, repetition: 0x5e),
    ]

    func randomBytes(_ count: Int, _ delimiters: cx12_delimiters, _ random: inout SeededRandom) -> [UInt8] {
        let common = [delimiters.element, delimiters.segment, delimiters.component, delimiters.repetition, 0x0d, 0x0a]
        let isNoisy = random.integer(in: 0..<4) == 0
        return (0..<count).map { _ in
            switch random.integer(in: 0..<8) {
            case 0, 1: random.pick(common)
            case 2 where isNoisy: UInt8(random.integer(in: 0..<256))
            default: UInt8(random.integer(in: 0x41..<0x5b))
            }
        }
    }

    @Test(arguments: delimiters.indices) func theScannerFindsWhatAPlainLoopFinds(number: Int) {
        let delimiters = Self.delimiters[number]
        var random = SeededRandom(seed: 20_260_302, stream: "scan \(number)")
        let edges = [16_383, 16_384, 16_385, 16_448]
        for count in Array(0...300) + edges {
            let bytes = randomBytes(count, delimiters, &random)
            for from in stride(from: 0, through: min(count, 192), by: 64) {
                #expect(
                    Scan(bytes, from: from, to: count, delimiters)
                        == Scan(plain: bytes, from: from, to: count, delimiters), "\(count) bytes from \(from)")
            }
        }
    }

    @Test func theScannerAgreesAcrossAWindow() {
        var random = SeededRandom(seed: 7, stream: "window")
        let delimiters = Self.delimiters[0]
        for count in [262_143, 262_144, 262_145] {
            let bytes = randomBytes(count, delimiters, &random)
            #expect(
                Scan(bytes, from: 0, to: count, delimiters) == Scan(plain: bytes, from: 0, to: count, delimiters))
        }
    }

    // MARK: Writing and reading

    @Test(arguments: 0..<60) func whatIsWrittenIsReadAgain(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let delimiters = random.pick([
            Delimiters.standard,
            Delimiters(
                element: UInt8(ascii: "|"), component: UInt8(ascii: ">"), repetition: UInt8(ascii: "!"), segment: 10),
            Delimiters(element: 0x1d, component: 0x1f, repetition: 0x1e, segment: 0x1c),
        ])
        var sets: [(id: String, segments: [(String, [X12Value])])] = []
        var expected: [[[String]]] = []
        for _ in 0..<random.integer(in: 1..<5) {
            var segments: [(String, [X12Value])] = []
            var texts: [[String]] = []
            for _ in 0..<random.integer(in: 0..<30) {
                let elements = (0..<random.integer(in: 1..<9)).map { _ in text(&random) }
                segments.append(("MSG", elements.map { .text($0) }))
                texts.append(Array(elements[..<((elements.lastIndex { !$0.isEmpty } ?? -1) + 1)]))
            }
            sets.append(("864", segments))
            expected.append(texts)
        }
        let bytes = Samples.interchange("TX", "005010", sets, controlNumber: seed, delimiters: delimiters)
        let document = X12Document(parsing: bytes)
        #expect(document.issues == [])
        let read = document.interchanges[0].groups[0].transactions.map { set in
            set.segments.dropFirst().dropLast().map { segment in (0..<segment.elementCount).map { segment[$0 + 1] } }
        }
        // Letters and digits come back as they were; what the delimiters take is a space.
        let carried = expected.map { set in set.map { $0.map { plain($0, delimiters) } } }
        #expect(read.map { $0.map { trimmed($0) } } == carried.map { $0.map { trimmed($0) } })
        #expect(document.bytes == bytes)
        #expect(document.summary.transactions == sets.count)
    }

    func text(_ random: inout SeededRandom) -> String {
        let letters = Array("ABC xyz 0123456789.-'/*:~^|>!")
        return String((0..<random.integer(in: 0..<14)).map { _ in random.pick(letters) })
    }

    func plain(_ text: String, _ delimiters: Delimiters) -> String {
        String(decoding: text.utf8.map { delimiters.contains($0) ? 0x20 : $0 }, as: UTF8.self)
    }

    func trimmed(_ elements: [String]) -> [String] {
        Array(elements[..<((elements.lastIndex { !$0.isEmpty } ?? -1) + 1)])
    }

    @Test(arguments: 0..<40) func aSegmentWriterWritesWhatASegmentReaderReads(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed), stream: "segments")
        var writer = SegmentWriter()
        var expected: [[String]] = []
        writer.append(verbatim: UnsafeBufferPointer(start: nil, count: 0), segments: 0)
        for _ in 0..<50 {
            let elements = (0..<random.integer(in: 1..<7)).map { _ in text(&random) }
            let cents = Int64(random.integer(in: -100_000..<100_000))
            writer.begin("MSG")
            for element in elements { writer.add(element) }
            writer.add(cents: cents)
            writer.end()
            expected.append(elements.map { plain($0, .standard) } + [cents.description])
        }
        var read: [[String]] = []
        try X12SegmentReader(MemorySource(Array(Samples.isa.utf8) + writer.bytes)).forEach { slice in
            guard slice.has(0, "MSG") else { return }
            var elements = (1..<slice.count).map { slice.text($0) }
            elements[elements.count - 1] = Digits.cents(slice[slice.count - 1])?.description ?? "none"
            read.append(elements)
        }
        #expect(read == expected)
        #expect(writer.segmentCount == 50)
    }

    // MARK: Damage

    static let kinds = [
        "837P", "837I", "837D", "835", "270", "271", "276", "277", "277CA", "278-request", "278-response", "834", "820",
        "275-claim", "999",
    ]

    /// Segments in another order, doubled, left out or with other elements: whatever comes out is counted and answered.
    @Test(arguments: kinds) func damagedSetsAreCountedAndAnswered(kind: String) throws {
        var random = SeededRandom(seed: 42, stream: kind)
        for number in 1...3 {
            let text = try Samples.text("sets/\(kind)/accepted-\(number).x12")
            let segments = text.split(separator: "\n").map(String.init)
            for _ in 0..<25 {
                let bytes = Array(damage(segments, &random).joined(separator: "\n").utf8)
                for property in [InputProperties.check, .document, .answers] { try property.examine(bytes) }
            }
        }
    }

    /// The envelope stays where it is, so that what is inside of it is read.
    func damage(_ segments: [String], _ random: inout SeededRandom) -> [String] {
        var segments = segments
        func inside() -> Int { random.integer(in: 2..<max(segments.count - 2, 3)) }
        for _ in 0...random.integer(in: 0..<5) {
            guard segments.count > 6 else { break }
            let at = inside()
            switch random.integer(in: 0..<6) {
            case 0: segments.swapAt(at, inside())
            case 1: segments.insert(segments[at], at: inside())
            case 2: segments.remove(at: at)
            case 3:
                let from = inside()
                let part = Array(segments[min(at, from)..<max(at, from)]).map { ($0, random.integer(in: 0..<1000)) }
                segments.replaceSubrange(min(at, from)..<max(at, from), with: part.sorted { $0.1 < $1.1 }.map(\.0))
            case 4:
                var elements = segments[at].split(separator: "*", omittingEmptySubsequences: false).map(String.init)
                elements[random.integer(in: 0..<elements.count)] = random.pick([
                    "", "X", "00", "-1", "A:B:C", "A^B", "20261399",
                ])
                segments[at] = elements.joined(separator: "*")
            default:
                segments[at] = segments[at].replacing("~", with: random.pick(["*~", "**1~", ":~", "~~", "", "é~"]))
            }
        }
        return segments
    }
}
