import Foundation
import HealthTypes

/// What was planted in a sample day: `truth.csv`. The pipeline never sees it; it is for scoring what was noticed.
public struct Truth: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        /// The visit number, or the claim's control number.
        public var key: String
        public var problem: PlantedProblem
        /// Where to look, in a few words.
        public var detail: String
    }

    public static let name = "truth.csv"
    static let header = "key,problem,detail"

    public var rows: [Row]

    /// The problem planted in each encounter that has one.
    public var problems: [String: PlantedProblem] {
        Dictionary(rows.map { ($0.key, $0.problem) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads the truth of a sample day's folder. Throws a `DataFileError` at a line that is not one of ours.
    public static func read(folder: String) throws -> Truth {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.first.map(String.init) == header else {
            throw DataFileError(file: name, line: 1, reason: "does not begin with its header")
        }
        return Truth(
            rows: try lines.enumerated().dropFirst().map { index, line in
                // Details are written without commas.
                let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                guard cells.count == 3, let problem = PlantedProblem(rawValue: cells[1]) else {
                    throw DataFileError(file: name, line: index + 1, reason: "is not key, problem, detail")
                }
                return Row(key: cells[0], problem: problem, detail: cells[2])
            })
    }
}
