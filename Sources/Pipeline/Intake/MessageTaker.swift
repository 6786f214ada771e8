import Claims
import HL7v2
import HealthTypes
import Stages
import Store
import Terminology
import X12

/// Tells the format of bytes, cuts them into units and reads these, outside of any transaction; what was read is then
/// taken in one.
struct MessageTaker: Sendable {
    let clock: any Clock

    /// Takes what was read of one unit: all that is left to do in a transaction.
    typealias Take = @Sendable (inout Taking) throws -> Void

    /// A unit of a source, cut out and not yet read.
    struct Cut: Sendable {
        var range: Range<Int>
        var read: @Sendable () -> Take
    }

    /// A small source that was read, ready to be taken in one transaction.
    struct ReadSource: Sendable {
        fileprivate var report: IntakeReport
        fileprivate var content: PreparedContent
        fileprivate var takes: [Take] = []
        fileprivate var answer: X12Answer?
    }

    /// Reads a small source. With `numbers`, which are waited for, X12 is answered.
    func read(_ bytes: [UInt8], source: String, numbers: ControlNumbers? = nil) throws -> ReadSource {
        let content = PreparedContent(bytes)
        var report = IntakeReport(
            source: source, format: MessageFormat.of(bytes), digest: content.digest, bytes: bytes.count)
        var takes: [Take] = []
        var answer: X12Answer?
        switch report.format {
        case .x12:
            let check = try check(MemorySource(bytes), numbers: numbers, &report) { takes.append($0) }
            answer = check.answer
            let stream = X12Intake().units(MemorySource(bytes), name: source, verdicts: check.verdicts)
            while true {
                let batch = try stream.next()
                takes += batch.units.map { take($0) }
                if batch.isLast { break }
            }
            takes += check.remainder(nothingTaken: takes.isEmpty, of: bytes.count, &report)
        case .hl7v2, .json, .table, .empty, .unknown:
            takes = cuts(of: bytes, report.format, &report).map { $0.read() }
        }
        return ReadSource(report: report, content: content, takes: takes, answer: answer)
    }

    /// Takes what was read, all of it in the caller's transaction.
    func take(_ read: ReadSource, priority: Priority, in tx: any IntakeTransaction) throws -> IntakeReport {
        try tx.keep(read.content)
        var taking = Taking(tx: tx, now: clock.now, priority: priority, report: read.report)
        for take in read.takes { try take(&taking) }
        if let answer = read.answer { try taking.keep(answer) }
        return taking.report
    }

    // MARK: Formats that are read whole

    /// The units of a source that is in memory and no X12, in the order of their bytes.
    func cuts(of bytes: [UInt8], _ format: MessageFormat, _ report: inout IntakeReport) -> [Cut] {
        let whole = 0..<bytes.count
        let source = report.source
        func refused(_ code: String, at byte: Int? = nil, _ message: String) -> [Cut] {
            [.refused(whole, format, [Issue(.error, code, at: Location(source: source, byte: byte), message: message)])]
        }
        switch format {
        case .hl7v2: return messages(bytes, &report)
        case .json: return values(bytes, source: source)
        case .table: return [Cut(range: whole) { Self.table(bytes, source: source) }]
        case .empty: return refused("intake.empty", "There is nothing in it.")
        case .x12, .unknown:
            return refused(
                "intake.unknown-format", at: 0,
                "Neither X12 (ISA), HL7 v2 (MSH), JSON nor a table with a header: it is kept as it came.")
        }
    }

    private func messages(_ bytes: [UInt8], _ report: inout IntakeReport) -> [Cut] {
        let batch = HL7Batch(bytes)
        if batch.messages.isEmpty { return [.refused(0..<bytes.count, .hl7v2, batch.issues)] }
        for issue in batch.issues { report.add(issue) }
        let source = report.source
        return batch.messages.map { slice in
            let range = slice.startIndex..<slice.endIndex
            return Cut(range: range) { Self.message(Array(slice), range, source: source) }
        }
    }

    /// FHIR resources and bundles, and claims in JSON: one, an array of them, or one a line.
    private func values(_ bytes: [UInt8], source: String) -> [Cut] {
        let whole = 0..<bytes.count
        do {
            guard let values = try JSON.elements(parsing: bytes) else {
                let value = try JSON(parsing: bytes)
                return [Cut(range: whole) { Self.value(value, bytes, whole, source: source) }]
            }
            if values.isEmpty {
                let issue = Issue(
                    .error, "intake.empty", at: Location(source: source), message: "There is nothing in it.")
                return [.refused(whole, .json, [issue])]
            }
            return values.map { value, range in
                // The same value written with other spaces is the same value.
                Cut(range: range) { Self.value(value, Array(value.text.utf8), range, source: source) }
            }
        } catch {
            return lines(bytes, source: source, error)
        }
    }

    /// Newline-delimited JSON, where the text as a whole is not one value.
    private func lines(_ bytes: [UInt8], source: String, _ error: JSONError) -> [Cut] {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        let filled = lines.filter { $0.contains { $0 > 0x20 } }
        // JSON that breaks off in the middle, printed over many lines, is one refusal and not one for each line.
        guard filled.count > 1, error.reason == .trailing || filled.allSatisfy({ $0.first == UInt8(ascii: "{") }) else {
            return [.refused(0..<bytes.count, .json, [Self.notJSON(error, source: source, line: nil)])]
        }
        return lines.enumerated().filter { $1.contains { $0 > 0x20 } }.map { index, line in
            let range = line.startIndex..<line.endIndex
            return Cut(range: range) {
                do throws(JSONError) {
                    return Self.value(
                        try JSON(parsing: line), Array(line), range, source: source, line: index + 1)
                } catch {
                    let issue = Self.notJSON(error, source: source, line: index + 1)
                    return { try $0.take(Taking.Unit(format: .json, kind: "line", range: range, issues: [issue])) }
                }
            }
        }
    }
}

extension MessageTaker.Cut {
    /// A source that is refused as a whole: it is kept, and the issues say why.
    static func refused(_ range: Range<Int>, _ format: MessageFormat, _ issues: [Issue]) -> Self {
        Self(range: range) { MessageTaker.refused(range, format, issues) }
    }
}

extension MessageTaker {
    static func refused(_ range: Range<Int>, _ format: MessageFormat, _ issues: [Issue]) -> Take {
        { try $0.take(Taking.Unit(format: format, kind: format.rawValue, range: range, issues: issues)) }
    }
}
