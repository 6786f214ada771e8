public import HealthTypes

extension ClaimAcknowledgment277CA {
    public struct Party: Hashable, Sendable {
        public var name: String
        public var identifier: String
        /// NM102: 2 an organization, 1 a person.
        public var isOrganization: Bool

        public init(name: String, identifier: String, isOrganization: Bool = true) {
            self.name = name
            self.identifier = identifier
            self.isOrganization = isOrganization
        }
    }

    /// What became of one claim.
    public struct Outcome: Sendable {
        /// Whose claim it is; its identifier is an NPI.
        public var provider: Party
        public var patientLastName: String
        public var patientFirstName: String
        public var memberID: String
        public var patientControlNumber: String
        public var payerClaimControlNumber: String?
        /// The first says whether the claim is accepted; up to three are written.
        public var statuses: [Status]
        public var charge: Money
        public var serviceFrom: CalendarDate
        public var serviceTo: CalendarDate

        public init(
            provider: Party, patientLastName: String, patientFirstName: String, memberID: String,
            patientControlNumber: String, payerClaimControlNumber: String? = nil, statuses: [Status], charge: Money,
            serviceFrom: CalendarDate, serviceTo: CalendarDate
        ) {
            self.provider = provider
            self.patientLastName = patientLastName
            self.patientFirstName = patientFirstName
            self.memberID = memberID
            self.patientControlNumber = patientControlNumber
            self.payerClaimControlNumber = payerClaimControlNumber
            self.statuses = statuses
            self.charge = charge
            self.serviceFrom = serviceFrom
            self.serviceTo = serviceTo
        }

        var isRejected: Bool { statuses.contains { $0.isRejection } }
    }

    /// What surrounds the outcomes.
    public struct Heading: Sendable {
        public var source: Party
        /// Whether the source is the payer; otherwise a clearinghouse.
        public var isPayer: Bool
        public var receiver: Party
        /// BHT03: our own number of this acknowledgement.
        public var reference: String
        /// BHT03 of the 837 that is answered.
        public var batch: String
        public var received: CalendarDate
        public var at: Instant

        public init(
            source: Party, isPayer: Bool = true, receiver: Party, reference: String, batch: String,
            received: CalendarDate, at: Instant
        ) {
            self.source = source
            self.isPayer = isPayer
            self.receiver = receiver
            self.reference = reference
            self.batch = batch
            self.received = received
            self.at = at
        }
    }

    /// The categories that a 277CA may give (005010X214 STC01-1), but for real-time ones.
    public static let categories: Set<String> = ["A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"]

    /// Writes the acknowledgement of a batch: receiver, provider and claim levels with their totals.
    ///
    /// Claims of one provider stand together, providers in the order of their first claim. A category outside of
    /// ``categories`` and an outcome without a status are mistakes of the caller.
    public static func write(_ heading: Heading, outcomes: [Outcome]) -> TransactionWriter {
        precondition(
            outcomes.allSatisfy { !$0.statuses.isEmpty && $0.statuses.allSatisfy { categories.contains($0.category) } },
            "a claim acknowledgement gives one of the categories A0 to A8")
        var writer = TransactionWriter(id: "277", guide: "005010X214")
        let today = heading.at.date
        writer.add(
            "BHT", "0085", "08", .text(heading.reference), .date(today), .text(String(heading.at.compact.dropFirst(8))),
            "TH")
        let source = writer.addHierarchy(level: "20", parent: nil, hasChildren: true)
        writer.addName(heading.isPayer ? "PR" : "AY", heading.source, heading.isPayer ? "PI" : "46")
        writer.add("TRN", "1", .text(heading.reference))
        writer.add("DTP", "050", "D8", .date(heading.received))
        writer.add("DTP", "009", "D8", .date(today))
        let receiver = writer.addHierarchy(level: "21", parent: source, hasChildren: !outcomes.isEmpty)
        writer.addName("41", heading.receiver, "46")
        writer.add("TRN", "2", .text(heading.batch))
        let allRejected = !outcomes.isEmpty && outcomes.allSatisfy(\.isRejected)
        writer.add(
            "STC", .composite([allRejected ? "A3" : "A1", "19", heading.isPayer ? "PR" : "AY"]), .date(today),
            allRejected ? "U" : "WQ", .money(outcomes.map(\.charge).total()))
        writer.addTotals(outcomes, accepted: "90", rejected: "AA")
        var providers: [Party] = []
        for outcome in outcomes where !providers.contains(outcome.provider) { providers.append(outcome.provider) }
        for provider in providers {
            let own = outcomes.filter { $0.provider == provider }
            let level = writer.addHierarchy(level: "19", parent: receiver, hasChildren: true)
            writer.addName("85", provider, "XX")
            writer.add("TRN", "1", "0")
            writer.addTotals(own, accepted: "QA", rejected: "QC")
            for outcome in own { writer.addClaim(outcome, under: level, on: today) }
        }
        return writer
    }
}

extension TransactionWriter {
    fileprivate mutating func addName(
        _ role: String, _ party: ClaimAcknowledgment277CA.Party, _ qualifier: String
    ) {
        add(
            "NM1", .text(role), party.isOrganization ? "2" : "1", .text(party.name), .empty, .empty, .empty, .empty,
            .text(qualifier), .text(party.identifier))
    }

    fileprivate mutating func addTotals(
        _ outcomes: [ClaimAcknowledgment277CA.Outcome], accepted: String, rejected: String
    ) {
        let refused = outcomes.filter(\.isRejected)
        let taken = outcomes.filter { !$0.isRejected }
        if !taken.isEmpty { add("QTY", .text(accepted), .number(taken.count)) }
        if !refused.isEmpty { add("QTY", .text(rejected), .number(refused.count)) }
        if !taken.isEmpty { add("AMT", "YU", .money(taken.map(\.charge).total())) }
        if !refused.isEmpty { add("AMT", "YY", .money(refused.map(\.charge).total())) }
    }

    fileprivate mutating func addClaim(
        _ outcome: ClaimAcknowledgment277CA.Outcome, under provider: Int, on today: CalendarDate
    ) {
        addHierarchy(level: "PT", parent: provider, hasChildren: false)
        add(
            "NM1", "QC", "1", .text(outcome.patientLastName), .text(outcome.patientFirstName), .empty, .empty, .empty,
            outcome.memberID.isEmpty ? .empty : "MI", .text(outcome.memberID))
        add("TRN", "2", .text(outcome.patientControlNumber))
        let composites: [X12Value] = outcome.statuses.prefix(3).map { .composite([$0.category, $0.code, $0.entity]) }
        var elements: [X12Value] = [
            composites[0], .date(outcome.statuses[0].date ?? today), outcome.isRejected ? "U" : "WQ",
            .money(outcome.charge),
        ]
        if composites.count > 1 {
            elements += [X12Value](repeating: .empty, count: 5) + composites.dropFirst()
        }
        add("STC", elements: elements)
        if let number = outcome.payerClaimControlNumber { add("REF", "1K", .text(number)) }
        if outcome.serviceFrom == outcome.serviceTo {
            add("DTP", "472", "D8", .date(outcome.serviceFrom))
        } else {
            add("DTP", "472", "RD8", .text("\(outcome.serviceFrom.compact)-\(outcome.serviceTo.compact)"))
        }
    }
}
