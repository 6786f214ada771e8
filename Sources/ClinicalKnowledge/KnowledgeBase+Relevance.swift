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
    /// Support by a symptom code goes no higher.
    static let symptomCap = Score(hundredths: 60)

    /// The treatments that a code or a name stands for; by code first, then by name, exact before shortened.
    ///
    /// A code may carry modifiers (`80053-91`). Empty where nothing is known by it.
    public func treatments(matching text: String) -> [KnownTreatment] {
        if let position = position(ofCode: text) { return [treatments[position]] }
        let found = TreatmentName.candidates(text).lazy.compactMap { name -> [KnownTreatment]? in
            let positions = [index.byDrugName[name], index.byServiceName[name]].compactMap { $0 }
            return positions.isEmpty ? nil : positions.map { treatments[$0] }
        }.first
        return found ?? []
    }

    /// The score of one pair, with the cited path to it; zero with an empty path where none is known.
    ///
    /// A contraindication by the diagnosis itself scores zero and gives its own path.
    public func relevance(
        of treatment: KnownTreatment, to diagnosis: String, age: Int? = nil, sex: PatientSex? = nil
    ) -> Relevance {
        guard let key = DiagnosisKey(diagnosis), treatments.indices.contains(treatment.index),
            treatments[treatment.index] == treatment
        else { return Relevance(score: .zero, path: []) }
        let patient = PatientFacts(age: age, sex: sex, diagnoses: [key])
        for position in contraindications(treatment.index, key)
        where statements[position].condition.evaluate(patient) == .yes {
            return Relevance(score: .zero, path: [step(position)])
        }
        let support = support(treatment.index, key, patient)
        return Relevance(score: support.score, path: path(treatment.index, support))
    }

    struct Support {
        var score = Score.zero
        /// The best statement, nil for a general service or where there is none.
        var statement: Int?
        var bySibling = false
        /// The best statement's condition is not to be told from the claim.
        var isOpen = false
    }

    func position(ofCode text: String) -> Int? {
        index.byCode[Self.bareCode(text)]
    }

    /// Upper case, without the modifiers that follow a hyphen, colon or space.
    static func bareCode(_ text: String) -> String {
        text.uppercased().split(whereSeparator: { " -:".contains($0) }).first.map(String.init) ?? ""
    }

    /// The treatment that a billed line means: its code's where the code is known, else its name's in its own kind.
    func resolve(_ billed: BilledTreatment) -> KnownTreatment? {
        if let position = position(ofCode: billed.code) { return treatments[position] }
        let names = billed.kind == .drug ? index.byDrugName : index.byServiceName
        let candidates = TreatmentName.candidates(billed.name) + [TreatmentName.normalised(billed.code)]
        return candidates.lazy.compactMap { names[$0] }.first.map { treatments[$0] }
    }

    /// Statements against the treatment in this diagnosis, whatever their conditions; its own, never a sibling's.
    func contraindications(_ treatment: Int, _ key: DiagnosisKey) -> [Int] {
        subjects[treatment].flatMap { subject in
            key.lineage.flatMap { index.against[.init(subject: subject, code: $0)] ?? [] }
        }
    }

    /// The best support; among equals the one that stands first in the file.
    func support(_ treatment: Int, _ key: DiagnosisKey, _ patient: PatientFacts) -> Support {
        if service(treatment)?.isGeneral == true { return Support(score: Score(hundredths: 100)) }
        var best = Support()
        func consider(_ position: Int, _ score: Score, bySibling: Bool) {
            let truth = statements[position].condition.evaluate(patient)
            guard truth != .no else { return }
            let capped = key.isSymptom ? min(score, Self.symptomCap) : score
            guard capped > best.score || (capped == best.score && position < best.statement ?? 0) else { return }
            best = Support(
                score: capped, statement: position, bySibling: bySibling, isOpen: truth == .unknown)
        }
        for subject in subjects[treatment] {
            for code in key.lineage {
                for position in index.support[.init(subject: subject, code: code)] ?? [] {
                    guard let score = statements[position].relation.score else { continue }
                    consider(position, score, bySibling: false)
                }
            }
        }
        guard best.statement == nil else { return best }
        for group in siblingClasses[treatment] {
            for code in key.lineage {
                for position in index.siblingSupport[.init(subject: group, code: code)] ?? [] {
                    guard let score = statements[position].relation.score else { continue }
                    let lent = score.hundredths >= 70 ? Self.siblingScore : Self.weakSiblingScore
                    consider(position, lent, bySibling: true)
                }
            }
        }
        return best
    }

    func step(_ position: Int) -> AnalyzeResponse.PathStep {
        AnalyzeResponse.PathStep(statement: sentence(statements[position]), citation: reference(statements[position]))
    }

    /// The steps from the treatment to the statement: by itself, by its class, or by a sibling in its class.
    func path(_ treatment: Int, _ support: Support) -> [AnalyzeResponse.PathStep] {
        let known = treatments[treatment]
        guard let position = support.statement else {
            guard support.score > .zero else { return [] }
            return [.init(statement: "\(known.name): fits every diagnosis", citation: "general service")]
        }
        let subject = statements[position].subject
        guard subject != known.id else { return [step(position)] }
        let link: AnalyzeResponse.PathStep
        if support.bySibling {
            let shared = sharedClass(known, subject)
            link = .init(
                statement: "\(known.name) is of the class of \(name(ofSubject: subject)): \(shared?.name ?? "")",
                citation: "ATC \(shared?.atcPrefix ?? "")")
        } else if let group = classes.first(where: { "class:\($0.id)" == subject }) {
            link = .init(statement: "\(known.name) is of the class \(group.name)", citation: "ATC \(group.atcPrefix)")
        } else {
            link = .init(
                statement: "\(known.name) contains \(name(ofSubject: subject))", citation: "panel in services.tsv")
        }
        return [link, step(position)]
    }

    private func sharedClass(_ known: KnownTreatment, _ sibling: String) -> DrugClass? {
        let mine = drugs[known.index].classes
        let theirs = drugs.first { "drug:\($0.id)" == sibling }?.classes ?? []
        return mine.first(where: theirs.contains).flatMap { id in classes.first { $0.id == id } }
    }

    func service(_ treatment: Int) -> Service? {
        treatment >= drugs.count ? services[treatment - drugs.count] : nil
    }

    func drug(_ treatment: Int) -> Drug? { treatment < drugs.count ? drugs[treatment] : nil }

    /// What the treatment is for, as the reference for one that fits nothing: its strongest statement of support.
    func principalUse(_ treatment: Int) -> Int? {
        for subject in subjects[treatment] {
            let positions = index.supportOfSubject[subject] ?? []
            // `max` would keep the last of equals.
            if let best = positions.min(by: { strength($0) > strength($1) }) { return best }
        }
        return nil
    }

    private func strength(_ position: Int) -> Score { statements[position].relation.score ?? .zero }
}
