import HealthTypes

/// A rule on how services are billed, from `billing-rules.tsv`.
public struct BillingRule: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The services are panels: all the tests of one billed apart on a day are the panel taken to pieces.
        case panelInParts = "panel_in_parts"
        /// A service of the list does not belong to a visit that was for nothing but the diagnoses of the rule.
        case notForMinor = "not_for_minor"
        /// Each service can be done `limit` times to one person; the diagnoses say that it has been done before.
        case timesInALifetime = "times_in_a_lifetime"
        /// Each service can be billed for no more than `limit` units on a line.
        case unitsALine = "units_a_line"
    }

    public let id: String
    public let kind: Kind
    /// Ids of services, without `service:`.
    public let services: [String]
    /// Zero where the kind has none.
    public let limit: Int
    public let citation: String
    public let locator: String
    public let note: String
    let diagnoses: DiagnosisSet?
    let file: String
    let line: Int

    init(_ row: KnowledgeRow) throws {
        guard let kind = Kind(rawValue: row.text("kind")) else { throw row.error("kind is not a known one") }
        let limit = row.text("limit")
        let needsLimit = kind == .timesInALifetime || kind == .unitsALine
        guard needsLimit ? (Int(limit) ?? 0) > 0 : limit.isEmpty else {
            throw row.error(needsLimit ? "limit is not a number above zero" : "limit has no meaning for this kind")
        }
        let diagnoses = row.text("diagnoses")
        self.diagnoses = DiagnosisSet(diagnoses)
        guard diagnoses.isEmpty || self.diagnoses != nil else {
            throw row.error("diagnoses is not a list of ICD-10 codes and ranges")
        }
        switch kind {
        case .notForMinor where diagnoses.isEmpty: throw row.error("not_for_minor needs its diagnoses")
        case .panelInParts where !diagnoses.isEmpty, .unitsALine where !diagnoses.isEmpty:
            throw row.error("diagnoses have no meaning for this kind")
        default: break
        }
        self.kind = kind
        self.limit = Int(limit) ?? 0
        id = try row.required("id")
        services = row.list("services")
        citation = row.text("citation")
        locator = row.text("locator")
        note = row.text("note")
        file = row.file
        line = row.line
        guard !services.isEmpty else { throw row.error("services is empty") }
    }
}
