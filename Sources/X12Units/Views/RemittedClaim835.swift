public import HealthTypes
import X12

/// A claim of an 835 (2100) with its lines (2110): what was charged, paid and taken away, and why.
public struct RemittedClaim835: X12UnitView {
    public static let sets = ["835"]

    public let unit: X12Unit
    let header: UnitSegment

    public init?(_ unit: X12Unit) {
        let first = unit.root.first
        guard first.loop == "2100", first.id == "CLP" else { return nil }
        self.unit = unit
        header = first
    }

    /// The payment that the claim is part of.
    public var payment: Remittance835.Payment { Remittance835.Payment(unit) }

    /// CLP01: the provider's own number.
    public var controlNumber: String { header[1] }
    /// CLP02. It tells how the claim was processed, and not whether something was denied: the adjustments do.
    public var status: String { header[2] }
    /// CLP03, CLP04 and CLP05; nil where they are no amounts.
    public var charge: Money? { header.money(3) }
    public var paid: Money? { header.money(4) }
    public var patientResponsibility: Money? { header.money(5) }
    /// CLP06.
    public var filingIndicator: String { header[6] }
    /// CLP07.
    public var payerControlNumber: String { header[7] }
    /// CLP08 and CLP09.
    public var facility: String { header[8] }
    public var frequency: String { header[9] }
    /// CLP11.
    public var diagnosisGroup: String { header[11] }
    /// CLP02 of 22: an earlier payment is taken back, so that amounts are below zero.
    public var isReversal: Bool { status == "22" }

    /// LX01 of the header (2000) that the claim stands under, and TS301: the provider that it sums up.
    public var headerNumber: String { unit.first("2000", "LX")?[1] ?? "" }
    public var summarizedProvider: String { unit.first("2000", "TS3")?[1] ?? "" }

    private func party(_ role: String) -> Party? { unit.root.first("NM1", role).map { Party(name: $0) } }

    /// NM1*QC.
    public var patient: Party? { party("QC") }
    /// NM1*IL, where the subscriber is another than the patient.
    public var subscriber: Party? { party("IL") }
    /// NM1*74: the patient or subscriber as the payer knows him.
    public var correctedPatient: Party? { party("74") }
    /// NM1*82.
    public var renderingProvider: Party? { party("82") }
    /// NM1*TT: to whom the payer sent the claim on.
    public var crossoverPayer: Party? { party("TT") }
    /// NM1*PR: who should have been asked first.
    public var priorityPayer: Party? { party("PR") }
    /// NM1*GB.
    public var otherSubscriber: Party? { party("GB") }

    /// CAS of the claim as a whole.
    public var adjustments: [Adjustment] { unit.root.adjustments }
    /// MIA and MOA as they stand.
    public var inpatientAdjudication: UnitSegment? { unit.root.first("MIA") }
    public var outpatientAdjudication: UnitSegment? { unit.root.first("MOA") }
    /// The remark codes of both, in order.
    public var remarkCodes: [String] { unit.root.remarkCodes }
    public var references: [ReferenceNumber] { unit.root.references }
    public var dates: [DateEntry] { unit.root.dates }
    public var amounts: [AmountEntry] { unit.root.amounts }
    public var quantities: [QuantityEntry] { unit.root.quantities }
    public var contacts: [Contact] { unit.root.contacts }
    /// DTM*232 and DTM*233; the first day alone where there is no last, or it lies before.
    public var statementDates: ClosedRange<CalendarDate>? {
        guard let from = unit.root.first("DTM", "232")?.date(2) else { return nil }
        guard let through = unit.root.first("DTM", "233")?.date(2), from <= through else { return from...from }
        return from...through
    }
    /// DTM*050.
    public var receivedDate: CalendarDate? { unit.root.first("DTM", "050")?.date(2) }

    /// A service line (2110).
    public struct Line: Sendable {
        public let loop: UnitLoop

        private var service: UnitSegment { loop.first }

