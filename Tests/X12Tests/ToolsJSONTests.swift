import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// JSON loses no byte, and writes what it leaves out.
@Suite struct ToolsJSONTests {
    private static let completion = X12JSON.Completion(controlNumber: 41, instant: Samples.noon)

    private func encoded(_ bytes: [UInt8], step: Int = .max) throws -> String {
        var output: [UInt8] = []
        try X12JSON().encode(MemorySource(bytes, step: step)) { output += $0 }
        return text(output)
    }

    private func decoded(_ json: String, step: Int = .max) throws -> [UInt8] {
        var output: [UInt8] = []
        try X12JSON().decode(
            MemorySource(Array(json.utf8), step: step), completing: Self.completion
        ) { output += $0 }
        return output
    }

    @Test(arguments: ToolsSamples.all)
    func aMessageComesBackByteByByte(name: String) throws {
        let bytes = try Samples.bytes(name)
        let json = try encoded(bytes)
        #expect(try decoded(json) == bytes)
        #expect(try decoded(json, step: 7) == bytes)
        #expect(try encoded(bytes, step: 13) == json)
        for line in json.split(separator: "\n") { #expect(throws: Never.self) { try JSON(parsing: String(line)) } }
    }

    private static let claim = text(
        ToolsSamples.interchange(
            "837", "005010X222A1", group: "HC", ["BHT*0019*00*1*20260302*1200*CH", "ZZ1*A:B^C:*^:*", "NTE*ADD*"]))

    @Test(arguments: [
        "", "hello", "ISA*broken", "\u{feff}" + claim + "\r\n\u{1a}", claim + claim, "junk " + claim + " more",
        claim.replacing("~", with: "~\r\n"), String(claim.dropLast(30)), claim.replacing("SE*", with: "SE"),
        claim.replacing("NTE*ADD*", with: "NTE*ADD*Müller \"\\\u{7f}\u{1}"), claim.replacing("~", with: "\n"),
        claim.replacing("NTE*ADD*", with: "BIN*9*ab~cd*~:^"), claim.replacing("NTE*ADD*", with: "~~ ~NTE~"),
        ToolsSamples.header(7, "::^~"),
        ToolsSamples.header(7, "|>!\n", version: "00401") + "TA1|000000001|260302|1200|A|000\n",
        "ISA*00**00**ZZ*S*ZZ*R*260302*1200*^*00501*000000001*0*T*:~GS*HC~",
    ])
    func brokenInputsComeBackByteByByte(input: String) throws {
        let bytes = Array(input.utf8)
        #expect(try decoded(encoded(bytes)) == bytes)
        #expect(try decoded(encoded(bytes, step: 1)) == bytes)
    }

    @Test func bytesThatAreNoTextComeBack() throws {
        let bytes = Array(Self.claim.replacing("NTE*ADD*", with: "NTE*ADD*#").utf8).map {
            $0 == UInt8(ascii: "#") ? 0xff : $0
        }
        let json = try encoded(bytes)
        #expect(json.contains("\\u00ff"))
        #expect(try decoded(json) == bytes)
        #expect(try decoded(json.replacing("\\u00ff", with: "\u{ff}")) == bytes)
    }

    @Test func aSegmentThatNoWindowHoldsComesBack() throws {
        var bytes = Array(Self.claim.utf8)
        let place = try #require(text(bytes).firstRange(of: "NTE*ADD*")).upperBound
        let offset = text(bytes).utf8.distance(from: text(bytes).startIndex, to: place)
        bytes.insert(contentsOf: [UInt8](repeating: UInt8(ascii: "x"), count: 20 << 20), at: offset)
        var output: [UInt8] = []
        try X12JSON().encode(MemorySource(bytes, step: 1 << 20)) { output += $0 }
        var again: [UInt8] = []
        try X12JSON().decode(MemorySource(output, step: 1 << 20), completing: Self.completion) { again += $0 }
        #expect(again == bytes)
    }

    @Test func elementsAreSplitAndLoopsAreNamed() throws {
        let json = try encoded(try Samples.bytes("sets/837P/accepted-1.x12"))
        #expect(json.hasPrefix("{\"x12-json\":1}\n{\"segment\":[\"ISA\",\"00\",\"          \","))
        #expect(
            json.contains(
                "\"delimiters\":{\"element\":\"*\",\"component\":\":\",\"repetition\":\"^\",\"segment\":\"~\"}"))
        #expect(json.contains("{\"segment\":[\"CLM\",\"CW-1001\",\"410\",\"\",\"\",[\"11\",\"B\",\"1\"],"))
        #expect(json.contains("\"loop\":\"2300\",\"after\":\"\\n\"}"))
        let repeated = try encoded(
            ToolsSamples.interchange("271", "005010X279A1", group: "HB", ["EB*1**98^33:2^"]))
        #expect(repeated.contains("[\"EB\",\"1\",\"\",[[\"98\"],[\"33\",\"2\"],[\"\"]]]"))
    }

