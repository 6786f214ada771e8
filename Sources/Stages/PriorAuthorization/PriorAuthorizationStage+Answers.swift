import Claims
import HealthTypes
import Review

extension PriorAuthorizationStage {
    // MARK: The payer's answer

    /// Reads the payer's word on a request. A later answer to the same request counts.
    static func read(_ turn: Turn, _ entry: EntryRef) -> StageDecision {
        let facts = turn.facts
        guard let answer = facts.authorizationAnswer(entry),
            let request = facts.requests.last(where: { $0.terms.identifier == answer.identifier })
        else {
            var decision = decision(turn, .unplaced)
            decision.add([
                Check(
                    id: "authorization.unplaced", title: "Answer belongs to a request", answer: .unknown,
                    severity: .hold, message: "An authorization answer came that belongs to no request of this visit.")
            ])
            return decision
        }
        guard facts.answeredVersion(answer, of: request) != nil else { return outdated(turn) }
        switch answer.standing {
        case .approved: return grant(turn, answer, request, .approved)
        case .modified: return grant(turn, answer, request, .modified)
        case .partial: return grant(turn, answer, request, .partial)
        case .pended: return pend(turn, entry, request)
        case .denied: return refuse(turn, answer, request, .denied)
        case .cancelled: return refuse(turn, answer, request, .cancelled)
        case .unknown: return refuse(turn, answer, request, .unclear)
        }
    }

    /// The answer to an earlier version that asked for something else, or that a later word has overtaken: it grants and
    /// refuses nothing of what is asked now.
    private static func outdated(_ turn: Turn) -> StageDecision {
        var decision = decision(turn, .unplaced)
        decision.add([
            Check(
                id: "authorization.outdated", title: "Answer is to the request as it stands", answer: .failed,
                severity: .warn,
                message: "The payer answers an earlier version of the request, which does not count now.")
        ])
        return decision
    }

    private static func grant(
        _ turn: Turn, _ answer: AuthorizationAnswer, _ request: RequestRecord, _ outcome: AuthorizationOutcome
    ) -> StageDecision {
        var decision = decision(turn, outcome)
        decision.add(shortfall(answer, request))
        close(request.terms.order, turn, &decision) { $0 == .orderCancelled(request.ref) }
        return decision
    }

    private static func pend(_ turn: Turn, _ entry: EntryRef, _ request: RequestRecord) -> StageDecision {
        var decision = decision(turn, .pended)
        decision.withdraw(in: turn.facts) {
            $0 == .authorization(.unanswered(request.ref)) || $0 == .authorization(.undelivered(request.ref))
        }
        guard !request.isOrderCancelled else { return decision }
        // CMS-0057-F: seven calendar days, 72 hours where expedited, for the payers it binds; ours to watch for all.
        let limit = request.urgent ? turn.basis.at.adding(hours: 72) : turn.basis.at.adding(days: 7)
        decision.timers = [.set(.authorizationDue(request.ref), due: limit)]
        decision.raises = [.documentation(.pended(entry))]
        return decision
    }

    private static func refuse(
        _ turn: Turn, _ answer: AuthorizationAnswer, _ request: RequestRecord, _ outcome: AuthorizationOutcome
    ) -> StageDecision {
        var decision = decision(turn, outcome)
        let isCancelled = request.isOrderCancelled
        close(request.terms.order, turn, &decision) { work in
            switch work {
            case .refused: true
            // A request that the payer has closed need not be cancelled with it.
            case .orderCancelled: outcome == .unclear
            case .needUnknown, .overdue, .unanswered, .undelivered, .peerToPeer: false
            }
        }
        guard !isCancelled else { return decision }
        decision.add([
            Check(
                id: "authorization.\(answer.standing.rawValue)", title: "Authorization granted", answer: .failed,
                severity: .hold, message: outcome.summary, predicts: ["CO-197"],
                evidenceToChange: ["Evidence for the criteria that the payer found not met"])
        ])
        let evidence =
            answer.items.map { "Item \($0.sequence): review action \($0.action) \($0.reason ?? "")" }
            + answer.errors.map { "Error \($0)" }
        decision.open(item(.refused(request.ref), [outcome.summary], evidence: evidence, turn), in: turn.facts)
        return decision
    }

