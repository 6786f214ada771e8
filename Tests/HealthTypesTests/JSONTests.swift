import HealthTypes
import Testing

@Suite struct JSONTests {
    private func failure(_ text: String, depth: Int = 128) -> JSONError? {
        do {
            _ = try JSON(parsing: Array(text.utf8), maximumDepth: depth)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["0", "-0", "1.50", "1e5", "-1.5E+10", "123456789012345678901234567890", "0.10000000000000000001"])
    func numbersKeepTheirText(text: String) throws {
        #expect(try JSON(parsing: text) == .number(text))
        #expect(try JSON(parsing: text).text == text)
    }

    @Test(arguments: ["01", "1.", ".5", "+1", "1e", "1e+", "-", "--1", "0x1", "NaN", "Infinity", "1_000"])
    func refusesNumbersOutsideTheGrammar(text: String) {
        #expect(failure(text) != nil)
    }

    @Test func membersKeepTheirOrder() throws {
        let text = #"{"b":1,"a":{"z":null,"y":[true,false]},"":"empty name"}"#
        let json = try JSON(parsing: text)
        #expect(json.text == text)
        #expect(json.object?.members.map(\.name) == ["b", "a", ""])
        #expect(json["a"]?["y"]?[1] == false)
        #expect(json["a"]?["x"] == nil)
        #expect(json["a"]?["y"]?[2] == nil)
        #expect(json["b"]?["c"] == nil)
    }

    @Test func elementsKnowTheirPlace() throws {
        let text = " [ {\"a\": [1, 2]} ,7,\t\"x]\"\n, []]  "
        let elements = try #require(try JSON.elements(parsing: text.utf8))
        #expect(elements.map(\.value) == (try JSON(parsing: text)).array)
        let bytes = Array(text.utf8)
        #expect(
            elements.map { String(decoding: bytes[$0.range], as: UTF8.self) }
                == ["{\"a\": [1, 2]}", "7", "\"x]\"", "[]"])
        #expect(try JSON.elements(parsing: "[ ]".utf8)?.isEmpty == true)
        #expect(try JSON.elements(parsing: "{\"a\":[]}".utf8) == nil)
        for broken in ["", "[", "[1", "[1,", "[1,]", "[,1]", "[] x", "[1 2]"] {
            #expect(throws: JSONError.self) { try JSON.elements(parsing: broken.utf8) }
        }
    }

    @Test func escapesAndSurrogates() throws {
        let json = try JSON(parsing: #""\"\\\/\b\f\n\r\t\u00e9\ud83e\udE7a\u0000""#)
        #expect(json.string == "\"\\/\u{8}\u{c}\n\r\té🩺\u{0}")
        #expect(json.text == "\"\\\"\\\\/\\u0008\\u000c\\n\\r\\té🩺\\u0000\"")
        #expect(try JSON(parsing: json.text) == json)
    }

    @Test(arguments: [
        #""\ud83e""#, #""\udE7a""#, #""\ud83e\u0041""#, #""\ud83ex""#, #""\x41""#, #""\u00g0""#, #""\U0041""#,
    ])
    func refusesBadEscapes(text: String) {
        #expect(failure(text)?.reason == .badEscape)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
            ("{\"a\"", .unexpectedEnd, 4),
            ("\"ab", .unexpectedEnd, 3), ("\"\\u12", .unexpectedEnd, 3), ("[1 2]", .unexpectedByte, 3),
            ("[1,]", .unexpectedByte, 3), ("{a:1}", .unexpectedByte, 1), ("{\"a\":1,}", .unexpectedByte, 7),
            ("{\"a\" 1}", .unexpectedByte, 5), ("nul", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0),
            ("[1] x", .trailing, 4), ("{}{}", .trailing, 2), ("\"a\nb\"", .controlCharacter, 2),
            ("[01]", .badNumber, 3),
            ("{\"a\":1,\"b\":2,\"a\":3}", .duplicateName, 13), ("{\"a\":1,\"\\u0061\":3}", .duplicateName, 7),
        ] as [(String, JSONError.Reason, Int)])
    func namesReasonAndByte(text: String, reason: JSONError.Reason, byte: Int) {
        let error = failure(text)
        #expect(error?.reason == reason)
        #expect(error?.byte == byte)
    }

    @Test func refusesBytesThatAreNotUTF8() throws {
        for bytes: [UInt8] in [[0x22, 0xff, 0x22], [0x22, 0xc3, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]] {
            let error = #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
            #expect(error?.reason == .badUTF8)
            #expect(error?.byte == 0)
        }
        #expect(try JSON(parsing: [0xef, 0xbb, 0xbf, 0x31]) == 1)
    }

