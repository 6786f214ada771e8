import Claims
import HealthTypes
import Stages
import Store
import X12
import X12Units

extension Intake {
    /// Checks and answers the source, and reads the transaction sets that the check accepts.
    mutating func takeX12(_ bytes: [UInt8]) throws {
        let intake = X12Intake()
        let store = tx
        var sets: [X12Set] = []
        var found: [Issue] = []
        var answer: [UInt8] = []
        var failure: (any Error)?
        let maker = AnswerMaker(
            kinds: [.ta1, .implementation], at: now,
            nextControlNumber: {
                do { return try store.next("interchange") } catch { failure = error }
                return 0
            }, ta1: .askedOrAtFault
        ) { answer += $1 }
        let verdicts = try intake.check(
            MemorySource(bytes), name: source, answering: acknowledges ? maker : nil,
            finding: { if $0.isError, found.count < Self.maximumFindings { found.append($0.issue) } },
            set: { set in
                let isOfSet = { (issue: Issue) in issue.location.byte.map { set.range.contains($0) } ?? false }
                sets.append(X12Set(checked: set, findings: found.filter(isOfSet)))
                found.removeAll(where: isOfSet)
            })
        if let failure = failure ?? maker.failure { throw failure }
        // Who sends no interchange is not answered by one.
        if acknowledges, verdicts.isX12, !answer.isEmpty {
            report.acknowledgement = String(decoding: answer, as: UTF8.self)
        }
        for issue in found { report.add(issue) }
        var isReadable = false
        let stream = intake.units(MemorySource(bytes), name: source, verdicts: verdicts)
        while case let batch = try stream.next(), !batch.units.isEmpty {
            for unit in batch.units {
                if case .interchangeAcknowledgement = unit.content { isReadable = true }
                if sets.indices.contains(unit.header.ordinal) { sets[unit.header.ordinal].units.append(unit) }
            }
        }
        for (ordinal, set) in sets.enumerated() {
            if verdicts.accepts(set: ordinal) { try take(set, bytes) } else { try refuse(set, bytes) }
        }
        if sets.isEmpty {
            // A lone TA1, or an envelope that cannot be read.
            try take(
                Unit(
                    format: .x12, kind: isReadable ? "TA1" : "interchange", bytes: bytes, issues: found,
                    keptOnly: isReadable))
        }
    }

    /// Findings of one source that are kept beside its units.
    private static let maximumFindings = 1000

    /// A transaction set with its verdict and what it says.
    private struct X12Set {
        var checked: CheckedSet
        var findings: [Issue]
        var units: [X12IntakeUnit] = []

        var kind: String { checked.header.set }

        func bytes(in source: [UInt8]) -> [UInt8] {
            Array(source[checked.range.clamped(to: 0..<source.count)])
        }
    }

    private mutating func refuse(_ set: X12Set, _ source: [UInt8]) throws {
        let refusal = Issue(
            .error, "intake.set-refused", at: Location(source: self.source, byte: set.checked.range.lowerBound),
            message: "The transaction set was refused: nothing of it was taken in.")
        try take(
            Unit(format: .x12, kind: set.kind, bytes: set.bytes(in: source), issues: set.findings + [refusal]))
    }

    private mutating func take(_ set: X12Set, _ source: [UInt8]) throws {
        let bytes = set.bytes(in: source)
        switch set.kind {
        case "837": try takeClaims(set, source)
        case "271": try takeAnswers(set, bytes)
        case "835": try takeRemittance(set, bytes)
        case "999": try takeImplementationAcknowledgement(set, bytes)
        case "277" where set.checked.header.guide.hasPrefix("005010X214"):
            try takeClaimAcknowledgements(set, bytes)
        default:
            if try isDuplicate(bytes, format: .x12, kind: set.kind) { return }
            try take(
                Unit(
                    format: .x12, kind: set.kind, bytes: bytes,
                    issues: [
                        Issue(
                            .information, "intake.no-reader", at: Location(source: self.source),
                            message: "No stage reads this transaction set yet; it is kept as it came.")
                    ], keptOnly: true))
        }
    }

    // MARK: 837

