import HealthTypes
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
    init(truth: Truth, in tx: StoreTransaction) throws {
        var planted: [String: Set<PlantedProblem>] = [:]
        for row in truth.rows {
            guard let id = try tx.caseID(for: ("visit", row.key)) ?? tx.caseID(for: ("claim", row.key)) else {
                continue
            }
            planted[id, default: []].insert(row.problem)
        }
        let marks = Dictionary(grouping: try tx.findingMarks(), by: \.caseID)
        rows = PlantedProblem.allCases.map { Row(problem: $0) }
        for index in rows.indices {
            let problem = rows[index].problem
            let own = truth.rows.filter { $0.problem == problem }
            rows[index].planted = own.count
            for row in own {
                let id = try tx.caseID(for: ("visit", row.key)) ?? tx.caseID(for: ("claim", row.key))
                let hits = (id.flatMap { marks[$0] } ?? []).filter {
                    $0.answer == "failed" && problem.detectors.contains($0.checkID)
                }
                if hits.contains(where: { !$0.afterSending }) {
                    rows[index].before += 1
                } else if !hits.isEmpty {
                    rows[index].after += 1
                } else {
                    rows[index].missed += 1
                    if let id, try !tx.hasSentClaim(id) { notReached += 1 }
                }
            }
            for (id, found) in marks where planted[id]?.contains(problem) != true {
                let explained = (planted[id] ?? []).reduce(into: Set<String>()) { $0.formUnion($1.detectors) }
                // An authorization that was asked for and not granted is missing in truth, though nobody planted it.
                let refused =
                    problem == .missingAuthorization && found.contains { Self.isAuthorizationTrouble($0.checkID) }
                let alarm =
                    !refused
                    && found.contains {
                        $0.answer == "failed" && $0.stops && !$0.afterSending && problem.detectors.contains($0.checkID)
                            && !explained.contains($0.checkID)
                    }
                if alarm { rows[index].falseAlarms += 1 }
            }
        }
        let total = try tx.count(.cases)
        soundCases = total - planted.count
        soundHeld = marks.filter { planted[$0.key] == nil && $0.value.contains { $0.stops && !$0.afterSending } }.count
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

extension String {
    func padded(to width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
}
