import HealthTypes

/// How well a treatment fits a diagnosis, and on what that rests.
public struct Relevance: Sendable, Hashable {
    public var score: Score
    public var path: [AnalyzeResponse.PathStep]
}

extension KnowledgeBase {
    /// What a sibling in the class lends: a drug that is not named for the diagnosis may still be used for it.
    static let siblingScore = Score(hundredths: 30)
    /// The same where the sibling is itself only adjunct, preventive or symptomatic.
    static let weakSiblingScore = Score(hundredths: 20)
    /// Of a statement's score, where the claim's code may be the statement's but says less.
    static let belowPercent = 50
    /// Support by a symptom code goes no higher.
    static let symptomCap = Score(hundredths: 60)

    /// The treatments that a code or a name stands for; by code first, then by name, exact before shortened.
    ///
    /// A code may carry modifiers (`80053-91`). Empty where nothing is known by it.
    public func treatments(matching text: String) -> [KnownTreatment] {
        if let found = image.treatment(ofCode: text) { return [treatment(found.number)] }
        for name in TreatmentName.candidates(text) {
            let numbers = [image.drugNames, image.serviceNames].compactMap { image.treatment(ofName: name, in: $0) }
            if !numbers.isEmpty { return numbers.map(treatment) }
        }
        return []
    }

    /// The score of one pair, with the cited path to it; zero with an empty path where none is known.
    ///
    /// A contraindication by the diagnosis itself scores zero and gives its own path.
    public func relevance(
        of treatment: KnownTreatment, to diagnosis: String, age: Int? = nil, sex: PatientSex? = nil
    ) -> Relevance {
        guard let key = DiagnosisKey(diagnosis), treatment.index < image.treatments.count,
            image.text(image.treatments[treatment.index].id) == treatment.id
        else { return Relevance(score: .zero, path: []) }
        let patient = PatientFacts(age: age, sex: sex, diagnoses: [key])
        let judgement = image.judge(
            treatment.index, DiagnosisPlace(key, in: image), patient, TreatmentFacts(), isUnspecified: { false })
        return Relevance(
            score: judgement.score,
            path: path(treatment.index, judgement, claimed: key.dotted))
    }

    func step(_ statement: UInt32, weight: Score? = nil) -> AnalyzeResponse.PathStep {
        let record = image.statements[statement]
        let relation = image.relation(statement)
        return AnalyzeResponse.PathStep(
            statement: image.text(record.sentence), citation: image.text(record.reference),
            from: image.text(record.subjectID), relation: relation.rawValue, to: image.text(record.object),
            weight: weight ?? relation.score ?? .zero)
    }

    /// The steps from the treatment to the statement: by itself, by its class, or by a sibling in its class; then
    /// what the code of the claim takes away.
    func path(_ treatment: Int, _ judgement: Judgement, claimed: String) -> [AnalyzeResponse.PathStep] {
        if let statement = judgement.against { return [step(statement)] }
        let record = image.treatments[treatment]
        guard let statement = judgement.statement else {
            guard judgement.score > .zero else { return [] }
            return [
                .init(
                    statement: "\(image.text(record.name)): fits every diagnosis", citation: "general service",
                    from: image.text(record.id), relation: "general", to: "*", weight: judgement.score)
            ]
        }
        var steps: [AnalyzeResponse.PathStep] = []
        let subject = image.statements[statement].subjectID
        if subject != record.id { steps.append(link(record, statement, judgement)) }
        steps.append(step(statement))
        if judgement.kind == .below {
            steps.append(
                .init(
                    statement: "\(claimed) may be, and does not say that it is, the finer diagnosis",
                    citation: "ICD-10-CM tabular list", from: image.text(image.statements[statement].object),
                    relation: "may_be", to: claimed, weight: Score(hundredths: Self.belowPercent)))
        }
        if judgement.isCapped {
            steps.append(
                .init(
                    statement: "\(claimed) is a symptom: many treatments fit it",
                    citation: "ICD-10-CM chapter 18", from: claimed, relation: "symptom", to: claimed,
                    weight: Self.symptomCap))
        }
        return steps
    }

    /// How a statement about another subject reaches the treatment.
    private func link(
        _ record: TreatmentRecord, _ statement: UInt32, _ judgement: Judgement
    ) -> AnalyzeResponse.PathStep {
        let name = image.text(record.name)
        let id = image.text(record.id)
        let other = image.statements[statement]
        let subject = image.text(other.subjectID)
        let subjectName = image.text(other.subjectName)
        if judgement.kind == .sibling {
            let group = image.classes[Int(judgement.via)]
            return .init(
                statement: "\(name) is of the class of \(subjectName): \(image.text(group.name))",
                citation: "ATC \(image.text(group.prefix))", from: id, relation: "sibling", to: subject,
                weight: judgement.score)
        }
        if !record.isDrug {
            return .init(
                statement: "\(name) contains \(subjectName)", citation: "panel in services.tsv", from: id,
                relation: "contains", to: subject, weight: Score(hundredths: 100))
        }
        return .init(
            statement: "\(name) is of the class \(subjectName)",
            citation: "ATC \(image.text(other.subjectPrefix))", from: id, relation: "is_a", to: subject,
            weight: Score(hundredths: 100))
    }
}

