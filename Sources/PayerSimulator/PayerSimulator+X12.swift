import Claims
import HealthTypes
import X12

extension PayerSimulator {
    /// Answers X12: a 270 by its 271 at once; an 837 by a TA1, where it is asked for or something is wrong, and a
    /// 999 at once, by a 277CA in the mailbox a few minutes later and by an 835 there after the delay.
    ///
    /// Bytes that are no interchange are answered by a TA1 that refuses them.
    /// - Throws: ``PayerTimeout`` where that fault is drawn, ``KeyReused``.
    public func handleX12(_ bytes: [UInt8], key: String) throws -> [OutgoingMessage] {
        try answering("x12/" + key, Digest(of: bytes)) { transaction in
            let document = X12Document(parsing: bytes)
            guard !document.interchanges.isEmpty else { return [refusal(key)] }
            // The sums of a claim are judged claim by claim in the 277CA, not by refusing the whole batch.
            let findings = X12Checker().check(document, snip: 2)
            var messages: [OutgoingMessage] = []
            for index in document.interchanges.indices {
                messages += try answer(document, index, findings, key: key, in: transaction)
            }
            return messages
        }
    }

    /// A TA1 to a sender who cannot be made out.
    private func refusal(_ key: String) -> OutgoingMessage {
        var writer = InterchangeWriter(
            parties: InterchangeWriter.Parties(sender: "PAYER", receiver: "UNKNOWN"),
            controlNumber: numbering.control("TA1/\(key)"), at: clock.now, usage: "T")
        let now = clock.now.compact
        writer.addTA1([
            "000000000", .text(String(now.dropFirst(2).prefix(6))), .text(String(now.dropFirst(8).prefix(4))), "R",
            "024",
        ])
        return OutgoingMessage(kind: "TA1", contentType: ContentType.x12, bytes: writer.bytes())
    }

    private func answer(
        _ document: X12Document, _ index: Int, _ findings: [Finding], key: String, in transaction: LedgerTransaction
    ) throws -> [OutgoingMessage] {
        let interchange = document.interchanges[index]
        let reference = "\(key)/\(index)"
        var messages: [OutgoingMessage] = []
        let status = TA1.status(of: interchange)
        if status != "A" || interchange.acknowledgmentRequested {
            messages.append(
                OutgoingMessage(
                    kind: "TA1", contentType: ContentType.x12,
                    bytes: TA1.acknowledge(
                        interchange, controlNumber: numbering.control("TA1/\(reference)"), at: clock.now)))
        }
        guard status != "R",
            let implementation = Acknowledgment999.make(
                for: document, interchange: index, findings: findings,
                controlNumber: numbering.control("999/\(reference)"), at: clock.now)
        else { return messages }
        var answers: [OutgoingMessage] = []
        var needsAcknowledgement = false
        for (place, group) in interchange.groups.enumerated() {
            let accepted = Self.acceptedSets(implementation, of: group)
            for (number, set) in group.transactions.enumerated() {
                let arrival = Arrival(
                    set: set, route: Route(interchange, group), reference: "\(reference)/\(place)/\(number)")
                switch set.id {
                case "270" where accepted.contains(number):
                    answers.append(try answerInquiries(arrival, in: transaction))
                case "837" where accepted.contains(number):
                    needsAcknowledgement = true
                    try receiveClaims(arrival, in: transaction)
                default: needsAcknowledgement = true
                }
            }
        }
        if needsAcknowledgement || answers.isEmpty {
            messages.append(OutgoingMessage(kind: "999", contentType: ContentType.x12, bytes: implementation))
        }
        return messages + answers
    }

    /// The positions of the sets that our own 999 accepts, so that what it says is what is done.
    private static func acceptedSets(_ implementation: [UInt8], of group: FunctionalGroup) -> Set<Int> {
        let answers = X12Document(parsing: implementation).interchanges.flatMap(\.groups).flatMap(\.transactions)
        let answer = answers.lazy.compactMap { Acknowledgment999($0) }.first {
            $0.functionalID == group.functionalID && $0.groupControlNumber == group.controlNumber
        }
        guard let results = answer?.transactions, results.count == group.transactions.count else { return [] }
        return Set(results.indices.filter { results[$0].isAccepted })
    }

    private func answerInquiries(_ arrival: Arrival, in transaction: LedgerTransaction) throws -> OutgoingMessage {
        let desk = EligibilityDesk(book: book)
        let exchanges = try EligibilityMapping.read270(arrival.set).value.map { inquiry in
            let member = try transaction.member(inquiry.payerID, inquiry.memberID)
            let history = member == nil ? [] : try transaction.history(inquiry.payerID, member: inquiry.memberID)
            return EligibilityMapping.Exchange(
                inquiry: inquiry, answer: desk.answer(inquiry, member: member, history: history))
        }
        let answer = EligibilityMapping.write271(
            exchanges, reference: EligibilityMapping.reference(of: arrival.set), at: clock.now)
        return OutgoingMessage(
            kind: "271", contentType: ContentType.x12,
            bytes: arrival.route.interchange(
                "HB", answer, controlNumber: numbering.control("271/\(arrival.reference)"), at: clock.now))
    }
}

/// A transaction set that came in, from whom, and a name for it that no other has.
struct Arrival: Sendable {
    var set: TransactionSet
    var route: Route
    var reference: String
}
