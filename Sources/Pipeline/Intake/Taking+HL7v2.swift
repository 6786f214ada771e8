import Claims
import HL7v2
import HealthTypes
import Stages
import Store

extension MessageTaker {
    /// Reads one HL7 v2 message, which tells of a visit or is kept unread.
    static func message(_ bytes: [UInt8], _ range: Range<Int>, source: String) -> Take {
        do throws(HL7Error) { return message(try HL7Message(parsing: bytes), bytes, range, source: source) } catch {
            var issue = error.issue
            issue.location.source = source
            let unit = Taking.Unit(format: .hl7v2, kind: "message", range: range, issues: [issue])
            return { try $0.take(unit) }
        }
    }

    private static func message(
        _ message: HL7Message, _ bytes: [UInt8], _ range: Range<Int>, source: String
    ) -> Take {
        var unit = Taking.Unit(
            format: .hl7v2, kind: "\(message.type)^\(message.trigger)", range: range,
            identity: Taking.identity("hl7", bytes))
        guard let type = VisitMessage(message) else {
            unit.isUnread = true
            return { [unit] in try $0.takeNew(unit) }
        }
        let visit = VisitMapping.read(message)
        unit.issues = visit.issues
        guard !visit.visitNumber.isEmpty else {
            unit.issues.append(
                Issue(
                    .error, "intake.no-visit", at: Location(source: source, byte: range.lowerBound, path: "PV1-19"),
                    message: "The message names no visit, so that no case is known for it; it is kept."))
            return { [unit] in try $0.takeNew(unit) }
        }
        let owner = Taking.Owner.opened(.encounter, CaseKey(.visit, visit.visitNumber))
        func add(_ event: CaseEvent) { unit.events.append((owner, event)) }
        // Coverage comes first, so that what the message asks for can be asked of the right payer.
        if !visit.coverages.isEmpty { add(.covered(visit.coverages)) }
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
        return { [unit] taking in
            if try taking.isDuplicate(unit) { return }
            try taking.remember(visit.coverages, patient: visit.encounter?.patient)
            try taking.take(unit)
        }
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
