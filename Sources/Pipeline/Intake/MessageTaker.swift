import Claims
import HL7v2
import HealthTypes
import Stages
import Store
import Terminology
import X12

/// Tells the format of bytes and cuts them into pieces, each of which is taken in one go.
struct MessageTaker: Sendable {
    let clock: any Clock

    /// A part of a source, and how it is taken.
    struct Piece {
        var range: Range<Int>
        var take: (inout Taking) throws -> Void
    }

    /// Takes a small source in, all of it in the caller's transaction.
    func take(
        _ bytes: [UInt8], source: String, priority: Priority, acknowledges: Bool = false,
        in tx: any IntakeTransaction
    ) throws -> IntakeReport {
        var report = IntakeReport(
            source: source, format: MessageFormat.of(bytes), digest: Digest(of: bytes), bytes: bytes.count)
        let pieces = pieces(of: bytes, report.format, source: source, answering: acknowledges ? tx : nil, &report)
        _ = try tx.keep(bytes)
        var taking = Taking(
            tx: tx, now: clock.now, priority: priority, source: source, content: report.digest, report: report)
        for piece in pieces { try piece.take(&taking) }
        return taking.report
    }

    /// The pieces of a source that is in memory.
    ///
    /// - Parameter answering: gives the control numbers of the answers to X12; nil where nobody waits for them.
    func pieces(
        of bytes: [UInt8], _ format: MessageFormat, source: String, answering tx: (any IntakeTransaction)?,
        _ report: inout IntakeReport
    ) -> [Piece] {
        let whole = 0..<bytes.count
        switch format {
        case .x12: return x12(bytes, source: source, answering: tx, &report)
        case .hl7v2: return hl7(bytes, source: source, &report)
        case .json: return json(bytes, source: source)
        case .table: return [Piece(range: whole) { try $0.takeTable(bytes) }]
        case .empty:
            return [
                Piece(range: whole) {
                    try $0.refuse(
                        whole, format: .empty,
                        [
                            Issue(
                                .error, "intake.empty", at: Location(source: source),
                                message: "There is nothing in it.")
                        ])
                }
            ]
        case .unknown:
            return [
                Piece(range: whole) {
                    try $0.refuse(
                        whole, format: .unknown,
                        [
                            Issue(
                                .error, "intake.unknown-format", at: Location(source: source, byte: 0),
                                message:
                                    "Neither X12 (ISA), HL7 v2 (MSH), JSON nor a table with a header: it is kept as it came."
                            )
                        ])
                }
            ]
        }
    }

    private func hl7(_ bytes: [UInt8], source: String, _ report: inout IntakeReport) -> [Piece] {
        let batch = HL7Batch(bytes)
        for issue in batch.issues { report.add(issue) }
        if batch.messages.isEmpty {
            let issues = batch.issues
            return [Piece(range: 0..<bytes.count) { try $0.refuse(0..<bytes.count, format: .hl7v2, issues) }]
        }
        return batch.messages.map { slice in
            Piece(range: slice.startIndex..<slice.endIndex) {
                try $0.takeMessage(Array(slice), range: slice.startIndex..<slice.endIndex)
            }
        }
    }

    /// FHIR resources and bundles, and claims in JSON: one, an array of them, or one a line.
    private func json(_ bytes: [UInt8], source: String) -> [Piece] {
        let whole = 0..<bytes.count
        do {
            guard let values = try JSON.elements(parsing: bytes) else {
                let value = try JSON(parsing: bytes)
                return [Piece(range: whole) { try $0.takeValue(value, bytes, range: whole) }]
            }
            if values.isEmpty {
                return [
                    Piece(range: whole) {
                        try $0.refuse(
                            whole, format: .json,
                            [
                                Issue(
                                    .error, "intake.empty", at: Location(source: source),
                                    message: "There is nothing in it.")
                            ])
                    }
                ]
            }
            return values.map { value, range in
                Piece(range: range) { try $0.takeValue(value, Array(value.text.utf8), range: range) }
            }
        } catch {
            return lines(bytes, error)
        }
    }

    /// Newline-delimited JSON, where the text as a whole is not one value.
    private func lines(_ bytes: [UInt8], _ error: JSONError) -> [Piece] {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        let filled = lines.filter { $0.contains { $0 > 0x20 } }
        // JSON that breaks off in the middle, printed over many lines, is one refusal and not one for each line.
        guard filled.count > 1, error.reason == .trailing || filled.allSatisfy({ $0.first == UInt8(ascii: "{") }) else {
            let whole = 0..<bytes.count
            return [Piece(range: whole) { try $0.refuse(whole, format: .json, [$0.notJSON(error, line: nil)]) }]
        }
        return lines.enumerated().filter { $1.contains { $0 > 0x20 } }.map { index, line in
            let range = line.startIndex..<line.endIndex
            return Piece(range: range) { taking in
                do {
                    try taking.takeValue(JSON(parsing: line), Array(line), range: range, line: index + 1)
                } catch let error as JSONError {
                    try taking.take(
                        Taking.Unit(
                            format: .json, kind: "line", range: range,
                            issues: [taking.notJSON(error, line: index + 1)]))
                }
            }
        }
    }

    // MARK: X12 in memory

    private func x12(
        _ bytes: [UInt8], source: String, answering tx: (any IntakeTransaction)?, _ report: inout IntakeReport
    ) -> [Piece] {
        let intake = X12Intake()
        let name = source
        var answers: [UInt8] = []
        let maker = tx.map { tx in
            AnswerMaker(
                kinds: [.ta1, .implementation], at: clock.now,
                nextControlNumber: { (try? tx.next(MessageForming.Series.interchange.rawValue)) ?? 0 },
                ta1: .askedOrAtFault
            ) { _, piece in answers += piece }
        }
        var refused: [Piece] = []
        var found: [Issue] = []
        do {
            let verdicts = try intake.check(
                MemorySource(bytes), name: name, answering: maker, finding: { found.append($0.issue) },
                set: { set in
                    if !set.isAccepted { refused.append(Self.refusal(of: set, found)) }
                    if set.isAccepted { found = found.filter { $0.severity < .error } }
                })
            for issue in found { report.add(issue) }
            report.acknowledgement += answers
            let stream = intake.units(MemorySource(bytes), name: name, verdicts: verdicts)
            var pieces = refused
            while true {
                let batch = try stream.next()
                pieces += batch.units.map { unit in Piece(range: unit.range) { try $0.take(unit) } }
                if batch.isLast { break }
            }
            if pieces.isEmpty {
                let issues = found
                pieces = [Piece(range: 0..<bytes.count) { try $0.refuse(0..<bytes.count, format: .x12, issues) }]
            }
            return pieces
        } catch {
            return []
        }
    }

    /// A set that its 999 refuses: kept, with what was found in it; none of its claims enters a case.
    static func refusal(of set: CheckedSet, _ issues: [Issue]) -> Piece {
        let own = issues.filter { issue in issue.location.byte.map { set.range.contains($0) } ?? true }
        return Piece(range: set.range) { taking in
            let summary = Issue(
                .error, "intake.set-refused",
                at: Location(source: taking.source, byte: set.range.lowerBound, segmentID: "ST"),
                message: "The transaction set is refused by its 999; nothing in it is taken.")
            try taking.take(
                Taking.Unit(
                    format: .x12, kind: set.header.set, range: set.range,
                    issues: [summary] + own.prefix(Taking.maximumIssuesOfSet)))
        }
    }
}

extension Taking {
    /// Findings that are kept with a refused set; the 999 names all of them.
    static let maximumIssuesOfSet = 50
}
