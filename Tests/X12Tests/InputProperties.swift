import HealthTypes

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What must hold of any bytes at all. The tests ask it of many inputs, and the fuzzer of all that it can think of.
enum InputProperties: String, CaseIterable {
    /// Reading in pieces finds what reading from memory finds, and nothing is lost.
    case check
    /// A document in memory keeps every byte and counts every segment.
    case document
    /// Every input has an answer, and every answer is itself without fault.
    case answers
    /// Bytes to JSON and back are the same bytes; explaining and redacting end.
    case json
    /// A guide's text is compiled or refused with its line.
    case guide

    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    func examine(_ bytes: [UInt8]) throws {
        switch self {
        case .check: try Self.check(bytes)
        case .document: try Self.document(bytes)
        case .answers: try Self.answers(bytes)
        case .json: try Self.json(bytes)
        case .guide: try Self.guide(bytes)
        }
    }

    static func require(_ holds: Bool, _ message: @autoclosure () -> String) throws {
        if !holds { throw Violation(description: message()) }
    }

    // MARK: Checking

    private static func check(_ bytes: [UInt8]) throws {
        let whole = CheckRun(bytes)
        try require(whole.summary.isConserved, "not conserved: \(whole.summary)")
        try require(whole.summary.bytes == bytes.count, "\(whole.summary.bytes) bytes of \(bytes.count)")
        try require(
            whole.summary.accepted + whole.summary.rejected == whole.summary.transactions,
            "sets without a verdict: \(whole.summary)")
        // The size of the pieces follows from the input, so that a case that is found is a case that stays found.
        let seed = bytes.reduce(UInt32(bytes.count)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        for step in [1 + Int(seed % 61), 64 + Int(seed % 4096)] {
            let pieces = CheckRun(bytes, step: step, windowBytes: 1024 + Int(seed % 2048))
            try require(
                pieces.lines == whole.lines,
                "pieces of \(step): \(difference(pieces.lines, whole.lines))")
            try require(pieces.summary == whole.summary, "pieces of \(step): \(pieces.summary), \(whole.summary)")
        }
    }

    static func difference(_ one: [String], _ other: [String]) -> String {
        let first = zip(one, other).first { $0 != $1 }
        return first.map { "\($0) instead of \($1)" } ?? "\(one.count) findings instead of \(other.count)"
    }

    private static func document(_ bytes: [UInt8]) throws {
        let document = X12Document(parsing: bytes)
        try require(document.bytes == bytes, "bytes changed")
        try require(document.summary.isConserved, "not conserved: \(document.summary)")
        let checked = CheckRun(bytes).summary
        try require(
            checked.accepted + checked.rejected == document.summary.transactions, "sets without a verdict: \(checked)")
        try require(
            [checked.interchanges, checked.groups, checked.transactions, checked.segments, checked.claims]
                == [
                    document.summary.interchanges, document.summary.groups, document.summary.transactions,
                    document.summary.segments, document.summary.claims,
                ], "counts differ: \(document.summary), \(checked)")
        for interchange in document.interchanges {
            for transaction in interchange.groups.flatMap(\.transactions) {
                try require(
                    transaction.explanation().count == transaction.segments.count, "a segment is not explained")
            }
        }
    }

    // MARK: Answers

    private static func answers(_ bytes: [UInt8]) throws {
        var answers: [AnswerMaker.Kind: [[UInt8]]] = [:]
        var number = 0
        let maker = AnswerMaker(
            at: Instant("2026-03-02T12:00:00Z")!,
            nextControlNumber: {
                number += 1
                return number
            }, sink: { answers[$0, default: []].append($1) })
        let summary = X12FileChecker().check(bytes, answering: maker)
        try require(
            answers[.ta1]?.count ?? 0 == max(summary.interchanges, 1),
            "\(answers[.ta1]?.count ?? 0) TA1 for \(summary.interchanges) interchanges")
        for (kind, pieces) in answers {
            // Pieces of one answer follow each other; answers of one kind make one input.
            let answer = Array(pieces.joined())
            let run = CheckRun(answer)
            try require(run.errors.isEmpty, "\(kind.rawValue): \(run.errors[0])")
            try require(
                answer.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "\(kind.rawValue) holds a byte that X12 cannot carry")
        }
    }

    // MARK: Tools

    private static func json(_ bytes: [UInt8]) throws {
        var lines: [UInt8] = []
        try X12JSON().encode(MemorySource(bytes)) { lines += $0 }
        var back: [UInt8] = []
        let completion = X12JSON.Completion(instant: Instant("2026-03-02T12:00:00Z")!)
        do {
            try X12JSON().decode(MemorySource(lines), completing: completion) { back += $0 }
        } catch let error as X12JSONError {
            throw Violation(description: "own JSON is refused: \(error)")
        }
        try require(
            back == bytes,
            "JSON and back: \(back.count) bytes for \(bytes.count), alike up to \(zip(back, bytes).prefix { $0 == $1 }.count)"
        )
        var redacted: [UInt8] = []
        try X12Redaction(seed: 7).redact(MemorySource(bytes)) { redacted += $0 }
        try require(redacted.count == bytes.count, "redacting changed the length")
        try X12Explainer().explain(MemorySource(bytes)) { _ in }
        // The same bytes as JSON that somebody else wrote.
        var written: [UInt8] = []
        do {
            try X12JSON().decode(MemorySource(bytes), completing: completion) { written += $0 }
        } catch is X12JSONError {}
    }

    private static func guide(_ bytes: [UInt8]) throws {
        do {
            let text = try GuideParser.read(name: "fuzz", text: String(decoding: bytes, as: UTF8.self))
            _ = try GuideCompiler.compile(text, dictionary: GuideLibrary.standard.dictionary)
        } catch is DataFileError {}
    }
}

/// Findings and counts of one run of the checker over bytes.
struct CheckRun {
    private(set) var findings: [Finding] = []
    private(set) var summary = X12Summary()

    /// From memory.
    init(_ bytes: [UInt8], checker: X12FileChecker = X12FileChecker(snip: 7)) {
        summary = checker.check(bytes) { findings.append($0) }
    }

    /// From a stream of pieces of up to `step` bytes, through a window of another size than the usual.
    init(_ bytes: [UInt8], step: Int, windowBytes: Int = SegmentCursor.windowBytes, limits: X12Limits = .standard) {
        self.init(MemorySource(bytes, step: step), windowBytes: windowBytes, limits: limits)
    }

    init(_ source: any ByteSource, windowBytes: Int = SegmentCursor.windowBytes, limits: X12Limits = .standard) {
        var findings: [Finding] = []
        // A source in memory throws nothing.
        let summary = try? X12FileChecker(snip: 7, limits: limits).run(
            SegmentCursor(source, limits: limits, windowBytes: windowBytes), nil, nil
        ) { findings.append($0) }
        self.findings = findings
        self.summary = summary ?? X12Summary()
    }

    /// Each with all that it says.
    var lines: [String] { findings.map(\.json.text) }
    var errors: [String] { findings.filter(\.isError).map(\.json.text) }
    var codes: [String] { findings.map(\.issue.code) }
}
