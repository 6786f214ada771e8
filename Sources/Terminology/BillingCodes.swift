/// A modifier of a procedure code, in our own words.
public struct ModifierCode: Hashable, Sendable {
    /// What a modifier does.
    public enum Kind: String, Sendable, CaseIterable {
        case evaluation = "em"
        case component, anatomic, distinct, `repeat`, staged, global, surgeon, anesthesia, telehealth, therapy, drug
        case liability, lab, equipment, ambulance, preventive, reduced, other
    }

    public let code: String
    public let words: String
    public let kind: Kind

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        kind = try row.choice("kind")
    }
}

/// A place of service (CMS place of service code set; CLM05-1, SV105).
public struct PlaceOfService: Hashable, Sendable {
    public let code: String
    public let words: String
    /// Medicare pays the professional at the facility rate here (Claims Processing Manual, chapter 26, section 10.5).
    public let isFacility: Bool
    public let isTelehealth: Bool

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        isFacility = try row.flag("facility")
        isTelehealth = try row.flag("telehealth")
    }
}

/// A revenue code of an institutional claim (SV201), in our own words.
public struct RevenueCode: Hashable, Sendable {
    /// Four digits.
    public let code: String
    public let words: String
    /// Room and board, counted in days.
    public let isRoom: Bool
    /// On an outpatient claim the line usually needs a procedure code.
    public let needsProcedure: Bool

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        isRoom = try row.flag("room")
        needsProcedure = try row.flag("needs_procedure")
    }
}

/// A provider taxonomy code (NUCC), in our own words.
public struct TaxonomyCode: Hashable, Sendable {
    public let code: String
    public let words: String
    /// An organization or a group, and not a person.
    public let isOrganization: Bool

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        isOrganization = try row.flag("organization")
    }
}

/// A state or territory of the United States with its postal code.
public struct StateCode: Hashable, Sendable {
    public let code: String
    public let name: String

    init(_ row: TableRow) throws {
        code = try row.text("code")
        name = try row.text("name")
    }
}
