import HealthTypes
import X12

/// What a 270 asks about one person. A subscriber that only leads to his dependents is none.
public struct EligibilityInquiry270: X12UnitView {
    public static let sets = ["270"]

    public let unit: X12Unit
    /// Whether it is about a dependent (2100D) rather than the subscriber (2100C).
    public let isDependent: Bool

    public init?(_ unit: X12Unit) {
        switch unit.loop {
        case "2100C": isDependent = false
        case "2100D": isDependent = true
        default: return nil
        }
        self.unit = unit
        if !isDependent, unit.first("2000C", "HL")?[4] == "1", unit.first("2000C", "TRN") == nil, questions.isEmpty {
            return nil
        }
    }

    /// BHT03 and BHT02.
    public var inquiryNumber: String { unit.first("ST", "BHT")?[3] ?? "" }
    public var purpose: String { unit.first("ST", "BHT")?[2] ?? "" }
    /// 2100A, 2100B, 2100C and 2100D.
    public var source: Party? { Party(unit, "2100A") }
    public var receiver: Party? { Party(unit, "2100B") }
    public var subscriber: Party? { Party(unit, "2100C") }
    public var dependent: Party? { Party(unit, "2100D") }
    /// Whose benefits are asked for.
    public var patient: Party? { isDependent ? dependent : subscriber }
    /// NM109 of 2100C.
    public var memberID: String { unit.first("2100C", "NM1")?[9] ?? "" }
    public var traces: [Trace] { unit.all(isDependent ? "2000D" : "2000C", "TRN").map(Trace.init) }
    /// INS02.
    public var relationship: String { unit.root.first("INS")?[2] ?? "" }
    /// DTP of the person: the days that the question is about.
    public var dates: [DateEntry] { unit.root.dates }

    /// One EQ with what stands behind it (2110).
    public struct Question: Sendable {
        public let loop: UnitLoop

        /// EQ01, each of its repetitions.
        public var serviceTypes: [String] { loop.first.repetitions(1).filter { !$0.isEmpty } }
        /// EQ02.
        public var procedure: ProcedureCode? { ProcedureCode(loop.first, 2) }
        /// EQ03.
        public var coverageLevel: String { loop.first[3] }
        /// EQ05.
        public var diagnosisPointers: [String] { (1...4).map { loop.first[5, $0] }.filter { !$0.isEmpty } }
        public var amounts: [AmountEntry] { loop.amounts }
        /// III02: places of service.
        public var places: [String] { loop.all("III").map { $0[2] } }
        public var references: [ReferenceNumber] { loop.references }
        public var dates: [DateEntry] { loop.dates }
    }

    public var questions: [Question] {
        unit.root.loops(isDependent ? "2110D" : "2110C").map { Question(loop: $0) }
    }
}

extension EligibilityInquiry270: JSONView {
    public static let viewName = "EligibilityInquiry270"

    public var members: ViewMembers {
        var members = ViewMembers()
        members.add("inquiry_number", inquiryNumber)
        members.add("purpose", purpose)
        members.add("source", source?.json)
        members.add("receiver", receiver?.json)
        members.add("subscriber", subscriber?.json)
        members.add("dependent", dependent?.json)
        members.add("relationship", relationship)
        members.add("traces", traces.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("health_codes", unit.root.all("HI").map(\.json))
        members.add("questions", questions.map(\.json))
        return members
    }
}

extension EligibilityInquiry270.Question {
    var json: ViewText {
        var members = ViewMembers()
        members.add("service_types", serviceTypes)
        members.add("procedure", procedure?.json)
        members.add("level", coverageLevel)
        members.add("diagnosis_pointers", diagnosisPointers)
        members.add("amounts", amounts.map(\.json))
        members.add("places", places)
        members.add("references", references.map(\.json))
        members.add("dates", dates.map(\.json))
        return members.json
    }
}
