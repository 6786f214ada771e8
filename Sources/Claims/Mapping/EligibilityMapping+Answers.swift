public import HealthTypes
public import X12

extension EligibilityMapping {
    /// Every answer of a 271, one for each patient in it, whatever codes it uses; a level that was refused before
    /// any patient is an answer too. Codes that we do not know are kept as they came.
    public static func read271(_ transaction: TransactionSet) -> MappingResult<[EligibilityAnswer]> {
        var result = MappingResult<[EligibilityAnswer]>([])
        guard transaction.id == "271" else {
            result.issues.append(MappingFault.notThisTransaction.issue(at: transaction.segments[0].location()))
            return result
        }
        var levels = EligibilityLevels(transaction)
        while let leaf = levels.next() {
            var answer = EligibilityAnswer(
                trace: leaf.trace(ours: "2") ?? "", payerID: leaf.payer?.header[9] ?? "",
                payerName: leaf.payer?.header[3] ?? "")
            if answer.trace.isEmpty { result.issues.append(MappingFault.traceAbsent.issue(at: leaf.location)) }
            for (loop, segment) in leaf.refusals { answer.rejections.append(rejection(segment, loop: loop)) }
            if leaf.isPatient { read(leaf, into: &answer, issues: &result.issues) }
            result.value.append(answer)
        }
        return result
    }

    private static func rejection(_ segment: Segment, loop: String) -> EligibilityRejection {
        EligibilityRejection(loop: loop, reason: segment[3], followUp: segment[4])
    }

    private static func read(
        _ leaf: EligibilityLevels.Leaf, into answer: inout EligibilityAnswer, issues: inout [Issue]
    ) {
        let (head, _) = leaf.subscriber.body.cut(before: ["EB"])
        let insured = head.cut(before: ["NM1"]).sections.first
        answer.memberID = insured?.header.text(9)
        answer.subscriber = insured?.person
        if let dependent = leaf.dependent {
            // The plan's dates may stand with the subscriber while the dependent's own are fewer.
            answer.planDates = periods(in: head, issues: &issues)
            answer.dependent = dependent.body.cut(before: ["NM1"]).sections.first?.person
            answer.memberID = answer.memberID ?? dependent.body.first("NM1")?.text(9)
        }
        let letter = leaf.dependent == nil ? "C" : "D"
        let (own, benefits) = (leaf.dependent ?? leaf.subscriber).body.cut(before: ["EB"])
        answer.planDates += periods(in: own, issues: &issues)
        answer.rejections += own.all("AAA").map { rejection($0, loop: "2100\(letter)") }
        for section in benefits {
            answer.benefits.append(benefit(section, issues: &issues))
            answer.rejections += section.body.all("AAA").map { rejection($0, loop: "2110\(letter)") }
        }
    }

    private static func periods(in segments: Segments, issues: inout [Issue]) -> [DatedPeriod] {
        segments.all("DTP").compactMap { segment in
            if let period = segment.period { return period }
            issues.append(MappingFault.dateUnreadable.issue(at: segment.location(element: 3)))
            return nil
        }
    }

    /// Entity codes of other payers in 2120; any other entity is taken only where none of these stands.
    private static let payerCodes: Set<String> = ["PR", "PRP", "SEP", "TTP", "P5"]

    /// One EB and what hangs on it, up to the next.
    private static func benefit(_ section: Section, issues: inout [Issue]) -> Benefit {
        let segment = section.header
        var benefit = Benefit(information: segment[1])
        benefit.level = segment.text(2)
        benefit.serviceTypes = segment.repetitions(3).compactMap(\.first)
        benefit.insuranceType = segment.text(4)
        benefit.plan = segment.text(5)
        benefit.period = segment.text(6)
        benefit.amount = segment.money(7)
        if segment.text(7) != nil, benefit.amount == nil {
            issues.append(MappingFault.amountUnreadable.issue(at: segment.location(element: 7)))
        }
        benefit.percent = segment.text(8)
        benefit.quantityQualifier = segment.text(9)
        benefit.quantity = segment.text(10)
        benefit.authorizationRequired = segment.text(11)
        benefit.inNetwork = segment.text(12)
        benefit.procedure = segment.text(13, 2)
        let (head, related) = section.body.cut(before: ["LS", "NM1"])
        benefit.messages = section.body.all("MSG").compactMap { $0.text(1) }
        benefit.dates = periods(in: head, issues: &issues)
        benefit.relatedMemberID = section.body.first("REF", "1W")?.text(2)
        let parties = related.filter { $0.header.id == "NM1" }
        if let party = parties.first(where: { payerCodes.contains($0.header[1]) }) ?? parties.first {
            benefit.relatedPayer = [party.header.text(4), party.header.text(3)].compactMap { $0 }
                .joined(separator: " ")
            benefit.relatedPayerID = party.header.text(9)
        }
        return benefit
    }
}

// MARK: - Writing

extension EligibilityMapping {
    /// An inquiry and the answer to it.
    public struct Exchange: Hashable, Sendable {
        public var inquiry: EligibilityInquiry
        public var answer: EligibilityAnswer

