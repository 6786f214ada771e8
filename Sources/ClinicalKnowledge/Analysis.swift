extension KnowledgeBase {
    /// Judges every treatment of the claim against all of its diagnoses; see docs/clinical-logic.md for the order of
    /// decision and the formulas. The same request and knowledge give the same response, to the byte.
    public func analyze(_ request: AnalyzeRequest, naming: some DiagnosisNaming) -> AnalyzeResponse {
        var analysis = Analysis(base: self, request: request, naming: naming)
        analysis.judgeTreatments()
        analysis.judgeBilling()
        return analysis.response()
    }
}

/// One run over one claim.
struct Analysis {
    struct Diagnosis {
        let text: String
        let name: String
        /// Nil where the code is unknown.
        let place: DiagnosisPlace?
    }

    /// A line whose treatment is known.
    struct Known {
        let number: Int
        let record: TreatmentRecord
        /// Milligrams of one billed unit; 0 where the unit is no mass.
        let unitMilligrams: Int
        /// What a table of coded drugs says, where the line's own words say nothing.
        let route: Route?
    }

    let base: KnowledgeBase
    let image: KnowledgeImage
    let request: AnalyzeRequest
    let diagnoses: [Diagnosis]
    let patient: PatientFacts
    let resolved: [Known?]

    var pairs = 0
    var inconsistencies: [AnalyzeResponse.Inconsistency] = []
    var indicators: [AnalyzeResponse.OverbillingIndicator] = []
    var explanations: [AnalyzeResponse.Explanation] = []
    var unassessed: [AnalyzeResponse.Unassessed] = []
    var toCheck: [AnalyzeResponse.ToCheck] = []
    var tally = RiskTally()

    init(base: KnowledgeBase, request: AnalyzeRequest, naming: some DiagnosisNaming) {
        self.base = base
        self.request = request
        let image = base.image
        self.image = image
        var diagnoses: [Diagnosis] = []
        diagnoses.reserveCapacity(request.icd10Codes.count)
        for text in request.icd10Codes {
            let key = DiagnosisKey(text)
            let isRepeated = diagnoses.contains { other in
                key.map { $0 == DiagnosisKey(other.text) } ?? (other.text == text)
            }
            guard !isRepeated else { continue }
            let plain = key?.plain
            let name = plain.flatMap { naming.name(ofDiagnosis: $0) }
            // What has a title is known; it need not be looked for twice.
            let isKnown = name != nil || plain.map { naming.isKnownDiagnosis($0) } ?? false
            diagnoses.append(
                Diagnosis(
                    text: text, name: name ?? "",
                    place: isKnown ? key.map { DiagnosisPlace($0, in: image) } : nil))
        }
        self.diagnoses = diagnoses
        patient = PatientFacts(
            age: request.patientAge, sex: request.patientSex, diagnoses: diagnoses.compactMap { $0.place?.key })
        resolved = request.treatments.map { billed in
            base.resolve(billed, naming: naming).map {
                Known(
                    number: $0.number, record: image.treatments[$0.number], unitMilligrams: $0.unitMilligrams,
                    route: $0.route)
            }
        }
        for diagnosis in diagnoses {
            guard let place = diagnosis.place else {
                note("diagnosis", diagnosis.text, "not a code of ICD-10-CM or WHO ICD-10 in the tables")
                continue
            }
            if place.flags == 0 { note("diagnosis", diagnosis.text, "no statement covers it", decisive: false) }
        }
        if request.reportText != nil {
            note("report_text", "", "text takes no part in the score", decisive: false)
        }
        explanations.reserveCapacity(diagnoses.count * request.treatments.count)
    }

    /// Notes what could not be judged; `decisive` where the verdict cannot be PASS for it.
    mutating func note(_ what: String, _ code: String, _ reason: String, decisive: Bool = true) {
        unassessed.append(.init(what: what, code: code, reason: reason))
        if decisive { tally.unassessed += 1 }
    }

