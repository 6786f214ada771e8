import ClinicalKnowledge
import HealthTypes
import Hummingbird
import Logging
import Pipeline
import Store

/// Many questions on one connection, a line each, answered in order while they come in.
///
/// Lines are answered in groups: what has arrived is judged, kept in one transaction and sent back before more is
/// read. So a slow reader or a slow disk slows the sender down, and no more than a group is ever held.
struct AnalyzeBatch {
    static let maximumLineBytes = 2 << 20
    /// Lines, and bytes of lines, that one group holds.
    static let maximumGroup = 128
    static let maximumGroupBytes = 4 << 20
    /// Bytes of a batch's body that are held at a time: a group, and a line that has not ended.
    static let maximumHeldBytes = maximumGroupBytes + maximumLineBytes

    private enum Item {
        case question(AnalyzeRequest)
        case problem(line: Int, Problem)
    }

    let pipeline: Pipeline
    let logger: Logger

    func run(_ body: RequestBody, _ writer: inout any ResponseBodyWriter) async throws {
        var reader = LineReader(maximumBytes: Self.maximumLineBytes)
        var number = 0
        for try await part in body {
            guard try await answer(reader.take(part.readableBytesView), &number, &writer) else {
                return try await writer.finish(nil)
            }
        }
        if let last = reader.finish() { _ = try await answer([last], &number, &writer) }
        try await writer.finish(nil)
    }

    /// Answers lines in groups; false where the record cannot be written, after saying so in the place of the first
    /// line that was not answered.
    private func answer(_ lines: [LineReader.Line], _ number: inout Int, _ writer: inout any ResponseBodyWriter)
        async throws -> Bool
    {
        var group: [Item] = []
        var first = 0
        var bytes = 0
        for (index, line) in lines.enumerated() {
            let (item, line, size) = Self.read(line)
            number = line
            if group.isEmpty { first = line }
            if let item { group.append(item) }
            bytes += size
            guard group.count >= Self.maximumGroup || bytes >= Self.maximumGroupBytes || index == lines.count - 1 else {
                continue
            }
            guard try await send(group, first, &writer) else { return false }
            group = []
            bytes = 0
        }
        return true
    }

    private func send(_ group: [Item], _ first: Int, _ writer: inout any ResponseBodyWriter) async throws -> Bool {
        if group.isEmpty { return true }
        let questions = group.compactMap { if case .question(let request) = $0 { request } else { nil } }
        var buffer = ByteBuffer()
        do {
            var kept = try await pipeline.analyze(all: questions)[...]
            for item in group {
                switch item {
                case .question:
                    if let analysis = kept.popFirst() { buffer.writeBytes(analysis.json) }
                case .problem(let line, let problem): buffer.writeString(Self.object(line, problem))
                }
                buffer.writeInteger(UInt8(ascii: "\n"))
            }
        } catch {
            logger.error("POST /analyze/batch: \(type(of: error))")
            buffer = ByteBuffer(string: Self.object(first, .fault) + "\n")
            try await writer.write(buffer)
            return false
        }
        try await writer.write(buffer)
        return true
    }

    /// What a line asks, its number and its size; nothing where it is blank.
    private static func read(_ line: LineReader.Line) -> (Item?, line: Int, size: Int) {
        switch line {
        case .tooLong(let number):
            let problem = Problem(
                .contentTooLarge, "too-large", "Too large", "A line may have \(maximumLineBytes) bytes at most.")
            return (.problem(line: number, problem), number, 0)
        case .text(let number, let bytes):
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return (nil, number, bytes.count) }
            do throws(Problem) { return (.question(try question(bytes)), number, bytes.count) } catch {
                return (.problem(line: number, error), number, bytes.count)
            }
        }
    }

    private static func question(_ bytes: [UInt8]) throws(Problem) -> AnalyzeRequest {
        let json: JSON
        do { json = try JSON(parsing: bytes) } catch { throw .notJSON(error, what: "line") }
        do { return try AnalyzeRequest(reading: json) } catch { throw .unreadableQuestion(error.issues) }
    }

    private static func object(_ line: Int, _ problem: Problem) -> String {
        JSON.object(JSONObject([("line", JSON(line)), ("problem", problem.json)])).text
    }
}

extension KeptAnalysis {
    /// The answer as it goes out: the contract's members after the entry's id and links.
    var json: [UInt8] {
        let id = entry.id
        return JSONObject([
            ("decision_id", .string(id)),
            ("links", ["decision": .string("/decisions/\(id)"), "replay": .string("/decisions/\(id)/replay")]),
        ]).text(before: answer)
    }
}
