import ClinicalKnowledge
import HealthTypes
import Testing

/// Tiny invented samples in the forms that the publishers use.
@Suite struct ImportTests {
    let base: KnowledgeBase

    init() throws {
        base = try KnowledgeBase(
            files([
                "statements.tsv": statements([
                    "drug:a\tfirst_line\tK29\t\tlabel\tuses\t", "drug:a\tcontraindicated\tI50\t\tlabel\tnot\t",
                ])
            ]))
    }

    func bytes(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\r\n") + "\r\n").utf8) }

    static let mapHead =
        "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\tmapGroup\tmapPriority\tmapRule\tmapAdvice"
        + "\tmapTarget\tcorrelationId\tmapCategoryId"

    func row(_ concept: String, _ group: Int, _ priority: Int, _ rule: String, _ target: String, active: Int = 1)
        -> String
    {
        "u\t20990101\t\(active)\tm\t6011000124106\t\(concept)\t\(group)\t\(priority)\t\(rule)\tadvice\t\(target)\tc\tk"
    }

    func map() throws -> SnomedMap {
        try SnomedMap(
            extendedMap: bytes([
                Self.mapHead, row("100", 1, 2, "OTHERWISE TRUE", "K29.70"),
                row("100", 1, 1, "IFA 248153007 | Male |", "N40"),
                row("200", 1, 1, "TRUE", "I50.9"), row("200", 2, 1, "TRUE", "I10"),
                row("300", 1, 1, "TRUE", "S72.001?"),
                row("400", 1, 1, "TRUE", "J45", active: 0), row("500", 1, 1, "TRUE", ""),
            ]), set: SnomedMap.icd10cmSet)
    }

    @Test func theMapUsesWhatHoldsForEveryPatient() throws {
        let codes = try map().codes
        #expect(codes == ["100": ["K29.70"], "200": ["I50.9", "I10"], "300": ["S72.001"]])
        let other = try SnomedMap(
            extendedMap: bytes([Self.mapHead, row("100", 1, 1, "TRUE", "K29")]), set: SnomedMap.icd10Set)
        #expect(other.codes.isEmpty)
    }

    @Test func ancestorsAreTheNearestFirstAndACircleEnds() throws {
        let head = "id\teffectiveTime\tactive\tmoduleId\tsourceId\tdestinationId\trelationshipGroup\ttypeId"
        func link(_ from: String, _ to: String, active: Int = 1, type: String = "116680003") -> String {
            "r\t20990101\t\(active)\tm\t\(from)\t\(to)\t0\t\(type)"
        }
        let tree = try SnomedHierarchy(
            relationships: bytes([
                head, link("3", "2"), link("2", "1"), link("1", "3"), link("3", "9", active: 0),
                link("3", "8", type: "7"),
            ]))
        #expect(tree.ancestors(of: "3") == ["2", "1"])
        #expect(tree.ancestors(of: "none") == [])
    }

    @Test func drugCentralGivesProposalsAndChangesNothing() throws {
        let before = base.statements
        let tree = try SnomedHierarchy(
            relationships: bytes([
                "id\teffectiveTime\tactive\tmoduleId\tsourceId\tdestinationId\trelationshipGroup\ttypeId",
                "r\t20990101\t1\tm\t999\t200\t0\t116680003",
            ]))
        let found = try base.proposals(
            drugCentralStructures: bytes(["id\tname", "1\talpha", "2\tbeta", "3\tgamma"]),
            relationships: bytes([
                "id\tstruct_id\tconcept_id\trelationship_name\tconcept_name\tsnomed_conceptid",
                "1\t1\t0\tindication\tGastritis\t100", "2\t1\t0\tindication\tHeart failure\t200",
                "3\t2\t0\toff-label use\tHeart\tfailure\t999".replacingOccurrences("Heart\tfailure", "Heart failure"),
                "4\t1\t0\tcontraindication\tGastritis\t100", "5\t3\t0\tindication\tAny\t100",
                "6\t1\t0\tindication\tNo code\t777", "7\t1\t0\tsymptomatic relief\tOther\t100",
                "8\t1\t0\tindication\tGastritis again\t100",
            ]), map: map(), hierarchy: tree)
        #expect(
            found.statements.map { "\($0.standing) \($0.subject) \($0.relation.rawValue) \($0.object)" } == [
                "known drug:a alternative K29.70", "contradicts drug:a alternative I10 I50.9",
                "new drug:b alternative I10 I50.9", "contradicts drug:a contraindicated_if K29.70",
            ])
        #expect(found.statements[3].condition == "chart")
        #expect(found.statements[2].note == "Heart failure; off-label; mapped by a wider concept")
        #expect(found.unknownDrugs == 1)
        #expect(found.unmappedDiagnoses == 1)
        #expect(base.statements == before)
        let lines = found.text.split(separator: "\n")
        #expect(lines.first?.hasPrefix("# proposals, not applied") == true)
        #expect(lines[2].hasPrefix("contradicts\tdrug:a\talternative\tI10 I50.9\t\tDrugCentral, structure 1"))
        #expect(lines.last == "# 1 records name no drug of the base; 1 no diagnosis with a code")
    }

    private func concept(_ id: String, _ type: String, _ name: String, sab: String = "RXNORM", suppress: String = "N")
        -> String
    {
        "\(id)|ENG||||||a\(id)|||x|\(sab)|\(type)|\(id)|\(name)||\(suppress)||"
    }

