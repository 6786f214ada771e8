public import HealthTypes
import X12

/// What a 271 says of one person, or of a level above persons where the question was refused there.
///
/// A subscriber that only leads to his dependents is none. Benefits are many and partial: look at them by ``Benefit/keys``.
public struct EligibilityResponse271: X12UnitView {
    public static let sets = ["271"]

    public enum Level: String, Sendable {
        /// The payer (2000A) or the provider (2000B) was refused, so that there may be no person at all.
        case source, receiver
        /// 2100C and 2100D.
        case subscriber, dependent
    }

    public let unit: X12Unit
    public let level: Level

    public init?(_ unit: X12Unit) {
        switch unit.loop {
        case "2000A": level = .source
        case "2000B": level = .receiver
        case "2100C": level = .subscriber
        case "2100D": level = .dependent
        default: return nil
        }
        self.unit = unit
        switch level {
        case .source, .receiver: guard unit.root.segments.contains(where: { $0.id == "AAA" }) else { return nil }
        case .subscriber: guard !leadsToDependents else { return nil }
        case .dependent: break
        }
    }

    private var leadsToDependents: Bool {
        unit.first("2000C", "HL")?[4] == "1" && unit.first("2000C", "TRN") == nil
            && !unit.root.segments.contains { $0.id == "EB" || $0.id == "AAA" }
    }

    /// 2100A, 2100B, 2100C and 2100D.
    public var source: Party? { Party(unit, "2100A") }
    public var receiver: Party? { Party(unit, "2100B") }
    public var subscriber: Party? { Party(unit, "2100C") }
    public var dependent: Party? { Party(unit, "2100D") }
    /// Whose benefits these are.
    public var patient: Party? { level == .dependent ? dependent : subscriber }
    /// NM109 of 2100C.
    public var memberID: String { unit.first("2100C", "NM1")?[9] ?? "" }
    /// BHT03: the number of the inquiry.
    public var inquiryNumber: String { unit.first("ST", "BHT")?[3] ?? "" }
    /// TRN of the person's level.
    public var traces: [Trace] {
        switch level {
        case .subscriber: unit.all("2000C", "TRN").map(Trace.init)
        case .dependent: unit.all("2000D", "TRN").map(Trace.init)
        case .source, .receiver: []
        }
    }
    /// INS02.
    public var relationship: String { level.isPerson ? unit.root.first("INS")?[2] ?? "" : "" }
    /// DTP of the person, such as `346` for the plan's beginning.
    public var dates: [DateEntry] { level.isPerson ? unit.root.dates : [] }
    /// AAA wherever it stands: with this person, with a benefit, or at a level around.
    public var rejections: [Rejection] {
        (unit.context + unit.segments).filter { $0.id == "AAA" }.map(Rejection.init)
    }

    /// The benefits of the person (2110C or 2110D), in order.
    public var benefits: [Benefit] {
        let id = level == .dependent ? "2110D" : "2110C"
        return unit.root.loops(id).map { Benefit(loop: $0) }
    }

    /// Whether the person is covered for a type of service, by the benefits that name it or name none.
    ///
    /// Nil where they do not say, or say both: that is for a person to look at.
    public func isActive(for serviceType: String = "30") -> Bool? {
        let said = benefits.filter { $0.serviceTypes.isEmpty || $0.serviceTypes.contains(serviceType) }
            .filter { $0.standing != .other }
        guard let first = said.first?.standing, said.allSatisfy({ $0.standing == first }) else { return nil }
        return first == .active ? true : first == .inactive ? false : nil
    }

    /// What a benefit is of: an amount means nothing without all four.
    public struct BenefitKey: Hashable, Sendable {
        /// EB03, such as `30`; empty where the benefit names none.
        public let serviceType: String
        /// EB02, such as `IND` or `FAM`.
        public let level: String
        /// EB12: `Y` in the network, `N` out of it, `W` both, `U` unknown.
        public let network: String
        /// EB06, such as `23` for the calendar year or `29` for what remains.
        public let period: String
    }

    /// One EB with what stands behind it.
    public struct Benefit: Sendable {
        public let loop: UnitLoop

        private var segment: UnitSegment { loop.first }

        public enum Standing: Sendable {
            case active, inactive
            /// EB01 of `U` or `V`: ask the payer.
            case unclear
            /// The EB is about something else, such as an amount.
            case other
        }

        /// EB01, such as `1` active, `B` co-payment, `C` deductible.
        public var information: String { segment[1] }
        /// By EB01: 1 to 5 are kinds of active coverage, 6 to 8 of inactive.
        public var standing: Standing {
            switch information {
            case "1", "2", "3", "4", "5": .active
            case "6", "7", "8": .inactive
            case "U", "V": .unclear
            default: .other
            }
        }
        /// EB02.
        public var coverageLevel: String { segment[2] }
        /// EB03, each of its repetitions.
        public var serviceTypes: [String] { segment.repetitions(3).filter { !$0.isEmpty } }
        /// EB04 and EB05.
        public var insuranceType: String { segment[4] }
        public var plan: String { segment[5] }
        /// EB06. Only with `29` is an amount what remains.
        public var period: String { segment[6] }
        public var isRemaining: Bool { period == "29" }
        /// EB07; nil where there is none or it is no amount.
        public var amount: Money? { segment.money(7) }
        /// EB08 as it stands: `.2` is 20 percent.
        public var share: String { segment[8] }
        /// EB09 and EB10 as they stand.
        public var quantityQualifier: String { segment[9] }
        public var quantity: String { segment[10] }
        /// EB11: whether an authorization is needed, `Y`, `N` or `U`; empty where it is not said.
        public var authorization: String { segment[11] }
        /// EB12.
        public var network: String { segment[12] }
        /// EB13.
        public var procedure: ProcedureCode? { ProcedureCode(segment, 13) }
        /// HSD as they stand.
        public var delivery: [UnitSegment] { loop.all("HSD") }
        public var references: [ReferenceNumber] { loop.references }
        public var dates: [DateEntry] { loop.dates }
        public var rejections: [Rejection] { loop.rejections }
        public var messages: [String] { loop.messages }
        /// III of 2115: places of service, or what limits the benefit.
        public var conditions: [UnitSegment] { (loop.loops("2115C") + loop.loops("2115D")).map(\.first) }
        /// 2120: whoever has to do with the benefit, such as another payer.
        public var entities: [Party] { (loop.loops("2120C") + loop.loops("2120D")).compactMap { Party($0) } }
        /// Those of them that are other payers: `PRP` primary, `SEP` secondary, `TTP` tertiary, and `PR`.
        public var otherPayers: [Party] { entities.filter { ["PRP", "SEP", "TTP", "PR"].contains($0.role) } }

        /// One for each type of service.
        public var keys: [BenefitKey] {
            let types = serviceTypes.isEmpty ? [""] : serviceTypes
            return types.map {
                BenefitKey(serviceType: $0, level: coverageLevel, network: network, period: period)
            }
        }
    }

    /// The benefits by what they are of, those of one key in order.
    public var benefitsByKey: [BenefitKey: [Benefit]] {
        var found: [BenefitKey: [Benefit]] = [:]
        for benefit in benefits {
            for key in benefit.keys { found[key, default: []].append(benefit) }
        }
        return found
    }

    /// Other payers of any benefit.
    public var otherPayers: [Party] { benefits.flatMap(\.otherPayers) }
}

extension EligibilityResponse271.Level {
    var isPerson: Bool { self == .subscriber || self == .dependent }
}
