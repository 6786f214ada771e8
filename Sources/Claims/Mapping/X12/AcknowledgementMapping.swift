import HealthTypes
import X12
public import X12Units

/// What the acknowledgements of a batch say of each claim in it.
public enum AcknowledgementMapping {
    /// The claims of a 999, which names transaction sets and not claims.
    ///
    /// Where AK9 speaks for sets that no AK2 names, as it does when a whole group is refused, it speaks for their
    /// claims too; a group accepted in part says nothing of a set that it does not name.
    ///
    /// - Parameter sent: the claims' control numbers that we sent in a transaction set (by GS06 and ST02), or with
    ///   nil in the whole group.
    public static func claims(
        of acknowledgement: Acknowledgment999, sent: (_ group: String, _ transaction: String?) -> [String]
    ) -> MappingResult<[ClaimAcknowledgement]> {
        var result = MappingResult<[ClaimAcknowledgement]>([])
        let group = acknowledgement.groupControlNumber
        var named: Set<String> = []
        func add(_ numbers: [String], _ code: String, _ outcome: ClaimAcknowledgement.Outcome) {
            for number in numbers where named.insert(number).inserted {
                result.value.append(
                    ClaimAcknowledgement(source: .implementation, controlNumber: number, outcome: outcome, code: code))
            }
        }
        for transaction in acknowledgement.transactions {
            let numbers = sent(group, transaction.controlNumber)
            if numbers.isEmpty {
                result.issues.append(
                    MappingFault.batchUnknown.issue(at: Location(path: "AK2/\(result.issues.count + 1)")))
            }
            let outcome: ClaimAcknowledgement.Outcome =
                transaction.status.isEmpty ? .other : transaction.isAccepted ? .received : .rejected
            add(numbers, transaction.status, outcome)
        }
        if let outcome = groupOutcomes[acknowledgement.status] {
            let rest = sent(group, nil)
            if rest.isEmpty && acknowledgement.transactions.isEmpty {
                result.issues.append(MappingFault.batchUnknown.issue(at: Location(path: "AK1")))
            }
            add(rest, acknowledgement.status, outcome)
        }
        return result
    }

    /// AK901, for the sets that are not named; P says nothing of them.
    private static let groupOutcomes: [String: ClaimAcknowledgement.Outcome] = [
        "A": .received, "E": .received, "R": .rejected, "M": .rejected, "W": .rejected, "X": .rejected,
    ]

    /// The claim of a 277CA (2200D). A claim one of whose lines is turned back is turned back. Nil where the unit is no
    /// claim of a claim acknowledgement.
    public static func read(_ view: ClaimStatus277) -> MappingResult<ClaimAcknowledgement?> {
        guard view.isAcknowledgment, view.level == .claim else { return MappingResult(nil) }
        var result = MappingResult<ClaimAcknowledgement?>(nil)
        let number = view.traceNumber.withoutFilling
        if number.isEmpty {
            result.issues.append(
                MappingFault.acknowledgedClaim.issue(at: view.unit.root.first.location(element: 2)))
        }
        let said =
            statuses(view.statuses, line: nil)
            + view.lines.flatMap { line in statuses(line.statuses, line: line.controlNumber) }
        let leading = ClaimAcknowledgement.Status.leading(said)
        result.value = ClaimAcknowledgement(
            source: .claim, controlNumber: number, outcome: leading?.outcome ?? .other, code: leading?.code ?? "",
            payerClaimNumber: view.payerControlNumber.withoutFilling.stated, statuses: said)
        return result
    }

    /// The receipt of a batch or of a provider's claims in a 277CA (2200B, 2200C). Nil for any other unit, and where it
    /// states nothing.
    static func readReceipt(_ view: ClaimStatus277) -> BatchAcknowledgement? {
        guard view.isAcknowledgment, view.level != .claim, !view.statuses.isEmpty else { return nil }
        return BatchAcknowledgement(
            reference: view.batchNumber.withoutFilling,
            provider: view.level == .provider ? provider(of: view) : nil,
            statuses: statuses(view.statuses, line: nil), claims: 0)
    }

    /// NM109 of the billing provider (2100C) under whom a unit stands.
    static func provider(of view: ClaimStatus277) -> String { view.providers.first?.identifier.withoutFilling ?? "" }

    /// All composites of the STC segments.
    private static func statuses(_ entries: [StatusEntry], line: String?) -> [ClaimAcknowledgement.Status] {
        entries.flatMap { entry in
            entry.reasons.map { reason in
                ClaimAcknowledgement.Status(
                    category: reason.category, reason: reason.code, entity: reason.entity.stated, date: entry.date,
                    action: entry.action.stated, amount: entry.charge, message: entry.message.stated, line: line)
            }
        }
    }

    /// Forms an interchange of one claim acknowledgement (277CA, 005010X214).
    public static func form(
        _ acknowledgement: ClaimAcknowledgmentDraft277CA, in heading: InterchangeHeading, snip: Int = 2
    ) -> FormedInterchange {
        var forming = InterchangeForming(heading, snip: snip)
        forming.write(0, reference: acknowledgement.reference, path: "acknowledgement") {
            try $0.write(acknowledgement)
        }
        return forming.finish()
    }
}
