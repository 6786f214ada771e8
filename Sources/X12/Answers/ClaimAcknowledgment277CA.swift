public import HealthTypes

/// The claim acknowledgement (277CA, 005010X214): which claims a receiver took in and which it turned back.
public struct ClaimAcknowledgment277CA: Sendable {
    /// One composite of STC with the date, action and amount of its segment.
    public struct Status: Hashable, Sendable {
        /// STC01-1, such as `A2`.
        public var category: String
        /// STC01-2.
        public var code: String
        /// STC01-3, such as `PR`; empty where none is named.
        public var entity: String
        public var date: CalendarDate?
        /// STC03: WQ accepts, U rejects.
        public var action: String
        public var amount: Money?

        public init(
            category: String, code: String, entity: String = "", date: CalendarDate? = nil, action: String = "",
            amount: Money? = nil
        ) {
            self.category = category
            self.code = code
            self.entity = entity
            self.date = date
            self.action = action
            self.amount = amount
        }

        /// Whether it turns the claim back (A3, A6, A7, A8) or says that it was not found (A4).
        public var isRejection: Bool { ["A3", "A4", "A6", "A7", "A8"].contains(category) }
    }

    public struct Claim: Hashable, Sendable {
        /// TRN02: CLM01 of the claim.
        public let patientControlNumber: String
        /// REF*1K; empty where the payer has given none.
        public let payerClaimControlNumber: String
        /// REF*D9.
        public let clearinghouseTraceNumber: String
        /// All composites of all STC segments of the claim.
        public let statuses: [Status]
        /// Those of its lines.
        public let lineStatuses: [Status]
        /// NM109 of the billing provider above it.
        public let provider: String

        /// Of its first status; empty where the claim has none.
        public var categoryCode: String { statuses.first?.category ?? "" }
        public var statusCode: String { statuses.first?.code ?? "" }
        public var entity: String { statuses.first?.entity ?? "" }
        public var isRejected: Bool { statuses.contains { $0.isRejection } || statuses.first?.action == "U" }
    }

    /// What the receiver level adds up; nil where it does not say.
    public struct Totals: Hashable, Sendable {
        public var acceptedCount: Int?
        public var rejectedCount: Int?
        public var acceptedAmount: Money?
        public var rejectedAmount: Money?
    }

    /// NM109 of who sends it, and whether it is the payer (PR) or a clearinghouse (AY).
    public let source: String
    public let sourceKind: String
    /// TRN02 of the receiver level: BHT03 of the 837 that is answered.
    public let batch: String
    public let batchStatuses: [Status]
    public let totals: Totals
    public let claims: [Claim]

    /// Nil where the transaction set is no 277 of guide 005010X214.
    public init?(_ transaction: TransactionSet) {
        guard transaction.id == "277", transaction.guide.hasPrefix("005010X214"), let tree = transaction.loops()
        else { return nil }
        let name = tree.descendants("2100A").first?.first("NM1")
        source = name?[9] ?? ""
        sourceKind = name?[1] ?? ""
        let receiver = tree.descendants("2200B").first
        batch = receiver?.first("TRN")?[2] ?? ""
        batchStatuses = receiver.map(Self.statuses) ?? []
        totals = Totals(
            acceptedCount: receiver?.first("QTY", where: "90")?.integer(2),
            rejectedCount: receiver?.first("QTY", where: "AA")?.integer(2),
            acceptedAmount: receiver?.first("AMT", where: "YU")?.money(2),
            rejectedAmount: receiver?.first("AMT", where: "YY")?.money(2))
        var claims: [Claim] = []
        for provider in tree.descendants("2000C") {
            let identifier = provider.child("2100C")?.first("NM1")?[9] ?? ""
            for patient in provider.children("2000D") {
                claims += patient.children("2200D").map { Self.claim($0, identifier) }
            }
        }
        self.claims = claims
    }

    private static func claim(_ loop: Loop, _ provider: String) -> Claim {
        Claim(
            patientControlNumber: loop.first("TRN")?[2] ?? "",
            payerClaimControlNumber: loop.first("REF", where: "1K")?[2] ?? "",
            clearinghouseTraceNumber: loop.first("REF", where: "D9")?[2] ?? "", statuses: statuses(loop),
            lineStatuses: loop.children("2220D").flatMap(statuses), provider: provider)
    }

    private static func statuses(_ loop: Loop) -> [Status] {
        loop.all("STC").flatMap { segment in
            [1, 10, 11].filter { !segment.isEmpty($0) }.map { element in
                Status(
                    category: segment[element, 1], code: segment[element, 2], entity: segment[element, 3],
                    date: segment.date(2), action: segment[3], amount: segment.money(4))
            }
        }
    }
}
