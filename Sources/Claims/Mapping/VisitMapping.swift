public import HL7v2
public import HealthTypes

/// What one HL7 v2 message says of a visit.
public struct VisitMessage: Hashable, Sendable {
    /// Empty where the message has none; an issue then says so.
    public var visitNumber: String
    public var controlID: String
    /// MSH-9 as `SIU^S12`.
    public var trigger: String
    /// MSH-7: when it was sent.
    public var sentAt: Instant?
    public var encounter: Encounter?
    public var coverages: [Coverage] = []
    public var orders: [ServiceOrder] = []
    /// Placer numbers of orders that the message takes back (ORC-1 of CA or DC).
    public var cancelledOrders: [String] = []
    public var charges: [Charge] = []
    public var issues: [Issue] = []
}

/// Appointments (SIU^S12), registrations (ADT^A04), orders (ORM^O01) and charges (DFT^P03) in HL7 v2.5.1, read into
/// the model and written from it.
///
/// Any message with PID is read; what a type carries beyond patient, visit, insurance, orders and charges is left to
/// the message itself.
public enum VisitMapping {
    private static let typesRead: Set<String> = ["SIU", "ADT", "ORM", "DFT"]

    public static func read(_ message: HL7Message) -> VisitMessage {
        let trigger = message.trigger.isEmpty ? message.type : "\(message.type)^\(message.trigger)"
        var visit = VisitMessage(
            visitNumber: visitNumber(of: message), controlID: message.controlID, trigger: trigger,
            sentAt: message.first("MSH")?.time(7))
        visit.issues = message.issues
        if !typesRead.contains(message.type) {
            visit.issues.append(MappingFault.messageType.issue(at: Location(path: "MSH-9")))
        }
        if visit.visitNumber.isEmpty {
            visit.issues.append(MappingFault.visitNumber.issue(at: Location(path: "PV1-19")))
        }
        guard let identity = message.first("PID") else { return visit }
        let patient = person(identity)
        visit.encounter = encounter(message, number: visit.visitNumber, identity, patient)
        readCoverages(message, of: patient, into: &visit)
        readOrders(message, into: &visit)
        readCharges(message, into: &visit)
        return visit
    }

    /// PV1-19; before there is a visit, the account (PID-18) or the appointment (SCH-1, SCH-2).
    private static func visitNumber(of message: HL7Message) -> String {
        for path in ["PV1-19", "PID-18", "SCH-1", "SCH-2"] {
            if let number = message.value(path) { return number }
        }
        return ""
    }

    private static func encounter(
        _ message: HL7Message, number: String, _ identity: HL7Segment, _ patient: Person
    ) -> Encounter {
        let visit = message.first("PV1")
        let records = identity.repetitions(3)
        let record = records.first { $0[5] == "MR" } ?? records.first
        let schedule = message.first("SCH")
        let start =
            schedule?.time(11, 4) ?? message.first("TQ1")?.time(7) ?? message.first("AIS")?.time(4)
            ?? message.first("PV2")?.time(8)
        let reason = schedule.flatMap { $0.text(7, 2) ?? $0.text(7) } ?? message.value("PV2-3.2")
        return Encounter(
            visitNumber: number, recordNumber: record.flatMap { $0.text.isEmpty ? nil : $0.text }, patient: patient,
            start: start, checkedIn: visit?.time(44), placeOfService: placeOfService(visit),
            attending: visit.flatMap { provider($0, 7) }, reason: reason)
    }

    /// PV1-3.6, whose table (0305) is the site's own, where it holds a place of service; else by patient class.
    private static func placeOfService(_ visit: HL7Segment?) -> String {
        if let stated = visit?[3, 6], stated.utf8.count == 2, Int(stated) != nil { return stated }
        switch visit?[2] {
        case "I": return "21"
        case "E": return "23"
        default: return "11"
        }
    }

    private static func person(_ identity: HL7Segment) -> Person {
        Person(
            family: identity[5, 1], given: identity[5, 2], middle: identity.text(5, 3), birthDate: identity.date(7),
            sex: Person.Sex(rawValue: identity[8]) ?? .unknown, address: address(identity, 11),
            deathDate: identity.date(29))
    }

    private static func address(_ segment: HL7Segment, _ field: Int) -> Address? {
        guard let parts = segment.repetitions(field).first, !parts.raw.isEmpty else { return nil }
        return Address(
            line1: parts[1], line2: parts[2].isEmpty ? nil : parts[2], city: parts[3], state: parts[4],
            postalCode: parts[5].filter { $0 != "-" })
    }

    /// XCN: the repetition whose authority (component 9) or type (13) is NPI, else the first.
    static func provider(_ segment: HL7Segment, _ field: Int) -> Provider? {
        let names = segment.repetitions(field)
        guard let name = names.first(where: { $0[9] == "NPI" || $0[13] == "NPI" }) ?? names.first,
            !name[1].isEmpty || !name[2].isEmpty
        else { return nil }
        return Provider(npi: name[1], entity: .person, name: name[2], given: name[3].isEmpty ? nil : name[3])
    }
}

// MARK: - Insurance

extension VisitMapping {
    /// HL7 table 0063 and X12's individual relationship codes; a code in neither is kept as it came.
    static let relationships: KeyValuePairs<String, String> = ["SEL": "18", "SPO": "01", "CHD": "19", "OTH": "G8"]

