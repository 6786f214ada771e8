import Claims
import HealthTypes
import X12
import X12Units

extension PayerSimulator {
    /// Answers X12: a 270 by its 271 at once; an 837 by a TA1, where it is asked for or something is wrong, and a
    /// 999 at once, by a 277CA in the mailbox a few minutes later and by an 835 there after the delay.
    ///
    /// Bytes that are no interchange are answered by a TA1 that refuses them.
    /// - Throws: ``PayerTimeout`` where that fault is drawn, ``KeyReused``.
    public func handleX12(_ bytes: [UInt8], key: String) throws -> [OutgoingMessage] {
        try answering("x12/" + key, Digest(of: bytes)) { transaction in
            let judged = try judge(bytes, key: key)
            var answers: [OutgoingMessage] = []
            var needsAcknowledgement = false
            for arrival in judged.arrivals {
                switch arrival.header.set {
                case "270" where arrival.isAccepted: answers.append(try answerInquiries(arrival, in: transaction))
                case "837" where arrival.isAccepted:
                    needsAcknowledgement = true
                    try receiveClaims(arrival, in: transaction)
                default: needsAcknowledgement = true
                }
            }
            var messages: [OutgoingMessage] = []
            func add(_ kind: String, _ bytes: [UInt8]?) {
                guard let bytes, !bytes.isEmpty else { return }
                messages.append(OutgoingMessage(kind: kind, contentType: ContentType.x12, bytes: bytes))
            }
            add("TA1", judged.answers[.ta1])
            if needsAcknowledgement || answers.isEmpty { add("999", judged.answers[.implementation]) }
            return messages + answers
        }
    }

    /// Checks what came, makes the TA1 and the 999, and reads what they accept.
    private func judge(
        _ bytes: [UInt8], key: String
    ) throws -> (arrivals: [Arrival], answers: [AnswerMaker.Kind: [UInt8]]) {
        // The sums of a claim are judged claim by claim in the 277CA, not by refusing the whole batch.
        let intake = X12Intake(snip: 2)
        var answers: [AnswerMaker.Kind: [UInt8]] = [:]
        var numbers = 0
        let maker = AnswerMaker(
            kinds: [.ta1, .implementation], at: clock.now,
            nextControlNumber: { [numbering] in
                numbers += 1
                return numbering.control("answer/\(key)/\(numbers)")
            }, ta1: .askedOrAtFault
        ) { kind, piece in answers[kind, default: []] += piece }
        var arrivals: [Arrival] = []
        let verdicts = try intake.check(MemorySource(bytes), answering: maker) { _ in
        } set: { set in
            arrivals.append(
                Arrival(header: set.header, route: Route(set.header), reference: "\(key)/\(set.header.ordinal)"))
        }
        if let failure = maker.failure { throw failure }
        for index in arrivals.indices { arrivals[index].isAccepted = verdicts.accepts(set: index) }
        let stream = intake.units(MemorySource(bytes), verdicts: verdicts)
        while case let batch = try stream.next(), !batch.units.isEmpty {
            for unit in batch.units where arrivals.indices.contains(unit.header.ordinal) {
                arrivals[unit.header.ordinal].take(unit)
            }
        }
        return (arrivals, answers)
    }

    private func answerInquiries(_ arrival: Arrival, in transaction: LedgerTransaction) throws -> OutgoingMessage {
        let desk = EligibilityDesk(book: book)
        let exchanges = try arrival.inquiries.map { inquiry in
            let member = try transaction.member(inquiry.payerID, inquiry.memberID)
            let history = member == nil ? [] : try transaction.history(inquiry.payerID, member: inquiry.memberID)
            return EligibilityMapping.Exchange(
                inquiry: inquiry, answer: desk.answer(inquiry, member: member, history: history))
        }
        let control = numbering.control("271/\(arrival.reference)")
        let formed = EligibilityMapping.form(
            exchanges, reference: arrival.batch.reference,
            in: arrival.route.heading(controlNumber: control, at: clock.now), snip: 0)
        return OutgoingMessage(kind: "271", contentType: ContentType.x12, bytes: formed.bytes)
    }
}

/// A transaction set that came in, from whom, what it says, and a name for it that no other has.
struct Arrival: Sendable {
    var header: SetHeader
    var route: Route
    var reference: String
    var isAccepted = false
    var batch = X12IntakeUnit.Batch()
    var inquiries: [EligibilityInquiry] = []
    var claims: [Claim] = []
    /// Control numbers of the claims that could not be read.
    var unreadable: [String] = []

    init(header: SetHeader, route: Route, reference: String) {
        self.header = header
        self.route = route
        self.reference = reference
    }

    mutating func take(_ unit: X12IntakeUnit) {
        batch = unit.batch
        switch unit.content {
        case .claim(let claim): claims.append(claim)
        case .eligibilityInquiry(let inquiry): inquiries.append(inquiry)
        case .unreadable, .tooLong: unreadable.append(unit.identity.number ?? "0")
        default: break
        }
    }
}
