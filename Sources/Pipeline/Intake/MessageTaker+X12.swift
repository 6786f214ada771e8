import Claims
import HealthTypes
import Store
import X12

/// The TA1 and the 999 to one source.
struct X12Answer: Sendable {
    var kinds: Set<AnswerMaker.Kind> = []
    var bytes: [UInt8] = []

    /// What the log calls it.
    var kind: String { AnswerMaker.Kind.allCases.filter(kinds.contains).map(\.rawValue).joined(separator: " ") }
}

/// What the first pass over X12 made of it.
struct X12Check: Sendable {
    var verdicts: X12Verdicts
    /// Nil where nothing is to be answered: an acknowledgement is not acknowledged.
    var answer: X12Answer?
    /// What was found outside of any set.
    var issues: [Issue]
    /// Parts that were refused.
    var refused: Int

    /// What there is to say of a source beside its units: its findings; where it has no unit at all they are those of a
    /// unit that stands for the whole and is refused.
    func remainder(nothingTaken: Bool, of byteCount: Int, _ report: inout IntakeReport) -> [MessageTaker.Take] {
        if nothingTaken { return [MessageTaker.refused(0..<byteCount, .x12, issues)] }
        for issue in issues { report.add(issue) }
        return []
    }
}

extension MessageTaker {
    /// The first pass: checks, answers where there are `numbers`, and gives whatever is refused as a unit that is kept and
    /// enters no case.
    func check(
        _ bytes: any ByteSource, numbers: ControlNumbers?, _ report: inout IntakeReport,
        refused: (@escaping Take) throws -> Void
    ) throws -> X12Check {
        var answer = X12Answer()
        let maker = numbers.map { numbers in
            AnswerMaker(
                kinds: [.ta1, .implementation], at: clock.now,
                nextControlNumber: { try WaitingThread.wait { try await numbers.next() } }, ta1: .askedOrAtFault
            ) { kind, piece in
                answer.kinds.insert(kind)
                answer.bytes += piece
            }
        }
        // Since the last set ended; and what stood around sets before.
        var (found, around): ([Issue], [Issue]) = ([], [])
        var count = 0
        let verdicts = try X12Intake().check(
            bytes, name: report.source, answering: maker,
            finding: { if found.count < IntakeReport.maximumIssues { found.append($0.issue) } },
            set: { set in
                func isOwn(_ issue: Issue) -> Bool { issue.location.byte.map { set.range.contains($0) } ?? true }
                let own = found.filter(isOwn)
                around += found.filter { !isOwn($0) }.prefix(IntakeReport.maximumIssues - around.count)
                found = []
                guard !set.isAccepted else { return own.forEach { report.add($0) } }
                count += 1
                try refused(Self.refusal(of: set, own, source: report.source))
            },
            withdrawn: { sets in
                count += 1
                let own = (around + found).filter { $0.severity >= .error }
                around.removeAll { $0.severity >= .error }
                found.removeAll { $0.severity >= .error }
                try refused(Self.refusal(of: sets, own, source: report.source))
            })
        // What could not be answered is not taken in either: the sender sends it again.
        if let failure = maker?.failure { throw failure }
        return X12Check(
            verdicts: verdicts, answer: answer.bytes.isEmpty ? nil : answer, issues: around + found, refused: count)
    }

    /// A unit of an accepted set.
    func take(_ unit: X12IntakeUnit) -> Take { { try $0.take(unit) } }

    /// Findings that are kept with a refused set; the 999 names all of them.
    private static let maximumIssuesOfSet = 50

    private static func refusal(of set: CheckedSet, _ issues: [Issue], source: String) -> Take {
        let summary = Issue(
            .error, "intake.set-refused",
            at: Location(source: source, byte: set.range.lowerBound, segmentID: "ST"),
            message: "The transaction set is refused by its 999; nothing in it is taken.")
        return refusal(set.header.set, set.range, issues.prefix(maximumIssuesOfSet) + [summary])
    }

    private static func refusal(of sets: WithdrawnSets, _ issues: [Issue], source: String) -> Take {
        let summary = Issue(
            .error, "intake.sets-refused",
            at: Location(source: source, byte: sets.range.lowerBound, segmentID: "ST"),
            message: "Transaction sets are refused with their group or their interchange; nothing in them is taken.")
        return refusal("sets", sets.range, issues.prefix(maximumIssuesOfSet) + [summary])
    }

    private static func refusal(_ kind: String, _ range: Range<Int>, _ issues: [Issue]) -> Take {
        { try $0.take(Taking.Unit(format: .x12, kind: kind, range: range, issues: issues)) }
    }
}

extension Taking {
    /// Keeps the answer to a source in the transaction of its verdict. A source that was answered before gets what it got
    /// then.
    mutating func keep(_ answer: X12Answer) throws {
        if let known = try tx.answer(to: content) {
            report.acknowledgement = known
            return
        }
        let id = try tx.add(
            MessageRow(
                direction: .outgoing, format: MessageFormat.x12.rawValue, kind: answer.kind,
                content: try tx.keep(answer.bytes), range: 0..<answer.bytes.count, source: source, at: now,
                // Whoever gave the source has it as this transaction ends, and gets it again for the same bytes.
                state: .delivered, issues: Array("[]".utf8)), cases: [])
        try tx.bind(answer: id, to: content)
        report.acknowledgement = answer.bytes
    }
}
