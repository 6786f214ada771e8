public import HealthTypes
import X12

extension Claim837 {
    /// What another payer decided of the claim or is to decide (2320 and the loops 2330 in it).
    public struct OtherPayer: Sendable {
        public let loop: UnitLoop

        /// SBR01: `P` primary, `S` secondary, `T` tertiary and so on.
        public var sequence: String { loop.first("SBR")?[1] ?? "" }
        /// SBR02: what the patient is to that subscriber.
        public var relationship: String { loop.first("SBR")?[2] ?? "" }
        /// SBR03.
        public var groupNumber: String { loop.first("SBR")?[3] ?? "" }
        /// SBR09.
        public var filingIndicator: String { loop.first("SBR")?[9] ?? "" }
        /// AMT*D; nil where there is none or it is no amount.
        public var paid: Money? { loop.first("AMT", "D")?.money(2) }
        public var adjustments: [Adjustment] { loop.adjustments }
        /// The remark codes of MIA and MOA.
        public var remarkCodes: [String] { loop.remarkCodes }
        /// 2330A.
        public var subscriber: Party? { loop.loops("2330A").first.flatMap { Party($0) } }
        /// 2330B.
        public var payer: Party? { loop.loops("2330B").first.flatMap { Party($0) } }
        /// DTP*573 of 2330B: when it decided.
        public var decisionDate: CalendarDate? { loop.loops("2330B").first?.first("DTP", "573")?.date(3) }
    }

    /// The other payers, in order.
    public var otherPayers: [OtherPayer] { unit.root.loops("2320").map { OtherPayer(loop: $0) } }

    /// The providers of the claim (the loops 2310), in order; `role` says which each is.
    public var providers: [Party] { unit.root.loops(startingWith: "2310").compactMap { Party($0) } }

    /// REF, DTP and AMT of the claim itself, and its diagnosis related group (HI*DR).
    public var references: [ReferenceNumber] { unit.root.references }
    public var dates: [DateEntry] { unit.root.dates }
    public var amounts: [AmountEntry] { unit.root.amounts }
    public var diagnosisGroup: String { healthCodes.first { $0.qualifier == "DR" }?.code ?? "" }
}

extension Claim837.Line {
    /// What another payer decided of a line (2430).
    public struct Decision: Sendable {
        public let loop: UnitLoop

        /// SVD01: the payer, by its number in 2330B.
        public var payerID: String { loop.first[1] }
        /// SVD02.
        public var paid: Money? { loop.first.money(2) }
        /// SVD03.
        public var procedure: ProcedureCode? { ProcedureCode(loop.first, 3) }
        /// SVD04.
        public var revenueCode: String { loop.first[4] }
        /// SVD05 as it stands.
        public var units: String { loop.first[5] }
        public var adjustments: [Adjustment] { loop.adjustments }
        /// DTP*573.
        public var date: CalendarDate? { loop.first("DTP", "573")?.date(3) }
    }
}

extension UnitLoop {
    /// The remark codes of its MIA (05, 20 to 23) and MOA (03 to 07).
    var remarkCodes: [String] {
        let inpatient = first("MIA").map { segment in [5, 20, 21, 22, 23].map { segment[$0] } } ?? []
        let outpatient = first("MOA").map { segment in (3...7).map { segment[$0] } } ?? []
        return (inpatient + outpatient).filter { !$0.isEmpty }
    }
}
