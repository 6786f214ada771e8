import HealthTypes

extension Analysis {
    /// Tests that must come before the treatment and that the claim does not show.
    mutating func judgeRequirements(_ billed: BilledTreatment, _ known: Known, _ facts: TreatmentFacts) {
        for position in known.record.requirements.range {
            let number = image.numbers[position]
            let statement = image.statements[number]
            guard image.evaluate(statement.terms, patient, facts) != .no, statement.required > 0 else { continue }
            let required = Int(statement.required) - 1
            let isBilled = resolved.contains { other in
                other.map { $0.number == required || holds($0.record, required) } ?? false
            }
            guard !isBilled else { continue }
            let name = image.text(image.treatments[required].name)
            ask(billed, known, "\(name) first", image.sentence(number), image.reference(number))
        }
    }

    /// Compares the day's dose with the most that the label allows.
    mutating func judgeDose(_ billed: BilledTreatment, _ known: Known) {
        let maximum = Int(known.record.maximum)
        guard known.record.isDrug, maximum >= 0 else { return }
        let amount: Int
        if let text = billed.dose {
            guard let dose = Dose(text) else {
                note("dose", billed.code, "the dose's text is not understood")
                return
            }
            amount = dose.microgramsADay
        } else if let quantity = billed.quantity, known.unitMilligrams > 0 {
            amount = quantity * known.unitMilligrams * 1000
        } else {
            return
        }
        guard amount > maximum else { return }
        let reference = image.text(known.record.maximumReference)
        indicate(
            .excessiveDosage, billed, known,
            "\(Dose.text(ofMicrograms: amount)) a day where the most is "
                + "\(Dose.text(ofMicrograms: maximum)) (\(image.text(known.record.maximumBasis)))",
            reference.isEmpty ? nil : reference)
        tally.excessiveDoses += 1
    }

    /// What the lines show when they are seen together, and what the rules of billing say of each.
    mutating func judgeBilling() {
        judgeDuplicates()
        judgePatterns()
    }

    /// Finds a test or image billed again within 48 hours, by itself or inside a panel.
    ///
    /// Days that differ by less than two lie within 48 hours; a difference of two may, and goes to a person.
    private mutating func judgeDuplicates() {
        let tests = request.treatments.indices.filter(isTest)
        guard tests.count > 1 else { return }
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
                ask(
                    request.treatments[later], resolved[later], "hours between the two tests",
                    "the same test two days before may lie within 48 hours", nil)
            }
        }
    }

    /// A test or image that is not general, and not marked as repeated or distinct on purpose.
    private func isTest(_ position: Int) -> Bool {
        let billed = request.treatments[position]
        let isCandidate: Bool
        if let known = resolved[position] {
            let kind = known.record.serviceKind
            isCandidate = (kind == .test || kind == .imaging) && !known.record.isGeneral
        } else {
            isCandidate = billed.kind == .test && !billed.code.isEmpty
        }
        return isCandidate && !billed.isRepeatedOnPurpose
    }

    private func isSame(_ first: Int, _ second: Int) -> Bool {
        guard let left = resolved[first], let right = resolved[second] else {
            return resolved[first] == nil && resolved[second] == nil
                && request.treatments[first].bareCode == request.treatments[second].bareCode
        }
        guard left.number != right.number else {
            // One service may have several codes that are billed side by side, such as those of a whole and a part.
            let codes = (knownCode(first), knownCode(second))
            return codes.0 == codes.1 || codes.0.isEmpty || codes.1.isEmpty
        }
        return contains(left, right) || contains(right, left)
    }

    /// The known code of a line without its modifiers; empty where the line was known by its name.
    private func knownCode(_ position: Int) -> String {
        let code = request.treatments[position].bareCode
        return image.treatment(ofCode: code) == nil ? "" : code
    }

    /// Whether the panel has the test, or every test of the smaller panel.
    private func contains(_ panel: Known, _ part: Known) -> Bool {
        if holds(panel.record, part.number) { return true }
        let members = part.record.members
        return members.count > 0 && members.range.allSatisfy { holds(panel.record, Int(image.numbers[$0])) }
    }

    func holds(_ panel: TreatmentRecord, _ member: Int) -> Bool {
        panel.members.range.contains { Int(image.numbers[$0]) == member }
    }

    private mutating func reportDuplicate(_ later: Int, of earlier: Int, days: Int) {
        let billed = request.treatments[later]
        let name = display(request.treatments[earlier], resolved[earlier])
        indicate(
            .duplicateTest, billed, resolved[later],
            "also billed as \(name.isEmpty ? "the same code" : name) "
                + (days == 0 ? "on the same day" : "one day apart") + ", within 48 hours", nil)
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
    var onceOnly = 0
    var excessiveDoses = 0
    var duplicates = 0
    /// Panels taken to pieces or without reason, and units above what a day can have.
    var patterns = 0
    var potentialMismatches = 0
    var unassessed = 0

    /// 1 − Π(1 − weight) over all findings, in whole millionths, the heaviest first, rounded down at each step, so
    /// that one more finding never lowers it.
    var risk: Score {
        let weighted = [
            (contraindications, 90), (mismatches, 70), (onceOnly, 60), (excessiveDoses, 50), (duplicates, 40),
            (patterns, 40), (potentialMismatches, 30), (unassessed, 10),
        ]
        var remaining = 1_000_000
        for (count, weight) in weighted {
            for _ in 0..<count { remaining = remaining * (100 - weight) / 100 }
        }
        return Score(hundredths: (1_000_000 - remaining) / 10_000)
    }
}
