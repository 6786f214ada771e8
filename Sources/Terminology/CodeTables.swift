public import HealthTypes

/// Every code table that a decision may rest on, read from the files of the folder `CodeTables`.
///
/// Codes are accepted in any case. A code that the tables do not have answers nil, which means "not in this table"
/// and never "invalid": apart from ICD-10-CM the tables hold only what is common.
public struct CodeTables: Sendable {
    /// Over all files of the folder.
    public let digest: Digest
    /// For people, such as `icd10cm FY2026-April, tables 2026-02`.
    public let version: String
    /// Name, version and period of each table, by name.
    public let headers: [TableHeader]

    private let diagnoses: DiagnosisTable
    private let diagnosisTree: DiagnosisTree
    private let diagnosisNotes: DiagnosisNotes
    private let applicability: ApplicabilityTable
    private let whoDiagnoses: CodeTable<DiagnosisCode>
    /// Every code of WHO ICD-10, without titles; nil in a folder of an earlier version.
    private let whoCodes: CodeTable<String>?
    private let procedures: CodeTable<ProcedureCode>
    private let modifiers: CodeTable<ModifierCode>
    private let placesOfService: CodeTable<PlaceOfService>
    private let revenueCodes: CodeTable<RevenueCode>
    private let reasons: CodeTable<AdjustmentReason>
    private let remarks: CodeTable<RemarkCode>
    private let groups: CodeTable<AdjustmentGroup>
    private let eligibilityCodes: CodeTable<EligibilityCode>
    private let serviceTypes: CodeTable<ServiceType>
    private let rejectReasons: CodeTable<RejectReason>
    private let claimStatusCategories: CodeTable<ClaimStatusCategory>
    private let reviewActions: CodeTable<ReviewAction>
    private let states: CodeTable<StateCode>
    private let taxonomies: CodeTable<TaxonomyCode>
    // Code sets that a folder may have whole, in part or not at all: nil where the file is not there.
    let drugProducts: DrugProductTable?
    let drugConcepts: RowTable?
    let observations: RowTable?
    let drugGroups: DrugGroupTable?
    let levelTwo: RowTable?
    let licensedCPT: RowTable?

    /// Reads all tables, or throws a `DataFileError` that names file and line of the first row that cannot be used.
    public init(_ files: DataFiles) throws {
        digest = files.digest
        diagnoses = try DiagnosisTable(file: "icd10cm.tsv", bytes: try files.required("icd10cm.tsv"))
        diagnosisTree = try DiagnosisTree(file: "icd10cm-blocks.tsv", in: files)
        diagnosisNotes = try DiagnosisNotes(file: "icd10cm-notes.tsv", in: files)
        applicability = try ApplicabilityTable(file: "icd10cm-applicability.tsv", in: files)
        whoCodes = try files.files["icd10who-codes.tsv"].map { _ in
            try CodeTable("icd10who-codes.tsv", in: files) { try $0.text("code") }
        }
        whoDiagnoses = try CodeTable("icd10who.tsv", in: files, entry: Self.whoDiagnosis)
        procedures = try CodeTable("procedures.tsv", in: files, entry: ProcedureCode.init)
        modifiers = try CodeTable("modifiers.tsv", in: files, entry: ModifierCode.init)
        placesOfService = try CodeTable("pos.tsv", in: files, entry: PlaceOfService.init)
        revenueCodes = try CodeTable("revenue.tsv", in: files, entry: RevenueCode.init)
        reasons = try CodeTable("carc.tsv", in: files, entry: AdjustmentReason.init)
        remarks = try CodeTable("rarc.tsv", in: files, entry: RemarkCode.init)
        groups = try CodeTable("adjustment-groups.tsv", in: files, entry: AdjustmentGroup.init)
        eligibilityCodes = try CodeTable("eb01.tsv", in: files, entry: EligibilityCode.init)
        serviceTypes = try CodeTable("stc.tsv", in: files, entry: ServiceType.init)
        rejectReasons = try CodeTable("aaa.tsv", in: files, entry: RejectReason.init)
        claimStatusCategories = try CodeTable(
            "claim-status-categories.tsv", in: files, entry: ClaimStatusCategory.init)
        reviewActions = try CodeTable("x12-306.tsv", in: files, entry: ReviewAction.init)
        states = try CodeTable("states.tsv", in: files, entry: StateCode.init)
        taxonomies = try CodeTable("taxonomy.tsv", in: files, entry: TaxonomyCode.init)
        drugProducts = try DrugProductTable(in: files)
        drugConcepts = try DrugConcept.table(in: files)
        observations = try ObservationCode.table(in: files)
        drugGroups = try DrugGroupTable(in: files)
        levelTwo = try LevelTwoCode.table(in: files)
        licensedCPT = try LicensedCPT.table(in: files)
        let small = [
            diagnosisTree.header, whoDiagnoses.header, procedures.header, modifiers.header, placesOfService.header,
            revenueCodes.header, reasons.header, remarks.header, groups.header, eligibilityCodes.header,
            serviceTypes.header, rejectReasons.header, claimStatusCategories.header, reviewActions.header,
            states.header, taxonomies.header,
        ]
        let optional = [
            diagnosisNotes.header, applicability.header, whoCodes?.header, drugProducts?.rows.header,
            drugConcepts?.header, observations?.header, drugGroups?.rows.header, levelTwo?.header, licensedCPT?.header,
        ]
        let added = optional.compactMap { $0 }
        headers = ([diagnoses.header] + small + added).sorted { $0.name < $1.name }
        let latest = small.dropFirst().map(\.version).max() ?? ""
        version = "icd10cm \(diagnoses.header.version), tables \(latest)"
    }

