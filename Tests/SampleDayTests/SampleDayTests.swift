import Claims
import FHIR
import Foundation
import HL7v2
import HealthTypes
import Testing
import X12

@testable import SampleDay

@Suite struct SampleDayTests {
    @Test func theSameOptionsGiveTheSameBytes() throws {
        let first = try DayFolder(encounters: 60)
        let again = try DayFolder(encounters: 60)
        let other = try DayFolder(encounters: 60, seed: 8)
        #expect(try first.files.digest == again.files.digest)
        #expect(try first.files.digest != other.files.digest)
    }

    @Test func aDayOfNobodyHasNoMessages() throws {
        let folder = try DayFolder(encounters: 0, seed: .max)
        #expect(try Manifest.read(folder: folder.path).seed == .max)
        #expect(folder.manifest.files.map(\.path) == ["chargemaster.tsv", "directory.fhir.json"])
        #expect(try folder.truth().rows.isEmpty)
        #expect(try TabularFile(name: "members", bytes: try folder.bytes("payer/members.tsv")).rows.isEmpty)
    }

    @Test func aDayOfOneIsAHospitalVisit() throws {
        let folder = try DayFolder(encounters: 1)
        #expect(folder.manifest.files.contains { $0.kind == .siu })
        #expect(try TabularFile(name: "members", bytes: try folder.bytes("payer/members.tsv")).rows.count == 1)
    }

