import Foundation
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// The fixtures of one transaction set: files that are accepted, files that are rejected and for what.
struct FixtureFile: CustomTestStringConvertible, Sendable {
    let folder: String
    let name: String

    var testDescription: String { "\(folder)/\(name)" }
    var isAccepted: Bool { name.hasPrefix("accepted") }
    var bytes: [UInt8] { get throws { try Samples.bytes("sets/\(folder)/\(name)") } }

    /// The errors that it must raise: code, segment with element, loop.
    var expected: [String] {
        get throws {
            let text = String(decoding: try Samples.bytes("sets/\(folder)/expected.tsv"), as: UTF8.self)
            return text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
                .filter { $0.first == name }.map { $0.dropFirst().joined(separator: " ") }
        }
    }

    static let all: [FixtureFile] = {
        let root = Bundle.module.url(forResource: "Fixtures", withExtension: nil)!.appendingPathComponent("sets")
        let manager = FileManager.default
        let folders = (try? manager.contentsOfDirectory(atPath: root.path))?.sorted() ?? []
        return folders.flatMap { folder in
            let names = (try? manager.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)) ?? []
            return names.filter { $0.hasSuffix(".x12") }.sorted().map { FixtureFile(folder: folder, name: $0) }
        }
    }()
}

/// The answers to an input, by a clock and control numbers that stand still.
struct Answered {
    var answers: [AnswerMaker.Kind: [UInt8]] = [:]
    var findings: [Finding] = []
    var summary = X12Summary()
    var failure: (any Error)?

    init(_ bytes: [UInt8], step: Int = .max, memory: Int = 1 << 20) throws {
        var number = 0
        var answers: [AnswerMaker.Kind: [UInt8]] = [:]
        let maker = AnswerMaker(
            at: Samples.noon,
            nextControlNumber: {
                number += 1
                return number
            }, memory: memory
        ) { kind, piece in answers[kind, default: []] += piece }
        var findings: [Finding] = []
        summary = try X12FileChecker().check(MemorySource(bytes, step: step), answering: maker) {
            findings.append($0)
        }
        self.answers = answers
        self.findings = findings
        failure = maker.failure
    }

    init(_ text: String) throws { try self.init(Array(text.utf8)) }

    func document(_ kind: AnswerMaker.Kind) -> X12Document { X12Document(parsing: answers[kind] ?? []) }

    func sets(_ kind: AnswerMaker.Kind) -> [TransactionSet] {
        document(kind).interchanges.flatMap(\.groups).flatMap(\.transactions)
    }

    var implementations: [Acknowledgment999] { Samples.acknowledgments(answers[.implementation] ?? []) }
    var claimAnswers: [ClaimAcknowledgment277CA] {
        (try? ClaimAcknowledgment277CA.all(in: MemorySource(answers[.claims] ?? []))) ?? []
    }
    var interchangeAnswers: [TA1.Reading] {
        document(.ta1).interchanges.flatMap(\.ta1Segments).compactMap(TA1.read)
    }

    /// Segments of the claim answers with an id, as they were written.
    func claimSegments(_ id: String) -> [String] {
        String(decoding: answers[.claims] ?? [], as: UTF8.self).split(separator: "~").map(String.init)
            .filter { $0.hasPrefix(id + "*") }
    }

    /// All of them for people, a segment in each line.
    var text: String {
        AnswerMaker.Kind.allCases.compactMap { answers[$0] }
            .map { String(decoding: $0, as: UTF8.self).replacingOccurrences(of: "~", with: "~\n") }.joined()
    }

    /// What our own guides find in the answers.
    var faults: [String] {
        AnswerMaker.Kind.allCases.flatMap { kind -> [String] in
            var faults: [String] = []
            _ = X12FileChecker().check(answers[kind] ?? [UInt8](Samples.empty)) {
                faults.append("\(kind) \($0.issue.line)")
            }
            return faults
        }
    }
}

extension Samples {
    /// An interchange without content, in which nothing is wrong.
    static let empty: [UInt8] = {
        var writer = SegmentWriter()
        writer.beginInterchange(parties, controlNumber: 1, at: noon, usage: "T")
        writer.write("IEA", "0", "000000001")
        return writer.bytes
    }()

    /// The 999s of an input.
    static func acknowledgments(_ bytes: [UInt8]) -> [Acknowledgment999] {
        var all: [Acknowledgment999] = []
        // Reading from memory throws nothing.
        _ = try? X12UnitReader(MemorySource(bytes)).forEach(Acknowledgment999.self) { all.append($0) }
        return all
    }
}
