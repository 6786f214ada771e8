public import HealthTypes
public import X12

/// The eligibility inquiry (270) and its answer (271), 005010X279A1.
public enum EligibilityMapping {
    /// The guide that is written (ST03, GS08); functional groups are `HS` for inquiries and `HB` for answers.
    public static let guide = "005010X279A1"

    /// BHT03, by which an answer that carries no trace can be matched to the transaction set that asked.
    public static func reference(of transaction: TransactionSet) -> String {
        transaction.segments.first("BHT")?[3] ?? ""
    }

    private struct Parties: Hashable {
        var payerID: String
        var payerName: String
        var provider: Provider

        init(_ inquiry: EligibilityInquiry) {
            payerID = inquiry.payerID
            payerName = inquiry.payerName
            provider = inquiry.provider
        }
    }

    /// Writes inquiries, grouped by payer and provider, one subscriber level for each.
    public static func write270(
        _ inquiries: [EligibilityInquiry], reference: String, at: Instant
    ) -> TransactionWriter {
        var writer = TransactionWriter(id: "270", guide: guide)
        writer.addBeginning("0022", "13", reference: reference, at: at)
        for (parties, inquiries) in inquiries.grouped(by: Parties.init) {
            let payer = writer.addHierarchy(level: "20", parent: nil, hasChildren: true)
            writer.addName("PR", organization: parties.payerName, qualifier: "PI", id: parties.payerID)
            let provider = writer.addHierarchy(level: "21", parent: payer, hasChildren: true)
            writer.addName("1P", parties.provider)
            writer.addReference("TJ", parties.provider.taxID)
            writer.addAddress(parties.provider.address)
            writer.addTaxonomy("BI", of: parties.provider)
            for inquiry in inquiries { write(inquiry, under: provider, to: &writer) }
        }
        return writer
    }

    private static func write(
        _ inquiry: EligibilityInquiry, under parent: Int, to writer: inout TransactionWriter
    ) {
        let level = writer.addHierarchy(level: "22", parent: parent, hasChildren: inquiry.dependent != nil)
        if inquiry.dependent == nil {
            writer.add("TRN", "1", .text(inquiry.trace), .text(originator(inquiry.provider)))
        }
        writer.addName("IL", inquiry.subscriber, qualifier: "MI", id: inquiry.memberID)
        writer.addAddress(inquiry.subscriber.address)
        writer.addDemographics(inquiry.subscriber, unknownSex: "")
        if let dependent = inquiry.dependent {
            writer.addHierarchy(level: "23", parent: level, hasChildren: false)
            writer.add("TRN", "1", .text(inquiry.trace), .text(originator(inquiry.provider)))
            writer.addName("03", dependent)
            writer.addAddress(dependent.address)
            writer.addDemographics(dependent, unknownSex: "")
        }
        writer.addPeriod("291", inquiry.serviceDate)
        for type in inquiry.serviceTypes { writer.add("EQ", .text(type)) }
    }

    /// TRN03, ten characters: `1` and the employer's number, or `9` and what else tells the sender apart.
    static func originator(_ provider: Provider) -> String {
        if let taxID = provider.taxID, taxID.utf8.count == 9 { return "1" + taxID }
        return "9" + (provider.npi + "000000000").prefix(9)
    }

    /// Every inquiry of a 270: one for each dependent, and one for each subscriber that has none under it.
    public static func read270(_ transaction: TransactionSet) -> MappingResult<[EligibilityInquiry]> {
        var result = MappingResult<[EligibilityInquiry]>([])
        guard transaction.id == "270" else {
            result.issues.append(MappingFault.notThisTransaction.issue(at: transaction.segments[0].location()))
            return result
        }
        var levels = EligibilityLevels(transaction)
        while let leaf = levels.next() {
            let own = (leaf.dependent ?? leaf.subscriber).body
            let insured = leaf.subscriber.body.cut(before: ["NM1"]).sections.first
            let stated = own.first("DTP", "291")?.period?.from ?? own.first("DTP")?.period?.from
            if stated == nil { result.issues.append(MappingFault.inquiryDate.issue(at: leaf.location)) }
            guard let date = stated ?? transaction.segments.first("BHT")?.date(4) else {
                result.unread.append(
                    UnreadText(location: leaf.location, controlNumber: leaf.trace(ours: "1"), text: own.keptText))
                continue
            }
            result.value.append(
                EligibilityInquiry(
                    trace: leaf.trace(ours: "1") ?? "", payerID: leaf.payer?.header[9] ?? "",
                    payerName: leaf.payer?.header[3] ?? "",
                    provider: leaf.provider?.provider ?? Provider(npi: "", entity: .organization, name: ""),
                    memberID: insured?.header[9] ?? "", subscriber: insured?.person ?? Person(family: "", given: ""),
                    dependent: leaf.dependent?.body.cut(before: ["NM1"]).sections.first?.person, serviceDate: date,
                    serviceTypes: own.all("EQ").flatMap { $0.repetitions(1).compactMap(\.first) }))
        }
        return result
    }
}

