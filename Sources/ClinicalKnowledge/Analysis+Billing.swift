import HealthTypes

extension Analysis {
    /// Tests that must come before the treatment and that the claim does not show.
    mutating func judgeRequirements(_ billed: BilledTreatment, _ known: KnownTreatment) {
        for position in base.subjects[known.index].flatMap({ base.index.requirements[$0] ?? [] }) {
            let statement = base.statements[position]
            guard statement.condition.evaluate(patient) != .no else { continue }
            let isBilled = resolved.contains { other in
                guard let other, let service = base.service(other.index) else { return false }
                return other.id == statement.object || service.members.contains { "service:\($0)" == statement.object }
            }
            guard !isBilled else { continue }
            toCheck.append(
                .init(
                    treatmentCode: billed.code, treatmentName: display(billed, known),
                    condition: "\(base.name(ofSubject: statement.object)) first",
                    reason: base.sentence(statement),
                    guidelineReference: base.reference(statement)))
        }
    }

    /// Compares the day's dose with the most that the label allows.
    mutating func judgeDose(_ billed: BilledTreatment, _ known: KnownTreatment) {
        guard let drug = base.drug(known.index), let maximum = drug.maximumMicrogramsADay else { return }
        let amount: Int
        if let text = billed.dose {
            guard let dose = Dose(text) else {
                note("dose", billed.code, "the dose's text is not understood")
                return
            }
            amount = dose.microgramsADay
        } else if let quantity = billed.quantity,
            let unit = base.index.unitMilligrams[KnowledgeBase.bareCode(billed.code)]
        {
            amount = quantity * unit * 1000
        } else {
            return
        }
        guard amount > maximum else { return }
        indicators.append(
            .init(
                code: .excessiveDosage, treatmentCode: billed.code, treatmentName: display(billed, known),
                detail: "\(Dose.text(ofMicrograms: amount)) a day where the most is "
                    + "\(Dose.text(ofMicrograms: maximum)) (\(drug.maximumBasis))",
                guidelineReference: drug.maximumCitation.map { base.reference($0, locator: "dosage") }))
        tally.excessiveDoses += 1
    }

    /// Finds a test or image billed again within 48 hours, by itself or inside a panel.
    ///
    /// Days that differ by less than two lie within 48 hours; a difference of two may, and goes to a person.
    mutating func judgeDuplicates() {
        let tests = request.treatments.indices.filter(isTest)
        for (offset, later) in tests.enumerated() {
            var nearest: (index: Int, days: Int)?
            var isUndated = false
            for earlier in tests[..<offset] where isSame(earlier, later) {
                guard let first = request.treatments[earlier].serviceDate,
                    let second = request.treatments[later].serviceDate
                else {
                    isUndated = true
                    continue
                }
                let days = abs(second.days(since: first))
                if days < nearest?.days ?? Int.max { nearest = (earlier, days) }
            }
            if let nearest, nearest.days < 2 {
                reportDuplicate(later, of: nearest.index, days: nearest.days)
            } else if isUndated {
                note(
                    "duplicate_test", request.treatments[later].code,
                    "the same test stands twice, and without service dates the 48 hours cannot be told")
            } else if let nearest, nearest.days == 2 {
                let billed = request.treatments[later]
                toCheck.append(
                    .init(
                        treatmentCode: billed.code, treatmentName: display(billed, resolved[later]),
                        condition: "hours between the two tests",
                        reason: "the same test two days before may lie within 48 hours", guidelineReference: nil))
            }
        }
    }

    /// A test or image that is not general, and not marked as repeated or distinct on purpose.
    private func isTest(_ position: Int) -> Bool {
        let billed = request.treatments[position]
        let modifiers = billed.code.split(whereSeparator: { " -:".contains($0) }).dropFirst()
        guard !modifiers.contains(where: { ["91", "59", "76", "77", "XE", "XS", "XP", "XU"].contains($0) }) else {
            return false
        }
        guard let known = resolved[position] else { return billed.kind == .test && !billed.code.isEmpty }
        guard let service = base.service(known.index) else { return false }
        return (service.kind == .test || service.kind == .imaging) && !service.isGeneral
    }