/// A diagnosis as the graph sees it: the numbers of its code and of the headings above it, the finest first.
struct DiagnosisPlace {
    let key: DiagnosisKey
    /// Whether the first number is that of the code itself.
    private(set) var isExact = false
    private(set) var codes: [UInt32] = []
    private(set) var flags: UInt32 = 0

    init(_ key: DiagnosisKey, in image: KnowledgeImage) {
        self.key = key
        var length = key.count
        codes.reserveCapacity(5)
        while length >= 3 {
            if let slot = image.code(key.prefix(length)) {
                if length == key.count { isExact = true }
                codes.append(slot.number)
                flags |= slot.flags
            }
            length -= 1
        }
    }

    /// Whether any drug, or any service, is known to fit the code or an ancestor of it.
    func isCovered(forDrugs: Bool) -> Bool { flags & (forDrugs ? CodeSlot.forDrugs : CodeSlot.forServices) != 0 }
}

/// How a treatment stands to one diagnosis.
struct Judgement {
    var score = Score.zero
    /// The best supporting statement; nil for a general service, a contraindication, or where there is none.
    var statement: UInt32?
    var kind = EdgeRecord.Kind.own
    /// The class by which a sibling supports.
    var via: UInt16 = 0
    /// The best statement's condition is not to be told from the claim.
    var isOpen = false
    var isCapped = false
    /// The first statement that forbids the pair.
    var against: UInt32?
}

extension KnowledgeImage {
    /// Looks for a contraindication, then for the treatment's own statements, then for statements about finer codes
    /// than the claim's, then for siblings. Among equals the statement that stands first counts.
    ///
    /// `isUnspecified` is asked only where the treatment has no statement of its own; `levels` is what
    /// ``levels(_:_:)`` gave for the pair.
    @inline(__always)
    func judge(
        _ treatment: Int, _ place: DiagnosisPlace, _ patient: PatientFacts, _ facts: TreatmentFacts,
        levels: UInt8 = .max, isUnspecified: () -> Bool, onOpenContraindication: (UInt32) -> Void = { _ in }
    ) -> Judgement {
        var best = Judgement()
        var below = Judgement()
        var sibling = Judgement()
        var isBelowAllowed: Bool?
        for (level, code) in place.codes.enumerated() where levels & (1 << UInt8(level)) != 0 {
            for position in edges(treatment, code) {
                let edge = edges[position]
                let kind = EdgeRecord.Kind(rawValue: edge.kind) ?? .own
                switch kind {
                case .against:
                    switch condition(edge.statement, patient, facts) {
                    case .yes where best.against == nil: best.against = edge.statement
                    case .unknown: onOpenContraindication(edge.statement)
                    default: break
                    }
                case .againstBelow:
                    guard level == 0, place.isExact, condition(edge.statement, patient, facts) != .no else { break }
                    onOpenContraindication(edge.statement)
                case .own: consider(edge, kind, &best, patient, facts)
                case .below:
                    guard best.statement == nil else { break }
                    if level > 0 || !place.isExact {
                        let isAllowed = isBelowAllowed ?? isUnspecified()
                        isBelowAllowed = isAllowed
                        guard isAllowed else { break }
                    }
                    consider(edge, kind, &below, patient, facts)
                case .sibling:
                    guard best.statement == nil else { break }
                    consider(edge, kind, &sibling, patient, facts)
                }
            }
        }
        if best.against != nil { return Judgement(against: best.against) }
        if best.statement == nil { best = sibling.score > below.score ? sibling : below }
        if treatments[treatment].isGeneral { return Judgement(score: Score(hundredths: 100)) }
        if place.key.isSymptom, best.score > KnowledgeBase.symptomCap {
            best.score = KnowledgeBase.symptomCap
            best.isCapped = true
        }
        return best
    }

    @inline(__always)
    private func condition(_ statement: UInt32, _ patient: PatientFacts, _ facts: TreatmentFacts) -> Truth {
        let span = statements[statement].terms
        return span.count == 0 ? .yes : evaluate(span, patient, facts)
    }

    @inline(__always)
    private func consider(
        _ edge: EdgeRecord, _ kind: EdgeRecord.Kind, _ best: inout Judgement, _ patient: PatientFacts,
        _ facts: TreatmentFacts
    ) {
        let score = Score(hundredths: Int(edge.score))
        guard score > best.score || (score == best.score && edge.statement < best.statement ?? 0) else { return }
        let truth = condition(edge.statement, patient, facts)
        guard truth != .no else { return }
        best.score = score
        best.statement = edge.statement
        best.kind = kind
        best.via = edge.via
        best.isOpen = truth == .unknown
    }
}
