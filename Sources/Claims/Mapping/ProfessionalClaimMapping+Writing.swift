public import HealthTypes
public import X12

extension ProfessionalClaimMapping {
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

    /// One transaction set of claims.
    public struct Batch: Sendable {
        public var transaction: TransactionWriter
        /// Of the claims in it: an acknowledgement names the transaction set, and this says whose it is.
        public var controlNumbers: [String]
    }

    /// The guide that is written (ST03, GS08); its functional group is `HC`.
    public static let guide = "005010X222A1"

    /// Writes professional claims, grouped by billing provider and subscriber.
    ///
    /// A claim without a payer, or of another kind, is not written; an issue says so, its path being
    /// `claims/<position>`. Notes longer than NTE02 allows are cut, and an issue says so.
    ///
    /// - Parameters:
    ///   - reference: BHT03, our name for the batch; the second and further sets add `-2`, `-3` ...
    ///   - maximumClaims: of one transaction set (X222A1 advises 5,000).
    public static func write(
        _ claims: [Claim], submitter: Submitter, receiver: (name: String, id: String), reference: String, at: Instant,
        maximumClaims: Int = 5000
    ) -> MappingResult<[Batch]> {
        precondition(maximumClaims > 0, "a transaction set holds at least one claim")
        var result = MappingResult<[Batch]>([])
        var writable: [Claim] = []
        for (position, claim) in claims.enumerated() {
            let place = Location(path: "claims/\(position)")
            if claim.kind != .professional {
                result.issues.append(MappingFault.claimKind.issue(at: place))
            } else if claim.coverages.isEmpty {
                result.issues.append(MappingFault.claimPayer.issue(at: place))
            } else {
                writable.append(claim)
                if ([claim.notes] + claim.lines.map(\.notes)).contains(where: { ($0?.utf8.count ?? 0) > 80 }) {
                    result.issues.append(MappingFault.noteLength.issue(at: place))
                }
            }
        }
        for start in stride(from: 0, to: writable.count, by: maximumClaims) {
            let part = writable[start..<min(start + maximumClaims, writable.count)]
            let suffix = start == 0 ? "" : "-\(start / maximumClaims + 1)"
            var transaction = TransactionWriter(id: "837", guide: guide)
            transaction.addBeginning("0019", "00", reference: reference + suffix, at: at, kind: "CH")
            transaction.addName("41", organization: submitter.name, qualifier: "46", id: submitter.id)
            transaction.add("PER", "IC", .text(submitter.contact), "TE", .text(submitter.phone))
            transaction.addName("40", organization: receiver.name, qualifier: "46", id: receiver.id)
            var writer = ClaimWriter(transaction: transaction)
            writer.write(part)
            result.value.append(Batch(transaction: writer.transaction, controlNumbers: writer.controlNumbers))
        }
        return result
    }
}

