import HealthTypes
import Testing

/// A value with a field of each sort, and its one form.
private struct Small: Recorded, Equatable {
    enum Kind: String, RecordedTag {
        case plain = "plain"
        // A Kelvin sign equals this letter in Swift and is another text.
        case letter = "K"
    }

    var count = 1
    var kind = Kind.plain
    var name = "n"
    var note: String?
    var shade = "grey"
    var tags: [String] = []

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("count", count)
        writer.field("kind", kind)
        writer.field("name", name)
        writer.field("note", note)
        writer.field("shade", shade, default: "grey")
        writer.field("tags", tags)
        writer.end()
    }

    init() {}

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        count = try reader.field("count")
        kind = try reader.field("kind")
        name = try reader.field("name")
        note = try reader.field("note")
        shade = try reader.field("shade", default: "grey")
        tags = try reader.field("tags")
        try reader.end()
    }

    static let form = #"{"count":1,"kind":"plain","name":"n"}"#
}

/// An enum with and without payloads, which may be nested without end.
private indirect enum Choice: Recorded, Equatable {
    case nothing
    case text(String)
    case choice(Choice)

    private enum Tag: String {
        case nothing = "nothing"
        case text = "text"
        case choice = "choice"
    }

    func write(to writer: inout CanonicalWriter) {
        switch self {
        case .nothing: writer.tag("nothing")
        case .text(let text): writer.tagged("text", text)
        case .choice(let choice): writer.tagged("choice", choice)
        }
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        switch try reader.tag(Tag.self) {
        case .nothing: self = .nothing
        case .text: self = .text(try reader.payload())
        case .choice: self = .choice(try reader.payload())
        }
    }
}

/// One value under the name `value`.
private struct Box<Value: Recorded & Equatable>: Recorded, Equatable {
    var value: Value

    init(_ value: Value) { self.value = value }

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("value", value)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        value = try reader.field("value")
        try reader.end()
    }
}

private func text(_ value: some Recorded) throws -> String {
    String(decoding: try Canonical.encode(value), as: UTF8.self)
}

private func read<Value: Recorded>(_ text: String, as type: Value.Type = Value.self) throws(CanonicalFault) -> Value {
    try Canonical.decode(type, from: Array(text.utf8))
}

@Suite struct CanonicalTests {
    /// Invariant 4.
    @Test func aValueHasOneForm() throws {
        var small = Small()
        #expect(try text(small) == Small.form)
        #expect(try read(Small.form) == small)
        small.note = "x"
        small.shade = "red"
        small.tags = ["b", "a"]
        #expect(
            try text(small)
                == #"{"count":1,"kind":"plain","name":"n","note":"x","shade":"red","tags":["b","a"]}"#)
        #expect(try Canonical.decode(from: Canonical.encodeProven(small)) == small)
        #expect(try Canonical.json(small)["tags"]?[1] == "a")
    }

