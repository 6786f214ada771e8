public import HL7v2
public import HealthTypes

extension VisitMapping {
    /// What every message says of itself.
    public struct Header: Hashable, Sendable {
        public var controlID: String
        public var at: Instant
        /// MSH-3 and MSH-4.
        public var application: String
        public var facility: String

        public init(controlID: String, at: Instant, application: String = "", facility: String = "") {
            self.controlID = controlID
            self.at = at
            self.application = application
            self.facility = facility
        }
    }

    /// SIU^S12: a new appointment.
    public static func writeAppointment(_ encounter: Encounter, procedures: [String] = [], header: Header) -> HL7Message
    {
        var writer = begin("SIU", "S12", "SIU_S12", header)
        let start: HL7Value = encounter.start.map { .text(time($0)) } ?? ""
        writer.add(
            "SCH",
            [
                .text(encounter.visitNumber), .text(encounter.visitNumber), "", "", "", "",
                .parts("", encounter.reason ?? ""), "", "", "", .components(["", "", "", start]),
            ])
        addPatient(encounter, to: &writer)
        writer.add("RGS", ["1", "A"])
        for (position, procedure) in procedures.enumerated() {
            writer.add("AIS", ["\(position + 1)", "A", procedureValue(procedure), start])
        }
        return writer.message()
    }

    /// ADT^A04: the patient is registered, with the insurance that was shown.
    public static func writeRegistration(_ encounter: Encounter, coverages: [Coverage], header: Header) -> HL7Message {
        var writer = begin("ADT", "A04", "ADT_A01", header)
        writer.add("EVN", ["A04", .text(time(header.at))])
        addPatient(encounter, to: &writer)
        addCoverages(coverages, to: &writer)
        return writer.message()
    }

    /// ORM^O01: new orders of one visit.
    public static func writeOrders(_ encounter: Encounter, _ orders: [ServiceOrder], header: Header) -> HL7Message {
        var writer = begin("ORM", "O01", "ORM_O01", header)
        addPatient(encounter, to: &writer)
        for (position, order) in orders.enumerated() {
            let ordering = order.ordering.map(providerValue) ?? ""
            let requested = order.requestedFor?.compact ?? ""
            let priority = order.urgent ? "S" : "R"
            writer.add(
                "ORC",
                [
                    "NW", .text(order.number), "", "", "", "", "", "", .text(order.orderedOn.compact), "", "", ordering,
                ])
            var fields = [HL7Value](repeating: "", count: 27)
            fields[0] = "\(position + 1)"
            fields[1] = .text(order.number)
            fields[3] = procedureValue(order.procedure)
            fields[15] = ordering
            fields[26] = .parts("\(order.units)", "", "", requested, "", priority)
            writer.add("OBR", fields)
            for (place, diagnosis) in order.diagnoses.enumerated() {
                writer.add("DG1", ["\(place + 1)", "", .parts(diagnosis, "", "I10C")])
            }
        }
        return writer.message()
    }

    /// DFT^P03: the charges of one visit.
    public static func writeCharges(_ encounter: Encounter, _ charges: [Charge], header: Header) -> HL7Message {
        var writer = begin("DFT", "P03", "DFT_P03", header)
        writer.add("EVN", ["P03", .text(time(header.at))])
        addPatient(encounter, to: &writer)
        for (position, charge) in charges.enumerated() {
            let isCredit = charge.units < 0
            var fields = [HL7Value](repeating: "", count: 29)
            fields[0] = "\(position + 1)"
            fields[1] = .text(charge.number)
            fields[3] = .text(charge.date.compact)
            fields[5] = isCredit ? "CD" : "CG"
            fields[6] = procedureValue(charge.procedure)
            fields[9] = "\(abs(charge.units))"
            let amount = isCredit ? -charge.amount : charge.amount
            fields[10] = .components([.components([.text(amount.description), "USD"])])
            fields[18] = .repetitions(charge.diagnoses.map { .parts($0, "", "I10C") })
            fields[19] = charge.rendering.map(providerValue) ?? ""
            fields[24] = procedureValue(charge.procedure)
            fields[25] = .repetitions(charge.modifiers.map { .text($0) })
            fields[28] = .text(charge.ndc ?? "")
            writer.add("FT1", fields)
        }
        return writer.message()
    }
}

