/// What a claim tells of the patient, with what conditions ask of it most worked out once.
struct PatientFacts: Sendable {
    let age: Int?
    let sex: PatientSex?
    let diagnoses: [DiagnosisKey]
    let pregnancy: Truth
    /// The filtration rate, in mL/min/1.73 m², as the stage of kidney disease bounds it.
    let filtration: Range<Int>?

    init(age: Int? = nil, sex: PatientSex? = nil, diagnoses: [DiagnosisKey]) {
        self.age = age
        self.sex = sex
        self.diagnoses = diagnoses
        pregnancy = Self.pregnancy(age: age, sex: sex, diagnoses: diagnoses)
        filtration = Self.filtration(diagnoses)
    }

    private static func category(_ letter: Unicode.Scalar, _ second: Unicode.Scalar, _ third: Unicode.Scalar) -> UInt64
    {
        UInt64(letter.value) << 56 | UInt64(second.value) << 48 | UInt64(third.value) << 40
    }

    private static let pregnant: [ClosedRange<UInt64>] = [
        category("O", "0", "9")...category("O", "8", "4"), category("O", "9", "8")...category("O", "9", "A"),
        category("Z", "3", "3")...category("Z", "3", "4"), category("Z", "3", "A")...category("Z", "3", "A"),
    ]
    /// Ectopic and ended pregnancies, the puerperium and sequelae: the codes do not say whether she is pregnant.
    private static let perhapsPregnant: [ClosedRange<UInt64>] = [
        category("O", "0", "0")...category("O", "0", "8"), category("O", "8", "5")...category("O", "9", "7"),
    ]

    private static func pregnancy(age: Int?, sex: PatientSex?, diagnoses: [DiagnosisKey]) -> Truth {
        var isPerhaps = false
        for diagnosis in diagnoses {
            let category = diagnosis.prefix(3).bits
            if pregnant.contains(where: { $0.contains(category) }) { return .yes }
            isPerhaps = isPerhaps || perhapsPregnant.contains { $0.contains(category) }
        }
        if isPerhaps { return .unknown }
        if sex == .male { return .no }
        if let age, !(10...60).contains(age) { return .no }
        return .unknown
    }

    /// The stages of chronic kidney disease and their filtration rates (KDIGO 2024, table of GFR categories), and
    /// dependence on dialysis.
    private static let stages: [(code: DiagnosisKey?, range: Range<Int>)] = [
        (DiagnosisKey("Z99.2"), 0..<15), (DiagnosisKey("N18.6"), 0..<15), (DiagnosisKey("N18.5"), 0..<15),
        (DiagnosisKey("N18.4"), 15..<30), (DiagnosisKey("N18.32"), 30..<45), (DiagnosisKey("N18.31"), 45..<60),
        (DiagnosisKey("N18.3"), 30..<60), (DiagnosisKey("N18.2"), 60..<90), (DiagnosisKey("N18.1"), 90..<1000),
    ]

    /// The worst stage that the claim names.
    private static func filtration(_ diagnoses: [DiagnosisKey]) -> Range<Int>? {
        let kidney = diagnoses.filter { $0.isKidneyStage }
        guard !kidney.isEmpty else { return nil }
        return stages.first { stage in
            guard let code = stage.code else { return false }
            return kidney.contains { $0 == code || $0.prefix(min(code.count, $0.count)) == code }
        }?.range
    }
}

extension DiagnosisKey {
    /// Whether the code may say a stage of chronic kidney disease or dialysis: N18, Z99.
    fileprivate var isKidneyStage: Bool {
        let category = prefix(3).bits >> 40
        return category == 0x4e31_38 || category == 0x5a39_39
    }
}

/// What a billed line tells of how a drug is given.
struct TreatmentFacts: Sendable {
    var route: Route?
    var microgramsADay: Int?

    init(route: Route? = nil, microgramsADay: Int? = nil) {
        self.route = route
        self.microgramsADay = microgramsADay
    }