    func display(_ billed: BilledTreatment, _ known: Known?) -> String {
        billed.name.isEmpty ? known.map { image.text($0.record.name) } ?? "" : billed.name
    }

    func code(_ billed: BilledTreatment) -> String { billed.code.isEmpty ? billed.name : billed.code }

    mutating func judgeTreatments() {
        var levels: [UInt8] = []
        levels.reserveCapacity(resolved.count * diagnoses.count)
        for known in resolved {
            for diagnosis in diagnoses {
                guard let known, let place = diagnosis.place else {
                    levels.append(0)
                    continue
                }
                levels.append(image.levels(known.number, place))
            }
        }
        for (line, (billed, known)) in zip(request.treatments, resolved).enumerated() {
            guard let known else {
                note("treatment", code(billed), "not in the knowledge base")
                continue
            }
            judgeDose(billed, known)
            guard known.record.isGeneral || known.record.principalStatement != nil else {
                note("treatment", code(billed), "known, but no statement says what it is for")
                continue
            }
            var facts = TreatmentFacts()
            if known.record.flags & TreatmentRecord.needsFacts != 0 {
                facts.route = TreatmentFacts.route(of: billed) ?? known.route
                facts.microgramsADay = billed.dose.flatMap { Dose($0)?.microgramsADay }
            }
            judgePairs(billed, known, facts, levels[(line * diagnoses.count)...])
            judgeRequirements(billed, known, facts)
        }
    }

    // MARK: Pairs

    /// Scores the treatment against each diagnosis, and says what forbids it or what it does not fit.
    ///
    /// `levels` begins with those of the treatment.
    private mutating func judgePairs(
        _ billed: BilledTreatment, _ known: Known, _ facts: TreatmentFacts, _ levels: ArraySlice<UInt8>
    ) {
        var best: (judgement: Judgement, diagnosis: Diagnosis)?
        var forbidden: [(statement: UInt32, diagnosis: Diagnosis)] = []
        var open: [UInt32] = []
        for (position, diagnosis) in diagnoses.enumerated() {
            guard let place = diagnosis.place else { continue }
            pairs += 1
            let judgement = image.judge(
                known.number, place, patient, facts, levels: levels[levels.startIndex + position],
                isUnspecified: { diagnosis.name.utf8.containsUnspecified },
                onOpenContraindication: { if !open.contains($0) { open.append($0) } })
            if let against = judgement.against { forbidden.append((against, diagnosis)) }
            explanations.append(
                .init(
                    icd10Code: diagnosis.text, treatmentCode: billed.code, score: judgement.score,
                    path: base.path(known.number, judgement, claimed: diagnosis.text)))
            if best.map({ judgement.score > $0.judgement.score }) ?? true { best = (judgement, diagnosis) }
        }
        for position in known.record.againstAny.range {
            let statement = image.numbers[position]
            switch image.evaluate(image.statements[statement].terms, patient, facts) {
            case .yes:
                guard let diagnosis = diagnosis(behind: statement, facts),
                    !forbidden.contains(where: { $0.diagnosis.text == diagnosis.text })
                else { continue }
                forbidden.append((statement, diagnosis))
            case .unknown: if !open.contains(statement) { open.append(statement) }
            case .no: break
            }
        }
        for (statement, diagnosis) in forbidden { contraindicate(billed, known, diagnosis, statement) }
        for statement in open { openQuestion(billed, known, statement) }
        if let best {
            if best.judgement.isOpen, let statement = best.judgement.statement {
                openQuestion(billed, known, statement)
            }
            if forbidden.isEmpty { judgeMismatch(billed, known, best.judgement.score, best.diagnosis) }
        }
    }

    /// The diagnosis that makes a condition hold, or the first where age or sex does.
    private func diagnosis(behind statement: UInt32, _ facts: TreatmentFacts) -> Diagnosis? {
        diagnoses.first { diagnosis in
            guard let key = diagnosis.place?.key else { return false }
            let alone = PatientFacts(age: patient.age, sex: patient.sex, diagnoses: [key])
            return image.evaluate(image.statements[statement].terms, alone, facts) == .yes
        } ?? diagnoses.first { $0.place != nil } ?? diagnoses.first
    }