    private static func whoDiagnosis(_ row: TableRow) throws -> DiagnosisCode {
        let code = try row.text("code")
        guard DiagnosisCode.normalized(code) == code else { throw row.fail("its code is not an ICD-10 code") }
        return DiagnosisCode(code: code, system: .icd10, title: try row.text("words"), isBillable: false)
    }
}

// MARK: Diagnoses

extension CodeTables {
    /// The ICD-10-CM code, or else the WHO ICD-10 code, that `code` names with or without its dot.
    public func diagnosis(_ code: String, on date: CalendarDate? = nil) -> DiagnosisCode? {
        switch lookUpDiagnosis(code, on: date) {
        case .billable(let code), .notBillable(let code, _), .whoOnly(let code): code
        case .unknown: nil
        }
    }

    /// The code as one of WHO ICD-10, where ICD-10-CM does not bill it.
    ///
    /// Nil too for a code that ICD-10-CM bills, since that reading comes first. The title is our own where we have one,
    /// else that of the ICD-10-CM heading of the same code, else empty: WHO's titles are not in the tables.
    public func whoDiagnosis(_ code: String) -> DiagnosisCode? {
        guard let code = DiagnosisCode.normalized(code) else { return nil }
        if let listed = whoDiagnoses[code] { return listed }
        let row = diagnoses.row(of: code)
        guard isWHOCode(code, heading: row), row.map({ !diagnoses.isBillable(at: $0) }) ?? true else { return nil }
        let title = row.map { diagnoses.title(at: $0) } ?? ""
        return DiagnosisCode(code: code, system: .icd10, title: title, isBillable: false)
    }

    /// The code in WHO ICD-10, whether or not ICD-10-CM bills it too.
    func whoCode(_ code: String) -> String? {
        guard let code = DiagnosisCode.normalized(code) else { return nil }
        return whoDiagnoses[code] != nil || isWHOCode(code, heading: diagnoses.row(of: code)) ? code : nil
    }

    /// Our own words for a code of WHO ICD-10, else the title of the same code in ICD-10-CM, else empty.
    func whoTitle(_ code: String) -> String? {
        whoCode(code).map { code in
            whoDiagnoses[code]?.title ?? diagnoses.row(of: code).map { diagnoses.title(at: $0) } ?? ""
        }
    }

    private func isWHOCode(_ code: String, heading row: Int?) -> Bool {
        if let whoCodes { return whoCodes.entries[code] != nil }
        // Without the list: WHO's codes are a letter and two or three digits, and as a rule headings in ICD-10-CM; a
        // letter further on is an American addition, as in M1A.
        return row != nil && code.utf8.count <= 4 && code.dropFirst().allSatisfy(\.isNumber)
    }

