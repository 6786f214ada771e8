import HealthTypes
public import X12

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

    /// The claims of a 277CA. A claim one of whose lines is turned back is turned back. A receipt that turns the
    /// batch back without naming claims is one for each claim of the batch.
    ///
    /// - Parameter sent: the control numbers of the batch whose reference (BHT03 of the 837) is given.
    public static func claims(
        of acknowledgement: ClaimAcknowledgment277CA, sent: (_ batch: String) -> [String]
    ) -> MappingResult<[ClaimAcknowledgement]> {
        var result = MappingResult<[ClaimAcknowledgement]>([])
        for (position, claim) in acknowledgement.claims.enumerated() {
            if claim.patientControlNumber.isEmpty {
                result.issues.append(
                    MappingFault.acknowledgedClaim.issue(at: Location(path: "2200D/\(position + 1)")))
            }
            let payerNumber = claim.payerClaimControlNumber
            result.value.append(
                read(
                    claim.statuses + claim.lineStatuses, claim.patientControlNumber,
                    payerNumber: payerNumber.isEmpty ? nil : payerNumber))
        }
        let batch = acknowledgement.batchStatuses
        guard acknowledgement.claims.isEmpty, !batch.isEmpty else { return result }
        let numbers = sent(acknowledgement.batch)
        if numbers.isEmpty { result.issues.append(MappingFault.batchUnknown.issue(at: Location(path: "2200B/TRN02"))) }
        result.value += numbers.map { read(batch, $0, payerNumber: nil) }
        return result
    }

    /// The first status that turns the claim back, else the first.
    private static func read(
        _ statuses: [ClaimAcknowledgment277CA.Status], _ number: String, payerNumber: String?
    ) -> ClaimAcknowledgement {
        let outcomes = statuses.map { ClaimAcknowledgement.outcome(ofCategory: $0.category) }
        let place = outcomes.firstIndex(of: .rejected) ?? outcomes.indices.first
        let status = place.map { statuses[$0] }
        let parts = [status?.category, status?.code, status?.entity].compactMap { $0 }.filter { !$0.isEmpty }
        return ClaimAcknowledgement(
            source: .claim, controlNumber: number, outcome: place.map { outcomes[$0] } ?? .other,
            code: parts.joined(separator: ":"), payerClaimNumber: payerNumber)
    }
}
