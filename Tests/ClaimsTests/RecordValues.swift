import HealthTypes

@testable import Claims

private let day = World.day
private let later = World.day.adding(days: 30)

private func dollars(_ text: String) -> Money { Money(text)! }

private let fullPerson = Person(
    family: "O'Neil \"Pat\"", given: "Zoë", middle: "Ä", birthDate: CalendarDate("19800514"), sex: .female,
    address: World.street, deathDate: CalendarDate("20260301"))

private let provider = Provider(
    npi: "1987654326", entity: .person, name: "Vance", given: "Omar", taxonomy: "207X00000X", taxID: "371234567",
    address: World.street)

private var coverage: Coverage {
    var coverage = Coverage(
        payerID: "MERID", payerName: "Meridian Health Plan", memberID: "MHP000111222", groupNumber: "G-7",
        planName: "Gold", responsibility: .secondary, relationship: "19", subscriber: fullPerson, from: day, to: later)
    coverage.filingIndicator = "CI"
    return coverage
}

private let period = DatedPeriod(qualifier: "291", from: day, to: later)
private let adjustment = Adjustment(group: "CO", reason: "45", amount: dollars("-12.34"), quantity: "2.5")
private let document = SupportingDocument(
    title: "Letter", contentType: "text/plain", text: "First line\n\tsecond \\ line\u{1}", criteria: ["a", "b"])
private let bareDocument = SupportingDocument(title: "", contentType: "text/plain", text: "")

private var line: ClaimLine {
    var line = ClaimLine(
        number: 1, procedure: "J1160", modifiers: ["RT", "59"], charge: dollars("100"), units: "2.5", unitBasis: "MJ",
        pointers: [1, 2], from: day, to: later)
    line.placeOfService = "22"
    line.controlNumber = "L1"
    line.ndc = "00143924001"
    line.ndcQuantity = "2"
    line.ndcUnit = "ML"
    line.description = "Digoxin"
    line.notes = "Given slowly."
    line.priorAuthorization = "A-2"
    line.rendering = provider
    line.ordering = provider
    line.revenueCode = "0250"
    return line
}

private let priorLine = PriorPayment.Line(
    number: 1, procedure: "J1160", modifiers: ["RT"], paid: dollars("40"), units: "2", adjustments: [adjustment],
    paidOn: day)
private let priorPayment = PriorPayment(
    payerID: "NSTAR", paid: dollars("40"), adjustments: [adjustment], lines: [priorLine])

private var claim: Claim {
    var claim = Claim(
        controlNumber: "V1-1", kind: .institutional, frequency: "7", totalCharge: dollars("100"), placeOfService: "11",
        billing: World.group, rendering: provider, coverages: [coverage, World.meridian], patient: fullPerson,
        diagnoses: [Diagnosis(qualifier: "ABK", code: "M1711"), Diagnosis(qualifier: "ABF", code: "I4891")],
        lines: [line])
    claim.originalReference = "P-1"
    claim.priorAuthorization = "A-1"
    claim.referralNumber = "R-1"
    claim.referring = provider
    claim.facility = World.group
    claim.relatedCauses = ["AA"]
    claim.accidentState = "IL"
    claim.dates = [period]
    claim.notes = "A note."
    claim.priorPayments = [priorPayment]
    return claim
}

private var benefit: Benefit {
    var benefit = Benefit(information: "1")
    benefit.level = "IND"
    benefit.serviceTypes = ["30", "98"]
    benefit.insuranceType = "HM"
    benefit.plan = "Gold"
    benefit.period = "29"
    benefit.amount = dollars("1500")
    benefit.percent = "0.2"
    benefit.quantity = "12"
    benefit.quantityQualifier = "VS"
    benefit.authorizationRequired = "Y"
    benefit.inNetwork = "W"
    benefit.messages = ["Call first."]
    benefit.dates = [period]
    benefit.relatedPayer = "Northstar"
    benefit.relatedPayerID = "NSTAR"
    benefit.relatedMemberID = "NS1"
    benefit.procedure = "73721"
    return benefit
}

private var answer: EligibilityAnswer {
    var answer = EligibilityAnswer(trace: "T1", payerID: "MERID", payerName: "Meridian")
    answer.memberID = "M1"
    answer.subscriber = fullPerson
    answer.dependent = World.ida
    answer.planDates = [period]
    answer.benefits = [benefit, Benefit(information: "R")]
    answer.rejections = [EligibilityRejection(loop: "2100C", reason: "75", followUp: "C")]
    return answer
}