// MARK: - Segments

extension VisitMapping {
    private static func begin(_ type: String, _ trigger: String, _ structure: String, _ header: Header)
        -> HL7MessageWriter
    {
        HL7MessageWriter(
            type: type, trigger: trigger, structure: structure, controlID: header.controlID, at: header.at,
            sendingApplication: header.application, sendingFacility: header.facility)
    }

    private static func time(_ instant: Instant) -> String { instant.compact + "+0000" }

    /// PID, PV1 and PV2.
    private static func addPatient(_ encounter: Encounter, to writer: inout HL7MessageWriter) {
        let patient = encounter.patient
        var identity = [HL7Value](repeating: "", count: 29)
        identity[0] = "1"
        identity[2] = encounter.recordNumber.map { .parts($0, "", "", "", "MR") } ?? ""
        identity[4] = name(patient)
        identity[6] = .text(patient.birthDate?.compact ?? "")
        identity[7] = .text(patient.sex.rawValue)
        identity[10] = address(patient.address)
        identity[28] = .text(patient.deathDate?.compact ?? "")
        writer.add("PID", identity)
        var visit = [HL7Value](repeating: "", count: 44)
        visit[0] = "1"
        visit[1] = .text(["21": "I", "23": "E"][encounter.placeOfService] ?? "O")
        visit[2] = .parts("", "", "", "", "", encounter.placeOfService)
        visit[6] = encounter.attending.map(providerValue) ?? ""
        visit[18] = .text(encounter.visitNumber)
        visit[43] = encounter.checkedIn.map { .text(time($0)) } ?? ""
        writer.add("PV1", visit)
        if encounter.start != nil || encounter.reason != nil {
            let start: HL7Value = encounter.start.map { .text(time($0)) } ?? ""
            writer.add("PV2", ["", "", .parts("", encounter.reason ?? ""), "", "", "", "", start])
        }
    }

    private static func addCoverages(_ coverages: [Coverage], to writer: inout HL7MessageWriter) {
        for (position, coverage) in coverages.enumerated() {
            let relationship = relationships.first { $0.value == coverage.relationship }?.key ?? coverage.relationship
            var fields = [HL7Value](repeating: "", count: 43)
            fields[0] = "\(position + 1)"
            fields[1] = .parts(coverage.payerID, coverage.planName ?? "")
            fields[2] = .text(coverage.payerID)
            fields[3] = .text(coverage.payerName)
            fields[7] = .text(coverage.groupNumber ?? "")
            fields[11] = .text(coverage.from?.compact ?? "")
            fields[12] = .text(coverage.to?.compact ?? "")
            fields[15] = name(coverage.subscriber)
            fields[16] = .text(relationship)
            fields[17] = .text(coverage.subscriber.birthDate?.compact ?? "")
            fields[18] = address(coverage.subscriber.address)
            fields[21] = "\(coverage.responsibility.turn)"
            fields[35] = .text(coverage.memberID)
            fields[42] = .text(coverage.subscriber.sex.rawValue)
            writer.add("IN1", fields)
        }
    }

    private static func name(_ person: Person) -> HL7Value {
        .parts(person.family, person.given, person.middle ?? "")
    }

    private static func address(_ address: Address?) -> HL7Value {
        guard let address else { return "" }
        return .parts(address.line1, address.line2 ?? "", address.city, address.state, address.postalCode)
    }

    private static func providerValue(_ provider: Provider) -> HL7Value {
        .parts(provider.npi, provider.name, provider.given ?? "", "", "", "", "", "", "NPI")
    }

    private static func procedureValue(_ procedure: String) -> HL7Value {
        .parts(procedure, "", AuthorizationMapping.procedureSystem(procedure) == .cpt ? "C4" : "HCPCS")
    }
}
