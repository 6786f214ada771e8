/// Yes, no, or not to be known from what the claim says.
enum Truth: Sendable {
    case no, unknown, yes
}

/// What a claim tells of the patient.
struct PatientFacts: Sendable {
    var age: Int?
    var sex: PatientSex?
    var diagnoses: [DiagnosisKey] = []
}

/// The condition under which a statement holds: terms joined by `&`, all of which must hold.
///
/// A term is `age<18` (or `<=`, `>`, `>=`; years), `sex=F`, `pregnancy`, `dx=N18.4/N18.5` (codes and ranges),
/// `egfr<30` (mL/min/1.73 m², told from the stage of chronic kidney disease), or `chart` (a fact that no claim states,
/// so that a person has to look); `!` before `pregnancy` or `dx=` negates.
struct Condition: Hashable, Sendable {
    enum Term: Hashable, Sendable {
        case age(Comparison, Int)
        case sex(PatientSex)
        case pregnancy
        case diagnosis(DiagnosisSet)
        case filtrationBelow(Int)
        case chart
        indirect case not(Term)
    }

    enum Comparison: String, Hashable, Sendable {
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"

        func holds(_ left: Int, _ right: Int) -> Bool {
            switch self {
            case .atMost: left <= right
            case .atLeast: left >= right
            case .below: left < right
            case .above: left > right
            }
        }
    }

    let text: String
    let terms: [Term]

    /// Nil where a term is not in the grammar. The empty text is the condition that always holds.
    init?(_ text: some StringProtocol) {
        var terms: [Term] = []
        for part in text.split(separator: "&") {
            guard let term = Self.term(String(part.filter { $0 != " " })) else { return nil }
            terms.append(term)
        }
        self.text = String(text)
        self.terms = terms
    }

    var isEmpty: Bool { terms.isEmpty }

    private static func term(_ text: String) -> Term? {
        if text.hasPrefix("!") {
            switch term(String(text.dropFirst())) {
            case .pregnancy?: return .not(.pregnancy)
            case .diagnosis(let set)?: return .not(.diagnosis(set))
            default: return nil
            }
        }
        if text == "pregnancy" { return .pregnancy }
        if text == "chart" { return .chart }
        if text.hasPrefix("sex=") { return PatientSex(text.dropFirst(4)).map(Term.sex) }
        if text.hasPrefix("dx=") { return DiagnosisSet(text.dropFirst(3), separator: "/").map(Term.diagnosis) }
        if text.hasPrefix("egfr<") { return Int(text.dropFirst(5)).map(Term.filtrationBelow) }
        guard text.hasPrefix("age") else { return nil }
        let rest = text.dropFirst(3)
        // The two-character comparisons are tried first, since their first characters are comparisons too.
        for comparison in [Comparison.atMost, .atLeast, .below, .above] where rest.hasPrefix(comparison.rawValue) {
            return Int(rest.dropFirst(comparison.rawValue.count)).map { .age(comparison, $0) }
        }
        return nil
    }

    func evaluate(_ patient: PatientFacts) -> Truth {
        var result = Truth.yes
        for term in terms {
            switch Self.evaluate(term, patient) {
            case .no: return .no
            case .unknown: result = .unknown
            case .yes: break
            }
        }
        return result
    }

    private static func evaluate(_ term: Term, _ patient: PatientFacts) -> Truth {
        switch term {
        case .age(let comparison, let years): patient.age.map { comparison.holds($0, years) ? .yes : .no } ?? .unknown
        case .sex(let sex): patient.sex.map { $0 == sex ? .yes : .no } ?? .unknown
        case .pregnancy: pregnancy(patient)
        // A claim names the conditions that were treated: one that it does not name is taken as not stated.
        case .diagnosis(let set): patient.diagnoses.contains(where: set.contains) ? .yes : .no
        case .filtrationBelow(let limit): filtration(patient, below: limit)
        case .chart: .unknown
        case .not(let inner):
            switch evaluate(inner, patient) {
            case .yes: .no
            case .no: .yes
            case .unknown: .unknown
            }
        }
    }

    private static let pregnant = DiagnosisSet("O09-O84 O98-O9A Z33 Z34 Z3A")
    /// Ectopic and ended pregnancies, the puerperium and sequelae: the codes do not say whether she is pregnant.
    private static let perhapsPregnant = DiagnosisSet("O00-O08 O85-O97")

    private static func pregnancy(_ patient: PatientFacts) -> Truth {
        if let pregnant, patient.diagnoses.contains(where: pregnant.contains) { return .yes }
        if let perhapsPregnant, patient.diagnoses.contains(where: perhapsPregnant.contains) { return .unknown }
        if patient.sex == .male { return .no }
        if let age = patient.age, !(10...60).contains(age) { return .no }
        return .unknown
    }

    /// The stages of chronic kidney disease and their filtration rates (KDIGO 2024, table of GFR categories).
    private static let stages: [(code: String, range: Range<Int>)] = [
        ("N181", 90..<1000), ("N182", 60..<90), ("N1831", 45..<60), ("N1832", 30..<45), ("N183", 30..<60),
        ("N184", 15..<30), ("N185", 0..<15), ("N186", 0..<15),
    ]

    private static func filtration(_ patient: PatientFacts, below limit: Int) -> Truth {
        for (code, range) in stages {
            guard let stage = DiagnosisKey(code), patient.diagnoses.contains(where: { $0.lineage.contains(stage) })
            else { continue }
            if range.upperBound <= limit { return .yes }
            return range.lowerBound >= limit ? .no : .unknown
        }
        return .unknown
    }
}
