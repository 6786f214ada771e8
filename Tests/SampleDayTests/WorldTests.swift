import Claims
import Foundation
import HealthTypes
import Testing

@testable import SampleDay

@Suite struct WorldTests {
    let day = SampleDay.Options.defaultDay

    @Test func theDefaultDayIsAMonday() {
        #expect(day.description == "2026-03-02")
        #expect(day.weekday == 0)
    }

    @Test func everyNPIHasItsCheckDigit() {
        let all = HealthSystem.organizations + [HealthSystem.billingCompany] + HealthSystem.clinicians
        for provider in all { #expect(NPI.isValid(provider.npi), "\(provider.name)") }
        #expect(Set(all.map(\.npi)).count == all.count)
        #expect(HealthSystem.clinicians.count == 17)
        for visit in visits(400) {
            let isPlanted = visit.planted?.problem == .badNPI
            #expect(NPI.isValid(visit.rendering.npi) == !isPlanted)
            #expect(NPI.isValid(visit.billing.npi))
        }
    }

    @Test func pathsAndPayersComeInTheirShares() {
        let made = visits(2000)
        #expect(made.filter { $0.path == .outside }.count == 400)
        #expect(made.filter { $0.path == .web }.count == 200)
        for payer in SamplePayer.allCases {
            let percent = made.filter { $0.payer == payer }.count / 20
            #expect(abs(percent - payer.share) <= 5, "\(payer.rawValue) has \(percent)")
        }
    }

    @Test func agesAndSexesFit() throws {
        for visit in visits(2000) {
            let person = visit.encounter.patient
            let age = try #require(person.birthDate).age(on: day)
            #expect(visit.payer.ages.contains(age))
            #expect(visit.scenario.ages.contains(age))
            #expect(visit.scenario.sex == nil || visit.scenario.sex == person.sex)
            if visit.charges.contains(where: { $0.procedure == "77067" }) {
                #expect(person.sex == .female && age >= 40)
            }
            if visit.diagnoses.contains(where: { $0.hasPrefix("O") }) { #expect(person.sex == .female && age <= 45) }
        }
    }

    @Test func everyBilledDiagnosisIsOneThatAClaimMayCarry() throws {
        let table = String(decoding: try dataFile("CodeTables/icd10cm.tsv"), as: UTF8.self)
        let billable = Set(
            table.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line -> Substring? in
                let cells = line.split(separator: "\t", maxSplits: 2)
                return cells.count > 1 && cells[1] == "b" ? cells[0] : nil
            })
        for scenario in Scenario.all + Scenario.plantedOnly {
            for (code, _) in scenario.diagnoses.joined() {
                #expect(billable.contains(Substring(code.filter { $0 != "." })), "\(code)")
            }
        }
    }

    @Test func notesUseTheWordsOfThePolicy() throws {
        let policy = try JSON(parsing: try dataFile("Policies/criteria.json"))
        var words: [String: (met: [String], contradicted: [String])] = [:]
        for criterion in policy["criteria"]?.elements ?? [] {
            words[criterion["id"]?.string ?? ""] = (
                criterion["met"]?.elements.compactMap(\.string) ?? [],
                criterion["contradicted"]?.elements.compactMap(\.string) ?? []
            )
        }
        func has(_ text: String, _ phrases: [String]) -> Bool { phrases.contains { text.lowercased().contains($0) } }
        for scenario in Scenario.all + Scenario.plantedOnly {
            for criterion in scenario.criteria {
                let (met, contradicted) = try #require(words[criterion.id], "\(criterion.id)")
                #expect(has(criterion.met, met) && !has(criterion.met, contradicted), "\(criterion.id)")
                #expect(has(criterion.contradicted, contradicted), "\(criterion.id)")
                let others = scenario.criteria.filter { $0.id != criterion.id }.map(\.met) + [scenario.story]
                #expect(!has(others.joined(separator: " "), met + contradicted), "\(scenario.name) \(criterion.id)")
            }
        }
    }

    @Test func authorizationIsNeededWhereThePolicyTableSaysSo() throws {
        let name = "Policies/prior-authorization.tsv"
        let table = try TabularFile(name: name, bytes: try dataFile(name))
        let columns = try ["payer", "procedure", "over_units"].map { try table.column($0, of: name) }
        let rows = table.rows.map { row in columns.map { String(row.cells[$0]) } }
        for payer in SamplePayer.allCases {
            for (procedure, _) in Chargemaster.prices {
                let row = rows.first { $0[0] == payer.rawValue && $0[1] == procedure }
                let free = row.map { Int($0[2]) ?? 0 }
                #expect(payer.needsAuthorization(procedure, units: (free ?? 0) + 1) == (row != nil), "\(procedure)")
                if let free, free > 0 { #expect(!payer.needsAuthorization(procedure, units: free)) }
            }
        }
    }

    /// A data file of the package, whose root is three folders up.
    private func dataFile(_ path: String) throws -> [UInt8] {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: root.appendingPathComponent(path)))
    }

