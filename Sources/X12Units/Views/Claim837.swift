public import HealthTypes
import X12

/// A claim of an 837, professional, institutional or dental, over the segments as they came.
///
/// Nothing is read before it is asked for; what is not here by name is in `unit`.
public struct Claim837: X12UnitView {
    public static let sets = ["837"]

    public enum Kind: String, Sendable {
        case professional, institutional, dental
    }

    /// All of its segments.
    public let unit: X12Unit
    private let header: Int

    public init?(_ unit: X12Unit) {
        guard let header = unit.store.first(unit.plan.claim.header) else { return nil }
        self.unit = unit
        self.header = header
    }

    private var store: UnitStore { unit.store }
    private var plan: ClaimPlan { unit.plan.claim }

    public var kind: Kind {
        let id = unit.guideID
        return id.contains("X223") || id.contains("X096")
            ? .institutional : id.contains("X224") || id.contains("X097") ? .dental : .professional
    }

    /// CLM01: the provider's own number.
    public var controlNumber: String { store.slice(header).text(1) }
    /// CLM02; nil where it is no amount.
    public var charge: Money? { Digits.cents(store.slice(header)[2]).map { Money(cents: $0) } }
    /// CLM05-1: place of service, or the first two digits of the type of bill.
    public var facility: String { store.slice(header)[5, 1].string }
    /// CLM05-3: 1 original, 7 replacement, 8 void.
    public var frequency: String { store.slice(header)[5, 3].string }
    /// REF*F8: the payer's number of the claim that this one replaces.
    public var payerControlNumber: String { unit.first("2300", "REF", "F8")?[2] ?? "" }
    /// REF*D9.
    public var clearinghouseNumber: String { unit.first("2300", "REF", "D9")?[2] ?? "" }
    /// REF*G1.
    public var authorizationNumber: String { unit.first("2300", "REF", "G1")?[2] ?? "" }

    /// SBR01 and SBR09 of the payer that is asked.
    public var payerSequence: String { text(plan.subscriber, 1) }
    public var filingIndicator: String { text(plan.subscriber, 9) }

    public var billingProvider: Party? { Party(unit, "2010AA") }
    public var subscriber: Party? { Party(unit, "2010BA") }
    public var payer: Party? { Party(unit, "2010BB") ?? Party(unit, "2010BC") }
    /// The patient where he is not the subscriber.
    public var dependent: Party? { Party(unit, "2010CA") }
    public var submitter: Party? { Party(unit, "1000A") }
    public var receiver: Party? { Party(unit, "1000B") }

    /// NM109 of 2010AA: mostly the billing provider's NPI.
    public var billingProviderIdentifier: String { text(plan.billingName, 9) }
    /// NM109 of 2010BA.
    public var memberID: String { text(plan.subscriberName, 9) }
    /// NM109 of 2010BB.
    public var payerID: String { text(plan.payerName, 9) }

    /// The days of the statement (DTP*434) of an institutional claim.
    public var statementDates: ClosedRange<CalendarDate>? {
        guard let segment = unit.first("2300", "DTP", "434"), let from = segment.date(3),
            let through = segment.lastDate(3), from <= through
        else { return nil }
        return from...through
    }

    /// A code of an HI composite with its qualifier, such as `ABK` for the principal diagnosis.
    public struct HealthCode: Hashable, Sendable {
        public let qualifier: String
        /// As it stands, without a point.
        public let code: String
        /// HI01-9 and its neighbours: whether it was present on admission.
        public let presentOnAdmission: String

        /// Reads the composite from its front: most have two components.
        fileprivate init(_ slice: SegmentSlice, _ element: Int) {
            let kind = slice[element, 1]
            let number = slice[element, 2]
            let isLast = kind.count + 1 + number.count >= slice.length(element)
            qualifier =
                switch slice.packed(kind) {
                case Self.abk: "ABK"
                case Self.abf: "ABF"
                default: kind.string
                }
            code = number.string
            presentOnAdmission = isLast ? "" : slice[element, 9].string
        }

        private static var abk: UInt64 { 0x4b_42_41 }
        private static var abf: UInt64 { 0x46_42_41 }
    }

    /// The codes of all HI segments, in order.
    public var healthCodes: [HealthCode] {
        var codes: [HealthCode] = []
        eachHealthCode { codes.append($0) }
        return codes
    }