/// The levels of a 270 or 271, walked patient by patient.
struct EligibilityLevels {
    /// One patient: a dependent, or a subscriber without dependents. An information source or receiver with nobody
    /// under it, because it was refused, is one too, so that the refusal is not lost.
    struct Leaf {
        var payer: Section?
        var provider: Section?
        /// 2000C; the source's or receiver's own level where nobody is under it.
        var subscriber: Section
        var dependent: Section?
        /// AAA of the levels above the patient, each with the loop it stands in.
        var refusals: [(loop: String, segment: Segment)]
        /// False for a level that was refused before any patient.
        var isPatient: Bool

        var location: Location { (dependent ?? subscriber).header.location() }

        /// TRN02: the one that carries our number (`1` in a 270, `2` in its echo), else the first there is.
        func trace(ours code: String) -> String? {
            for body in [dependent?.body, subscriber.body].compactMap({ $0 }) {
                if let segment = body.first("TRN", code) ?? body.first("TRN") { return segment.text(2) }
            }
            return nil
        }
    }

    private let sections: [Section]
    private var place = 0
    private var payer: Section?
    private var provider: Section?
    private var refusals: [(loop: String, segment: Segment)] = []
    private var receiverRefusals: [(loop: String, segment: Segment)] = []
    private var subscriber: Section?

    init(_ transaction: TransactionSet) {
        let segments = transaction.segments.filter { $0.id != "SE" }
        sections = segments[...].cut(before: ["HL"]).sections
    }

    mutating func next() -> Leaf? {
        while place < sections.count {
            let section = sections[place]
            let following = place + 1 < sections.count ? sections[place + 1].header[3] : ""
            place += 1
            switch section.header[3] {
            case "20":
                (payer, refusals) = Self.named(section, loops: ("2000A", "2100A"))
                provider = nil
                receiverRefusals = []
                if !["21", "22", "23"].contains(following) { return leaf(section, isPatient: false) }
            case "21":
                (provider, receiverRefusals) = Self.named(section, loops: ("2000B", "2100B"))
                if !["22", "23"].contains(following) { return leaf(section, isPatient: false) }
            case "22":
                subscriber = section
                let hasOwnAnswer = !section.body.all("EB").isEmpty || !section.body.all("AAA").isEmpty
                if following != "23" || hasOwnAnswer { return leaf(section, isPatient: true) }
            case "23":
                var leaf = leaf(subscriber ?? section, isPatient: true)
                leaf.dependent = section
                return leaf
            default: break
            }
        }
        return nil
    }

    private func leaf(_ section: Section, isPatient: Bool) -> Leaf {
        Leaf(
            payer: payer, provider: provider, subscriber: section, refusals: refusals + receiverRefusals,
            isPatient: isPatient)
    }

    /// The party of a level, and its refusals: those before NM1 are of the level, those after it of the party.
    private static func named(
        _ section: Section, loops: (level: String, party: String)
    ) -> (Section?, [(loop: String, segment: Segment)]) {
        let (head, parties) = section.body.cut(before: ["NM1"])
        let refusals =
            head.all("AAA").map { (loop: loops.level, segment: $0) }
            + parties.flatMap { $0.body.all("AAA") }.map { (loop: loops.party, segment: $0) }
        return (parties.first, refusals)
    }
}
