import ClinicalKnowledge
import HealthTypes
import Testing

@Suite struct KnowledgeTests {
    @Test func whatShipsIsWithoutFault() {
        #expect(shipped.check().map(\.line) == [])
    }

    @Test func everyStatementHasItsSource() {
        for statement in shipped.statements {
            #expect(shipped.citations[statement.citation] != nil, "statements.tsv:\(statement.line)")
        }
    }

    @Test func whatShipsIsLargeEnough() {
        let statistics = shipped.statistics()
        #expect(statistics.drugs >= 110)
        #expect(statistics.services >= 120)
        #expect(statistics.statements >= 450)
        #expect(statistics.drugsWithoutStatement == 0)
        #expect(statistics.inheritedPairs > statistics.assertedPairs)
        #expect(statistics.statementsByRelation.values.reduce(0, +) == statistics.statements)
    }

    @Test(arguments: [
        ("C01AA05", "drug:digoxin"), ("Lanoxin", "drug:digoxin"), ("Metformin HCl 500 mg tablets", "drug:metformin"),
        ("J1100", "drug:dexamethasone"), ("J1885", "drug:ketorolac"), ("J3420", "drug:cyanocobalamin"),
        ("80053-91", "service:cmp"), ("HbA1c", "service:hba1c"), ("metoprolol succinate ER", "drug:metoprolol"),
    ])
    func treatmentsAreFoundByCodeAndName(text: String, id: String) {
        #expect(shipped.treatments(matching: text).map(\.id) == [id])
    }

    @Test func whatIsNotKnownIsNotGuessed() {
        #expect(shipped.treatments(matching: "metformin and something else").isEmpty)
        #expect(shipped.treatments(matching: "").isEmpty)
    }

