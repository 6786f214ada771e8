import Claims
import HealthTypes
import Review

extension CaseFacts {
    // MARK: Answers of payers, people and clocks

    mutating func applyAnswer(_ event: CaseEvent, at place: EntryRef, _ time: Instant) {
        switch event {
        case .claimReceived(let claim):
            claims.append(
                ClaimRecord(
                    ref: ClaimRef(entry: place.sequence, number: 0), claim: claim, origin: .received, state: .drafted))
        case .eligibilityAnswered(let answer):
            answers[place] = event
            if let index = inquiries.lastIndex(where: { $0.terms.trace == answer.trace }) {
                inquiries[index].state = .answered(place)
                endWait(for: inquiries[index].id)
            }
        case .authorizationAnswered(let answer):
            answers[place] = event
            if let index = requests.firstIndex(where: { $0.terms.identifier == answer.identifier }) {
                take(answer, of: index, at: place)
            }
        case .acknowledged(let acknowledgement):
            answers[place] = event
            guard let index = claims.lastIndex(where: { $0.claim.controlNumber == acknowledgement.controlNumber })
            else {
                break
            }
            claims[index].acknowledgements.append(acknowledgement)
            let ref = claims[index].ref
            if acknowledgement.source == .claim { endTimers { $0 == .acknowledgementDue(ref) } }
        case .remitted(let remittance):
            let index = claims.lastIndex { $0.claim.controlNumber == remittance.controlNumber }
            remittances.append(
                RemittanceRecord(entry: place, remittance: remittance, claim: index.map { claims[$0].ref }))
            if let ref = index.map({ claims[$0].ref }) {
                endTimers { $0 == .acknowledgementDue(ref) || $0 == .remittanceDue(ref) }
            }
        case .appealAnswered(let answer):
            answers[place] = event
            if let index = appeals.lastIndex(where: { $0.terms.identifier == answer.identifier }) {
                appeals[index].answer = answer
                endWait(for: appeals[index].send)
            }
        case .reviewed(let claim, _):
            answers[place] = event
            for (id, send) in sends where send.what == .review(claim) { endWait(for: id) }
        case .timerFired(let id):
            timers.removeAll { $0.id == id }
            if case .answer(let send) = id { setInquiry(send, .unanswered) }
        case .undelivered(let send, _):
            endWait(for: send)
            setInquiry(send, .undelivered)
        case .resolved(let answer):
            if let index = workItems.firstIndex(where: { $0.id == answer.item }) {
                workItems[index].state = .answered(answer, at: time)
            }
        default: break
        }
    }

    /// The payer's word on a request, where it counts for what is asked now: it answers its own version and those before
    /// it. A full approval answers the latest, too, which asks for the same.
    private mutating func take(_ answer: AuthorizationAnswer, of index: Int, at place: EntryRef) {
        guard let version = answeredVersion(answer, of: requests[index]) else { return }
        requests[index].answer = answer
        requests[index].answeredBy = place
        requests[index].answeredVersion = version
        for send in requests[index].sends
        where answer.standing == .approved || authorizationTerms(send).map({ $0.version <= version }) ?? true {
            endWait(for: send)
        }
        let ref = requests[index].ref
        endTimers { $0 == .authorizationDue(ref) }
    }

    /// The version that an answer is to; nil where it counts for nothing that is asked now: an answer to an earlier
    /// version that asked for something else, or that comes after the answer to a later one.
    ///
    /// Where the payer names no version, it is the latest, if all that were sent ask for the same.
    func answeredVersion(_ answer: AuthorizationAnswer, of request: RequestRecord) -> Int? {
        let sent = request.sends.compactMap { authorizationTerms($0) }
        guard let version = answer.version else {
            return sent.allSatisfy { $0.asksTheSame(as: request.terms) } ? request.terms.version : nil
        }
        guard let asked = sent.last(where: { $0.version == version }), asked.asksTheSame(as: request.terms),
            version >= request.answeredVersion ?? version
        else { return nil }
        return version
    }

    private func authorizationTerms(_ id: SendID) -> AuthorizationTerms? {
        if case .authorization(let terms) = sends[id]?.what { terms } else { nil }
    }

    private mutating func setInquiry(_ send: SendID, _ state: InquiryRecord.State) {
        guard let index = inquiries.firstIndex(where: { $0.id == send }), inquiries[index].state == .open else {
            return
        }
        inquiries[index].state = state
    }

    private mutating func endWait(for send: SendID) { timers.removeAll { $0.id == .answer(send) } }

    private mutating func endTimers(_ matches: (TimerPurpose) -> Bool) {
        timers.removeAll { $0.purpose.map(matches) ?? false }
    }

    // MARK: Decisions

    mutating func apply(_ decision: StageDecision, basis: Basis, at place: EntryRef) {
        let reason = pending.first { $0.id == decision.trigger }?.reason
        pending.removeAll { $0.id == decision.trigger || decision.alsoSettles.contains($0.id) }
        for (number, document) in decision.documents.enumerated() {
            documents[DocumentRef(entry: place.sequence, number: number)] = document
        }
        applyClaims(decision, at: place)
        applySends(decision, at: place, basis.at)
        applyTimers(decision, at: place)
        applyWork(decision, at: place, basis.at)
        postings += decision.postings
        if let reason {
            decisions.append(DecisionRecord(entry: place, reason: reason, decision: decision, at: basis.at))
            settle(reason, decision, basis.at)
        }
    }

