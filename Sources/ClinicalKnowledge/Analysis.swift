extension KnowledgeBase {
    /// Judges every treatment of the claim against all of its diagnoses; see docs/clinical-logic.md for the order of
    /// decision and the formulas. The same request and knowledge give the same response, to the byte.
    public func analyze(_ request: AnalyzeRequest, naming: some DiagnosisNaming) -> AnalyzeResponse {
        var analysis = Analysis(base: self, request: request, naming: naming)
        analysis.judgeTreatments()
        analysis.judgeDuplicates()
        return analysis.response()
    }
}

/// One run over one claim.
struct Analysis {
    struct Diagnosis {
        let text: String
        let name: String
        /// Nil where the code is unknown.
        let key: DiagnosisKey?
    }

    let base: KnowledgeBase
    let request: AnalyzeRequest
    let diagnoses: [Diagnosis]
    let patient: PatientFacts
    let resolved: [KnownTreatment?]

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
        var seen: Set<String> = []
        diagnoses = request.icd10Codes.compactMap { text in
            let code = text.uppercased().filter { $0 != "." && !$0.isWhitespace }
            guard seen.insert(code).inserted else { return nil }
            let key = naming.isKnownDiagnosis(code) ? DiagnosisKey(code) : nil
            return Diagnosis(text: text, name: naming.name(ofDiagnosis: code) ?? "", key: key)
        }
        patient = PatientFacts(
            age: request.patientAge, sex: request.patientSex, diagnoses: diagnoses.compactMap(\.key))
        resolved = request.treatments.map(base.resolve)
        for diagnosis in diagnoses {
            if let key = diagnosis.key {
                let index = base.index
                if !index.isCovered(key, forDrugs: true), !index.isCovered(key, forDrugs: false) {
                    note("diagnosis", diagnosis.text, "no statement covers it", decisive: false)
                }
            } else {
                note("diagnosis", diagnosis.text, "not a code of ICD-10-CM or WHO ICD-10 in the tables")
            }
        }
        if request.reportText != nil {
            note("report_text", "", "text takes no part in the score", decisive: false)
        }
    }

    /// Notes what could not be judged; `decisive` where the verdict cannot be PASS for it.
    mutating func note(_ what: String, _ code: String, _ reason: String, decisive: Bool = true) {
        unassessed.append(.init(what: what, code: code, reason: reason))
        if decisive { tally.unassessed += 1 }
    }

    mutating func judgeTreatments() {
        for (billed, known) in zip(request.treatments, resolved) {
            let code = billed.code.isEmpty ? billed.name : billed.code
            guard let known else {
                note("treatment", code, "not in the knowledge base")
                continue
            }
            judgeDose(billed, known)
            let general = base.service(known.index)?.isGeneral == true
            guard general || base.principalUse(known.index) != nil else {
                note("treatment", code, "known, but no statement says what it is for")
                continue
            }
            let isContraindicated = judgeContraindications(billed, known)
            let best = judgeRelevance(billed, known)
            if !isContraindicated, let best { judgeMismatch(billed, known, best) }
            judgeRequirements(billed, known)
        }
    }

    // MARK: Contraindications

    private mutating func judgeContraindications(_ billed: BilledTreatment, _ known: KnownTreatment) -> Bool {
        // Several statements may forbid the same pair; it is one finding.
        var reported: Set<String> = []
        for diagnosis in diagnoses {
            guard let key = diagnosis.key else { continue }
            for position in base.contraindications(known.index, key) {
                switch base.statements[position].condition.evaluate(patient) {
                case .yes where reported.insert(diagnosis.text).inserted:
                    contraindicate(billed, known, diagnosis, position)
                case .unknown: openQuestion(billed, known, position)
                default: break
                }
            }
        }
        let anywhere = base.subjects[known.index].flatMap { base.index.againstAny[$0] ?? [] }
        for position in anywhere {
            switch base.statements[position].condition.evaluate(patient) {
            case .yes:
                guard let diagnosis = diagnosis(behind: base.statements[position].condition),
                    reported.insert(diagnosis.text).inserted
                else { continue }
                contraindicate(billed, known, diagnosis, position)
            case .unknown: openQuestion(billed, known, position)
            case .no: break
            }
        }
        return !reported.isEmpty
    }

    /// The diagnosis that makes a condition hold, or the first where age or sex does.
    private func diagnosis(behind condition: Condition) -> Diagnosis? {
        diagnoses.first { diagnosis in
            guard let key = diagnosis.key else { return false }
            var alone = patient
            alone.diagnoses = [key]
            return condition.evaluate(alone) == .yes
        } ?? diagnoses.first { $0.key != nil } ?? diagnoses.first
    }

    private mutating func contraindicate(
        _ billed: BilledTreatment, _ known: KnownTreatment, _ diagnosis: Diagnosis, _ position: Int
    ) {
        let statement = base.statements[position]
        let reference = base.reference(statement)
        inconsistencies.append(
            .init(
                icd10Code: diagnosis.text, icd10Name: diagnosis.name, treatmentCode: billed.code,
                treatmentName: display(billed, known), relevanceScore: .zero,
                flagReason: "contraindicated: \(base.sentence(statement))", guidelineReference: reference))
        indicators.append(
            .init(
                code: .contraindicated, treatmentCode: billed.code, treatmentName: display(billed, known),
                detail: base.sentence(statement), guidelineReference: reference))
        tally.contraindications += 1
    }

    private mutating func openQuestion(_ billed: BilledTreatment, _ known: KnownTreatment, _ position: Int) {
        let statement = base.statements[position]
        let entry = AnalyzeResponse.ToCheck(
            treatmentCode: billed.code, treatmentName: display(billed, known), condition: statement.condition.text,
            reason: base.sentence(statement), guidelineReference: base.reference(statement))
        if !toCheck.contains(entry) { toCheck.append(entry) }
    }

    // MARK: Relevance

    /// The best score over the claim's diagnoses with the diagnosis that gives it; nil without a known diagnosis.
    private mutating func judgeRelevance(
        _ billed: BilledTreatment, _ known: KnownTreatment
    ) -> (score: Score, diagnosis: Diagnosis)? {
        var best: (score: Score, diagnosis: Diagnosis)?
        var bestSupport = KnowledgeBase.Support()
        for diagnosis in diagnoses {
            guard let key = diagnosis.key else { continue }
            pairs += 1
            let against = base.contraindications(known.index, key).first {
                base.statements[$0].condition.evaluate(patient) == .yes
            }
            let support = against == nil ? base.support(known.index, key, patient) : KnowledgeBase.Support()
            explanations.append(
                .init(
                    icd10Code: diagnosis.text, treatmentCode: billed.code, score: support.score,
                    path: against.map { [base.step($0)] } ?? base.path(known.index, support)))
            if best == nil || support.score > bestSupport.score {
                best = (support.score, diagnosis)
                bestSupport = support
            }
        }
        if bestSupport.isOpen, let position = bestSupport.statement { openQuestion(billed, known, position) }
        return best
    }

    private mutating func judgeMismatch(
        _ billed: BilledTreatment, _ known: KnownTreatment, _ best: (score: Score, diagnosis: Diagnosis)
    ) {
        guard best.score.hundredths < 30 else { return }
        let isStrong = best.score.hundredths < 10
        let isJudgeable = diagnoses.allSatisfy { diagnosis in
            diagnosis.key.map { base.index.isCovered($0, forDrugs: known.isDrug) } ?? false
        }
        if isStrong, !isJudgeable {
            let kind = known.isDrug ? "drugs" : "services"
            note(
                "treatment", billed.code.isEmpty ? billed.name : billed.code,
                "no established relationship, and for some diagnosis no \(kind) are known at all")
            return
        }
        let reference = base.principalUse(known.index).map { use in
            let statement = base.statements[use]
            return "\(base.sentence(statement)): \(base.reference(statement))"
        }
        let reason =
            isStrong
            ? "no established relationship with any diagnosis of the claim in knowledge version \(base.version)"
            : "only a drug of the same class is used for it, and not as a main treatment"
        inconsistencies.append(
            .init(
                icd10Code: best.diagnosis.text, icd10Name: best.diagnosis.name, treatmentCode: billed.code,
                treatmentName: display(billed, known), relevanceScore: best.score, flagReason: reason,
                guidelineReference: reference ?? ""))
        guard isStrong else {
            tally.potentialMismatches += 1
            return
        }
        tally.mismatches += 1
        if known.isDrug {
            indicators.append(
                .init(
                    code: .unrelatedDrug, treatmentCode: billed.code, treatmentName: display(billed, known),
                    detail: reason, guidelineReference: reference))
        }
    }

    func display(_ billed: BilledTreatment, _ known: KnownTreatment?) -> String {
        billed.name.isEmpty ? known?.name ?? "" : billed.name
    }
}