    /// The known code of a line without its modifiers; empty where the line was known by its name.
    private func code(_ position: Int) -> String {
        let code = KnowledgeBase.bareCode(request.treatments[position].code)
        return base.index.byCode[code] == nil ? "" : code
    }

    private func isSame(_ first: Int, _ second: Int) -> Bool {
        guard let left = resolved[first], let right = resolved[second] else {
            return resolved[first] == nil && resolved[second] == nil
                && KnowledgeBase.bareCode(request.treatments[first].code)
                    == KnowledgeBase.bareCode(request.treatments[second].code)
        }
        guard left.id != right.id else {
            // One service may have several codes that are billed side by side, such as those of a whole and a part.
            let codes = (code(first), code(second))
            return codes.0 == codes.1 || codes.0.isEmpty || codes.1.isEmpty
        }
        guard let one = base.service(left.index), let two = base.service(right.index) else { return false }
        return contains(one, two) || contains(two, one)
    }

    /// Whether the panel has the test, or every test of the smaller panel.
    private func contains(_ panel: Service, _ part: Service) -> Bool {
        panel.members.contains(part.id)
            || (!part.members.isEmpty && part.members.allSatisfy(panel.members.contains))
    }

    private mutating func reportDuplicate(_ later: Int, of earlier: Int, days: Int) {
        let billed = request.treatments[later]
        let name = display(request.treatments[earlier], resolved[earlier])
        indicators.append(
            .init(
                code: .duplicateTest, treatmentCode: billed.code, treatmentName: display(billed, resolved[later]),
                detail: "also billed as \(name.isEmpty ? "the same code" : name) "
                    + (days == 0 ? "on the same day" : "one day apart") + ", within 48 hours",
                guidelineReference: nil))
        tally.duplicates += 1
    }

    func response() -> AnalyzeResponse {
        let hasOverbilling = indicators.contains { $0.code != .contraindicated }
        var flags: [AnalyzeResponse.Flag] = []
        if tally.contraindications > 0 { flags.append(.contraindication) }
        if tally.mismatches > 0 { flags.append(.mismatch) }
        if hasOverbilling { flags.append(.overbilling) }
        let verdict: AnalyzeResponse.Verdict =
            !flags.isEmpty
            ? .flag : tally.potentialMismatches > 0 || tally.unassessed > 0 ? .inconclusive : .pass
        let total = inconsistencies.reduce(0) { $0 + 100 - $1.relevanceScore.hundredths }
        return AnalyzeResponse(
            pairsAnalysed: pairs, inconsistencies: inconsistencies, overbillingIndicators: indicators,
            totalInconsistencyScore: Score(hundredths: total), flags: flags, riskScore: tally.risk, verdict: verdict,
            explanations: explanations, knowledgeVersion: base.version, unassessed: unassessed, toCheck: toCheck)
    }
}

/// How often each kind of finding came up.
struct RiskTally {
    var contraindications = 0
    var mismatches = 0
    var excessiveDoses = 0
    var duplicates = 0
    var potentialMismatches = 0
    var unassessed = 0

    /// 1 − Π(1 − weight) over all findings, in whole millionths, the heaviest first, rounded down at each step, so
    /// that one more finding never lowers it.
    var risk: Score {
        let weighted = [
            (contraindications, 90), (mismatches, 70), (excessiveDoses, 50), (duplicates, 40),
            (potentialMismatches, 30), (unassessed, 10),
        ]
        var remaining = 1_000_000
        for (count, weight) in weighted {
            for _ in 0..<count { remaining = remaining * (100 - weight) / 100 }
        }
        return Score(hundredths: (1_000_000 - remaining) / 10_000)
    }
}
