import HealthTypes
import X12

extension Claim837: JSONView {
    public static let viewName = "Claim837"
    private static let named = SegmentNames("CLM", "DTP", "AMT", "REF", "NTE", "PWK", "HI")
    private static let namedOfLine = SegmentNames(
        "LX", "SV1", "SV2", "SV3", "DTP", "REF", "AMT", "QTY", "NTE", "PWK")

    public var members: ViewMembers {
        let claim = unit.root
        var members = ViewMembers()
        if let beginning = unit.first("ST", "BHT") {
            members.add("batch_number", beginning[3])
            members.add("batch_purpose", beginning[2])
            members.add("claim_or_encounter", beginning[6])
        }
        members.add("kind", kind.rawValue)
        addHead(&members, claim.first)
        members.add("payer_sequence", payerSequence)
        members.add("filing_indicator", filingIndicator)
        addParties(&members)
        members.add("providers", providers.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("amounts", amounts.map(\.json))
        members.add("references", references.map(\.json))
        members.add("notes", claim.all("NTE").map(Self.note))
        members.add("attachments", claim.all("PWK").map(Self.attachment))
        members.add("health_codes", claim.all("HI").flatMap(Self.codes))
        members.add("other_payers", otherPayers.map(\.json))
        members.add("further_segments", claim.further(except: Self.named).map(\.json))
        members.add("lines", claim.loops("2400").map { Self.line($0) })
        return members
    }

    private func addHead(_ members: inout ViewMembers, _ claim: UnitSegment) {
        members.add("control_number", controlNumber)
        members.add("charge", amount: claim, 2)
        members.add("facility", claim[5, 1])
        members.add("facility_qualifier", claim[5, 2])
        members.add("frequency", claim[5, 3])
        members.add("provider_signature", claim[6])
        members.add("accepts_assignment", claim[7])
        members.add("benefits_assigned", claim[8])
        members.add("release_of_information", claim[9])
        members.add("patient_signature", claim[10])
        members.add("related_causes", (1...3).map { claim[11, $0] }.filter { !$0.isEmpty })
        members.add("accident_state", claim[11, 4])
        members.add("special_program", claim[12])
        members.add("delay_reason", claim[20])
    }

    private func addParties(_ members: inout ViewMembers) {
        members.add("submitter", submitter?.json)
        members.add("receiver", receiver?.json)
        // The taxonomy code stands at the provider's level, outside of the loop of the name.
        var billing = billingProvider
        if billing?.taxonomy == "" { billing?.taxonomy = unit.first("2000A", "PRV", "BI")?[3] ?? "" }
        members.add("billing_provider", billing?.json)
        members.add("pay_to_address", Party(unit, "2010AB")?.json)
        members.add("pay_to_plan", Party(unit, "2010AC")?.json)
        members.add("subscriber", subscriber?.json)
        if let segment = unit.first("2000B", "SBR") {
            members.add("subscriber_relationship", segment[2])
            members.add("group_number", segment[3])
            members.add("group_name", segment[4])
        }
        members.add("payer", payer?.json)
        members.add("patient", dependent?.json)
        members.add("patient_relationship", unit.first("2000C", "PAT")?[1] ?? "")
        members.add("patient_information", (unit.first("2000C", "PAT") ?? unit.first("2000B", "PAT"))?.json)
    }

    private static func note(_ segment: UnitSegment) -> ViewText {
        var members = ViewMembers()
        members.add("qualifier", segment[1])
        members.add("text", segment[2])
        return members.json
    }

    private static func attachment(_ segment: UnitSegment) -> ViewText {
        var members = ViewMembers()
        members.add("type", segment[1])
        members.add("transmission", segment[2])
        members.add("control_number", segment[6])
        members.add("description", segment[7])
        return members.json
    }

    /// The composites of an HI: a code, and what a code of its kind has with it.
    private static func codes(_ segment: UnitSegment) -> [ViewText] {
        (1...max(segment.elementCount, 1)).filter { !segment.isEmpty($0) }.map { element in
            var members = ViewMembers()
            members.add("qualifier", segment[element, 1])
            members.add("code", segment[element, 2])
            members.add("date", segment[element, 4])
            members.add("amount", segment[element, 5])
            members.add("quantity", segment[element, 6])
            members.add("present_on_admission", segment[element, 9])
            return members.json
        }
    }

    // MARK: Lines

    private static let services: Set = ["SV1", "SV2", "SV3"]

    private static func line(_ line: UnitLoop) -> ViewText {
        var members = ViewMembers()
        members.add("number", line.first[1])
        if let service = line.own.first(where: { services.contains($0.id) }) { addService(&members, service) }
        members.add("dates", line.dates.map(\.json))
        members.add("references", line.references.map(\.json))
        members.add("amounts", line.amounts.map(\.json))
        members.add("quantities", line.quantities.map(\.json))
        members.add("notes", line.all("NTE").map(note))
        members.add("attachments", line.all("PWK").map(attachment))
        members.add("drug", line.loops("2410").first.map(drug))
        members.add("providers", line.loops(startingWith: "2420").compactMap { Party($0)?.json })
        members.add("decisions", line.loops("2430").map { decision(Line.Decision(loop: $0)) })
        members.add("further_segments", line.further(except: Self.namedOfLine).map(\.json))
        return members.json
    }

    private static func addService(_ members: inout ViewMembers, _ service: UnitSegment) {
        switch service.id {
        case "SV1":
            members.add("procedure", ProcedureCode(service, 1)?.json)
            members.add("charge", amount: service, 2)
            members.add("unit", service[3])
            members.add("units", service[4])
            members.add("place_of_service", service[5])
            members.add("diagnosis_pointers", (1...4).map { service[7, $0] }.filter { !$0.isEmpty })
            members.add("emergency", service[9])
        case "SV2":
            members.add("revenue_code", service[1])
            members.add("procedure", ProcedureCode(service, 2)?.json)
            members.add("charge", amount: service, 3)
            members.add("unit", service[4])
            members.add("units", service[5])
            members.add("not_covered", amount: service, 7)
        default:
            members.add("procedure", ProcedureCode(service, 1)?.json)
            members.add("charge", amount: service, 2)
            members.add("place_of_service", service[3])
            members.add("oral_cavity", (1...5).map { service[4, $0] }.filter { !$0.isEmpty })
            members.add("units", service[6])
            members.add("diagnosis_pointers", (1...4).map { service[11, $0] }.filter { !$0.isEmpty })
        }
    }

    /// LIN and CTP of 2410.
    private static func drug(_ loop: UnitLoop) -> ViewText {
        var members = ViewMembers()
        members.add("qualifier", loop.first[2])
        members.add("code", loop.first[3])
        if let amount = loop.first("CTP") {
            members.add("quantity", amount[4])
            members.add("unit", amount[5, 1])
        }
        members.add("references", loop.references.map(\.json))
        return members.json
    }

    private static func decision(_ decision: Line.Decision) -> ViewText {
        var members = ViewMembers()
        members.add("payer", decision.payerID)
        members.add("paid", amount: decision.loop.first, 2)
        members.add("procedure", decision.procedure?.json)
        members.add("revenue_code", decision.revenueCode)
        members.add("units", decision.units)
        members.add("adjustments", decision.adjustments.map(\.json))
        members.add("date", decision.date)
        members.add("amounts", decision.loop.amounts.map(\.json))
        return members.json
    }
}

extension Claim837.OtherPayer {
    var json: ViewText {
        var members = ViewMembers()
        members.add("sequence", sequence)
        members.add("relationship", relationship)
        members.add("group_number", groupNumber)
        members.add("filing_indicator", filingIndicator)
        members.add("paid", amount: loop.first("AMT", "D"), 2)
        members.add("adjustments", adjustments.map(\.json))
        members.add("remark_codes", remarkCodes)
        members.add("amounts", loop.amounts.map(\.json))
        members.add("subscriber", subscriber?.json)
        members.add("payer", payer?.json)
        members.add("decision_date", decisionDate)
        let payers: Set = ["2330A", "2330B"]
        members.add(
            "providers",
            loop.loops(startingWith: "2330").filter { !payers.contains($0.id) }.compactMap { Party($0)?.json })
        let named: Set = ["SBR", "CAS", "AMT"]
        members.add("further_segments", loop.own.filter { !named.contains($0.id) }.map(\.json))
        return members.json
    }
}