    private static func shortfall(_ answer: AuthorizationAnswer, _ request: RequestRecord) -> [Check] {
        request.terms.items.compactMap { item in
            guard let granted = answer.items.first(where: { $0.sequence == item.sequence })?.approvedUnits,
                granted < item.units
            else { return nil }
            return Check(
                id: "authorization.fewer-units", title: "All units certified", answer: .failed, severity: .warn,
                message: "The payer certifies \(granted) of \(item.units) units.", predicts: ["CO-198"],
                evidenceToChange: ["An extension of the authorization"])
        }
    }

    // MARK: A person's answer

    static func resolve(_ turn: Turn, _ id: WorkItemID, _ resolution: AuthorizationResolution) -> StageDecision {
        let facts = turn.facts
        guard let record = facts.workItem(id), case .authorization(let work) = record.item.kind,
            let key = facts.order(of: work)
        else { return decision(turn, .unplaced) }
        switch resolution {
        case .notRequired: return settled(turn, key, .notRequired)
        case .notRendered: return settled(turn, key, .notRendered)
        case .obtained(let number):
            guard number.contains(where: { !$0.isWhitespace }) else { return askAnew(turn, record) }
            return settled(turn, key, .approved)
        case .peerToPeer, .stillRefused, .followedUp, .sendAgain, .payerTold:
            guard let request = facts.requests.last(where: { $0.terms.order == key }) else {
                return askAnew(turn, record)
            }
            return followUp(turn, request, resolution, record)
        }
    }

    private static func followUp(
        _ turn: Turn, _ request: RequestRecord, _ resolution: AuthorizationResolution, _ record: WorkItemRecord
    ) -> StageDecision {
        switch resolution {
        case .peerToPeer:
            var decision = decision(turn, .followedUp)
            let limit = turn.basis.at.adding(days: 14)
            let deadline = turn.facts.encounter?.start.flatMap { $0 > turn.basis.at ? min($0, limit) : nil } ?? limit
            decision.open(
                item(
                    .peerToPeer(request.ref), ["A peer-to-peer review was asked for: enter what came of it."],
                    evidence: ["Request \(request.terms.identifier)"], deadline: deadline, turn), in: turn.facts)
            return decision
        case .stillRefused:
            var decision = decision(turn, .denied)
            decision.open(
                item(
                    .refused(request.ref),
                    ["The payer's physician upheld the refusal: decide whether the service is rendered."],
                    evidence: ["Request \(request.terms.identifier)"], turn), in: turn.facts)
            return decision
        case .followedUp:
            var decision = decision(turn, .followedUp)
            // The payer is given two more days; then a person is asked again.
            if request.isUndecided {
                decision.cancelTimers(in: turn.facts) { $0 == .authorizationDue(request.ref) }
                decision.timers.append(.set(.authorizationDue(request.ref), due: turn.basis.at.adding(days: 2)))
            }
            return decision
        case .sendAgain:
            guard !request.isOrderCancelled else { return decision(turn, .orderCancelled) }
            var decision = decision(turn, .requested)
            var terms = request.terms
            terms.version += 1
            decision.sends = [send(terms, turn)]
            decision.withdraw(in: turn.facts) {
                $0 == .authorization(.unanswered(request.ref)) || $0 == .authorization(.undelivered(request.ref))
            }
            return decision
        case .payerTold: return decision(turn, .orderCancelled)
        case .notRequired, .notRendered, .obtained: return askAnew(turn, record)
        }
    }

    /// A person has settled the order: nothing more is asked about it.
    private static func settled(_ turn: Turn, _ key: OrderKey, _ outcome: AuthorizationOutcome) -> StageDecision {
        var decision = decision(turn, outcome)
        close(key, turn, &decision) { if case .orderCancelled = $0 { true } else { false } }
        return decision
    }

    /// The answer does not fit the question: the question is put again.
    private static func askAnew(_ turn: Turn, _ record: WorkItemRecord) -> StageDecision {
        var decision = decision(turn, .unplaced)
        decision.open(record.item, in: turn.facts)
        return decision
    }
}
