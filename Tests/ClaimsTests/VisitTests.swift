import Claims
import HL7v2
import HealthTypes
import Testing

@Suite struct VisitTests {
    private static let header = VisitMapping.Header(
        controlID: "M1", at: World.now, application: "EHR", facility: "LARKFIELD")
    private static let attending = Provider(npi: "1987654326", entity: .person, name: "Vance", given: "Omar")

    private var encounter: Encounter {
        Encounter(
            visitNumber: "V100001", recordNumber: "M200001", patient: World.nora, start: Instant(World.day, hour: 10),
            checkedIn: Instant(World.day, hour: 9, minute: 50), placeOfService: "22", attending: Self.attending,
            reason: "Knee pain & swelling")
    }

    @Test func anAppointmentComesBack() {
        var booked = encounter
        booked.checkedIn = nil
        let message = VisitMapping.writeAppointment(booked, procedures: ["73721"], header: Self.header)
        let visit = VisitMapping.read(message)
        #expect(visit.encounter == booked)
        #expect(visit.visitNumber == "V100001")
        #expect(visit.trigger == "SIU^S12")
        #expect(visit.controlID == "M1")
        #expect(visit.sentAt == World.now)
        #expect(visit.issues.isEmpty)
    }

    @Test func aRegistrationComesBackWithItsCovers() {
        var primary = World.meridian
        primary.filingIndicator = nil
        primary.planName = "Harbor Gold"
        primary.from = CalendarDate("20260101")
        primary.to = CalendarDate("20261231")
        let second = Coverage(
            payerID: "NSTAR", payerName: "Northstar Mutual", memberID: "NS00011122A", responsibility: .secondary,
            relationship: "01", subscriber: World.ida)
        let message = VisitMapping.writeRegistration(
            encounter, coverages: [primary, second], header: Self.header)
        let visit = VisitMapping.read(message)
        #expect(visit.encounter == encounter)
        #expect(visit.coverages == [primary, second])
        #expect(visit.issues.isEmpty)
    }

    @Test func ordersComeBack() {
        let orders = [
            ServiceOrder(
                number: "ORD-1", procedure: "73721", units: 2, diagnoses: ["M17.11", "M25.561"],
                ordering: Self.attending, orderedOn: World.day.adding(days: -5), requestedFor: World.day, urgent: true),
            ServiceOrder(number: "ORD-2", procedure: "J1745", orderedOn: World.day),
        ]
        let visit = VisitMapping.read(VisitMapping.writeOrders(encounter, orders, header: Self.header))
        #expect(visit.orders == orders)
        #expect(visit.encounter?.visitNumber == "V100001")
        #expect(visit.issues.isEmpty)
    }

    @Test func chargesComeBack() {
        let charges = [
            Charge(
                number: "CH-1", date: World.day, procedure: "99214", modifiers: ["25", "GT"], units: 1,
                amount: Money("210.05")!, diagnoses: ["M17.11", "I10"], rendering: Self.attending),
            Charge(
                number: "CH-2", date: World.day, procedure: "J1885", units: 3, amount: Money("33")!,
                diagnoses: ["M17.11"], ndc: "00409379501"),
            Charge(
                number: "CH-3", date: World.day, procedure: "J1885", units: -1, amount: Money("-11")!,
                diagnoses: ["M17.11"]),
        ]
        let visit = VisitMapping.read(VisitMapping.writeCharges(encounter, charges, header: Self.header))
        #expect(visit.charges == charges)
        #expect(visit.issues.isEmpty)
    }

    private func read(_ segments: String...) throws -> VisitMessage {
        VisitMapping.read(try HL7Message(parsing: segments.joined(separator: "\r")))
    }

    /// A segment of the fields that are given by their numbers.
    private func segment(_ id: String, _ fields: [Int: String]) -> String {
        ([id] + (1...(fields.keys.max() ?? 1)).map { fields[$0] ?? "" }).joined(separator: "|")
    }