    /// Each claim is a unit of its own, with its own segments and those of the levels above it.
    private mutating func takeClaims(_ set: X12Set, _ source: [UInt8]) throws {
        for unit in set.units {
            for issue in unit.issues where issue.severity != .information { report.add(issue) }
            let header = unit.context.first.map { Array(source[$0]) } ?? []
            let terminator = source[unit.range.upperBound - 1]
            let text =
                header.drop { $0 != terminator }.dropFirst() + unit.context.dropFirst().flatMap { source[$0] }
                + source[unit.range]
            guard case .claim(let claim) = unit.content else {
                try take(
                    Unit(
                        format: .x12, kind: "837 claim", bytes: Array(text),
                        issues: [
                            Issue(
                                .error, "intake.claim-unreadable", at: Location(byte: unit.range.lowerBound),
                                message: "The claim cannot be read; its text is kept and the others go on.")
                        ]))
                continue
            }
            try takeClaim(claim, bytes: Array(text), format: .x12, kind: "837 claim", issues: [])
        }
        if set.units.isEmpty {
            try take(
                Unit(
                    format: .x12, kind: "837", bytes: set.bytes(in: source),
                    issues: [
                        Issue(
                            .error, "intake.no-claim",
                            at: Location(source: self.source, byte: set.checked.range.lowerBound),
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

    private mutating func takeAnswers(_ set: X12Set, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .x12, kind: "271") { return }
        var unit = Unit(format: .x12, kind: "271", bytes: bytes, issues: set.units.flatMap(\.issues))
        for case .eligibilityAnswer(let answer) in set.units.map(\.content) {
            unit.isRead = true
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

    private mutating func takeRemittance(_ set: X12Set, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .x12, kind: "835") { return }
        var unit = Unit(format: .x12, kind: "835", bytes: bytes, issues: set.units.flatMap(\.issues))
        for content in set.units.map(\.content) {
            switch content {
            case .remittance: unit.isRead = true
            case .remittanceEnd(let end) where !end.isBalanced:
                unit.issues.append(
                    Issue(
                        .warning, "intake.remittance-unbalanced", at: Location(source: source, path: "BPR02"),
                        message: "The payment is not the sum of its claims less provider adjustments.",
                        requirement: "X221A1 1.10.2.3"))
            case .remittedClaim(let claim):
                if let caseID = try tx.caseID(for: ("claim", claim.controlNumber)) {
                    unit.events.append((caseID, .remitted(claim)))
                } else {
                    unit.issues.append(unmatched("CLP01"))
                }
            default: break
            }
        }
        try take(unit)
    }

    // MARK: Acknowledgements of what we sent

    private mutating func takeImplementationAcknowledgement(_ set: X12Set, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .x12, kind: "999") { return }
        var unit = Unit(format: .x12, kind: "999", bytes: bytes, issues: set.units.flatMap(\.issues))
        for case .implementationAcknowledgement(let acknowledgement) in set.units.map(\.content) {
            guard acknowledgement.functionalID == "HC" else {
                // It answers an inquiry: there is nothing to tell a case.
                unit.keptOnly = true
                continue
            }
            let group = acknowledgement.groupControlNumber
            let sent = try SentBatches(group: group, acknowledgement.transactions.map(\.controlNumber), in: tx)
            let result = AcknowledgementMapping.claims(of: acknowledgement) { sent.claims(group: $0, transaction: $1) }
            unit.issues += result.issues
            try add(result.value, to: &unit)
        }
        try take(unit)
    }

    private mutating func takeClaimAcknowledgements(_ set: X12Set, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .x12, kind: "277CA") { return }
        var unit = Unit(format: .x12, kind: "277CA", bytes: bytes, issues: set.units.flatMap(\.issues))
        for content in set.units.map(\.content) {
            switch content {
            case .claimAcknowledgement(let claim): try add([claim], to: &unit)
            case .batchAcknowledgement(let receipt) where receipt.claims == 0:
                let sent = try tx.setting("batch-reference/\(receipt.reference)") ?? ""
                let numbers = sent.split(separator: " ").map(String.init)
                if numbers.isEmpty { unit.issues.append(unmatched("TRN02")) }
                try add(numbers.map { receipt.acknowledgement(of: $0) }, to: &unit)
            default: break
            }
        }
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
