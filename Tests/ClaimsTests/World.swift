import Claims
import Foundation
import HealthTypes
import Testing
import X12

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

    /// A set as it comes out of an interchange that carries it.
    static func sent(_ writers: [TransactionWriter], as functionalID: String) throws -> X12Document {
        let guide = try #require(writers.first).guide
        var interchange = InterchangeWriter(
            parties: InterchangeWriter.Parties(sender: "LARKFIELD", receiver: "CLEARING"), controlNumber: 7, at: now,
            usage: "T")
        interchange.addGroup(functionalID: functionalID, version: guide, transactions: writers)
        return X12Document(parsing: interchange.bytes())
    }

    static func fixture(_ name: String) throws -> X12Document {
        let url = Bundle.module.url(forResource: "Fixtures", withExtension: nil)!.appendingPathComponent(name)
        return X12Document(parsing: [UInt8](try Data(contentsOf: url)), source: name)
    }

    static func transactions(_ document: X12Document) -> [TransactionSet] {
        document.interchanges.flatMap(\.groups).flatMap(\.transactions)
    }
}

/// What the guides and the sums find wrong, for what we write ourselves.
func findings(_ document: X12Document) -> [String] {
    X12Checker().check(document, snip: 3).map { "\($0.issue.line)" }
}
