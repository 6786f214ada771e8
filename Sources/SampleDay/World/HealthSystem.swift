import Claims
import HealthTypes

/// What a clinician is trained for, which settles who sees whom.
enum Specialty: String, CaseIterable, Sendable {
    case family, internalMedicine, orthopedics, radiology, therapy, rheumatology, neurology, pulmonology

    /// Health Care Provider Taxonomy code.
    var taxonomy: String {
        switch self {
        case .family: "207Q00000X"
        case .internalMedicine: "207R00000X"
        case .orthopedics: "207X00000X"
        case .radiology: "2085R0202X"
        case .therapy: "225100000X"
        case .rheumatology: "207RR0500X"
        case .neurology: "2084N0400X"
        case .pulmonology: "207RP1001X"
        }
    }
}

/// Larkfield Health and the practice for which Quillon bills. The same in every sample day, whatever the seed.
///
/// Every NPI begins with 2 and every EIN with a prefix that the IRS has not assigned, so that none is anybody's.
enum HealthSystem {
    static let group = organization(
        serial: 10_001, "Larkfield Medical Group", taxonomy: "261QM1300X", taxID: "794810273",
        street: "410 Alderquay Road", town: "Larkfield", zip: "629984410")
    static let hospital = organization(
        serial: 10_002, "Larkfield Community Hospital", taxonomy: "282N00000X", taxID: "794810281",
        street: "1 Kestrelgate Road", town: "Larkfield", zip: "629984401")
    static let practice = organization(
        serial: 10_003, "Brookhaven Family Practice", taxonomy: "193200000X", taxID: "893156408",
        street: "77 Dunnock Way", town: "Brookhaven Mills", zip: "629972107")
    /// The billing company: it submits and renders nothing.
    static let billingCompany = organization(
        serial: 10_004, "Quillon Billing Services", taxonomy: "", taxID: "893156491",
        street: "9 Hobmill Court", town: "Quarrel Bend", zip: "629963009")

    static let organizations = [group, hospital, practice]

    static let staff: [Specialty: [Provider]] = {
        let names: [(Specialty, String, String)] = [
            (.family, "Orrisdale", "Tavetha"), (.family, "Pemmican", "Jorander"), (.family, "Whistlecroft", "Selora"),
            (.internalMedicine, "Umberholt", "Kelissa"), (.internalMedicine, "Drexwick", "Norumb"),
            (.orthopedics, "Knarstave", "Rasock"), (.orthopedics, "Fosgallow", "Miretha"),
            (.radiology, "Grindask", "Venora"), (.radiology, "Lornquill", "Haleth"),
            (.therapy, "Tarnrook", "Zelune"), (.therapy, "Voskfern", "Peludd"),
            (.rheumatology, "Elmzorne", "Caldissa"), (.neurology, "Haskmirren", "Wexorn"),
            (.pulmonology, "Skelvane", "Yarynne"),
        ]
        return Dictionary(grouping: names.enumerated(), by: \.element.0).mapValues { rows in
            rows.map { person(serial: 20_001 + $0.offset, $0.element.0, $0.element.1, $0.element.2) }
        }
    }()

    static let practiceStaff = [
        person(serial: 30_001, .family, "Ickcombel", "Lamana"), person(serial: 30_002, .family, "Ostnocker", "Dorix"),
        person(serial: 30_003, .internalMedicine, "Pruswickel", "Fennemi"),
    ]

    /// Every clinician, Larkfield's first.
    static var clinicians: [Provider] { Specialty.allCases.flatMap { staff[$0] ?? [] } + practiceStaff }

    static func clinician(_ specialty: Specialty, _ random: inout SeededRandom) -> Provider {
        // Every specialty has its clinicians in the table above.
        random.pick(staff[specialty]!)
    }

    private static func npi(_ serial: Int) -> String { NPI.completing("2\(padded(serial * 17, to: 8))") }

    private static func organization(
        serial: Int, _ name: String, taxonomy: String, taxID: String, street: String, town: String, zip: String
    ) -> Provider {
        Provider(
            npi: npi(serial), entity: .organization, name: name, taxonomy: taxonomy.isEmpty ? nil : taxonomy,
            taxID: taxID, address: Address(line1: street, city: town, state: "IL", postalCode: zip))
    }

    private static func person(serial: Int, _ specialty: Specialty, _ family: String, _ given: String) -> Provider {
        Provider(
            npi: npi(serial), entity: .person, name: family, given: given, taxonomy: specialty.taxonomy)
    }
}