    private mutating func applyClaims(_ decision: StageDecision, at place: EntryRef) {
        for (number, change) in decision.claims.enumerated() {
            switch change {
            case .made(let claim, let replaces):
                claims.append(
                    ClaimRecord(
                        ref: ClaimRef(entry: place.sequence, number: number), claim: claim,
                        origin: replaces.map { .replaces($0) } ?? .charges, state: .drafted))
            case .became(let ref, let state):
                if let index = claims.firstIndex(where: { $0.ref == ref }) { claims[index].state = state }
            }
        }
    }

    private mutating func applySends(_ decision: StageDecision, at place: EntryRef, _ at: Instant) {
        for (number, send) in decision.sends.enumerated() {
            let id = SendID(entry: place.sequence, number: number)
            sends[id] = send
            if let due = send.answerBy { timers.append(TimerRecord(id: .answer(id), purpose: nil, due: due)) }
            switch send.what {
            case .inquiry(let terms):
                inquiries.append(InquiryRecord(id: id, terms: terms, askedAt: at, state: .open))
            case .authorization(let terms):
                if let index = requests.firstIndex(where: { $0.terms.identifier == terms.identifier }) {
                    // What the payer said of another service, day or extent, or what another payer said, is no answer
                    // to this.
                    if !requests[index].terms.asksTheSame(as: terms) {
                        requests[index].answer = nil
                        requests[index].answeredBy = nil
                        requests[index].answeredVersion = nil
                    }
                    requests[index].isOrderCancelled = false
                    requests[index].terms = terms
                    requests[index].sends.append(id)
                } else {
                    requests.append(RequestRecord(ref: id, terms: terms, sends: [id]))
                }
            case .claim(let ref):
                if let index = claims.firstIndex(where: { $0.ref == ref }) { claims[index].send = id }
            case .appeal(let terms): appeals.append(AppealRecord(send: id, terms: terms))
            case .coverage, .review: break
            }
        }
    }

    private mutating func applyTimers(_ decision: StageDecision, at place: EntryRef) {
        for (number, change) in decision.timers.enumerated() {
            switch change {
            case .set(let purpose, let due):
                let id = TimerID.set(.init(entry: place.sequence, number: number))
                timers.append(TimerRecord(id: id, purpose: purpose, due: due))
            case .cancelled(let id): timers.removeAll { $0.id == id }
            }
        }
    }

    private mutating func applyWork(_ decision: StageDecision, at place: EntryRef, _ at: Instant) {
        for (number, change) in decision.workItems.enumerated() {
            switch change {
            case .opened(let item):
                let id = WorkItemID(entry: place.sequence, number: number)
                workItems.append(WorkItemRecord(id: id, item: item, openedAt: at, state: .open))
            case .withdrawn(let id):
                if let index = workItems.firstIndex(where: { $0.id == id }), workItems[index].isOpen {
                    workItems[index].state = .withdrawn
                }
            }
        }
    }

    /// What a decision settles for the stages after it.
    private mutating func settle(_ reason: Reason, _ decision: StageDecision, _ at: Instant) {
        switch reason {
        case .eligibility(.answered(let entry)):
            guard let status = decision.outcome.coverageStatus, case .eligibilityAnswered(let answer) = answers[entry],
                let day = serviceDate
            else { break }
            verified = VerifiedCoverage(answer: answer, status: status, day: day, at: at)
            // A new answer of the payer outweighs what was confirmed of an earlier one.
            isCoverageConfirmed = false
        case .eligibility(.resolved(_, let resolution)):
            switch resolution {
            case .confirmed: isCoverageConfirmed = true
            case .selfPay: isSelfPay = true
            case .corrected: break
            }
        case .authorization(.resolved(let item, let resolution)): settleOrder(item, resolution)
        case .authorization(.orderCancelled(let key)):
            for index in requests.indices where requests[index].terms.order == key {
                requests[index].isOrderCancelled = true
            }
        case .denials(.remitted(let entry)):
            guard !decision.postings.isEmpty, let index = remittances.firstIndex(where: { $0.entry == entry }) else {
                break
            }
            remittances[index].isPosted = true
        default: break
        }
    }

    private mutating func settleOrder(_ item: WorkItemID, _ resolution: AuthorizationResolution) {
        guard case .authorization(let work) = workItem(item)?.item.kind, let key = order(of: work) else { return }
        switch resolution {
        case .notRequired: settledOrders[key] = .notRequired
        // Without a number nothing was obtained; the stage asks anew.
        case .obtained(let number):
            if number.contains(where: { !$0.isWhitespace }) { settledOrders[key] = .obtained(number: number) }
        case .notRendered: settledOrders[key] = .notRendered
        case .peerToPeer, .stillRefused, .followedUp, .sendAgain, .payerTold: break
        }
    }
}

extension Outcome {
    /// What an answer of the payer says of the coverage; nil for every other decision.
    var coverageStatus: EligibilityAnswer.Status? {
        switch self {
        case .eligibility(.active): .active
        case .eligibility(.inactive): .inactive
        case .eligibility(.notFound): .notFound
        case .eligibility(.unclear): .unknown
        default: nil
        }
    }
}

extension AuthorizationTerms {
    /// Whether the same services, days and extents are asked of the same payer; the documents may differ.
    func asksTheSame(as other: AuthorizationTerms) -> Bool { items == other.items && payerID == other.payerID }
}
