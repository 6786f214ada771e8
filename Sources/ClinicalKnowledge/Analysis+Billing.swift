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
        judgeRules()
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

    private func holds(_ panel: TreatmentRecord, _ member: Int) -> Bool {
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

    // MARK: Rules from the tables

    private mutating func judgeRules() {
        for (number, known) in resolved.enumerated() {
            guard let known, known.record.rules.count > 0 else { continue }
            let billed = request.treatments[number]
            for position in known.record.rules.range {
                let rule = image.rules[image.numbers[position]]
                switch BillingRule.Kind.allCases[Int(rule.kind)] {
                case .panelInParts: break
                case .notForMinor: judgeMinor(billed, known, rule)
                case .unitsALine: judgeUnits(billed, known, rule)
                case .timesInALifetime: judgeLifetime(number, known, rule)
                }
            }
        }
        judgePanels()
    }

    private mutating func judgeMinor(_ billed: BilledTreatment, _ known: Known, _ rule: RuleRecord) {
        let places = diagnoses.map(\.place)
        guard !places.isEmpty, places.allSatisfy({ $0.map { image.contains(rule.keys, $0.key) } ?? false }) else {
            return
        }
        indicate(.panelUpcoding, billed, known, image.text(rule.note), image.text(rule.reference))
        tally.billingRules += 1
    }

    private mutating func judgeUnits(_ billed: BilledTreatment, _ known: Known, _ rule: RuleRecord) {
        guard let quantity = billed.quantity, quantity > Int(rule.limit), !billed.isRepeatedOnPurpose else { return }
        indicate(
            .excessiveQuantity, billed, known,
            "\(quantity) units where the most is \(rule.limit): \(image.text(rule.note))", image.text(rule.reference))
        tally.billingRules += 1
    }

    /// A procedure beyond the times that one person can have it, on this claim or by what the diagnoses say.
    private mutating func judgeLifetime(_ number: Int, _ known: Known, _ rule: RuleRecord) {
        let billed = request.treatments[number]
        let reference = image.text(rule.reference)
        let earlier = resolved[..<number].enumerated().filter { $0.element?.number == known.number }
        // Two surgeons of one operation bill the same code on the same day, each with a modifier.
        let others = earlier.filter { !request.treatments[$0.offset].isSharedSurgery || !billed.isSharedSurgery }
        let times = others.reduce(billed.quantity ?? 1) { $0 + (request.treatments[$1.offset].quantity ?? 1) }
        if times > Int(rule.limit) {
            indicate(
                .repeatedOnceOnly, billed, known,
                "billed \(times) times where a person can have it \(rule.limit == 1 ? "once" : "\(rule.limit) times")",
                reference)
            tally.onceOnly += 1
        } else if diagnoses.contains(where: { $0.place.map { image.contains(rule.keys, $0.key) } ?? false }) {
            ask(billed, known, "whether it was done before", image.text(rule.note), reference)
        }
    }

    /// All the tests of a panel billed apart on one day, where none of them is marked as repeated; of panels inside
    /// one another the largest counts.
    private mutating func judgePanels() {
        var found: [(panel: TreatmentRecord, rule: RuleRecord, line: Int)] = []
        for position in 0..<image.rules.count {
            let rule = image.rules[position]
            guard rule.kind == BillingRule.Kind.panelInParts.place else { continue }
            for service in rule.services.range {
                let panel = image.treatments[image.numbers[service]]
                if let line = firstPart(of: panel) { found.append((panel, rule, line)) }
            }
        }
        for (panel, rule, line) in found {
            let members = panel.members
            let isInside = found.contains { other in
                other.panel.members.count > members.count
                    && members.range.allSatisfy { holds(other.panel, Int(image.numbers[$0])) }
            }
            guard !isInside else { continue }
            indicate(
                .panelUpcoding, request.treatments[line], resolved[line],
                "every test of \(image.text(panel.name)) is billed apart", image.text(rule.reference))
            tally.billingRules += 1
        }
    }

    /// The first line of those that make up the panel; nil where they do not, or not on one day.
    private func firstPart(of panel: TreatmentRecord) -> Int? {
        guard panel.members.count > 1, Int(panel.members.count) <= resolved.count else { return nil }
        var first: Int?
        var day: CalendarDate?
        for position in panel.members.range {
            let member = Int(image.numbers[position])
            let line = resolved.indices.first {
                resolved[$0]?.number == member && !request.treatments[$0].isRepeatedOnPurpose
            }
            guard let line else { return nil }
            first = min(first ?? line, line)
            if let date = request.treatments[line].serviceDate {
                guard day == nil || day == date else { return nil }
                day = date
            }
        }
        return first
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

extension BillingRule.Kind {
    fileprivate var place: UInt32 { UInt32(Self.allCases.firstIndex(of: self) ?? 0) }
}

extension BilledTreatment {
    /// Upper case, without the modifiers that follow a hyphen, colon or space.
    var bareCode: String {
        code.uppercased().split(whereSeparator: { " -:".contains($0) }).first.map(String.init) ?? ""
    }

    private var modifiers: ArraySlice<Substring> {
        code.uppercased().split(whereSeparator: { " -:".contains($0) }).dropFirst()
    }

    /// Modifiers 91, 59, 76, 77, XE, XS, XP and XU: a repeat or a distinct service on purpose.
    var isRepeatedOnPurpose: Bool {
        modifiers.contains { ["91", "59", "76", "77", "XE", "XS", "XP", "XU"].contains($0) }
    }

    /// Modifiers 62, 66, 80, 81, 82 and AS: surgeons who share one operation.
    var isSharedSurgery: Bool { modifiers.contains { ["62", "66", "80", "81", "82", "AS"].contains($0) } }
}

/// How often each kind of finding came up.
struct RiskTally {
    var contraindications = 0
    var mismatches = 0
    var onceOnly = 0
    var excessiveDoses = 0
    var duplicates = 0
    var billingRules = 0
    var potentialMismatches = 0
    var unassessed = 0

    /// 1 − Π(1 − weight) over all findings, in whole millionths, the heaviest first, rounded down at each step, so
    /// that one more finding never lowers it.
    var risk: Score {
        let weighted = [
            (contraindications, 90), (mismatches, 70), (onceOnly, 60), (excessiveDoses, 50), (duplicates, 40),
            (billingRules, 40), (potentialMismatches, 30), (unassessed, 10),
        ]
        var remaining = 1_000_000
        for (count, weight) in weighted {
            for _ in 0..<count { remaining = remaining * (100 - weight) / 100 }
        }
        return Score(hundredths: (1_000_000 - remaining) / 10_000)
    }
}
