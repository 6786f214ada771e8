import Claims
import HL7v2
import HealthTypes
import Stages
import Store

extension Taking {
    mutating func takeMessage(_ bytes: [UInt8], range: Range<Int>) throws {
        do {
            try takeMessage(HL7Message(parsing: bytes), bytes, range)
        } catch let error as HL7Error {
            var issue = error.issue
            issue.location.source = source
            try take(Unit(format: .hl7v2, kind: "message", range: range, issues: [issue]))
        }
    }

    private mutating func takeMessage(_ message: HL7Message, _ bytes: [UInt8], _ range: Range<Int>) throws {
        let kind = "\(message.type)^\(message.trigger)"
        var unit = Unit(format: .hl7v2, kind: kind, range: range, identity: Self.identity("hl7", bytes))
        if try isDuplicate(unit) { return }
        guard let type = VisitMessage(message) else {
            unit.isUnread = true
            return try take(unit)
        }
        let visit = VisitMapping.read(message)
        unit.issues = visit.issues
        guard !visit.visitNumber.isEmpty else {
            unit.issues.append(
                Issue(
                    .error, "intake.no-visit", at: Location(source: source, byte: range.lowerBound, path: "PV1-19"),
                    message: "The message names no visit, so that no case is known for it; it is kept."))
            return try take(unit)
        }
        let owner = Owner.opened(.encounter, CaseKey(.visit, visit.visitNumber))
        func add(_ event: CaseEvent) { unit.events.append((owner, event)) }
        // Coverage comes first, so that what the message asks for can be asked of the right payer.
        if !visit.coverages.isEmpty {
            add(.covered(visit.coverages))
            try remember(visit.coverages, patient: visit.encounter?.patient)
        }
        if let encounter = visit.encounter {
            switch type {
            case .appointment: add(.scheduled(encounter))
            case .checkIn: add(.checkedIn(encounter))
            case .visit: add(.visitUpdated(encounter))
            case .otherAppointment, .order, .charges: break
            }
        }
        for order in visit.orders { add(.ordered(order)) }
        for order in visit.cancelledOrders { add(.orderCancelled(OrderKey(order))) }
        if !visit.charges.isEmpty { add(.charged(visit.charges)) }
        if unit.events.isEmpty { unit.isUnread = true }
        try take(unit)
    }
}

/// What opened a case.
enum CaseOrigin: String {
    case encounter = "encounter"
    case claim = "claim"
}

/// The HL7 v2 messages that tell of a visit.
private enum VisitMessage {
    /// SIU S12 to S14: made, moved, changed.
    case appointment
    case otherAppointment
    /// ADT A01, A04.
    case checkIn
    case visit
    case order
    case charges

    private static let appointments: Set<String> = ["S12", "S13", "S14"]
    private static let checkIns: Set<String> = ["A01", "A04"]
    private static let types: [String: VisitMessage] = [
        "SIU": .otherAppointment, "ADT": .visit, "ORM": .order, "DFT": .charges,
    ]

    init?(_ message: HL7Message) {
        guard let type = Self.types[message.type] else { return nil }
        switch type {
        case .otherAppointment: self = Self.appointments.contains(message.trigger) ? .appointment : type
        case .visit: self = Self.checkIns.contains(message.trigger) ? .checkIn : type
        case .appointment, .checkIn, .order, .charges: self = type
        }
    }
}
