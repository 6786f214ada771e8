/// Yes, no, or not to be known from what the claim says.
enum Truth: Sendable {
    case no, unknown, yes

    var negated: Truth {
        switch self {
        case .no: .yes
        case .unknown: .unknown
        case .yes: .no
        }
    }
}

/// Where a drug enters the body, as far as a claim tells.
enum Route: String, Sendable, CaseIterable {
    case oral, injection, inhaled, nasal, eye, topical
}

/// The condition under which a statement holds: terms joined by `&`, all of which must hold.
///
/// A term is `age<18` (or `<=`, `>`, `>=`; years), `sex=F`, `pregnancy`, `dx=N18.4/N18.5` (codes and ranges),
/// `egfr<30` (mL/min/1.73 m², told from the stage of chronic kidney disease), `route=oral` (or another ``Route``),
/// `dose>40` (milligrams a day), or `chart` (a fact that no claim states, so that a person has to look); `!` before
/// `pregnancy`, `route=` or `dx=` negates.
struct Condition: Hashable, Sendable {
    enum Term: Hashable, Sendable {
        case age(Comparison, Int)
        case sex(PatientSex)
        case pregnancy
        case diagnosis(DiagnosisSet)
        case filtrationBelow(Int)
        case chart
        case route(Route)
        case doseAbove(Int)
        indirect case not(Term)

        /// Whether the term is about how the drug is given.
        var asksForTreatment: Bool {
            switch self {
            case .route, .doseAbove: true
            case .not(let inner): inner.asksForTreatment
            default: false
            }
        }
    }

    enum Comparison: String, Hashable, Sendable, CaseIterable {
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
        for part in text.split(separator: "&", omittingEmptySubsequences: text.isEmpty) {
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
            case .route(let route)?: return .not(.route(route))
            default: return nil
            }
        }
        if text == "pregnancy" { return .pregnancy }
        if text == "chart" { return .chart }
        if text.hasPrefix("sex=") { return PatientSex(text.dropFirst(4)).map(Term.sex) }
        if text.hasPrefix("dx=") { return DiagnosisSet(text.dropFirst(3), separator: "/").map(Term.diagnosis) }
        if text.hasPrefix("egfr<") { return number(text.dropFirst(5)).map(Term.filtrationBelow) }
        if text.hasPrefix("route=") { return Route(rawValue: String(text.dropFirst(6))).map(Term.route) }
        if text.hasPrefix("dose>") { return number(text.dropFirst(5)).map(Term.doseAbove) }
        guard text.hasPrefix("age") else { return nil }
        let rest = text.dropFirst(3)
        // The two-character comparisons are tried first, since their first characters are comparisons too.
        for comparison in [Comparison.atMost, .atLeast, .below, .above] where rest.hasPrefix(comparison.rawValue) {
            return number(rest.dropFirst(comparison.rawValue.count)).map { .age(comparison, $0) }
        }
        return nil
    }

    /// A whole number of at most six digits.
    private static func number(_ text: some StringProtocol) -> Int? {
        guard (1...6).contains(text.utf8.count), let number = Int(text), number >= 0 else { return nil }
        return number
    }
}