/// Writes the hierarchy and the claims of one 837.
private struct ClaimWriter {
    var transaction: TransactionWriter
    /// In the order in which the claims were written.
    var controlNumbers: [String] = []

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
    }

    mutating func write(_ claims: ArraySlice<Claim>) {
        for (billing, claims) in claims.grouped(by: \.billing) {
            let level = transaction.addHierarchy(level: "20", parent: nil, hasChildren: true)
            transaction.addTaxonomy("BI", of: billing)
            transaction.addName("85", billing)
            transaction.addAddress(billing.address)
            transaction.addReference("EI", billing.taxID)
            for (key, claims) in claims.grouped(by: SubscriberKey.init) {
                write(claims, of: key, under: level)
            }
        }
    }

    /// 2000B to 2010CA.
    private mutating func write(_ claims: [Claim], of key: SubscriberKey, under parent: Int) {
        let coverage = key.coverage
        let subscriber = key.patient ?? coverage.subscriber
        let level = transaction.addHierarchy(level: "22", parent: parent, hasChildren: key.patient == nil)
        writeSubscriberInformation(coverage, relationship: key.patient == nil ? "" : "18")
        if let patient = key.patient { writePatientInformation(patient, relationship: "") }
        transaction.addName("IL", subscriber, qualifier: "MI", id: coverage.memberID)
        if key.patient != nil {
            // 2010BA has address and birth date only where the subscriber is the patient.
            transaction.addAddress(subscriber.address)
            transaction.addDemographics(subscriber)
        }
        transaction.addName("PR", organization: coverage.payerName, qualifier: "PI", id: coverage.payerID)
        guard key.patient == nil else { return claims.forEach { write($0) } }
        let patients = claims.grouped { PatientKey(relationship: $0.coverages[0].relationship, patient: $0.patient) }
        for (key, claims) in patients {
            transaction.addHierarchy(level: "23", parent: level, hasChildren: false)
            writePatientInformation(key.patient, relationship: key.relationship)
            transaction.addName("QC", key.patient)
            transaction.addAddress(key.patient.address)
            transaction.addDemographics(key.patient)
            claims.forEach { write($0) }
        }
    }

    private mutating func writeSubscriberInformation(
        _ coverage: Coverage, relationship: String
    ) {
        transaction.add(
            "SBR", .text(coverage.responsibility.rawValue), .text(relationship), .optional(coverage.groupNumber),
            .optional(coverage.planName), "", "", "", "", .text(coverage.filingIndicator ?? "ZZ"))
    }

    /// PAT, where there is anything for it to say.
    private mutating func writePatientInformation(_ patient: Person, relationship: String) {
        guard !relationship.isEmpty || patient.deathDate != nil else { return }
        transaction.add(
            "PAT", .text(relationship), "", "", "", patient.deathDate == nil ? .empty : "D8",
            patient.deathDate.map { .date($0) } ?? .empty)
    }

    /// 2300 to 2330.
    private mutating func write(_ claim: Claim) {
        controlNumbers.append(claim.controlNumber)
        let causes = claim.relatedCauses.prefix(3) + Array(repeating: "", count: max(0, 3 - claim.relatedCauses.count))
        transaction.add(
            "CLM", .text(claim.controlNumber), .money(claim.totalCharge), "", "",
            .composite([claim.placeOfService, "B", claim.frequency]), "Y", "A", "Y", "Y", "",
            .composite(causes + [claim.accidentState ?? ""]))
        for period in claim.dates { transaction.addPeriod(period.qualifier, period.from, period.to) }
        transaction.addReference("9F", claim.referralNumber)
        transaction.addReference("G1", claim.priorAuthorization)
        transaction.addReference("F8", claim.originalReference)
        writeNote(claim.notes)
        for start in stride(from: 0, to: claim.diagnoses.count, by: 12) {
            let part = claim.diagnoses[start..<min(start + 12, claim.diagnoses.count)]
            transaction.add("HI", elements: part.map { .composite([$0.qualifier, $0.code]) })
        }
        if let referring = claim.referring { transaction.addName("DN", referring) }
        writeRendering(claim.rendering)
        if let facility = claim.facility {
            transaction.addName("77", facility)
            transaction.addAddress(facility.address)
        }
        for coverage in claim.coverages.dropFirst() { writeOtherPayer(coverage, of: claim) }
        for line in claim.lines { write(line, of: claim) }
    }

    private mutating func writeNote(_ note: String?) {
        guard let note else { return }
        transaction.add("NTE", "ADD", .text(String(decoding: note.utf8.prefix(80), as: UTF8.self)))
    }

    private mutating func writeRendering(_ rendering: Provider?) {
        guard let rendering else { return }
        transaction.addName("82", rendering)
        transaction.addTaxonomy("PE", of: rendering)
    }

    private mutating func writeOtherPayer(_ coverage: Coverage, of claim: Claim) {
        let payment = claim.priorPayments.first { $0.payerID == coverage.payerID }
        writeSubscriberInformation(coverage, relationship: coverage.relationship)
        transaction.addAdjustments(payment?.adjustments ?? [])
        if let paid = payment?.paid { transaction.add("AMT", "D", .money(paid)) }
        transaction.add("OI", "", "", "Y", "P", "", "Y")
        transaction.addName("IL", coverage.subscriber, qualifier: "MI", id: coverage.memberID)
        transaction.addAddress(coverage.subscriber.address)
        transaction.addName("PR", organization: coverage.payerName, qualifier: "PI", id: coverage.payerID)
    }

    /// 2400 to 2430.
    private mutating func write(_ line: ClaimLine, of claim: Claim) {
        transaction.add("LX", .number(line.number))
        let modifiers = line.modifiers.prefix(4) + Array(repeating: "", count: max(0, 4 - line.modifiers.count))
        transaction.add(
            "SV1", .composite(["HC", line.procedure] + modifiers + [line.description ?? ""]), .money(line.charge),
            .text(line.unitBasis), .text(line.units), .optional(line.placeOfService), "",
            .composite(line.pointers.prefix(4).map { String($0) }))
        transaction.addPeriod("472", line.from, line.to)
        transaction.addReference("G1", line.priorAuthorization)
        transaction.addReference("6R", line.controlNumber)
        writeNote(line.notes)
        if let ndc = line.ndc {
            transaction.add("LIN", "", "N4", .text(ndc))
            // CTP is required beside LIN; without a quantity of the drug's own, the line's units stand for it.
            transaction.add(
                "CTP", "", "", "", .text(line.ndcQuantity ?? line.units), .composite([line.ndcUnit ?? "UN"]))
        }
        writeRendering(line.rendering)
        if let ordering = line.ordering {
            transaction.addName("DK", ordering)
            transaction.addAddress(ordering.address)
        }
        for payment in claim.priorPayments {
            for settled in payment.lines where settled.number == line.number {
                transaction.add(
                    "SVD", .text(payment.payerID), .money(settled.paid),
                    .composite(["HC", settled.procedure] + settled.modifiers), "", .text(settled.units))
                transaction.addAdjustments(settled.adjustments)
                if let paidOn = settled.paidOn { transaction.addPeriod("573", paidOn) }
            }
        }
    }
}