    private func link(_ first: String, _ relation: String, _ second: String, sab: String = "RXNORM") -> String {
        "\(first)||CUI|RN|\(second)||CUI|\(relation)|r||\(sab)||||N||"
    }

    @Test func rxNormGivesBrandsAndSalts() throws {
        let found = try base.proposals(
            rxnormConcepts: bytes([
                concept("1", "IN", "alpha"), concept("2", "IN", "beta"), concept("3", "BN", "Alphex"),
                concept("4", "PIN", "beta chloride"), concept("5", "BN", "Brand"), concept("6", "IN", "gamma"),
                concept("7", "BN", "Old", suppress: "O"), concept("8", "BN", "Foreign", sab: "OTHER"),
            ]),
            relations: bytes([
                link("1", "tradename_of", "3"), link("2", "form_of", "4"), link("2", "tradename_of", "5"),
                link("1", "tradename_of", "5"), link("1", "tradename_of", "7"), link("1", "tradename_of", "8"),
                link("1", "isa", "3"), link("6", "tradename_of", "3"),
            ]))
        #expect(
            found.names.map { "\($0.standing) \($0.subject) \($0.value)" } == [
                "new drug:a Alphex", "new drug:b beta chloride", "known drug:b Brand", "contradicts drug:a Brand",
            ])
        #expect(found.unknownDrugs == 1)
    }

    @Test func rxClassGivesStatementsAndClasses() throws {
        func entry(_ drug: String, _ id: String, _ type: String, _ relation: String) -> String {
            """
            {"minConcept":{"rxcui":"1","name":"\(drug)","tty":"IN"},"rela":"\(relation)","relaSource":"MEDRT",\
            "rxclassMinConceptItem":{"classId":"\(id)","className":"a\tname","classType":"\(type)"}}
            """
        }
        let entries = [
            entry("alpha", "D1", "DISEASE", "may_treat"), entry("beta", "D2", "DISEASE", "CI_with"),
            entry("beta", "D3", "DISEASE", "may_prevent"), entry("beta", "A01AA", "ATC1-4", ""),
            entry("gamma", "D1", "DISEASE", "may_treat"), entry("alpha", "M1", "MOA", "has_moa"),
        ]
        let json = try JSON(
            parsing:
                "{\"rxclassDrugInfoList\":{\"rxclassDrugInfo\":[\(entries.joined(separator: ",").replacingOccurrences("\t", "\\t"))]}}"
        )
        let found = try base.proposals(rxClass: json, diseases: ["D1": ["K29"], "D2": ["I50"]])
        #expect(
            found.statements.map { "\($0.standing) \($0.subject) \($0.relation.rawValue) \($0.object)" } == [
                "known drug:a alternative K29", "new drug:b contraindicated_if I50",
            ])
        #expect(found.names.map { "\($0.standing) \($0.subject) \($0.value)" } == ["known drug:b group"])
        #expect(found.unmappedDiagnoses == 1)
        #expect(found.unknownDrugs == 1)
        #expect(found.text.contains("a name"), "a tab in a name does not break the table")
        #expect(throws: KnowledgeImportError.self) { try base.proposals(rxClass: [:], diseases: [:]) }
        let bare = try JSON(parsing: #"{"rxclassDrugInfoList":{"rxclassDrugInfo":[{"rela":"may_treat"}]}}"#)
        #expect(throws: KnowledgeImportError.self) { try base.proposals(rxClass: bare, diseases: [:]) }
    }

    @Test func theATCIndexGivesCodesAndClasses() throws {
        let found = try base.proposals(
            atcIndex: bytes([
                "\"ATC code\"\tATC level name\tDDD", "A01AA\tsome group\t", "A01AA01\talpha\t5", "A01AA09\tbeta\t",
                "A01AA01\tbeta\t", "Z09ZZ09\tgamma\t",
            ]))
        #expect(
            found.names.filter { $0.kind == .atc }.map { "\($0.standing) \($0.subject) \($0.value)" } == [
                "known drug:a A01AA01", "new drug:b A01AA09", "contradicts drug:b A01AA01",
            ])
        #expect(found.names.contains { $0.kind == .classMember && $0.standing == .known && $0.value == "group" })
        #expect(found.unknownDrugs == 1)
    }

    @Test func filesOfAnotherFormAreRefusedWithTheirPlace() throws {
        let noColumn = #expect(throws: KnowledgeImportError.self) {
            try base.proposals(atcIndex: bytes(["code\tname", "A\tb"]))
        }
        #expect(noColumn?.description == "ATC index:1: has no column 'atc code'")
        let short = #expect(throws: KnowledgeImportError.self) {
            try base.proposals(atcIndex: bytes(["ATC code\tATC level name", "A01AA01\talpha", "A01AA02"]))
        }
        #expect(short?.description == "ATC index:3: has 1 cells where 2 are expected")
        #expect(throws: KnowledgeImportError.self) { try SnomedMap(extendedMap: [], set: "1") }
        #expect(throws: KnowledgeImportError.self) {
            try base.proposals(rxnormConcepts: bytes(["1|ENG|P"]), relations: [])
        }
    }
}

extension String {
    fileprivate func replacingOccurrences(_ text: String, _ other: String) -> String {
        split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
    }
}
