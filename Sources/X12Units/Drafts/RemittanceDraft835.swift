public import HealthTypes
import X12

/// An 835 as a value to be written: a payment with its claims.
///
/// An amount that is nil is computed: what a line or a claim was paid is its charge less its adjustments, and the payment
/// is the sum of what was paid less the provider adjustments. A value whose stated amounts do not balance is refused.
public struct RemittanceDraft835: Hashable, Sendable {
    public var payment: Payment
    /// N1*PR and N1*PE.
    public var payer: Party
    public var payee: Party
    public var headers: [Header]
    public var providerAdjustments: [ProviderAdjustment]
    public var additional: [SegmentDraft]

    public init(
        payment: Payment, payer: Party, payee: Party, headers: [Header],
        providerAdjustments: [ProviderAdjustment] = [], additional: [SegmentDraft] = []
    ) {
        self.payment = payment
        self.payer = payer
        self.payee = payee
        self.headers = headers
        self.providerAdjustments = providerAdjustments
        self.additional = additional
    }

    /// One with its claims under one header.
    public init(
        payment: Payment, payer: Party, payee: Party, claims: [Claim], providerAdjustments: [ProviderAdjustment] = []
    ) {
        self.init(
            payment: payment, payer: payer, payee: payee, headers: claims.isEmpty ? [] : [Header(claims: claims)],
            providerAdjustments: providerAdjustments)
    }

    /// BPR, TRN and what stands around them.
    public struct Payment: Hashable, Sendable {
        /// BPR01: `I` payment with its advice, `H` advice alone, `C` and `D` and others.
        public var handling: String
        /// BPR02; where it is nil, computed.
        public var amount: Money?
        /// BPR03: `C` credit, `D` debit.
        public var direction: String
        /// BPR04 and BPR05: `CHK`, `ACH` with `CCP`, `NON`.
        public var method: String
        public var format: String
        /// BPR06 to BPR09, and BPR12 to BPR15.
        public var payerAccount: BankAccount?
        public var payeeAccount: BankAccount?
        /// BPR10 and BPR11.
        public var originator: String
        public var originatorCode: String
        /// BPR16.
        public var date: CalendarDate
        /// TRN02 to TRN04.
        public var traceNumber: String
        public var payerIdentifier: String
        public var payerDivision: String
        /// CUR02, REF*EV, REF*F2 and DTM*405.
        public var currency: String
        public var receiver: String
        public var version: String
        public var productionDate: CalendarDate?

        public init(
            handling: String = "I", amount: Money? = nil, direction: String = "C", method: String = "CHK",
            format: String = "", payerAccount: BankAccount? = nil, payeeAccount: BankAccount? = nil,
            originator: String = "", originatorCode: String = "", date: CalendarDate, traceNumber: String,
            payerIdentifier: String, payerDivision: String = "", currency: String = "", receiver: String = "",
            version: String = "", productionDate: CalendarDate? = nil
        ) {
            self.handling = handling
            self.amount = amount
            self.direction = direction
            self.method = method
            self.format = format
            self.payerAccount = payerAccount
            self.payeeAccount = payeeAccount
            self.originator = originator
            self.originatorCode = originatorCode
            self.date = date
            self.traceNumber = traceNumber
            self.payerIdentifier = payerIdentifier
            self.payerDivision = payerDivision
            self.currency = currency
            self.receiver = receiver
            self.version = version
            self.productionDate = productionDate
        }
    }

    /// 2000: claims that a payer sums up together.
    public struct Header: Hashable, Sendable {
        public var claims: [Claim]
        /// TS3 and TS2.
        public var additional: [SegmentDraft]

        public init(claims: [Claim], additional: [SegmentDraft] = []) {
            self.claims = claims
            self.additional = additional
        }
    }

    /// One adjustment of a PLB; above zero it takes money away from the payment.
    public struct ProviderAdjustment: Hashable, Sendable {
        public var provider: String
        public var fiscalPeriodEnd: CalendarDate
        /// PLB03-1, such as `WO`, and PLB03-2.
        public var reason: String
        public var reference: String
        public var amount: Money

        public init(
            provider: String, fiscalPeriodEnd: CalendarDate, reason: String, reference: String = "", amount: Money
        ) {
            self.provider = provider
            self.fiscalPeriodEnd = fiscalPeriodEnd
            self.reason = reason
            self.reference = reference
            self.amount = amount
        }
    }
}

/// A bank and an account in it, as BPR names them.
public struct BankAccount: Hashable, Sendable {
    /// `01` for a routing number of the ABA, `04` for a Canadian one.
    public var bankQualifier: String
    public var bank: String
    /// `DA` for a demand deposit, `SG` for savings.
    public var accountQualifier: String
    public var account: String

    public init(bank: String, account: String, bankQualifier: String = "01", accountQualifier: String = "DA") {
        self.bank = bank
        self.account = account
        self.bankQualifier = bankQualifier
        self.accountQualifier = accountQualifier
    }

    init?(_ segment: UnitSegment, _ element: Int) {
        guard !segment.isEmpty(element + 1) || !segment.isEmpty(element + 3) else { return nil }
        self.init(
            bank: segment[element + 1], account: segment[element + 3], bankQualifier: segment[element],
            accountQualifier: segment[element + 2])
    }
}

extension SegmentPen {
    mutating func add(_ account: BankAccount?) {
        guard let account else { return addEmpty(4) }
        add(account.bankQualifier)
        add(account.bank)
        add(account.accountQualifier)
        add(account.account)
    }
}
