import Foundation
import HealthTypes
import Testing

@testable import FHIR

/// An invented request; every person and number is made up.
let request = PASRequest(
    bundleIdentifier: FHIRIdentifier(system: "urn:x:bundle", value: "B-1"),
    claimIdentifier: FHIRIdentifier(system: "urn:x:claim", value: "PA-1"), created: Instant("2026-03-02T12:00:00Z")!,
    insurer: .init(name: "Meridian Health", id: "MERID"), provider: .init(name: "North Imaging", npi: "1234567893"),
    orderingPractitioner: .init(family: "Moss", given: "Iris", npi: "1659999996"),
    patient: .init(
        memberID: "M123", family: "Vale", given: "Ada", birthDate: CalendarDate("1970-03-14")!, gender: "female"),
    coverage: .init(memberID: "M123", planID: "GOLD"), diagnoses: ["M54.16", "M51.26"],
    items: [
        .init(
            sequence: 1, code: Code(.cpt, "72148"), units: 1, servicedFrom: CalendarDate("2026-03-20")!,
            placeOfService: "11"),
        .init(
            sequence: 2, code: Code(.cpt, "97110"), modifiers: ["GP"], units: 12,
            servicedFrom: CalendarDate("2026-03-20")!, servicedTo: CalendarDate("2026-06-20")!, placeOfService: "11"),
    ],
    supportingInfo: [
        .init(sequence: 1, content: .text("Six weeks of therapy failed."), title: "Summary", linkID: "MER-1.a"),
        .init(
            sequence: 2, content: .document(contentType: "text/plain", base64: "bm90ZQ=="), title: "Visit note",
            linkID: "MER-1.b", documentType: Code(.loinc, "11506-3")),
    ])

private let response = PASResponse(
    bundleIdentifier: request.bundleIdentifier, identifier: FHIRIdentifier(system: "urn:x:payer", value: "R-1"),
    claimIdentifier: request.claimIdentifier, created: Instant("2026-03-02T12:00:05Z")!, preAuthRef: "AUTH9",
    preAuthPeriod: PASPeriod(start: CalendarDate("2026-03-02")!, end: nil),
    items: [
        .init(sequence: 1, action: .pended, reasons: ["0P"], notes: [1]),
        .init(
            sequence: 2, action: .modified, reviewNumber: "AUTH9-2", authorizedUnits: 8,
            authorizedCode: Code(.cpt, "97110"),
            authorizedPeriod: PASPeriod(start: CalendarDate("2026-03-20")!, end: CalendarDate("2026-05-20")!)),
    ],
    processNotes: [.init(number: 1, text: "Send the imaging report.")],
    communicationRequests: [
        .init(
            identifier: "ACN-1", documents: [Code(PAS.documentType, "RR"), Code(.loinc, "18748-4")],
            criteria: ["MER-1.c"], itemSequence: 1, texts: ["Report of the earlier film"])
    ],
    errors: [.init(code: "T4", path: "Bundle.entry[3].resource.name", followUp: "C")])

extension FHIRBundle {
    /// The bundle with one member of an entry's resource, or an entry's or the Bundle's own, changed.
    fileprivate func changing(_ path: String, to value: JSON?) -> FHIRBundle {
        func change(_ json: JSON, _ steps: ArraySlice<Substring>) -> JSON {
            guard let step = steps.first else { return json }
            if let index = Int(step), var list = json.array {
                if steps.count == 1 {
                    if let value { list[index] = value } else { list.remove(at: index) }
                } else {
                    list[index] = change(list[index], steps.dropFirst())
                }
                return .array(list)
            }
            var object = json.object ?? JSONObject()
            object[String(step)] =
                steps.count == 1 ? value : change(object[String(step)] ?? .null, steps.dropFirst())
            return .object(object)
        }
        return FHIRBundle(change(json, path.split(separator: ".")[...]))!
    }
}

@Suite struct PASRequestTests {
    @Test func roundTrip() throws {
        let bundle = request.bundle()
        #expect(try PASRequest(reading: bundle) == request)
        let reread = try #require(FHIRBundle(try JSON(parsing: bundle.json.text)))
        #expect(try PASRequest(reading: reread) == request)
        #expect(try JSONDecoder().decode(PASRequest.self, from: JSONEncoder().encode(request)) == request)
    }

