public import HealthTypes

/// A postal address in the United States.
public struct Address: Hashable, Sendable {
    public var line1: String
    public var line2: String?
    public var city: String
    /// Two-letter state code.
    public var state: String
    /// ZIP or ZIP+4, digits only.
    public var postalCode: String

    public init(line1: String, line2: String? = nil, city: String, state: String, postalCode: String) {
        self.line1 = line1
        self.line2 = line2
        self.city = city
        self.state = state
        self.postalCode = postalCode
    }
}

/// A person: a patient, or the subscriber of a plan.
public struct Person: Hashable, Sendable {
    public enum Sex: String, Sendable {
        case female = "F"
        case male = "M"
        case unknown = "U"
    }

    public var family: String
    public var given: String
    public var middle: String?
    public var birthDate: CalendarDate?
    public var sex: Sex
    public var address: Address?
    public var deathDate: CalendarDate?

    public init(
        family: String, given: String, middle: String? = nil, birthDate: CalendarDate? = nil, sex: Sex = .unknown,
        address: Address? = nil, deathDate: CalendarDate? = nil
    ) {
        self.family = family
        self.given = given
        self.middle = middle
        self.birthDate = birthDate
        self.sex = sex
        self.address = address
        self.deathDate = deathDate
    }
}

/// Who renders, orders, refers or bills a service.
public struct Provider: Hashable, Sendable {
    /// NM102: 1 a person, 2 an organization.
    public enum Entity: String, Sendable {
        case person = "1"
        case organization = "2"
    }

    /// As it was stated, whether or not its check digit holds.
    public var npi: String
    public var entity: Entity
    /// The family name of a person, or the name of an organization.
    public var name: String
    public var given: String?
    /// Health Care Provider Taxonomy code.
    public var taxonomy: String?
    /// Employer identification number, nine digits.
    public var taxID: String?
    public var address: Address?

    public init(
        npi: String, entity: Entity, name: String, given: String? = nil, taxonomy: String? = nil,
        taxID: String? = nil, address: Address? = nil
    ) {
        self.npi = npi
        self.entity = entity
        self.name = name
        self.given = given
        self.taxonomy = taxonomy
        self.taxID = taxID
        self.address = address
    }
}
