import HealthTypes
import Review
import Testing

@testable import Stages

@Suite struct PolicySearchTests {
    private let policies = Shipped.engines.policies

    private func ids(_ words: [String], payer: String = "MERID", on day: String = "2026-03-02", limit: Int = 4)
        -> [String]
    {
        policies.search(words, payerID: payer, on: CalendarDate(day)!, limit: limit).map(\.id)
    }

    @Test func theBestComesFirst() {
        #expect(ids(["72148"]) == ["MERID-IMG-01"])
        #expect(ids(["infliximab", "tuberculosis"]).first == "MERID-RX-07")
        #expect(ids(["J1745"]).first == "MERID-RX-07")
        #expect(ids(["duplicate", "overbilling", "contraindicated"]).first == "SITE-COMP-02")
    }

    /// A payer's own documents and the site's, in force on the day.
    @Test func onlyWhatConcernsThePayerAndTheDay() {
        #expect(ids(["72148"], payer: "CIVIC") == ["CIVIC-IMG-05"])
        #expect(ids(["72148"], payer: "NOBODY") == [])
        #expect(ids(["72148"], on: "2024-12-31") == [])
        #expect(ids(["billing", "claim"], payer: "NOBODY").allSatisfy { $0.hasPrefix("SITE-") })
    }

    @Test func limitsAndWordsThatNothingHolds() {
        #expect(ids(["authorization", "claim", "billing"], limit: 1).count == 1)
        #expect(ids(["authorization"], limit: 0) == [])
        #expect(ids([]) == [])
        #expect(ids(["", "-", "zzzzz"]) == [])
    }

    /// Neither the order nor the repetition of words, nor their case, changes the order of what is found.
    /// Invariant 15: search and ranking are the program's, over the generation.
    @Test func theSameWordsGiveTheSameOrder() {
        let words = ["72148", "99213", "billing", "compliance", "duplicate", "authorization"]
        let found = ids(words)
        #expect(found.count > 1)
        #expect(ids(words.reversed()) == found)
        #expect(ids(words + words.map { $0.uppercased() }) == found)
    }

    @Test func wordsAreLettersAndDigits() {
        #expect(PolicyIndex.words(of: "CO-50: Straßen, J1745 (2,5)") == ["co", "50", "straßen", "j1745", "2", "5"])
    }

    /// Against known values of the natural logarithm.
    @Test(arguments: [(1.0, 0.0), (2.0, 0.693147180559945), (10.0, 2.302585092994046), (1.5, 0.405465108108164)])
    func logarithm(number: Double, expected: Double) {
        #expect(abs(PolicyIndex.logarithm(number) - expected) < 1e-14)
    }

    @Test func everyPlayAndPayerIsOfAKnownKind() {
        #expect(policies.payers["CIVIC"]?.kind == .medicaid)
        #expect(policies.plays["197"]?.route == .appeal)
        #expect(policies.appealWindow(payerID: "MERID", level: 1) == 180)
        #expect(policies.appealWindow(payerID: "MERID", level: 9) == 60)
        #expect(policies.appealWindow(payerID: "NOBODY", level: 1) == 60)
    }

    @Test func aProcedureHasTheServiceTypeOfItsRange() {
        #expect(policies.serviceTypes(of: ["72148"]) == ["62"])
        #expect(policies.serviceTypes(of: ["97110", "70551", "97112"]) == ["62", "PT"])
        // Beyond the last of a range, within it but longer, and of another kind.
        #expect(policies.serviceTypes(of: ["72159", "721480", "J1745", "97597", ""]) == [])
    }

    @Test(arguments: ["70559\t70551\t62", "70551\t7055\t62", "70551\t70559\t"])
    func aRangeThatIsNoneIsRefused(line: String) throws {
        var files = try Shipped.files("Policies").files
        files["service-types.tsv"] = Array("from\tto\tservice_type\n\(line)\n".utf8)
        let error = #expect(throws: DataFileError.self) { try PolicyBook(DataFiles(files: files)) }
        #expect(error?.file == "service-types.tsv" && error?.line == 2)
    }

    /// A word that is not one of the set is refused with its place.
    @Test(arguments: [
        ("payers.tsv", "commercial", "galactic"), ("denial-playbook.tsv", "write-off", "wish"),
        ("appeal-windows.tsv", "commercial", "galactic"),
    ])
    func anUnknownWordIsRefused(file: String, word: String, other: String) throws {
        var files = try Shipped.files("Policies").files
        let text = String(decoding: try #require(files[file]), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("#") ? String(line) : String(line).replacing(word, with: other)
        }
        files[file] = Array(lines.joined(separator: "\n").utf8)
        let error = #expect(throws: DataFileError.self) { try PolicyBook(DataFiles(files: files)) }
        #expect(error?.file == file && error?.line != nil)
    }
}
