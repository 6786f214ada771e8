import HealthTypes
import X12

extension EligibilityResponse271: JSONView {
    public static let viewName = "EligibilityResponse271"

    public var members: ViewMembers {
        var members = ViewMembers()
        members.add("level", level.rawValue)
        members.add("inquiry_number", inquiryNumber)
        members.add("source", source?.json)
        members.add("receiver", receiver?.json)
        members.add("subscriber", subscriber?.json)
        members.add("dependent", dependent?.json)
        members.add("relationship", relationship)
        members.add("traces", traces.map(\.json))
        members.add("rejections", rejections.map(\.json))
        members.add("dates", dates.map(\.json))
        if level.isPerson {
            members.add("health_codes", unit.root.all("HI").map(\.json))
            members.add("military", unit.root.all("MPI").map(\.json))
        }
        members.add("active", isActive().map { .bool($0) })
        members.add("benefits", benefits.map(\.json))
        return members
    }
}

extension EligibilityResponse271.Benefit {
    var json: ViewText {
        var members = ViewMembers()
        members.add("information", loop.first[1])
        members.add("service_types", serviceTypes)
        members.add("level", coverageLevel)
        members.add("network", network)
        members.add("period", period)
        members.add("insurance_type", insuranceType)
        members.add("plan", plan)
        members.add("amount", amount: loop.first, 7)
        members.add("share", share)
        members.add("quantity_qualifier", quantityQualifier)
        members.add("quantity", quantity)
        members.add("authorization", authorization)
        members.add("procedure", procedure?.json)
        members.add("delivery", delivery.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("references", references.map(\.json))
        members.add("rejections", rejections.map(\.json))
        members.add("messages", messages)
        members.add("conditions", conditions.map(\.json))
        members.add("entities", entities.map(\.json))
        return members.json
    }
}
