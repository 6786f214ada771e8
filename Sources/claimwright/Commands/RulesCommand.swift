import ArgumentParser
import HealthTypes
import Pipeline
import Stages
import Rules

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check the rule packs and run the tests that stand in them.",
        discussion: "Exit codes: 0 all pass; 1 a test fails or a rule is at fault; 2 the packs cannot be read.")

    @OptionGroup var data: HomeOptions

    func run() throws {
        let (book, failures, issues) = try explained {
            let book = try data.dataHome().engines.rules
            return (book, book.runTests(), book.check())
        }
        for failure in failures { print(failure) }
        for issue in issues { print(issue.line) }
        let rules = book.packs.flatMap(\.rules)
        print(
            "\(book.packs.count) packs, \(rules.count) rules, \(rules.map(\.tests.count).reduce(0, +)) tests, \(failures.count) failures"
        )
        if !failures.isEmpty || issues.contains(where: { $0.severity >= .error }) { throw ExitCode(1) }
    }
}
