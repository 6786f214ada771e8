import Claims
import FHIR
import Foundation
import HealthTypes
import Testing

@Suite struct ChartTests {
    private var encounter: Encounter {
        Encounter(
            visitNumber: "V100001", recordNumber: "M200001", patient: World.nora, start: Instant(World.day, hour: 10),
            checkedIn: Instant(World.day, hour: 9, minute: 50), placeOfService: "22", attending: World.vance,
            reason: "Knee pain")
    }

    private var items: [ChartItem] {
        [
            ChartItem(
                reference: "Condition/c1", kind: .condition, code: Code(.icd10cm, "M17.11"), text: "Knee arthritis",
                date: World.day),
            ChartItem(
                reference: "Observation/o1", kind: .observation, code: Code(.loinc, "4548-4"), text: "HbA1c",
                value: "7.10", unit: "%", date: World.day),
            ChartItem(
                reference: "Observation/o2", kind: .observation, code: Code(.loinc, "1-8"), value: "negative"),
            ChartItem(
                reference: "MedicationRequest/m1", kind: .medication, code: Code(.rxnorm, "6851"),
                text: "methotrexate", date: World.day),
            ChartItem(reference: "Procedure/p1", kind: .procedure, code: Code(.cpt, "73562"), date: World.day),
            ChartItem(
                reference: "DocumentReference/d1", kind: .note, code: Code(.loinc, "11506-3"),
                text: "Six weeks of therapy — failed.\nX-ray first.", date: World.day),
        ]
    }

    @Test func aChartComesBack() throws {
        var second = Coverage(
            payerID: "NSTAR", payerName: "Northstar Mutual", memberID: "NS00011122A", planName: "Silver",
            responsibility: .secondary, relationship: "19", subscriber: World.ida, from: CalendarDate("20260101"),
            to: CalendarDate("20260131"))
        second.filingIndicator = "CI"
        let orders = [
            ServiceOrder(
                number: "ORD-1", procedure: "73721", units: 2, diagnoses: ["M17.11"], ordering: World.vance,
                orderedOn: World.day, requestedFor: World.day.adding(days: 7), urgent: true),
            ServiceOrder(number: "ORD-2", procedure: "J1745", orderedOn: World.day),
        ]
        let bundle = ChartMapping.bundle(
            encounter, coverages: [World.meridian, second], orders: orders, items: items, providers: [World.group])
        let again = try #require(FHIRBundle(try JSON(parsing: bundle.json.text)))
        let chart = ChartMapping.read(again)
        #expect(chart.encounter == encounter)
        #expect(chart.patient == World.nora)
        #expect(chart.recordNumber == "M200001")
        #expect(chart.coverages == [World.meridian, second])
        #expect(chart.orders == orders)
        #expect(chart.items == items)
        #expect(chart.providers == [World.vance, World.group])
        #expect(chart.issues.isEmpty)
        let found = FHIRValidator.check(bundle)
        #expect(found.map(\.line) == [])
    }

    @Test func aDirectoryComesBack() {
        let providers = [World.group, World.vance, World.oakes]
        #expect(ChartMapping.read(ChartMapping.directory(providers)).providers == providers)
    }

    private func read(_ resources: JSON...) -> ChartBundle { ChartMapping.read(resources.compactMap(Resource.init)) }

    @Test func aTaxonomyMayStandInARole() {
        let npi: JSON = [["system": "http://hl7.org/fhir/sid/us-npi", "value": "1987654326"]]
        let chart = read(
            [
                "resourceType": "Practitioner", "id": "p", "identifier": npi,
                "name": [["family": "Vance", "given": ["Omar", "Q"]]],
            ],
            [
                "resourceType": "PractitionerRole", "practitioner": ["reference": "Practitioner/p"],
                "specialty": [["coding": [["system": "http://nucc.org/provider-taxonomy", "code": "207X00000X"]]]],
            ])
        #expect(chart.providers == [World.vance])
    }