    private static let refused: [(String, CanonicalFault)] = [
        // White space
        (" " + Small.form, CanonicalFault(.wrongType)), (Small.form + " ", CanonicalFault(.notCanonical)),
        (#"{ "count":1,"kind":"plain","name":"n"}"#, CanonicalFault(.notCanonical, field: "count")),
        (#"{"count" :1,"kind":"plain","name":"n"}"#, CanonicalFault(.missing, field: "count")),
        (#"{"count": 1,"kind":"plain","name":"n"}"#, CanonicalFault(.wrongType, field: "count")),
        (#"{"count":1, "kind":"plain","name":"n"}"#, CanonicalFault(.notCanonical, field: "kind")),
        (#"{"count":1,"kind":"plain","name":"n" }"#, CanonicalFault(.notCanonical, field: "tags")),
        // Members
        (#"{"kind":"plain","count":1,"name":"n"}"#, CanonicalFault(.missing, field: "count")),
        (#"{"count":1,"name":"n","kind":"plain"}"#, CanonicalFault(.missing, field: "kind")),
        (#"{"count":1,"count":1,"kind":"plain","name":"n"}"#, CanonicalFault(.missing, field: "kind")),
        (#"{"count":1,"kind":"plain","name":"n","name":"n"}"#, CanonicalFault(.unknownField, field: "tags")),
        (#"{"count":1,"kind":"plain","name":"n","zeta":1}"#, CanonicalFault(.unknownField, field: "tags")),
        (#"{"count":1,"kind":"plain","name":"n","tags":["a"],"zeta":1}"#, CanonicalFault(.unknownField, field: "tags")),
        (#"{"count":1,"kind":"plain"}"#, CanonicalFault(.missing, field: "name")),
        (#"{"c\u006funt":1,"kind":"plain","name":"n"}"#, CanonicalFault(.missing, field: "count")),
        (#"{,"count":1,"kind":"plain","name":"n"}"#, CanonicalFault(.notCanonical, field: "count")),
        (#"{"count":1"kind":"plain","name":"n"}"#, CanonicalFault(.notCanonical, field: "kind")),
        (#"{"count":1,,"kind":"plain","name":"n"}"#, CanonicalFault(.notCanonical, field: "kind")),
        (#"{"count":1,"kind":"plain","name":"n",}"#, CanonicalFault(.notCanonical, field: "tags")),
        (#"["count",1]"#, CanonicalFault(.wrongType)), ("", CanonicalFault(.wrongType)),
        // Null, empty lists and common values
        (#"{"count":null,"kind":"plain","name":"n"}"#, CanonicalFault(.wrongType, field: "count")),
        (#"{"count":1,"kind":"plain","name":"n","note":null}"#, CanonicalFault(.wrongType, field: "note")),
        (#"{"count":1,"kind":"plain","name":"n","tags":null}"#, CanonicalFault(.wrongType, field: "tags")),
        (#"{"count":1,"kind":"plain","name":"n","tags":[]}"#, CanonicalFault(.notCanonical, field: "tags")),
        (#"{"count":1,"kind":"plain","name":"n","tags":["a",]}"#, CanonicalFault(.wrongType, field: "tags")),
        (#"{"count":1,"kind":"plain","name":"n","tags":["a" ,"b"]}"#, CanonicalFault(.notCanonical, field: "tags")),
        (#"{"count":1,"kind":"plain","name":"n","shade":"grey"}"#, CanonicalFault(.notCanonical, field: "shade")),
        // Tags
        (#"{"count":1,"kind":"odd","name":"n"}"#, CanonicalFault(.unknownTag, field: "kind")),
        ("{\"count\":1,\"kind\":\"\u{212a}\",\"name\":\"n\"}", CanonicalFault(.unknownTag, field: "kind")),
        // What follows
        (Small.form + "x", CanonicalFault(.notCanonical)), (Small.form + Small.form, CanonicalFault(.notCanonical)),
        (Small.form + "\0", CanonicalFault(.notCanonical)), ("\u{feff}" + Small.form, CanonicalFault(.wrongType)),
    ]

    @Test(arguments: refused)
    func whatIsNotCanonicalIsRefused(form: String, fault: CanonicalFault) {
        #expect(throws: fault) { try read(form, as: Small.self) }
    }

    private static let cases: [(String, CanonicalFault.Reason?)] = [
        (#"{"value":"nothing"}"#, nil), (#"{"value":{"text":"a"}}"#, nil),
        (#"{"value":{"choice":{"choice":"nothing"}}}"#, nil),
        (#"{"value":"odd"}"#, .unknownTag), (#"{"value":{"odd":1}}"#, .unknownTag),
        (#"{"value":{"nothing"}"#, .notCanonical), (#"{"value":{"nothing"}}"#, .notCanonical),
        (#"{"value":{"nothing":1}}"#, .notCanonical), (#"{"value":"text":"a"}}"#, .notCanonical),
        (#"{"value":"text":"a"}"#, .notCanonical), (#"{"value":"text"}"#, .notCanonical),
        (#"{"value":{"text":"a","text":"a"}}"#, .notCanonical), (#"{"value":{"text":1}}"#, .wrongType),
        (#"{"value":{}}"#, .wrongType), (#"{"value":{"text":"a"}"#, .notCanonical),
        (#"{"value":7}"#, .wrongType),
    ]

    @Test(arguments: cases)
    func aCaseHasOneForm(form: String, reason: CanonicalFault.Reason?) throws {
        if let reason {
            let fault = #expect(throws: CanonicalFault.self) { try read(form, as: Box<Choice>.self) }
            #expect(fault?.reason == reason)
            #expect(fault?.field == "value")
        } else {
            #expect(try text(read(form, as: Box<Choice>.self)) == form)
        }
    }

    @Test func everyTruncationIsRefused() throws {
        var small = Small()
        small.name = "a\u{1}\n\"é🩺"
        small.note = "x"
        small.tags = ["b", "a\u{8}"]
        let bytes = try Canonical.encode(small)
        for length in 0..<bytes.count {
            #expect(throws: CanonicalFault.self) { try Canonical.decode(Small.self, from: Array(bytes[..<length])) }
            #expect(throws: CanonicalFault.self) { try Canonical.decode(JSON.self, from: Array(bytes[..<length])) }
        }
        let times = try Canonical.encode([Instant(milliseconds: 1_772_460_300_007)])
        for length in 0..<times.count {
            #expect(throws: CanonicalFault.self) { try Canonical.decode([Instant].self, from: Array(times[..<length])) }
        }
    }

    @Test func deepNestingIsRefused() {
        let deep = [
            String(repeating: "[", count: 10_000), String(repeating: #"{"a":"#, count: 10_000),
            String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
        ]
        for form in deep {
            let fault = #expect(throws: CanonicalFault.self) { try read(form, as: JSON.self) }
            #expect(fault?.reason == .outOfRange)
        }
        #expect(throws: CanonicalFault(.outOfRange)) {
            try read(String(repeating: #"{"choice":"#, count: 10_000), as: Choice.self)
        }
    }

    @Test func whatIsTooDeepToReadIsNotWritten() throws {
        func choice(_ depth: Int) -> Choice { depth == 0 ? .nothing : .choice(choice(depth - 1)) }
        func list(_ depth: Int) -> JSON { depth == 0 ? 1 : .array([list(depth - 1)]) }
        func object(_ depth: Int) -> JSON { depth == 0 ? 1 : ["a": object(depth - 1)] }
        let most = CanonicalReader.maximumDepth
        #expect(try Canonical.decode(from: Canonical.encode(choice(most))) == choice(most))
        #expect(try Canonical.decode(from: Canonical.encode(list(most))) == list(most))
        #expect(try Canonical.decode(from: Canonical.encode(object(most))) == object(most))
        #expect(throws: CanonicalFault.self) { try Canonical.encode(choice(most + 1)) }
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode(list(most + 1)) }
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode(object(most + 1)) }
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode(list(2000)) }
    }

    /// Invariant 5.
    @Test func whatDoesNotComeBackIsToldBeforeItIsKept() {
        struct Forgetful: Recorded, Equatable {
            var number: Int
            init(_ number: Int) { self.number = number }
            func write(to writer: inout CanonicalWriter) { writer.write(number) }
            init(from reader: inout CanonicalReader) throws(CanonicalFault) { number = try reader.integer() / 2 }
        }
        #expect(throws: CanonicalFault(.changed)) { try Canonical.encodeProven(Forgetful(7)) }
    }

    @Test func aFaultSaysWhereAndNoValue() {
        #expect(CanonicalFault(.missing, field: "name").description == "a field is missing (field 'name')")
        #expect(CanonicalFault(.changed).description == "the value does not come back as it was")
    }

    @Test func byteFlipsAreRefusedOrAnotherValue() throws {
        var random = SeededRandom(seed: 8785)
        var small = Small()
        small.name = "a\u{1}\"\\é"
        small.note = "note"
        small.shade = "red"
        small.tags = ["b", "a"]
        let bytes = try Canonical.encode(small)
        let json = try Canonical.encode(
            ["a": [1, -20, true, "x\n"], "b": ["c": 0, "d": []], "é": false] as JSON)
        var read = 0
        for _ in 0..<20_000 {
            var changed = random.chance(50) ? bytes : json
            for _ in 0...random.integer(in: 0..<2) {
                changed[random.integer(in: 0..<changed.count)] = UInt8(random.integer(in: 0..<256))
            }
            if let value = try? Canonical.decode(Small.self, from: changed) {
                #expect(try Canonical.encode(value) == changed)
                read += 1
            }
            if let value = try? Canonical.decode(JSON.self, from: changed) {
                #expect(try Canonical.encode(value) == changed)
                read += 1
            }
        }
        #expect(read > 1000)
    }
}
