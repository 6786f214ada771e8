import ClinicalKnowledge
import Foundation
import HealthTypes
import Terminology
import Testing

@Suite struct InspectionTests {
    private static let tables: CodeTables = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        do { return try CodeTables(DataFiles(folder: folder.appendingPathComponent("CodeTables").path)) } catch {
            fatalError("\(error)")
        }
    }()

    @Test func whyNamesEveryPathWithItsCitation() throws {
        let base = try KnowledgeBase(
            files([
                "statements.tsv": statements([
                    "drug:b\tadjunct\tK29\t\tlabel\tone\t", "class:group\tfirst_line\tK29.7\t\tlabel\ttwo\t",
                    "drug:a\tsecond_line\tK29\t\tlabel\tthree\t",
                    "drug:b\tcontraindicated_if\tK29\tage<5\tlabel\tfour\t",
                    "drug:b\tcontraindicated_if\t*\tpregnancy\tlabel\tfive\t",
                    "drug:b\tcontraindicated_if\t*\tsex=F\tlabel\tsix\t",
                ])
            ]))
        let why = try #require(base.why("Brand", in: "k2970", age: 40, sex: .male, naming: Self.tables))
        #expect(why.diagnosis == "K29.70")
        #expect(why.diagnosisName == "Gastritis, unspecified, without bleeding")
        #expect(why.relevance.score == Score(hundredths: 100))
        #expect(why.supports.map(\.score.description) == ["1.00", "0.40", "0.30"])
        #expect(why.contraindications.isEmpty)
        let citations = why.supports.flatMap(\.steps).map(\.citation)
        #expect(citations.contains("FDA: Label (2020), one"))
        #expect(citations.contains("FDA: Label (2020), two"))
        #expect(citations.contains("FDA: Label (2020), three"))
        #expect(
            why.text.hasPrefix("Beta (drug:b) in K29.70 Gastritis, unspecified, without bleeding: 1.00\n  for 1.00\n"))
        #expect(why.json["supports"]?.array?.count == 3)

        let child = try #require(base.why("Brand", in: "K29.70", age: 3, sex: .female, naming: Self.tables))
        #expect(child.relevance.score == .zero)
        #expect(child.contraindications.map(\.condition) == ["yes", "yes"])
        #expect(child.text.contains("  against\n    Beta: is contraindicated in K29 if age<5\n"))
        let woman = try #require(base.why("Brand", in: "K29.70", age: 30, sex: .female, naming: Self.tables))
        #expect(woman.contraindications.map(\.condition) == ["unknown", "yes"])
    }

    @Test func whyOfWhatIsNotKnownIsNothing() throws {
        let base = try KnowledgeBase(files())
        #expect(base.why("Gamma", in: "K29.70", naming: Self.tables) == nil)
        #expect(base.why("Alpha", in: "gastritis", naming: Self.tables) == nil)
        let none = try #require(base.why("Alpha", in: "I10", naming: Self.tables))
        #expect(none.relevance.path.isEmpty)
        #expect(none.text.contains("no established relationship in knowledge version 1+"))
    }

    /// For every pair of a sample, what counts is the best of all paths or a contraindication.
    @Test func whyAgreesWithTheScore() throws {
        var random = SeededRandom(seed: 12)
        let codes = ["I10", "E11.9", "N18.6", "J45.909", "K29.70", "R07.9", "F32.9", "C50.911", "M54.50", "B20"]
        for _ in 0..<400 {
            let drug = random.pick(shipped.drugs)
            let code = random.pick(codes)
            let why = try #require(shipped.why(drug.id, in: code, age: 50, sex: .male, naming: Self.tables))
            let request = AnalyzeRequest(
                icd10Codes: [code], treatments: [BilledTreatment(.drug, code: "", name: drug.id)], patientAge: 50,
                patientSex: .male)
            let response = shipped.analyze(request, naming: Self.tables)
            #expect(response.explanations.map(\.score) == [why.relevance.score], "\(drug.id) \(code)")
            #expect(response.explanations.map(\.path) == [why.relevance.path], "\(drug.id) \(code)")
        }
    }

    @Test func aDifferenceIsToldRowByRow() throws {
        let before = try KnowledgeBase(files())
        let drugs =
            "id\tatc\thcpcs\tname\tsynonyms\tclasses\tmax_daily_mg\tmax_basis\tmax_citation\n"
            + "b\tA01AA02\tJ0001=5\tBeta\tBrand\tgroup\t20\tadults\tlabel\nc\t\t\tGamma\t\t\t\t\t\n"
        let rows = ["drug:a\tfirst_line\tK29\t\tlabel\tdosage\t", "drug:b\tadjunct\tK30\tage<5\tlabel\tuses\t"]
        let after = try KnowledgeBase(files(["drugs.tsv": drugs, "statements.tsv": statements(rows)]))
        let diff = KnowledgeDiff(before, after)
        #expect(diff.count(.added) == 2)
        #expect(diff.count(.removed) == 1)
        #expect(diff.count(.changed) == 2)
        #expect(
            diff.text.split(separator: "\n").dropFirst() == [
                "-  drugs  a", "~  drugs  b  max_daily_mg: '10' -> '20'", "+  drugs  c",
                "~  statements  drug:a first_line K29  locator: 'uses' -> 'dosage'",
                "+  statements  drug:b adjunct K30 age<5",
            ])
        #expect(KnowledgeDiff(before, try KnowledgeBase(files())).changes.isEmpty)
    }

    @Test func edgesAreCountedApart() throws {
        let base = try KnowledgeBase(
            files([
                "statements.tsv": statements([
                    "class:group\tfirst_line\tK29.7\t\tlabel\t\t", "drug:a\tadjunct\tK29.70\t\tlabel\t\t",
                    "drug:a\tcontraindicated\tN18.5 N18.6\t\tlabel\t\t",
                    "drug:b\tcontraindicated_if\t*\tegfr<15\tlabel\t\t",
                    "drug:b\tcontraindicated_if\t*\tage<5\tlabel\t\t", "drug:z\tfirst_line\tI10\t\tlabel\t\t",
                ])
            ]))
        let bare = base.statistics()
        #expect(bare.supporting.asserted == 3)
        #expect(bare.supporting.inherited == 3)
        #expect(bare.supporting.expanded == 0)
        #expect(bare.diagnosisNodes == 0)
        let whole = base.statistics(expandedBy: Self.tables)
        // K29.70 and K29.71 for two drugs by their class, and K29.70 once more for alpha.
        #expect(whole.supporting.expanded == 5)
        #expect(whole.supporting.expandedPairs == 4)
        #expect(whole.forbidding.expandedPairs == 2)
        #expect(whole.forbiddingAnyDiagnosis == 2)
        #expect(whole.forbiddingByCondition.expandedPairs == 3)
        #expect(whole.billableDiagnoses == Self.tables.billableDiagnoses(under: "").count)
        #expect(whole.drugsWithContraindication == 2)
        #expect(whole.drugsWithMaximumDose == 1)
    }

    @Test func codesThatNoTableHasAreFound() throws {
        let base = try KnowledgeBase(
            files([
                "statements.tsv": statements([
                    "drug:a\tfirst_line\tK29.7 I64\t\tlabel\t\t", "drug:a\tadjunct\tK99\t\tlabel\t\t",
                    "drug:b\tadjunct\tK20-K31\tdx=K29.79\tlabel\t\t", "drug:b\tadjunct\tI10\t!dx=K29.70\tlabel\t\t",
                ])
            ]))
        let issues = base.check(naming: Self.tables)
        #expect(issues.map(\.code) == ["knowledge.dangling-code", "knowledge.dangling-code"])
        #expect(issues.map(\.location.line) == [4, 5])
        #expect(shipped.check(naming: Self.tables).map(\.line) == [])
    }
}
