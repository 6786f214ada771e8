import Foundation
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// Every fixture with the errors that it raises and the answers that it gets. With `CLAIMWRIGHT_UPDATE_GOLDEN=1` in the
/// environment the answers are written anew beside the fixtures, for a person to read the difference.
@Suite struct AnswerGoldenTests {
    @Test(arguments: FixtureFile.all) func errorsAreThoseExpected(file: FixtureFile) throws {
        let answered = try Answered(try file.bytes)
        let errors = answered.findings.filter(\.isError).map { finding in
            let location = finding.issue.location
            let element = location.element.map { padded($0, to: 2) } ?? ""
            return "\(finding.issue.code) \(location.segmentID ?? "-")\(element) \(location.loop ?? "-")"
        }
        #expect(Set(errors) == Set(try file.expected))
        #expect(errors.isEmpty == file.isAccepted)
        #expect(answered.summary.accepted == (file.isAccepted ? answered.summary.transactions : 0))
    }

    @Test(arguments: FixtureFile.all) func answersAreThoseExpected(file: FixtureFile) throws {
        let text = try Answered(try file.bytes).text
        let name = file.name.replacingOccurrences(of: ".x12", with: ".answers")
        if ProcessInfo.processInfo.environment["CLAIMWRIGHT_UPDATE_GOLDEN"] == "1" {
            let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Fixtures/sets/\(file.folder)/\(name)")
            try Data(text.utf8).write(to: url)
        } else {
            #expect(text == String(decoding: try Samples.bytes("sets/\(file.folder)/\(name)"), as: UTF8.self))
        }
    }

    @Test func everyTransactionHasThreeOfEach() {
        let folders = Dictionary(grouping: FixtureFile.all, by: \.folder)
        #expect(folders.count >= 22)
        for (folder, files) in folders {
            #expect(files.count { $0.isAccepted } >= 3, "\(folder)")
            #expect(files.count { !$0.isAccepted } >= 3, "\(folder)")
        }
    }
}