    @Test func theManifestIsReadBackAndEveryFileIsThere() throws {
        let folder = try DayFolder(encounters: 120)
        #expect(try Manifest.read(folder: folder.path) == folder.manifest)
        let there = try folder.files.files
        for file in folder.manifest.files { #expect(there[file.path]?.isEmpty == false, "\(file.path)") }
        let unlisted = Set(there.keys).subtracting(folder.manifest.files.map(\.path))
        #expect(unlisted == ["manifest.json", "truth.csv", "payer/members.tsv"])
        #expect(folder.manifest.files.map(\.at) == folder.manifest.files.map(\.at).sorted())
        #expect(folder.manifest.files.first { $0.kind == .adt }?.at.description == "2026-03-02T07:30:00Z")
    }

    @Test func everyPlantedKeyIsInAFile() throws {
        let folder = try DayFolder(encounters: 200)
        let rows = try folder.truth().rows
        #expect(Set(rows.map(\.key)).count == rows.count)
        #expect(rows.count == 2 * PlantedProblem.allCases.count)
        let outside = try folder.text("x12/outside-claims.837")
        let web = try folder.text("json/claims.ndjson")
        let charges = try folder.text("hl7/dft.hl7")
        for row in rows {
            let place = row.key.hasPrefix("V") ? charges : row.key.hasPrefix("OUT") ? outside : web
            #expect(place.contains(row.key), "\(row.key) \(row.problem.rawValue)")
        }
    }

    @Test func messagesAreReadWithoutAFault() throws {
        let folder = try DayFolder(encounters: 200)
        let made = visits(200).filter { $0.path == .hospital }
        let expected = [
            "hl7/siu.hl7": made.count, "hl7/orm.hl7": made.filter { !$0.orders.isEmpty }.count,
            "hl7/adt.hl7": made.filter(\.tookPlace).count, "hl7/dft.hl7": made.filter(\.tookPlace).count,
        ]
        var read: [String: VisitMessage] = [:]
        for (file, count) in expected {
            let batch = HL7Batch(try folder.bytes(file))
            #expect(batch.messages.count == count && batch.issues.isEmpty, "\(file)")
            for bytes in batch.messages {
                let visit = VisitMapping.read(try HL7Message(parsing: bytes))
                #expect(visit.issues.isEmpty)
                #expect(read.updateValue(visit, forKey: visit.controlID) == nil)
            }
        }
        for visit in made {
            let number = visit.key.dropFirst()
            #expect(read["ORM\(number)"]?.orders.map(\.number) ?? [] == visit.orders.map(\.number))
            #expect(read["SIU\(number)"]?.encounter?.start == visit.encounter.start)
            #expect(read["SIU\(number)"]?.encounter?.checkedIn == nil)
            #expect(read["SIU\(number)"]?.coverages.map(\.memberID) == [visit.coverage.memberID])
            guard visit.tookPlace else { continue }
            #expect(read["ADT\(number)"]?.coverages.map(\.memberID) == [visit.coverage.memberID])
            let charges = try #require(read["DFT\(number)"]?.charges)
            #expect(charges.map(\.amount) == visit.charges.map(\.amount))
            #expect(charges.map(\.modifiers) == visit.charges.map(\.modifiers))
            #expect(charges.map(\.diagnoses) == visit.charges.map(\.diagnoses))
            #expect(read["DFT\(number)"]?.encounter?.placeOfService == visit.encounter.placeOfService)
        }
    }

    @Test func chartsAreReadWithoutAFault() throws {
        let folder = try DayFolder(encounters: 100)
        let directory = try #require(FHIRReader.read(try folder.bytes("directory.fhir.json")).bundles.first)
        #expect(FHIRValidator.check(directory) == [])
        #expect(ChartMapping.read(directory).providers.count == 20)
        for visit in visits(100) where visit.path == .hospital {
            let reading = FHIRReader.read(try folder.bytes("fhir/\(visit.key).json"))
            #expect(reading.issues.isEmpty)
            let bundle = try #require(reading.bundles.first)
            #expect(FHIRValidator.check(bundle) == [])
            let chart = ChartMapping.read(bundle)
            #expect(chart.issues.isEmpty)
            #expect(chart.encounter?.visitNumber == visit.key)
            #expect(chart.orders.map(\.number) == visit.orders.map(\.number))
            #expect(chart.coverages.map(\.memberID) == [visit.coverage.memberID])
            #expect(chart.items.count == visit.chart.count)
            #expect(chart.items.first { $0.kind == .note }?.text == visit.note)
        }
    }

    @Test func theOutsideBatchIsReadWithoutAFault() throws {
        let folder = try DayFolder(encounters: 200)
        let bytes = try folder.bytes("x12/outside-claims.837")
        var findings: [String] = []
        let intake = X12Intake()
        let verdicts = try intake.check(MemorySource(bytes)) { findings.append($0.issue.line) }
        #expect(findings.isEmpty, "\(findings.prefix(3))")
        #expect(verdicts.summary.interchanges == 1 && verdicts.summary.groups == 1)
        #expect(verdicts.summary.accepted == 3)
        let units = try intake.units(MemorySource(bytes), verdicts: verdicts).next(limit: 10_000).units
        #expect(units.allSatisfy { $0.issues.isEmpty })
        let claims = units.compactMap { unit in if case .claim(let claim) = unit.content { claim } else { nil } }
        #expect(claims.count == units.count)
        let sent = visits(200).filter { $0.path == .outside }.map(\.claim)
        #expect(Set(claims.map(\.controlNumber)) == Set(sent.map(\.controlNumber)))
        #expect(claims.map(\.totalCharge).total() == sent.map(\.totalCharge).total())
    }

    @Test func jsonClaimsFitTheirContract() throws {
        let folder = try DayFolder(encounters: 200)
        let lines = try folder.text("json/claims.ndjson").split(separator: "\n")
        #expect(lines.count == 20)
        for line in lines {
            let request = try ClaimRequest(reading: try JSON(parsing: line.utf8))
            #expect(request.warnings.isEmpty)
            #expect((request.notes ?? "").utf8.count <= 80)
            let usual = request.procedures.map { Chargemaster.price(String($0.prefix(5))) }.total()
            #expect(usual == request.amount)
        }
    }

    @Test func nothingLooksLikeASocialSecurityNumber() throws {
        let folder = try DayFolder(encounters: 60)
        for (name, bytes) in try folder.files.files {
            let text = String(decoding: bytes, as: UTF8.self)
            // Dates of RFC 3339 have four digits first, ZIP+4 has five; an SSN has three, two and four.
            #expect(text.firstMatch(of: /(?:^|[^0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9])/) == nil, "\(name)")
            #expect(!text.contains("us-ssn") && !text.contains("REF*SY"), "\(name)")
        }
        for bytes in HL7Batch(try folder.bytes("hl7/adt.hl7")).messages {
            #expect(try HL7Message(parsing: bytes).value("PID-19") == nil)
        }
    }

    @Test func aFolderThatHoldsSomethingIsLeftAlone() throws {
        let folder = try DayFolder(encounters: 1)
        let before = try folder.files.digest
        #expect(throws: SampleDay.FolderNotEmpty.self) {
            try SampleDay(SampleDay.Options(encounters: 1, seed: 9)).write(to: folder.path)
        }
        #expect(try folder.files.digest == before)
    }

    @Test func progressCountsEveryEncounter() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sample-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var seen: [Int] = []
        try SampleDay(SampleDay.Options(encounters: 5, seed: 1)).write(to: path) { done, total in
            #expect(total == 5)
            seen.append(done)
        }
        #expect(seen == [1, 2, 3, 4, 5])
    }

    @Test func aTruthFileOfAnotherShapeIsRefused() throws {
        let folder = try DayFolder(encounters: 0)
        try Data("key,problem,detail\nV1,no_such_problem,x\n".utf8).write(
            to: URL(fileURLWithPath: "\(folder.path)/truth.csv"))
        #expect(throws: DataFileError.self) { try folder.truth() }
    }
}
