public import HealthTypes
import X12

/// A person or an organisation as NM1 or N1 and the segments behind it name it.
public struct Party: Hashable, Sendable {
    /// NM101 or N101, such as `85` for the billing provider.
    public var role: String
    /// NM102: whether it is a person.
    public var isPerson: Bool
    /// A person's last name, or the organisation's.
    public var name: String
    public var firstName: String
    public var middleName: String
    public var suffix: String
    /// NM108 and NM109, such as `XX` and an NPI.
    public var identifierQualifier: String
    public var identifier: String
    /// N3.
    public var address: [String] = []
    /// N401 to N404.
    public var city = ""
    public var state = ""
    public var postalCode = ""
    public var country = ""
    /// DMG02 and DMG03.
    public var birthDate: CalendarDate?
    public var gender = ""
    /// PRV03 where PRV02 says that it is a taxonomy code (`PXC`, in version 4010 `ZZ`).
    public var taxonomy = ""
    /// PRV01 of a value that is to be written, where it is not the one that the role brings along.
    public var providerCode = ""
    /// The REF and PER of the same loop.
    public var references: [ReferenceNumber] = []
    public var contacts: [Contact] = []
    /// AAA of the loop, of a value that is to be written; see ``EligibilityResponse271/rejections`` for what was read.
    public var rejections: [Rejection] = []
    /// What else its loop holds: of a value that is to be written, and empty in what the views read.
    public var additional: [SegmentDraft] = []

    /// The party of a loop of the unit or around it, the first where the loop repeats.
    init?(_ unit: X12Unit, _ loop: String) {
        guard let loop = unit.loops(loop).first else { return nil }
        self.init(loop)
    }

    /// The party that the first NM1 or N1 of a loop names, with what the loop says of it.
    public init?(_ loop: UnitLoop) {
        guard let name = loop.first("NM1") ?? loop.first("N1") else { return nil }
        self.init(name: name)
        address = loop.all("N3").flatMap { [$0[1], $0[2]] }.filter { !$0.isEmpty }
        if let place = loop.first("N4") {
            city = place[1]
            state = place[2]
            postalCode = place[3]
            country = place[4]
        }
        if let person = loop.first("DMG") {
            birthDate = person.date(2)
            gender = person[3]
        }
        if let provider = loop.first("PRV"), provider[2] == "PXC" || provider[2] == "ZZ" { taxonomy = provider[3] }
        references = loop.references
        contacts = loop.contacts
    }

    /// The party that an NM1 or N1 names, without what stands behind it.
    init(name segment: UnitSegment) {
        role = segment[1]
        guard segment.id != "N1" else {
            isPerson = false
            name = segment[2]
            firstName = ""
            middleName = ""
            suffix = ""
            identifierQualifier = segment[3]
            identifier = segment[4]
            return
        }
        isPerson = segment[2] == "1"
        name = segment[3]
        firstName = segment[4]
        middleName = segment[5]
        suffix = segment[7]
        identifierQualifier = segment[8]
        identifier = segment[9]
    }
}
