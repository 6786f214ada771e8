public import HealthTypes

/// One plan's cover of a patient, as the provider has it on file.
public struct Coverage: Hashable, Sendable {
    /// SBR01: whose turn it is to pay.
    public enum Responsibility: String, Sendable {
        case primary = "P"
        case secondary = "S"
        case tertiary = "T"

        /// From a turn counted from 1; all later turns are the third.
        init(turn: Int) {
            self = turn <= 1 ? .primary : turn == 2 ? .secondary : .tertiary
        }

        var turn: Int {
            switch self {
            case .primary: 1
            case .secondary: 2
            case .tertiary: 3
            }
        }
    }

    public var payerID: String
    public var payerName: String
    public var memberID: String
    public var groupNumber: String?
    public var planName: String?
    public var responsibility: Responsibility
    /// SBR02 / INS02: `18` is the subscriber in person.
    public var relationship: String
    public var subscriber: Person
    public var from: CalendarDate?
    public var to: CalendarDate?
    /// SBR09: the kind of insurance, such as `CI` commercial, `MC` Medicaid; nil where it is not known (`ZZ`).
    public var filingIndicator: String?

    public init(
        payerID: String, payerName: String, memberID: String, groupNumber: String? = nil, planName: String? = nil,
        responsibility: Responsibility = .primary, relationship: String = "18", subscriber: Person,
        from: CalendarDate? = nil, to: CalendarDate? = nil
    ) {
        self.payerID = payerID
        self.payerName = payerName
        self.memberID = memberID
        self.groupNumber = groupNumber
        self.planName = planName
        self.responsibility = responsibility
        self.relationship = relationship
        self.subscriber = subscriber
        self.from = from
        self.to = to
    }
}

/// What a provider asks a payer about a patient's cover: one 270.
public struct EligibilityInquiry: Hashable, Sendable {
    /// TRN02, by which the answer is matched.
    public var trace: String
    public var payerID: String
    public var payerName: String
    public var provider: Provider
    public var memberID: String
    public var subscriber: Person
    /// Nil where the patient is the subscriber.
    public var dependent: Person?
    public var serviceDate: CalendarDate
    /// EQ01, such as `30` (the plan), `98` (office visit), `62` (MRI).
    public var serviceTypes: [String]

    public init(
        trace: String, payerID: String, payerName: String, provider: Provider, memberID: String, subscriber: Person,
        dependent: Person? = nil, serviceDate: CalendarDate, serviceTypes: [String]
    ) {
        self.trace = trace
        self.payerID = payerID
        self.payerName = payerName
        self.provider = provider
        self.memberID = memberID
        self.subscriber = subscriber
        self.dependent = dependent
        self.serviceDate = serviceDate
        self.serviceTypes = serviceTypes
    }
}

/// One EB segment and what hangs on it: a benefit is only known by service type, level, network and period together.
public struct Benefit: Hashable, Sendable {
    /// EB01, kept verbatim.
    public var information: String
    /// EB02: `IND`, `FAM` ...
    public var level: String?
    /// EB03, every repetition.
    public var serviceTypes: [String]
    /// EB04.
    public var insuranceType: String?
    /// EB05.
    public var plan: String?
    /// EB06: `23` calendar year, `24` year to date, `29` remaining ...
    public var period: String?
    /// EB07.
    public var amount: Money?
    /// EB08 as it was stated: `0.2` is twenty percent.
    public var percent: String?
    /// EB10 with its qualifier EB09.
    public var quantity: String?
    public var quantityQualifier: String?
    /// EB11: Y, N or U.
    public var authorizationRequired: String?
    /// EB12: Y in network, N out, W both.
    public var inNetwork: String?
    /// MSG01 texts.
    public var messages: [String]
    /// DTP dates on this benefit, by qualifier.
    public var dates: [DatedPeriod]
    /// 2120: another payer, or an organization that is responsible.
    public var relatedPayer: String?
    public var relatedPayerID: String?
    /// REF*1W on this benefit: the patient's member id with that payer.
    public var relatedMemberID: String?
    /// EB13: the procedure that the benefit is of, where it is of one.
    public var procedure: String?