    private static let words: [(word: Substring, route: Route)] = [
        ("oral", .oral), ("orally", .oral), ("po", .oral), ("tablet", .oral), ("tablets", .oral), ("capsule", .oral),
        ("capsules", .oral), ("mouth", .oral), ("iv", .injection), ("im", .injection), ("sc", .injection),
        ("injection", .injection), ("intravenous", .injection), ("intramuscular", .injection),
        ("subcutaneous", .injection), ("infusion", .injection), ("inhaler", .inhaled), ("inhalation", .inhaled),
        ("inhaled", .inhaled), ("nebulized", .inhaled), ("nasal", .nasal), ("ophthalmic", .eye), ("eye", .eye),
        ("topical", .topical), ("cream", .topical), ("ointment", .topical), ("lotion", .topical), ("gel", .topical),
    ]

    private static func route(ofWords text: String) -> Route? {
        let spoken = text.lowercased().split { !$0.isLetter }
        return words.first { spoken.contains($0.word) }?.route
    }

    /// The one route of which all texts speak, such as `INTRAVENOUS` and `SUBCUTANEOUS`; nil where they differ, where one
    /// of them is not known, and where there is none.
    static func route(ofAll texts: [String]) -> Route? {
        let routes = texts.map { route(ofWords: $0) }
        guard let first = routes.first, routes.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    /// Reads the route from the words of the dose and the name, else from the code: an injection's HCPCS code, or the
    /// ATC group that stands for one route.
    static func route(of billed: BilledTreatment) -> Route? {
        for text in [billed.dose ?? "", billed.name] where !text.isEmpty {
            if let found = route(ofWords: text) { return found }
        }
        let code = billed.code.uppercased()
        let isBillingCode = code.utf8.dropFirst().prefix(4).allSatisfy { (0x30...0x39).contains($0) }
        if code.hasPrefix("J"), code.utf8.count >= 5, isBillingCode { return .injection }
        let groups: [(String, Route)] = [
            ("R03A", .inhaled), ("R03B", .inhaled), ("R01", .nasal), ("S01", .eye), ("D", .topical),
        ]
        guard code.utf8.count == 7 else { return nil }
        return groups.first { code.hasPrefix($0.0) }?.1
    }
}

extension KnowledgeImage {
    /// Whether a condition holds for the patient and the treatment; an empty one always does.
    func evaluate(_ condition: Span, _ patient: PatientFacts, _ treatment: TreatmentFacts) -> Truth {
        var result = Truth.yes
        for position in condition.range {
            let term = terms[position]
            let truth = evaluate(term, patient, treatment)
            switch term.isNegated == 0 ? truth : truth.negated {
            case .no: return .no
            case .unknown: result = .unknown
            case .yes: break
            }
        }
        return result
    }

    private func evaluate(_ term: TermRecord, _ patient: PatientFacts, _ treatment: TreatmentFacts) -> Truth {
        let argument = Int(term.argument)
        switch TermRecord.Kind(rawValue: term.kind) {
        case .age:
            guard let age = patient.age else { return .unknown }
            return Condition.Comparison.allCases[Int(term.comparison)].holds(age, argument) ? .yes : .no
        case .sex:
            guard let sex = patient.sex else { return .unknown }
            return (sex == .female) == (argument == 0) ? .yes : .no
        case .pregnancy: return patient.pregnancy
        // A claim names the conditions that were treated: one that it does not name is taken as not stated.
        case .diagnosis: return patient.diagnoses.contains { contains(term.keys, $0) } ? .yes : .no
        case .filtrationBelow:
            guard let range = patient.filtration else { return .unknown }
            return range.upperBound <= argument ? .yes : range.lowerBound >= argument ? .no : .unknown
        case .route: return treatment.route.map { $0 == Route.allCases[argument] ? .yes : .no } ?? .unknown
        case .doseAbove: return treatment.microgramsADay.map { $0 > argument * 1000 ? .yes : .no } ?? .unknown
        case .chart, nil: return .unknown
        }
    }

    /// Whether the code or one of its ancestors is among the sorted keys.
    func contains(_ span: Span, _ code: DiagnosisKey) -> Bool {
        for length in 3...code.count {
            let wanted = code.prefix(length).bits
            var low = Int(span.start)
            var high = low + Int(span.count)
            while low < high {
                let middle = (low + high) / 2
                if keys[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            if low < Int(span.start) + Int(span.count), keys[low] == wanted { return true }
        }
        return false
    }
}
