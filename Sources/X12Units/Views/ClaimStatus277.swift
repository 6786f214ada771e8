public import HealthTypes
import X12

/// One STC: where a claim, a line or a whole batch stands.
public struct StatusEntry: Hashable, Sendable {
    /// STC01, STC10 and STC11: up to three reasons, the first being the leading one.
    public let reasons: [Reason]
    /// STC02: since when.
    public let date: CalendarDate?
    /// STC03 of a 277CA: `WQ` accepted, `U` rejected.
    public let action: String
    /// STC04 and STC05; nil where there is none or it is no amount.
    public let charge: Money?
    public let paid: Money?
    /// STC06: the day of the decision.
    public let decisionDate: CalendarDate?
    /// STC08 and STC09: the payment.
    public let paymentDate: CalendarDate?
    public let paymentNumber: String
    /// STC12: the payer's own words.
    public let message: String

    /// One composite of an STC (C043).
    public struct Reason: Hashable, Sendable {
        /// Such as `A7` or `F1`; what it means depends on its first letter.
        public let category: String
        /// The claim status code.
        public let code: String
        /// Whom or what the code is about, such as `85`.
        public let entity: String
        /// `RX` where the code is one of pharmacies; `LOI` where it is a LOINC code.
        public let codeList: String
    }

    init(_ segment: UnitSegment) {
        reasons = [1, 10, 11].filter { !segment.isEmpty($0) }.map {
            Reason(
                category: segment[$0, 1], code: segment[$0, 2], entity: segment[$0, 3], codeList: segment[$0, 4])
        }
        date = segment.date(2)
        action = segment[3]
        charge = segment.money(4)
        paid = segment.money(5)
        decisionDate = segment.date(6)
        paymentDate = segment.date(8)
        paymentNumber = segment[9]
        message = segment[12]
    }
}

extension UnitLoop {
    /// Its own STC.
    public var statuses: [StatusEntry] { all("STC").map(StatusEntry.init) }
}

/// Where a claim stands by a 277 (X212), or whether it was taken in by a 277CA (X214); also the answer to a whole batch
/// or provider, which stands at a level above claims.
public struct ClaimStatus277: X12UnitView {
    public static let sets = ["277"]

    public enum Level: String, Sendable {
        /// 2200B: the batch, or the receiver of information.
        case receiver
        /// 2200C.
        case provider
        /// 2200D and 2200E. In a 277CA every claim is at 2200D, under its patient.
        case claim
    }

    public let unit: X12Unit
    public let level: Level
    private let isDependent: Bool

    public init?(_ unit: X12Unit) {
        switch unit.loop {
        case "2200B": level = .receiver
        case "2200C": level = .provider
        case "2200D", "2200E": level = .claim
        default: return nil
        }
        self.unit = unit
        isDependent = unit.loop == "2200E"
    }

    /// Whether it acknowledges claims that were sent (277CA).
    public var isAcknowledgment: Bool { unit.guideID.hasPrefix("005010X214") }

    /// 2100A: the payer, or whoever answers for him.
    public var source: Party? { Party(unit, "2100A") }
    public var receiver: Party? { Party(unit, "2100B") }
    public var providers: [Party] { unit.loops("2100C").compactMap { Party($0) } }
    /// 2100D and 2100E; in a 277CA 2100D is the patient.
    public var subscriber: Party? { isAcknowledgment ? nil : Party(unit, "2100D") }
    public var dependent: Party? { isAcknowledgment ? nil : Party(unit, "2100E") }
    public var patient: Party? {
        level == .claim ? Party(unit, isDependent ? "2100E" : "2100D") : nil
    }
    /// TRN02: at a claim the number that the inquiry gave it, or in a 277CA the provider's number of the claim.
    public var traceNumber: String { unit.root.first[2] }
    /// TRN02 of 2200B: the batch that is answered, in a 277CA BHT03 of the claims.
    public var batchNumber: String { unit.first("2200B", "TRN")?[2] ?? "" }
    public var statuses: [StatusEntry] { unit.root.statuses }
    /// In a 277CA: whether no leading category is one of those that reject (A3, A6, A7, A8). Nil for other 277s and where
    /// there is no status.
    public var isAccepted: Bool? {
        let categories = statuses.compactMap { $0.reasons.first?.category }
        guard isAcknowledgment, !categories.isEmpty else { return nil }
        return !categories.contains { ["A3", "A6", "A7", "A8"].contains($0) }
    }
    /// REF*1K: the payer's number of the claim.
    public var payerControlNumber: String { unit.root.first("REF", "1K")?[2] ?? "" }
    public var references: [ReferenceNumber] { unit.root.references }
    public var dates: [DateEntry] { unit.root.dates }
    /// QTY and AMT of a level: how many claims, and of what charge, were taken (`90`, `QA`, `YU`) or not (`AA`, `QC`,
    /// `YY`).
    public var quantities: [QuantityEntry] { unit.root.quantities }
    public var amounts: [AmountEntry] { unit.root.amounts }
    public var lines: [StatusLine] {
        level == .claim ? unit.root.loops(isDependent ? "2220E" : "2220D").map { StatusLine(loop: $0) } : []
    }
}

extension ClaimStatus277: JSONView {
    public static let viewName = "ClaimStatus277"

    public var members: ViewMembers {
        var members = ViewMembers()
        members.add("level", level.rawValue)
        members.add("acknowledgment", .bool(isAcknowledgment))
        members.add("accepted", isAccepted.map { .bool($0) })
        members.add("source", source?.json)
        members.add("receiver", receiver?.json)
        members.add("providers", providers.map(\.json))
        members.add("subscriber", subscriber?.json)
        members.add("dependent", dependent?.json)
        if isAcknowledgment { members.add("patient", patient?.json) }
        members.add("trace_number", traceNumber)
        if level != .receiver { members.add("batch_number", batchNumber) }
        members.add("statuses", unit.root.statuses.map(\.json))
        members.add("references", references.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("quantities", quantities.map(\.json))
        members.add("amounts", amounts.map(\.json))
        members.add("lines", lines.map(\.json))
        return members
    }
}

extension StatusEntry {
    var json: ViewText {
        var members = ViewMembers()
        members.add(
            "reasons",
            reasons.map {
                var reason = ViewMembers()
                reason.add("category", $0.category)
                reason.add("code", $0.code)
                reason.add("entity", $0.entity)
                reason.add("code_list", $0.codeList)
                return reason.json
            })
        members.add("date", date)
        members.add("action", action)
        members.add("charge", charge)
        members.add("paid", paid)
        members.add("decision_date", decisionDate)
        members.add("payment_date", paymentDate)
        members.add("payment_number", paymentNumber)
        members.add("message", message)
        return members.json
    }
}
