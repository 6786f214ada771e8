import Claims
import HealthTypes

/// One kind of encounter: who comes, why, what is done, and what the note says. Every diagnosis fits every service
/// that points to it, so that an alarm about a clean encounter is a false one.
struct Scenario: Sendable {
    /// A way into the pipeline.
    enum Path: String, CaseIterable, Sendable {
        /// HL7 v2 messages and a FHIR chart.
        case hospital
        /// An 837 from the billing company.
        case outside
        /// A line of JSON.
        case web
    }

    /// One service and the diagnoses of the scenario that it is for, by position.
    struct Service: Sendable {
        var procedure: String
        var modifiers: [String]
        var units: Int
        /// Positions in the scenario's diagnoses, from zero.
        var reasons: [Int]
        /// Whether a clinician orders it before the day.
        var isOrdered: Bool
        /// The units of the order, of which the day sees the first.
        var plannedUnits: Int
        var ndc: String?

        init(
            _ procedure: String, _ modifiers: [String] = [], units: Int = 1, for reasons: [Int] = [0],
            ordered: Bool = false, planned: Int? = nil, ndc: String? = nil
        ) {
            self.procedure = procedure
            self.modifiers = modifiers
            self.units = units
            self.reasons = reasons
            isOrdered = ordered
            plannedUnits = planned ?? units
            self.ndc = ndc
        }
    }

    /// A drug that the patient takes or shall take.
    struct Drug: Sendable {
        var atc: String
        var name: String
        var dose: String
        /// Drafted for the visit, where the others have been taken for a while.
        var isNew: Bool

        init(_ atc: String, _ name: String, _ dose: String, isNew: Bool = false) {
            self.atc = atc
            self.name = name
            self.dose = dose
            self.isNew = isNew
        }
    }

    /// What a chart may say of one of the payer's criteria for an authorization.
    struct Criterion: Sendable {
        var id: String
        var met: String
        var contradicted: String
    }

    var name: String
    /// The scheduler's words.
    var reason: String
    var weight: Int
    var specialty: Specialty
    /// Who orders what is ordered; nil where the attending does.
    var orderingSpecialty: Specialty?
    var paths: Set<Path>
    var payers: Set<SamplePayer>
    var sex: Person.Sex?
    var ages: ClosedRange<Int>
    /// Alternatives, of which one is drawn; ICD-10-CM with the dot, and its display words.
    var diagnoses: [[(code: String, words: String)]]
    var services: [Service]
    var drugs: [Drug]
    /// What the note begins with.
    var story: String
    var criteria: [Criterion]

    init(
        _ name: String, _ reason: String, weight: Int, by specialty: Specialty, ordering: Specialty? = nil,
        paths: Set<Path>, payers: Set<SamplePayer> = Set(SamplePayer.allCases), sex: Person.Sex? = nil,
        ages: ClosedRange<Int> = 18...88, diagnoses: [[(code: String, words: String)]], services: [Service],
        drugs: [Drug] = [], story: String, criteria: [Criterion] = []
    ) {
        self.name = name
        self.reason = reason
        self.weight = weight
        self.specialty = specialty
        orderingSpecialty = ordering
        self.paths = paths
        self.payers = payers
        self.sex = sex
        self.ages = ages
        self.diagnoses = diagnoses
        self.services = services
        self.drugs = drugs
        self.story = story
        self.criteria = criteria
    }

    /// The scenario of that name; a name that no table has is a mistake in this target.
    static func named(_ name: String) -> Scenario {
        guard let scenario = (all + plantedOnly).first(where: { $0.name == name }) else {
            preconditionFailure("no scenario \(name)")
        }
        return scenario
    }

    /// The scenarios of clean encounters.
    static let all = officeVisits + treatments + imaging

    /// Draws one by weight among those that the path and the payer allow.
    static func draw(path: Path, payer: SamplePayer, _ random: inout SeededRandom) -> Scenario {
        let open = all.filter { $0.paths.contains(path) && $0.payers.contains(payer) && $0.ages.overlaps(payer.ages) }
        var ticket = random.integer(in: 0..<open.map(\.weight).reduce(0, +))
        for scenario in open {
            ticket -= scenario.weight
            if ticket < 0 { return scenario }
        }
        preconditionFailure("a ticket below the sum of the weights draws a scenario")
    }
}
