import HealthTypes
import X12
import X12Units

extension ClaimMapping {
    /// Who sends a batch of claims (1000A), with whom to speak about it.
    public struct Submitter: Hashable, Sendable {
        public var name: String
        /// NM109, as agreed with the receiver.
        public var id: String
        public var contact: String
        /// Digits only.
        public var phone: String

        public init(name: String, id: String, contact: String, phone: String) {
            self.name = name
            self.id = id
            self.contact = contact
            self.phone = phone
        }
    }

    /// The HI qualifiers that state a diagnosis; others state conditions, occurrences, values and procedures.
    static let diagnosisQualifiers: Set<String> = [
        "ABK", "ABF", "ABJ", "ABN", "APR", "BK", "BF", "BJ", "BN", "PR",
    ]

    /// Forms an interchange of professional claims, those of a billing provider and of a subscriber side by side.
    ///
    /// A claim without a payer, of another kind, out of balance or against its guide is not written: `refusals` says
    /// why, the path being `claims/<position>`. Notes longer than NTE02 allows are cut, and an issue says so.
    ///
    /// - Parameters:
    ///   - reference: BHT03, our name for the batch; the second and further sets add `-2`, `-3` ...
    ///   - maximumClaims: of one transaction set (X222A1 advises 5,000).
    ///   - snip: the highest SNIP type by which a claim is checked before it is written.
    public static func form(
        _ claims: [Claim], submitter: Submitter, receiver: (name: String, id: String), reference: String,
        in heading: InterchangeHeading, maximumClaims: Int = 5000, snip: Int = 2
    ) -> FormedInterchange {
        precondition(maximumClaims > 0, "a transaction set holds at least one claim")
        var forming = InterchangeForming(heading, unitsPerSet: maximumClaims, snip: snip)
        var writable: [Int] = []
        for (position, claim) in claims.enumerated() {
            let place = Location(path: "claims/\(position)")
            if claim.kind != .professional {
                forming.refuse(position, MappingFault.claimKind.issue(at: place))
            } else if claim.coverages.isEmpty {
                forming.refuse(position, MappingFault.claimPayer.issue(at: place))
            } else {
                writable.append(position)
                if ([claim.notes] + claim.lines.map(\.notes)).contains(where: { ($0?.utf8.count ?? 0) > 80 }) {
                    forming.note(MappingFault.noteLength.issue(at: place))
                }
            }
        }
        let sender = Party(
            "41", name: submitter.name, identifierQualifier: "46", identifier: submitter.id,
            contacts: [Contact(name: submitter.contact, telephone: submitter.phone)])
        for start in stride(from: 0, to: writable.count, by: maximumClaims) {
            let suffix = start == 0 ? "" : "-\(start / maximumClaims + 1)"
            let batch = ClaimDraft837.Batch(
                submitter: sender, receiver: Party("40", organization: receiver.name, "46", receiver.id),
                reference: reference + suffix)
            let part = writable[start..<min(start + maximumClaims, writable.count)]
            for position in sideBySide(part, of: claims) {
                let draft = draft(claims[position], batch: batch)
                forming.write(position, reference: batch.reference, path: "claims/\(position)") { try $0.write(draft) }
            }
        }
        return forming.finish()
    }

    /// The positions in the order in which as few levels as may be are written.
    private static func sideBySide(_ positions: ArraySlice<Int>, of claims: [Claim]) -> [Int] {
        positions.grouped { claims[$0].billing }.flatMap { _, positions in
            positions.grouped { SubscriberKey(claims[$0]) }.flatMap { _, positions in
                positions.grouped { PatientKey(claims[$0]) }.flatMap(\.members)
            }
        }
    }

    private struct SubscriberKey: Hashable {
        var coverage: Coverage
        /// Nil where the patient is another person than the subscriber.
        var patient: Person?

        init(_ claim: Claim) {
            coverage = claim.coverages[0]
            coverage.from = nil
            coverage.to = nil
            if coverage.relationship == "18" {
                patient = claim.patient
            } else {
                // Dependents of one subscriber stand under one level, whatever their relationship.
                coverage.relationship = ""
            }
        }
    }

    private struct PatientKey: Hashable {
        var relationship: String
        var patient: Person

        init(_ claim: Claim) {
            relationship = claim.coverages[0].relationship
            patient = claim.patient
        }
    }

    // MARK: Drafts