    /// What the tables know of a code, ICD-10-CM first.
    public func lookUpDiagnosis(_ code: String, on date: CalendarDate? = nil) -> DiagnosisLookup {
        guard let code = DiagnosisCode.normalized(code) else { return .unknown }
        guard let row = diagnoses.row(of: code) else { return whoDiagnosis(code).map { .whoOnly($0) } ?? .unknown }
        let isOutside = date.map { !diagnoses.header.covers($0) } ?? false
        func entry(_ row: Int) -> DiagnosisCode {
            DiagnosisCode(
                code: diagnoses.code(at: row), system: .icd10cm, title: diagnoses.title(at: row),
                isBillable: diagnoses.isBillable(at: row), isOutsideTablePeriod: isOutside)
        }
        if diagnoses.isBillable(at: row) { return .billable(entry(row)) }
        return .notBillable(entry(row), examples: diagnoses.billableRows(from: row, limit: 5).map(entry))
    }

    /// The way up the ICD-10-CM tree: the code, its headings, its category, its block and its chapter.
    ///
    /// The last two are written `icd10cm-block:K20-K31` and `icd10cm-chapter:11`: they carry a name space because a
    /// block and a category may share a name, such as C50. Empty for a code that ICD-10-CM does not have.
    public func ancestors(ofDiagnosis code: String) -> [String] {
        guard let code = DiagnosisCode.normalized(code), var row = diagnoses.row(of: code) else { return [] }
        var path = [code]
        while let parent = diagnoses.parent(of: row) {
            path.append(diagnoses.code(at: parent))
            row = parent
        }
        return path + diagnosisTree.groups(of: String(code.prefix(3)))
    }

    /// The way up from a block or chapter, itself first; empty for an id that the tables do not have.
    func ancestors(ofDiagnosisGroup id: String) -> [String] { diagnosisTree.path(from: id) }

    /// The title of a block or chapter by the id that `ancestors(ofDiagnosis:)` gives.
    public func diagnosisGroupTitle(_ id: String) -> String? { diagnosisTree.title(id) }

    /// How many ICD-10-CM codes that a claim may carry lie under a code, block or chapter, itself included; nil for an
    /// id that the tables do not have.
    public func billableDiagnosisCount(under id: String) -> Int? {
        if let code = DiagnosisCode.normalized(id) {
            return diagnoses.row(of: code).map { diagnoses.billableRange(from: $0).count }
        }
        guard diagnosisTree.title(id) != nil else { return nil }
        return diagnosisTree.categories(of: id).compactMap { diagnoses.row(of: $0) }
            .reduce(0) { $0 + diagnoses.billableRange(from: $1).count }
    }

    /// Where the codes that a claim may carry, under a code of ICD-10-CM, stand among all of them in the order of the
    /// codes; all for an empty text, none for a code that ICD-10-CM does not have.
    public func billableDiagnoses(under code: String) -> Range<Int> {
        if code.isEmpty { return 0..<diagnoses.billableCount }
        guard let code = DiagnosisCode.normalized(code), let row = diagnoses.row(of: code) else { return 0..<0 }
        return diagnoses.billableRange(from: row)
    }

    /// Whether ICD-10-CM or WHO ICD-10 has the code, billable or not, as far as the tables go.
    public func hasDiagnosis(_ code: String) -> Bool {
        guard let code = DiagnosisCode.normalized(code) else { return false }
        return diagnoses.row(of: code) != nil || whoDiagnoses[code] != nil || whoCodes?.entries[code] != nil
    }

    /// The title that `diagnosis(_:on:)` would give, without the rest.
    public func diagnosisTitle(_ code: String) -> String? {
        guard let code = DiagnosisCode.normalized(code) else { return nil }
        return diagnoses.row(of: code).map { diagnoses.title(at: $0) } ?? whoDiagnosis(code)?.title
    }

    /// The notes of the ICD-10-CM tabular list that hold for a code: its own, then those of its headings, its category,
    /// its blocks and its chapter. For a block's or chapter's id, its own. Inclusion terms are not inherited.
    public func diagnosisNotes(_ id: String) -> [DiagnosisNote] {
        if diagnosisTree.title(id) != nil { return diagnosisNotes.notes(under: id) }
        let path = ancestors(ofDiagnosis: id)
        return path.enumerated().flatMap { level, ancestor in
            diagnosisNotes.notes(under: ancestor)
                .filter { level == 0 || $0.kind != .inclusion }
        }
    }

