public import HealthTypes
import X12

/// What an 820 pays for a group (2000A) or for one person (2000B).
public struct Premium820: X12UnitView {
    public static let sets = ["820"]

    public let unit: X12Unit

    public init?(_ unit: X12Unit) {
        guard unit.loop == "2000A" || unit.loop == "2000B", unit.root.first.id == "ENT" else { return nil }
        self.unit = unit
    }

    /// Whether it is of one person (2000B).
    public var isIndividual: Bool { unit.loop == "2000B" }

    private var bank: UnitSegment? { unit.first("ST", "BPR") }

    /// BPR02: the whole payment; nil where it is no amount.
    public var paymentAmount: Money? { bank?.money(2) }
    /// BPR04.
    public var paymentMethod: String { bank?[4] ?? "" }
    /// BPR16.
    public var paymentDate: CalendarDate? { bank?.date(16) }
    /// TRN02.
    public var traceNumber: String { unit.first("ST", "TRN")?[2] ?? "" }
    /// 1000A and 1000B.
    public var receiver: Party? { Party(unit, "1000A") }
    public var payer: Party? { Party(unit, "1000B") }

    /// ENT01, ENT03 and ENT04.
    public var number: String { unit.root.first[1] }
    public var identifierQualifier: String { unit.root.first[3] }
    public var identifier: String { unit.root.first[4] }
    /// 2100B.
    public var persons: [Party] { unit.root.loops("2100B").compactMap { Party($0) } }

    /// RMR with what stands behind it (2300A or 2300B).
    public struct Item: Sendable {
        public let loop: UnitLoop

        /// RMR01 and RMR02: what is paid, such as `AZ` and a policy's number.
        public var qualifier: String { loop.first[1] }
        public var number: String { loop.first[2] }
        /// RMR03.
        public var action: String { loop.first[3] }
        /// RMR04 and RMR05: what is paid and what was billed; nil where there is none or it is no amount.
        public var paid: Money? { loop.first.money(4) }
        public var billed: Money? { loop.first.money(5) }
        public var references: [ReferenceNumber] { loop.references }
        public var dates: [DateEntry] { loop.dates }
        /// 2320.
        public var adjustments: [PremiumAdjustment] {
            (loop.loops("2320A") + loop.loops("2320B")).map { PremiumAdjustment($0.first) }
        }
        /// IT1 with its SLN and SAC as they stand (2310A): for how many members.
        public var invoice: [UnitSegment] { loop.loops("2310A").flatMap(\.segments) }
    }

    public var items: [Item] { unit.root.loops(isIndividual ? "2300B" : "2300A").map { Item(loop: $0) } }
    /// Of an earlier payment (2200A or 2200B).
    public var adjustments: [PremiumAdjustment] {
        unit.root.loops(isIndividual ? "2200B" : "2200A").map { PremiumAdjustment($0.first) }
    }
}

/// ADX: what is added to a premium, or with an amount below zero taken away.
public struct PremiumAdjustment: Hashable, Sendable {
    /// ADX01; nil where it is no amount.
    public let amount: Money?
    /// The amount as it stands.
    public let text: String
    /// ADX02.
    public let reason: String

    init(_ segment: UnitSegment) {
        amount = segment.money(1)
        text = segment[1]
        reason = segment[2]
    }
}

extension Premium820: JSONView {
    public static let viewName = "Premium820"

    public var members: ViewMembers {
        var payment = ViewMembers()
        payment.add("trace_number", traceNumber)
        payment.add("amount", amount: bank, 2)
        payment.add("method", paymentMethod)
        payment.add("date", date: bank, 16)
        payment.add("receiver", receiver?.json)
        payment.add("payer", payer?.json)
        var members = ViewMembers()
        members.add("payment", payment.json)
        members.add("individual", .bool(isIndividual))
        members.add("number", number)
        members.add("identifier_qualifier", identifierQualifier)
        members.add("identifier", identifier)
        members.add("persons", persons.map(\.json))
        members.add("items", items.map(\.json))
        members.add("adjustments", adjustments.map(\.json))
        return members
    }
}

extension Premium820.Item {
    var json: ViewText {
        var members = ViewMembers()
        members.add("qualifier", qualifier)
        members.add("number", number)
        members.add("action", action)
        members.add("paid", amount: loop.first, 4)
        members.add("billed", amount: loop.first, 5)
        members.add("references", references.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("adjustments", adjustments.map(\.json))
        members.add("invoice", invoice.map(\.json))
        return members.json
    }
}

extension PremiumAdjustment {
    var json: ViewText {
        var members = ViewMembers()
        members.add("amount", amount, else: text)
        members.add("reason", reason)
        return members.json
    }
}
