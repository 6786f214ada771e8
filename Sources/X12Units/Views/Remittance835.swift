public import HealthTypes
import X12

/// What an 835 says of the payment as a whole: who pays whom, how much and how, and the adjustments of no one claim.
///
/// It comes after the claims of its set, because PLB stands behind them. Each claim has the payment too:
/// ``RemittedClaim835/payment``.
public struct Remittance835: X12UnitView {
    public static let sets = ["835"]

    public let unit: X12Unit

    public init?(_ unit: X12Unit) {
        guard unit.loop == "ST" else { return nil }
        self.unit = unit
    }

    public var payment: Payment { Payment(unit) }

    /// The payment itself: BPR, TRN and the parties of an 835.
    public struct Payment: Sendable {
        let unit: X12Unit

        package init(_ unit: X12Unit) { self.unit = unit }

        func segment(_ id: String, _ qualifier: String? = nil) -> UnitSegment? {
            unit.first("ST", id, qualifier)
        }

        /// BPR01, such as `I` for a payment with its advice, `H` for an advice alone.
        public var handling: String { segment("BPR")?[1] ?? "" }
        /// BPR02; nil where it is no amount.
        public var amount: Money? { segment("BPR")?.money(2) }
        /// BPR03: `C` credit, `D` debit.
        public var direction: String { segment("BPR")?[3] ?? "" }
        /// BPR04: `ACH`, `CHK`, `NON` and others.
        public var method: String { segment("BPR")?[4] ?? "" }
        /// BPR05.
        public var format: String { segment("BPR")?[5] ?? "" }
        /// BPR13 and BPR15: the bank and the account that are paid.
        public var bank: String { segment("BPR")?[13] ?? "" }
        public var account: String { segment("BPR")?[15] ?? "" }
        /// BPR16.
        public var date: CalendarDate? { segment("BPR")?.date(16) }
        /// TRN02: the number of the check or of the transfer.
        public var traceNumber: String { segment("TRN")?[2] ?? "" }
        /// TRN03.
        public var payerIdentifier: String { segment("TRN")?[3] ?? "" }
        /// TRN04.
        public var payerDivision: String { segment("TRN")?[4] ?? "" }
        /// CUR02; empty for United States dollars that go without saying.
        public var currency: String { segment("CUR")?[2] ?? "" }
        /// REF*EV.
        public var receiver: String { segment("REF", "EV")?[2] ?? "" }
        /// DTM*405.
        public var productionDate: CalendarDate? { segment("DTM", "405")?.date(2) }
        /// 1000A.
        public var payer: Party? { Party(unit, "1000A") }
        /// 1000B.
        public var payee: Party? { Party(unit, "1000B") }

        var bankSegment: UnitSegment? { segment("BPR") }
    }

    /// One adjustment of a PLB. Above zero it takes money away from the payment, below zero it adds.
    public struct ProviderAdjustment: Hashable, Sendable {
        /// PLB01.
        public let provider: String
        /// PLB02: the end of the provider's fiscal period.
        public let fiscalPeriodEnd: CalendarDate?
        /// PLB03-1, such as `WO` for money that is taken back.
        public let reason: String
        /// PLB03-2.
        public let reference: String
        /// PLB04; nil where it is no amount.
        public let amount: Money?
        /// The amount as it stands.
        public let text: String
        /// Offset of the PLB's first byte.
        public let byteOffset: Int
    }

    /// Up to six of each PLB (03 and 04 to 13 and 14), in order.
    public var providerAdjustments: [ProviderAdjustment] {
        unit.all("ST", "PLB").flatMap { segment in
            stride(from: 3, through: 13, by: 2).compactMap { element -> ProviderAdjustment? in
                guard !segment.isEmpty(element) || !segment.isEmpty(element + 1) else { return nil }
                return ProviderAdjustment(
                    provider: segment[1], fiscalPeriodEnd: segment.date(2), reason: segment[element, 1],
                    reference: segment[element, 2], amount: segment.money(element + 1), text: segment[element + 1],
                    byteOffset: segment.byteOffset)
            }
        }
    }
}

extension Remittance835: JSONView {
    public static let viewName = "Remittance835"

    public var members: ViewMembers {
        var members = ViewMembers()
        members.add("payment", payment.json)
        members.add(
            "provider_adjustments",
            providerAdjustments.map {
                var members = ViewMembers()
                members.add("provider", $0.provider)
                members.add("fiscal_period_end", $0.fiscalPeriodEnd)
                members.add("reason", $0.reason)
                members.add("reference", $0.reference)
                members.add("amount", $0.amount, else: $0.text)
                return members.json
            })
        return members
    }
}

extension Remittance835.Payment {
    var json: ViewText {
        var members = ViewMembers()
        members.add("handling", handling)
        members.add("amount", amount: bankSegment, 2)
        members.add("direction", direction)
        members.add("method", method)
        members.add("format", format)
        members.add("bank", bank)
        members.add("account", account)
        members.add("date", date: bankSegment, 16)
        members.add("trace_number", traceNumber)
        members.add("payer_identifier", payerIdentifier)
        members.add("payer_division", payerDivision)
        members.add("currency", currency)
        members.add("receiver", receiver)
        members.add("production_date", productionDate)
        members.add("payer", payer?.json)
        members.add("payee", payee?.json)
        return members.json
    }

    /// What a claim repeats of it.
    func addSummary(to members: inout ViewMembers) {
        let bank = bankSegment
        members.add("trace_number", segment("TRN"), 2)
        members.add("date", date: bank, 16)
        members.add("method", bank, 4)
        members.add("payer", unit.first("1000A", "N1"), 2)
        members.add("payer_identifier", segment("TRN"), 3)
        let payee = unit.first("1000B", "N1")
        members.add("payee", payee, 2)
        members.add("payee_identifier", payee, 4)
    }
}

/// A claim of an 835 or, behind its claims, the payment: for a reader that wants both in one pass.
public enum RemittanceUnit835: JSONUnit {
    case claim(RemittedClaim835)
    case payment(Remittance835)

    public static let sets = ["835"]

    public init?(_ unit: X12Unit) {
        if let claim = RemittedClaim835(unit) {
            self = .claim(claim)
        } else if let payment = Remittance835(unit) {
            self = .payment(payment)
        } else {
            return nil
        }
    }

    public func writeJSON(to output: inout [UInt8]) {
        switch self {
        case .claim(let claim): claim.writeJSON(to: &output)
        case .payment(let payment): payment.writeJSON(to: &output)
        }
    }
}