    private mutating func contraindicate(
        _ billed: BilledTreatment, _ known: Known, _ diagnosis: Diagnosis, _ statement: UInt32
    ) {
        let sentence = image.sentence(statement)
        let reference = image.reference(statement)
        inconsistencies.append(
            .init(
                icd10Code: diagnosis.text, icd10Name: diagnosis.name, treatmentCode: billed.code,
                treatmentName: display(billed, known), relevanceScore: .zero,
                flagReason: "contraindicated: \(sentence)", guidelineReference: reference))
        indicate(.contraindicated, billed, known, sentence, reference)
        tally.contraindications += 1
    }

    private mutating func openQuestion(_ billed: BilledTreatment, _ known: Known, _ statement: UInt32) {
        let record = image.statements[statement]
        let condition =
            record.condition.count == 0
            ? "a finer diagnosis: \(image.text(record.object))" : image.text(record.condition)
        ask(billed, known, condition, image.sentence(statement), image.reference(statement))
    }

    /// Adds a question for a person, once.
    mutating func ask(
        _ billed: BilledTreatment, _ known: Known?, _ condition: String, _ reason: String, _ reference: String?
    ) {
        let entry = AnalyzeResponse.ToCheck(
            treatmentCode: billed.code, treatmentName: display(billed, known), condition: condition, reason: reason,
            guidelineReference: reference)
        if !toCheck.contains(entry) { toCheck.append(entry) }
    }

    mutating func indicate(
        _ code: AnalyzeResponse.OverbillingIndicator.Code, _ billed: BilledTreatment, _ known: Known?,
        _ detail: String, _ reference: String?
    ) {
        indicators.append(
            .init(
                code: code, treatmentCode: billed.code, treatmentName: display(billed, known), detail: detail,
                guidelineReference: reference))
    }

    // MARK: Mismatch

    private mutating func judgeMismatch(
        _ billed: BilledTreatment, _ known: Known, _ score: Score, _ diagnosis: Diagnosis
    ) {
        guard score.hundredths < 30 else { return }
        let isStrong = score.hundredths < 10
        let isDrug = known.record.isDrug
        let isJudgeable = diagnoses.allSatisfy { $0.place?.isCovered(forDrugs: isDrug) ?? false }
        if isStrong, !isJudgeable {
            let kind = isDrug ? "drugs" : "services"
            note(
                "treatment", code(billed),
                "no established relationship, and for some diagnosis no \(kind) are known at all")
            return
        }
        let reference = known.record.principalStatement.map { "\(image.sentence($0)): \(image.reference($0))" }
        let reason =
            isStrong
            ? "no established relationship with any diagnosis of the claim in knowledge version \(base.version)"
            : "only a weak relationship with the diagnoses of the claim: see the path"
        inconsistencies.append(
            .init(
                icd10Code: diagnosis.text, icd10Name: diagnosis.name, treatmentCode: billed.code,
                treatmentName: display(billed, known), relevanceScore: score, flagReason: reason,
                guidelineReference: reference ?? ""))
        guard isStrong else {
            tally.potentialMismatches += 1
            return
        }
        tally.mismatches += 1
        if isDrug { indicate(.unrelatedDrug, billed, known, reason, reference) }
        if known.record.serviceKind == .visit { indicate(.unrelatedReferral, billed, known, reason, reference) }
    }
}

extension String.UTF8View {
    /// Whether the text has the word `unspecified`, as the titles of ICD-10 write it.
    fileprivate var containsUnspecified: Bool {
        let word = "nspecified".utf8
        var rest = self[...]
        while let place = rest.firstIndex(of: UInt8(ascii: "n")) {
            if rest[place...].starts(with: word) { return true }
            rest = rest[rest.index(after: place)...]
        }
        return false
    }
}
