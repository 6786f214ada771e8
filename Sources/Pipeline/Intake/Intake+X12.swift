import Claims
import HealthTypes
import Stages
import Store
import X12

extension Intake {
    /// Reads every transaction set of every interchange in the source.
    mutating func takeX12(_ bytes: [UInt8]) throws {
        let document = X12Document(parsing: bytes, source: source)
        for issue in document.issues { report.add(issue) }
        guard document.interchanges.contains(where: { $0.groups.contains { !$0.transactions.isEmpty } }) else {
            // A lone TA1, or an envelope that cannot be read.
            let readable = document.interchanges.contains { !$0.ta1Segments.isEmpty }
            if acknowledges, !readable { report.acknowledgement = try acknowledgement(of: document) }
            return try take(
                Unit(
                    format: .x12, kind: readable ? "TA1" : "interchange", bytes: bytes, issues: document.issues,
                    keptOnly: readable))
        }
        for interchange in document.interchanges {
            for group in interchange.groups {
                for transaction in group.transactions { try take(transaction, of: group) }
            }
        }
        if acknowledges { report.acknowledgement = try acknowledgement(of: document) }
    }

    /// TA1 where the sender asked for one or the envelope is at fault, and a 999 for each interchange.
    private func acknowledgement(of document: X12Document) throws -> String? {
        let findings = X12Checker().check(document)
        var bytes: [UInt8] = []
        for (index, interchange) in document.interchanges.enumerated() {
            let number = try tx.next("interchange")
            if interchange.acknowledgmentRequested || !interchange.isReadable {
                bytes += TA1.acknowledge(interchange, controlNumber: number, at: now)
            }
            bytes +=
                Acknowledgment999.make(
                    for: document, interchange: index, findings: findings, controlNumber: number, at: now) ?? []
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private mutating func take(_ transaction: TransactionSet, of group: FunctionalGroup) throws {
        let bytes = Array(transaction.rawText.utf8)
        switch transaction.id {
        case "837": try takeClaims(transaction, bytes)
        case "271": try takeAnswers(transaction, bytes)
        case "835": try takeRemittance(transaction, bytes)
        case "999": try takeImplementationAcknowledgement(transaction, bytes)
        case "277": try takeClaimAcknowledgements(transaction, bytes)
        default:
            if try isDuplicate(bytes, format: .x12, kind: transaction.id) { return }
            try take(
                Unit(
                    format: .x12, kind: transaction.id, bytes: bytes,
                    issues: [
                        Issue(
                            .information, "intake.no-reader", at: Location(source: source),
                            message: "No stage reads this transaction set yet; it is kept as it came.")
                    ], keptOnly: true))
        }
    }

    // MARK: 837

    /// Each claim is a unit of its own, with its own segments.
    private mutating func takeClaims(_ transaction: TransactionSet, _ bytes: [UInt8]) throws {
        let result = ProfessionalClaimMapping.read(transaction)
        for unread in result.unread {
            try take(
                Unit(
                    format: .x12, kind: "837 claim", bytes: Array(unread.text.utf8),
                    issues: [
                        Issue(
                            .error, "intake.claim-unreadable", at: unread.location,
                            message: "The claim cannot be read; its text is kept and the others go on.")
                    ]))
        }
        for issue in result.issues { report.add(issue) }
        for mapped in result.value {
            let text = Array(transaction.segments[mapped.segments].map(\.rawText).joined(separator: "~\n").utf8)
            try takeClaim(mapped.claim, bytes: text, format: .x12, kind: "837 claim", issues: [])
        }
        if result.value.isEmpty, result.unread.isEmpty {
            try take(
                Unit(
                    format: .x12, kind: "837", bytes: bytes,
                    issues: [
                        Issue(
                            .error, "intake.no-claim",
                            at: Location(source: source, byte: transaction.byteRange.lowerBound),
                            message: "The transaction set holds no claim that can be read.")
                    ]))
        }
    }

    /// How many claims may come under one control number before the next is refused.
    private static let maximumNamesakes = 100

    /// A claim that was made elsewhere opens a case under its control number.
    mutating func takeClaim(_ received: Claim, bytes: [UInt8], format: MessageFormat, kind: String, issues: [Issue])
        throws
    {
        if try isDuplicate(bytes, format: format, kind: kind) { return }
        var claim = received
        var issues = issues
        // Two billing systems may well use one number for two claims, and the payer's answers name nothing else.
        for _ in 0..<Self.maximumNamesakes where try tx.caseID(for: ("claim", claim.controlNumber)) != nil {
            claim.controlNumber = Claim.controlNumber(after: claim.controlNumber)
        }
        if claim.controlNumber != received.controlNumber {
            let free = try tx.caseID(for: ("claim", claim.controlNumber)) == nil
            issues.append(
                Issue(
                    free ? .warning : .error, "intake.control-number-known",
                    at: Location(source: source, path: "CLM01"),
                    message: free
                        ? "Another claim here has this control number; this one goes on under the next."
                        : "Too many claims here have this control number; send a new one with a new number."))
            guard free else { return try take(Unit(format: format, kind: kind, bytes: bytes, issues: issues)) }
        }
        let caseID = try tx.openCase(kind: "claim", key: ("claim", claim.controlNumber), at: now)
        try take(
            Unit(
                format: format, kind: kind, bytes: bytes, events: [(caseID, .claimReceived(claim))], issues: issues))
    }

    // MARK: 271

    private mutating func takeAnswers(_ transaction: TransactionSet, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .x12, kind: "271") { return }
        let result = EligibilityMapping.read271(transaction)
        var unit = Unit(format: .x12, kind: "271", bytes: bytes, issues: result.issues, isRead: !result.value.isEmpty)
        for answer in result.value {
            if let caseID = try tx.caseID(for: ("trace", answer.trace)) {
                unit.events.append((caseID, .eligibilityAnswered(answer)))
            } else {
                unit.issues.append(unmatched("TRN02"))
            }
        }
        try take(unit)
    }

    private func unmatched(_ path: String) -> Issue {
        Issue(
            .warning, "intake.unmatched", at: Location(source: source, path: path),
            message: "Belongs to no case that is known here; it is kept.")
    }

    // MARK: 835

    private mutating func takeRemittance(_ transaction: TransactionSet, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .x12, kind: "835") { return }
        let result = RemittanceMapping.read835(transaction)
        var unit = Unit(format: .x12, kind: "835", bytes: bytes, issues: result.issues)
        guard let remittance = result.value else { return try take(unit) }
        unit.isRead = true
        if !remittance.isBalanced {
            unit.issues.append(
                Issue(
                    .warning, "intake.remittance-unbalanced", at: Location(source: source, path: "BPR02"),
                    message: "The payment is not the sum of its claims less provider adjustments.",
                    requirement: "X221A1 1.10.2.3"))
        }
        for claim in remittance.claims {
            if let caseID = try tx.caseID(for: ("claim", claim.controlNumber)) {
                unit.events.append((caseID, .remitted(claim)))
            } else {
                unit.issues.append(unmatched("CLP01"))
            }
        }
        try take(unit)
    }

