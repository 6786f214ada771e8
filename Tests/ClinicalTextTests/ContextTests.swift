import ClinicalText
import Testing

@Suite struct ContextTests {
    func context(_ phrase: String, _ text: String) -> MentionContext? {
        Shipped.extractor.context(of: phrase, in: text)
    }

    @Test(arguments: [
        "Denies CHEST PAIN or dyspnea.", "No evidence of acute CHEST PAIN.", "CHEST PAIN was ruled out.",
        "Without cough, fever, or CHEST PAIN.", "Negative for CHEST PAIN.", "CHEST PAIN is absent.",
        "The patient never had CHEST PAIN.", "He does not have CHEST PAIN.",
    ])
    func denied(text: String) {
        #expect(context("chest pain", text) == .negated)
    }

    @Test(arguments: [
        "Has CHEST PAIN.", "Denies fever but has CHEST PAIN.", "No increase in CHEST PAIN.",
        "No fever. CHEST PAIN today.",
        "Not only CHEST PAIN but nausea.", "COMPLICATIONS: None. DIAGNOSIS: CHEST PAIN",
        "COMPLICATIONS: None  DIAGNOSIS: CHEST PAIN", "1) No lesion 2) CHEST PAIN",
        "No fever\nCHEST PAIN since Monday", "No fever and positive for CHEST PAIN.",
    ])
    func said(text: String) {
        #expect(context("chest pain", text) == [])
    }

    @Test(arguments: [
        ("Possible PNEUMONIA.", MentionContext.uncertain), ("Rule out PNEUMONIA.", .uncertain),
        ("PNEUMONIA cannot be excluded.", .uncertain), ("History of PNEUMONIA.", .historical),
        ("PNEUMONIA in the past.", .historical), ("Her mother had PNEUMONIA.", .family),
        ("Allergic to PNEUMONIA vaccine.", .allergy), ("No history of PNEUMONIA.", .negated),
        ("No family history of PNEUMONIA.", .negated), ("A 60 year old with PNEUMONIA.", MentionContext()),
    ])
    func otherContexts(text: String, expected: MentionContext) throws {
        #expect(try #require(context("pneumonia", text)).isSuperset(of: expected))
        if expected == [] { #expect(context("pneumonia", text) == []) }
    }

    @Test func aPhraseThatIsNotThereHasNoContext() {
        #expect(context("gout", "No fever.") == nil)
        #expect(context("", "No fever.") == nil)
    }
}
