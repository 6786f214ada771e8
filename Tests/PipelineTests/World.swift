import Claims
import FHIR
import Foundation
import HL7v2
import HealthTypes
import PayerSimulator
import Pipeline
import Stages
import X12

/// Invented people and providers, and the files that name them.
enum World {
    static let day = CalendarDate("2026-03-02")!
    /// The morning after the day.
    static let now = Instant(day.adding(days: 1), hour: 6)

    static let group = Provider(
        npi: NPI.completing("299900001"), entity: .organization, name: "Larkfield Medical Group",
        taxonomy: "261QM1300X",
        taxID: "794810273",
        address: Address(line1: "410 Alderquay Road", city: "Larkfield", state: "IL", postalCode: "629984410"))
    static let vance = Provider(
        npi: NPI.completing("299900002"), entity: .person, name: "Vance", given: "Omar", taxonomy: "207Q00000X")

    static let memberID = "MHP100000001"
    static let breana = Person(
        family: "Aldbary", given: "Breana", birthDate: CalendarDate("1980-04-05"), sex: .female,
        address: Address(line1: "12 Brindle Row", city: "Larkfield", state: "IL", postalCode: "62998"))

    /// What the payers know.
    static let members = """
        payer_id\tmember_id\tfamily\tgiven\tbirth_date\tsex\tplan\tgroup\tfrom\tto\t\
        deductible_remaining\tcopay\tother_payer_id\tother_member_id
        MERID\t\(memberID)\tAldbary\tBreana\t1980-04-05\tF\tMeridian Choice PPO\tG1\t2025-01-01\t\t0.00\t20.00\t\t

        """

    static func cover(_ payer: String = "MERID", member: String = memberID) -> Coverage {
        var cover = Coverage(
            payerID: payer, payerName: payer == "MERID" ? "Meridian Health Plan" : "Payer \(payer)", memberID: member,
            groupNumber: "G1", subscriber: breana)
        cover.filingIndicator = "CI"
        return cover
    }

    // MARK: Reference data

    static let directory = ChartMapping.directory([group, vance]).json.text
    static let prices = "procedure\tcharge\n99213\t145.00\n85025\t31.00\n72148\t980.00\n"

    /// What the registration desk knows of a member.
    static func registration(_ cover: Coverage = cover()) -> String {
        let all = ChartMapping.bundle(Encounter(visitNumber: "R1", patient: cover.subscriber), coverages: [cover])
        var bundle = FHIRBundle(type: "collection")
        for entry in all.entries where ["Patient", "Coverage", "Organization"].contains(entry.resource.type) {
            bundle.add(fullUrl: entry.fullUrl, resource: entry.resource)
        }
        return bundle.json.text
    }

    // MARK: Claims

    static func claimJSON(
        _ id: String, procedure: String = "99213", diagnosis: String = "J06.9", amount: String = "145.00",
        member: String = memberID, on day: CalendarDate = day, notes: String = "Cough for four days. Lungs clear."
    ) -> String {
        """
        {"claim_id":"\(id)","member_id":"\(member)","provider_npi":"\(vance.npi)","cpt_codes":["\(procedure)"],\
        "icd10_codes":["\(diagnosis)"],"date_of_service":"\(day)","amount":\(amount),"notes":"\(notes)"}
        """
    }

    static func claim(
        _ id: String, payer: String = "MERID", diagnosis: String = "J069", procedure: String = "99213",
        charge: String = "145", on day: CalendarDate = day
    ) -> Claim {
        var line = ClaimLine(number: 1, procedure: procedure, charge: Money(charge)!, from: day)
        line.controlNumber = "\(id)L1"
        return Claim(
            controlNumber: id, totalCharge: line.charge, placeOfService: "11", billing: group, rendering: vance,
            coverages: [cover(payer)], patient: breana, diagnoses: [Diagnosis(qualifier: "ABK", code: diagnosis)],
            lines: [line])
    }

    static func heading(_ control: Int = 1) -> InterchangeHeading {
        InterchangeHeading(
            parties: .init(sender: "QUILLON", receiver: "LARKFIELD"), controlNumber: control, at: now, usage: "T")
    }

    static func batch(_ claims: [Claim], control: Int = 1, claimsOfSet: Int = 5000) -> [UInt8] {
        ClaimMapping.form(
            claims, submitter: .init(name: "Quillon", id: "QUILLON", contact: "Desk", phone: "2175550100"),
            receiver: (name: "Larkfield", id: "LARKFIELD"), reference: "Q\(control)", in: heading(control),
            maximumClaims: claimsOfSet
        ).bytes
    }

    // MARK: Remittances

