import Claims
import HL7v2
import HealthTypes
import Stages
import Store

extension Intake {
    /// Reads every message of a file; each is a unit.
    mutating func takeHL7(_ bytes: [UInt8]) throws {
        let batch = HL7Batch(bytes)
        for issue in batch.issues { report.add(issue) }
        if batch.messages.isEmpty { return try refuse(bytes, format: .hl7v2, batch.issues) }
        for slice in batch.messages {
            let text = Array(slice)
            do {
                try takeMessage(HL7Message(parsing: text), text)
            } catch let error as HL7Error {
                var issue = error.issue
                issue.location.source = source
                try take(Unit(format: .hl7v2, kind: "message", bytes: text, issues: [issue]))
            }
        }
    }

    private mutating func takeMessage(_ message: HL7Message, _ bytes: [UInt8]) throws {
        let kind = "\(message.type)^\(message.trigger)"
        if try isDuplicate(bytes, format: .hl7v2, kind: kind) { return }
        let visit = VisitMapping.read(message)
        var unit = Unit(format: .hl7v2, kind: kind, bytes: bytes, issues: visit.issues)
        guard ["SIU", "ADT", "ORM", "DFT"].contains(message.type) else {
            unit.keptOnly = true
            return try take(unit)
        }
        guard !visit.visitNumber.isEmpty else { return try take(unit) }
        let caseID = try tx.openCase(kind: "encounter", key: ("visit", visit.visitNumber), at: now)
        if let encounter = visit.encounter {
            switch message.type {
            case "SIU" where ["S12", "S13", "S14"].contains(message.trigger):
                unit.events.append((caseID, .scheduled(encounter)))
            case "ADT" where ["A01", "A04"].contains(message.trigger):
                unit.events.append((caseID, .checkedIn(encounter)))
            case "ADT": unit.events.append((caseID, .visitUpdated(encounter)))
            default: break
            }
        }
        if !visit.coverages.isEmpty {
            // Cover comes first, so that what the message asks for can be asked of the right payer.
            unit.events.insert((caseID, .covered(visit.coverages)), at: 0)
            try remember(visit.coverages, patient: visit.encounter?.patient)
        }
        unit.events += visit.orders.map { (caseID, .ordered($0)) }
        unit.events += visit.cancelledOrders.map { (caseID, .orderCancelled($0)) }
        if unit.events.isEmpty, visit.charges.isEmpty { unit.keptOnly = true }
        if !visit.charges.isEmpty { unit.events.append((caseID, .charged(visit.charges))) }
        try take(unit)
    }

    /// Remembers who is registered under a member id, for claims that name nothing else.
    func remember(_ coverages: [Coverage], patient: Person?) throws {
        for coverage in coverages {
            let registered = RegisteredMember(coverage: coverage, patient: patient ?? coverage.subscriber)
            try tx.putMember(
                payerID: coverage.payerID, memberID: coverage.memberID, body: Canonical.encode(registered))
        }
    }
}

/// A member as registration has it.
struct RegisteredMember: Codable {
    var coverage: Coverage
    var patient: Person
}
