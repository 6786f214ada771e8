import Foundation
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What the checker says of an input and what it answers.
struct Judgement {
    let findings: [Finding]
    let summary: X12Summary
    /// The answers, all of one kind together, as they would be sent.
    private let answers: [AnswerMaker.Kind: [UInt8]]

    init(_ bytes: [UInt8], snip: Int = 5, tables: CodeTables = CodeTables()) {
        var findings: [Finding] = []
        var answers: [AnswerMaker.Kind: [UInt8]] = [:]
        var number = 0
        let maker = AnswerMaker(
            at: Samples.noon,
            nextControlNumber: {
                number += 1
                return number
            }, sink: { answers[$0, default: []] += $1 })
        summary = X12FileChecker(tables: tables, snip: snip).check(bytes, answering: maker) { findings.append($0) }
        self.findings = findings
        self.answers = answers
    }

    init(_ text: String, snip: Int = 5, tables: CodeTables = CodeTables()) {
        self.init(Array(text.utf8), snip: snip, tables: tables)
    }

    var codes: [String] { findings.map(\.issue.code) }
    var errors: [String] { findings.filter(\.isError).map(\.issue.code) }

    /// The finding of a code, which must be there.
    func finding(_ code: String) throws -> Finding {
        try #require(findings.first { $0.issue.code == code }, "\(code) is not among \(codes)")
    }

    func bytes(of kind: AnswerMaker.Kind) -> [UInt8] { answers[kind] ?? [] }

    /// The TA1 segments, one for each interchange.
    var ta1: [TA1.Reading] {
        X12Document(parsing: bytes(of: .ta1)).interchanges.flatMap { $0.ta1Segments.compactMap(TA1.read) }
    }

    /// The 999s, one for each group.
    var groups: [Acknowledgment999] {
        Samples.acknowledgments(bytes(of: .implementation))
    }

    /// IK5 and what stands before it, of all groups.
    var sets: [Acknowledgment999.TransactionResult] { groups.flatMap(\.transactions) }

    /// What our own checker finds wrong with the answers.
    var faultsOfAnswers: [String] {
        AnswerMaker.Kind.allCases.flatMap { kind in
            answers[kind].map { Judgement(answer: $0).errors.map { "\(kind.rawValue): \($0)" } } ?? []
        }
    }

    private init(answer: [UInt8]) {
        var findings: [Finding] = []
        summary = X12FileChecker(snip: 5).check(answer) { findings.append($0) }
        self.findings = findings
        answers = [:]
    }
}

extension Samples {
    /// Every fixture of the folder, by its path in it.
    static let all: [String] = {
        let root = Bundle.module.url(forResource: "Fixtures", withExtension: nil)!
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { ["x12", "837", "835", "270", "271"].contains(($0 as NSString).pathExtension) }.sorted()
    }()

    static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    static func text(_ name: String, _ changes: (String, String)...) throws -> String {
        var text = try text(name)
        for (old, new) in changes {
            try #require(text.contains(old), "\(name) has no \(old)")
            text = text.replacing(old, with: new)
        }
        return text
    }

    static let isa =
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260302*1200*^*00501*000000001*0*T*:~"

    /// An interchange with one group around sets that are given whole, so many as GE01 says.
    static func enveloped(_ body: String, sets: Int = 1, function: String = "HC", version: String = "005010X222A1")
        -> String
    {
        isa + "GS*\(function)*SENDER*RECEIVER*20260302*1200*1*X*\(version)~" + body + "GE*\(sets)*1~IEA*1*000000001~"
    }
}
