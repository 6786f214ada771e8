import Foundation
import HealthTypes
import Pipeline
import Store
import Testing

@testable import Server

@Suite struct LineReaderTests {
    private func lines(_ text: String, limit: Int, step: Int) -> [LineReader.Line] {
        var reader = LineReader(maximumBytes: limit)
        var lines: [LineReader.Line] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: step) {
            lines += reader.take(bytes[start..<min(start + step, bytes.count)])
        }
        return lines + (reader.finish().map { [$0] } ?? [])
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func linesAreTheSameInWhateverParts(step: Int) {
        let text = "one\r\n\ntoo long a line\nlast"
        #expect(
            lines(text, limit: 5, step: step)
                == [
                    .text(number: 1, Array("one".utf8)), .text(number: 2, []), .tooLong(number: 3),
                    .text(number: 4, Array("last".utf8)),
                ])
        #expect(
            lines("12345\n123456", limit: 5, step: step) == [
                .text(number: 1, Array("12345".utf8)), .tooLong(number: 2),
            ])
        #expect(lines("", limit: 5, step: step) == [])
        #expect(lines("\n", limit: 5, step: step) == [.text(number: 1, [])])
    }
}

@Suite(.serialized) struct BatchTests {
    private static let type = "application/x-ndjson"

    private static func question(_ age: Int) -> String {
        """
        {"icd10_codes":["K29.70"],"treatments":[{"type":"drug","code":"A02BC01"}],"patient_age":\(age)}
        """
    }

    private static func results(_ body: String) throws -> [JSON] {
        try body.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
    }

    @Test func linesAreAnsweredInOrderAndABadOneInItsPlace() async throws {
        try await ServedWorld.run { world in
            let body = [
                Self.question(1), "", "no json", "{\"icd10_codes\":[]}", Self.question(2), "  ", "\u{feff}", "[]",
            ].joined(separator: "\n")
            let answer = try await world.send("POST", "/analyze/batch", body, type: Self.type)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == Self.type)
            let results = try Self.results(answer.body)
            #expect(results.map { $0["line"]?.integer } == [nil, 3, 4, nil, 7, 8])
            let contracts = world.pipeline.home.contracts
            for result in results {
                let name = result["line"] == nil ? "analyze-response" : "analyze-batch-line"
                #expect(contracts.violations(of: name, in: result) == [])
            }
            #expect(results[1]["problem"]?["issues"]?[0]?["code"]?.string == "http.not-json")
            #expect(results[2]["problem"]?["issues"]?[0]?["path"]?.string == "/icd10_codes")
            let ids = results.compactMap { $0["decision_id"]?.string }
            #expect(ids == ["A-0000000001", "A-0000000002"])
            for (id, age) in zip(ids, [1, 2]) {
                let record = try await world.getJSON("/decisions/\(id)").json
                #expect(record["request"]?["patient_age"]?.integer == age)
                #expect(try await world.getJSON("/decisions/\(id)/replay").json["identical"]?.bool == true)
            }
        }
    }

    @Test func manyLinesGoInGroups() async throws {
        try await ServedWorld.run { world in
            let count = AnalyzeBatch.maximumGroup * 2 + 17
            let body = (0..<count).map { Self.question($0 % 100) + "\r\n" }.joined()
            let answer = try await world.send("POST", "/analyze/batch", body, type: Self.type)
            let results = try Self.results(answer.body)
            #expect(results.count == count)
            #expect(results.compactMap { $0["decision_id"]?.string }.count == count)
            let (kept, broken) = try await world.read {
                (try $0.serviceCounts().map(\.count).reduce(0, +), try $0.serviceCheck(after: nil, limit: .max).fault)
            }
            #expect(kept == count && broken == nil)
        }
    }

    @Test func aLineThatIsTooLongIsSaidAndTheRestGoesOn() async throws {
        try await ServedWorld.run { world in
            let long = String(repeating: "x", count: AnalyzeBatch.maximumLineBytes + 1)
            let answer = try await world.send(
                "POST", "/analyze/batch", "\(long)\n\(Self.question(3))\n\(long)", type: Self.type)
            let results = try Self.results(answer.body)
            #expect(results.map { $0["line"]?.integer } == [1, nil, 3])
            #expect(results[0]["problem"]?["status"]?.integer == 413)
        }
    }

    @Test func nothingIsAnsweredByNothing() async throws {
        try await ServedWorld.run { world in
            let answer = try await world.send("POST", "/analyze/batch", "\n\n", type: Self.type)
            #expect(answer.status == 200 && answer.body.isEmpty)
            #expect(try await world.send("POST", "/analyze/batch", "{}", type: "text/csv").status == 415)
            let foreign = try await world.send(
                "POST", "/analyze/batch", "{}", type: Self.type, headers: ["sec-fetch-site": "cross-site"])
            #expect(foreign.status == 403)
        }
    }

    /// The first answer is read while the request still goes on.
    @Test func answersComeBeforeTheRequestEnds() async throws {
        try await ServedWorld.run { world in
            let connection = try RawConnection(port: world.port)
            await connection.send(
                "POST /analyze/batch HTTP/1.1\r\nhost: localhost\r\n\(world.credentials)content-type: \(Self.type)\r\n"
                    + "transfer-encoding: chunked\r\n\r\n")
            let first = Self.question(1)
            await connection.sendChunk(String(first.prefix(20)))
            await connection.sendChunk(first.dropFirst(20) + "\n")
            let early = await connection.receive(until: "A-0000000001\"")
            #expect(early.contains("200 OK") && early.contains("\"decision_id\":\"A-0000000001\""))
            #expect(try await world.read { try $0.serviceEntry(1) } != nil)
            await connection.sendChunk("oops\n\(Self.question(2))")
            #expect(await connection.receive(until: "\"line\":2").contains("\"line\":2"))
            await connection.send("0\r\n\r\n")
            #expect(await connection.receive(until: "\r\n0\r\n\r\n").contains("A-0000000002"))
        }
    }
}
