public import HealthTypes

/// What a payer before this one settled of a claim, as the claim to the next payer must state it (837 loops 2320
/// and 2430).
public struct PriorPayment: Hashable, Sendable {
    /// 2430: the settlement of one service line.
    public struct Line: Hashable, Sendable {
        /// LX01 of the claim's line.
        public var number: Int
        /// As the payer adjudicated it, which need not be as it was billed.
        public var procedure: String
        public var modifiers: [String]
        public var paid: Money
        public var units: String
        public var adjustments: [Adjustment]
        /// DTP*573.
        public var paidOn: CalendarDate?

        public init(
            number: Int, procedure: String, modifiers: [String] = [], paid: Money, units: String = "1",
            adjustments: [Adjustment] = [], paidOn: CalendarDate? = nil
        ) {
            self.number = number
            self.procedure = procedure
            self.modifiers = modifiers
            self.paid = paid
            self.units = units
            self.adjustments = adjustments
            self.paidOn = paidOn
        }
    }

    public var payerID: String
    /// AMT*D.
    public var paid: Money?
    /// CAS of the claim as a whole.
    public var adjustments: [Adjustment]
    public var lines: [Line]

    public init(payerID: String, paid: Money?, adjustments: [Adjustment] = [], lines: [Line] = []) {
        self.payerID = payerID
        self.paid = paid
        self.adjustments = adjustments
        self.lines = lines
    }
}