    @Test func bundleFollowsTheGuide() throws {
        let bundle = request.bundle()
        #expect(PASChecker.check(bundle) == [])
        #expect(FHIRValidator.check(bundle) == [])
        #expect(FHIRForm.check(bundle.json, path: "Bundle", atMost: 10) == [])
        #expect(bundle.type == "collection")
        #expect(
            bundle.resources.map(\.type) == [
                "Claim", "Patient", "Coverage", "Organization", "Organization", "PractitionerRole", "Practitioner",
                "DocumentReference",
            ])
        let claim = bundle.resources[0]
        #expect(claim.string(at: "status") == "active" && claim.string(at: "use") == "preauthorization")
        #expect(claim.value(at: "insurance[0].focal")?.bool == true)
        #expect(claim.value(at: "item[1].quantity.value")?.numberText == "12")
    }

    @Test func theSameRequestGivesTheSameBytesAndAnotherOtherGUIDs() {
        let urls = Set(request.bundle().entries.compactMap(\.fullUrl))
        #expect(request.bundle().json.text == request.bundle().json.text)
        var other = request
        other.bundleIdentifier.value = "B-2"
        #expect(urls.isDisjoint(with: other.bundle().entries.compactMap(\.fullUrl)))
        for url in urls {
            #expect(
                url.wholeMatch(of: /urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
    }

    @Test func anUpdateCarriesThePriorClaimOnce() throws {
        var update = request
        update.bundleIdentifier.value = "B-2"
        update.claimIdentifier.value = "PA-1-U"
        update.relatedClaimIdentifier = request.claimIdentifier
        update.urgent = true
        update.items[1].certificationType = "3"
        update.items[0].change = "changed"
        let bundle = update.bundle(updating: request)
        #expect(PASChecker.check(bundle) == [])
        #expect(bundle.resources(ofType: "Claim").count == 2)
        #expect(bundle.resources(ofType: "Patient").count == 1)
        #expect(bundle.resources(ofType: "DocumentReference").count == 2)
        let read = try PASRequest(reading: bundle)
        #expect(read == update)
        #expect(read.isUpdate)
        #expect(bundle.resources[0].json.value(at: "item[1].modifierExtension.valueBoolean")?.bool == true)
        #expect(PASChecker.check(update.bundle()) == [])
    }

    @Test func aBareRequestNeedsNoOptionalParts() throws {
        var bare = request
        bare.orderingPractitioner = nil
        bare.supportingInfo = []
        bare.diagnoses = []
        #expect(try PASRequest(reading: bare.bundle()) == bare)
        #expect(PASChecker.check(bare.bundle()) == [])
        #expect(FHIRForm.check(bare.bundle().json, path: "Bundle", atMost: 10) == [])
        let answer = PASResponse(created: bare.created, items: [.init(sequence: 1, action: .certified)])
        let bundle = answer.bundle(answering: bare.bundle())
        #expect(FHIRForm.check(bundle.json, path: "Bundle", atMost: 10) == [])
        #expect(try PASResponse(reading: bundle).item(1)?.action == .certified)
    }

    @Test(
        arguments: [
            ("entry.0.resource.patient", nil, "pas.dangling-reference"),
            ("entry.1.resource.birthDate", "1970-03", "pas.claim-member"),
            ("entry.1.resource.identifier", nil, "pas.claim-member"), ("entry.0.resource.item", nil, "pas.no-items"),
            ("entry.0.resource.identifier", nil, "pas.claim-identifier"),
            ("entry.0.resource.item.0.servicedDate", "2026", "pas.partial-date"),
            ("entry.0.resource.item.0.productOrService", nil, "pas.item-service"),
            ("entry.0.resource.item.0.quantity.value", .number("1.5"), "pas.quantity"),
            (
                "entry.0.resource.supportingInfo.1.valueReference", ["reference": "urn:uuid:none"],
                "pas.dangling-reference"
            ),
            ("entry.0", nil, "pas.claim-not-first"),
        ] as [(String, JSON?, String)])
    func unreadableRequestsSayWhy(path: String, value: JSON?, code: String) {
        let error = #expect(throws: PASError.self) {
            try PASRequest(reading: request.bundle().changing(path, to: value))
        }
        #expect(error?.issues.map(\.code).contains(code) == true)
    }
}