    // MARK: JSON by hand

    @Test func whatIsLeftOutIsComputed() throws {
        let json = """
            {"segment":["ISA","","","","","","SENDER","","RECEIVER"]}
            {"segment":["GS","HC","SENDER","RECEIVER","","","","","005010X222A1"]}
            {"segment":["ST","837",null,"005010X222A1"]}
            {"segment":["BHT","0019","00","1",20260302,"1200","CH"]}
            {"segment":["ST","837"]}
            {"segment":["NM1","41",["a","b"],[["c"],["d","e"]]]}
            """
        #expect(
            text(try decoded(json)).replacing("~", with: "~\n") == """
                ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260302*1200*^*00501*000000041*0*T*:~
                GS*HC*SENDER*RECEIVER*20260302*1200*41*X*005010X222A1~
                ST*837*0001*005010X222A1~
                BHT*0019*00*1*20260302*1200*CH~
                SE*3*0001~
                ST*837*0002~
                NM1*41*a:b*c^d:e~
                SE*3*0002~
                GE*2*41~
                IEA*1*000000041~

                """)
        // The lines may stand in one array.
        let array = "[" + json.split(separator: "\n").joined(separator: ",\n") + "]"
        #expect(try decoded(array) == decoded(json))
    }

    @Test func countsThatWereTakenOutAreCountedAnew() throws {
        let bytes = try Samples.bytes("sets/837P/accepted-2.x12")
        let lines = try encoded(bytes).split(separator: "\n").map { line -> String in
            guard line.contains("[\"SE\"") || line.contains("[\"GE\"") || line.contains("[\"IEA\"") else {
                return String(line)
            }
            let id = line.dropFirst("{\"segment\":[\"".count).prefix { $0 != "\"" }
            return "{\"segment\":[\"\(id)\",null,null],\"after\":\"\\n\"}"
        }
        #expect(try decoded(lines.joined(separator: "\n")) == bytes)
    }

    @Test(arguments: [
        ("{\"segment\":[\"GS\"]", 1, "The JSON ends inside a value."),
        ("{\"segment\":[]}", 1, "A segment has no id."),
        ("\n{\"loop\":\"2300\"}", 2, "An object has neither 'segment' nor 'raw'."),
        ("nonsense", 1, "A JSON object is missing."),
        ("{\"raw\":\"\\u0100\"}", 1, "A character past U+00FF stands for no byte."),
        ("{\"raw\":\"€\"}", 1, "A character past U+00FF stands for no byte."),
        ("{\"raw\":\"\\q\"}", 1, "JSON has no such escape."),
        ("{\"raw\":\"a\nb\"}", 2, "A control character stands inside a string."),
        ("{\"segment\":[\"CLM\",[[[\"a\"]]]]}", 1, "An element is nested too deep."),
        ("{\"segment\":[\"CLM\",true]}", 1, "An element is neither text nor an array of texts."),
        ("{\"segment\":[\"CLM\" \"a\"]}", 1, "A comma is missing."),
        ("{\"segment\":[\"CLM\"],\"segment\":[\"CLM\"]}", 1, "'segment' stands twice."),
        ("{\"segment\":[\"ISA\"],\"delimiters\":{\"element\":\"ab\"}}", 1, "A delimiter is not one character."),
        (
            "{\"segment\":[\"ISA\"],\"delimiters\":{\"element\":\":\"}}", 1,
            "The delimiters are not four different marks."
        ),
        ("{\"segment\":[\"CLM\",\"1\"]}", 1, "The first segment is not ISA."),
        ("{\"segment\":[\"ISA\"]}\n{\"segment\":[\"NTE\",\"a*b\"]}", 2, "An element holds a delimiter."),
        ("{\"segment\":[\"ISA\",\"00\",\"01234567890\"]}", 1, "An element of ISA is too long."),
        ("{\"raw\":\"\",\"x\":" + String(repeating: "[", count: 99), 1, "The JSON is nested too deep."),
    ])
    func whatIsNoX12IsRefusedWithItsLine(json: String, line: Int, reason: String) {
        #expect(throws: X12JSONError(line: line, reason: reason)) { try decoded(json) }
    }

    @Test func mutilatedJSONNeverTraps() throws {
        let json = Array(try encoded(try Samples.bytes("837P-patient.837")).utf8.prefix(3000))
        var random = SeededRandom(seed: 11)
        for _ in 0..<400 {
            var changed = json
            for _ in 0..<3 { changed[random.integer(in: 0..<changed.count)] = UInt8(random.integer(in: 0..<256)) }
            // Refused or written, but never a crash.
            _ = try? X12JSON().decode(MemorySource(changed), completing: Self.completion) { _ in }
        }
        #expect(try decoded(text(json).split(separator: "\n").dropLast().joined(separator: "\n")).count > 500)
    }
}
