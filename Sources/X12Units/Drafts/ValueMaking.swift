public import HealthTypes
import X12

extension ReferenceNumber {
    public init(_ qualifier: String, _ value: String, note: String = "") {
        self.qualifier = qualifier
        self.value = value
        self.note = note
    }
}

extension DateEntry {
    /// One day (`D8`).
    public init(_ qualifier: String, _ day: CalendarDate) {
        self.init(qualifier: qualifier, format: "D8", from: day, through: day, text: day.compact)
    }

    /// A period (`RD8`).
    public init(_ qualifier: String, _ from: CalendarDate, through: CalendarDate) {
        self.init(
            qualifier: qualifier, format: "RD8", from: from, through: through,
            text: "\(from.compact)-\(through.compact)")
    }

    /// Any other form, such as `DT` for a day with its time.
    public init(_ qualifier: String, format: String, text: String) {
        let day = CalendarDate(text.prefix(8))
        self.init(qualifier: qualifier, format: format, from: day, through: day, text: text)
    }

    private init(qualifier: String, format: String, from: CalendarDate?, through: CalendarDate?, text: String) {
        self.qualifier = qualifier
        self.format = format
        self.from = from
        self.through = through
        self.text = text
    }
}

extension AmountEntry {
    public init(_ qualifier: String, _ amount: Money) {
        self.qualifier = qualifier
        self.amount = amount
        text = amount.x12
    }
}

extension QuantityEntry {
    public init(_ qualifier: String, _ quantity: String) {
        self.qualifier = qualifier
        self.quantity = quantity
    }
}

extension Adjustment {
    /// `group` is `CO`, `PR`, `OA` or `PI`, `reason` a claim adjustment reason code; `amount` is what it takes away.
    public init(_ group: String, _ reason: String, _ amount: Money, quantity: String = "") {
        self.group = group
        self.reason = reason
        self.amount = amount
        self.quantity = quantity
        text = amount.x12
    }
}

extension ProcedureCode {
    /// `qualifier` is `HC` for HCPCS and CPT, `AD` for CDT.
    public init(_ code: String, _ modifiers: [String] = [], qualifier: String = "HC", note: String = "") {
        self.qualifier = qualifier
        self.code = code
        self.modifiers = modifiers
        self.note = note
    }
}

extension Trace {
    /// `kind` is 1 for the sender's own number, 2 for the one that is answered.
    public init(_ number: String, kind: String = "1", originator: String = "", division: String = "") {
        self.number = number
        self.kind = kind
        self.originator = originator
        self.division = division
    }
}

extension Rejection {
    /// `loop` is where it was read; a writer puts it where the value stands.
    public init(reason: String, followUp: String, isRequestValid: Bool = true, loop: String = "") {
        self.reason = reason
        self.followUp = followUp
        self.isRequestValid = isRequestValid
        self.loop = loop
    }
}

extension Contact {
    public init(_ role: String = "IC", name: String = "", numbers: [Number]) {
        self.role = role
        self.name = name
        self.numbers = numbers
    }

    /// One with a telephone number.
    public init(_ role: String = "IC", name: String = "", telephone: String) {
        self.init(role, name: name, numbers: [Number("TE", telephone)])
    }
}

extension Contact.Number {
    public init(_ qualifier: String, _ number: String) {
        self.qualifier = qualifier
        self.number = number
    }
}

extension Party {
    /// A person or an organisation for a value that is to be written. Which loops may say what of it is the guides'.
    public init(
        _ role: String, isPerson: Bool = false, name: String, firstName: String = "", middleName: String = "",
        suffix: String = "", identifierQualifier: String = "", identifier: String = "", address: [String] = [],
        city: String = "", state: String = "", postalCode: String = "", country: String = "",
        birthDate: CalendarDate? = nil, gender: String = "", taxonomy: String = "", providerCode: String = "",
        references: [ReferenceNumber] = [], contacts: [Contact] = [], rejections: [Rejection] = [],
        additional: [SegmentDraft] = []
    ) {
        self.role = role
        self.isPerson = isPerson
        self.name = name
        self.firstName = firstName
        self.middleName = middleName
        self.suffix = suffix
        self.identifierQualifier = identifierQualifier
        self.identifier = identifier
        self.address = address
        self.city = city
        self.state = state
        self.postalCode = postalCode
        self.country = country
        self.birthDate = birthDate
        self.gender = gender
        self.taxonomy = taxonomy
        self.providerCode = providerCode
        self.references = references
        self.contacts = contacts
        self.rejections = rejections
        self.additional = additional
    }
}

extension StatusEntry {
    /// `reasons` are one to three; see ``StatusEntry``.
    public init(
        _ reasons: [Reason], date: CalendarDate? = nil, action: String = "", charge: Money? = nil, paid: Money? = nil,
        decisionDate: CalendarDate? = nil, paymentDate: CalendarDate? = nil, paymentNumber: String = "",
        message: String = ""
    ) {
        self.reasons = reasons
        self.date = date
        self.action = action
        self.charge = charge
        self.paid = paid
        self.decisionDate = decisionDate
        self.paymentDate = paymentDate
        self.paymentNumber = paymentNumber
        self.message = message
    }
}

extension StatusEntry.Reason {
    public init(_ category: String, _ code: String, entity: String = "", codeList: String = "") {
        self.category = category
        self.code = code
        self.entity = entity
        self.codeList = codeList
    }
}

extension ReviewDecision {
    /// `action` is `A1` certified in full, `A3` not certified, `A4` pended, `A6` modified and others (HCR01).
    public init(_ action: String, number: String = "", reasons: [String] = [], secondOpinion: String = "") {
        self.action = action
        self.number = number
        self.reasons = reasons
        self.secondOpinion = secondOpinion
    }
}

extension PremiumAdjustment {
    public init(_ amount: Money, reason: String) {
        self.amount = amount
        self.reason = reason
        text = amount.x12
    }
}
