import HealthTypes
import Testing

private func text(_ value: some Recorded) throws -> String {
    String(decoding: try Canonical.encode(value), as: UTF8.self)
}

private func read<Value: Recorded>(_ text: String, as type: Value.Type = Value.self) throws(CanonicalFault) -> Value {
    try Canonical.decode(type, from: Array(text.utf8))
}

/// Strings, numbers, money, dates, times and JSON in the canonical form.
@Suite struct CanonicalScalarTests {
    // MARK: Strings

    @Test func controlsAreEscapedAsRFC8785Says() throws {
        let short: [UInt8: String] = [0x08: #"\b"#, 0x09: #"\t"#, 0x0a: #"\n"#, 0x0c: #"\f"#, 0x0d: #"\r"#]
        for byte in UInt8(0)..<0x20 {
            let digits = String(byte, radix: 16)
            let long = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            let value = "a" + String(Unicode.Scalar(byte)) + "b"
            let form = "\"a\(short[byte] ?? long)b\""
            #expect(try text(value) == form)
            #expect(try read(form) == value)
            // The other spelling, and the control as it is, are not the form.
            if short[byte] != nil {
                #expect(throws: CanonicalFault(.notCanonical)) { try read("\"a\(long)b\"", as: String.self) }
            }
            #expect(throws: CanonicalFault(.notCanonical)) { try read("\"\(value)\"", as: String.self) }
        }
    }

    @Test(arguments: [
        ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#), ("\u{7f}", "\"\u{7f}\""),
        ("\u{2028}\u{2029}", "\"\u{2028}\u{2029}\""),
        ("🩺 é", "\"🩺 é\""), ("e\u{301}", "\"e\u{301}\""), ("", #""""#), ("<&>'", #""<&>'""#),
        ("\u{ffff}", "\"\u{ffff}\""),
        ("\\\"\u{1}\\", #""\\\"\u0001\\""#),
    ])
    func textHasOneForm(value: String, form: String) throws {
        #expect(try text(value) == form)
        let back = try read(form, as: String.self)
        #expect(Array(back.utf8) == Array(value.utf8))
    }

    @Test(arguments: [
        #""\u0041""#, #""\/""#, #""\u0000"#, #""\u001F""#, #""\u0020""#, #""\u007f""#, #""\ud83e\ude7a""#, #""\x41""#,
        #""\u00""#, #""\u"#, #""\"#, #""\u0008""#, #""\u000a""#, #""abc"#, "\"", #""\u1001""#,
    ])
    func anotherSpellingIsRefused(form: String) {
        #expect(throws: CanonicalFault(.notCanonical)) { try read(form, as: String.self) }
        #expect(throws: CanonicalFault(.notCanonical)) { try read(form, as: JSON.self) }
    }

    @Test(
        arguments: [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0x80], [0xf4, 0x90, 0x80, 0x80]]
            as [[UInt8]])
    func brokenUTF8IsRefused(bytes: [UInt8]) {
        for prefix in ["", "a", #"\n"#] {
            let form = Array("\"\(prefix)".utf8) + bytes + Array("\"".utf8)
            #expect(throws: CanonicalFault(.notCanonical)) { try Canonical.decode(String.self, from: form) }
        }
    }

    // MARK: Numbers

    @Test(arguments: [0, 1, -1, 9, 10, 9_007_199_254_740_991, -9_007_199_254_740_991])
    func wholeNumbersComeBack(number: Int) throws {
        #expect(try text(number) == String(number))
        #expect(try read(String(number)) == number)
        #expect(try read(String(number), as: JSON.self) == JSON(number))
    }

    @Test(arguments: [9_007_199_254_740_992, -9_007_199_254_740_992, .max, .min])
    func numbersThatOtherReadersWouldRoundAreRefused(number: Int) {
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode(number) }
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode(JSON(number)) }
        let fault = #expect(throws: CanonicalFault.self) { try read(String(number), as: Int.self) }
        #expect([.outOfRange, .notCanonical].contains(fault?.reason))
    }

    @Test(arguments: [
        "1.0", "01", "-0", "-01", "00", "1e2", "1E2", "+1", "-", "", "0x1", "1.", "1_000", " 1", "1 ",
        "99999999999999999999",
        "\"1\"", "true", "null", "١",
    ])
    func anotherSpellingOfANumberIsRefused(form: String) {
        #expect(throws: CanonicalFault.self) { try read(form, as: Int.self) }
    }