private var remittanceLine: RemittanceLine {
    var line = RemittanceLine(procedure: "J1160", modifiers: ["RT"], charge: dollars("100"), paid: dollars("60"))
    line.units = "2"
    line.from = day
    line.controlNumber = "L1"
    line.adjustments = [adjustment]
    line.remarks = ["N130"]
    line.allowed = dollars("80")
    return line
}

private var claimRemittance: ClaimRemittance {
    var claim = bareClaimRemittance
    claim.patientResponsibility = dollars("20")
    claim.payerClaimNumber = "P-1"
    claim.adjustments = [adjustment]
    claim.lines = [remittanceLine]
    claim.remarks = ["MA01"]
    claim.patient = fullPerson
    claim.memberID = "M1"
    return claim
}

private let bareClaimRemittance = ClaimRemittance(
    controlNumber: "V1-1", status: "1", charge: dollars("100"), paid: dollars("60"), trace: "E1", paidOn: day,
    payerID: "MERID")

private var remittance: Remittance {
    var remittance = bareRemittance
    remittance.claims = [claimRemittance, bareClaimRemittance]
    remittance.providerAdjustments = [.init(reason: "WO", reference: "P-1", amount: dollars("-5"))]
    return remittance
}

private let bareRemittance = Remittance(
    trace: "E1", payerID: "MERID", payerName: "Meridian", paidOn: day, total: dollars("125"))

private let item = AuthorizationItem(sequence: 1, procedure: "73721", units: 3, from: day, to: later)
private let bareItem = AuthorizationItem(sequence: 2, procedure: "73721", units: 1, from: day)

private var itemAnswer: AuthorizationItemAnswer {
    var answer = AuthorizationItemAnswer(sequence: 1, action: "A6")
    answer.reason = "87"
    answer.approvedUnits = 2
    answer.from = day
    answer.to = later
    return answer
}

private var authorizationAnswer: AuthorizationAnswer {
    var answer = AuthorizationAnswer(identifier: "Q1", version: 2, authorizationNumber: "A-1")
    answer.items = [itemAnswer, AuthorizationItemAnswer(sequence: 2, action: "A4")]
    answer.documentsWanted = ["xray-first"]
    answer.errors = ["75"]
    return answer
}

extension Kept {
    static let full: [Kept] = [
        Kept("address", World.street), Kept("person", fullPerson), Kept("provider", provider),
        Kept("coverage", coverage), Kept("dated_period", period),
        Kept(
            "eligibility_inquiry",
            EligibilityInquiry(
                trace: "T1", payerID: "MERID", payerName: "Meridian", provider: provider, memberID: "M1",
                subscriber: fullPerson, dependent: World.ida, serviceDate: day, serviceTypes: ["30", "62"])),
        Kept("benefit", benefit), Kept("eligibility_answer", answer),
        Kept("eligibility_rejection", EligibilityRejection(loop: "2100C", reason: "75", followUp: "C")),
        Kept(
            "encounter",
            Encounter(
                visitNumber: "V1", recordNumber: "MR1", patient: fullPerson, start: World.now,
                checkedIn: Instant(milliseconds: World.now.milliseconds - 1), placeOfService: "22",
                attending: provider, reason: "Knee pain")),
        Kept(
            "service_order",
            ServiceOrder(
                number: "O1", procedure: "73721", units: 2, diagnoses: ["M17.11"], ordering: provider, orderedOn: day,
                requestedFor: later, urgent: true)),
        Kept(
            "chart_item",
            ChartItem(
                reference: "Observation/obs-12", kind: .observation, code: Code(.loinc, "8480-6"), text: "Pressure",
                value: "120.50", unit: "mm[Hg]", date: day)),
        Kept(
            "charge",
            Charge(
                number: "F1", date: day, procedure: "J1160", modifiers: ["RT"], units: 2, amount: dollars("100"),
                diagnoses: ["M17.11"], rendering: provider, ndc: "00143924001")),
        Kept("claim", claim), Kept("diagnosis", Diagnosis(qualifier: "ABK", code: "M1711")), Kept("claim_line", line),
        Kept("prior_payment", priorPayment), Kept("prior_payment_line", priorLine), Kept("adjustment", adjustment),
        Kept("remittance_line", remittanceLine), Kept("claim_remittance", claimRemittance),
        Kept("remittance", remittance),
        Kept(
            "provider_adjustment",
            Remittance.ProviderAdjustment(reason: "WO", reference: "P-1", amount: dollars("-5"))),
        Kept(
            "appeal",
            Appeal(
                identifier: "AP1", controlNumber: "V1-1", payerID: "MERID", payerClaimNumber: "P-1", level: 2,
                adjustment: "CO-50", amount: dollars("100"), letter: document)),
        Kept(
            "appeal_answer",
            AppealAnswer(identifier: "AP1", controlNumber: "V1-1", outcome: .upheld, reason: "193")),
        Kept("authorization_item", item),
        Kept(
            "authorization_request",
            AuthorizationRequest(
                identifier: "Q1", version: 2, orderNumber: "O1", payerID: "MERID", payerName: "Meridian",
                provider: provider, ordering: provider, patient: fullPerson, memberID: "M1", diagnoses: ["M1711"],
                items: [item, bareItem], urgent: true, documents: [document, bareDocument])),
        Kept("supporting_document", document), Kept("authorization_item_answer", itemAnswer),
        Kept("authorization_answer", authorizationAnswer),
        Kept(
            "claim_acknowledgement",
            ClaimAcknowledgement(
                source: .claim, controlNumber: "V1-1", outcome: .accepted, code: "A2:20", payerClaimNumber: "P-1",
                statuses: [
                    ClaimAcknowledgement.Status(
                        category: "A2", reason: "20", entity: "PR", date: CalendarDate(year: 2026, month: 3, day: 4),
                        action: "WQ", amount: Money(cents: 14_500), message: "taken", line: "V1-1L1")
                ])),
    ]

