import HealthTypes
import X12

extension Review278: JSONView {
    public static let viewName = "Review278"

    public var members: ViewMembers {
        var members = ViewMembers()
        members.add("level", level)
        members.add("purpose", purpose.map { .string("\($0)") })
        members.add("answer", .bool(isAnswer))
        members.add("transaction_purpose", transactionPurpose)
        members.add("number", number)
        members.add("transaction_type", transactionType)
        members.add("reviewer", reviewer?.json)
        members.add("requester", requester?.json)
        members.add("subscriber", subscriber?.json)
        members.add("dependent", dependent?.json)
        members.add("rejections", rejections.map(\.json))
        members.add("event", event?.json)
        members.add("services", services.map(\.json))
        return members
    }
}

extension Review278.Service {
    var json: ViewText {
        var members = ViewMembers()
        members.add("category", category)
        members.add("certification_type", certificationType)
        members.add("service_type", serviceType)
        members.add("facility", facility)
        members.add("facility_qualifier", facilityQualifier)
        members.add("level_of_service", levelOfService)
        members.add("decision", decision?.json)
        members.add("traces", traces.map(\.json))
        members.add("references", references.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("diagnoses", diagnoses.map(\.json))
        members.add("revenue_code", revenueCode)
        members.add("procedure", procedure?.json)
        members.add("charge", amount: line, line?.id == "SV2" ? 3 : 2)
        members.add("quantity", quantity)
        members.add("delivery", delivery.map(\.json))
        members.add("messages", messages)
        members.add("rejections", rejections.map(\.json))
        members.add("parties", parties.map(\.json))
        let named: Set = ["HL", "UM", "HCR", "TRN", "REF", "DTP", "HI", "SV1", "SV2", "SV3", "HSD", "MSG", "AAA"]
        members.add("further_segments", loop.own.filter { !named.contains($0.id) }.map(\.json))
        return members.json
    }
}

extension ReviewDecision {
    var json: ViewText {
        var members = ViewMembers()
        members.add("action", action)
        members.add("number", number)
        members.add("reasons", reasons)
        members.add("second_opinion", secondOpinion)
        return members.json
    }
}
