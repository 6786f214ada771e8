import HealthTypes
public import X12

/// A claim as an 837 stated it, and where its own text lies.
public struct MappedClaim: Hashable, Sendable {
    public var claim: Claim
    /// From CLM to the segment before the next claim or level; positions in the transaction set, ST being 1.
    public var segments: Range<Int>
    /// The same in bytes of the input.
    public var bytes: Range<Int>
}

/// The 837 professional claim (005010X222A1), read and written.
///
/// Reading goes by the hierarchy of HL segments and not by a guide, so that 4010 claims (004010X098), institutional
/// (X223) and dental (X224) ones are read as far as they are alike. Whatever the model has no place for stays in the
/// claim's own text, whose range is returned with it.
public enum ProfessionalClaimMapping {
    /// Every claim of a transaction set. A claim that cannot be read does not stop the rest: it comes back in
    /// `unread` with its text, and the issues say why.
    public static func read(_ transaction: TransactionSet) -> MappingResult<[MappedClaim]> {
        var result = MappingResult<[MappedClaim]>([])
        guard transaction.id == "837" else {
            result.issues.append(MappingFault.notThisTransaction.issue(at: transaction.segments[0].location()))
            return result
        }
        var hierarchy = Hierarchy()
        let levels = Array(transaction.segments)[...].cut(before: ["HL"])
        // Claims before the first HL stand under nobody; they are read to be refused, and so not lost.
        readClaims(of: levels.head, in: hierarchy, guide: transaction.guide, into: &result)
        for level in levels.sections {
            hierarchy.enter(level, issues: &result.issues)
            readClaims(of: level.body, in: hierarchy, guide: transaction.guide, into: &result)
        }
        return result
    }

    private static func readClaims(
        of level: Segments, in hierarchy: Hierarchy, guide: String, into result: inout MappingResult<[MappedClaim]>
    ) {
        for section in level.cut(before: ["CLM"]).sections {
            let body = section.body.prefix { $0.id != "SE" }
            var reader = ClaimReader(
                header: section.header, body: body, hierarchy: hierarchy, guide: guide)
            if let claim = reader.read() {
                let last = body.last ?? section.header
                result.value.append(
                    MappedClaim(
                        claim: claim, segments: section.header.position..<(last.position + 1),
                        bytes: section.header.byteOffset..<(last.byteRange.upperBound + 1)))
            } else {
                result.unread.append(
                    UnreadText(
                        location: section.header.location(), controlNumber: section.header.text(1),
                        text: ([section.header] + body).keptText))
            }
            result.issues += reader.issues
        }
    }
}

/// Where in the hierarchy of an 837 a claim stands: its billing provider, its subscriber and, where the patient is
/// another person, its patient (X222A1 2000A, 2000B, 2000C).
struct Hierarchy {
    private var billings: [String: Section] = [:]
    private var subscribers: [String: Section] = [:]
    private var billing: Section?
    private var subscriber: Section?
    private var dependent: Section?

    mutating func enter(_ level: Section, issues: inout [Issue]) {
        let number = level.header[1]
        let parent = level.header[2]
        let parentIsKnown: Bool
        switch level.header[3] {
        case "20":
            billing = level
            subscriber = nil
            dependent = nil
            billings[number] = level
            return
        case "22":
            parentIsKnown = billings[parent] != nil
            billing = billings[parent] ?? billing
            subscriber = level
            dependent = nil
            subscribers[number] = level
        case "23":
            parentIsKnown = subscribers[parent] != nil
            subscriber = subscribers[parent] ?? subscriber
            dependent = level
        default: return
        }
        if !parentIsKnown {
            issues.append(MappingFault.hierarchyParent.issue(at: level.header.location(element: 2)))
        }
    }

    /// 2010AA, with the taxonomy of 2000A.
    var provider: Provider? {
        guard let (head, parties) = billing.map({ own($0).cut(before: ["NM1"]) }),
            let section = parties.first(where: { $0.header[1] == "85" }) ?? parties.first
        else { return nil }
        var provider = section.provider
        provider.taxonomy = head.first("PRV")?.text(3) ?? provider.taxonomy
        return provider
    }

    /// The payer to whom the claim goes, and the patient.
    func cover(issues: inout [Issue]) -> (coverage: Coverage, patient: Person)? {
        guard let (head, parties) = subscriber.map({ own($0).cut(before: ["NM1"]) }),
            let insured = parties.first(where: { $0.header[1] == "IL" })
        else { return nil }
        let payer = parties.first { $0.header[1] == "PR" }
        var person = insured.person
        person.deathDate = head.first("PAT")?.date(6)
        var patient = person
        var relationship = head.first("SBR")?.text(2) ?? "18"
        if let dependent {
            let (head, parties) = own(dependent).cut(before: ["NM1"])
            patient = parties.first { $0.header[1] == "QC" }?.person ?? Person(family: "", given: "")
            patient.deathDate = head.first("PAT")?.date(6)
            relationship = head.first("PAT")?.text(1) ?? ""
        }
        let coverage = Coverage(
            payerID: payer?.header[9] ?? "", payerName: payer?.header[3] ?? "", memberID: insured.header[9],
            subscriber: person
        ).stating(head.first("SBR"), relationship: relationship, issues: &issues)
        return (coverage, patient)
    }

    /// What stands in a level before its claims.
    private func own(_ level: Section) -> Segments { level.body.prefix { $0.id != "CLM" } }
}

extension Coverage {
    /// The cover with what an SBR says of it.
    func stating(_ segment: Segment?, relationship: String, issues: inout [Issue]) -> Coverage {
        var coverage = self
        coverage.relationship = relationship
        guard let segment else { return coverage }
        if let responsibility = Responsibility(rawValue: segment[1]) {
            coverage.responsibility = responsibility
        } else {
            coverage.responsibility = .tertiary
            issues.append(MappingFault.claimResponsibility.issue(at: segment.location(element: 1)))
        }
        coverage.groupNumber = segment.text(3)
        coverage.planName = segment.text(4)
        coverage.filingIndicator = segment[9] == "ZZ" ? nil : segment.text(9)
        return coverage
    }
}