    public init(information: String) {
        self.information = information
        serviceTypes = []
        messages = []
        dates = []
    }
}

/// A date or a range with the qualifier that says of what (DTP01 or DTM01).
public struct DatedPeriod: Hashable, Sendable {
    public var qualifier: String
    public var from: CalendarDate
    public var to: CalendarDate?

    public init(qualifier: String, from: CalendarDate, to: CalendarDate? = nil) {
        self.qualifier = qualifier
        self.from = from
        self.to = to
    }

    public func contains(_ day: CalendarDate) -> Bool { from <= day && (to.map { day <= $0 } ?? true) }
}

/// AAA: a payer's refusal to answer, or to answer in full.
public struct EligibilityRejection: Hashable, Sendable {
    /// The loop it stands in, which says whose fault it is: 2000A, 2100A payer, 2100B provider, 2100C, 2100D.
    public var loop: String
    /// AAA03.
    public var reason: String
    /// AAA04, which overrides any retry policy of ours.
    public var followUp: String

    public init(loop: String, reason: String, followUp: String) {
        self.loop = loop
        self.reason = reason
        self.followUp = followUp
    }
}

/// What one 271 says of one patient.
public struct EligibilityAnswer: Hashable, Sendable {
    /// TRN02 of our inquiry.
    public var trace: String
    public var payerID: String
    public var payerName: String
    /// The member as the payer has it: may correct ours.
    public var memberID: String?
    public var subscriber: Person?
    public var dependent: Person?
    /// Plan dates at subscriber or dependent level (291, 307, 346, 347, 356, 357).
    public var planDates: [DatedPeriod]
    public var benefits: [Benefit]
    public var rejections: [EligibilityRejection]

    public init(trace: String, payerID: String, payerName: String) {
        self.trace = trace
        self.payerID = payerID
        self.payerName = payerName
        planDates = []
        benefits = []
        rejections = []
    }

    /// Whether the patient is covered on a day.
    public enum Status: String, Sendable {
        case active = "active"
        case inactive = "inactive"
        /// A refusal that means that the payer has no such member.
        case notFound = "not_found"
        case unknown = "unknown"
    }

    /// AAA03 codes that mean that the member was not found.
    static let notFoundReasons: Set<String> = ["67", "75", "76", "77", "78"]

    /// EB01 1–5 with the day inside the plan's dates is active; 6–8 and none of 1–5 is inactive; a member-not-found
    /// refusal is not found; anything else is unknown, and unknown goes to a person.
    public func status(on day: CalendarDate) -> Status {
        if benefits.isEmpty {
            return rejections.contains { Self.notFoundReasons.contains($0.reason) } ? .notFound : .unknown
        }
        let relevant = benefits.filter { $0.serviceTypes.isEmpty || $0.serviceTypes.contains("30") }
        if relevant.contains(where: { ["1", "2", "3", "4", "5"].contains($0.information) }) {
            return datesCover(day) ? .active : .inactive
        }
        return relevant.contains { ["6", "7", "8"].contains($0.information) } ? .inactive : .unknown
    }

    private func datesCover(_ day: CalendarDate) -> Bool {
        var begin: CalendarDate?
        var end: CalendarDate?
        for period in planDates {
            switch period.qualifier {
            case "346", "356": begin = period.from
            case "347", "357": end = period.from
            case "291", "307":
                begin = period.from
                end = period.to ?? end
            default: break
            }
        }
        return (begin.map { $0 <= day } ?? true) && (end.map { day <= $0 } ?? true)
    }

    /// Other payers that the answer names (EB01 = R).
    public var otherPayers: [Benefit] { benefits.filter { $0.information == "R" } }
}

extension Coverage {
    /// Whether the patient is the subscriber (SBR02 / INS02 is `18`, self).
    public var isSubscriber: Bool { relationship == "18" }
}
