/// A claim adjustment reason code (CARC; X12 code source 139, CAS02) with what to do about it.
public struct AdjustmentReason: Hashable, Sendable {
    /// What kind of trouble a reason tells of; several codes tell of two kinds.
    public enum Category: String, Sendable, CaseIterable {
        case patientShare = "patient-share"
        case coding, demographic, provider
        case medicalNecessity = "medical-necessity"
        case authorization, referral, network, data, duplicate, eligibility, benefit, coverage, bundling, contract
        case pricing, pharmacy, ambulance, appeal, institutional, routing, pending, liability
        case coordination = "cob"
        case posting = "cob-posting"
        case timelyFiling = "timely-filing"
        case documentation = "docs"
        case equipment = "dme"
        /// The remark code that comes with it decides.
        case byRemark = "by-remark"
    }

    /// Who can mend it.
    public enum FixClass: String, Sendable, CaseIterable {
        /// Nothing to mend: post it, wait, or bill the next payer or the patient.
        case none
        /// The program, where `fixCondition` holds; staff where it does not.
        case auto
        case staff
        /// A clinician or a coder with the record.
        case clinical = "clin"
        case byRemark = "by-remark"
    }

    public let code: String
    public let words: String
    /// Group codes (CAS01) with which it usually comes, the usual one first.
    public let usualGroups: [String]
    /// The only group codes with which it may come; empty where any may.
    public let allowedGroups: [String]
    /// The main kind first; never empty.
    public let categories: [Category]
    /// CAQH CORE's business scenario as we assign it: 1 documents missing, 2 data missing or wrong, 3 not covered,
    /// 4 not paid separately; nil where it is no denial.
    public let scenario: Int?
    public let fixClass: FixClass
    public let fixCondition: String?
    /// Where the work goes, in a few words.
    public let route: String
    public let evidence: String?
    /// Whether the code says too little without a remark code.
    public let needsRemark: Bool
    public let note: String?

    public var category: Category { categories[0] }

    /// Whether the code may come with this group code.
    public func allows(group: String) -> Bool { allowedGroups.isEmpty || allowedGroups.contains(group) }

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        usualGroups = try row.words("usual_groups")
        allowedGroups = try row.words("allowed_groups")
        categories = try row.words("categories").map {
            guard let category = Category(rawValue: $0) else { throw row.fail("has a category that is not known") }
            return category
        }
        guard !categories.isEmpty else { throw row.fail("'categories' is empty") }
        scenario = try row.number("scenario")
        fixClass = try row.choice("fix_class")
        fixCondition = try row.optional("fix_condition")
        route = try row.text("route")
        evidence = try row.optional("evidence")
        needsRemark = try row.flag("needs_remark")
        note = try row.optional("note")
    }
}

/// A remittance advice remark code (RARC; X12 code source 411).
public struct RemarkCode: Hashable, Sendable {
    public let code: String
    public let words: String
    /// An alert only informs; it never explains an adjustment.
    public let isAlert: Bool
    public let category: AdjustmentReason.Category
    public let fixClass: AdjustmentReason.FixClass
    public let route: String

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        isAlert = try row.flag("alert")
        category = try row.choice("category")
        fixClass = try row.choice("fix_class")
        route = try row.text("route")
    }
}

/// A claim adjustment group code (CAS01): who bears the amount.
public struct AdjustmentGroup: Hashable, Sendable {
    public let code: String
    public let words: String
    /// Whether the patient may be billed for the amount.
    public let isPatientsToPay: Bool

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        isPatientsToPay = try row.flag("patient_pays")
    }
}
