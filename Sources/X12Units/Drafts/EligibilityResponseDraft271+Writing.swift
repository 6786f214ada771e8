import HealthTypes
import X12

extension EligibilityResponseDraft271: WritableUnit {
    static var set: StaticString { "271" }
    static var functionalID: String { "HB" }
    var guide: String { "005010X279A1" }
    var heading: InquiryBatch { batch }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) { batch.write(&pen, "0022", frame) }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        hierarchy.open(0, "20", leads: receiver != nil, alone: receiver == nil, &pen) { pen in
            pen.loop = "2000A"
            pen.write(rejections)
            pen.write(source, .inquiry, in: "2100A")
        }
        guard let receiver else { return }
        hierarchy.open(1, "21", leads: subscriber != nil, alone: subscriber == nil, &pen) {
            $0.write(receiver, .inquiry, in: "2100B")
        }
        guard let subscriber else { return }
        hierarchy.open(2, "22", leads: dependent != nil, alone: dependent == nil, &pen) { pen in
            if dependent == nil { pen.write(traces) }
            pen.write(subscriber, .inquiry, in: "2100C")
            if dependent == nil { writePerson(&pen) }
        }
        guard let dependent else { return }
        hierarchy.open(3, "23", leads: false, alone: true, &pen) { pen in
            pen.write(traces)
            pen.write(dependent, .inquiry, in: "2100D")
            writePerson(&pen)
        }
    }

    private func writePerson(_ pen: inout SegmentPen) {
        if !relationship.isEmpty {
            pen.begin("INS")
            if dependent == nil { pen.add("Y") } else { pen.add("N") }
            pen.add(relationship)
            pen.add(maintenanceType)
            pen.add(maintenanceReason)
            pen.addEmpty(12)
            pen.add(birthSequence)
            pen.end()
        }
        pen.write(codes)
        pen.write(dates)
        pen.write(additional)
        for benefit in benefits { benefit.write(&pen) }
    }
}

extension EligibilityResponseDraft271.Benefit {
    func write(_ pen: inout SegmentPen) {
        pen.loop = "2110"
        pen.begin("EB")
        pen.add(information)
        pen.add(coverageLevel)
        pen.add(repetitions: serviceTypes)
        for text in [insuranceType, plan, period] { pen.add(text) }
        pen.add(amount)
        for text in [share, quantityQualifier, quantity, authorization, network] { pen.add(text) }
        pen.add(procedure)
        pen.add(components: pointers)
        pen.end()
        for segment in delivery { pen.write(segment) }
        pen.write(references)
        pen.write(dates)
        pen.write(rejections)
        pen.writeMessages(messages)
        for segment in conditions { pen.write(segment) }
        guard !entities.isEmpty else { return }
        pen.begin("LS")
        pen.add("2120")
        pen.end()
        for entity in entities { pen.write(entity, .inquiry, in: "2120") }
        pen.loop = "2110"
        pen.begin("LE")
        pen.add("2120")
        pen.end()
    }
}

extension EligibilityResponseDraft271 {
    /// An answer as it was read. Nil where it lacks its source.
    public init?(_ response: EligibilityResponse271) {
        let unit = response.unit
        let named: Set = ["INS", "HI", "DTP", "MPI"]
        guard let batch = InquiryBatch(unit), let source = unit.draftParty("2100A") else { return nil }
        let level = response.level
        let person = level.isPerson ? unit.root : nil
        let insured = person?.first("INS")
        self.init(
            batch: batch, source: source, rejections: unit.all("2000A", "AAA").map { Rejection($0).placeless },
            receiver: level == .source ? nil : unit.draftParty("2100B"),
            subscriber: level.isPerson ? Party(drafting: unit.loops("2100C").first, except: named) : nil,
            dependent: level == .dependent ? Party(drafting: unit.loops("2100D").first, except: named) : nil,
            traces: response.traces, relationship: response.relationship, maintenanceType: insured?[3] ?? "",
            maintenanceReason: insured?[4] ?? "", birthSequence: insured?[17] ?? "",
            codes: person?.all("HI").flatMap(ClaimDraft837.HealthCode.all) ?? [], dates: response.dates,
            additional: SegmentDraft.all(person?.all("MPI") ?? []), benefits: response.benefits.map(Benefit.init))
    }
}

extension EligibilityResponseDraft271.Benefit {
    init(_ benefit: EligibilityResponse271.Benefit) {
        let loop = benefit.loop
        let entities = loop.loops("2120C") + loop.loops("2120D")
        self.init(
            benefit.information, coverageLevel: benefit.coverageLevel, serviceTypes: benefit.serviceTypes,
            insuranceType: benefit.insuranceType, plan: benefit.plan, period: benefit.period, amount: benefit.amount,
            share: benefit.share, quantityQualifier: benefit.quantityQualifier, quantity: benefit.quantity,
            authorization: benefit.authorization, network: benefit.network, procedure: benefit.procedure,
            pointers: (1...4).map { loop.first[14, $0] }.filter { !$0.isEmpty },
            delivery: SegmentDraft.all(benefit.delivery), references: benefit.references, dates: benefit.dates,
            rejections: benefit.rejections.map(\.placeless), messages: benefit.messages,
            conditions: SegmentDraft.all(benefit.conditions), entities: entities.compactMap { Party(drafting: $0) })
    }
}

extension Rejection {
    /// The refusal alone: a writer puts it where its party is.
    var placeless: Rejection {
        Rejection(reason: reason, followUp: followUp, isRequestValid: isRequestValid)
    }
}