        /// SVC01: what was paid for.
        public var procedure: ProcedureCode? { ProcedureCode(service, 1) }
        /// SVC06: what was charged, where it is another.
        public var submittedProcedure: ProcedureCode? { ProcedureCode(service, 6) }
        /// SVC02 and SVC03; nil where they are no amounts.
        public var charge: Money? { service.money(2) }
        public var paid: Money? { service.money(3) }
        /// SVC04.
        public var revenueCode: String { service[4] }
        /// SVC05 as it stands; where it is empty one unit was paid.
        public var units: String { service[5] }
        /// SVC07 as it stands.
        public var submittedUnits: String { service[7] }
        /// CAS.
        public var adjustments: [Adjustment] { loop.adjustments }
        /// LQ*HE: remark codes.
        public var remarkCodes: [String] { loop.all("LQ").filter { $0[1] == "HE" }.map { $0[2] } }
        /// REF*6R: the provider's own number of the line.
        public var controlNumber: String { loop.first("REF", "6R")?[2] ?? "" }
        /// AMT*B6.
        public var allowed: Money? { loop.first("AMT", "B6")?.money(2) }
        /// DTM*472, or DTM*150 and DTM*151.
        public var serviceDates: ClosedRange<CalendarDate>? {
            let day = loop.first("DTM", "472")?.date(2)
            guard let from = day ?? loop.first("DTM", "150")?.date(2) else { return nil }
            let through = day ?? loop.first("DTM", "151")?.date(2) ?? from
            return from <= through ? from...through : from...from
        }
    }

    public var lines: [Line] { unit.root.loops("2110").map { Line(loop: $0) } }

    /// Adjustments of the claim and of its lines together.
    public var allAdjustments: [Adjustment] { adjustments + lines.flatMap(\.adjustments) }
}

extension RemittedClaim835: JSONView {
    public static let viewName = "RemittedClaim835"
    private static let named = SegmentNames("CLP", "NM1", "CAS", "DTM", "REF", "AMT", "QTY", "PER")

    public var members: ViewMembers {
        let root = unit.root
        let names = root.names
        func name(_ role: StaticString) -> UnitSegment? { names.first { $0.has(1, role) } }
        var members = ViewMembers(capacity: 2048)
        members.add("payment") { payment.addSummary(to: &$0) }
        members.add("header_number", unit.first("2000", "LX"), 1)
        members.add("summarized_provider", unit.first("2000", "TS3"), 1)
        members.add("control_number", header, 1)
        members.add("status", header, 2)
        members.add("charge", amount: header, 3)
        members.add("paid", amount: header, 4)
        members.add("patient_responsibility", amount: header, 5)
        members.add("filing_indicator", header, 6)
        members.add("payer_control_number", header, 7)
        members.add("facility", header, 8)
        members.add("frequency", header, 9)
        members.add("diagnosis_group", header, 11)
        members.add("diagnosis_group_weight", header, 12)
        members.add("discharge_fraction", header, 13)
        members.add("patient", party: name("QC"))
        members.add("subscriber", party: name("IL"))
        members.add("corrected_patient", party: name("74"))
        members.add("rendering_provider", party: name("82"))
        members.add("crossover_payer", party: name("TT"))
        members.add("priority_payer", party: name("PR"))
        members.add("other_subscriber", party: name("GB"))
        members.addAdjustments(root)
        members.add("remark_codes", root.remarkCodes)
        members.add("dates", root.dates.map(\.json))
        members.addReferences(root)
        members.addAmounts(root)
        members.addQuantities(root)
        members.add("contacts", root.contacts.map(\.json))
        members.add("further_segments", root.further(except: Self.named).map(\.json))
        members.add("lines", root.loops("2110")) { Line(loop: $1).addMembers(to: &$0) }
        return members
    }
}

extension RemittedClaim835.Line {
    func addMembers(to members: inout ViewMembers) {
        let service = loop.first
        members.add("control_number", loop.first("REF", "6R"), 2)
        members.add("procedure", procedure: service, 1)
        members.add("submitted_procedure", procedure: service, 6)
        members.add("charge", amount: service, 2)
        members.add("paid", amount: service, 3)
        members.add("revenue_code", service, 4)
        members.add("units", service, 5)
        members.add("submitted_units", service, 7)
        members.addAdjustments(loop)
        members.add("remark_codes", remarkCodes)
        members.add("dates", loop.dates.map(\.json))
        members.addReferences(loop)
        members.addAmounts(loop)
        members.addQuantities(loop)
    }
}