    /// One claim settled: what is not paid is contractual.
    static func settlement(
        _ control: String, charge: Money = Money("145")!, paid: Money, status: String = "1", trace: String
    ) -> ClaimRemittance {
        var claim = ClaimRemittance(
            controlNumber: control, status: status, charge: charge, paid: paid, trace: trace,
            paidOn: day.adding(days: 20), payerID: "MERID")
        claim.payerClaimNumber = "PCN-\(control)"
        claim.patient = breana
        claim.memberID = memberID
        var line = RemittanceLine(procedure: "99213", charge: charge, paid: paid)
        line.from = day
        line.adjustments = [Adjustment(group: "CO", reason: "45", amount: charge - paid)]
        claim.lines = [line]
        return claim
    }

    static func remittance(_ claims: [ClaimRemittance], trace: String) throws -> [UInt8] {
        var remittance = Remittance(
            trace: trace, payerID: "MERID", payerName: "Meridian Health Plan", paidOn: day.adding(days: 20),
            total: claims.map(\.paid).total())
        remittance.claims = claims
        let address = Address(line1: "2200 Tollgate Plaza", city: "Larkfield", state: "IL", postalCode: "629981200")
        let formed = RemittanceMapping.form(
            remittance,
            payer: .init(taxID: "361904427", address: address, contact: "Remittances", phone: "2175550141"),
            payee: group, in: heading(77))
        guard formed.refusals.isEmpty else { throw Unwritten(issues: formed.refusals.flatMap(\.issues)) }
        return formed.bytes
    }

    struct Unwritten: Error {
        var issues: [HealthTypes.Issue]
    }

    // MARK: A visit

    static let visitNumber = "V900001"

    static let note = ChartItem(
        reference: "DocumentReference/note-1", kind: .note,
        text: """
            Low back pain radiating to the left leg, nine weeks of pain. Eight weeks of physical therapy without \
            relief. \
            On examination straight leg raise is positive on the left, reflexes symmetric.
            """, date: day.adding(days: -7))

    static let order = ServiceOrder(
        number: "O900001", procedure: "72148", diagnoses: ["M54.16"], ordering: vance, orderedOn: day.adding(days: -6),
        requestedFor: day)

    static func visit(checkedIn: Bool = false, _ number: String = visitNumber) -> Encounter {
        Encounter(
            visitNumber: number, recordNumber: "M900001", patient: breana, start: Instant(day, hour: 14),
            checkedIn: checkedIn ? Instant(day, hour: 13, minute: 50) : nil, attending: vance)
    }

    static func header(_ id: String, _ at: Instant) -> VisitMapping.Header {
        VisitMapping.Header(controlID: id, at: at, application: "EHR", facility: "LARKFIELD")
    }

    /// SIU with the IN1 that many schedulers send with it.
    static func appointment(_ number: String = visitNumber, on day: CalendarDate = day) -> [UInt8] {
        let at = Instant(Self.day.adding(days: -8), hour: 9)
        var visit = visit(number)
        visit.start = Instant(day, hour: 14)
        let siu = VisitMapping.writeAppointment(visit, procedures: ["72148"], header: header("S\(number)", at))
        let adt = VisitMapping.writeRegistration(visit, coverages: [cover()], header: header("S\(number)", at))
        return siu.bytes + adt.all("IN1").flatMap { Array("\($0.raw)\r".utf8) }
    }

    private static func visit(_ number: String) -> Encounter { visit(checkedIn: false, number) }

    static var chart: String { ChartMapping.bundle(visit(), coverages: [cover()], items: [note]).json.text }

    static var orders: [UInt8] {
        VisitMapping.writeOrders(visit(), [order], header: header("O1", Instant(day.adding(days: -6), hour: 9))).bytes
    }

    static var arrival: [UInt8] {
        VisitMapping.writeRegistration(
            visit(checkedIn: true), coverages: [cover()], header: header("A1", Instant(day, hour: 13, minute: 50))
        ).bytes
    }

    static var charges: [UInt8] {
        VisitMapping.writeCharges(
            visit(checkedIn: true),
            [
                Charge(
                    number: "C1", date: day, procedure: "72148", amount: Money("980")!, diagnoses: ["M54.16"],
                    rendering: vance)
            ], header: header("D1", Instant(day, hour: 21))
        ).bytes
    }
}

extension Site {
    /// A site that knows its providers, its prices and the member.
    static func furnished(
        at start: Instant = World.now, faults: Faults = .none, reviewers: Reviewers = .rules,
        desk: (any ReviewerConnection)? = nil, machine: ManualClock = ManualClock(World.now)
    ) async throws -> Site {
        let site = try await Site(
            at: start, faults: faults, home: Shipped.home(reviewers), desk: desk, machine: machine)
        try await site.take(World.directory, "directory.json")
        try await site.take(World.prices, "prices.tsv")
        try await site.take(World.registration(), "registration.json")
        return site
    }
}
