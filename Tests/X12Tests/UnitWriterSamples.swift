import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// What a writer gave for some values.
struct Written {
    var parts: [Int: [UInt8]] = [:]
    var reports: [X12UnitWriter.Report] = []
    var summary = X12UnitWriter.Summary()

    var bytes: [UInt8] { parts.keys.sorted().flatMap { parts[$0]! } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// What stands between ST and SE of all sets, without those.
    var segments: [String] { text.split(separator: "~").map { $0.filter { $0 != "\n" } } }
    var codes: [String] { reports.map(\.issue.code) }

    /// What a full check of the bytes finds.
    var findings: [String] {
        var found: [String] = []
        _ = X12FileChecker(snip: 5).check(bytes) { found.append($0.issue.line) }
        return found
    }

    init(
        _ settings: WritingSettings = .standard, tables: CodeTables = CodeTables(),
        _ body: (inout X12UnitWriter) throws -> Void
    ) throws {
        let box = Box()
        var writer = X12UnitWriter(
            parties: Samples.parties, controlNumber: 41, at: Samples.noon, settings: settings, tables: tables,
            report: { box.reports.append($0) }, sink: { box.parts[$0, default: []] += $1 })
        try body(&writer)
        summary = try writer.finish()
        parts = box.parts
        reports = box.reports
    }

    private final class Box {
        var parts: [Int: [UInt8]] = [:]
        var reports: [X12UnitWriter.Report] = []
    }
}

enum Drafts {
    static let serviceDay = CalendarDate("20260226")!
    static let submitter = Party(
        "41", name: "CLEARWATER BILLING", identifierQualifier: "46", identifier: "CLW001",
        contacts: [Contact(name: "DESK ONE", telephone: "5035550101")])
    static let receiver = Party("40", name: "MERIDIAN HEALTH PLAN", identifierQualifier: "46", identifier: "MHP01")
    static let batch = ClaimDraft837.Batch(submitter: submitter, receiver: receiver)
    static let payer = Party("PR", name: "MERIDIAN HEALTH PLAN", identifierQualifier: "PI", identifier: "MHP01")

    static func billing(_ kind: Claim837.Kind = .professional, number: Int = 0) -> ClaimDraft837.Billing {
        let taxonomy = kind == .dental ? "122300000X" : kind == .institutional ? "282N00000X" : "207Q00000X"
        return ClaimDraft837.Billing(
            provider: Party(
                "85", name: "CLINIC \(number)", identifierQualifier: "XX", identifier: "1234567893",
                address: ["40 RIVER ROAD", "SUITE 2"], city: "SALEM", state: "OR", postalCode: "973010001",
                taxonomy: taxonomy, references: [ReferenceNumber("EI", "931234567")]))
    }

    static func coverage(_ number: Int = 0) -> ClaimDraft837.Coverage {
        ClaimDraft837.Coverage(
            subscriber: Party(
                "IL", isPerson: true, name: "BRANDT", firstName: "OTTO", identifierQualifier: "MI",
                identifier: "MHP\(5_550_000 + number)", address: ["9 MILL LANE"], city: "SALEM", state: "OR",
                postalCode: "97303", birthDate: CalendarDate("19800412"), gender: "M"),
            payer: payer, groupNumber: "GRP200")
    }

    static let child = ClaimDraft837.Patient(
        Party(
            "QC", isPerson: true, name: "BRANDT", firstName: "LENA", address: ["9 MILL LANE"], city: "SALEM",
            state: "OR", postalCode: "97303", birthDate: CalendarDate("20120815"), gender: "F"), relationship: "19")

    static func claim(_ number: Int = 1, member: Int = 0, provider: Int = 0) -> ClaimDraft837 {
        ClaimDraft837(
            batch: batch, billing: billing(number: provider), coverage: coverage(member), controlNumber: "A-\(number)",
            facility: "11", references: [ReferenceNumber("D9", "CH\(number)")],
            codes: [.init("ABK", "I10"), .init("ABF", "E119")],
            providers: [
                Party(
                    "82", isPerson: true, name: "KOWAL", firstName: "JAN", identifierQualifier: "XX",
                    identifier: "1234567893", taxonomy: "207Q00000X")
            ],
            lines: [
                .init(
                    procedure: ProcedureCode("99213", ["25"]), charge: Money("125.50")!, pointers: [1, 2],
                    dates: [DateEntry("472", serviceDay)], references: [ReferenceNumber("6R", "\(number)L1")]),
                .init(
                    procedure: ProcedureCode("80053"), charge: Money("40")!, pointers: [1],
                    dates: [DateEntry("472", serviceDay)]),
            ])
    }

    /// A claim to a second payer with what the first one decided.
    static func coordinated() -> ClaimDraft837 {
        var claim = claim()
        claim.patient = child
        claim.coverage.sequence = "S"
        var other = coverage(7).subscriber
        other.birthDate = nil
        other.gender = ""
        claim.otherPayers = [
            .init(
                subscriber: other,
                payer: Party("PR", name: "OAK MUTUAL", identifierQualifier: "PI", identifier: "OAKM1"), sequence: "P",
                relationship: "19", adjustments: [Adjustment("PR", "1", Money("15.5")!)], paid: Money("100")!,
                decisionDate: CalendarDate("20260228"))
        ]
        claim.lines[0].decisions = [
            .init(
                payer: "OAKM1", paid: Money("75.5")!, procedure: ProcedureCode("99213", ["25"]),
                adjustments: [Adjustment("CO", "45", Money("30")!), Adjustment("PR", "2", Money("20")!)],
                date: CalendarDate("20260228"))
        ]
        return claim
    }
}