    @Test func aSoundEncounterIsSound() {
        for visit in visits(2000) where visit.planted == nil && visit.tookPlace {
            for charge in visit.charges {
                #expect(charge.amount == Chargemaster.price(charge.procedure) * charge.units)
                #expect(!charge.diagnoses.isEmpty)
                #expect(charge.diagnoses.allSatisfy(visit.diagnoses.contains))
                #expect(charge.date == day)
            }
            #expect(Set(visit.charges.map(\.procedure)).count == visit.charges.count)
            #expect(visit.coverage.memberID == visit.enrolment.memberID)
            #expect(visit.enrolment.to == nil && visit.enrolment.other == nil && visit.enrolment.from < day)
            let procedures = Set(visit.charges.map(\.procedure))
            let needsOrder = procedures.contains { $0.hasPrefix("7") || ($0.hasPrefix("8") && $0 != "81002") }
            if needsOrder { #expect(visit.ordering != nil) }
            for charge in visit.charges where visit.payer.needsAuthorization(charge.procedure, units: charge.units) {
                #expect(visit.orders.contains { $0.procedure == charge.procedure && $0.units >= charge.units })
            }
            let visitLine = visit.charges.first { ["99213", "99214"].contains($0.procedure) }
            if let visitLine {
                let hasProcedure = !procedures.isDisjoint(with: ["20610", "96372"])
                #expect((visitLine.modifiers == ["25"]) == hasProcedure)
            }
        }
    }

    @Test func claimsPointAtTheirDiagnosesAndNumberTheirLines() {
        for visit in visits(600) where visit.path == .outside {
            let claim = visit.claim
            #expect(claim.lines.map(\.charge).total() == claim.totalCharge)
            #expect(Set(claim.lines.compactMap(\.controlNumber)).count == claim.lines.count)
            for (line, charge) in zip(claim.lines, visit.charges) {
                #expect(line.pointers.map { visit.diagnoses[$0 - 1] } == charge.diagnoses)
            }
            #expect(claim.diagnoses.map(\.qualifier).first == "ABK")
        }
    }

    @Test func chartsSpeakOfTheCriteriaInTheirShares() {
        let asked = visits(6000).filter { visit in
            visit.planted == nil
                && visit.orders.contains { visit.payer.needsAuthorization($0.procedure, units: $0.units) }
        }
        func share(_ fits: (SampleVisit) -> Bool) -> Int { asked.filter(fits).count * 100 / max(1, asked.count) }
        let complete = share { visit in visit.scenario.criteria.allSatisfy { visit.note.contains($0.met) } }
        let contrary = share { visit in visit.scenario.criteria.contains { visit.note.contains($0.contradicted) } }
        #expect(asked.count > 200)
        #expect((52...68).contains(complete))
        #expect((10...20).contains(contrary))
        for visit in asked {
            let isContrary = visit.scenario.criteria.contains { visit.note.contains($0.contradicted) }
            #expect(visit.tookPlace == !isContrary)
        }
    }

    @Test func membersAreDistinct() {
        let originals = visits(3000).filter { $0.planted?.problem != .duplicateClaim }
        #expect(Set(originals.map(\.enrolment.memberID)).count == originals.count)
        #expect(originals.allSatisfy { hasForm($0.coverage.memberID, $0.payer) })
    }

    private func hasForm(_ memberID: String, _ payer: SamplePayer) -> Bool {
        let picture =
            switch payer {
            case .meridian: "MHP#########"
            case .northstar: "NS########@"
            case .civic: "##########"
            case .federal: "#@?#@?#@@##"
            }
        return memberID.count == picture.count
            && zip(memberID, picture).allSatisfy { character, form in
                switch form {
                case "#": character.isNumber
                case "@": character.isLetter
                case "?": character.isLetter || character.isNumber
                default: character == form
                }
            }
    }
}
