import HealthTypes
import Testing

@testable import HL7v2

/// An invented admission; every person and number is made up.
let admission =
    [
        #"MSH|^~\&|REG|NORTH|CLAIMS|NORTH|20260302140500-0500||ADT^A04^ADT_A01|MSG0001|P|2.5.1"#,
        #"EVN|A04|20260302140500"#,
        #"PID|1||MRN100^^^NORTH^MR~99887^^^STATE^SS||Vale&van der&Vale^Ada^Q||19700314|F|||1"#
            + #" Elm St^^Springfield^MA^01101"#,
        #"PV1|1|O|CLINIC^12^A|R|||1234567893^Moss^Iris||||||||||||V77|||||||||||||||||||||||||20260302"#,
        #"IN1|1|GOLD|MERIDIAN|Meridian Health||||||||||""|"#,
        #"ORC|NW|P1"#, #"OBR|1|P1||70551"#, #"ORC|NW|P2"#, #"OBR|2|P2||72148"#, #"NTE|1||second"#,
        #"zz1|kept|x^y"#,
    ].joined(separator: "\r") + "\r"

@Suite struct HL7MessageTests {
    @Test func headerAndPaths() throws {
        let message = try HL7Message(parsing: admission)
        #expect(message.type == "ADT")
        #expect(message.trigger == "A04")
        #expect(message.controlID == "MSG0001")
        #expect(message.version == "2.5.1")
        #expect(message.issues.isEmpty)
        #expect(message.first("MSH")?[1] == "|")
        #expect(message.first("MSH")?[2] == #"^~\&"#)
        #expect(message.value("PID-5.1") == "Vale")
        #expect(message.value("PID-5.1.2") == "van der")
        #expect(message.value("PID-3[2].5") == "SS")
        #expect(message.value("OBR[2]-4") == "72148")
        #expect(message.first("PV1")?.date(44) == CalendarDate("2026-03-02"))
        for absent in [
            "PID-4", "PID-99", "PID-5.9", "XYZ-1", "PID", "PID-", "PID-0", "PID-5.x", "PID-5[0]", "PID[2]-5",
        ] {
            #expect(message.value(absent) == nil, "\(absent)")
        }
    }

