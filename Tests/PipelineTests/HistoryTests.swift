import Foundation
import HealthTypes
import Store
import Testing

@testable import Pipeline

/// Records that earlier versions of the program made, which this one reads and replays.
///
/// `Scripts/keep-history` adds one; none is ever changed. Where this fails, a change to a stage altered bytes without a
/// `logic` of its own, a tag was used again, or a form lost its reader.
@Suite struct HistoryTests {
    /// A line of `Tests/Histories/index.tsv`.
    struct History: Sendable, CustomTestStringConvertible {
        var file: String
        var cases: Int
        var entries: Int
        var decisions: Int

        var testDescription: String { file }
    }

    private static let folder = "\(Shipped.root)/Tests/Histories"

    static let all: [History] = {
        let text = (try? String(contentsOfFile: "\(folder)/index.tsv", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
            let columns = line.split(separator: "\t")
            guard columns.count >= 4, let cases = Int(columns[1]), let entries = Int(columns[2]),
                let decisions = Int(columns[3])
            else { return nil }
            return History(file: String(columns[0]), cases: cases, entries: entries, decisions: decisions)
        }
    }()

    @Test func everyKeptRecordIsListed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".db") }
        #expect(!files.isEmpty)
        #expect(files.sorted() == Self.all.map(\.file).sorted())
    }

    @Test(arguments: all) func itIsReadVerifiedAndReplayed(_ history: History) async throws {
        // A copy in a folder of its own: reading makes files beside a record.
        let copy = try TemporaryFolder()
        let path = "\(copy.path)/record.db"
        try FileManager.default.copyItem(atPath: "\(Self.folder)/\(history.file)", toPath: path)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let store = try SQLiteStore.open(path: path, mode: .readOnly)
        let report = try await Verification.run(store)
        #expect(report.faults.map(\.line) == [])
        #expect(report.cases == history.cases)
        #expect(report.entries == history.entries)
        #expect(report.decisions == history.decisions)

        let replayer = Replayer(store: store)
        var replayed = 0
        for number in 1...history.cases {
            for decision in try await replayer.replay(case: CaseNumber(number)) {
                #expect(decision.isIntact && decision.isIdentical, "\(decision.line) \(decision.differences)")
                replayed += 1
            }
        }
        #expect(replayed == history.decisions)
        try await store.close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
}
