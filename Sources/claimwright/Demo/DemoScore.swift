import HealthTypes
import Pipeline
import SampleDay
import Store

/// How the pipeline did against the truth of a sample day.
struct DemoScore {
    struct Row {
        var problem: PlantedProblem
        var planted = 0
        var before = 0
        var after = 0
        var missed = 0
        var falseAlarms = 0
    }

    var rows: [Row]
    /// Cases in which nothing was planted, and those of them that a stopping check held back before sending.
    var soundCases = 0
    var soundHeld = 0
    /// Of the missed, those in cases whose claim never went out, so that no payer could show them.
    var notReached = 0

    /// Compares every finding in the record with what was planted.
    ///
    /// A problem counts as caught before submission where one of its own checks failed before the case's first claim
    /// went out, as caught after where only a denial or a rejection showed it. A false alarm is a failed check that
    /// stops a claim, is one that stands for the problem, and is neither planted nor explained by what was planted in
    /// the case.
    init(truth: Truth, in page: any PageReader) throws {
        let cases = try truth.rows.map { try Self.caseNumber($0.key, in: page) }
        var planted: [CaseNumber: Set<PlantedProblem>] = [:]
        for (row, number) in zip(truth.rows, cases) {
            if let number { planted[number, default: []].insert(row.problem) }
        }
        let marks = try Self.findings(in: page)
        rows = PlantedProblem.allCases.map { Row(problem: $0) }
        for index in rows.indices {
            let problem = rows[index].problem
            for (row, number) in zip(truth.rows, cases) where row.problem == problem {
                rows[index].planted += 1
                let hits = (number.flatMap { marks[$0] } ?? []).filter {
                    $0.isFailed && problem.detectors.contains($0.checkID)
                }
                if hits.contains(where: { !$0.afterSending }) {
                    rows[index].before += 1
                } else if !hits.isEmpty {
                    rows[index].after += 1
                } else {
                    rows[index].missed += 1
                    if let number, try !Self.hasSentClaim(number, in: page) { notReached += 1 }
                }
            }
            rows[index].falseAlarms = marks.count { number, found in
                let own = planted[number] ?? []
                return !own.contains(problem) && Self.isFalseAlarm(problem, found, planted: own)
            }
        }
        soundCases = try page.countCases(CaseFilter()) - planted.count
        soundHeld = marks.filter { planted[$0.key] == nil && $0.value.contains { $0.stops && !$0.afterSending } }.count
    }

    private static func caseNumber(_ key: String, in page: any PageReader) throws -> CaseNumber? {
        try page.caseNumber(for: CaseKey(kind: "visit", value: key))
            ?? page.caseNumber(for: CaseKey(kind: "claim", value: key))
    }

    private static let page = 10_000

    private static func findings(in page: any PageReader) throws -> [CaseNumber: [FindingRow]] {
        var found: [CaseNumber: [FindingRow]] = [:]
        var after: FindingMark?
        while true {
            let marks = try page.findingMarks(after: after, limit: Self.page)
            for mark in marks { found[mark.caseNumber, default: []].append(mark.row) }
            guard marks.count == Self.page else { return found }
            after = marks.last
        }
    }

    private static func hasSentClaim(_ number: CaseNumber, in page: any PageReader) throws -> Bool {
        try page.sends(of: number).contains { $0.lane.kind == LaneKind.claim.rawValue }
    }

    private static func isFalseAlarm(_ problem: PlantedProblem, _ found: [FindingRow], planted: Set<PlantedProblem>)
        -> Bool
    {
        // An authorization that was asked for and not granted is missing in truth, though nobody planted it.
        if problem == .missingAuthorization, found.contains(where: { isAuthorizationTrouble($0.checkID) }) {
            return false
        }
        let explained = planted.reduce(into: Set<String>()) { $0.formUnion($1.detectors) }
        return found.contains {
            $0.isFailed && $0.stops && !$0.afterSending && problem.detectors.contains($0.checkID)
                && !explained.contains($0.checkID)
        }
    }

    private static func isAuthorizationTrouble(_ check: String) -> Bool {
        check.hasPrefix("criterion.") || check.hasPrefix("authorization.")
    }

    /// The table for people.
    var table: String {
        func line(_ cells: [String]) -> String {
            cells.enumerated().map { index, cell in
                index == 0 ? cell.padded(to: 25) : String(repeating: " ", count: max(0, 15 - cell.count)) + cell
            }.joined()
        }
        var lines = [line(["Planted problem", "planted", "caught before", "caught after", "missed", "false alarms"])]
        lines.append(String(repeating: "─", count: 25 + 15 * 5))
        for row in rows {
            lines.append(
                line(
                    [row.problem.rawValue.replacing("_", with: " ")]
                        + [row.planted, row.before, row.after, row.missed, row.falseAlarms].map(String.init)))
        }
        lines.append(String(repeating: "─", count: 25 + 15 * 5))
        lines.append(
            line(
                ["all"]
                    + [
                        rows.map(\.planted), rows.map(\.before), rows.map(\.after), rows.map(\.missed),
                        rows.map(\.falseAlarms),
                    ].map { String($0.reduce(0, +)) }))
        return lines.joined(separator: "\n")
    }
}

extension FindingRow {
    /// Whether the check failed, and was not merely without an answer.
    fileprivate var isFailed: Bool { answer == "failed" }
}

extension String {
    func padded(to width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
}