    @Test func whatIsNoFactIsNoEvidence() {
        let refuted: JSON = ["coding": [["code": "refuted"]]]
        let chart = read(
            ["resourceType": "Condition", "id": "1", "verificationStatus": refuted, "code": ["text": "asthma"]],
            ["resourceType": "Observation", "id": "2", "status": "entered-in-error", "code": ["text": "x"]],
            ["resourceType": "ServiceRequest", "id": "3", "status": "revoked", "code": ["text": "x"]],
            [
                "resourceType": "Observation", "id": "4", "status": "final", "code": ["text": "pressure"],
                "component": [
                    ["code": ["text": "systolic"], "valueQuantity": ["value": 141, "unit": "mm[Hg]"]],
                    ["code": ["text": "diastolic"], "valueQuantity": ["value": 88, "unit": "mm[Hg]"]],
                ],
            ])
        #expect(chart.items.map(\.reference) == ["Observation/4#component[0]", "Observation/4#component[1]"])
        #expect(chart.items.map(\.value) == ["141", "88"])
        #expect(chart.orders.isEmpty)
        #expect(chart.issues.isEmpty)
    }

    @Test func whatLacksItsPartsIsSaid() {
        let chart = read(
            ["resourceType": "Condition"], ["resourceType": "Coverage", "subscriberId": "M1"],
            ["resourceType": "ServiceRequest", "id": "o"], ["resourceType": "MedicationRequest"],
            ["resourceType": "Encounter"],
            [
                "resourceType": "DocumentReference",
                "content": [
                    ["attachment": ["contentType": "application/pdf", "data": "JVBERg=="]],
                    ["attachment": ["contentType": "text/plain", "data": "!!"]],
                    ["attachment": ["contentType": "text/plain", "data": "aGVsbG8="]],
                ],
            ])
        #expect(
            chart.issues.map(\.code) == [
                "chart.resource-unreadable", "visit.coverage-unreadable", "visit.order-unreadable",
                "chart.resource-unreadable", "chart.resource-unreadable", "chart.attachment-unreadable",
                "chart.attachment-unreadable",
            ])
        #expect(chart.issues[5].location.path == "Bundle.entry[5].resource.content[0].attachment")
        #expect(chart.items.map(\.text) == ["hello"])
    }

    @Test func aVerifiedCoverIsWrittenBack() throws {
        var answer = EligibilityAnswer(trace: "T", payerID: "MERID", payerName: "Meridian Health Plan")
        answer.memberID = "MHP000111223"
        answer.planDates = [
            DatedPeriod(qualifier: "291", from: CalendarDate("20260101")!, to: CalendarDate("20261231"))
        ]
        var copay = Benefit(information: "B")
        copay.serviceTypes = ["98"]
        copay.amount = Money("25")!
        copay.inNetwork = "Y"
        var share = Benefit(information: "A")
        share.percent = "0.2"
        var remaining = Benefit(information: "C")
        remaining.amount = Money("250.5")!
        remaining.period = "29"
        var active = Benefit(information: "1")
        active.serviceTypes = ["30"]
        answer.benefits = [active, copay, share, remaining]
        func written(_ answer: EligibilityAnswer) -> Resource {
            ChartMapping.coverageWriteBack(answer, World.meridian, verifiedAt: World.now, beneficiary: "Patient/12")
        }
        let resource = written(answer)
        #expect(resource.string(at: "status") == "active")
        #expect(resource.string(at: "subscriberId") == "MHP000111223")
        #expect(resource.date(at: "period.end") == CalendarDate("20261231"))
        #expect(resource.codings(at: "costToBeneficiary.type").map(\.value) == ["copay", "copaypct", "deductible"])
        #expect(resource.string(at: "costToBeneficiary[0].type.text") == "service 98, network Y")
        #expect(resource.string(at: "costToBeneficiary[2].type.text") == "period 29")
        #expect(resource.value(at: "costToBeneficiary[1].valueQuantity.value") == .number("20"))
        #expect(resource.money(at: "costToBeneficiary[2].valueMoney") == Money("250.50"))
        #expect(FHIRValidator.check(resource).map(\.line) == [])
        answer.benefits = []
        #expect(written(answer).string(at: "status") == "draft")
        active.information = "6"
        answer.benefits = [active]
        #expect(written(answer).string(at: "status") == "cancelled")
    }
}
