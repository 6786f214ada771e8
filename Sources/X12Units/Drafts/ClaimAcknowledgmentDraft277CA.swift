public import HealthTypes
import X12

/// A claim acknowledgement (277CA, 005010X214) of one batch as a value to be written: what became of each claim.
///
/// Claims of one provider stand together, providers in the order of their first claim; totals are the writer's work. A
/// receiver that checks a file and answers in one pass has ``AnswerMaker``.
public struct ClaimAcknowledgmentDraft277CA: Hashable, Sendable {
    /// NM1*PR, a payer, or NM1*AY, a clearinghouse.
    public var source: Party
    /// NM1*41: who sent the batch.
    public var receiver: Party
    /// BHT03 and TRN02 of the source: our own number of this acknowledgement.
    public var reference: String
    /// TRN02 of the receiver: BHT03 of the 837 that is answered.
    public var batch: String
    /// DTP*050.
    public var received: CalendarDate
    /// DTP*009 and the dates of the statuses.
    public var processed: CalendarDate
    public var claims: [Claim]

    public init(
        source: Party, receiver: Party, reference: String, batch: String, received: CalendarDate,
        processed: CalendarDate, claims: [Claim]
    ) {
        self.source = source
        self.receiver = receiver
        self.reference = reference
        self.batch = batch
        self.received = received
        self.processed = processed
        self.claims = claims
    }

    /// What became of one claim.
    public struct Claim: Hashable, Sendable {
        /// NM1*85: whose claim it is.
        public var provider: Party
        /// NM1*QC.
        public var patient: Party
        /// TRN02: CLM01 of the claim.
        public var controlNumber: String
        /// REF*1K.
        public var payerControlNumber: String
        /// One to three; the categories are A0 to A8, and one that rejects turns the claim back.
        public var reasons: [StatusEntry.Reason]
        public var charge: Money
        public var serviceFrom: CalendarDate
        public var serviceThrough: CalendarDate

        public init(
            provider: Party, patient: Party, controlNumber: String, payerControlNumber: String = "",
            reasons: [StatusEntry.Reason], charge: Money, serviceFrom: CalendarDate, serviceThrough: CalendarDate
        ) {
            self.provider = provider
            self.patient = patient
            self.controlNumber = controlNumber
            self.payerControlNumber = payerControlNumber
            self.reasons = reasons
            self.charge = charge
            self.serviceFrom = serviceFrom
            self.serviceThrough = serviceThrough
        }

        var isRejected: Bool { reasons.contains(where: \.isRejection) }
    }
}

// MARK: - Writing

extension ClaimAcknowledgmentDraft277CA: WritableUnit {
    static var set: StaticString { "277" }
    static var functionalID: String { "HN" }
    static var standsAlone: Bool { true }
    var guide: String { "005010X214" }
    /// It shares its set with nothing.
    var heading: Int { 0 }
    var size: Int { 0 }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) {
        InquiryBatch(purpose: "08", number: reference, transactionType: "TH").write(&pen, "0085", frame)
    }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        hierarchy.open(0, "20", leads: true, alone: true, &pen) { pen in
            pen.loop = "2100A"
            pen.writeName(source)
            pen.loop = "2200A"
            pen.write([Trace(reference)])
            pen.write([DateEntry("050", received), DateEntry("009", processed)])
        }
        hierarchy.open(1, "21", leads: !claims.isEmpty, alone: true, &pen) { pen in
            pen.loop = "2100B"
            pen.writeName(receiver)
            pen.loop = "2200B"
            pen.write([Trace(batch, kind: "2")])
            let isRejected = !claims.isEmpty && claims.allSatisfy(\.isRejected)
            let total = claims.reduce(Money.zero) { $0 + $1.charge }
            pen.write([
                StatusEntry(
                    [StatusEntry.Reason(isRejected ? "A3" : "A1", "19", entity: source.role)], date: processed,
                    action: isRejected ? "U" : "WQ", charge: total)
            ])
            writeTotals(claims, accepted: "90", rejected: "AA", &pen)
        }
        var providers: [Party] = []
        var known: Set<Party> = []
        for claim in claims where known.insert(claim.provider).inserted { providers.append(claim.provider) }
        let byProvider = Dictionary(grouping: claims, by: \.provider)
        for provider in providers {
            let own = byProvider[provider] ?? []
            hierarchy.open(2, "19", leads: true, alone: true, &pen) { pen in
                pen.loop = "2100C"
                pen.writeName(provider)
                pen.loop = "2200C"
                pen.write([Trace("0")])
                writeTotals(own, accepted: "QA", rejected: "QC", &pen)
            }
            for claim in own { write(claim, &pen, &hierarchy) }
        }
    }

    private func writeTotals(
        _ claims: [Claim], accepted: String, rejected: String, _ pen: inout SegmentPen
    ) {
        let refused = claims.filter(\.isRejected)
        let taken = claims.filter { !$0.isRejected }
        func sum(_ claims: [Claim]) -> Money { claims.reduce(.zero) { $0 + $1.charge } }
        if !taken.isEmpty { pen.write([QuantityEntry(accepted, String(taken.count))]) }
        if !refused.isEmpty { pen.write([QuantityEntry(rejected, String(refused.count))]) }
        if !taken.isEmpty { pen.writeAmount("YU", sum(taken)) }
        if !refused.isEmpty { pen.writeAmount("YY", sum(refused)) }
    }

    private func write(_ claim: Claim, _ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        hierarchy.open(3, "PT", leads: false, alone: true, &pen) { pen in
            pen.loop = "2100D"
            pen.writeName(claim.patient)
        }
        pen.loop = "2200D"
        pen.write([Trace(claim.controlNumber, kind: "2")])
        pen.write([
            StatusEntry(
                claim.reasons, date: processed, action: claim.isRejected ? "U" : "WQ", charge: claim.charge)
        ])
        pen.writeReference("1K", claim.payerControlNumber)
        let isDay = claim.serviceFrom == claim.serviceThrough
        pen.write([
            isDay
                ? DateEntry("472", claim.serviceFrom)
                : DateEntry("472", claim.serviceFrom, through: claim.serviceThrough)
        ])
    }
}

extension X12UnitWriter {
    /// Writes the acknowledgement of a batch, in a set of its own; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ acknowledgment: ClaimAcknowledgmentDraft277CA) throws -> Bool {
        try put(acknowledgment)
    }

    /// By which numbers acknowledgements will name the set in which the last value was written: GS06 and ST02.
    public var lastSet: (group: String, set: String) {
        let number = setsOfLastValue
        return (String(groupNumber % 1_000_000_000), padded(number, to: max(4, number.description.utf8.count)))
    }
}
