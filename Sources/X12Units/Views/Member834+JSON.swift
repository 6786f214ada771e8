import HealthTypes
import X12

extension Member834: JSONView {
    public static let viewName = "Member834"

    public var members: ViewMembers {
        var members = ViewMembers()
        members.add("file_number", fileNumber)
        members.add("file_purpose", filePurpose)
        members.add("file_action", fileAction)
        members.add("sponsor", sponsor?.json)
        members.add("payer", payer?.json)
        members.add("brokers", brokers.map(\.json))
        members.add("subscriber", .bool(isSubscriber))
        members.add("relationship", relationship)
        members.add("maintenance_type", maintenanceType)
        members.add("maintenance_reason", maintenanceReason)
        members.add("benefit_status", benefitStatus)
        members.add("medicare_plan", medicarePlan)
        members.add("medicare_reason", medicareReason)
        members.add("continuation_event", continuationEvent)
        members.add("employment_status", employmentStatus)
        members.add("student_status", studentStatus)
        members.add("disabled", isDisabled ? .bool(true) : nil)
        members.add("death_date", deathDate)
        members.add("member", member?.json)
        members.add("incorrect_member", incorrectMember?.json)
        members.add("mailing_address", mailingAddress?.json)
        members.add("related_parties", relatedParties.map(\.json))
        members.add("references", references.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("amounts", memberLoop?.amounts.map(\.json) ?? [])
        let named: Set = ["NM1", "PER", "N3", "N4", "DMG", "AMT"]
        members.add("further_segments", memberLoop?.own.filter { !named.contains($0.id) }.map(\.json) ?? [])
        members.add("disabilities", disabilities.map { .array($0.segments.map(\.json)) })
        members.add("coverages", coverages.map(\.json))
        members.add(
            "reporting_categories",
            reportingCategories.map {
                var category = ViewMembers()
                category.add("name", $0.name)
                category.add("references", $0.references.map(\.json))
                return category.json
            })
        return members
    }
}

extension Member834.Coverage {
    var json: ViewText {
        var members = ViewMembers()
        members.add("maintenance_type", maintenanceType)
        members.add("line", line)
        members.add("plan", plan)
        members.add("level", level)
        members.add("dates", dates.map(\.json))
        members.add("amounts", amounts.map(\.json))
        members.add("references", references.map(\.json))
        members.add("cards", cards.map(\.json))
        members.add("providers", providers.map(\.json))
        members.add("other_coverages", otherCoverages.map(\.json))
        return members.json
    }
}

extension Member834.OtherCoverage {
    var json: ViewText {
        var members = ViewMembers()
        members.add("sequence", sequence)
        members.add("policy_number", policyNumber)
        members.add("coordination", coordination)
        members.add("service_types", serviceTypes)
        members.add("references", references.map(\.json))
        members.add("dates", dates.map(\.json))
        members.add("parties", parties.map(\.json))
        return members.json
    }
}
