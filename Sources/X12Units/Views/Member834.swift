public import HealthTypes
import X12

/// A member of an 834 (2000): who he is, what became of his coverage and of which kind it is.
public struct Member834: X12UnitView {
    public static let sets = ["834"]

    public let unit: X12Unit
    private let header: UnitSegment

    public init?(_ unit: X12Unit) {
        let first = unit.root.first
        guard unit.loop == "2000", first.id == "INS" else { return nil }
        self.unit = unit
        header = first
    }

    /// BGN02, BGN01 and BGN08 of the file: its number, purpose, and whether it is of changes (2), all members (4) or an
    /// audit (RX).
    public var fileNumber: String { unit.first("ST", "BGN")?[2] ?? "" }
    public var filePurpose: String { unit.first("ST", "BGN")?[1] ?? "" }
    public var fileAction: String { unit.first("ST", "BGN")?[8] ?? "" }
    /// 1000A and 1000B.
    public var sponsor: Party? { Party(unit, "1000A") }
    public var payer: Party? { Party(unit, "1000B") }
    /// 1000C.
    public var brokers: [Party] { unit.loops("1000C").compactMap { Party($0) } }

    /// INS01: `Y` for the subscriber himself.
    public var isSubscriber: Bool { header[1] == "Y" }
    /// INS02: what he is to the subscriber, `18` for the same person.
    public var relationship: String { header[2] }
    /// INS03: `021` addition, `024` end, `001` change, `025` reinstatement, `030` audit.
    public var maintenanceType: String { header[3] }
    /// INS04.
    public var maintenanceReason: String { header[4] }
    /// INS05: `A` active, `C` continued by law (COBRA), `S` surviving, `T` by another law.
    public var benefitStatus: String { header[5] }
    /// INS06-1 and INS06-2: the plan of Medicare and why.
    public var medicarePlan: String { header[6, 1] }
    public var medicareReason: String { header[6, 2] }
    /// INS07: why the coverage is continued.
    public var continuationEvent: String { header[7] }
    /// INS08.
    public var employmentStatus: String { header[8] }
    /// INS09 and INS10.
    public var studentStatus: String { header[9] }
    public var isDisabled: Bool { header[10] == "Y" }
    /// INS12.
    public var deathDate: CalendarDate? { header.date(12) }

    /// REF*0F, REF*1L and REF*23.
    public var subscriberNumber: String { unit.root.first("REF", "0F")?[2] ?? "" }
    public var policyNumber: String { unit.root.first("REF", "1L")?[2] ?? "" }
    public var clientNumber: String { unit.root.first("REF", "23")?[2] ?? "" }
    public var references: [ReferenceNumber] { unit.root.references }
    /// DTP of the member, such as `356` and `357` for when his eligibility begins and ends.
    public var dates: [DateEntry] { unit.root.dates }

    /// 2100A; `role` is `74` where the name is a correction.
    public var member: Party? { Party(unit, "2100A") }
    /// 2100B: the name as it was.
    public var incorrectMember: Party? { Party(unit, "2100B") }
    /// 2100C: where mail goes.
    public var mailingAddress: Party? { Party(unit, "2100C") }
    /// 2100D to 2100H: employers, schools, parents, responsible persons, and where to drop off.
    public var relatedParties: [Party] {
        ["2100D", "2100E", "2100F", "2100G", "2100H"].flatMap { unit.root.loops($0) }.compactMap { Party($0) }
    }
    var memberLoop: UnitLoop? { unit.root.loops("2100A").first }

    /// A coverage (2300).
    public struct Coverage: Sendable {
        public let loop: UnitLoop

        /// HD01, as INS03.
        public var maintenanceType: String { loop.first[1] }
        /// HD03: `HLT` health, `DEN` dental, `VIS` vision and others.
        public var line: String { loop.first[3] }
        /// HD04.
        public var plan: String { loop.first[4] }
        /// HD05: `EMP`, `FAM` and so on.
        public var level: String { loop.first[5] }
        /// DTP*348 and DTP*349.
        public var begin: CalendarDate? { loop.first("DTP", "348")?.date(3) }
        public var end: CalendarDate? { loop.first("DTP", "349")?.date(3) }
        public var dates: [DateEntry] { loop.dates }
        public var amounts: [AmountEntry] { loop.amounts }
        public var references: [ReferenceNumber] { loop.references }
        /// IDC as they stand: cards that are asked for.
        public var cards: [UnitSegment] { loop.all("IDC") }
        /// 2310.
        public var providers: [Party] { loop.loops("2310").compactMap { Party($0) } }
        /// 2320.
        public var otherCoverages: [OtherCoverage] { loop.loops("2320").map { OtherCoverage(loop: $0) } }
    }

    public var coverages: [Coverage] { unit.root.loops("2300").map { Coverage(loop: $0) } }

    /// Coverage by another payer (2320).
    public struct OtherCoverage: Sendable {
        public let loop: UnitLoop

        /// COB01: `P` primary, `S` secondary, `T` tertiary, `U` unknown.
        public var sequence: String { loop.first[1] }
        /// COB02.
        public var policyNumber: String { loop.first[2] }
        /// COB03: `1` coordinated, `5` unknown, `6` none.
        public var coordination: String { loop.first[3] }
        /// COB04, each of its repetitions.
        public var serviceTypes: [String] { loop.first.repetitions(4).filter { !$0.isEmpty } }
        public var references: [ReferenceNumber] { loop.references }
        public var dates: [DateEntry] { loop.dates }
        /// 2330.
        public var parties: [Party] { loop.loops("2330").compactMap { Party($0) } }
    }

    /// DSB as they stand (2200).
    public var disabilities: [UnitLoop] { unit.root.loops("2200") }
    /// What the member reports on beside his coverage (2750): N102, with its REF.
    public var reportingCategories: [(name: String, references: [ReferenceNumber])] {
        unit.root.loops("2750").map { (name: $0.first[2], references: $0.references) }
    }
}
