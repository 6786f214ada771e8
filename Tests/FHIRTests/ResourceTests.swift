import HealthTypes
import Testing

@testable import FHIR

func resource(_ text: String) throws -> Resource { try #require(Resource(try JSON(parsing: text))) }

func bundle(_ text: String) throws -> FHIRBundle { try #require(FHIRBundle(try JSON(parsing: text))) }

@Suite struct ResourceTests {
    static let claim = #"""
        {"resourceType":"Claim","zzz":{"b":1,"a":[true]},"id":"c1","total":{"value":1.50,"currency":"USD"},
        "_status":{"extension":[{"url":"x","valueDecimal":0.10}]},"identifier":[{"system":"s","value":"1"},
        {"system":"t","value":"2"},{"system":"s","value":"3"}],"created":"2026-03-02T14:05:00.000-05:00",
        "item":[{"sequence":1,"productOrService":{"coding":[{"system":"http://loinc.org","code":"A"},{"code":"B"}]},
        "net":{"value":12.005}},{"sequence":2,"servicedDate":"2026-03","net":{"value":5,"currency":"EUR"}}],
        "patient":{"reference":"Patient/9"}}
        """#.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()

    @Test func nothingIsLost() throws {
        let claim = try resource(Self.claim)
        #expect(claim.json.text == Self.claim)
        var edited = claim
        edited.json = .object(
            { object in
                var object = object
                object["status"] = "active"
                return object
            }(try #require(claim.json.object)))
        #expect(edited.json.text == Self.claim.dropLast() + #","status":"active"}"#)
    }

    @Test func paths() throws {
        let claim = try resource(Self.claim)
        #expect(claim.string(at: "item[0].productOrService.coding[1].code") == "B")
        #expect(claim.string(at: "item.0.productOrService.coding.0.code") == "A")
        #expect(claim.values(at: "item.sequence").map(\.integer) == [1, 2])
        #expect(claim.integer(at: "item[1].sequence") == 2)
        #expect(claim.strings(at: "item.productOrService.coding.code") == ["A", "B"])
        #expect(claim.value(at: "zzz.a[0]")?.bool == true)
        for absent in ["item[2]", "item[-1]", "id.x", "item[0].net[1]", "nothing[0].at.all", "item..[", "[0][1]"] {
            #expect(claim.string(at: absent) == nil, "\(absent)")
        }
    }

    @Test func typedValues() throws {
        let claim = try resource(Self.claim)
        #expect(claim.type == "Claim" && claim.id == "c1")
        #expect(claim.identifiers(system: "s") == ["1", "3"])
        #expect(claim.codings(at: "item.productOrService") == [Code(.loinc, "A"), Code(CodeSystem(rawValue: ""), "B")])
        #expect(claim.reference(at: "patient") == "Patient/9")
        #expect(claim.instant(at: "created")?.description == "2026-03-02T19:05:00Z")
        #expect(claim.date(at: "created") == CalendarDate("2026-03-02"))
        #expect(claim.date(at: "item[1].servicedDate") == nil)
        #expect(claim.money(at: "total") == Money(cents: 150))
        #expect(claim.money(at: "item[0].net") == nil)
        #expect(claim.money(at: "item[1].net") == nil)
    }

    @Test(arguments: ["[]", "{}", #"{"resourceType":""}"#, #"{"resourceType":7}"#, "null", #""Patient""#])
    func notResources(text: String) throws {
        #expect(Resource(try JSON(parsing: text)) == nil)
        #expect(FHIRReader.read(Array(text.utf8)).issues.map(\.code) == ["fhir.not-resource"])
    }
}

@Suite struct BundleTests {
    static let text = #"""
        {"resourceType":"Bundle","type":"collection","entry":[
        {"fullUrl":"http://a.example/fhir/Claim/1","resource":{"resourceType":"Claim","id":"1",
        "contained":[{"resourceType":"Patient","id":"p"}]}},
        {"fullUrl":"http://a.example/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","gender":"female"}},
        {"fullUrl":"http://b.example/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","gender":"male"}},
        {"fullUrl":"urn:uuid:0c","resource":{"resourceType":"Coverage","id":"7"}},
        {"fullUrl":"urn:uuid:0d"}]}
        """#

    @Test func resolvesByFullUrlFirst() throws {
        let bundle = try bundle(Self.text)
        let claim = bundle.entries[0]
        #expect(bundle.entries.count == 4)
        #expect(bundle.resolve("Patient/1", from: claim)?.string(at: "gender") == "female")
        #expect(bundle.resolve("Patient/1", from: bundle.entries[2])?.string(at: "gender") == "male")
        #expect(
            bundle.resolve("http://b.example/fhir/Patient/1/_history/3", from: claim)?.string(at: "gender") == "male")
        #expect(bundle.resolve("urn:uuid:0c")?.type == "Coverage")
        #expect(bundle.resolve("Coverage/7", from: claim)?.type == "Coverage")
        #expect(bundle.resolve("#p", from: claim)?.type == "Patient")
        #expect(bundle.resolve("#", from: claim) == claim.resource)
    }

    @Test(arguments: [
        "#p", "#q", "Patient/1", "Patient/2", "urn:uuid:0d", "urn:uuid:", "http://c.example/fhir/Patient/1", "", "/",
        "Patient",
    ])
    func resolvesNothing(reference: String) throws {
        // Without a source `#p` has no home and `Patient/1` is one of two; `urn:uuid:0d` has no resource.
        #expect(try bundle(Self.text).resolve(reference) == nil)
    }

    @Test func builds() throws {
        var bundle = FHIRBundle(
            type: "collection", timestamp: Instant("2026-03-02T12:00:00Z"),
            identifier: FHIRIdentifier(system: "s", value: "v"))
        bundle.add(fullUrl: "urn:uuid:1", resource: Resource(type: "Patient", id: "1", ["gender": nil]))
        #expect(
            bundle.json.text
                == #"{"resourceType":"Bundle","identifier":{"system":"s","value":"v"},"type":"collection","#
                + #""timestamp":"2026-03-02T12:00:00Z","entry":[{"fullUrl":"urn:uuid:1","#
                + #""resource":{"resourceType":"Patient","id":"1"}}]}"#)
        #expect(FHIRBundle(bundle.json) == bundle)
        #expect(FHIRBundle(["resourceType": "Patient"]) == nil)
    }
}

@Suite struct ReaderTests {
    @Test func oneResourceOrOneBundle() throws {
        #expect(FHIRReader.read(Array(ResourceTests.claim.utf8)).resources.count == 1)
        let reading = FHIRReader.read(Array(BundleTests.text.utf8))
        #expect(reading.bundles.count == 1 && reading.resources.isEmpty)
        #expect(reading.issues.map(\.location.path) == ["Bundle.entry[4]"])
    }

    @Test func linesGoOnAfterABrokenOne() {
        let text =
            "{\"resourceType\":\"Patient\"}\r\n\n{\"resourceType\":\n{\"resourceType\":\"Bu"
            + "ndle\",\"type\":\"batch\"}\n[]\n"
        let reading = FHIRReader.read(Array(text.utf8))
        #expect(reading.resources.map(\.type) == ["Patient"])
        #expect(reading.bundles.count == 1)
        #expect(reading.issues.map(\.code) == ["fhir.not-json", "fhir.not-resource"])
        #expect(reading.issues.map(\.location.line) == [3, 5])
        #expect(reading.issues[0].location.byte == 45)
    }

    @Test func emptyAndNullAreErrorsWithTheirPlace() {
        let text =
            #"{"resourceType":"Patient","name":[],"x":{},"id":"","gender":null,"given":["A","#
            + #"null],"_given":[null,{"id":"1"}],"y":[null]}"#
        let reading = FHIRReader.read(Array(text.utf8))
        #expect(
            reading.issues.map(\.line).map { $0.prefix { $0 != ":" } } == [
                "error fhir.empty at Patient.name", "error fhir.empty at Patient.x", "error fhir.empty at Patient.id",
                "error fhir.null at Patient.gender", "error fhir.null at Patient.y[0]",
            ])
        #expect(reading.resources.count == 1)
    }

    @Test func issuesAreLimitedAndTheInputToo() {
        let many =
            "{\"resourceType\":\"List\",\"x\":[" + Array(repeating: "null", count: 5_000).joined(separator: ",") + "]}"
        let reading = FHIRReader.read(Array(many.utf8))
        #expect(reading.issues.count == FHIRReader.maximumIssues + 1)
        #expect(reading.issues.last?.code == "fhir.too-many-issues")
        let deep = String(repeating: "[", count: 100_000)
        #expect(FHIRReader.read(Array(deep.utf8)).issues.map(\.code) == ["fhir.not-json"])
        #expect(
            FHIRReader.read([UInt8](repeating: 0x20, count: FHIRReader.maximumBytes + 1)).issues.map(\.code) == [
                "fhir.too-large"
            ])
    }

    @Test func outcomeCarriesCodesAndPlacesAndNoData() throws {
        let outcome = OperationOutcome(issues: [FHIRFinding.required.issue("Claim.status")])
        #expect(outcome.resource.strings(at: "issue.code") == ["required"])
        #expect(outcome.resource.string(at: "issue.details.coding.code") == "fhir.required")
        #expect(outcome.resource.strings(at: "issue.expression") == ["Claim.status"])
        #expect(OperationOutcome(issues: []).resource.string(at: "issue.severity") == "information")
    }

    @Test func mutationsNeverCrash() {
        var random = SeededRandom(seed: 11)
        for original in [Array(ResourceTests.claim.utf8), Array(BundleTests.text.utf8)] {
            for _ in 0..<1_500 {
                var bytes = original
                for _ in 0...random.integer(in: 0..<4) {
                    let position = random.integer(in: 0..<bytes.count)
                    switch random.integer(in: 0..<3) {
                    case 0: bytes[position] = UInt8(random.integer(in: 0..<256))
                    case 1: bytes.removeSubrange(position..<min(bytes.count, position + 9))
                    default: bytes.insert(random.pick(Array("{}[]\",:0\n".utf8)), at: position)
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                let reading = FHIRReader.read(bytes)
                #expect(!(reading.resources.isEmpty && reading.bundles.isEmpty && reading.issues.isEmpty))
                for resource in reading.resources { _ = FHIRValidator.check(resource) }
                for bundle in reading.bundles {
                    _ = (FHIRValidator.check(bundle), PASChecker.check(bundle), try? PASRequest(reading: bundle))
                }
            }
        }
    }
}

@Suite struct ValidatorTests {
    private func codes(_ text: String) throws -> [String] {
        FHIRValidator.check(try resource(text)).map { "\($0.code) \($0.location.path ?? "")" }
    }

    @Test func tableCoversTheTypesInUse() {
        #expect(FHIRValidator.types.count == 16)
        #expect(FHIRTable.rules["Claim"]?.first { $0.name == "Claim.status" }?.codes.count == 4)
        #expect(FHIRTable.rules["Claim"]?.first { $0.name == "Claim.item.sequence" }?.parents == ["item"])
    }

    @Test func goodResourcesPass() throws {
        #expect(
            try codes(#"{"resourceType":"Patient","gender":"female","birthDate":"1970","name":[{"given":["A"]}]}"#)
                == [])
        #expect(try codes(#"{"resourceType":"Unlisted","status":"anything"}"#) == [])
        #expect(
            try codes(
                #"{"resourceType":"MedicationRequest","status":"active","intent":"order","me"#
                    + #"dicationCodeableConcept":{},"#
                    + #""subject":{"display":"x"},"authoredOn":"2026-03-02T10:00:00Z"}"#) == [])
    }

    @Test func faultsAreLocated() throws {
        #expect(
            try codes(
                #"{"resourceType":"Coverage","status":"on","payor":{"reference":"x"},"#
                    + #""class":[{"value":7,"type":{"text":"t"}}]}"#
            )
                == [
                    "fhir.code Coverage.status", "fhir.required Coverage.beneficiary",
                    "fhir.cardinality Coverage.payor",
                    "fhir.type Coverage.class[0].value",
                ])
        #expect(
            try codes(
                #"{"resourceType":"Observation","_status":{},"code":{"text":"a"},"valueString":"a","valueInteger":1}"#)
                == ["fhir.choice Observation.value"])
        #expect(
            try codes(
                #"{"resourceType":"Procedure","status":"completed","subject":"Patient/1","pe"#
                    + #"rformedDateTime":"2026-02-30"}"#
            )
                == ["fhir.type Procedure.subject", "fhir.date Procedure.performedDateTime"])
        #expect(
            try codes(
                #"{"resourceType":"Task","status":"draft","intent":"order","contained":[{"re"#
                    + #"sourceType":"Encounter","class":{}}]}"#
            )
                == ["fhir.required Task.contained[0].status"])
    }

    @Test(arguments: [
        ("2026", true), ("2026-03", true), ("2026-03-02", true), ("20260302", false), ("2026-13", false), ("26", false),
        ("2026-03-02T10:00:00Z", true), ("2026-03-02T10:00Z", false), ("2026-03-02T10:00:00", false), ("", false),
    ])
    func dateForms(text: String, isValid: Bool) {
        #expect(FHIRDateForm.isValid(text, as: .dateTime) == isValid)
        #expect(FHIRDateForm.isValid(text, as: .date) == (isValid && text.count <= 10))
        #expect(FHIRDateForm.isValid(text, as: .instant) == (isValid && text.count > 10))
    }
}
