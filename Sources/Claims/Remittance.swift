public import HealthTypes

/// One adjustment: a CAS triple with its group.
public struct Adjustment: Hashable, Sendable {
    /// CO, PR, OA, PI or CR.
    public var group: String
    /// Claim Adjustment Reason Code.
    public var reason: String
    public var amount: Money
    public var quantity: String?

    public init(group: String, reason: String, amount: Money, quantity: String? = nil) {
        self.group = group
        self.reason = reason
        self.amount = amount
        self.quantity = quantity
    }
}

/// How a payer settled one service line (SVC).
public struct RemittanceLine: Hashable, Sendable {
    public var procedure: String
    public var modifiers: [String]
    public var charge: Money
    public var paid: Money
    public var units: String?
    public var from: CalendarDate?
    /// REF*6R.
    public var controlNumber: String?
    public var adjustments: [Adjustment]
    /// LQ*HE: remark codes.
    public var remarks: [String]
    /// AMT*B6.
    public var allowed: Money?

    public init(procedure: String, modifiers: [String] = [], charge: Money, paid: Money) {
        self.procedure = procedure
        self.modifiers = modifiers
        self.charge = charge
        self.paid = paid
        adjustments = []
        remarks = []
    }

    /// SVC02 − ΣCAS = SVC03 (835 TR3 section 1.10.2).
    public var isBalanced: Bool { charge - adjustments.map(\.amount).total() == paid }
}

/// How a payer settled one claim (CLP).
public struct ClaimRemittance: Hashable, Sendable {
    public var controlNumber: String
    /// CLP02, verbatim.
    public var status: String
    public var charge: Money
    public var paid: Money
    public var patientResponsibility: Money
    /// CLP07.
    public var payerClaimNumber: String?
    public var adjustments: [Adjustment]
    public var lines: [RemittanceLine]
    /// MOA/MIA remark codes.
    public var remarks: [String]
    /// The payment that it is part of: TRN02, BPR16, N1*PR.
    public var trace: String
    public var paidOn: CalendarDate
    public var payerID: String
    /// NM1*QC, which helps to find the claim where a payer has cut its control number.
    public var patient: Person?
    public var memberID: String?

    public init(
        controlNumber: String, status: String, charge: Money, paid: Money, patientResponsibility: Money = .zero,
        trace: String, paidOn: CalendarDate, payerID: String
    ) {
        self.controlNumber = controlNumber
        self.status = status
        self.charge = charge
        self.paid = paid
        self.patientResponsibility = patientResponsibility
        self.trace = trace
        self.paidOn = paidOn
        self.payerID = payerID
        adjustments = []
        lines = []
        remarks = []
    }

    /// CLP03 − Σ(claim and line CAS) = CLP04.
    public var isBalanced: Bool {
        let all = adjustments.map(\.amount).total() + lines.flatMap(\.adjustments).map(\.amount).total()
        return charge - all == paid
    }

    /// CLP02 = 22: a payment taken back.
    public var isReversal: Bool { status == "22" }
}

/// One 835 payment.
public struct Remittance: Hashable, Sendable {
    /// PLB: money that belongs to no one claim. A positive amount reduces the payment, a negative one raises it.
    public struct ProviderAdjustment: Hashable, Sendable {
        public var reason: String
        public var reference: String?
        public var amount: Money

        public init(reason: String, reference: String?, amount: Money) {
            self.reason = reason
            self.reference = reference
            self.amount = amount
        }
    }

    public var trace: String
    public var payerID: String
    public var payerName: String
    public var paidOn: CalendarDate
    /// BPR02.
    public var total: Money
    public var claims: [ClaimRemittance]
    public var providerAdjustments: [ProviderAdjustment]

    public init(trace: String, payerID: String, payerName: String, paidOn: CalendarDate, total: Money) {
        self.trace = trace
        self.payerID = payerID
        self.payerName = payerName
        self.paidOn = paidOn
        self.total = total
        claims = []
        providerAdjustments = []
    }

    /// BPR02 = ΣCLP04 − ΣPLB, and every claim and line in balance.
    public var isBalanced: Bool {
        total == claims.map(\.paid).total() - providerAdjustments.map(\.amount).total()
            && claims.allSatisfy { $0.isBalanced && $0.lines.allSatisfy(\.isBalanced) }
    }
}

/// An appeal against a denial, and the payer's answer to it.
public struct Appeal: Hashable, Sendable {
    public var identifier: String
    public var controlNumber: String
    public var payerID: String
    public var payerClaimNumber: String?
    /// 1 for the first level.
    public var level: Int
    /// The adjustment that it fights, as `CO-50`.
    public var adjustment: String
    public var amount: Money
    public var letter: SupportingDocument

    public init(
        identifier: String, controlNumber: String, payerID: String, payerClaimNumber: String?, level: Int,
        adjustment: String, amount: Money, letter: SupportingDocument
    ) {
        self.identifier = identifier
        self.controlNumber = controlNumber
        self.payerID = payerID
        self.payerClaimNumber = payerClaimNumber
        self.level = level
        self.adjustment = adjustment
        self.amount = amount
        self.letter = letter
    }
}

public struct AppealAnswer: Hashable, Sendable {
    public enum Outcome: String, Sendable {
        case overturned = "overturned"
        case upheld = "upheld"
    }

    public var identifier: String
    public var controlNumber: String
    public var outcome: Outcome
    /// Why, in the payer's code.
    public var reason: String?

    public init(identifier: String, controlNumber: String, outcome: Outcome, reason: String? = nil) {
        self.identifier = identifier
        self.controlNumber = controlNumber
        self.outcome = outcome
        self.reason = reason
    }
}
