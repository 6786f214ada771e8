import Claims
import FHIR
import HealthTypes
import Review
import Stages
import Store

/// What a message will be made of: the terms that a decision states, filled in from the facts that it was made on.
struct Draft {
    var lane: Lane
    var body: [UInt8]
    /// What it is of, for lists.
    var subject: String
    /// The key by which its answer finds the case.
    var key: CaseKey?

    /// Nil where what it refers to is not in the case, which no stage of this program does.
    init?(_ send: Send, _ id: SendID, at: Instant, _ facts: CaseFacts) throws(CanonicalFault) {
        switch send.what {
        case .inquiry(let terms):
            guard let inquiry = facts.inquiry(terms) else { return nil }
            self.init(.inquiry, terms.payerID, try Canonical.encode(inquiry), terms.trace)
            key = CaseKey(.trace, terms.trace)
        case .authorization(let terms):
            guard let request = facts.authorizationRequest(terms) else { return nil }
            self.init(.authorization, terms.payerID, try Canonical.encode(request), terms.identifier)
            key = CaseKey(.authorization, terms.identifier)
        case .claim(let ref):
            guard let claim = facts.claim(ref)?.claim else { return nil }
            self.init(.claim, claim.payer?.payerID ?? "", try Canonical.encode(claim), claim.controlNumber)
        case .appeal(let terms):
            guard let appeal = facts.appeal(terms) else { return nil }
            self.init(.appeal, appeal.payerID, try Canonical.encode(appeal), terms.identifier)
            key = CaseKey(.appeal, terms.identifier)
        case .coverage(let entry):
            guard let answer = facts.eligibilityAnswer(entry), let coverage = facts.primaryCoverage else { return nil }
            let resource = ChartMapping.coverageWriteBack(answer, coverage, verifiedAt: at).json
            self.init(.chart, LaneKind.chartReceiver, Array(resource.text.utf8), coverage.payerID)
        case .review(let ref):
            guard let claim = facts.claim(ref)?.claim else { return nil }
            let order = ReviewOrder(caseNumber: facts.number, send: id, claim: ref)
            self.init(.review, LaneKind.reviewReceiver, try Canonical.encode(order), claim.controlNumber)
        }
    }

    private init(_ kind: LaneKind, _ receiver: String, _ body: [UInt8], _ subject: String) {
        lane = Lane(kind: kind.rawValue, receiver: receiver)
        self.body = body
        self.subject = subject
    }
}

extension CaseFacts {
    func inquiry(_ terms: InquiryTerms) -> EligibilityInquiry? {
        guard let coverage = primaryCoverage, let patient else { return nil }
        return EligibilityInquiry(
            trace: terms.trace, payerID: terms.payerID, payerName: coverage.payerName, provider: terms.provider,
            memberID: terms.memberID, subscriber: coverage.subscriber,
            dependent: coverage.isSubscriber ? nil : patient, serviceDate: terms.serviceDate,
            serviceTypes: terms.serviceTypes)
    }

    func authorizationRequest(_ terms: AuthorizationTerms) -> AuthorizationRequest? {
        guard let order = order(terms.order) ?? cancelledOrders.first(where: { $0.number == terms.order.number }),
            let coverage = primaryCoverage, let patient
        else { return nil }
        return AuthorizationRequest(
            identifier: terms.identifier, version: terms.version, orderNumber: terms.order.number,
            payerID: terms.payerID, payerName: coverage.payerName, provider: terms.provider, ordering: order.ordering,
            patient: patient, memberID: coverage.memberID, diagnoses: order.diagnoses, items: terms.items,
            urgent: terms.urgent, documents: terms.documents.compactMap { document($0) })
    }

    func appeal(_ terms: AppealTerms) -> Appeal? {
        guard let record = claim(terms.claim), let letter = document(terms.letter) else { return nil }
        return Appeal(
            identifier: terms.identifier, controlNumber: record.claim.controlNumber,
            payerID: record.claim.payer?.payerID ?? "",
            payerClaimNumber: remittances.last { $0.claim == terms.claim }?.remittance.payerClaimNumber,
            level: terms.level, adjustment: "\(terms.adjustment.group)-\(terms.adjustment.reason)",
            amount: terms.amount, letter: letter)
    }
}

/// What reviewers elsewhere are asked about; the request is made when it goes out and holds nothing that names a person.
struct ReviewOrder: Recorded {
    var caseNumber: CaseNumber
    var send: SendID
    var claim: ClaimRef

    init(caseNumber: CaseNumber, send: SendID, claim: ClaimRef) {
        self.caseNumber = caseNumber
        self.send = send
        self.claim = claim
    }

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("case", caseNumber)
        writer.field("claim", claim)
        writer.field("send", send)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        caseNumber = try reader.field("case")
        claim = try reader.field("claim")
        send = try reader.field("send")
        try reader.end()
    }
}
