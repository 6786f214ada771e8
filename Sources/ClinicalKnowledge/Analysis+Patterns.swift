import HealthTypes

extension Analysis {
    /// What the table of billing patterns says of each line, and of all of them together.
    mutating func judgePatterns() {
        for (line, known) in resolved.enumerated() {
            guard let known, known.record.patterns.count > 0 else { continue }
            for position in known.record.patterns.range {
                let pattern = image.patterns[image.numbers[position]]
                guard isAbout(pattern, line) else { continue }
                switch BillingPattern.Kind.allCases[Int(pattern.kind)] {
                case .lifetimeMaximum: judgeLifetime(line, known, pattern)
                case .doneBefore: askWhetherDone(line, known, pattern)
                case .dailyUnits: judgeUnits(line, known, pattern)
                case .panelForMinorInjury: judgeMinorInjury(line, known, pattern)
                case .panelInParts: break
                }
            }
        }
        judgePanels()
    }

    /// Whether the pattern is about all codes of the line's service, or about the line's own.
    private func isAbout(_ pattern: PatternRecord, _ line: Int) -> Bool {
        pattern.code.count == 0 || image.text(pattern.code) == request.treatments[line].bareCode
    }

    private func isAnyDiagnosis(_ keys: Span) -> Bool {
        diagnoses.contains { $0.place.map { image.contains(keys, $0.key) } ?? false }
    }

    /// The whole blood panel for a scratch: every diagnosis is one of the pattern's.
    private mutating func judgeMinorInjury(_ line: Int, _ known: Known, _ pattern: PatternRecord) {
        // A code from V00 to Y99 says how an injury came about, and is no reason for a test.
        let reasons = diagnoses.filter { !($0.place?.key.isExternalCause ?? false) }
        guard !reasons.isEmpty,
            reasons.allSatisfy({ $0.place.map { image.contains(pattern.keys, $0.key) } ?? false })
        else { return }
        let detail = image.text(pattern.note)
        indicate(
            .panelUpcoding, request.treatments[line], known,
            detail.isEmpty ? "nothing but a minor injury is named" : detail, image.text(pattern.reference))
        tally.patterns += 1
    }

    /// More units than a day can have: on the line, or on this and earlier lines of the day. Lines with a modifier
    /// stand alone, since a side or a repeat may be meant; a test repeated on a day is a duplicate already.
    private mutating func judgeUnits(_ line: Int, _ known: Known, _ pattern: PatternRecord) {
        let billed = request.treatments[line]
        guard !billed.isRepeatedOnPurpose else { return }
        var units = billed.quantity ?? 1
        let kind = known.record.serviceKind
        if let day = billed.serviceDate, !billed.hasModifiers, kind == .procedure || kind == .visit {
            for earlier in request.treatments[..<line]
            where earlier.serviceDate == day && !earlier.hasModifiers && earlier.bareCode == billed.bareCode {
                units += earlier.quantity ?? 1
            }
        }
        guard units > Int(pattern.value) else { return }
        indicate(
            .excessiveQuantity, billed, known,
            "\(units) units in a day where the most is \(pattern.value): \(image.text(pattern.note))",
            image.text(pattern.reference))
        tally.patterns += 1
    }

    /// A procedure beyond the times that one person can have it.
    private mutating func judgeLifetime(_ line: Int, _ known: Known, _ pattern: PatternRecord) {
        let billed = request.treatments[line]
        var times = billed.quantity ?? 1
        for earlier in resolved.indices[..<line] where resolved[earlier]?.number == known.number {
            let other = request.treatments[earlier]
            // Those who share one operation bill the same code, all but perhaps the first with a modifier.
            guard isAbout(pattern, earlier), !other.isSharedSurgery, !billed.isSharedSurgery else { continue }
            times += other.quantity ?? 1
        }
        guard times > Int(pattern.value) else { return }
        let most = pattern.value == 1 ? "once" : "\(pattern.value) times"
        indicate(
            .repeatedOnceOnly, billed, known,
            "billed \(times) times where a person can have it \(most): \(image.text(pattern.note))",
            image.text(pattern.reference))
        tally.onceOnly += 1
    }

    private mutating func askWhetherDone(_ line: Int, _ known: Known, _ pattern: PatternRecord) {
        guard isAnyDiagnosis(pattern.keys) else { return }
        ask(
            request.treatments[line], known, "whether it was done before", image.text(pattern.note),
            image.text(pattern.reference))
    }

    /// All the tests of a panel billed apart on one day, where none of them is marked as repeated; of panels inside
    /// one another the largest counts.
    private mutating func judgePanels() {
        var found: [(panel: TreatmentRecord, pattern: PatternRecord, line: Int)] = []
        for position in 0..<image.patterns.count {
            let pattern = image.patterns[position]
            guard pattern.kind == BillingPattern.Kind.panelInParts.place, pattern.service > 0 else { continue }
            let panel = image.treatments[pattern.service - 1]
            if let line = firstPart(of: panel) { found.append((panel, pattern, line)) }
        }
        for (panel, pattern, line) in found {
            let members = panel.members
            let isInside = found.contains { other in
                other.panel.members.count > members.count
                    && members.range.allSatisfy { holds(other.panel, Int(image.numbers[$0])) }
            }
            guard !isInside else { continue }
            indicate(
                .panelUpcoding, request.treatments[line], resolved[line],
                "every test of \(image.text(panel.name)) is billed apart", image.text(pattern.reference))
            tally.patterns += 1
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
}

extension BillingPattern.Kind {
    var place: UInt32 { UInt32(Self.allCases.firstIndex(of: self) ?? 0) }
}

extension BilledTreatment {
    /// Upper case, without the modifiers that follow a hyphen, colon or space.
    var bareCode: String {
        if isOfAnotherSystem { return code }
        return code.uppercased().split(whereSeparator: { " -:".contains($0) }).first.map(String.init) ?? ""
    }

    var hasModifiers: Bool { !modifiers.isEmpty }

    private var modifiers: ArraySlice<Substring> {
        // Few codes have one, and the others are not cut up.
        guard !isOfAnotherSystem, code.utf8.contains(where: { $0 == 0x20 || $0 == 0x2d || $0 == 0x3a }) else {
            return []
        }
        return code.uppercased().split(whereSeparator: { " -:".contains($0) }).dropFirst()
    }

    /// Modifiers 91, 59, 76, 77, XE, XS, XP and XU: a repeat or a distinct service on purpose.
    var isRepeatedOnPurpose: Bool {
        modifiers.contains { ["91", "59", "76", "77", "XE", "XS", "XP", "XU"].contains($0) }
    }

    /// Modifiers 62, 66, 80, 81, 82 and AS: surgeons who share one operation.
    var isSharedSurgery: Bool { modifiers.contains { ["62", "66", "80", "81", "82", "AS"].contains($0) } }
}