    private static func readCoverages(_ message: HL7Message, of patient: Person, into visit: inout VisitMessage) {
        for (position, group) in message.groups(startingAt: "IN1").enumerated() {
            let segment = group[0]
            let member = segment.text(36) ?? group.first { $0.id == "IN2" }?.text(61)
            guard let member, !segment[3].isEmpty else {
                visit.issues.append(
                    MappingFault.coverageUnreadable.issue(at: Location(path: "IN1[\(position + 1)]")))
                continue
            }
            let stated = segment.text(17) ?? "18"
            let relationship = relationships.first { $0.key == stated }?.value ?? stated
            var subscriber = Person(
                family: segment[16, 1], given: segment[16, 2], middle: segment.text(16, 3),
                birthDate: segment.date(18), sex: Person.Sex(rawValue: segment[43]) ?? .unknown,
                address: address(segment, 19))
            if relationship == "18" { subscriber = subscriber.completed(from: patient) }
            visit.coverages.append(
                Coverage(
                    payerID: segment[3], payerName: segment[4], memberID: member, groupNumber: segment.text(8),
                    planName: segment.text(2, 2),
                    responsibility: Coverage.Responsibility(turn: Int(segment[22]) ?? position + 1),
                    relationship: relationship, subscriber: subscriber, from: segment.date(12), to: segment.date(13)))
        }
    }
}

extension Person {
    /// This person with what is not stated taken from another record of the same person.
    func completed(from other: Person) -> Person {
        if family.isEmpty && given.isEmpty { return other }
        var person = self
        person.middle = middle ?? other.middle
        person.birthDate = birthDate ?? other.birthDate
        person.sex = sex == .unknown ? other.sex : sex
        person.address = address ?? other.address
        person.deathDate = deathDate ?? other.deathDate
        return person
    }
}

// MARK: - Orders and charges

extension VisitMapping {
    /// ORC with its OBR and DG1; a message without ORC is cut before each OBR.
    private static func readOrders(_ message: HL7Message, into visit: inout VisitMessage) {
        guard message.type == "ORM" else { return }
        let opener = message.first("ORC") == nil ? "OBR" : "ORC"
        for (position, group) in message.groups(startingAt: opener).enumerated() {
            let common = group.first { $0.id == "ORC" }
            let detail = group.first { $0.id == "OBR" }
            let timing = group.first { $0.id == "TQ1" }
            let number = common?.text(2) ?? detail?.text(2)
            if let number, ["CA", "DC", "OC"].contains(common?[1]) {
                visit.cancelledOrders.append(number)
                continue
            }
            let ordered = common?.date(9) ?? detail?.date(6) ?? visit.sentAt?.date
            guard let number, let detail, let procedure = detail.text(4), let ordered else {
                visit.issues.append(
                    MappingFault.orderUnreadable.issue(at: Location(path: "\(opener)[\(position + 1)]")))
                continue
            }
            let priority = timing?.text(9) ?? detail.text(27, 6) ?? detail[5]
            visit.orders.append(
                ServiceOrder(
                    number: number, procedure: procedure,
                    units: Int(timing?.text(2) ?? detail[27, 1]) ?? 1,
                    diagnoses: group.filter { $0.id == "DG1" }.compactMap { $0.text(3) },
                    ordering: common.flatMap { provider($0, 12) } ?? provider(detail, 16), orderedOn: ordered,
                    requestedFor: timing?.date(7) ?? detail.date(27, 4) ?? detail.date(36),
                    urgent: priority.hasPrefix("S") || priority.hasPrefix("A")))
        }
    }

    private static func readCharges(_ message: HL7Message, into visit: inout VisitMessage) {
        let diagnoses = message.all("DG1").compactMap { $0.text(3) }
        for (position, segment) in message.all("FT1").enumerated() {
            // Payments and adjustments are no charges; a credit (CD) is a charge taken back.
            guard ["", "CG", "CD"].contains(segment[6]) else { continue }
            let isCredit = segment[6] == "CD"
            let units = Int(segment.text(10) ?? "1")
            let amount = Money(segment[11]) ?? units.flatMap { units in Money(segment[22]).map { $0 * units } }
            guard let date = segment.date(4), let procedure = segment.text(25) ?? segment.text(7), let units,
                units > 0, units < 1_000_000, let amount
            else {
                visit.issues.append(
                    MappingFault.chargeUnreadable.issue(at: Location(path: "FT1[\(position + 1)]")))
                continue
            }
            let own = segment.repetitions(19).map(\.text).filter { !$0.isEmpty }
            visit.charges.append(
                Charge(
                    number: segment.text(2) ?? segment[1], date: date, procedure: procedure,
                    modifiers: segment.repetitions(26).map(\.text).filter { !$0.isEmpty },
                    units: isCredit ? -units : units, amount: isCredit ? -amount : amount,
                    diagnoses: own.isEmpty ? diagnoses : own, rendering: provider(segment, 20), ndc: segment.text(29)))
        }
    }
}

extension HL7Segment {
    /// Nil where it is empty.
    func text(_ field: Int, _ component: Int = 1) -> String? {
        let text = self[field, component]
        return text.isEmpty ? nil : text
    }
}
