import HealthTypes

/// Measures an extractor on a public set and says the result in lines for people.
public enum TextQuality {
    /// The form in which a set is given out.
    public enum Format: String, Sendable, CaseIterable {
        /// Sentences with one concept each, affirmed or negated.
        case negex
        /// Tokens with tags of chemicals and diseases.
        case bc5cdr
    }

    /// In bytes; about two abstracts, so that an abbreviation of one abstract is not read into the next but one.
    static let abbreviationReach = 2500

    /// The measures on the whole set and on each half of it; throws a `DataFileError` that names the first line that
    /// is not of the format, or a ``TextError``.
    public static func lines(_ format: Format, name: String, bytes: [UInt8], vocabulary: ClinicalVocabulary) throws
        -> [String]
    {
        switch format {
        case .negex:
            let sentences = try NegationSet(name: name, bytes: bytes).sentences
            let middle = sentences.count / 2
            let extractor = ClinicalExtractor(vocabulary)
            let parts = [
                ("all", sentences), ("first half", Array(sentences[..<middle])),
                ("second half", Array(sentences[middle...])),
            ]
            return parts.flatMap { title, part in
                let report = NegationReport(part, extractor: extractor)
                return [
                    "\(title): \(part.count) sentences, \(report.unreadable) without their concept",
                    "  negated     \(report.negated.line)", "  historical  \(report.historical.line)",
                ]
            }
        case .bc5cdr:
            let set = try TaggedSet(name: name, bytes: bytes)
            let extractor = ClinicalExtractor(vocabulary, abbreviationReach: abbreviationReach)
            let parts = [("all", set.sentences), ("first half", set.half(1)), ("second half", set.half(2))]
            return try parts.flatMap { title, part in
                let report = try TaggedSetReport(part, extractor: extractor)
                return [
                    "\(title): \(part.count) sentences", "  both        \(report.all.line)",
                    "  conditions  \(report.conditions.line)", "  substances  \(report.substances.line)",
                ]
            }
        }
    }
}