@Suite struct PASCheckerTests {
    @Test(
        arguments: [
            ("type", "batch", "pas.bundle-type", "Bundle.type"),
            ("identifier", nil, "pas.bundle-identifier", "Bundle.identifier"),
            ("timestamp", "2026-03-02", "pas.bundle-timestamp", "Bundle.timestamp"),
            ("entry.1.fullUrl", "Patient/1", "pas.full-url", "Bundle.entry[1].fullUrl"),
            ("entry.1.search", ["mode": "match"], "pas.entry-members", "Bundle.entry[1]"),
            ("entry.2.resource", nil, "fhir.bundle-entry", "Bundle.entry[2]"),
            ("entry.0.resource.status", "draft", "pas.claim-status", "Bundle.entry[0].resource.status"),
            ("entry.0.resource.use", "claim", "pas.claim-use", "Bundle.entry[0].resource.use"),
            (
                "entry.0.resource.insurance.0.focal", false, "pas.insurance-focal",
                "Bundle.entry[0].resource.insurance[0]"
            ),
            ("entry.0.resource.item.0.extension.0", nil, "pas.request-type", "Bundle.entry[0].resource.item[0]"),
            ("entry.0.resource.item.1.extension.1", nil, "pas.certification-type", "Bundle.entry[0].resource.item[1]"),
            (
                "entry.0.resource.item.0.quantity.value", .number("1.5"), "pas.quantity",
                "Bundle.entry[0].resource.item[0].quantity"
            ),
            ("entry.0.resource.item.0.category", nil, "pas.item-category", "Bundle.entry[0].resource.item[0]"),
            (
                "entry.0.resource.item.0.locationCodeableConcept", nil, "pas.item-location",
                "Bundle.entry[0].resource.item[0]"
            ),
            (
                "entry.0.resource.item.0.servicedDate", "2026-03", "pas.partial-date",
                "Bundle.entry[0].resource.item[0].servicedDate"
            ),
            (
                "entry.0.resource.item.1.servicedPeriod.end", "2026-06", "pas.partial-date",
                "Bundle.entry[0].resource.item[1].servicedPeriod.end"
            ),
            (
                "entry.0.resource.item.1.sequence", 1, "pas.duplicate-sequence",
                "Bundle.entry[0].resource.item[1].sequence"
            ),
            (
                "entry.0.resource.supportingInfo.1.sequence", 1, "pas.duplicate-sequence",
                "Bundle.entry[0].resource.supportingInfo[1].sequence"
            ),
            (
                "entry.0.resource.item.0.diagnosisSequence.1", 9, "pas.unknown-sequence",
                "Bundle.entry[0].resource.item[0].diagnosisSequence[1]"
            ),
            (
                "entry.0.resource.supportingInfo.1.valueReference", ["reference": "#gone"], "pas.dangling-reference",
                "Bundle.entry[0].resource.supportingInfo[1].valueReference"
            ),
            ("entry.0", nil, "pas.claim-not-first", "Bundle.entry[0]"),
        ] as [(String, JSON?, String, String)])
    func everyRuleIsFound(path: String, value: JSON?, code: String, place: String) {
        let issues = PASChecker.check(request.bundle().changing(path, to: value))
        #expect(issues.contains { $0.code == code && $0.location.path == place }, "\(issues.map(\.line))")
    }

    @Test func anExtensionOfTheWrongTypeIsFound() {
        let wrong: JSON = [
            "url": .string(PAS.structure + "extension-certificationType"), "valueString": "I",
        ]
        let issues = PASChecker.check(request.bundle().changing("entry.0.resource.item.0.extension.1", to: wrong))
        #expect(issues.map(\.code) == ["pas.extension-value"])
    }

