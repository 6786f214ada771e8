import ClinicalText
import Testing

@Suite struct TextFinderTests {
    func find(_ term: String, _ text: String) -> Finding? { TextFinder().findings(for: [term], in: text).first }

    @Test(arguments: [
        ("chest pain", "Patient denies chest pain or dyspnea."), ("fracture", "There is no evidence of\nfracture."),
        ("dyspnea", "No chest pain, dyspnea or fever."), ("physical therapy", "She has never tried physical therapy."),
        ("pulmonary embolism", "Pulmonary embolism was ruled out."), ("surgery", "He declined surgery."),
    ])
    func denials(term: String, text: String) throws {
        #expect(try #require(find(term, text)).isNegated)
    }

    @Test(arguments: [
        ("physical therapy", "Failed 6 weeks of physical therapy."),
        ("physical therapy", "No improvement after physical therapy."),
        ("ibuprofen", "No relief with ibuprofen."), ("back pain", "Denies fever but has back pain."),
        ("cough", "No fever. Cough for three days."), ("weakness", "No numbness\nWeakness of the left leg"),
    ])
    func facts(term: String, text: String) throws {
        let finding = try #require(find(term, text))
        #expect(finding.isAsserted)
    }

    @Test func historyFamilyAndDoubt() throws {
        #expect(try #require(find("asthma", "History of asthma.")).isHistorical)
        #expect(try #require(find("asthma", "Past Medical History:\nasthma, eczema")).isHistorical)
        let family = try #require(find("diabetes", "Family History: mother with diabetes"))
        #expect(family.isFamily && !family.isAsserted)
        let doubt = try #require(find("stroke", "MRI to rule out stroke."))
        #expect(doubt.isUncertain && !doubt.isNegated)
        #expect(try #require(find("appendicitis", "Appendicitis cannot be excluded.")).isUncertain)
        #expect(try #require(find("physical therapy", "Plan for physical therapy.")).isUncertain)
        #expect(try #require(find("cancer", "He has cancer.")).isAsserted)
    }

    @Test func termsAreWholeWordsWithTheirPlace() throws {
        let text = "Äpfel. NSAIDs and physical  THERAPY helped."
        let findings = TextFinder().findings(for: ["nsaid", "physical therapy", "rap"], in: text)
        #expect(findings.map(\.term) == ["nsaid", "physical therapy"])
        let bytes = Array(text.utf8)
        #expect(findings.map { String(decoding: bytes[$0.range], as: UTF8.self) } == ["NSAIDs", "physical  THERAPY"])
        #expect(findings[0].sentence == "NSAIDs and physical  THERAPY helped")
    }

    @Test func sectionsCoverTheText() {
        let text = "Seen today.\nHPI: knee pain\nASSESSMENT AND PLAN\nRest; return in 2 weeks.\nBP: 120/80\n"
        let sections = TextFinder().sections(of: text)
        #expect(sections.map(\.title) == [nil, "HPI", "ASSESSMENT AND PLAN", "BP"])
        #expect(sections.first?.range.lowerBound == 0)
        #expect(sections.last?.range.upperBound == text.utf8.count)
        for (one, next) in zip(sections, sections.dropFirst()) {
            #expect(one.range.upperBound == next.range.lowerBound)
        }
        #expect(find("knee pain", text)?.section == "HPI")
    }

    @Test func emptyAsksAndTextsGiveNothing() {
        #expect(TextFinder().findings(for: [], in: "text").isEmpty)
        #expect(TextFinder().findings(for: ["", " .,"], in: "text").isEmpty)
        #expect(TextFinder().findings(for: ["text"], in: "").isEmpty)
        #expect(TextFinder().sections(of: "") == [NoteSection(title: nil, range: 0..<0)])
    }

    @Test func findingsAreLimited() {
        let text = String(repeating: "pain ", count: 20_000)
        let findings = TextFinder().findings(for: ["pain"], in: text)
        #expect(findings.count == TextFinder.maximumFindings)
        #expect(findings.allSatisfy { $0.sentence.utf8.count < 5000 })
    }
}
