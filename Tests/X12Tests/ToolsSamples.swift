import Foundation
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What the tests of the tools read.
enum ToolsSamples {
    /// Every example message of the fixtures, by its path below them.
    static let all: [String] = {
        guard let folder = Bundle.module.url(forResource: "Fixtures", withExtension: nil),
            let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder.path)
        else { return [] }
        let endings = [".x12", ".837", ".835", ".270", ".271"]
        return paths.filter { path in endings.contains { path.hasSuffix($0) } }.sorted()
    }()

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// An ISA of 106 bytes with these delimiters.
    static func header(_ number: Int = 7, _ delimiters: String = "*:^~", version: String = "00501") -> String {
        let marks = Array(delimiters)
        let text =
            "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260302*1200*^*\(version)*"
            + "\(padded(number, to: 9))*0*T*:~"
        return String(
            text.map { $0 == "*" ? marks[0] : $0 == ":" ? marks[1] : $0 == "^" ? marks[2] : $0 == "~" ? marks[3] : $0 })
    }

    /// One set in its envelopes; `body` is what stands between ST and SE, a segment each.
    static func interchange(_ id: String, _ guide: String, group: String, _ body: [String]) -> [UInt8] {
        var text = header() + "GS*\(group)*SENDER*RECEIVER*20260302*1200*7*X*\(guide)~ST*\(id)*0001*\(guide)~"
        for segment in body { text += segment + "~" }
        return Array((text + "SE*\(body.count + 2)*0001~GE*1*7~IEA*1*000000007~").utf8)
    }

    static func findings(_ bytes: [UInt8]) -> (lines: [String], summary: X12Summary) {
        var lines: [String] = []
        let summary = X12FileChecker(snip: 7).check(bytes) { lines.append($0.json.text) }
        return (lines, summary)
    }

    static func codes(_ bytes: [UInt8]) -> [String] {
        var codes: [String] = []
        _ = X12FileChecker(snip: 7).check(bytes) { if $0.isError { codes.append($0.issue.code) } }
        return codes
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