    private static func bare<Value: Recorded & Equatable>(_ name: String, _ value: Value) -> Kept {
        Kept(name, value, isBare: true)
    }

    static let bare: [Kept] = [
        bare("address", Address(line1: "9 Elm Row", city: "Harrow", state: "IL", postalCode: "62701")),
        bare("person", World.tom),
        bare("provider", Provider(npi: "1234567893", entity: .organization, name: "Larkfield")),
        bare("coverage", Coverage(payerID: "MERID", payerName: "Meridian", memberID: "M1", subscriber: World.tom)),
        bare("dated_period", DatedPeriod(qualifier: "346", from: day)),
        bare(
            "eligibility_inquiry",
            EligibilityInquiry(
                trace: "T1", payerID: "MERID", payerName: "Meridian", provider: World.group, memberID: "M1",
                subscriber: World.tom, serviceDate: day, serviceTypes: [])),
        bare("benefit", Benefit(information: "6")),
        bare("eligibility_answer", EligibilityAnswer(trace: "T1", payerID: "MERID", payerName: "Meridian")),
        bare("encounter", Encounter(visitNumber: "V1", patient: World.tom)),
        bare("service_order", ServiceOrder(number: "O1", procedure: "73721", orderedOn: day)),
        bare("chart_item", ChartItem(reference: "Condition/1", kind: .condition)),
        bare("charge", Charge(number: "F1", date: day, procedure: "99213", amount: .zero)),
        bare(
            "claim",
            Claim(
                controlNumber: "V1-1", totalCharge: dollars("100"), placeOfService: "11", billing: World.group,
                coverages: [], patient: World.tom, diagnoses: [], lines: [])),
        bare("claim_line", ClaimLine(number: 1, procedure: "99213", charge: dollars("100"), pointers: [], from: day)),
        bare("prior_payment", PriorPayment(payerID: "NSTAR", paid: nil)),
        bare("prior_payment_line", PriorPayment.Line(number: 1, procedure: "99213", paid: .zero)),
        bare("adjustment", Adjustment(group: "CO", reason: "45", amount: dollars("1"))),
        bare("remittance_line", RemittanceLine(procedure: "99213", charge: dollars("100"), paid: .zero)),
        bare("claim_remittance", bareClaimRemittance), bare("remittance", bareRemittance),
        bare(
            "provider_adjustment", Remittance.ProviderAdjustment(reason: "WO", reference: nil, amount: dollars("5"))),
        bare(
            "appeal",
            Appeal(
                identifier: "AP1", controlNumber: "V1-1", payerID: "MERID", payerClaimNumber: nil, level: 1,
                adjustment: "CO-50", amount: dollars("100"), letter: bareDocument)),
        bare("appeal_answer", AppealAnswer(identifier: "AP1", controlNumber: "V1-1", outcome: .overturned)),
        bare("authorization_item", bareItem),
        bare(
            "authorization_request",
            AuthorizationRequest(
                identifier: "Q1", orderNumber: "O1", payerID: "MERID", payerName: "Meridian", provider: World.group,
                ordering: nil, patient: World.tom, memberID: "M1", diagnoses: [], items: [], urgent: false)),
        bare("supporting_document", bareDocument),
        bare("authorization_item_answer", AuthorizationItemAnswer(sequence: 1, action: "A1")),
        bare("authorization_answer", AuthorizationAnswer(identifier: "Q1")),
        bare(
            "claim_acknowledgement",
            ClaimAcknowledgement(source: .implementation, controlNumber: "V1-1", outcome: .other, code: "P")),
    ]
}