        public init(inquiry: EligibilityInquiry, answer: EligibilityAnswer) {
            self.inquiry = inquiry
            self.answer = answer
        }
    }

    private struct Source: Hashable {
        var payerID: String
        var payerName: String
        var provider: Provider
        /// Refusals above the patient; exchanges share a level only where these are the same.
        var rejections: [EligibilityRejection]

        init(_ exchange: Exchange) {
            payerID = exchange.answer.payerID
            payerName = exchange.answer.payerName
            provider = exchange.inquiry.provider
            rejections = exchange.answer.rejections.filter { ["A", "B"].contains($0.loop.suffix(1)) }
        }
    }

    /// Writes answers as a payer does, grouped by payer and provider. The subscriber's level is written even where
    /// payer or provider is refused, so that every trace comes back.
    ///
    /// - Parameter reference: BHT03 of the 270 that is answered.
    public static func write271(_ exchanges: [Exchange], reference: String, at: Instant) -> TransactionWriter {
        var writer = TransactionWriter(id: "271", guide: guide)
        writer.addBeginning("0022", "11", reference: reference, at: at)
        for (source, exchanges) in exchanges.grouped(by: Source.init) {
            func refuse(_ loop: String) {
                for rejection in source.rejections where rejection.loop == loop { add(rejection, to: &writer) }
            }
            let payer = writer.addHierarchy(level: "20", parent: nil, hasChildren: true)
            refuse("2000A")
            writer.addName("PR", organization: source.payerName, qualifier: "PI", id: source.payerID)
            refuse("2100A")
            let provider = writer.addHierarchy(level: "21", parent: payer, hasChildren: true)
            writer.addName("1P", source.provider)
            refuse("2100B")
            for exchange in exchanges { write(exchange, under: provider, to: &writer) }
        }
        return writer
    }

    private static func add(_ rejection: EligibilityRejection, to writer: inout TransactionWriter) {
        writer.add("AAA", "N", "", .text(rejection.reason), .text(rejection.followUp))
    }

    private static func write(_ exchange: Exchange, under parent: Int, to writer: inout TransactionWriter) {
        let (inquiry, answer) = (exchange.inquiry, exchange.answer)
        let dependent = answer.dependent ?? inquiry.dependent
        func trace() { writer.add("TRN", "2", .text(answer.trace), .text(originator(inquiry.provider))) }
        let level = writer.addHierarchy(level: "22", parent: parent, hasChildren: dependent != nil)
        if dependent == nil { trace() }
        let subscriber = answer.subscriber ?? inquiry.subscriber
        writer.addName("IL", subscriber, qualifier: "MI", id: answer.memberID ?? inquiry.memberID)
        writer.addAddress(subscriber.address)
        var patient = subscriber
        if let dependent {
            writer.addDemographics(subscriber)
            writer.addHierarchy(level: "23", parent: level, hasChildren: false)
            trace()
            writer.addName("03", dependent)
            writer.addAddress(dependent.address)
            patient = dependent
        }
        let letter = dependent == nil ? "C" : "D"
        // A refusal of a benefit needs a benefit to stand under; without one it is of the patient.
        let isEarly = { (loop: String) in
            loop == "2100\(letter)" || (loop == "2110\(letter)" && answer.benefits.isEmpty)
        }
        for rejection in answer.rejections where isEarly(rejection.loop) { add(rejection, to: &writer) }
        writer.addDemographics(patient)
        for period in answer.planDates { writer.addPeriod(period.qualifier, period.from, period.to) }
        for benefit in answer.benefits { write(benefit, to: &writer) }
        for rejection in answer.rejections where rejection.loop == "2110\(letter)" && !answer.benefits.isEmpty {
            add(rejection, to: &writer)
        }
    }

    /// 2110 and 2120.
    private static func write(_ benefit: Benefit, to writer: inout TransactionWriter) {
        writer.add(
            "EB", .text(benefit.information), .optional(benefit.level),
            .repeated(benefit.serviceTypes.map { .text($0) }), .optional(benefit.insuranceType),
            .optional(benefit.plan), .optional(benefit.period), benefit.amount.map { .money($0) } ?? .empty,
            .optional(benefit.percent), .optional(benefit.quantityQualifier), .optional(benefit.quantity),
            .optional(benefit.authorizationRequired), .optional(benefit.inNetwork),
            benefit.procedure.map { .composite(["HC", $0]) } ?? .empty)
        writer.addReference("1W", benefit.relatedMemberID)
        for period in benefit.dates { writer.addPeriod(period.qualifier, period.from, period.to) }
        for message in benefit.messages { writer.add("MSG", .text(message)) }
        guard let payer = benefit.relatedPayer else { return }
        writer.add("LS", "2120")
        let id = benefit.relatedPayerID
        writer.add(
            "NM1", "PR", "2", .text(payer), "", "", "", "", id == nil ? .empty : "PI", .optional(id))
        writer.add("LE", "2120")
    }
}
