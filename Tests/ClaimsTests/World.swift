import Claims
import Foundation
import HealthTypes
import Testing
import X12
import X12Units

/// Invented people, providers and payers that the tests share.
enum World {
    static let day = CalendarDate(year: 2026, month: 3, day: 2)!
    static let now = Instant(day, hour: 9)
    static let street = Address(
        line1: "1200 Harbor Road", line2: "Suite 4", city: "Harrow", state: "IL", postalCode: "627011234")

    static let group = Provider(
        npi: "1234567893", entity: .organization, name: "Larkfield Medical Group", taxonomy: "261QM1300X",
        taxID: "371234567", address: street)
    static let vance = Provider(
        npi: "1987654326", entity: .person, name: "Vance", given: "Omar", taxonomy: "207X00000X")
    static let oakes = Provider(npi: "1999999984", entity: .person, name: "Oakes", given: "Lena")

    static let nora = Person(
        family: "Ashdown", given: "Nora", middle: "J", birthDate: CalendarDate("19800514"), sex: .female,
        address: Address(line1: "9 Elm Row", city: "Harrow", state: "IL", postalCode: "62701"))
    static let ida = Person(
        family: "Bell", given: "Ida", birthDate: CalendarDate("20150101"), sex: .female,
        address: Address(line1: "2 Oak Court", city: "Harrow", state: "IL", postalCode: "62701"))
    static let tom = Person(family: "Bell", given: "Tom")

    static var meridian: Coverage {
        var coverage = Coverage(
            payerID: "MERID", payerName: "Meridian Health Plan", memberID: "MHP000111222", groupNumber: "G-7",
            subscriber: nora)
        coverage.filingIndicator = "CI"
        return coverage
    }

    static func claim(_ number: String, charge: String = "100") -> Claim {
        Claim(
            controlNumber: number, totalCharge: Money(charge)!, placeOfService: "11", billing: group, rendering: vance,
            coverages: [meridian], patient: nora, diagnoses: [Diagnosis(qualifier: "ABK", code: "M1711")],
            lines: [ClaimLine(number: 1, procedure: "99213", charge: Money(charge)!, from: day)])
    }

    static let heading = InterchangeHeading(
        parties: InterchangeParties(sender: "LARKFIELD", receiver: "CLEARING"), controlNumber: 7, at: now, usage: "T")

    static func fixture(_ name: String) throws -> [UInt8] {
        let url = Bundle.module.url(forResource: "Fixtures", withExtension: nil)!.appendingPathComponent(name)
        return [UInt8](try Data(contentsOf: url))
    }

    /// One set in its envelopes; the count in SE is the caller's.
    static func enveloped(_ function: String, _ guide: String, _ set: String) -> [UInt8] {
        let text = """
            ISA*00*          *00*          *ZZ*A              *ZZ*B              *260302*0900*^*00501*000000001*0*T*:~
            GS*\(function)*A*B*20260302*0900*1*X*\(guide)~\(set)GE*1*1~IEA*1*000000001~
            """
        return Array(text.utf8)
    }

    /// The views of an input, whatever a check would say of it.
    static func views<View: X12UnitView>(_ view: View.Type, _ bytes: [UInt8]) throws -> [View] {
        var views: [View] = []
        try X12UnitReader(MemorySource(bytes)).forEach(view) { views.append($0) }
        return views
    }

    /// The segments as they stand.
    static func segments(_ bytes: [UInt8], _ id: String) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "~").map(String.init).filter { $0.hasPrefix(id + "*") }
    }
}

/// What intake makes of an input.
struct TakenIn {
    var verdicts = X12Verdicts(summary: X12Summary(), acceptedSets: [], acceptedInterchanges: [])
    var sets: [CheckedSet] = []
    var errors: [String] = []
    var answers: [AnswerMaker.Kind: [UInt8]] = [:]
    var units: [X12IntakeUnit] = []
    /// `through` of each batch.
    var through: [Int] = []

    /// `step` bytes at a time, `limit` units in a batch.
    init(
        _ bytes: [UInt8], step: Int = .max, limit: Int = 256, from: Int = 0, snip: Int = 3,
        limits: X12Limits = .standard
    ) throws {
        let intake = X12Intake(snip: snip, limits: limits)
        var number = 0
        var answers: [AnswerMaker.Kind: [UInt8]] = [:]
        let maker = AnswerMaker(
            at: World.now,
            nextControlNumber: {
                number += 1
                return number
            }
        ) { answers[$0, default: []] += $1 }
        var sets: [CheckedSet] = []
        var errors: [String] = []
        verdicts = try intake.check(
            MemorySource(bytes, step: step), answering: maker,
            finding: { if $0.isError { errors.append($0.issue.code) } }, set: { sets.append($0) })
        (self.sets, self.errors, self.answers) = (sets, errors, answers)
        let stream = intake.units(MemorySource(bytes, step: step), verdicts: verdicts, from: from)
        while true {
            let batch = try stream.next(limit: limit)
            units += batch.units
            through.append(batch.through)
            if batch.isLast { break }
        }
    }

    var claims: [Claim] { units.compactMap { if case .claim(let claim) = $0.content { claim } else { nil } } }
    var answered: [EligibilityAnswer] {
        units.compactMap { if case .eligibilityAnswer(let answer) = $0.content { answer } else { nil } }
    }
    var inquiries: [EligibilityInquiry] {
        units.compactMap { if case .eligibilityInquiry(let inquiry) = $0.content { inquiry } else { nil } }
    }
    var issues: [HealthTypes.Issue] { units.flatMap(\.issues) }

    /// Whole payments, put together of their parts.
    var payments: [Remittance] {
        var payments: [Remittance] = []
        for unit in units {
            switch unit.content {
            case .remittance(let head): payments.append(head)
            case .remittedClaim(let claim): payments[payments.count - 1].claims.append(claim)
            case .remittanceEnd(let end): payments[payments.count - 1].providerAdjustments = end.providerAdjustments
            default: break
            }
        }
        return payments
    }
}

/// What the guides and the sums find wrong, for what we write ourselves.
func findings(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    _ = X12FileChecker(snip: 3).check(bytes) { lines.append("\($0.issue.line)") }
    return lines
}
