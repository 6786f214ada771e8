/// What ``FHIRValidator`` knows of R4 (4.0.1), as a table: `path cardinality kind [codes]`.
enum FHIRTable {
    enum Kind: String {
        case any, object, choice, boolean, positive, string, code, concept, reference, date, dateTime, instant
    }

    struct Rule: Sendable {
        /// The whole path, such as `Claim.item.sequence`.
        let name: String
        let parents: [String]
        let member: String
        let isRequired: Bool
        let isList: Bool
        let kind: Kind
        let codes: Set<String>

        init(line: Substring) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3, let kind = Kind(rawValue: words[2]) else {
                preconditionFailure("a line of the table is a path, a cardinality and a kind")
            }
            let steps = words[0].split(separator: ".").map(String.init)
            name = words[0]
            parents = Array(steps.dropFirst().dropLast())
            member = steps[steps.count - 1]
            isRequired = words[1].hasPrefix("1")
            isList = words[1].hasSuffix("*")
            self.kind = kind
            codes = Set(words.dropFirst(3))
        }
    }

    /// By type of resource.
    static let rules: [String: [Rule]] = Dictionary(
        grouping: text.split(separator: "\n").map(Rule.init),
        by: { String($0.name.prefix { $0 != "." }) })

    private static let text = """
        Appointment.status 1..1 code proposed pending booked arrived fulfilled cancelled noshow entered-in-error \
        checked-in waitlist
        Appointment.start 0..1 instant
        Appointment.end 0..1 instant
        Appointment.participant 1..* object
        Appointment.participant.status 1..1 code accepted declined tentative needs-action
        Bundle.type 1..1 code document message transaction transaction-response batch batch-response history \
        searchset collection
        Bundle.timestamp 0..1 instant
        Bundle.entry 0..* object
        Claim.identifier 0..* object
        Claim.status 1..1 code active cancelled draft entered-in-error
        Claim.type 1..1 concept
        Claim.use 1..1 code claim preauthorization predetermination
        Claim.patient 1..1 reference
        Claim.created 1..1 dateTime
        Claim.insurer 0..1 reference
        Claim.provider 1..1 reference
        Claim.priority 1..1 concept
        Claim.careTeam 0..* object
        Claim.careTeam.sequence 1..1 positive
        Claim.careTeam.provider 1..1 reference
        Claim.supportingInfo 0..* object
        Claim.supportingInfo.sequence 1..1 positive
        Claim.supportingInfo.category 1..1 concept
        Claim.supportingInfo.timing 0..1 choice
        Claim.supportingInfo.value 0..1 choice
        Claim.diagnosis 0..* object
        Claim.diagnosis.sequence 1..1 positive
        Claim.diagnosis.diagnosis 1..1 choice
        Claim.insurance 1..* object
        Claim.insurance.sequence 1..1 positive
        Claim.insurance.focal 1..1 boolean
        Claim.insurance.coverage 1..1 reference
        Claim.item 0..* object
        Claim.item.sequence 1..1 positive
        Claim.item.productOrService 1..1 concept
        Claim.item.serviced 0..1 choice
        Claim.item.servicedDate 0..1 date
        Claim.item.location 0..1 choice
        Claim.item.quantity 0..1 object
        ClaimResponse.status 1..1 code active cancelled draft entered-in-error
        ClaimResponse.type 1..1 concept
        ClaimResponse.use 1..1 code claim preauthorization predetermination
        ClaimResponse.patient 1..1 reference
        ClaimResponse.created 1..1 dateTime
        ClaimResponse.insurer 1..1 reference
        ClaimResponse.outcome 1..1 code queued complete error partial
        ClaimResponse.item 0..* object
        ClaimResponse.item.itemSequence 1..1 positive
        ClaimResponse.item.adjudication 1..* object
        ClaimResponse.item.adjudication.category 1..1 concept
        ClaimResponse.addItem 0..* object
        ClaimResponse.addItem.productOrService 1..1 concept
        ClaimResponse.addItem.adjudication 1..* object
        ClaimResponse.processNote 0..* object
        ClaimResponse.processNote.text 1..1 string
        ClaimResponse.error 0..* object
        ClaimResponse.error.code 1..1 concept
        Condition.clinicalStatus 0..1 concept
        Condition.code 0..1 concept
        Condition.subject 1..1 reference
        Condition.onset 0..1 choice
        Condition.recordedDate 0..1 dateTime
        Coverage.status 1..1 code active cancelled draft entered-in-error
        Coverage.beneficiary 1..1 reference
        Coverage.payor 1..* reference
        Coverage.class 0..* object
        Coverage.class.type 1..1 concept
        Coverage.class.value 1..1 string
        DocumentReference.status 1..1 code current superseded entered-in-error
        DocumentReference.docStatus 0..1 code preliminary final amended entered-in-error
        DocumentReference.type 0..1 concept
        DocumentReference.date 0..1 instant
        DocumentReference.content 1..* object
        DocumentReference.content.attachment 1..1 object
        Encounter.status 1..1 code planned arrived triaged in-progress onleave finished cancelled entered-in-error \
        unknown
        Encounter.class 1..1 object
        Encounter.period 0..1 object
        Encounter.period.start 0..1 dateTime
        Encounter.period.end 0..1 dateTime
        MedicationRequest.status 1..1 code active on-hold cancelled completed entered-in-error stopped draft unknown
        MedicationRequest.intent 1..1 code proposal plan order original-order reflex-order filler-order \
        instance-order option
        MedicationRequest.medication 1..1 choice
        MedicationRequest.subject 1..1 reference
        MedicationRequest.authoredOn 0..1 dateTime
        Observation.status 1..1 code registered preliminary final amended corrected cancelled entered-in-error \
        unknown
        Observation.code 1..1 concept
        Observation.effective 0..1 choice
        Observation.effectiveDateTime 0..1 dateTime
        Observation.value 0..1 choice
        Organization.identifier 0..* object
        Organization.active 0..1 boolean
        Organization.type 0..* concept
        Organization.name 0..1 string
        Patient.identifier 0..* object
        Patient.name 0..* object
        Patient.name.family 0..1 string
        Patient.name.given 0..* string
        Patient.gender 0..1 code male female other unknown
        Patient.birthDate 0..1 date
        Practitioner.identifier 0..* object
        Practitioner.name 0..* object
        Practitioner.gender 0..1 code male female other unknown
        Procedure.status 1..1 code preparation in-progress not-done on-hold stopped completed entered-in-error unknown
        Procedure.subject 1..1 reference
        Procedure.performed 0..1 choice
        Procedure.performedDateTime 0..1 dateTime
        ServiceRequest.status 1..1 code draft active on-hold revoked completed entered-in-error unknown
        ServiceRequest.intent 1..1 code proposal plan directive order original-order reflex-order filler-order \
        instance-order option
        ServiceRequest.priority 0..1 code routine urgent asap stat
        ServiceRequest.subject 1..1 reference
        ServiceRequest.authoredOn 0..1 dateTime
        Task.status 1..1 code draft requested received accepted rejected ready cancelled in-progress on-hold failed \
        completed entered-in-error
        Task.intent 1..1 code unknown proposal plan order original-order reflex-order filler-order instance-order \
        option
        Task.authoredOn 0..1 dateTime
        """
}
