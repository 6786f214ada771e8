import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What is answered quickly must be what the long way answers.
@Suite struct QuickPathTests {
    static let files = Samples.names + FixtureFile.all.map { "sets/\($0.folder)/\($0.name)" }

    /// A few bytes put in the place of others behind the header, such as change what an element is.
    private func changed(_ bytes: [UInt8], _ times: Int, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        let values = Array("*:^~A9-. aZ0".utf8)
        guard bytes.count > 200 else { return bytes }
        for _ in 0..<times {
            bytes[random.integer(in: 110..<bytes.count)] = random.pick(values)
        }
        return bytes
    }

    /// Each segment of the transaction sets with the rule of its guide; segments without one are left out.
    private func eachPlaced(
        _ bytes: [UInt8], _ body: (SegmentSlice, CompiledGuide, Int) throws -> Void
    ) throws {
        try bytes.withUnsafeBufferPointer { buffer in
            var cursor = SegmentCursor(buffer)
            var machine = EnvelopeMachine()
            var matcher = LoopMatcher(guide: .none)
            var isOpen = false
            var version = ""
            while true {
                let place: EnvelopeMachine.Place
                switch try cursor.next() {
                case .header(let isReadable): place = machine.begin(cursor.slice, isReadable: isReadable).place
                case .segment: place = machine.take(cursor.slice).place
                case .end: return
                }
                let slice = cursor.slice
                switch place {
                case .groupHeader: version = slice.text(8)
                case .setHeader:
                    let id = slice.isEmpty(3) ? version : slice.text(3)
                    let guide = GuideLibrary.standard.candidates(set: slice.text(1), guide: id).first
                    isOpen = guide != nil
                    if let guide {
                        matcher = LoopMatcher(guide: guide)
                        matcher.restart(byte: slice.byteOffset)
                    }
                case .body, .setTrailer: break
                default: isOpen = false
                }
                guard isOpen else { continue }
                matcher.place(slice, position: machine.position)
                if matcher.rule >= 0 { try body(slice, matcher.guide, Int(matcher.rule)) }
            }
        }
    }

    @Test(arguments: files) func whatIsCleanIsWithoutFinding(_ name: String) throws {
        var random = SeededRandom(seed: 5, stream: name)
        let original = try Samples.bytes(name)
        var tables = CodeTables()
        var states = CodeTable()
        states.insert("IL")
        tables[.state] = states
        var clean = 0
        var unclean = 0
        for round in 0..<40 {
            let bytes = round == 0 ? original : changed(original, 1 + round, &random)
            try eachPlaced(bytes) { slice, guide, rule in
                var checker = ElementChecker(guide: guide, tables: tables)
                checker.checkAll(slice, guide.rules.base + rule)
                if checker.isClean(slice, guide.rules.base + rule) {
                    clean += 1
                    #expect(checker.found.isEmpty, "\(slice.name) at \(slice.byteOffset)")
                } else {
                    unclean += 1
                }
            }
        }
        // Both ways are gone.
        #expect(clean > 0)
        #expect(unclean > 0)
    }

    @Test(arguments: files) func aMatcherThatWasUsedBeforePlacesAsANewOne(_ name: String) throws {
        var random = SeededRandom(seed: 11, stream: name)
        let original = try Samples.bytes(name)
        let checker = X12FileChecker(snip: 5)
        for round in 0..<10 {
            let bytes = changed(original, round, &random)
            let before = changed(original, 3, &random)
            func lines(_ input: [UInt8], from start: Int) -> [String] {
                var lines: [String] = []
                _ = checker.check(input) { finding in
                    let location = finding.issue.location
                    guard let byte = location.byte, byte >= start, finding.issue.code != "x12.interchange-duplicate"
                    else { return }
                    lines.append(
                        "\(finding.issue.code) \(byte - start) \(location.loop ?? "") \(location.segment ?? 0) "
                            + "\(location.element ?? 0)")
                }
                return lines
            }
            // What went before ends with its interchange, of which the last byte may have been changed.
            let whole = before + Array("~".utf8)
            #expect(lines(whole + bytes, from: whole.count) == lines(bytes, from: 0))
        }
    }

    @Test func codesAreReadAsBytes() {
        let bytes = Array("0123456789ABCDEFGHIJ".utf8)
        bytes.withUnsafeBufferPointer { buffer in
            for start in 0..<bytes.count {
                for count in 0...min(10, bytes.count - start) {
                    let part = UnsafeBufferPointer(start: buffer.baseAddress! + start, count: count)
                    var expected: UInt64 = count > 8 ? .max : 0
                    if count <= 8 {
                        for (place, byte) in part.enumerated() { expected |= UInt64(byte) << UInt64(8 * place) }
                    }
                    #expect(part.packed == expected)
                    let ends: [UInt32] = [UInt32(count)]
                    ends.withUnsafeBufferPointer { ends in
                        let slice = SegmentSlice(
                            base: part.baseAddress!, ends: ends.baseAddress!, count: 1, byteOffset: start,
                            delimiters: .standard)
                        #expect(slice.packed(slice[0]) == expected)
                        #expect(slice.packedID == ((2...3).contains(count) ? UInt32(truncatingIfNeeded: expected) : 0))
                    }
                }
            }
        }
    }

    @Test func daysAreThoseOfTheCalendar() {
        func isDay(_ text: String) -> Bool { Array(text.utf8).withUnsafeBufferPointer(Digits.isDay) }
        func day(_ text: String) -> Int32? { Array(text.utf8).withUnsafeBufferPointer(Digits.day) }
        for text in ["20260228", "20240229", "20000229", "19000228", "00010101", "99991231", "20260430"] {
            #expect(isDay(text))
            #expect(
                day(text)
                    == CalendarDate("\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))").map {
                        Int32($0.dayNumber)
                    })
        }
        for text in [
            "20260229", "19000229", "20260431", "20261301", "20260001", "20260100", "00000101", "2026022", "202602281",
            "2026022A", "2026/228", "2026:228", "20260\u{80}8",
        ] {
            #expect(!isDay(text))
            #expect(day(text) == nil)
        }
    }

    @Test func codeSetsAreFoundByTheirNames() {
        for set in CodeSet.allCases where set != .none {
            let letters = set.name.filter { $0 != "-" }
            #expect(letters == "\(set)".lowercased())
            #expect(CodeSet(name: set.name) == set)
        }
        #expect(CodeSet(name: "none") == nil)
        #expect(CodeSet(name: "nowhere") == nil)
    }
}