    /// The claim as a value to be written; it must have a payer.
    static func draft(_ claim: Claim, batch: ClaimDraft837.Batch) -> ClaimDraft837 {
        let coverage = claim.coverages[0]
        let isSubscriber = coverage.relationship == "18"
        var billing = Party("85", claim.billing, hasTaxonomy: true, hasAddress: true)
        if let taxID = claim.billing.taxID { billing.references = [ReferenceNumber("EI", taxID)] }
        // 2010BA has address and birth date only where the subscriber is the patient.
        let subscriber = Party(
            "IL", isSubscriber ? claim.patient : coverage.subscriber, memberID: coverage.memberID,
            hasAddress: isSubscriber, hasBirth: isSubscriber)
        let patient =
            isSubscriber
            ? nil
            : ClaimDraft837.Patient(
                Party("QC", claim.patient), relationship: coverage.relationship, condition: condition(of: claim.patient)
            )
        return ClaimDraft837(
            .professional, batch: batch, billing: .init(provider: billing),
            coverage: .init(
                subscriber: subscriber,
                payer: Party("PR", organization: coverage.payerName, "PI", coverage.payerID),
                sequence: coverage.responsibility.rawValue, groupNumber: coverage.groupNumber ?? "",
                groupName: coverage.planName ?? "", filingIndicator: coverage.filingIndicator ?? "ZZ",
                condition: isSubscriber ? condition(of: claim.patient) : nil),
            patient: patient, controlNumber: claim.controlNumber, charge: claim.totalCharge,
            facility: claim.placeOfService, frequency: claim.frequency,
            relatedCauses: Array(claim.relatedCauses.prefix(3)), accidentState: claim.accidentState ?? "",
            dates: claim.dates.map { DateEntry($0) },
            references: references([
                ("9F", claim.referralNumber), ("G1", claim.priorAuthorization), ("F8", claim.originalReference),
            ]), notes: notes(claim.notes),
            codes: claim.diagnoses.map { ClaimDraft837.HealthCode($0.qualifier, $0.code) },
            providers: providers(of: claim),
            otherPayers: claim.coverages.dropFirst().map { otherPayer($0, of: claim) },
            lines: claim.lines.map { line($0, of: claim) })
    }

    private static func condition(of patient: Person) -> ClaimDraft837.PatientCondition? {
        patient.deathDate.map { ClaimDraft837.PatientCondition(deathDate: $0) }
    }

    private static func references(_ pairs: [(String, String?)]) -> [ReferenceNumber] {
        pairs.compactMap { qualifier, value in value.map { ReferenceNumber(qualifier, $0) } }
    }

    private static func notes(_ note: String?) -> [ClaimDraft837.Note] {
        guard let note else { return [] }
        return [ClaimDraft837.Note("ADD", String(decoding: note.utf8.prefix(80), as: UTF8.self))]
    }

    private static func providers(of claim: Claim) -> [Party] {
        [
            claim.referring.map { Party("DN", $0) }, claim.rendering.map { Party("82", $0, hasTaxonomy: true) },
            claim.facility.map { Party("77", $0, hasAddress: true) },
        ].compactMap { $0 }
    }

    private static func otherPayer(_ coverage: Coverage, of claim: Claim) -> ClaimDraft837.OtherPayer {
        let payment = claim.priorPayments.first { $0.payerID == coverage.payerID }
        return ClaimDraft837.OtherPayer(
            subscriber: Party("IL", coverage.subscriber, memberID: coverage.memberID, hasBirth: false),
            payer: Party("PR", organization: coverage.payerName, "PI", coverage.payerID),
            sequence: coverage.responsibility.rawValue, relationship: coverage.relationship,
            groupNumber: coverage.groupNumber ?? "", groupName: coverage.planName ?? "",
            filingIndicator: coverage.filingIndicator ?? "ZZ", adjustments: payment?.adjustments.drafts ?? [],
            paid: payment?.paid)
    }

    private static func line(_ line: ClaimLine, of claim: Claim) -> ClaimDraft837.Line {
        // CTP is required beside LIN; without a quantity of the drug's own, the line's units stand for it.
        let drug = line.ndc.map {
            ClaimDraft837.Drug($0, quantity: line.ndcQuantity ?? line.units, unit: line.ndcUnit ?? "UN")
        }
        let decisions = claim.priorPayments.flatMap { payment in
            payment.lines.filter { $0.number == line.number }.map { settled in
                ClaimDraft837.Decision(
                    payer: payment.payerID, paid: settled.paid,
                    procedure: ProcedureCode(settled.procedure, settled.modifiers), units: settled.units,
                    adjustments: settled.adjustments.drafts, date: settled.paidOn)
            }
        }
        return ClaimDraft837.Line(
            procedure: ProcedureCode(line.procedure, Array(line.modifiers.prefix(4)), note: line.description ?? ""),
            charge: line.charge, unit: line.unitBasis, units: line.units, placeOfService: line.placeOfService ?? "",
            pointers: Array(line.pointers.prefix(4)),
            dates: [DateEntry(DatedPeriod(qualifier: "472", from: line.from, to: line.to))],
            references: references([("G1", line.priorAuthorization), ("6R", line.controlNumber)]),
            notes: notes(line.notes), drug: drug,
            providers: [
                line.rendering.map { Party("82", $0, hasTaxonomy: true) },
                line.ordering.map { Party("DK", $0, hasAddress: true) },
            ].compactMap { $0 }, decisions: decisions)
    }
}