    @Test func flagsAreWords() throws {
        #expect(try text(true) == "true" && text(false) == "false")
        #expect(try read("true") == true && read("false") == false)
        for wrong in ["True", "1", "tru", "truex", "\"true\"", ""] {
            #expect(throws: CanonicalFault.self) { try read(wrong, as: Bool.self) }
        }
    }

    // MARK: Money

    @Test(
        arguments: [
            (0, "0.00"), (1, "0.01"), (-1, "-0.01"), (10, "0.10"), (125_000, "1250.00"), (-99, "-0.99"),
            (.max, "92233720368547758.07"), (.min, "-92233720368547758.08"),
        ] as [(Int64, String)])
    func moneyIsExact(cents: Int64, form: String) throws {
        #expect(try text(Money(cents: cents)) == "\"\(form)\"")
        #expect(try read("\"\(form)\"") == Money(cents: cents))
    }

    @Test(
        arguments: [
            ("1", .notCanonical), ("1.5", .notCanonical), ("1.500", .notCanonical),
            ("01.00", .notCanonical), (".50", .notCanonical), ("-0.00", .notCanonical), ("+1.00", .notCanonical),
            ("1.0x", .notCanonical), ("", .notCanonical), ("--1.00", .notCanonical), ("1,00", .notCanonical),
            ("92233720368547758.08", .outOfRange), ("-92233720368547758.09", .outOfRange),
            ("99999999999999999999.00", .outOfRange), ("999999999999999999999.00", .outOfRange),
        ] as [(String, CanonicalFault.Reason)])
    func anotherSpellingOfMoneyIsRefused(form: String, reason: CanonicalFault.Reason) {
        #expect(throws: CanonicalFault(reason)) { try read("\"\(form)\"", as: Money.self) }
    }

    @Test func moneyIsNoNumber() {
        #expect(throws: CanonicalFault(.wrongType)) { try read("1.00", as: Money.self) }
    }

    // MARK: Dates and times