    @Test func aResourceTwiceIsFound() {
        var bundle = request.bundle()
        bundle.add(fullUrl: bundle.entries[1].fullUrl, resource: bundle.resources[1])
        #expect(PASChecker.check(bundle).map(\.code) == ["pas.duplicate-entry"])
    }

    @Test func everyMessageIsFreeOfData() {
        #expect(Set(FHIRFinding.allCases.map { $0.issue("x").message }).count == FHIRFinding.allCases.count)
    }
}

@Suite struct PASResponseTests {
    @Test func roundTrip() throws {
        let bundle = response.bundle(answering: request.bundle())
        #expect(try PASResponse(reading: bundle) == response)
        #expect(PASChecker.check(bundle) == [])
        #expect(FHIRValidator.check(bundle) == [])
        #expect(FHIRForm.check(bundle.json, path: "Bundle", atMost: 10) == [])
        #expect(bundle.resources[0].type == "ClaimResponse")
        #expect(bundle.resources[0].values(at: "item.itemSequence").map(\.integer) == [1, 2])
        #expect(bundle.identifier == request.bundleIdentifier)
        let asked = request.bundle()
        #expect(bundle.entries.first { $0.resource.type == "Patient" }?.fullUrl == asked.entries[1].fullUrl)
    }

    @Test func theDecisionIsTheReviewActionAndNeverTheOutcome() throws {
        var denied = response
        denied.items[0].action = .notCertified
        denied.outcome = .complete
        let read = try PASResponse(reading: denied.bundle(answering: request.bundle()))
        #expect(read.item(1)?.action == .notCertified)
        let silent = denied.bundle(answering: request.bundle())
            .changing("entry.0.resource.item.0.adjudication.0.extension", to: nil)
        #expect(try PASResponse(reading: silent).item(1)?.action == nil)
        #expect(PASChecker.check(silent).map(\.code) == ["pas.review-action"])
    }

    @Test func aPayerThatSwapsCodesIsReadByItsMap() throws {
        var swapped = response
        swapped.items[0].action = .partlyCertified
        let bundle = swapped.bundle(answering: request.bundle())
        #expect(try PASResponse(reading: bundle).item(1)?.action == .partlyCertified)
        let read = try PASResponse(reading: bundle, actions: ["A2": "A3", "A3": "A2"])
        #expect(read.item(1)?.action == .notCertified)
    }

    @Test func aCodeOfAnotherSystemIsNoDecision() throws {
        let coding = "entry.0.resource.item.0.adjudication.0.extension.0.extension.1.valueCodeableConcept"
        let bundle = response.bundle(answering: request.bundle())
            .changing(coding, to: .concept(Code(CodeSystem(rawValue: "http://other.example"), "A1")))
        #expect(try PASResponse(reading: bundle).item(1)?.action == nil)
    }

    @Test func unitsOfAnUnmodifiedItemComeFromItsDetail() throws {
        var certified = response
        certified.items[0] = .init(
            sequence: 1, action: .certified, reviewNumber: "AUTH9-1", authorizedUnits: 1,
            authorizedPeriod: PASPeriod(start: CalendarDate("2026-03-20")!, end: CalendarDate("2026-04-20")!))
        let bundle = certified.bundle(answering: request.bundle())
        #expect(try PASResponse(reading: bundle) == certified)
        #expect(bundle.resources[0].values(at: "addItem").count == 1)
        let withoutAddItem = bundle.changing("entry.0.resource.addItem", to: nil)
        #expect(PASChecker.check(withoutAddItem).map(\.code) == ["pas.add-item"])
    }

    @Test func unreadableAnswersSayWhy() {
        let bundle = response.bundle(answering: request.bundle())
        let error = #expect(throws: PASError.self) {
            try PASResponse(reading: bundle.changing("entry.0.resource.item.0.itemSequence", to: nil))
        }
        #expect(
            error?.description.hasPrefix("error pas.missing-sequence at Bundle.entry[0].resource.item[0].itemSequence")
                == true)
        #expect(throws: PASError.self) { try PASResponse(reading: request.bundle()) }
    }
}
