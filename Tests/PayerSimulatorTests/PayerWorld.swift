import Claims
import Foundation
import HealthTypes
import PayerSimulator
import Testing
import X12
import X12Units

/// A payer with a few invented members, and what a provider needs to speak with it.
struct PayerWorld {
    static let day = CalendarDate(year: 2026, month: 3, day: 2)!
    static let npi = NPI.completing("299900001")

    let clock = ManualClock(Instant(day, hour: 8))
    let payer: PayerSimulator

    static let columns =
        "payer_id\tmember_id\tfamily\tgiven\tbirth_date\tsex\tplan\tgroup\tfrom\tto\tdeductible_remaining\tcopay\tother_payer_id\tother_member_id"

    /// `extra` fills the columns from `from` on.
    static func member(
        _ payer: String, _ id: String, family: String = "Aldbary", born: String = "1980-04-05",
        _ extra: String = "2025-01-01\t\t0.00\t\t\t"
    ) -> String { "\(payer)\t\(id)\t\(family)\tBreana\t\(born)\tF\tPlan\tG1\t\(extra)" }

    static let members =
        [
            columns,
            member("MERID", "MHP100000001"),
            member("MERID", "MHP100000002", "2025-01-01\t2026-01-31\t0.00\t\t\t"),
            member("MERID", "MHP100000003", "2026-03-03\t\t0.00\t\t\t"),
            member("MERID", "MHP100000004", "2025-01-01\t\t0.00\t\tNSTAR\tNS10000009A"),
            member("MERID", "MHP100000005", "2025-01-01\t\t400.00\t20.00\t\t"),
            member("NSTAR", "NS10000001A"),
            member("CIVIC", "4100000001"),
            member("MEDB", "1EG4TE5MK73", born: "1950-04-05"),
        ].joined(separator: "\n") + "\n"

    static var policies: DataFiles {
        get throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try DataFiles(folder: root.appendingPathComponent("PayerPolicies").path)
        }
    }

    init(
        seed: UInt64 = 7, faults: Faults = .none, store: String = ":memory:", policies: DataFiles? = nil,
        members: String = members
    ) throws {
        payer = try PayerSimulator(
            policies: policies ?? Self.policies, members: Array(members.utf8),
            options: .init(seed: seed, faults: faults, storePath: store), clock: clock)
    }

    // MARK: Claims

    static let billing = Provider(
        npi: npi, entity: .organization, name: "Larkfield Medical Group", taxonomy: "261QM1300X", taxID: "794810273",
        address: Address(line1: "410 Alderquay Road", city: "Larkfield", state: "IL", postalCode: "629984410"))

    static func person(born: String = "1980-04-05") -> Person {
        Person(
            family: "Aldbary", given: "Breana", birthDate: CalendarDate(born), sex: .female,
            address: Address(line1: "12 Brindle Row", city: "Larkfield", state: "IL", postalCode: "62998"))
    }

    static func line(
        _ number: Int, _ procedure: String, _ modifiers: [String] = [], charge: String = "300", units: String = "1",
        on date: CalendarDate = day
    ) -> ClaimLine {
        var line = ClaimLine(
            number: number, procedure: procedure, modifiers: modifiers, charge: Money(charge)!, units: units, from: date
        )
        line.controlNumber = "L\(number)"
        return line
    }

    static func claim(
        _ control: String, payer: String = "MERID", member: String = "MHP100000001", born: String = "1980-04-05",
        diagnoses: [String] = ["M5450"], lines: [ClaimLine]
    ) -> Claim {
        let insured = person(born: born)
        return Claim(
            controlNumber: control, totalCharge: lines.map(\.charge).total(), placeOfService: "11", billing: billing,
            coverages: [
                Coverage(payerID: payer, payerName: "Payer \(payer)", memberID: member, subscriber: insured)
            ], patient: insured,
            diagnoses: diagnoses.enumerated().map {
                Diagnosis(qualifier: $0.offset == 0 ? "ABK" : "ABF", code: $0.element)
            },
            lines: lines)
    }

    func heading(_ control: Int = 1) -> InterchangeHeading {
        InterchangeHeading(
            parties: .init(sender: "LARKFIELD", receiver: "SAMPLEPAYERS"), controlNumber: control, at: clock.now,
            usage: "T")
    }

    /// What the claims are; a payer judges them whatever they are.
    func batch(_ claims: [Claim], reference: String = "B1") -> [UInt8] {
        ClaimMapping.form(
            claims, submitter: .init(name: "Larkfield", id: "794810273", contact: "Billing", phone: "2175550100"),
            receiver: (name: "Sample payers", id: "SAMPLE"), reference: reference, in: heading(), snip: 0
        ).bytes
    }

    // MARK: What comes back

    func later(days: Int = 60) { clock.advance(to: clock.now.adding(days: days)) }

    func mail(after cursor: Int = 0) throws -> [MailboxMessage] { try payer.mailbox(after: cursor, limit: 10_000) }

    /// The units of a message, which must be acceptable.
    static func units(_ bytes: [UInt8]) throws -> [X12IntakeUnit] {
        let intake = X12Intake()
        let verdicts = try intake.check(MemorySource(bytes))
        return try intake.units(MemorySource(bytes), verdicts: verdicts).next(limit: 100_000, bytes: 1 << 30).units
    }

    static func payments(_ mail: [MailboxMessage]) throws -> [Remittance] {
        var payments: [Remittance] = []
        for unit in try mail.filter({ $0.kind == "835" }).flatMap({ try units($0.bytes) }) {
            switch unit.content {
            case .remittance(let head): payments.append(head)
            case .remittedClaim(let claim): payments[payments.count - 1].claims.append(claim)
            case .remittanceEnd(let end): payments[payments.count - 1].providerAdjustments = end.providerAdjustments
            default: break
            }
        }
        return payments
    }

    static func acknowledged(_ mail: [MailboxMessage]) throws -> [ClaimAcknowledgment277CA.Claim] {
        try mail.filter { $0.kind == "277CA" }
            .flatMap { try ClaimAcknowledgment277CA.all(in: MemorySource($0.bytes)) }.flatMap(\.claims)
    }

    /// Sends one claim, lets its payment come and gives what was paid on it, oldest first.
    func settle(_ claim: Claim, key: String? = nil) throws -> [ClaimRemittance] {
        let cursor = try mail().last?.id ?? 0
        _ = try payer.handleX12(batch([claim]), key: key ?? claim.controlNumber)
        later()
        return try Self.payments(try mail(after: cursor)).flatMap(\.claims)
    }

    /// Of the one line of one settlement.
    func adjustments(_ claim: Claim) throws -> [String] {
        let settled = try settle(claim)
        try #require(settled.count == 1)
        return settled[0].lines.flatMap { line in
            line.adjustments.map { "\($0.group)-\($0.reason) \($0.amount)" } + line.remarks
        }
    }

    static func errors(_ bytes: [UInt8]) -> [String] {
        X12Checker().check(X12Document(parsing: bytes)).filter(\.isError).map(\.issue.line)
    }
}
