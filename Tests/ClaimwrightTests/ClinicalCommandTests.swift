import Foundation
import Testing

/// The commands on the clinical logic: what each takes and how it ends.
@Suite struct ClinicalCommandTests {
    private static let flagged =
        #"{"icd10_codes":["K29.7"],"treatments":[{"type":"drug","code":"C01AA05","name":"Digoxin"}]}"#
    private static let passing =
        #"{"icd10_codes":["I50.9"],"treatments":[{"type":"drug","code":"C01AA05","name":"Digoxin"}]}"#

    // MARK: analyze

    @Test func eachLineIsAnsweredInItsPlace() throws {
        let program = try Program()
        let good = try program.run("analyze", "--ndjson", input: "\(Self.flagged)\n\(Self.passing)\n")
        #expect(good.status == 0, "\(good.errors)")
        let lines = good.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("\"FLAG\"") && lines[1].contains("\"PASS\""))
        #expect(
            good.errors.contains("2 requests") && good.errors.contains("1 PASS, 1 FLAG, 0 INCONCLUSIVE, 0 not read"))

        let mixed = try program.run("analyze", "--ndjson", "-", input: "\(Self.passing)\nnot json\n{}\n\(Self.passing)")
        let answers = mixed.output.split(separator: "\n")
        #expect(mixed.status == 1 && answers.count == 4)
        #expect(answers[1].hasPrefix("{\"error\":{\"line\":2,") && answers[2].hasPrefix("{\"error\":{\"line\":3,"))
        #expect(answers[0] == answers[3] && answers[0].contains("\"PASS\""))

        let nothing = try program.run("analyze", "--ndjson", input: "")
        #expect(nothing.status == 0 && nothing.output.isEmpty)
        #expect(try program.run("analyze", "--ndjson", "nowhere").status == 2)
        #expect(try program.run("analyze", "--graph", "bolt://h", "--knowledge", "k").status == 64)
    }

    /// More than the blocks in the ring hold, so that all of them are used again, with the answers still in order.
    @Test func manyLinesComeBackInOrder() throws {
        let program = try Program()
        var random = SystemRandomNumberGenerator()
        let kinds = (0..<20_000).map { _ in Bool.random(using: &random) }
        let input = kinds.map { $0 ? Self.flagged : Self.passing }.joined(separator: "\n") + "\n"
        let result = try program.run("analyze", "--ndjson", input: input)
        #expect(result.status == 0)
        let verdicts = result.output.split(separator: "\n").map { $0.contains("\"verdict\":\"FLAG\"") }
        #expect(verdicts == kinds)
    }

    @Test func aLineThatIsTooLongIsPassedOver() throws {
        let program = try Program()
        let long = String(repeating: " ", count: 9 << 20)
        let result = try program.run("analyze", "--ndjson", input: "\(Self.passing)\n\(long)\n\(Self.passing)\n\(long)")
        let lines = result.output.split(separator: "\n")
        #expect(result.status == 1 && lines.count == 4)
        #expect(lines[0] == lines[2] && lines[0].contains("\"PASS\""))
        #expect(lines[1].contains("\"line\":2,") && lines[1].contains("clinical.request-limit"))
        #expect(lines[3].contains("\"line\":4,"))
    }

    @Test func compiledKnowledgeIsKeptWhereItCanBe() throws {
        let program = try Program()
        let folder = "\(program.folder.path)/cache"
        for _ in 0..<2 {
            let result = try program.run(
                ["analyze"], input: Self.passing, environment: ["CLAIMWRIGHT_CACHE": folder])
            #expect(result.status == 0, "\(result.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        }
        // A kept file that is damaged is made anew, and a folder that cannot be made does no harm.
        let kept = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        try program.folder.write("damaged", to: "cache/\(kept)")
        for cache in [folder, "/proc/none"] {
            let result = try program.run(["analyze"], input: Self.passing, environment: ["CLAIMWRIGHT_CACHE": cache])
            #expect(result.status == 0, "\(result.errors)")
        }
        // Others can write here, so that what is kept could be theirs.
        let open = "\(program.folder.path)/open"
        try FileManager.default.createDirectory(
            atPath: open, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
        #expect(try program.run(["analyze"], input: Self.passing, environment: ["CLAIMWRIGHT_CACHE": open]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: open).isEmpty)
        let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(kept)")[.size] as? Int
        #expect(size ?? 0 > 1_000_000)
    }

    // MARK: knowledge

    @Test func builtKnowledgeAnswersAsTheTablesDo() throws {
        let program = try Program()
        let built = try program.run("knowledge", "build", "--output", "k.image")
        #expect(built.status == 0 && built.output.hasPrefix("k.image: knowledge 2"), "\(built.errors)")
        let own = try program.run("analyze", input: Self.flagged)
        let other = try program.run("analyze", "--knowledge", "k.image", input: Self.flagged)
        #expect(own == other && own.status == 1)
        #expect(try program.run("knowledge", "diff", "k.image", "\(Program.root.path)/Knowledge").status == 0)

        let fewer = "\(program.folder.path)/fewer"
        try FileManager.default.copyItem(atPath: "\(Program.root.path)/Knowledge", toPath: fewer)
        try FileManager.default.removeItem(atPath: "\(fewer)/billing-patterns/panels.tsv")
        let differs = try program.run("knowledge", "diff", "k.image", "fewer")
        #expect(differs.status == 1 && differs.output.contains(" removed, 0 changed"))
        #expect(differs.output.contains("\n-  billing-patterns  "))
        #expect(try program.run("knowledge", "diff", "k.image", "none").status == 2)
        #expect(try program.run("knowledge", "build", "--output", "no/such/folder/k").status == 2)
    }

    @Test func whySaysEachPathWithItsCitations() throws {
        let program = try Program()
        let fits = try program.run("knowledge", "why", "I50.9", "digoxin")
        #expect(fits.status == 0 && fits.output.contains("for 0.70") && fits.output.contains("["))
        let nothing = try program.run("knowledge", "why", "K29.7", "C01AA05")
        #expect(nothing.status == 1 && nothing.output.contains("no established relationship"))
        let json = try program.run("knowledge", "why", "N18.6", "metformin", "--format", "json")
        #expect(json.status == 0 && json.output.contains("\"contraindications\": ["))
        #expect(try program.run("knowledge", "why", "I50.9", "no such drug").status == 2)
        #expect(try program.run("knowledge", "why", "I50.9", "digoxin", "--sex", "X").status == 64)
    }

    @Test func theShippedKnowledgeIsCountedAndFitsTogether() throws {
        let program = try Program()
        let stats = try program.run("knowledge", "stats")
        #expect(stats.status == 0 && stats.output.contains("supporting edges: ") && stats.output.contains("74719"))
        let json = try program.run("knowledge", "stats", "--format", "json")
        #expect(json.status == 0 && json.output.contains("\"expandedPairs\""))
        let check = try program.run("knowledge", "check")
        #expect(check.status == 0 && check.output.contains(": 0 issues"), "\(check.output)")
    }

    @Test func proposalsAreWrittenAndNothingElse() throws {
        let program = try Program()
        try program.folder.write("ATC code\tATC level name\nC01AA05\tdigoxin\nC01AA09\tdigoxin\n", to: "atc.tsv")
        let made = try program.run("knowledge", "import", "atc", "atc.tsv")
        #expect(made.status == 0 && made.output.contains("known\tdrug:digoxin\tatc\tC01AA05\tATC index"))
        #expect(made.output.contains("new\tdrug:digoxin\tatc\tC01AA09\tATC index"))
        try program.folder.write("id\tcodes\nD1\tI50.9\n", to: "diseases.tsv")
        try program.folder.write("{}", to: "rxclass.json")
        let wrong = try program.run("knowledge", "import", "rxclass", "rxclass.json", "diseases.tsv")
        #expect(wrong.status == 2 && wrong.errors.contains("RxClass"))
        #expect(try program.run("knowledge", "import", "rxclass", "rxclass.json").status == 64)
        #expect(try program.run("knowledge", "import", "other", "atc.tsv").status == 64)
    }

    @Test func aGraphServerThatIsNotThereIsSaid() throws {
        let program = try Program()
        for command in [["knowledge", "push", "bolt://127.0.0.1:1"], ["analyze", "--graph", "bolt://127.0.0.1:1"]] {
            let result = try program.run(command, input: Self.passing)
            #expect(result.status == 2 && result.errors.contains("the graph server"), "\(result.errors)")
        }
        let secret = try program.run("knowledge", "push", "bolt://me:secret@h")
        #expect(secret.status == 2 && !secret.errors.contains("secret"), "\(secret.errors)")
    }

    // MARK: tables

    @Test func tablesAreListedAndAsked() throws {
        let program = try Program()
        let stats = try program.run("tables", "stats")
        #expect(stats.status == 0 && stats.output.contains("icd10cm: 98186 rows, "))
        let heading = try program.run("tables", "show", "k29")
        #expect(heading.status == 0 && heading.output.hasPrefix("icd10cm K29: Gastritis and duodenitis"))
        let outside = try program.run("tables", "show", "K29.70", "--at", "2020-01-01")
        #expect(outside.output.contains("the day lies outside the table's period"))
        let shared = try program.run("tables", "show", "11")
        #expect(shared.output.contains("pos 11: ") && shared.output.contains("carc 11: "))
        let drug = try program.run("tables", "show", "c01aa05")
        #expect(drug.status == 0 && drug.output.hasPrefix("atc C01AA05: "))
        #expect(try program.run("tables", "show", "6809").output.contains("rxnorm 6809: "))
        let none = try program.run("tables", "show", "Q9Z9Z9")
        #expect(none.status == 1 && none.output.isEmpty)
        #expect(try program.run("tables", "show", "K29", "--at", "yesterday").status == 64)
    }

    @Test func tablesAreMadeFromOfficialFiles() throws {
        let program = try Program()
        let xml = """
            <ICD10CM.tabular><chapter><name>1</name><desc>One (Q00-Q09)</desc><section id="Q00-Q09">
            <desc>Two (Q00-Q09)</desc><diag><name>Q00</name><desc>Gadget</desc></diag></section></chapter>
            </ICD10CM.tabular>
            """
        try program.folder.write(xml, to: "tabular.xml")
        let options = ["--edition", "FY2099", "--period", "2098-10-01..2099-09-30", "--output", "made"]
        let made = try program.run(["tables", "import", "icd10cm", "tabular.xml"] + options)
        #expect(made.status == 0 && made.output.hasPrefix("1 codes, 1 billable"), "\(made.errors)")
        let table = try String(contentsOfFile: "\(program.folder.path)/made/icd10cm.tsv", encoding: .utf8)
        #expect(table.contains("Q00\tb\tGadget"))
        try program.folder.write("<other/>", to: "other.xml")
        #expect(try program.run(["tables", "import", "icd10cm", "other.xml"] + options).status == 2)
        try program.folder.write("00001\tmade up\n", to: "cpt.txt")
        let licensed = try program.run(["tables", "import", "cpt", "cpt.txt"] + options)
        #expect(licensed.status == 0 && licensed.output.hasPrefix("cpt.tsv: 1 codes"), "\(licensed.errors)")
        try program.folder.write("no records\n", to: "hcpcs.txt")
        #expect(try program.run("tables", "import", "hcpcs", "hcpcs.txt", "--edition", "2099-01").status == 2)
    }

    // MARK: extract

    @Test func aNoteGivesItsCodes() throws {
        let program = try Program()
        try program.folder.write(
            "Denies chest pain. Metformin 500 mg twice daily for type 2 diabetes (E11.9).\u{0c}Page two: asthma.",
            to: "n.txt")
        let text = try program.run("extract", "n.txt")
        #expect(text.status == 0 && text.output.hasPrefix("plain, 2 pages"), "\(text.errors)")
        #expect(text.output.contains("  E11.9  1  written  page 1 "))
        #expect(text.output.contains("'chest pain'") && text.output.contains("negated"))
        #expect(text.output.contains("A10BA02") && text.output.contains("'500 mg twice daily'"))
        #expect(text.output.contains("page 2 "))
        let json = try program.run("extract", "--format", "json", "n.txt")
        #expect(json.status == 0 && json.output.contains("\"times_per_day\": 2"))
        let binary = try program.run("extract", "-", input: "a\u{00}b")
        #expect(binary.status == 2 && binary.errors.contains("text.unknown-format"))
        #expect(try program.run("extract", "nowhere").status == 2)
        #expect(try program.run("extract").status == 64)
    }

    @Test func theExtractionIsMeasured() throws {
        let program = try Program()
        let sentences = "1\tc\tchest pain\tThe patient denies chest pain.\tNegated\tRecent\tPatient\n"
        try program.folder.write(
            sentences + sentences.replacing("denies", with: "has").replacing("Neg", with: "Affirm"), to: "n")
        let wrong = try program.run("extract", "--evaluate", "negex", "n")
        #expect(wrong.status == 2, "a status that is neither word")
        try program.folder.write(sentences, to: "n")
        let measured = try program.run("extract", "--evaluate", "negex", "n")
        #expect(measured.status == 0 && measured.output.contains("negated     precision 1.000, recall 1.000"))
        #expect(try program.run("extract", "--evaluate", "other", "n").status == 64)
    }
}
