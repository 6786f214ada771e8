public import HealthTypes
import X12

/// One patient event of a 278 (2000E) with its services (2000F): asked for, told, inquired about or answered; or a level
/// above events where the question was refused.
public struct Review278: X12UnitView {
    public static let sets = ["278"]

    public let unit: X12Unit

    public init?(_ unit: X12Unit) {
        guard unit.loop == "2000E" || unit.root.segments.contains(where: { $0.id == "AAA" }) else { return nil }
        self.unit = unit
    }

    /// The level of the unit: `2000E`, or one from `2000A` to `2000D` that was refused.
    public var level: String { unit.loop }

    public enum Purpose: Sendable {
        case request, notification, inquiry
    }

    /// By the guide's id: 005010X217, 005010X216 and 005010X215; nil for another.
    public var purpose: Purpose? {
        switch unit.guideID.prefix(10) {
        case "005010X217": .request
        case "005010X216": .notification
        case "005010X215": .inquiry
        default: nil
        }
    }

    /// BHT02, BHT03 and BHT06. A BHT02 of `11` or `49` answers.
    public var transactionPurpose: String { unit.first("ST", "BHT")?[2] ?? "" }
    public var number: String { unit.first("ST", "BHT")?[3] ?? "" }
    public var transactionType: String { unit.first("ST", "BHT")?[6] ?? "" }
    /// Whether there is an answer in it: a decision or a refusal.
    public var isAnswer: Bool {
        ["11", "49"].contains(transactionPurpose) || decision != nil || !rejections.isEmpty
    }

    /// 2010A: in a request the reviewer, by whom the answer comes.
    public var reviewer: Party? { Party(unit, "2010A") }
    /// 2010B: the requester.
    public var requester: Party? { Party(unit, "2010B") }
    public var subscriber: Party? { Party(unit, "2010C") }
    public var dependent: Party? { Party(unit, "2010D") }
    public var patient: Party? { dependent ?? subscriber }
    /// NM109 of 2010C.
    public var memberID: String { unit.first("2010C", "NM1")?[9] ?? "" }

    private var isEvent: Bool { unit.loop == "2000E" }

    /// The event's own part.
    public var event: Service? { isEvent ? Service(loop: unit.root) : nil }
    public var decision: ReviewDecision? { event?.decision }
    /// 2000F.
    public var services: [Service] { isEvent ? unit.root.loops("2000F").map { Service(loop: $0) } : [] }
    /// AAA wherever it stands, the levels around among them.
    public var rejections: [Rejection] {
        (unit.context + unit.segments).filter { $0.id == "AAA" }.map(Rejection.init)
    }

    /// An event (2000E) or a service (2000F): UM, HCR and what goes with them.
    public struct Service: Sendable {
        public let loop: UnitLoop

        /// UM01: `HS` services, `AR` admission, `SC` a referral, `IN` an individual's inquiry.
        public var category: String { loop.first("UM")?[1] ?? "" }
        /// UM02: `I` initial, `S` revised, `3` cancelled and so on.
        public var certificationType: String { loop.first("UM")?[2] ?? "" }
        /// UM03.
        public var serviceType: String { loop.first("UM")?[3] ?? "" }
        /// UM04: place of service or type of facility, and which code list it is of.
        public var facility: String { loop.first("UM")?[4, 1] ?? "" }
        public var facilityQualifier: String { loop.first("UM")?[4, 2] ?? "" }
        /// UM06: `U` urgent, `03` emergency, `E` elective.
        public var levelOfService: String { loop.first("UM")?[6] ?? "" }
        /// HCR.
        public var decision: ReviewDecision? { loop.first("HCR").map(ReviewDecision.init) }
        public var traces: [Trace] { loop.traces }
        /// REF*BB: the number of an earlier authorization.
        public var priorAuthorization: String { loop.first("REF", "BB")?[2] ?? "" }
        /// REF*NT: the reviewer's own reference.
        public var administrativeReference: String { loop.first("REF", "NT")?[2] ?? "" }
        public var references: [ReferenceNumber] { loop.references }
        public var dates: [DateEntry] { loop.dates }
        public var rejections: [Rejection] { loop.rejections }
        public var messages: [String] { loop.messages }
        /// HI: each composite's qualifier and code.
        public var diagnoses: [ProcedureCode] {
            loop.all("HI").flatMap { segment in
                (1...max(segment.elementCount, 1)).compactMap { ProcedureCode(segment, $0) }
            }
        }
        /// HSD as they stand: how much, how often and for how long.
        public var delivery: [UnitSegment] { loop.all("HSD") }
        /// SV101, SV202 or SV301.
        public var procedure: ProcedureCode? {
            line.flatMap { ProcedureCode($0, $0.id == "SV2" ? 2 : 1) }
        }
        /// SV201.
        public var revenueCode: String { loop.first("SV2")?[1] ?? "" }
        /// SV102, SV203 or SV302; nil where there is none or it is no amount.
        public var charge: Money? { line?.money(line?.id == "SV2" ? 3 : 2) }
        /// SV104, SV205 or SV306 as it stands.
        public var quantity: String {
            guard let line else { return "" }
            return line[line.id == "SV1" ? 4 : line.id == "SV2" ? 5 : 6]
        }

        var line: UnitSegment? { loop.first("SV1") ?? loop.first("SV2") ?? loop.first("SV3") }

        /// The parties of this level (2010E or 2010F and their like); those of its services are not among them.
        public var parties: [Party] {
            loop.loops(startingWith: loop.id == "2000F" ? "2010F" : "2010E").compactMap { Party($0) }
        }
    }
}

/// HCR: what was decided.
public struct ReviewDecision: Hashable, Sendable {
    /// HCR01: `A1` certified in total, `A2` in part, `A3` not certified, `A4` pended, `A6` modified, `C` cancelled,
    /// `CT` contact the payer, `NA` no action is needed.
    public let action: String
    /// HCR02: the number of the authorization.
    public let number: String
    /// HCR03: why, by each of its repetitions.
    public let reasons: [String]
    /// HCR04: whether a second opinion is asked for.
    public let secondOpinion: String

    init(_ segment: UnitSegment) {
        action = segment[1]
        number = segment[2]
        reasons = segment.repetitions(3).filter { !$0.isEmpty }
        secondOpinion = segment[4]
    }
}
