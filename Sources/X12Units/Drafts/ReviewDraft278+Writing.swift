import HealthTypes
import X12

extension ReviewDraft278: WritableUnit {
    static var set: StaticString { "278" }
    static var functionalID: String { "HI" }
    static var standsAlone: Bool { true }
    var guide: String { "005010X217" }
    var heading: InquiryBatch { batch }
    var size: Int { 0 }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) { batch.write(&pen, "0007", frame) }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        hierarchy.open(0, "20", leads: requester != nil, &pen) { pen in
            pen.loop = "2000A"
            pen.write(rejections)
            pen.write(reviewer, .inquiry, in: "2010A")
        }
        guard let requester else { return }
        hierarchy.open(1, "21", leads: subscriber != nil, &pen) { $0.write(requester, .inquiry, in: "2010B") }
        guard let subscriber else { return }
        hierarchy.open(2, "22", leads: dependent != nil || event != nil, &pen) { pen in
            pen.write(subscriber, .inquiry, in: "2010C")
        }
        if let dependent {
            hierarchy.open(3, "23", leads: event != nil, &pen) { pen in
                pen.write(dependent, .inquiry, in: "2010D")
            }
        }
        guard let event else { return }
        let depth = dependent == nil ? 3 : 4
        hierarchy.open(depth, "EV", leads: !services.isEmpty, alone: true, &pen) { event.write(&$0, in: "2000E") }
        for service in services {
            hierarchy.open(depth + 1, "SS", leads: false, alone: true, &pen) { service.write(&$0, in: "2000F") }
        }
    }
}

extension ReviewDraft278.Service {
    /// The segments of one level in their order; those without a name of their own are put among them.
    func write(_ pen: inout SegmentPen, in loop: StaticString) {
        pen.loop = loop
        pen.write(traces)
        pen.write(rejections)
        writeReview(&pen)
        if let decision {
            pen.begin("HCR")
            pen.add(decision.action)
            pen.add(decision.number)
            pen.add(repetitions: decision.reasons)
            pen.add(decision.secondOpinion)
            pen.end()
        }
        pen.write(references)
        pen.write(dates)
        pen.write(codes)
        line?.write(&pen)
        for id in Self.order { pen.write(id, of: additional) }
        pen.write(additional, except: Self.placed)
        pen.writeMessages(messages)
        for party in parties { pen.write(party, .inquiry, in: "2010E") }
    }

    private static let order: [StaticString] = [
        "SV1", "SV2", "SV3", "TOO", "HSD", "CRC", "CL1", "CR1", "CR2", "CR5", "CR6",
    ]
    private static let placed = Set(order.map(\.description)).union(["UM"])

    private func writeReview(_ pen: inout SegmentPen) {
        if additional.contains(where: { $0.id == "UM" }) { return pen.write("UM", of: additional) }
        guard !category.isEmpty else { return }
        pen.begin("UM")
        pen.add(category)
        pen.add(certificationType)
        pen.add(serviceType)
        pen.add(components: [facility, facilityQualifier])
        pen.addEmpty()
        pen.add(levelOfService)
        pen.end()
    }
}

extension ReviewDraft278.Line {
    fileprivate func write(_ pen: inout SegmentPen) {
        switch kind {
        case .professional:
            pen.begin("SV1")
            pen.add(procedure)
            pen.add(charge)
            pen.add(unit)
            pen.add(quantity)
            pen.addEmpty(2)
            writePointers(&pen)
        case .institutional:
            pen.begin("SV2")
            pen.add(revenueCode)
            pen.add(procedure)
            pen.add(charge)
            pen.add(unit)
            pen.add(quantity)
        case .dental:
            pen.begin("SV3")
            pen.add(procedure)
            pen.add(charge)
            pen.addEmpty(3)
            pen.add(quantity)
        }
        pen.end()
    }

    private func writePointers(_ pen: inout SegmentPen) {
        guard let first = pointers.first else { return }
        pen.add(first)
        for pointer in pointers.dropFirst() { pen.component(pointer) }
    }
}

extension ReviewDraft278 {
    /// A request or a response (005010X217) as it was read. Nil for the inquiry and the notification, and where there is no
    /// reviewer.
    public init?(_ review: Review278) {
        let unit = review.unit
        guard unit.guideID.hasPrefix("005010X217"), let batch = InquiryBatch(unit),
            let reviewer = unit.draftParty("2010A")
        else { return nil }
        self.init(
            batch: batch, reviewer: reviewer, rejections: unit.all("2000A", "AAA").map { Rejection($0).placeless },
            requester: unit.draftParty("2010B"),
            subscriber: unit.draftParty("2010C"), dependent: unit.draftParty("2010D"),
            event: review.event.map { Service($0.loop) },
            services: review.services.map { Service($0.loop) })
    }
}

extension ReviewDraft278.Service {
    init(_ loop: UnitLoop) {
        let review = loop.first("UM")
        let isWhole = (7...10).contains { review?.isEmpty($0) == false } || review?.isEmpty(5) == false
        let service = Review278.Service(loop: loop)
        var named: Set = ["HL", "TRN", "AAA", "HCR", "REF", "DTP", "HI", "MSG"]
        if !isWhole { named.insert("UM") }
        let prefix = loop.id == "2000F" ? "2010F" : "2010E"
        self.init(
            traces: service.traces, rejections: service.rejections.map(\.placeless), category: service.category,
            certificationType: service.certificationType, serviceType: service.serviceType,
            facility: service.facility, facilityQualifier: service.facilityQualifier,
            levelOfService: service.levelOfService, decision: service.decision, references: loop.plainReferences,
            dates: service.dates, codes: loop.all("HI").flatMap(ClaimDraft837.HealthCode.all),
            messages: service.messages,
            parties: loop.loops(startingWith: prefix).compactMap { Party(drafting: $0) },
            // The line is kept as it stands: a review's SV1 has members that ours does not name.
            additional: loop.additional(except: named))
    }
}
