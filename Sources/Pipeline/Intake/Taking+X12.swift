import Claims
import HealthTypes
import Stages
import Store
import X12
import X12Units

extension Taking {
    /// Takes one unit of an accepted transaction set.
    mutating func take(_ read: X12IntakeUnit) throws {
        var unit = Unit(
            format: .x12, kind: read.kind, range: read.range, identity: read.identity.digest,
            issues: read.issues.map(located))
        switch read.content {
        case .claim(let claim):
            // The same claim sent anew under other control numbers is the same claim.
            unit.identity = read.identity.content
            return try takeClaim(claim, as: unit)
        case .remittance, .remittanceEnd:
            unit.isStored = true
            if case .remittanceEnd(let end) = read.content {
                if end.isBalanced { return }
                unit.issues.append(
                    Issue(
                        .warning, "intake.remittance-unbalanced", at: Location(source: source, path: "BPR02"),
                        message: "The payment is not the sum of its claims less provider adjustments.",
                        requirement: "X221A1 1.10.2.3"))
                unit.isStored = false
                unit.identity = nil
            }
        case .remittedClaim(let claim):
            unit.events = [(.awaited(CaseKey(.claim, claim.controlNumber)), .remitted(claim))]
        case .eligibilityAnswer(let answer):
            unit.events = [(.awaited(CaseKey(.trace, answer.trace)), .eligibilityAnswered(answer))]
        case .implementationAcknowledgement(let acknowledgement):
            try fill(&unit, acknowledgement)
        case .claimAcknowledgement(let acknowledgement):
            unit.events = [Self.acknowledged(acknowledgement)]
        case .batchAcknowledgement(let batch):
            guard batch.claims == 0 else { return }
            let claims = try SentBatch.read(SentBatch.name(reference: batch.reference), in: tx)
            unit.events = claims.map { Self.acknowledged(batch.acknowledgement(of: $0)) }
            if claims.isEmpty { unit.isUnread = true }
        case .eligibilityInquiry, .interchangeAcknowledgement, .unread:
            unit.isUnread = true
            unit.issues.append(
                Issue(
                    .information, "intake.no-reader", at: Location(source: source, byte: read.range.lowerBound),
                    message: "No stage reads this yet; it is kept as it came."))
        case .unreadable:
            unit.issues.append(
                Issue(
                    .error, "intake.unit-unreadable", at: Location(source: source, byte: read.range.lowerBound),
                    message: "It cannot be read; its bytes are kept and the others go on."))
        case .tooLong:
            unit.issues.append(
                Issue(
                    .error, "intake.unit-too-long", at: Location(source: source, byte: read.range.lowerBound),
                    message: "It is longer than a unit may be; its bytes are kept and the others go on."))
        }
        try takeNew(unit)
    }

    private func located(_ issue: Issue) -> Issue {
        var issue = issue
        issue.location.source = source
        return issue
    }

    private static func acknowledged(_ acknowledgement: ClaimAcknowledgement) -> (owner: Owner, event: CaseEvent) {
        (.awaited(CaseKey(.claim, acknowledgement.controlNumber)), .acknowledged(acknowledgement))
    }

    /// A 999 speaks of the claims of the sets that it answers.
    private func fill(_ unit: inout Unit, _ acknowledgement: Acknowledgment999) throws {
        guard acknowledgement.functionalID == FunctionalGroup.claims else {
            // It answers an inquiry: there is nothing to tell a case.
            unit.isUnread = true
            return
        }
        let group = acknowledgement.groupControlNumber
        var sent: [String: [String]] = [:]
        for set in acknowledgement.transactions.map(\.controlNumber) {
            sent[set] = try SentBatch.read(SentBatch.name(group: group, set: set), in: tx)
        }
        let whole = try SentBatch.read(SentBatch.name(group: group, set: nil), in: tx)
        let result = AcknowledgementMapping.claims(of: acknowledgement) { _, set in set.map { sent[$0] ?? [] } ?? whole
        }
        unit.issues += result.issues.map(located)
        unit.events = result.value.map { Self.acknowledged($0) }
        if unit.events.isEmpty { unit.isUnread = true }
    }

    /// GS01 of the groups that intake tells apart.
    private enum FunctionalGroup {
        static let claims = "HC"
    }
}

extension X12IntakeUnit {
    /// What the log calls it.
    var kind: String {
        switch content {
        case .claim: "837 claim"
        case .remittance, .remittanceEnd: "835"
        case .remittedClaim: "835 claim"
        case .eligibilityAnswer: "271"
        case .eligibilityInquiry: "270"
        case .implementationAcknowledgement: "999"
        case .claimAcknowledgement, .batchAcknowledgement: "277CA"
        case .interchangeAcknowledgement: "TA1"
        case .unread(let kind): kind
        case .unreadable, .tooLong: header.set
        }
    }
}
