public import HealthTypes

/// What one table says of a code, in lines for people.
public struct TableEntry: Sendable, Hashable {
    /// The table's name, such as `icd10cm`.
    public var table: String
    /// As the table writes it; diagnoses with their dot.
    public var code: String
    public var words: String
    /// More that the table says: each a short sentence or a word.
    public var details: [String]

    init(_ table: String, _ code: String, _ words: String, _ details: [String?] = []) {
        self.table = table
        self.code = code
        self.words = words
        self.details = details.compactMap { $0 }
    }
}

extension CodeTables {
    /// Every table that has the code, in any case and with or without its dot, and what it says.
    ///
    /// - Parameter date: The day for which it is asked; what does not hold on it says so and is listed all the same.
    public func entries(of code: String, on date: CalendarDate? = nil) -> [TableEntry] {
        var found: [TableEntry] = []
        if let entry = diagnosisEntry(code, date) { found.append(entry) }
        if let who = whoDiagnosis(code) {
            found.append(TableEntry("icd10who", who.dotted, who.title, ["code of WHO ICD-10"]))
        }
        if let entry = procedure(code) { found.append(Self.entry(entry, date)) }
        if let entry = modifier(code) { found.append(TableEntry("modifiers", entry.code, entry.words)) }
        if let entry = placeOfService(code) {
            found.append(
                TableEntry("pos", entry.code, entry.words, [entry.isFacility ? "paid at the facility rate" : nil]))
        }
        if let entry = revenueCode(code) { found.append(TableEntry("revenue", entry.code, entry.words)) }
        if let entry = carc(code) {
            let groups = entry.usualGroups.isEmpty ? nil : "usual groups: \(entry.usualGroups.joined(separator: " "))"
            found.append(TableEntry("carc", entry.code, entry.words, [groups, "route: \(entry.route)"]))
        }
        if let entry = rarc(code) { found.append(TableEntry("rarc", entry.code, entry.words)) }
        if let entry = adjustmentGroup(code) {
            found.append(TableEntry("adjustment-groups", entry.code, entry.words))
        }
        if let entry = eligibilityCode(code) { found.append(TableEntry("eb01", entry.code, entry.words)) }
        if let entry = serviceType(code) { found.append(TableEntry("stc", entry.code, entry.words)) }
        if let entry = rejectReason(code) { found.append(TableEntry("aaa", entry.code, entry.words)) }
        if let entry = claimStatusCategory(code) {
            found.append(TableEntry("claim-status-categories", entry.code, entry.words))
        }
        if let entry = reviewAction(code) { found.append(TableEntry("x12-306", entry.code, entry.words)) }
        if let entry = taxonomy(code) { found.append(TableEntry("taxonomy", entry.code, entry.words)) }
        if let entry = state(code) { found.append(TableEntry("states", entry.code, entry.name)) }
        return found + drugEntries(code)
    }

    private func drugEntries(_ code: String) -> [TableEntry] {
        var found: [TableEntry] = []
        if let entry = atc(code) {
            let below = atcChildren(of: entry.code)
            found.append(
                TableEntry(
                    "atc", entry.code, entry.name, [below.isEmpty ? nil : "above \(below.joined(separator: " "))"]))
        }
        if let entry = rxnorm(code) {
            let parts = entry.ingredients.isEmpty ? nil : "ingredients: \(entry.ingredients.joined(separator: " "))"
            found.append(
                TableEntry(
                    "rxnorm", entry.code, entry.name, [entry.termType, entry.isObsolete ? "obsolete" : nil, parts]))
        }
        return found
    }

    private func diagnosisEntry(_ code: String, _ date: CalendarDate?) -> TableEntry? {
        guard let entry = diagnosis(code, on: date), entry.system == .icd10cm else { return nil }
        let applies = applicability(ofDiagnosis: code)
        var details = [
            entry.isBillable
                ? "a claim may carry it"
                : "a heading over \(billableDiagnosisCount(under: code) ?? 0) codes that a claim may carry",
            entry.isOutsideTablePeriod ? "the day lies outside the table's period" : nil,
            applies.age.map { "age: \($0.rawValue), \($0.years.lowerBound) to \($0.years.upperBound) years" },
            applies.sex.map { "sex, by its title: \($0)" },
            applies.principal.map { "not first on a hospital claim: \($0.rawValue)" },
        ]
        for ancestor in ancestors(ofDiagnosis: code).dropFirst() {
            let title = diagnosisGroupTitle(ancestor) ?? diagnosisTitle(ancestor) ?? ""
            details.append("under \(DiagnosisCode.normalized(ancestor).map(DiagnosisCode.dotted) ?? ancestor) \(title)")
        }
        for note in diagnosisNotes(code) { details.append("\(note.kind.rawValue): \(note.text)") }
        return TableEntry("icd10cm", entry.dotted, entry.title, details)
    }

    private static func entry(_ entry: ProcedureCode, _ date: CalendarDate?) -> TableEntry {
        let ages = [entry.minimumAge.map { "from \($0)" }, entry.maximumAge.map { "to \($0)" }].compactMap { $0 }
        let days = [entry.effectiveFrom.map { "from \($0)" }, entry.effectiveTo.map { "to \($0)" }].compactMap { $0 }
        return TableEntry(
            "procedures", entry.code, entry.words,
            [
                "\(entry.system == .cpt ? "CPT" : "HCPCS Level II"), \(entry.category.rawValue)",
                entry.globalDays.map { "global period: \($0) days" },
                entry.isOnPairedOrgan ? "on a paired organ" : nil,
                entry.hasComponents ? "has a professional and a technical part" : nil,
                entry.maximumUnitsPerDay.map { "units a day to look at above: \($0)" },
                entry.sex.map { "sex: \($0.rawValue)" }, ages.isEmpty ? nil : "age \(ages.joined(separator: " "))",
                days.isEmpty ? nil : "in force \(days.joined(separator: " "))",
                date.map(entry.isEffective(on:)) == false ? "not in force on the day" : nil,
            ])
    }
}