    @Test(arguments: [
        ("drug:a\tcures\tK29\t\tlabel\tuses\t", "relation"), ("drug:a\tfirst_line\t29K\t\tlabel\tuses\t", "object"),
        ("drug:a\tfirst_line\tK30-K29\t\tlabel\tuses\t", "object"), ("\tfirst_line\tK29\t\tlabel\t\t", "subject"),
        ("drug:a\tfirst_line\tK29\tage~5\tlabel\tuses\t", "condition"), ("drug:a\tfirst_line\tK29", "cells"),
        ("drug:a\tfirst_line\t*\t\tlabel\tuses\t", "object"),
        ("drug:a\tcontraindicated\tK29\tage<5\tlabel\tuses\t", "condition"),
        ("drug:a\tcontraindicated_if\tK29\t\tlabel\tuses\t", "condition"),
        ("drug:a\trequires_before\tK29\t\tlabel\tuses\t", "service"),
    ])
    func brokenStatementsAreReportedWithTheirLine(row: String, word: String) {
        let error = #expect(throws: DataFileError.self) {
            try KnowledgeBase(files(["statements.tsv": statements(["drug:a\tfirst_line\tK29\t\tlabel\tuses\t", row])]))
        }
        #expect(error?.description.hasPrefix("statements.tsv:4: ") == true)
        #expect(error?.reason.contains(word) == true)
    }

    @Test func tablesMayLieInFoldersOfTheirName() throws {
        let whole = files()
        var parts = whole.files
        parts["statements/b.tsv"] = Array(statements(["drug:b\tfirst_line\tK31\t\tlabel\tuses\t"]).utf8)
        parts["statements/a.tsv"] = Array(statements(["drug:a\tfirst_line\tK30\t\tnone\tuses\t"]).utf8)
        parts["text/synonyms.tsv"] = []
        parts["elsewhere.tsv"] = []
        let base = try KnowledgeBase(DataFiles(files: parts))
        #expect(base.statements.map(\.file) == ["statements.tsv", "statements/a.tsv", "statements/b.tsv"])
        #expect(base.check().map(\.code) == ["knowledge.unread-file", "knowledge.uncited"])
        #expect(base.check().last?.location.source == "statements/a.tsv")

        // The folder alone will do, and a fault in it is told with its file and line.
        parts["statements.tsv"] = nil
        #expect(try KnowledgeBase(DataFiles(files: parts)).statements.count == 2)
        parts["statements/a.tsv"] = Array(statements(["drug:a\tcures\tK30\t\tlabel\tuses\t"]).utf8)
        let error = #expect(throws: DataFileError.self) { try KnowledgeBase(DataFiles(files: parts)) }
        #expect(error?.description.hasPrefix("statements/a.tsv:3: ") == true)
    }

    @Test func brokenTablesAreReported() {
        let head = "id\tatc\thcpcs\tname\tsynonyms\tclasses\tmax_daily_mg\tmax_basis\tmax_citation\n"
        for (row, line) in [
            ("a\t\tJ1=x\tA\t\t\t\t\t", 2), ("a\t\t\tA\t\t\t5\t\t", 2), ("a\t\t\tA\t\t\tmuch\t\tlabel", 2),
        ] {
            let error = #expect(throws: DataFileError.self) { try KnowledgeBase(files(["drugs.tsv": head + row])) }
            #expect(error?.line == line)
        }
        #expect(throws: DataFileError.self) { try KnowledgeBase(files(["VERSION": " \n"])) }
        #expect(throws: DataFileError.self) { try KnowledgeBase(files(["services.tsv": "id\tcodes\nt\t80001\n"])) }
        #expect(throws: DataFileError.self) { try KnowledgeBase(DataFiles(files: [:])) }
    }

    @Test(arguments: [
        ("drug:z\tfirst_line\tK30\t\tlabel\tuses\t", "knowledge.dangling-subject"),
        ("drug:a\tfirst_line\tK30\t\tnowhere\tuses\t", "knowledge.uncited"),
        ("drug:a\tfirst_line\tK30\t\t\tuses\t", "knowledge.uncited"),
        ("drug:a\trequires_before\tservice:none\t\tlabel\tuses\t", "knowledge.dangling-object"),
        ("drug:a\tfirst_line\tK29\t\tlabel\telsewhere\t", "knowledge.duplicate-statement"),
        ("class:group\tcontraindicated\tK28-K30\t\tlabel\tuses\t", "knowledge.contradiction"),
    ])
    func checkFindsWhatDoesNotFit(row: String, code: String) throws {
        let sound = "drug:a\tfirst_line\tK29\t\tlabel\tuses\t"
        #expect(try KnowledgeBase(files()).check().isEmpty)
        let knowledge = try KnowledgeBase(files(["statements.tsv": statements([sound, row])]))
        #expect(knowledge.check().map(\.code) == [code])
    }

    @Test func checkFindsSharedNamesAndDanglingClasses() throws {
        let drugs =
            "id\tatc\thcpcs\tname\tsynonyms\tclasses\tmax_daily_mg\tmax_basis\tmax_citation\n"
            + "a\tA01AA01\t\tAlpha\t\tnone\t\t\t\nb\tA01AA01\t\tBeta\talpha\t\t10\tadults\tnowhere\n"
        let codes = try KnowledgeBase(files(["drugs.tsv": drugs])).check().map(\.code)
        #expect(
            codes == [
                "knowledge.dangling-class", "knowledge.uncited", "knowledge.duplicate-code", "knowledge.duplicate-name",
            ])
    }

    @Test func uncitedStatementsTakeNoPart() throws {
        let knowledge = try KnowledgeBase(files(["statements.tsv": statements(["drug:a\tfirst_line\tK29\t\t\t\t"])]))
        let alpha = try #require(knowledge.treatments(matching: "Alpha").first)
        #expect(knowledge.relevance(of: alpha, to: "K29").score == .zero)
    }

    @Test func theVersionNamesTheBytes() throws {
        let one = try KnowledgeBase(files())
        let two = try KnowledgeBase(files(["statements.tsv": statements(["drug:a\tfirst_line\tK31\t\tlabel\t\t"])]))
        #expect(one.version.hasPrefix("1+"))
        #expect(one.version != two.version)
    }

    @Test func rangesHoldEveryCategoryBetweenTheirEnds() throws {
        let knowledge = try KnowledgeBase(
            files(["statements.tsv": statements(["drug:a\tfirst_line\tC76-C80 O98-O9A\t\tlabel\t\t"])]))
        let alpha = try #require(knowledge.treatments(matching: "Alpha").first)
        for code in ["C76.0", "C7A.00", "C80", "O99.4", "O9A"] {
            #expect(knowledge.relevance(of: alpha, to: code).score == Score(hundredths: 100), "\(code)")
        }
        for code in ["C75", "C81.0", "O97", "P00", "nonsense", ""] {
            #expect(knowledge.relevance(of: alpha, to: code).score == .zero, "\(code)")
        }
    }
}