    /// The excludes1 note that forbids two codes on one claim, whichever of the two it stands under.
    ///
    /// A note holds for the code it stands under and those below, against the codes that it names. The guidelines
    /// (section I.A.12.a) allow both where the two conditions are unrelated, so that a person has the last word.
    public func excludes1(_ first: String, _ second: String) -> DiagnosisNote? {
        for (code, other) in [(first, second), (second, first)] {
            let found = diagnosisNotes(code).first { $0.kind == .excludes1 && $0.names(other) && !$0.names(code) }
            if let found { return found }
        }
        return nil
    }

    /// For whom an ICD-10-CM code is meant; nothing is said of a code that the tables do not have.
    public func applicability(ofDiagnosis code: String) -> DiagnosisApplicability {
        guard let code = DiagnosisCode.normalized(code), diagnoses.row(of: code) != nil else {
            return DiagnosisApplicability()
        }
        return applicability.entry(of: code)
    }

    /// How many blocks and chapters ICD-10-CM has, headings over blocks included.
    public var diagnosisGroupCount: Int { diagnosisTree.count }

    /// The codes directly below a code, block or chapter of ICD-10-CM, as ids of the kind that
    /// `ancestors(ofDiagnosis:)` gives; empty for a code with none below it or one that the tables do not have.
    public func children(ofDiagnosis id: String) -> [String] {
        if let code = DiagnosisCode.normalized(id) {
            guard let row = diagnoses.row(of: code) else { return [] }
            return diagnoses.children(of: row).map { diagnoses.code(at: $0) }
        }
        return diagnosisTree.children(of: id)
    }

    /// How many rows the ICD-10-CM table has, headings included.
    public var diagnosisCount: Int { diagnoses.count }
}

// MARK: Procedures and billing

extension CodeTables {
    /// The procedure code; nil where a date is given on which it was not in force.
    ///
    /// The project's own table first, then HCPCS Level II and CPT where they have been imported.
    public func procedure(_ code: String, on date: CalendarDate? = nil) -> ProcedureCode? {
        guard let entry = procedures[code] ?? importedProcedure(code.uppercased()),
            date.map(entry.isEffective(on:)) ?? true
        else { return nil }
        return entry
    }

    private func importedProcedure(_ code: String) -> ProcedureCode? {
        if let levelTwo = hcpcs(code) { return levelTwo.procedure }
        guard let licensedCPT, let row = licensedCPT.row(of: code) else { return nil }
        return ProcedureCode(code: code, system: .cpt, words: licensedCPT.text("short", at: row))
    }

    /// Whether the text has the form of a CPT or HCPCS code, known to the table or not.
    public func isProcedureFormat(_ code: String) -> Bool { ProcedureCode.system(byFormatOf: code) != nil }

    public var allProcedures: [ProcedureCode] { procedures.sorted }

    public func modifier(_ code: String) -> ModifierCode? { modifiers[code] }

    public func placeOfService(_ code: String) -> PlaceOfService? { placesOfService[code] }

    /// The revenue code, written with three digits or with four.
    public func revenueCode(_ code: String) -> RevenueCode? { revenueCodes[code.utf8.count == 3 ? "0" + code : code] }

    public func state(_ code: String) -> StateCode? { states[code] }

    public func taxonomy(_ code: String) -> TaxonomyCode? { taxonomies[code] }
}

// MARK: Answers of payers

extension CodeTables {
    public func carc(_ code: String) -> AdjustmentReason? { reasons[code] }

    public var allAdjustmentReasons: [AdjustmentReason] { reasons.sorted }

    public func rarc(_ code: String) -> RemarkCode? { remarks[code] }

    public var allRemarkCodes: [RemarkCode] { remarks.sorted }

    public func adjustmentGroup(_ code: String) -> AdjustmentGroup? { groups[code] }

    public func eligibilityCode(_ eb01: String) -> EligibilityCode? { eligibilityCodes[eb01] }

    public func serviceType(_ code: String) -> ServiceType? { serviceTypes[code] }

    public func rejectReason(_ aaa03: String) -> RejectReason? { rejectReasons[aaa03] }

    public func claimStatusCategory(_ code: String) -> ClaimStatusCategory? { claimStatusCategories[code] }

    public func reviewAction(_ code: String) -> ReviewAction? { reviewActions[code] }
}
