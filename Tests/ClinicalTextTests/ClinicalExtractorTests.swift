import ClinicalText
import HealthTypes
import Testing

@Suite struct ClinicalExtractorTests {
    func mentions(_ text: String) throws -> [Mention] { try Shipped.extractor.extract(text).mentions }

    func only(_ text: String, _ kind: VocabularyName.Kind = .condition) throws -> Mention {
        try #require(try mentions(text).first { $0.kind == kind })
    }

    func written(_ text: String, _ mention: Mention) -> String {
        String(decoding: Array(text.utf8)[mention.range], as: UTF8.self)
    }

    // MARK: Names

    @Test(arguments: [
        // Case, number, hyphen and spelling.
        ("HYPERTENSION", "I10"), ("Heart Attacks", "I219"), ("end stage renal disease", "N186"),
        ("end-stage renal disease", "N186"), ("anaemia", "D649"), ("ischaemic heart disease", "I259"),
        ("Alzheimer's disease", "G309"), ("cirrhosis of the liver", "K7460"),
        // Titles, inclusion terms, synonyms, abbreviations, misspellings.
        ("Typhoid meningitis", "A0101"), ("Infectious mononucleosis", "B27"), ("GERD", "K219"), ("SAH", "I609"),
        ("hypertention", "I10"), ("myocardial infraction", "I219"),
        // Wording of translated reports.
        ("high blood pressure disease", "I10"), ("inflammation of the stomach", "K2970"),
        ("degenerative knee joint", "M179"), ("cerebral infarction", "I639"), ("lumbar spine degeneration", "M479"),
    ])
    func conditionsHaveTheirCode(text: String, code: String) throws {
        let sentence = "Diagnosed with \(text)."
        let mention = try only(sentence)
        #expect(written(sentence, mention) == text)
        #expect(mention.codes.first?.system == .icd10cm)
        #expect(mention.codes.first?.value.hasPrefix(code) == true)
        #expect((0.6...0.95).contains(mention.confidence))
    }

    @Test(arguments: [
        ("Metformin", "A10BA02"), ("glucophage", "A10BA02"), ("LIPITOR", "C10AA05"), ("amoxicilin", "J01CA04"),
        ("acetylsalicylic acid", "B01AC06"), ("paracetamol", "N02BE01"), ("APAP", "N02BE01"),
    ])
    func drugsHaveTheirCode(text: String, code: String) throws {
        let mention = try only("Takes \(text) daily.", .substance)
        #expect(mention.codes == [Code(.atc, code)])
    }

    @Test(arguments: [
        ("drug-induced retinal vasculitis", "retinal vasculitis"),
        ("severe hepatocellular damage", "hepatocellular damage"),
        ("an impaired renal function", "impaired renal function"), ("his blorpopathy", "blorpopathy"),
    ])
    func formMakesACondition(text: String, name: String) throws {
        let mention = try only(text)
        #expect(written(text, mention) == name)
    }

    @Test(arguments: [
        ("given zorbamycin", "zorbamycin"), ("MK-801 was given", "MK-801"), ("22-oxacalcitriol", "22-oxacalcitriol"),
        ("bupropion HCl", "bupropion HCl"),
    ])
    func formMakesASubstance(text: String, name: String) throws {
        #expect(written(text, try only(text, .substance)) == name)
    }

    @Test func theLongestNameWinsAndPlacesAreBytes() throws {
        let text = "Äpfel; chronic obstructive pulmonary disease, asthma"
        let found = try mentions(text)
        #expect(found.map { written(text, $0) } == ["chronic obstructive pulmonary disease", "asthma"])
    }

    @Test(arguments: [
        "", "   \n", "The patient is a man of few words.", "diagnosis, prognosis and routine", "Aid for the poor",
    ])
    func proseHasNoNames(text: String) throws {
        #expect(try mentions(text).isEmpty)
    }

    // MARK: Abbreviations of the text

    @Test func whatTheTextExplainsIsKnownEverywhere() throws {
        let text = "Acute zorbic nephropathy (AZN) is rare. AZN resolved. Stop PAN."
        let found = try mentions(text)
        #expect(found.map { written(text, $0) }.filter { $0 == "AZN" }.count == 2)
        #expect(found.allSatisfy { written(text, $0) != "PAN" })
    }

    @Test func whatTheTextExplainsWinsOverTheUsualMeaning() throws {
        let text = "Motivational interviewing (MI) was used. MI helped."
        #expect(try mentions(text).isEmpty)
        #expect(try only("Acute MI.").codes == [Code(.icd10cm, "I219")])
    }

    @Test func theNearestDefinitionBeforeCounts() throws {
        let text = "Myocardial infarction (AZ). AZ. Gout of AZ kind. Methotrexate (AZ)? No: asthmatic zone (AZ). AZ."
        let found = try mentions(text).filter { written(text, $0) == "AZ" }
        #expect(found.isEmpty)
        let other = "Deep zoster (DZ): DZ, DZs. Digitalis zinc (DZ): DZ."
        let kinds = try mentions(other).filter { written(other, $0).hasPrefix("DZ") }.map(\.kind)
        #expect(kinds.suffix(2) == [.substance, .substance])
    }

    @Test func anAbbreviationIsForgottenBeyondItsReach() throws {
        let text = "Acute zorbic nephropathy (AZN). AZN. " + String(repeating: "word ", count: 100) + "AZN."
        let near = ClinicalExtractor(Shipped.vocabulary, abbreviationReach: 100)
        #expect(try near.extract(text).mentions.count == 3)
        #expect(try mentions(text).count == 4)
    }

