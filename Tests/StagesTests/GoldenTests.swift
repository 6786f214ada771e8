import Claims
import Foundation
import HealthTypes
import Stages
import Testing

/// The bytes of the record as they were once written, kept as text in `Fixtures/record.txt`: whatever is renamed or moved
/// in the program, no byte of them changes. A line that is there never changes; new ones are added. Invariant 6.
@Suite struct GoldenTests {
    /// A line: a name, and a value in canonical form.
    struct Line: Hashable, CustomStringConvertible {
        var name: String
        var text: String

        var description: String { "\(name)\t\(text)" }
    }

    private static func lines(_ name: String, _ values: [some Recorded]) throws -> [Line] {
        try values.enumerated().map { number, value in
            Line(name: "\(name) \(number)", text: String(decoding: try Canonical.encode(value), as: UTF8.self))
        }
    }

    /// Everything that a body may hold, as this program writes it.
    private static func written() throws -> [Line] {
        var lines = try RecordedTests.events.enumerated().map { number, event in
            // What a decision raises is its entry's.
            let raises: [Reason] =
                if case .decided(let decision, _) = event { decision.raises } else { [RecordedTests.reasons[0]] }
            return Line(
                name: "event \(number) \(event.kind.rawValue)",
                text: String(decoding: try CaseEntry(event, message: 17, raises: raises).body(), as: UTF8.self))
        }
        lines += try Self.lines("reason", RecordedTests.reasons)
        lines += try Self.lines("outcome", RecordedTests.outcomes)
        lines += try Self.lines("work", RecordedTests.kinds)
        lines += try Self.lines("resolution", RecordedTests.resolutions)
        lines += try Self.lines("answer", RecordedTests.answers)
        lines += try Self.lines("send", RecordedTests.sends)
        lines += try Self.lines("stage", Stage.allCases)
        lines += try Self.lines("claim state", ClaimState.allCases)
        lines += try Self.lines("failure", DeliveryFailure.allCases)
        return lines
    }

    private static func kept() throws -> [Line] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/record.txt")
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            return Line(name: String(parts[0]), text: String(parts[1]))
        }
    }

    @Test func noByteHasChanged() throws {
        let (written, kept) = (try Self.written(), try Self.kept())
        #expect(written.map(\.name) == kept.map(\.name))
        for (now, then) in zip(written, kept) {
            #expect(now.text == then.text, "\(then.name)")
        }
    }

    /// What was once written is still read, and is what it was.
    @Test func whatWasWrittenIsStillRead() throws {
        let kept = try Self.kept()
        for (event, line) in zip(RecordedTests.events, kept) {
            let entry = try CaseEntry(kind: event.kind, body: Array(line.text.utf8))
            #expect(entry.event == event && entry.message == 17, "\(line.name)")
        }
    }

    /// Every kind of event has its line.
    @Test func nothingIsLeftOut() throws {
        let names = Set(try Self.kept().map { $0.name.split(separator: " ").last.map(String.init) ?? "" })
        for kind in CaseEvent.Kind.allCases { #expect(names.contains(kind.rawValue)) }
    }

    /// The tags by which rows are listed and counted are those of the record.
    @Test func listsHaveTheTagsOfTheRecord() throws {
        func tag(_ value: some Recorded) throws -> String? {
            // A stage, and in it a tag alone or one with what belongs to it.
            guard case .object(let outer) = try JSON(parsing: Canonical.encode(value)), let inner = outer.members.first
            else { return nil }
            if case .object(let cased) = inner.value { return cased.members.first?.name }
            return inner.value.string
        }
        for reason in RecordedTests.reasons { #expect(try tag(reason) == reason.tag) }
        for outcome in RecordedTests.outcomes { #expect(try tag(outcome) == outcome.tag) }
        for kind in RecordedTests.kinds { #expect(try tag(kind) == kind.tag) }
        for resolution in RecordedTests.resolutions { #expect(try tag(resolution) == resolution.tag) }
    }
}
