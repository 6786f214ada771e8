import HealthTypes
import X12
public import X12Units

/// The eligibility inquiry (270) and its answer (271), 005010X279A1.
public enum EligibilityMapping {
    /// What one person is asked about. Nil where neither the inquiry nor its transaction states a date.
    public static func read(_ view: EligibilityInquiry270) -> MappingResult<EligibilityInquiry?> {
        var result = MappingResult<EligibilityInquiry?>(nil)
        let root = view.unit.root
        let stated = root.first("DTP", "291")?.period?.from ?? root.first("DTP")?.period?.from
        guard let date = stated ?? view.unit.first("ST", "BHT")?.date(4) else {
            result.issues.append(MappingFault.inquiryUnreadable.issue(at: root.first.location()))
            return result
        }
        if stated == nil { result.issues.append(MappingFault.inquiryDate.issue(at: root.first.location())) }
        result.value = EligibilityInquiry(
            trace: trace(in: view.traces, of: view.unit, ours: "1"),
            payerID: view.source?.identifier.withoutFilling ?? "", payerName: view.source?.name ?? "",
            provider: view.receiver.map(Provider.init) ?? Provider(npi: "", entity: .organization, name: ""),
            memberID: view.memberID.withoutFilling,
            subscriber: view.subscriber.map(Person.init) ?? Person(family: "", given: ""),
            dependent: view.isDependent ? view.dependent.map(Person.init) : nil, serviceDate: date,
            serviceTypes: view.questions.flatMap(\.serviceTypes))
        return result
    }

    /// TRN02 of the person's level: the one that carries our number (`1` in a 270, `2` in its echo), else the first.
    private static func trace(in traces: [Trace], of unit: X12Unit, ours kind: String) -> String {
        let all = traces.isEmpty ? unit.all("2000C", "TRN").map { ($0[1], $0[2]) } : traces.map { ($0.kind, $0.number) }
        return ((all.first { $0.0 == kind } ?? all.first)?.1 ?? "").withoutFilling
    }

    /// What a 271 says of one person, whatever codes it uses, or of a level that was refused before any person. Codes
    /// that we do not know are kept as they came.
    public static func read(_ view: EligibilityResponse271) -> MappingResult<EligibilityAnswer> {
        var issues: [Issue] = []
        let unit = view.unit
        var answer = EligibilityAnswer(
            trace: trace(in: view.traces, of: unit, ours: "2"), payerID: view.source?.identifier.withoutFilling ?? "",
            payerName: view.source?.name ?? "")
        if answer.trace.isEmpty { issues.append(MappingFault.traceAbsent.issue(at: unit.root.first.location())) }
        // What was refused of the subscriber is an answer of its own.
        let isDependent = view.level == .dependent
        answer.rejections = view.rejections.filter { !isDependent || !["2000C", "2100C", "2110C"].contains($0.loop) }
            .map { EligibilityRejection(loop: $0.loop, reason: $0.reason, followUp: $0.followUp) }
        guard view.level == .subscriber || isDependent else { return MappingResult(answer, issues: issues) }
        answer.subscriber = view.subscriber.map(Person.init)
        answer.memberID = view.memberID.withoutFilling.stated
        if isDependent {
            // The plan's dates may stand with the subscriber while the dependent's own are fewer.
            answer.planDates = unit.loops("2100C").first?.periods(issues: &issues) ?? []
            answer.dependent = view.dependent.map(Person.init)
            answer.memberID = answer.memberID ?? view.dependent?.identifier.withoutFilling.stated
        }
        answer.planDates += unit.root.periods(issues: &issues)
        answer.benefits = view.benefits.map { read($0, issues: &issues) }
        return MappingResult(answer, issues: issues)
    }

    /// Entity codes of other payers in 2120; any other entity is taken only where none of these stands.
    private static let payerCodes: Set<String> = ["PR", "PRP", "SEP", "TTP", "P5"]

    /// One EB and what hangs on it.
    private static func read(_ view: EligibilityResponse271.Benefit, issues: inout [Issue]) -> Benefit {
        let segment = view.loop.first
        var benefit = Benefit(information: segment[1])
        benefit.level = segment.stated(2)
        benefit.serviceTypes = view.serviceTypes
        benefit.insuranceType = segment.stated(4)
        benefit.plan = segment.stated(5)
        benefit.period = segment.stated(6)
        benefit.amount = view.amount
        if !segment.isEmpty(7), benefit.amount == nil {
            issues.append(MappingFault.amountUnreadable.issue(at: segment.location(element: 7)))
        }
        benefit.percent = segment.stated(8)
        benefit.quantityQualifier = segment.stated(9)
        benefit.quantity = segment.stated(10)
        benefit.authorizationRequired = segment.stated(11)
        benefit.inNetwork = segment.stated(12)
        benefit.procedure = segment.stated(13, 2)
        benefit.messages = view.messages.filter { !$0.isEmpty }
        benefit.dates = view.loop.periods(issues: &issues)
        benefit.relatedMemberID = view.loop.segments.first { $0.id == "REF" && $0.has(1, "1W") }?.stated(2)
        let entities = view.entities
        if let party = entities.first(where: { payerCodes.contains($0.role) }) ?? entities.first {
            benefit.relatedPayer = [party.firstName, party.name].filter { !$0.isEmpty }.joined(separator: " ")
            benefit.relatedPayerID = party.identifier.withoutFilling.stated
        }
        return benefit
    }
}

/// Reads the answers of one 271 after the other: a level above persons that was refused is an answer only where no
/// person under it was answered, as their answers hold its refusals.
struct EligibilityAnswerReader {
    private var lastAnswer = -1

    /// Nil where the level has been answered for by what stands in it.
    mutating func read(_ view: EligibilityResponse271) -> MappingResult<EligibilityAnswer>? {
        let isLevel = view.level == .source || view.level == .receiver
        if isLevel, lastAnswer > view.unit.byteOffset { return nil }
        lastAnswer = view.unit.byteOffset
        return EligibilityMapping.read(view)
    }
}
