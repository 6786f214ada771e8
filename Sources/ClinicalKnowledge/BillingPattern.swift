import HealthTypes

/// A pattern of billing that needs no score, from the table `billing-patterns`.
public struct BillingPattern: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// One person can have it so many times.
        case lifetimeMaximum = "lifetime_maximum"
        /// The diagnoses say that it has been done already.
        case doneBefore = "done_before"
        /// The most units that a day can have.
        case dailyUnits = "daily_units"
        /// It does not belong to a visit that was for nothing but the diagnoses.
        case panelForMinorInjury = "panel_for_minor_injury"
        /// It is a panel: all of its tests billed apart on a day are the panel taken to pieces.
        case panelInParts = "panel_in_parts"
    }

    public let kind: Kind
    /// `service:ID`, or `code:CODE` for one code of a service.
    public let subject: String
    /// Zero where the kind has no number.
    public let value: Int
    public let citation: String
    public let locator: String
    public let note: String
    let diagnoses: DiagnosisSet?
    let file: String
    let line: Int

    init(_ row: KnowledgeRow) throws {
        guard let kind = Kind(rawValue: row.text("pattern")) else { throw row.error("pattern is not a known one") }
        subject = try row.required("subject")
        guard subject.hasPrefix("service:") || (subject.hasPrefix("code:") && subject.utf8.count > 5) else {
            throw row.error("subject is neither a service nor a code")
        }
        let value = row.text("value")
        switch kind {
        case .lifetimeMaximum, .dailyUnits:
            guard let number = Int(value), (1...10_000).contains(number) else {
                throw row.error("value is not a number above zero")
            }
            self.value = number
        default:
            guard value.isEmpty else { throw row.error("value has no meaning for this pattern") }
            self.value = 0
        }
        let object = row.text("object")
        switch kind {
        case .doneBefore, .panelForMinorInjury:
            guard let set = DiagnosisSet(object) else {
                throw row.error("object is not a list of ICD-10 codes and ranges")
            }
            diagnoses = set
        default:
            guard object.isEmpty else { throw row.error("object has no meaning for this pattern") }
            diagnoses = nil
        }
        if kind == .panelInParts, !subject.hasPrefix("service:") { throw row.error("a panel is a service") }
        self.kind = kind
        citation = row.text("citation")
        locator = row.text("locator")
        note = row.text("note")
        file = row.file
        line = row.line
    }
}