    @Test func foreignFormsAreRead() throws {
        let visit = try read(
            "MSH|^~\\&|A|B|||202603020900||DFT^P03|7|P|2.3", "PID|||X1^^^^PI~77^^^^MR||DOE^ANN||19700101|O",
            segment("PV1", [2: "E", 7: "9^LOCAL^DOC~1987654326^VANCE^OMAR^^^^^^NPI", 19: "V5"]),
            "DG1|1||R05.9",
            segment("FT1", [1: "1", 4: "20260302", 5: "20260302", 6: "CG", 7: "99283", 10: "2", 22: "50.10"]),
            segment("FT1", [1: "2", 2: "T2", 4: "20260302", 6: "PY", 11: "12.00"]),
            segment("FT1", [1: "3", 2: "T3", 4: "2026", 6: "CG", 7: "99283", 10: "1", 11: "5"]),
            segment("FT1", [1: "4", 2: "T4", 4: "20260302", 6: "CG", 7: "99283", 10: "1.5", 11: "5"]),
            segment("IN1", [1: "1", 2: "PPO", 3: "NSTAR", 4: "Northstar", 17: "SEL", 36: "NS1"]),
            segment("IN1", [1: "2", 2: "PPO", 4: "Nobody"]),
            segment("IN1", [1: "3", 2: "PPO", 3: "CIVIC", 4: "Civic", 17: "18"]),
            segment("IN2", [61: "1234500000"]))
        #expect(visit.encounter?.recordNumber == "77")
        #expect(visit.encounter?.placeOfService == "23")
        #expect(visit.encounter?.attending?.npi == "1987654326")
        #expect(visit.charges.map(\.amount) == [Money("100.20")!])
        #expect(visit.charges[0].number == "1")
        #expect(visit.charges[0].diagnoses == ["R05.9"])
        #expect(visit.coverages.map(\.memberID) == ["NS1", "1234500000"])
        #expect(visit.coverages[0].subscriber == visit.encounter?.patient)
        #expect(
            visit.issues.map(\.code) == [
                "visit.coverage-unreadable", "visit.charge-unreadable", "visit.charge-unreadable",
            ])
        #expect(visit.issues.map(\.location.path) == ["IN1[2]", "FT1[3]", "FT1[4]"])
    }

    @Test func ordersThatAreTakenBackOrUnreadableAreSaid() throws {
        let visit = try read(
            "MSH|^~\\&|A|B|||202603020900||ORM^O01|7|P|2.5.1", "PID|||1||DOE^ANN",
            segment("PV1", [1: "1", 19: "V5"]),
            "ORC|CA|ORD-1", "OBR|1|ORD-1||73721", "ORC|NW|ORD-2", "OBR|1|ORD-2||", "ORC|NW|ORD-3",
            "OBR|1|||70551", "TQ1|1||||||20260309||STAT")
        #expect(visit.cancelledOrders == ["ORD-1"])
        #expect(visit.orders.map(\.number) == ["ORD-3"])
        #expect(visit.orders[0].urgent)
        #expect(visit.orders[0].requestedFor == CalendarDate("20260309"))
        #expect(visit.orders[0].orderedOn == World.day)
        #expect(visit.issues.map(\.code) == ["visit.order-unreadable"])
        #expect(visit.issues[0].location.path == "ORC[2]")
    }

    @Test func messagesWithoutAVisitAreSaid() throws {
        let visit = try read("MSH|^~\\&|A|B|||202603020900||MDM^T02|7|P|2.5.1", "EVN|T02")
        #expect(visit.encounter == nil)
        #expect(visit.issues.map(\.code) == ["visit.message-type", "visit.number-absent"])
        let scheduled = try read("MSH|^~\\&|A|B|||202603020900||SIU^S12|7|P|2.5.1", "SCH|APT-1|F-1", "PID|||1||DOE")
        #expect(scheduled.visitNumber == "APT-1")
    }
}
