public import HealthTypes
import X12

/// What a 276 asks about one claim (2200D or, for a dependent, 2200E).
public struct ClaimStatusInquiry276: X12UnitView {
    public static let sets = ["276"]

    public let unit: X12Unit
    public let isDependent: Bool

    public init?(_ unit: X12Unit) {
        guard unit.loop == "2200D" || unit.loop == "2200E" else { return nil }
        self.unit = unit
        isDependent = unit.loop == "2200E"
    }

    /// 2100A to 2100E. A clinic may stand beside its physician: `providers` has both.
    public var payer: Party? { Party(unit, "2100A") }
    public var receiver: Party? { Party(unit, "2100B") }
    public var providers: [Party] { unit.loops("2100C").compactMap { Party($0) } }
    public var subscriber: Party? { Party(unit, "2100D") }
    public var dependent: Party? { Party(unit, "2100E") }
    public var patient: Party? { isDependent ? dependent : subscriber }
    /// DMG02 of the patient, which stands at his level.
    public var birthDate: CalendarDate? { unit.first(isDependent ? "2000E" : "2000D", "DMG")?.date(2) }
    /// TRN02: the number that the answer brings back.
    public var traceNumber: String { unit.root.first[2] }
    /// REF*1K: the payer's number of the claim.
    public var payerControlNumber: String { unit.root.first("REF", "1K")?[2] ?? "" }
    /// REF*EJ: the provider's number of the patient's account.
    public var patientAccount: String { unit.root.first("REF", "EJ")?[2] ?? "" }
    public var references: [ReferenceNumber] { unit.root.references }
    /// AMT*T3; nil where there is none or it is no amount.
    public var charge: Money? { unit.root.first("AMT", "T3")?.money(2) }
    public var dates: [DateEntry] { unit.root.dates }

    /// A service line (2210).
    public var lines: [StatusLine] { unit.root.loops(isDependent ? "2210E" : "2210D").map { StatusLine(loop: $0) } }
}

/// A service line of a 276 or 277 (2210 or 2220).
public struct StatusLine: Sendable {
    public let loop: UnitLoop

    /// SVC01.
    public var procedure: ProcedureCode? { ProcedureCode(loop.first, 1) }
    /// SVC02 and SVC03; nil where there is none or it is no amount.
    public var charge: Money? { loop.first.money(2) }
    public var paid: Money? { loop.first.money(3) }
    /// SVC04.
    public var revenueCode: String { loop.first[4] }
    /// SVC07 as it stands.
    public var units: String { loop.first[7] }
    /// REF*FJ: the provider's number of the line.
    public var controlNumber: String { loop.first("REF", "FJ")?[2] ?? "" }
    /// STC; a 276 has none.
    public var statuses: [StatusEntry] { loop.statuses }
    public var references: [ReferenceNumber] { loop.references }
    public var dates: [DateEntry] { loop.dates }
}

extension ClaimStatusInquiry276: JSONView {
    public static let viewName = "ClaimStatusInquiry276"

    public var members: ViewMembers {
        var members = ViewMembers()
        members.add("payer", payer?.json)
        members.add("receiver", receiver?.json)
        members.add("providers", providers.map(\.json))
        members.add("subscriber", subscriber?.json)
        members.add("dependent", dependent?.json)
        members.add("birth_date", birthDate)
        members.add("trace_number", traceNumber)
        members.add("charge", amount: unit.root.first("AMT", "T3"), 2)
        members.add("references", references.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("lines", lines.map(\.json))
        return members
    }
}

extension StatusLine {
    var json: ViewText {
        var members = ViewMembers()
        members.add("control_number", controlNumber)
        members.add("procedure", procedure?.json)
        members.add("charge", amount: loop.first, 2)
        members.add("paid", amount: loop.first, 3)
        members.add("revenue_code", revenueCode)
        members.add("units", units)
        members.add("statuses", statuses.map(\.json))
        members.add("references", references.map(\.json))
        members.add("dates", dates.map(\.json))
        return members.json
    }
}
