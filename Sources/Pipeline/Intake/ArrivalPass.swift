import Claims
import HealthTypes
import Store
import X12

/// One way through an arrival of which all bytes are kept, on a thread that may wait. Of X12 there are a window, one unit
/// and one batch of units in memory; other formats are read whole.
final class ArrivalPass {
    private let store: any IntakeStore
    private let taker: MessageTaker
    private let arrival: ArrivalRow
    private let priority: Priority
    /// Nil where nobody waits for answers, or they are known.
    private let numbers: ControlNumbers?
    private let closing: SourceIntake.Closing?
    private let progress: SourceIntake.Progress
    private var report: IntakeReport

    /// Units that one transaction takes, and how large the source of them may be where they are read whole.
    static let batch = 256
    static let batchBytes = 4 << 20

    init(
        store: any IntakeStore, taker: MessageTaker, arrival: ArrivalRow, priority: Priority, numbers: ControlNumbers?,
        closing: SourceIntake.Closing?, progress: @escaping SourceIntake.Progress
    ) throws {
        self.store = store
        self.taker = taker
        self.arrival = arrival
        self.priority = priority
        self.numbers = numbers
        self.closing = closing
        self.progress = progress
        let head = try KeptSource(store, arrival).readPiece(of: min(4096, arrival.byteCount))
        report = IntakeReport(
            source: arrival.source, format: MessageFormat.of(head), digest: arrival.digest, bytes: arrival.byteCount)
    }

    func run() throws -> IntakeReport {
        switch report.format {
        case .x12: try passes()
        case .hl7v2, .json, .table, .empty, .unknown: if !arrival.isDone { try whole() }
        }
        if arrival.isDone, let closing { try write { try closing($0.tx) } }
        progress(arrival.byteCount, arrival.byteCount)
        return report
    }

    // MARK: X12

    private func passes() throws {
        if arrival.isDone, numbers == nil { return }
        let check = try refuse()
        if !arrival.isDone { try units(check) }
    }

    /// The first pass. What it refuses is taken as it goes, so that no more than a batch of it is in memory; what was
    /// taken before is known by its number, since the bytes are the same. The answer is kept with the last.
    private func refuse() throws -> X12Check {
        let before = arrival.isDone ? Int.max : arrival.refused
        var (taken, seen) = (arrival.refused, 0)
        var waiting: [MessageTaker.Take] = []
        var found = blank
        let check = try taker.check(KeptSource(store, arrival), numbers: numbers, &found) { refusal in
            seen += 1
            if seen > before { waiting.append(refusal) }
            if waiting.count == Self.batch {
                try takeRefused(waiting, from: taken)
                taken += waiting.count
                waiting = []
            }
        }
        report.add(found)
        if !waiting.isEmpty || check.answer != nil { try takeRefused(waiting, from: taken, check.answer) }
        return check
    }

    private func takeRefused(_ takes: [MessageTaker.Take], from: Int, _ answer: X12Answer? = nil) throws {
        let id = arrival.id
        try write { taking in
            for take in takes { try take(&taking) }
            if !takes.isEmpty {
                try taking.tx.advance(arrival: id, refusedFrom: from, through: from + takes.count)
            }
            if let answer { try taking.keep(answer) }
        }
    }

    /// The second pass.
    private func units(_ check: X12Check) throws {
        var through = arrival.through
        let stream = X12Intake().units(
            KeptSource(store, arrival), name: arrival.source, verdicts: check.verdicts, from: through)
        var isLast = false
        while !isLast {
            let batch = try stream.next(limit: Self.batch)
            isLast = batch.isLast
            var takes = batch.units.map { taker.take($0) }
            if isLast {
                let nothing = takes.isEmpty && through == 0 && check.refused == 0
                takes += check.remainder(nothingTaken: nothing, of: arrival.byteCount, &report)
            }
            let end = isLast ? arrival.byteCount : batch.through
            if !takes.isEmpty || end > through || isLast {
                try take(takes, from: through, through: end, isDone: isLast)
            }
            through = end
        }
    }

    // MARK: Other formats

    private func whole() throws {
        let bytes = try KeptSource(store, arrival).whole()
        var through = arrival.through
        // Units follow each other: what ends before the mark was taken before.
        var rest = taker.cuts(of: bytes, report.format, &report).drop { $0.range.upperBound <= through }
        repeat {
            var group: [MessageTaker.Cut] = []
            func fits(_ next: MessageTaker.Cut) -> Bool {
                group.isEmpty || (group.count < Self.batch && next.range.upperBound - through <= Self.batchBytes)
            }
            while let next = rest.first, fits(next) {
                group.append(next)
                rest = rest.dropFirst()
            }
            let end = rest.isEmpty ? bytes.count : group.last?.range.upperBound ?? through
            try take(
                group.map { $0.read() }, from: through, through: end, isDone: rest.isEmpty, counting: group.count)
            through = end
        } while !rest.isEmpty
    }

    // MARK: Writing

    /// - Parameter count: how many units there must be then, or something is lost; nil where some bring none.
    private func take(
        _ takes: [MessageTaker.Take], from: Int, through: Int, isDone: Bool, counting count: Int? = nil
    ) throws {
        let (id, closing) = (arrival.id, closing)
        try write { taking in
            for take in takes { try take(&taking) }
            if let count, taking.report.units != count {
                throw RecordDamage("\(taking.report.units) units were taken of \(count)")
            }
            try taking.tx.advance(arrival: id, from: from, through: through, isDone: isDone)
            if isDone { try closing?(taking.tx) }
        }
        progress(through, arrival.byteCount)
    }

    /// A report in which nothing is counted yet.
    private var blank: IntakeReport {
        IntakeReport(source: report.source, format: report.format, digest: report.digest, bytes: report.bytes)
    }

    /// One transaction, of which the counts are added to the report.
    private func write(_ body: @escaping @Sendable (inout Taking) throws -> Void) throws {
        let (store, now, priority, blank) = (store, taker.clock.now, priority, blank)
        report.add(
            try WaitingThread.wait {
                try await store.intake { tx in
                    var taking = Taking(tx: tx, now: now, priority: priority, report: blank)
                    try body(&taking)
                    return taking.report
                }
            })
    }
}