    /// Gives each of these codes without an array of them.
    public func eachHealthCode(_ body: (HealthCode) -> Void) {
        var index = header
        while index < store.recordCount, store.records[index].rule != plan.line {
            let slice = store.slice(index)
            if slice.packedID == SegmentID.hi {
                for element in 1..<max(slice.count, 1) where slice.length(element) > 0 {
                    body(HealthCode(slice, element))
                }
            }
            index += 1
        }
    }

    /// The diagnoses among them, the principal one first.
    public var diagnoses: [HealthCode] { healthCodes.filter { ["ABK", "BK", "ABF", "BF"].contains($0.qualifier) } }

    private func text(_ rule: Int32, _ element: Int) -> String {
        store.first(rule).map { store.slice($0).text(element) } ?? ""
    }

    // MARK: Lines

    /// A service line (2400).
    public struct Line: Sendable {
        let store: UnitStore
        let first: Int
        let end: Int
        /// Its SV1, SV2 or SV3, mostly the second segment; negative where it has none.
        private let serviceIndex: Int

        init(store: UnitStore, first: Int, end: Int) {
            self.store = store
            self.first = first
            self.end = end
            var index = first + 1
            while index < end {
                let id = store.slice(index).packedID
                if id & 0xffff == 0x5653, id >> 16 <= 0x33 { break }
                index += 1
            }
            serviceIndex = index < end ? index : -1
        }

        /// LX01.
        public var number: String { store.slice(first).text(1) }

        private var service: SegmentSlice? { serviceIndex < 0 ? nil : store.slice(serviceIndex) }

        /// SV101-2, SV202-2 or SV301-2; empty where the line names none.
        public var procedure: String {
            guard let service else { return "" }
            return service[service.packedID == SegmentID.sv2 ? 2 : 1, 2].string
        }

        public var modifiers: [String] {
            guard let service else { return [] }
            let element = service.packedID == SegmentID.sv2 ? 2 : 1
            return (3...6).map { service[element, $0].string }.filter { !$0.isEmpty }
        }

        /// SV201.
        public var revenueCode: String {
            guard let service, service.packedID == SegmentID.sv2 else { return "" }
            return service.text(1)
        }

        /// SV102, SV203 or SV302; nil where it is no amount.
        public var charge: Money? {
            guard let service else { return nil }
            return Digits.cents(service[service.packedID == SegmentID.sv2 ? 3 : 2]).map { Money(cents: $0) }
        }

        /// SV104, SV205 or SV306 as it stands.
        public var units: String {
            guard let service else { return "" }
            return service.text(service.packedID == SegmentID.sv2 ? 5 : service.packedID == SegmentID.sv3 ? 6 : 4)
        }

        /// SV107: to which diagnoses it points, counted from 1.
        public var pointers: [Int] {
            guard let service, service.packedID != SegmentID.sv2 else { return [] }
            let element = service.packedID == SegmentID.sv3 ? 11 : 7
            return (1...4).compactMap { Int(service[element, $0].string) }
        }

        /// DTP*472, its first day.
        public var serviceDate: CalendarDate? {
            var index = first + 1
            while index < end {
                let slice = store.slice(index)
                if slice.packedID == SegmentID.dtp, slice.has(1, "472") { return Digits.date(slice[3], at: 0) }
                index += 1
            }
            return nil
        }

        /// REF*6R.
        public var controlNumber: String { segments.first { $0.id == "REF" && $0.has(1, "6R") }?[2] ?? "" }

        public var segments: [UnitSegment] { (first..<end).map { UnitSegment(store: store, index: $0) } }
    }

    public var lines: [Line] {
        var lines: [Line] = []
        eachLine { lines.append($0) }
        return lines
    }

    /// Gives each line without an array of them.
    public func eachLine(_ body: (Line) -> Void) {
        guard var first = store.first(plan.line) else { return }
        var index = first + 1
        while index < store.recordCount {
            if store.records[index].rule == plan.line {
                body(Line(store: store, first: first, end: index))
                first = index
            }
            index += 1
        }
        body(Line(store: store, first: first, end: index))
    }
}

/// Where a claim's parts are in a guide.
struct ClaimPlan: Sendable {
    let header: Int32
    let line: Int32
    let subscriber: Int32
    let billingName: Int32
    let subscriberName: Int32
    let payerName: Int32

    init(_ rules: (String, String) -> [Int32]) {
        func rule(_ loop: String, _ segment: String) -> Int32 { rules(loop, segment).first ?? -1 }
        header = rule("2300", "CLM")
        line = rule("2400", "LX")
        subscriber = rule("2000B", "SBR")
        billingName = rule("2010AA", "NM1")
        subscriberName = rule("2010BA", "NM1")
        payerName = rule("2010BB", "NM1")
    }
}
