import ClinicalText
import HealthTypes
import Testing

@Suite struct DeidentifierTests {
    let known = KnownIdentifiers(
        names: ["Imogen Q. Vale", "Tobias Fenwick-Orr"], identifiers: ["MBR-0042-77"],
        birthDates: [CalendarDate(year: 1961, month: 4, day: 9)].compactMap { $0 }, others: ["Maple Hollow"])

    @Test func knownIdentifiersGoWhereverTheyStand() {
        let text = "IMOGEN Vale (vale, imogen), member mbr 004277 of Maple  Hollow, born 4/9/1961. Seen by Orr."
        let redacted = Deidentifier().redact(text, known: known)
        for part in ["imogen", "vale", "0042", "maple", "1961"] {
            #expect(!redacted.text.lowercased().contains(part), "\(part)")
        }
        #expect(redacted.replacements[.name] == 2 + 2)
        #expect(redacted.replacements[.identifier, default: 0] >= 2)
    }

    @Test func namesGoOnlyAsWholeWords() {
        let redacted = Deidentifier().redact("Prevalence of valence.", known: known)
        #expect(redacted.text == "Prevalence of valence.")
        #expect(redacted.replacements.isEmpty)
    }

    @Test(arguments: [
        ("seen 2026-03-02 at", "seen [DATE] at"), ("seen 3/2/26.", "seen [DATE]."),
        ("on March 2, 2026 and 2 Mar 2026", "on [DATE] and [DATE]"), ("in March 2026", "in [DATE]"),
        ("call (555) 010-0199 or 555-010-0123", "call [PHONE] or [PHONE]"), ("SSN 000-12-3456", "SSN [SSN]"),
        ("write a.b@example.org now", "write [EMAIL] now"), ("see https://example.org/x?y=1 ok", "see [URL] ok"),
        ("MRN: A12-99 here", "MRN: [ID] here"), ("number W123456789", "number [ID]"),
        ("lives at 12 Old Mill Road, Apt 4B, in", "lives at [ADDRESS], in"), ("Utica, NY 13501", "Utica, NY [ZIP]"),
        ("a 93-year-old man", "a [AGE OVER 89]-year-old man"), ("aged 104", "aged [AGE OVER 89]"),
        ("Dr. Elspeth Marlowe agreed", "[NAME] agreed"), ("Patient: Wren Castellane", "Patient: [NAME]"),
        ("from 10.20.30.40 today", "from [IP] today"),
    ])
    func identifiersGoByTheirForm(text: String, expected: String) {
        #expect(Deidentifier().redact(text).text == expected)
    }

    @Test(arguments: [
        "BP 120/80, pain 8/10, INR 2.5", "CPT 99213 for K29.70 and E11.9", "a 45-year-old with A1c 7.2%",
        "since 2019 on metformin 500 mg twice daily", "failed 6 weeks of physical therapy", "", "platelets 250",
    ])
    func clinicalFactsStay(text: String) {
        let redacted = Deidentifier().redact(text)
        #expect(redacted.text == text)
        #expect(redacted.replacements.isEmpty)
        #expect(!redacted.isTruncated)
    }

    @Test func longTextIsCutAndSaysSo() {
        let redacted = Deidentifier().redact(String(repeating: "word ", count: 300_000))
        #expect(redacted.isTruncated)
        #expect(redacted.text.utf8.count == Deidentifier.maximumBytes)
    }

    @Test func anyBytesAreTaken() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<300 {
            let bytes = (0..<random.integer(in: 0..<400)).map { _ in UInt8(random.integer(in: 0..<256)) }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = Deidentifier().redact(text, known: KnownIdentifiers(names: [text], identifiers: [text], others: [text]))
            _ = TextFinder().findings(for: ["a", text], in: text)
            _ = TextFinder().sections(of: text)
        }
    }

    /// What was planted is never found again, whatever stands around it.
    @Test func plantedIdentifiersNeverSurvive() {
        var random = SeededRandom(seed: 11)
        let planted = ["Imogen Vale", "000-12-3456", "2026-03-02", "a.b@example.org", "(555) 010-0199", "MBR-0042-77"]
        let filler = ["denies", "pain", "\n", "Plan:", "500 mg", ",", "-", "knee", "(", ")", "."]
        for _ in 0..<300 {
            var words = (0..<20).map { _ in random.pick(filler) }
            let secret = random.pick(planted)
            words.insert(secret, at: random.integer(in: 0..<words.count))
            let redacted = Deidentifier().redact(words.joined(separator: " "), known: known)
            #expect(!redacted.text.contains(secret))
        }
    }
}