    @Test func daysOfFourDigitYearsComeBack() throws {
        for form in ["0001-01-01", "1970-01-01", "2024-02-29", "9999-12-31"] {
            let day = try #require(CalendarDate(form))
            #expect(try text(day) == "\"\(form)\"")
            #expect(try read("\"\(form)\"") == day)
        }
        let last = try #require(CalendarDate("9999-12-31"))
        let first = try #require(CalendarDate("0001-01-01"))
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode(last.adding(days: 1)) }
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode(first.adding(days: -1)) }
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode([first, last.adding(days: 1), first]) }
    }

    @Test(arguments: [
        "2026-02-30", "2026-2-03", "20260203", "2026-02-03T", "0000-01-01", "2026-13-01", "2026/02/03", "+026-02-03",
        "",
        "2026-02-0x", "2026-00-10",
    ])
    func anotherDayIsRefused(form: String) {
        #expect(throws: CanonicalFault(.wrongType)) { try read("\"\(form)\"", as: CalendarDate.self) }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_772_460_300_007, "2026-03-02T14:05:00.007Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func timesHaveThreeDecimals(milliseconds: Int64, form: String) throws {
        #expect(try text(Instant(milliseconds: milliseconds)) == "\"\(form)\"")
        #expect(try read("\"\(form)\"") == Instant(milliseconds: milliseconds))
    }

    @Test(arguments: [-62_135_596_800_001, 253_402_300_800_000, .max, .min] as [Int64])
    func timesOfOtherYearsAreRefused(milliseconds: Int64) {
        #expect(throws: CanonicalFault(.outOfRange)) { try Canonical.encode(Instant(milliseconds: milliseconds)) }
    }

    @Test(arguments: [
        "2026-03-02T14:05:00Z", "2026-03-02T14:05:00.0Z", "2026-03-02T14:05:00.0000Z", "2026-03-02T24:00:00.000Z",
        "2026-03-02T14:60:00.000Z", "2026-03-02T14:05:60.000Z", "2026-03-02 14:05:00.000Z", "2026-03-02T14:05:00,000Z",
        "2026-03-02T14:05:00.000z", "2026-03-02T14:05:00.00+0", "2026-02-30T14:05:00.000Z", "2026-03-02T1x:05:00.000Z",
    ])
    func anotherTimeIsRefused(form: String) {
        #expect(throws: CanonicalFault(.wrongType)) { try read("\"\(form)\"", as: Instant.self) }
    }

    @Test func digestsAreSmallHexadecimal() throws {
        let digest = Digest(of: "x")
        #expect(try text(digest) == "\"\(digest.hex)\"")
        #expect(try read("\"\(digest.hex)\"") == digest)
        for wrong in [digest.hex.uppercased(), String(digest.hex.dropLast()), digest.hex + "0", ""] {
            #expect(throws: CanonicalFault(.wrongType)) { try read("\"\(wrong)\"", as: Digest.self) }
        }
    }

    // MARK: JSON

    @Test func anObjectIsWrittenInTheOrderOfUTF16() throws {
        // By bytes of UTF-8 the private letter would come before the stethoscope.
        let json: JSON = ["\u{e000}": 1, "🩺": ["z": [], "a": ["y": "", "x": -3]], "b": [true, false], "a\n": "t"]
        let form = #"{"a\n":"t","b":[true,false],"🩺":{"a":{"x":-3,"y":""},"z":[]},""# + "\u{e000}\":1}"
        #expect(try text(json) == form)
        let back = try read(form, as: JSON.self)
        #expect(back == json)
        #expect(try Canonical.encodeProven(json) == Array(form.utf8))
    }

    @Test func anObjectIsTheSameInAnyOrder() {
        let one: JSON = ["a": 1, "b": ["c": 2, "d": 3]]
        let other: JSON = ["b": ["d": 3, "c": 2], "a": 1]
        #expect(one == other && one.hashValue == other.hashValue)
        #expect(one.text != other.text)
        #expect(one != ["a": 1, "b": ["c": 2, "d": 4]] && one != ["a": 1] && one != ["a": 1, "c": ["c": 2, "d": 3]])
        #expect([1, 2] as JSON != [2, 1] as JSON)
    }

    private static let unkept: [(JSON, CanonicalFault.Reason)] = [
        (.null, .wrongType), (["a": nil], .wrongType), ([[nil]], .wrongType),
        (.number("1.5"), .outOfRange), (.number("1.0"), .outOfRange), (.number("1e3"), .outOfRange),
        (.number("-0"), .outOfRange), (.number("007"), .outOfRange), (.number("9007199254740992"), .outOfRange),
        (.number("99999999999999999999"), .outOfRange), (["a": ["b": .number("0.1")]], .outOfRange),
    ]

    @Test(arguments: unkept)
    func whatJSONCannotKeepIsRefused(json: JSON, reason: CanonicalFault.Reason) {
        #expect(throws: CanonicalFault(reason)) { try Canonical.encode(json) }
    }

    @Test(arguments: [
        #"{"b":1,"a":2}"#, #"{"a":1,"a":1}"#, #"{"a":1,}"#, #"{"a":1 }"#, #"{ "a":1}"#, #"{,"a":1}"#, #"{"a"}"#,
        #"{"a":}"#,
        #"{a:1}"#, "[1,]", "[,1]", "[1 ,2]", "[1", "null", #"{"a":null}"#, "1.5", "nul", "tru", "]", "", "{]",
    ])
    func anotherFormOfJSONIsRefused(form: String) {
        #expect(throws: CanonicalFault.self) { try read(form, as: JSON.self) }
    }

    // MARK: Issues

    @Test func issuesComeBack() throws {
        let place = Location(
            source: "batch-7", byte: 1201, line: 3, path: "2300/CLM", segment: 41, segmentID: "CLM", loop: "2300",
            element: 5, component: 2, repetition: 1)
        let full = Issue(
            .error, "x12.trailer-count", at: place, message: "The count is wrong.", requirement: "X222A1 SE01")
        #expect(
            try text(full)
                == #"{"code":"x12.trailer-count","location":{"byte":1201,"component":2,"element":5,"line":3,"loop":"2300","#
                + #""path":"2300/CLM","repetition":1,"segment":41,"segment_id":"CLM","source":"batch-7"},"#
                + #""message":"The count is wrong.","requirement":"X222A1 SE01","severity":"error"}"#)
        #expect(try Canonical.decode(from: Canonical.encode(full)) == full)
        let bare = Issue(.warning, "a", message: "b")
        #expect(try text(bare) == #"{"code":"a","message":"b","severity":"warning"}"#)
        #expect(try Canonical.decode(from: Canonical.encode(bare)) == bare)
        #expect(throws: CanonicalFault(.notCanonical, field: "location")) {
            try read(#"{"code":"a","location":{},"message":"b","severity":"warning"}"#, as: Issue.self)
        }
        for severity in Issue.Severity.allCases { #expect(try read(text(severity)) == severity) }
    }

    @Test func codesComeBack() throws {
        let code = Code(.icd10cm, "M17.11")
        #expect(try text(code) == #"{"system":"http://hl7.org/fhir/sid/icd-10-cm","value":"M17.11"}"#)
        #expect(try Canonical.decode(from: Canonical.encode(code)) == code)
    }
}
