public import FHIR
public import HealthTypes

extension ChartMapping {
    /// A verified cover as a FHIR R4 Coverage, to be written back to the record.
    ///
    /// The status is what the answer says of the day of verification: `active`, `cancelled` where the cover is not
    /// active, and `draft` where the answer does not say. What the patient owes stands in `costToBeneficiary`, each
    /// benefit with its level, service types, period and network in `type.text`, since an amount without them
    /// misleads.
    ///
    /// - Parameter beneficiary: the patient's reference, such as `Patient/12`; left out, the patient is named by
    ///   member id.
    public static func coverageWriteBack(
        _ answer: EligibilityAnswer, _ coverage: Coverage, verifiedAt: Instant, beneficiary: String? = nil
    ) -> Resource {
        let memberID = answer.memberID ?? coverage.memberID
        let status: JSON =
            switch answer.status(on: verifiedAt.date) {
            case .active: "active"
            case .inactive: "cancelled"
            case .notFound, .unknown: "draft"
            }
        let begin = answer.planDates.first { ["346", "356", "291", "307"].contains($0.qualifier) }
        let end = answer.planDates.first { ["347", "357"].contains($0.qualifier) }
        let person = FHIRIdentifier(system: "urn:claimwright:member", value: memberID).json
        let payer = FHIRIdentifier(system: payerSystem, value: answer.payerID).json
        let costs = answer.benefits.compactMap(cost)
        return Resource(
            type: "Coverage",
            [
                "extension": [
                    [
                        "url": "urn:claimwright:verified-at", "valueInstant": .string(verifiedAt.description),
                    ]
                ],
                "status": status,
                "subscriberId": .string(memberID),
                "beneficiary": beneficiary.map(JSON.reference) ?? ["identifier": person],
                "period": period(begin?.from ?? coverage.from, end?.from ?? begin?.to ?? coverage.to),
                "payor": [["identifier": payer, "display": .string(answer.payerName)]],
                "class": classes(of: coverage),
                "costToBeneficiary": costs.isEmpty ? nil : .array(costs),
            ])
    }

    static func period(_ from: CalendarDate?, _ to: CalendarDate?) -> JSON? {
        guard from != nil || to != nil else { return nil }
        return .compact(["start": from.map { .string($0.description) }, "end": to.map { .string($0.description) }])
    }

    static func classes(of coverage: Coverage) -> JSON? {
        let system = CodeSystem(rawValue: "http://terminology.hl7.org/CodeSystem/coverage-class")
        var classes: [JSON] = []
        if let group = coverage.groupNumber {
            classes.append(["type": .concept(Code(system, "group")), "value": .string(group)])
        }
        if let plan = coverage.planName {
            classes.append(
                ["type": .concept(Code(system, "plan")), "value": .string(plan), "name": .string(plan)])
        }
        return classes.isEmpty ? nil : .array(classes)
    }

    /// EB01 A, B, C and G, in FHIR's names.
    private static let costTypes = ["A": "copaypct", "B": "copay", "C": "deductible", "G": "maxoutofpocket"]

    private static func cost(_ benefit: Benefit) -> JSON? {
        guard let type = costTypes[benefit.information] else { return nil }
        let money: JSON? = benefit.amount.map { ["value": .number($0.description), "currency": "USD"] }
        var share: JSON?
        if let percent = benefit.percent.flatMap({ Money($0) }) {
            // EB08 is a fraction: 0.2 is twenty percent, and its hundredths are whole percents.
            share = ["value": .number(String(percent.cents)), "unit": "%"]
        }
        guard money != nil || share != nil else { return nil }
        let parts: [(String, String?)] = [
            ("level", benefit.level), ("service", benefit.serviceTypes.joined(separator: " ")),
            ("period", benefit.period), ("network", benefit.inNetwork),
        ]
        let words = parts.compactMap { part in part.1.flatMap { $0.isEmpty ? nil : "\(part.0) \($0)" } }
        let system = CodeSystem(rawValue: "http://terminology.hl7.org/CodeSystem/coverage-copay-type")
        return .compact([
            "type": ["coding": [.coding(Code(system, type))], "text": .string(words.joined(separator: ", "))],
            "valueQuantity": money == nil ? share : nil,
            "valueMoney": money,
        ])
    }
}