    @Test func depthHasALimit() {
        #expect(failure("[[[]]]", depth: 2) == nil)
        #expect(failure("[[[[]]]]", depth: 2)?.reason == .tooDeep)
        #expect(failure("[[[[]]]]", depth: 2)?.byte == 3)
        #expect(failure(String(repeating: "[", count: 200_000))?.reason == .tooDeep)
        #expect(failure(String(repeating: "{\"a\":", count: 200_000))?.reason == .tooDeep)
    }

    @Test func canonicalTextSortsNamesByTheirBytes() throws {
        let json = try JSON(parsing: #"{"b":1,"a":{"é":1,"z":2,"Z":3},"aa":[{"y":1,"x":2}]}"#)
        #expect(
            String(decoding: json.canonical, as: UTF8.self) == #"{"a":{"Z":3,"z":2,"é":1},"aa":[{"x":2,"y":1}],"b":1}"#)
    }

    @Test func prettyText() throws {
        let json = try JSON(parsing: #"{"a":[1,{"b":[]}],"c":{}}"#)
        #expect(json.pretty == "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}\n")
        #expect(try JSON(parsing: json.pretty) == json)
    }

    @Test func objectsAreChangedByName() {
        var object = JSONObject([("a", 1), ("b", 2)])
        object["a"] = 3
        object["c"] = 4
        object["b"] = nil
        object["d"] = nil
        #expect(JSON.object(object) == ["a": 3, "c": 4])
        #expect(JSON.compact(["a": 1, "b": nil]) == ["a": 1])
        #expect(JSON("x").integer == nil && JSON.number("1.0").integer == nil && JSON.number("12").integer == 12)
    }

    /// Any value, made of a seed, is the same after writing and reading, in every form of writing.
    @Test(arguments: 1...40)
    func whatIsWrittenReadsBack(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        for _ in 0..<25 {
            let value = Self.value(&random, depth: 0)
            #expect(try JSON(parsing: value.text) == value)
            #expect(try JSON(parsing: value.pretty) == value)
            let canonical = try JSON(parsing: value.canonical)
            #expect(canonical.canonical == value.canonical)
        }
    }

    /// Bytes cut off or changed anywhere are refused or read, and never trap.
    @Test func damagedTextIsAnsweredAndNeverTraps() throws {
        var random = SeededRandom(seed: 99)
        for _ in 0..<300 {
            var bytes = Array(Self.value(&random, depth: 0).text.utf8)
            _ = try? JSON(parsing: bytes.prefix(random.integer(in: 0..<bytes.count + 1)))
            bytes[random.integer(in: 0..<bytes.count)] = UInt8(random.integer(in: 0..<256))
            if let read = try? JSON(parsing: bytes) { #expect(try JSON(parsing: read.text) == read) }
        }
    }

    private static func value(_ random: inout SeededRandom, depth: Int) -> JSON {
        switch random.integer(in: 0..<(depth > 4 ? 5 : 7)) {
        case 0: return .null
        case 1: return .bool(random.chance(50))
        case 2: return .number(String(random.integer(in: -1000..<1000)))
        case 3: return .number("\(random.integer(in: 0..<100)).\(padded(random.integer(in: 0..<1000), to: 3))")
        case 4: return .string(text(&random))
        case 5: return .array((0..<random.integer(in: 0..<5)).map { _ in value(&random, depth: depth + 1) })
        default:
            var object = JSONObject()
            for index in 0..<random.integer(in: 0..<5) {
                object["\(text(&random))\(index)"] = value(&random, depth: depth + 1)
            }
            return .object(object)
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        let alphabet: [Unicode.Scalar] = ["a", "Z", "\"", "\\", "/", "\n", "\u{1}", "é", "🩺", "\u{7f}", " "]
        var text = ""
        for _ in 0..<random.integer(in: 0..<8) { text.unicodeScalars.append(random.pick(alphabet)) }
        return text
    }

    @Test func membersAreWrittenBeforeATextThatIsAtHand() throws {
        let head = JSONObject([("id", "A \"1\""), ("links", ["a": "b"])])
        let text = head.text(before: Array("{\"answer\":[1,2]}".utf8))
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"{"id":"A \"1\"","links":{"a":"b"},"answer":[1,2]}"#)
        #expect(try JSON(parsing: head.text(before: Array("{}".utf8))) == .object(head))
        #expect(JSONObject().text(before: Array("{\"a\":1}".utf8)) == Array("{\"a\":1}".utf8))
    }
}
