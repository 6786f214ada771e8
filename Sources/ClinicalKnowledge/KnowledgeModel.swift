/// An ingredient: combination products, salts and brands map to ingredients by their names.
public struct Drug: Sendable, Hashable {
    public let id: String
    public let name: String
    /// ATC codes; one ingredient has several, by route and use.
    public let atc: [String]
    /// HCPCS codes and the milligrams that one billed unit stands for, where the unit is a mass.
    public let hcpcs: [String: Int?]
    public let synonyms: [String]
    public let classes: [String]
    /// The most that a day's treatment holds, in micrograms, over all indications and routes of the label.
    public let maximumMicrogramsADay: Int?
    public let maximumBasis: String
    public let maximumCitation: String?
}

/// A class of drugs; what is said of a class is said of each drug that names it.
public struct DrugClass: Sendable, Hashable {
    public let id: String
    public let name: String
    public let atcPrefix: String
}

/// A test, image, procedure or visit.
public struct Service: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case test, imaging, procedure, visit
    }

    public let id: String
    public let name: String
    /// CPT or HCPCS codes.
    public let codes: [String]
    public let loinc: String
    public let kind: Kind
    /// Fits every diagnosis: visits, taking blood, and the like.
    public let isGeneral: Bool
    public let synonyms: [String]
    /// Services that this one contains, as a panel contains its tests.
    public let members: [String]
    /// Those of them (`~ID` in the table) that are parts of it and no more: what is said of them does not hold for it.
    public let plainParts: Set<String>
}

public struct Citation: Sendable, Hashable {
    public let id: String
    public let title: String
    public let edition: String
    public let publisher: String
}

/// How a treatment stands to a diagnosis.
public enum Relation: String, Sendable, Codable, CaseIterable {
    case firstLine = "first_line"
    case secondLine = "second_line"
    case alternative, adjunct, comorbidity, prophylaxis, symptomatic, diagnostic, monitors, contraindicated
    case contraindicatedIf = "contraindicated_if"
    case requiresBefore = "requires_before"

    /// How well the relation supports the treatment; nil for those that do not.
    public var score: Score? {
        switch self {
        case .firstLine, .diagnostic: Score(hundredths: 100)
        case .secondLine, .alternative: Score(hundredths: 70)
        case .adjunct, .comorbidity, .prophylaxis, .symptomatic, .monitors: Score(hundredths: 40)
        case .contraindicated, .contraindicatedIf, .requiresBefore: nil
        }
    }

    var words: String {
        switch self {
        case .firstLine: "first-line treatment of"
        case .secondLine: "second-line treatment of"
        case .alternative: "alternative treatment of"
        case .adjunct: "adjunct treatment of"
        case .comorbidity: "treats what often accompanies"
        case .prophylaxis: "prevents complications or recurrence of"
        case .symptomatic: "treats symptoms of"
        case .diagnostic: "diagnoses or evaluates"
        case .monitors: "monitors"
        case .contraindicated, .contraindicatedIf: "is contraindicated in"
        case .requiresBefore: "requires first"
        }
    }
}

/// One cited sentence of the knowledge base.
public struct Statement: Sendable, Hashable {
    /// The table that it stands in, as a path inside the knowledge folder, and its line there.
    public let file: String
    public let line: Int
    /// `drug:ID`, `class:ID` or `service:ID`.
    public let subject: String
    public let relation: Relation
    /// Diagnosis codes and ranges, `*` for any, or, after `requires_before`, a `service:ID`.
    public let object: String
    public let citation: String
    public let locator: String
    public let note: String
    let condition: Condition
    let diagnoses: DiagnosisSet?

    /// The condition's text, empty where the statement is absolute.
    public var conditionText: String { condition.text }
}

/// A treatment that the knowledge base knows: a drug or a service, with all the names it goes by.
public struct KnownTreatment: Sendable, Hashable, Identifiable {
    /// `drug:digoxin`, `service:cbc`.
    public let id: String
    public let name: String
    public let codes: [String]
    public let isDrug: Bool
    let index: Int

    public static func == (left: KnownTreatment, right: KnownTreatment) -> Bool { left.id == right.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
