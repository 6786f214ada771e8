public import HealthTypes
public import Terminology

/// Answers requests that are written one a line, each with one line of JSON in its place.
///
/// A line that cannot be read is answered with `{"error":{"line":…,"issues":[…]}}`, and the next one goes on. It keeps
/// nothing between calls, so that several threads may use one.
public struct AnalyzeLines: Sendable {
    /// Longer lines are refused. A report may have a mebibyte, and escapes make six bytes of one.
    public static let maximumLineBytes = 8 << 20

    /// What became of some lines.
    public struct Tally: Sendable, Hashable {
        public var lines = 0
        public var passed = 0
        public var flagged = 0
        public var inconclusive = 0
        /// Answered with an error.
        public var unreadable = 0

        /// Nothing, or some lines that could not be read.
        public init(unreadable: Int = 0) {
            lines = unreadable
            self.unreadable = unreadable
        }

        public mutating func add(_ other: Tally) {
            lines += other.lines
            passed += other.passed
            flagged += other.flagged
            inconclusive += other.inconclusive
            unreadable += other.unreadable
        }

        /// Adds a verdict, and not its line.
        public mutating func count(_ verdict: AnalyzeResponse.Verdict) {
            switch verdict {
            case .pass: passed += 1
            case .flag: flagged += 1
            case .inconclusive: inconclusive += 1
            }
        }
    }

    /// What a line asks, or why it asks nothing.
    public enum Question: Sendable {
        case request(AnalyzeRequest)
        case unreadable([Issue])
    }

    private let knowledge: KnowledgeBase
    private let tables: CodeTables

    public init(knowledge: KnowledgeBase, tables: CodeTables) {
        self.knowledge = knowledge
        self.tables = tables
    }

    /// Answers every line of `bytes`, of which the first has the number `first`; the last may lack its line feed.
    public func answer(_ bytes: UnsafeRawBufferPointer, first: Int = 1, into output: inout JSONBytes) -> Tally {
        var tally = Tally()
        // Taken once: each use would count the references of every table.
        let (knowledge, tables) = (knowledge, tables)
        Self.forEachLine(of: bytes) { line in
            switch Self.question(line) {
            case .request(let request):
                let response = knowledge.analyze(request, naming: tables)
                response.write(into: &output)
                tally.count(response.verdict)
            case .unreadable(let issues):
                Self.writeError(line: first + tally.lines, issues, into: &output)
                tally.unreadable += 1
            }
            output.append("\n")
            tally.lines += 1
        }
        return tally
    }

    /// Gives each line without its end.
    public static func forEachLine(of bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
            let isReturn = end > start && bytes[end - 1] == 0x0d
            body(UnsafeRawBufferPointer(rebasing: bytes[start..<(isReturn ? end - 1 : end)]))
            start = end + 1
        }
    }

    /// Reads one line.
    public static func question(_ line: UnsafeRawBufferPointer) -> Question {
        guard line.count <= maximumLineBytes else { return .unreadable([tooLong]) }
        if let request = AnalyzeRequest(plain: line) { return .request(request) }
        do {
            return .request(try AnalyzeRequest(reading: JSON(parsing: line)))
        } catch let error as AnalyzeRequestError {
            return .unreadable(error.issues)
        } catch let error as JSONError {
            let place = Location(byte: error.byte)
            return .unreadable([Issue(.error, "clinical.request-json", at: place, message: error.reason.rawValue)])
        } catch { return .unreadable([Issue(.error, "clinical.request-json", message: "cannot be read")]) }
    }

    /// The answer to a line that cannot be read; a line feed is not part of it.
    public static func writeError(line: Int, _ issues: [Issue], into output: inout JSONBytes) {
        let list = issues.map { issue in
            JSON.compact([
                "code": .string(issue.code), "path": issue.location.path.map(JSON.string),
                "byte": issue.location.byte.map { JSON($0) }, "message": .string(issue.message),
            ])
        }
        let error: JSON = ["line": JSON(line), "issues": .array(list)]
        let answer: JSON = ["error": error]
        output.append(json: answer)
    }

    /// What is wrong with a line longer than ``maximumLineBytes``.
    public static var tooLong: Issue {
        Issue(.error, "clinical.request-limit", message: "is longer than \(maximumLineBytes >> 20) MiB")
    }
}