    /// Thousands of definitions and of triggers cost no more than in proportion: this would not end in time if each
    /// word were compared with each definition.
    @Test func manyDefinitionsAreNoTrap() throws {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
        var text = ""
        for first in letters {
            for second in letters {
                for third in letters.prefix(4) {
                    text += "\(first)cute \(second)orbic \(third)ephropathy (\(first)\(second)\(third)). "
                }
            }
        }
        #expect(try mentions(text).count > 5000)
        let denials = String(repeating: "no gout but ", count: 20_000)
        // Some are cut off from their denial where a sentence without end is cut.
        #expect(try mentions(denials).count { $0.context == .negated } > 19_800)
    }

    @Test func aTextLongerThanTheLimitIsRefused() {
        let bytes = [UInt8](repeating: 0x20, count: ClinicalExtractor.maximumBytes + 1)
        #expect(throws: TextError(.tooLarge, at: Location(byte: ClinicalExtractor.maximumBytes))) {
            try Shipped.extractor.extract(utf8: bytes)
        }
    }

    @Test func bytesThatAreNoTextDoNoHarm() throws {
        let bytes = Array("asthma ".utf8) + [0xff, 0xfe, 0x00, 0x80] + Array(" gout".utf8)
        #expect(try Shipped.extractor.extract(utf8: bytes).mentions.count == 2)
    }

    // MARK: Written codes

    @Test func aWrittenCodeWinsOverTheName() throws {
        let extraction = try Shipped.extractor.extract(
            "Type 2 diabetes mellitus (E11.65). Diabetes, poorly controlled. Gout.")
        let diabetes = try #require(extraction.mentions.first)
        #expect(diabetes.codes == [Code(.icd10cm, "E1165")])
        #expect(diabetes.confidence == 1)
        #expect(extraction.codes.map(\.code.value) == ["E1165", "M109"])
        #expect(extraction.codes[0].isWritten && extraction.codes[0].confidence == 1)
        #expect(!extraction.codes[1].isWritten)
    }

    @Test(arguments: [
        ("Dx: K21.9", "K219", CodeSystem.icd10cm), ("ICD-10: K219", "K219", .icd10cm),
        ("on C09AA03 since", "C09AA03", .atc),
        ("CPT 99213 billed", "99213", .cpt), ("HCPCS J1160", "J1160", .hcpcs),
        ("S72.001A fracture", "S72001A", .icd10cm),
    ])
    func codesAreRead(text: String, value: String, system: CodeSystem) throws {
        #expect(try Shipped.extractor.extract(text).writtenCodes.map(\.code) == [Code(system, value)])
    }

    @Test(arguments: [
        "K219 was the room", "order 99213", "Q99.99 is no code", "vitamin B12 and T4", "L4-L5", "version 2.10.1",
    ])
    func whatOnlyLooksLikeACodeIsNone(text: String) throws {
        #expect(try Shipped.extractor.extract(text).writtenCodes.isEmpty)
    }

    @Test func aDeniedNameGivesNoCode() throws {
        let codes = try Shipped.extractor.extract("Denies asthma. Mother had gout. Possible anemia. Has psoriasis.")
            .codes
        #expect(codes.map(\.code.value) == ["L409"])
    }

    // MARK: Sections

    @Test func sectionsSayWhatStandsInThem() throws {
        let text = """
            CHIEF COMPLAINT: headache
            Past Medical History:
            asthma
            Family History
            gout
            Allergies: amoxicillin
            Direction of treatment: metformin 500 mg
            """
        let extraction = try Shipped.extractor.extract(text)
        #expect(extraction.sections.map(\.kind) == [.complaint, .history, .family, .allergies, .plan])
        #expect(extraction.sections.last?.range.upperBound == text.utf8.count)
        #expect(
            extraction.mentions.map(\.context) == [[], .historical, .family, .allergy, []])
        #expect(extraction.mentions.map(\.section) == [.complaint, .history, .family, .allergies, .plan])
    }

    // MARK: Doses

    @Test(arguments: [
        ("metformin 500 mg PO BID", 500.0, "mg", "oral", 2.0),
        ("Metformin 500mg by mouth twice a day", 500, "mg", "oral", 2),
        ("metformin 1,000 mg every 12 hours", 1000, "mg", nil, 2), ("aspirin 81 mg once daily", 81, "mg", nil, 1),
        ("warfarin 2.5 mg every other day", 2.5, "mg", nil, 0.5),
        ("aspirin 1 tablet 3 times per day", 1, "tablet", nil, 3),
        ("atorvastatin 40-80 mg at bedtime", 80, "mg", nil, 1), ("amoxicillin 500 mg q8h", 500, "mg", nil, 3),
        ("paracetamol 1 g every 6 hours", 1, "g", nil, 4), ("digoxin 0.25mg daily", 0.25, "mg", nil, 1),
        ("warfarin one tablet every 2 days", 1, "tablet", nil, 0.5),
        ("metformin: drink 2 pills a day", 2, "pill", "oral", 1),
    ])
    func doses(text: String, amount: Double, unit: String, route: String?, times: Double) throws {
        let dosage = try #require(try only(text, .substance).dosage)
        #expect(dosage.amount == amount)
        #expect(dosage.unit == unit)
        #expect(dosage.route == route)
        #expect(dosage.timesPerDay == times)
    }

    @Test func aDoseBelongsToItsDrug() throws {
        let found = try mentions("Aspirin and warfarin 5 mg daily as needed. Metformin helped in 2 weeks.")
        #expect(found.map { $0.dosage?.milligrams } == [nil, 5, nil])
        #expect(found[1].dosage?.isAsNeeded == true)
        #expect(found[2].dosage == nil)
    }
}