    @Test func repetitionsAndGroups() throws {
        let message = try HL7Message(parsing: admission)
        #expect(message.first("PID")?.repetitions(3).map(\.text) == ["MRN100", "99887"])
        #expect(message.first("PID")?.repetitions(3)[1].components == ["99887", "", "", "STATE", "SS"])
        #expect(
            message.groups(startingAt: "ORC").map { $0.map(\.id) } == [["ORC", "OBR"], ["ORC", "OBR", "NTE", "zz1"]])
        #expect(message.groups(startingAt: "RGS").isEmpty)
    }

    @Test func explicitNullIsNotEmpty() throws {
        let insurance = try #require(try HL7Message(parsing: admission).first("IN1"))
        #expect(insurance.isExplicitNull(14))
        #expect(!insurance.isExplicitNull(13))
        #expect(insurance[14].isEmpty)
    }

    @Test(arguments: ["\r", "\n", "\r\n"])
    func lineEndsAndByteOrderMark(end: String) throws {
        let text = admission.replacing("\r", with: end)
        let bytes = [0xef, 0xbb, 0xbf] + Array(text.utf8)
        let message = try HL7Message(parsing: bytes)
        #expect(message.bytes == bytes)
        #expect(message.segments == (try HL7Message(parsing: admission)).segments)
    }

    @Test func otherDelimiters() throws {
        let message = try HL7Message(
            parsing: ##"MSH@~&#\@REG@NORTH@@@20260302@@ADT~A08@7#S#7@P@2.5.1"## + "\r"
                + ##"PID@1@@A~~~X&B@@Vale\von~Ada@x#F#y#T#z|^"##)
        #expect(message.trigger == "A08")
        #expect(message.controlID == "7~7")
        #expect(message.value("PID-3[2]") == "B")
        #expect(message.value("PID-5.1.2") == "von")
        #expect(message.value("PID-6") == #"x@y\z|^"#)
        #expect(message.issues.isEmpty)
    }

    @Test(arguments: [
        (#"a\F\b\S\c\T\d\R\e\E\f"#, "a|b^c&d~e\\f"), (#"one\.br\two"#, "one\ntwo"), (#"\X41\\XC3A9\"#, "A\u{e9}"),
        (#"\H\bold\N\"#, #"\H\bold\N\"#), (#"\XZZ\"#, #"\XZZ\"#), (#"\X4\"#, #"\X4\"#), (#"\XFF\"#, #"\XFF\"#),
        (#"open\F"#, #"open\F"#), (#"\"#, #"\"#), (#"\\"#, #"\\"#), (#"\Zxyz\T\"#, #"\Zxyz&"#),
        (#"\.sp+1\"#, #"\.sp+1\"#),
    ])
    func escapes(written: String, meant: String) throws {
        let message = try HL7Message(parsing: "MSH|^~\\&|||||||ADT^A01|1\rNTE|1||" + written)
        #expect(message.value("NTE-3") == meant)
        #expect(message.first("NTE")?.rawField(3) == written)
    }

    @Test func shortEncodingAndTruncation() throws {
        let short = try HL7Message(parsing: "MSH|^~|||||||ADT^A01|1\rNTE|1||a\\F\\b&c")
        #expect(short.value("NTE-3") == "a\\F\\b&c")
        #expect(short.issues.map(\.code) == ["hl7.encoding-characters"])
        let long = try HL7Message(parsing: "MSH|^~\\&#|||||||ADT^A01|1\rNTE|1||cut sh#|whole")
        #expect(long.first("NTE")?.isTruncated(3) == true)
        #expect(long.first("NTE")?.isTruncated(4) == false)
    }

    @Test(arguments: [
        ("", HL7Error.Reason.noHeader, 0), ("PID|1", .noHeader, 0), ("MS", .noHeader, 0), ("MSH", .badDelimiters, 3),
        ("MSH|", .badDelimiters, 4), ("MSH||x", .badDelimiters, 4), ("MSH|^^\\&|", .badDelimiters, 4),
        ("MSHA^~\\&|", .badDelimiters, 3), ("\n\nPID|", .noHeader, 2),
    ])
    func unreadableHeaders(text: String, reason: HL7Error.Reason, byte: Int) {
        #expect(throws: HL7Error(reason: reason, byte: byte)) { try HL7Message(parsing: text) }
    }

    @Test func limitsHaveAnswers() throws {
        var limits = HL7Limits()
        limits.messageBytes = 10
        #expect(throws: HL7Error(reason: .tooLarge, byte: 10)) { try HL7Message(parsing: admission, limits: limits) }
        limits.messageBytes = 10_000
        limits.segments = 3
        limits.fields = 30
        let message = try HL7Message(parsing: admission, limits: limits)
        #expect(message.segments.map(\.id) == ["MSH", "EVN", "PID"])
        #expect(message.issues.map(\.code) == ["hl7.too-many-segments"])
        limits.segments = 100
        let wide = try HL7Message(parsing: admission, limits: limits)
        #expect(
            wide.issues.map(\.line) == [
                "warning hl7.too-many-fields at line 4: A segment has more fields than the limit."
            ])
    }

    @Test func oddMessagesAreReadWithIssues() throws {
        let message = try HL7Message(parsing: "MSH|^~\\&|a\rP!|x\rZ")
        #expect(message.issues.map(\.code) == ["hl7.segment-id", "hl7.segment-id", "hl7.no-type", "hl7.no-control-id"])
        #expect(message.segments.map(\.id) == ["MSH", "P!", "Z"])
        #expect(message.type.isEmpty && message.controlID.isEmpty)
    }

    @Test func characterSets() throws {
        let head = Array("MSH|^~\\&|||||||ADT^A01|1|P|2.5.1||||||8859/1\rPID|1||||M".utf8)
        let latin = try HL7Message(parsing: head + [0xfc] + Array("ller".utf8))
        #expect(latin.value("PID-5") == "M\u{fc}ller")
        #expect(latin.issues.isEmpty)
        let undeclared = try HL7Message(parsing: Array("MSH|^~\\&|||||||ADT^A01|1\rPID|1||||M".utf8) + [0xfc])
        #expect(undeclared.value("PID-5") == "M\u{fc}")
        #expect(undeclared.issues.map(\.code) == ["hl7.character-set"])
    }

    @Test(arguments: [
        ("20260302", "2026-03-02T05:00:00Z"), ("202603021405", "2026-03-02T19:05:00Z"),
        ("20260302140500.25-0800", "2026-03-02T22:05:00.250Z"),
        ("20260302140500.1234+0000", "2026-03-02T14:05:00.123Z"),
        ("2026030214+0530", "2026-03-02T08:30:00Z"),
    ])
    func times(text: String, expected: String) throws {
        let message = try HL7Message(parsing: "MSH|^~\\&|||||||ADT^A01|1\rEVN||" + text)
        #expect(message.first("EVN")?.time(2, offset: -300)?.description == expected)
    }

    @Test(arguments: [
        "", "2026", "202603", "20261301", "2026030225", "202603021460", "2026030214050", "20260302.5",
        "20260302140500.",
        "20260302140500.12345", "20260302+05", "20260302+9900", "abcdefgh", "20260302-", "+0500", "2026\u{fc}302",
    ])
    func notTimes(text: String) throws {
        let message = try HL7Message(parsing: "MSH|^~\\&|||||||ADT^A01|1\rEVN||" + text)
        #expect(message.first("EVN")?.time(2) == nil)
    }
}
