import Foundation
import HealthTypes
import Terminology
import Testing

@testable import ClinicalKnowledge

@Suite struct BatchTests {
    static let tables: CodeTables = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        do { return try CodeTables(DataFiles(folder: folder.appendingPathComponent("CodeTables").path)) } catch {
            fatalError("\(error)")
        }
    }()

    private let lines = AnalyzeLines(knowledge: shipped, tables: Self.tables)

    private func answer(_ text: String) -> (text: String, tally: AnalyzeLines.Tally) {
        var output = JSONBytes(capacity: 1)
        let tally = Array(text.utf8).withUnsafeBytes { lines.answer($0, into: &output) }
        return (output.withBytes { String(decoding: $0, as: UTF8.self) }, tally)
    }

    private func plain(_ text: String) -> AnalyzeRequest? {
        Array(text.utf8).withUnsafeBytes { AnalyzeRequest(plain: $0) }
    }

    // MARK: Writing

    @Test(arguments: [
        "", "plain", "eight or more bytes", "quote \" in it", "back\\slash and more bytes", "tab\tline\nreturn\r",
        "\u{01}\u{1f}\u{7f}", "µg and Größe, 漢字 of some length", String(repeating: "x", count: 5000), "1234567\"",
        "12345678\"",
    ])
    func aStringIsWrittenAsJSONWritesIt(text: String) {
        var output = JSONBytes(capacity: 1)
        output.append(string: text)
        #expect(output.withBytes { String(decoding: $0, as: UTF8.self) } == JSON.string(text).text)
    }

    @Test(arguments: [0, 7, 10, 99, 100, 123_456_789, .max, -1, .min])
    func aNumberIsWrittenWhole(number: Int) {
        var output = JSONBytes()
        output.append(number)
        #expect(output.withBytes { String(decoding: $0, as: UTF8.self) } == "\(number)")
    }

    /// Claims that bring out every part of an answer.
    static let claims = [
        #"{"icd10_codes":["K29.7"],"treatments":[{"type":"drug","code":"C01AA05","name":"Digoxin \"x\""}]}"#,
        #"{"icd10_codes":["I50.9","K29.70","E11.22"],"treatments":[{"type":"drug","code":"C01AA05"},{"type":"drug","name":"metformin","code":""},{"type":"test","code":"83036","service_date":"2026-03-01"},{"type":"test","code":"83036","service_date":"2026-03-01"}],"patient_age":60,"patient_sex":"F","report_text":"a\nb"}"#,
        #"{"icd10_codes":["N18.6","E11.22","XYZ"],"treatments":[{"type":"drug","code":"A10BA02","dose":"9000 mg daily"},{"type":"drug","code":"Q0000"}]}"#,
        #"{"icd10_codes":["K35.80"],"treatments":[{"type":"procedure","code":"44950"},{"type":"procedure","code":"44950"}]}"#,
        #"{"icd10_codes":["J45.909"],"treatments":[{"type":"drug","code":"C07AA05","name":"Propranolol"}],"patient_sex":"male"}"#,
    ]

    @Test(arguments: claims)
    func anAnswerIsTheTextOfItsJSON(claim: String) throws {
        let request = try AnalyzeRequest(reading: JSON(parsing: claim))
        let response = shipped.analyze(request, naming: Self.tables)
        #expect(answer(claim).text == response.json.text + "\n")
    }

    // MARK: Reading

    @Test(arguments: claims)
    func aPlainRequestIsReadWithoutValues(claim: String) throws {
        #expect(try plain(claim) == AnalyzeRequest(reading: JSON(parsing: claim)))
    }

    /// What the plain reader takes, the full reader takes and reads alike: over every claim with a byte changed, left
    /// out or put in.
    @Test func thePlainReaderNeverSaysOtherwise() {
        let inserted: [UInt8] = Array("\"\\{}[],:0-1.e \t\u{00}aé".utf8)
        var random = SeededRandom(seed: 11)
        var taken = 0
        for claim in Self.claims + [
            #"{"id":"7","icd10_codes":["I10"],"x":12,"treatments":[{"type":"drug","code":"C01AA05","y":null,"z":true}],"w":false}"#
        ] {
            for _ in 0..<4000 {
                var bytes = Array(claim.utf8)
                for _ in 0..<random.integer(in: 1..<3) {
                    let place = random.integer(in: 0..<bytes.count)
                    switch random.integer(in: 0..<3) {
                    case 0: bytes[place] = random.pick(inserted)
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(random.pick(inserted), at: place)
                    }
                }
                guard let quick = bytes.withUnsafeBytes({ AnalyzeRequest(plain: $0) }) else { continue }
                taken += 1
                let full = try? AnalyzeRequest(reading: JSON(parsing: bytes))
                #expect(quick == full, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(taken > 1000)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"icd10_codes":[],"treatments":[]}"#,
        #"{"icd10_codes":["I10"],"icd10_codes":["I10"],"treatments":[{"type":"drug","code":"x"}]}"#,
        #"{"icd10_codes":["I10"],"treatments":[{"type":"drug"}]}"#,
        #"{"icd10_codes":[" "],"treatments":[{"type":"drug","code":"x"}]}"#,
        #"{"icd10_codes":["I10"],"treatments":[{"type":"drug","code":"x"}],"patient_age":131}"#,
        #"{"icd10_codes":["I10"],"treatments":[{"type":"drug","code":"x"}],"patient_age":01}"#,
        #"{"icd10_codes":["I10"],"treatments":[{"type":"drug","code":"x"}],"a":1,"a":2}"#,
        #"{"icd10_codes":["I10"],"treatments":[{"type":"drug","code":"x"}]} x"#,
    ])
    func whatIsWrongIsLeftToTheFullReader(text: String) {
        #expect(plain(text) == nil)
    }

    // MARK: Lines

    @Test func aBadLineIsAnsweredInItsPlace() throws {
        let good = Self.claims[0]
        let (text, tally) = answer("\(good)\n{\"icd10_codes\":\n\n\(good)\r\n{\"icd10_codes\":[\"I10\"]}\n\(good)")
        let answers = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(answers.count == 6 && tally.lines == 6)
        #expect(tally.flagged == 3 && tally.unreadable == 3 && tally.passed == 0)
        #expect(answers[0] == answers[3] && answers[0] == answers[5])
        #expect(answers.map { $0["error"]?["line"]?.integer } == [nil, 2, 3, nil, 5, nil])
        #expect(answers[1]["error"]?["issues"]?[0]?["code"]?.string == "clinical.request-json")
        #expect(answers[4]["error"]?["issues"]?[0]?["path"]?.string == "/treatments")
    }

    @Test func aLineAboveTheLimitIsRefused() {
        let line = [UInt8](repeating: 0x20, count: AnalyzeLines.maximumLineBytes + 1)
        guard case .unreadable(let issues) = line.withUnsafeBytes({ AnalyzeLines.question($0) }) else {
            Testing.Issue.record("the line was read")
            return
        }
        #expect(issues == [AnalyzeLines.tooLong])
    }

    @Test func escapesAndForeignMembersAreReadToo() throws {
        let claim =
            #"{"meta":{"a":[1,{"b":null}]},"icd10_codes":["I50.9"],"treatments":[{"type":"drug","code":"C01AA05","name":"Dig\u006fxin"}]}"#
        #expect(plain(claim) == nil)
        let (text, tally) = answer(claim)
        #expect(tally.passed == 1 && text.hasPrefix("{\"pairs_analysed\":1,"))
    }
}
