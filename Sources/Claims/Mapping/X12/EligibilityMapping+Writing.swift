import HealthTypes
import X12
import X12Units

extension EligibilityMapping {
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

    /// Forms an interchange of inquiries, those of a payer and a provider side by side, one subscriber level for each.
    ///
    /// - Parameter reference: BHT03, by which an answer that carries no trace can be matched.
    public static func form(
        _ inquiries: [EligibilityInquiry], reference: String, in heading: InterchangeHeading, snip: Int = 2
    ) -> FormedInterchange {
        var forming = InterchangeForming(heading, snip: snip)
        for (_, positions) in inquiries.indices.grouped(by: { Parties(inquiries[$0]) }) {
            for position in positions {
                let draft = draft(inquiries[position], reference: reference)
                forming.write(position, reference: reference, path: "inquiries/\(position)") { try $0.write(draft) }
            }
        }
        return forming.finish()
    }

    private static func draft(_ inquiry: EligibilityInquiry, reference: String) -> EligibilityRequestDraft270 {
        var receiver = Party("1P", inquiry.provider, hasTaxonomy: true, hasAddress: true)
        if let taxID = inquiry.provider.taxID { receiver.references = [ReferenceNumber("TJ", taxID)] }
        return EligibilityRequestDraft270(
            batch: InquiryBatch(purpose: "13", number: reference),
            source: Party("PR", organization: inquiry.payerName, "PI", inquiry.payerID), receiver: receiver,
            subscriber: Party("IL", inquiry.subscriber, memberID: inquiry.memberID, unknownSex: ""),
            dependent: inquiry.dependent.map { Party("03", $0, unknownSex: "") },
            traces: [Trace(inquiry.trace, originator: originator(inquiry.provider))],
            dates: [DateEntry("291", inquiry.serviceDate)],
            questions: inquiry.serviceTypes.map { .init(serviceTypes: [$0]) })
    }

    /// TRN03, ten characters: `1` and the employer's number, or `9` and what else tells the sender apart.
    private static func originator(_ provider: Provider) -> String {
        if let taxID = provider.taxID, taxID.utf8.count == 9 { return "1" + taxID }
        return "9" + (provider.npi + "000000000").prefix(9)
    }

    // MARK: Answers

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

    /// Forms an interchange of answers as a payer does, those of a payer and a provider side by side. The subscriber's
    /// level is written even where payer or provider is refused, so that every trace comes back.
    ///
    /// - Parameter reference: BHT03 of the 270 that is answered.
    public static func form(
        _ exchanges: [Exchange], reference: String, in heading: InterchangeHeading, snip: Int = 2
    ) -> FormedInterchange {
        var forming = InterchangeForming(heading, snip: snip)
        for (_, positions) in exchanges.indices.grouped(by: { Source(exchanges[$0]) }) {
            for position in positions {
                let draft = draft(exchanges[position], reference: reference)
                forming.write(position, reference: reference, path: "answers/\(position)") { try $0.write(draft) }
            }
        }
        return forming.finish()
    }

    private static func draft(_ exchange: Exchange, reference: String) -> EligibilityResponseDraft271 {
        let (inquiry, answer) = (exchange.inquiry, exchange.answer)
        func refusals(_ loop: String) -> [Rejection] {
            answer.rejections.filter { $0.loop == loop }
                .map { Rejection(reason: $0.reason, followUp: $0.followUp, isRequestValid: false) }
        }
        var source = Party("PR", organization: answer.payerName, "PI", answer.payerID)
        source.rejections = refusals("2100A")
        var receiver = Party("1P", inquiry.provider)
        receiver.rejections = refusals("2100B")
        var subscriber = Party(
            "IL", answer.subscriber ?? inquiry.subscriber, memberID: answer.memberID ?? inquiry.memberID)
        var dependent = (answer.dependent ?? inquiry.dependent).map { Party("03", $0) }
        let letter = dependent == nil ? "C" : "D"
        var benefits = answer.benefits.map(draft)
        var own = refusals("2100\(letter)")
        // A refusal of a benefit needs a benefit to stand under; without one it is of the patient.
        if benefits.isEmpty {
            own += refusals("2110\(letter)")
        } else {
            benefits[benefits.count - 1].rejections = refusals("2110\(letter)")
        }
        if dependent == nil { subscriber.rejections = own } else { dependent?.rejections = own }
        return EligibilityResponseDraft271(
            batch: InquiryBatch(purpose: "11", number: reference), source: source, rejections: refusals("2000A"),
            receiver: receiver, subscriber: subscriber, dependent: dependent,
            traces: [Trace(answer.trace, kind: "2", originator: originator(inquiry.provider))],
            dates: answer.planDates.map { DateEntry($0) }, benefits: benefits)
    }

    private static func draft(_ benefit: Benefit) -> EligibilityResponseDraft271.Benefit {
        EligibilityResponseDraft271.Benefit(
            benefit.information, coverageLevel: benefit.level ?? "", serviceTypes: benefit.serviceTypes,
            insuranceType: benefit.insuranceType ?? "", plan: benefit.plan ?? "", period: benefit.period ?? "",
            amount: benefit.amount, share: benefit.percent ?? "", quantityQualifier: benefit.quantityQualifier ?? "",
            quantity: benefit.quantity ?? "", authorization: benefit.authorizationRequired ?? "",
            network: benefit.inNetwork ?? "", procedure: benefit.procedure.map { ProcedureCode($0) },
            references: benefit.relatedMemberID.map { [ReferenceNumber("1W", $0)] } ?? [],
            dates: benefit.dates.map { DateEntry($0) }, messages: benefit.messages,
            entities: benefit.relatedPayer.map {
                [Party("PR", organization: $0, "PI", benefit.relatedPayerID ?? "")]
            } ?? [])
    }
}