    // MARK: Acknowledgements of what we sent

    private mutating func takeImplementationAcknowledgement(_ transaction: TransactionSet, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .x12, kind: "999") { return }
        var unit = Unit(format: .x12, kind: "999", bytes: bytes)
        guard let acknowledgement = Acknowledgment999(transaction) else {
            unit.issues = [
                Issue(
                    .error, "intake.acknowledgement-unreadable", at: Location(source: source),
                    message: "The acknowledgement names no group.")
            ]
            return try take(unit)
        }
        if acknowledgement.functionalID == "HC" {
            let group = acknowledgement.groupControlNumber
            let sent = try SentBatches(group: group, acknowledgement.transactions.map(\.controlNumber), in: tx)
            let result = AcknowledgementMapping.claims(of: acknowledgement) { sent.claims(group: $0, transaction: $1) }
            unit.issues = result.issues
            try add(result.value, to: &unit)
        } else {
            // It answers an inquiry: there is nothing to tell a case.
            unit.keptOnly = true
        }
        try take(unit)
    }

    private mutating func takeClaimAcknowledgements(_ transaction: TransactionSet, _ bytes: [UInt8]) throws {
        guard transaction.guide.hasPrefix("005010X214"), let acknowledgement = ClaimAcknowledgment277CA(transaction)
        else {
            if try isDuplicate(bytes, format: .x12, kind: "277") { return }
            return try take(Unit(format: .x12, kind: "277", bytes: bytes, keptOnly: true))
        }
        if try isDuplicate(bytes, format: .x12, kind: "277CA") { return }
        let sent = try tx.setting("batch-reference/\(acknowledgement.batch)") ?? ""
        let result = AcknowledgementMapping.claims(of: acknowledgement) { _ in
            sent.split(separator: " ").map(String.init)
        }
        var unit = Unit(format: .x12, kind: "277CA", bytes: bytes, issues: result.issues)
        try add(result.value, to: &unit)
        try take(unit)
    }

    private func add(_ acknowledgements: [ClaimAcknowledgement], to unit: inout Unit) throws {
        for acknowledgement in acknowledgements {
            if let caseID = try tx.caseID(for: ("claim", acknowledgement.controlNumber)) {
                unit.events.append((caseID, .acknowledged(acknowledgement)))
            } else {
                unit.issues.append(unmatched("TRN02"))
            }
        }
    }
}

/// The claims that we sent, by group and transaction set, for an acknowledgement that names no claim.
private struct SentBatches {
    private var known: [String: [String]] = [:]

    init(group: String, _ transactions: [String], in tx: StoreTransaction) throws {
        for name in [""] + transactions {
            known[name] = try tx.setting("batch/\(group)/\(name)")?.split(separator: " ").map(String.init)
        }
    }

    func claims(group: String, transaction: String?) -> [String] { known[transaction ?? ""] ?? [] }
}
