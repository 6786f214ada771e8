public import HealthTypes
import X12

/// A premium payment (820) as a value to be written, with what it pays for.
public struct PremiumDraft820: Hashable, Sendable {
    /// BPR and TRN; where the amount is nil, what was remitted with its adjustments. A payment by check still names its
    /// originator here.
    public var payment: RemittanceDraft835.Payment
    /// TRN01 is `1` for a payment's own number, `3` for a financial one.
    public var traceKind: String
    public var references: [ReferenceNumber]
    /// DTM, such as `582` for the period of the coverage.
    public var dates: [DateEntry]
    /// N1*PE, N1*PR, and further ones.
    public var receiver: Party
    public var payer: Party
    public var intermediaries: [Party]
    public var remittances: [Remittance]

    public init(
        payment: RemittanceDraft835.Payment, traceKind: String = "1", references: [ReferenceNumber] = [],
        dates: [DateEntry] = [], receiver: Party, payer: Party, intermediaries: [Party] = [], remittances: [Remittance]
    ) {
        self.payment = payment
        self.traceKind = traceKind
        self.references = references
        self.dates = dates
        self.receiver = receiver
        self.payer = payer
        self.intermediaries = intermediaries
        self.remittances = remittances
    }

    /// ENT with what stands behind it: of an organisation (2000A) or of a person (2000B).
    public struct Remittance: Hashable, Sendable {
        /// ENT02: `2J` a person, `2L`, `AG` and others an organisation.
        public var kind: String
        /// ENT03 and ENT04.
        public var identifierQualifier: String
        public var identifier: String
        /// 2100B.
        public var persons: [Party]
        public var adjustments: [PremiumAdjustment]
        public var items: [Item]

        public init(
            kind: String, identifierQualifier: String, identifier: String, persons: [Party] = [],
            adjustments: [PremiumAdjustment] = [], items: [Item]
        ) {
            self.kind = kind
            self.identifierQualifier = identifierQualifier
            self.identifier = identifier
            self.persons = persons
            self.adjustments = adjustments
            self.items = items
        }
    }

    /// RMR with what stands behind it (2300).
    public struct Item: Hashable, Sendable {
        /// RMR01 to RMR05.
        public var qualifier: String
        public var number: String
        public var action: String
        public var paid: Money
        public var billed: Money?
        public var references: [ReferenceNumber]
        public var dates: [DateEntry]
        /// 2310A: IT1, SAC and SLN.
        public var invoice: [SegmentDraft]
        public var adjustments: [PremiumAdjustment]

        public init(
            qualifier: String, number: String, action: String = "", paid: Money, billed: Money? = nil,
            references: [ReferenceNumber] = [], dates: [DateEntry] = [], invoice: [SegmentDraft] = [],
            adjustments: [PremiumAdjustment] = []
        ) {
            self.qualifier = qualifier
            self.number = number
            self.action = action
            self.paid = paid
            self.billed = billed
            self.references = references
            self.dates = dates
            self.invoice = invoice
            self.adjustments = adjustments
        }
    }
}

extension PremiumDraft820: WritableUnit {
    static var set: StaticString { "820" }
    static var functionalID: String { "RA" }
    static var standsAlone: Bool { true }
    var guide: String { "005010X218" }
    /// A payment shares its set with nothing.
    var heading: Int { 0 }
    var size: Int { 0 }

    var computedAmount: Money {
        remittances.reduce(.zero) { sum, remittance in
            let adjusted = remittance.adjustments.reduce(sum) { $0 + ($1.amount ?? .zero) }
            return remittance.items.reduce(adjusted) { sum, item in
                item.adjustments.reduce(sum + item.paid) { $0 + ($1.amount ?? .zero) }
            }
        }
    }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) {
        pen.loop = "ST"
        pen.writePayment(payment, amount: payment.amount ?? computedAmount, traceKind: traceKind)
        if !payment.currency.isEmpty {
            pen.begin("CUR")
            pen.add("PR")
            pen.add(payment.currency)
            pen.end()
        }
        pen.write(references)
        pen.writeShort(dates)
        pen.write(receiver, .payment, in: "1000A")
        pen.write(payer, .payment, in: "1000B")
        for party in intermediaries { pen.write(party, .payment, in: "1000C") }
    }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        for (index, remittance) in remittances.enumerated() {
            pen.loop = "2000"
            pen.begin("ENT")
            pen.add(index + 1)
            for text in [remittance.kind, remittance.identifierQualifier, remittance.identifier] { pen.add(text) }
            pen.end()
            for person in remittance.persons { pen.writeName(person) }
            pen.write(remittance.adjustments)
            for item in remittance.items { item.write(&pen) }
        }
    }
}

extension PremiumDraft820.Item {
    fileprivate func write(_ pen: inout SegmentPen) {
        pen.loop = "2300"
        pen.begin("RMR")
        for text in [qualifier, number, action] { pen.add(text) }
        pen.add(paid)
        pen.add(billed)
        pen.end()
        pen.write(references)
        pen.writeShort(dates)
        for segment in invoice { pen.write(segment) }
        pen.write(adjustments)
    }
}

extension SegmentPen {
    /// ADX.
    fileprivate mutating func write(_ adjustments: [PremiumAdjustment]) {
        for adjustment in adjustments {
            begin("ADX")
            if let amount = adjustment.amount { add(amount) } else { add(adjustment.text) }
            add(adjustment.reason)
            end()
        }
    }

    /// BPR and TRN.
    mutating func writePayment(_ payment: RemittanceDraft835.Payment, amount: Money, traceKind: String) {
        begin("BPR")
        add(payment.handling)
        add(amount)
        add(payment.direction)
        add(payment.method)
        add(payment.format)
        add(payment.payerAccount)
        add(payment.originator)
        add(payment.originatorCode)
        add(payment.payeeAccount)
        add(payment.date)
        end()
        begin("TRN")
        add(traceKind)
        add(payment.traceNumber)
        add(payment.payerIdentifier)
        add(payment.payerDivision)
        end()
    }
}

// MARK: - Reading

extension PremiumDraft820 {
    /// A payment as it was read, from what it pays for in its order. Nil where there is nothing, or where a party, the day
    /// or an amount is missing.
    public init?(_ premiums: [Premium820]) {
        guard let unit = premiums.first?.unit, let payment = RemittanceDraft835.Payment(unit),
            let receiver = unit.draftParty("1000A"), let payer = unit.draftParty("1000B")
        else { return nil }
        var remittances: [Remittance] = []
        for premium in premiums {
            var items: [Item] = []
            for item in premium.items {
                guard let paid = item.paid else { return nil }
                items.append(
                    Item(
                        qualifier: item.qualifier, number: item.number, action: item.action, paid: paid,
                        billed: item.billed, references: item.references, dates: item.dates,
                        invoice: SegmentDraft.all(item.invoice), adjustments: item.adjustments))
            }
            remittances.append(
                Remittance(
                    kind: premium.unit.root.first[2], identifierQualifier: premium.identifierQualifier,
                    identifier: premium.identifier,
                    persons: premium.unit.root.loops("2100B").compactMap { Party(drafting: $0) },
                    adjustments: premium.adjustments, items: items))
        }
        self.init(
            payment: payment, traceKind: unit.first("ST", "TRN")?[1] ?? "1",
            references: unit.all("ST", "REF").map(ReferenceNumber.init),
            dates: unit.all("ST", "DTM").map(DateEntry.init), receiver: receiver, payer: payer,
            intermediaries: unit.loops("1000C").compactMap { Party(drafting: $0) }, remittances: remittances)
    }
}
