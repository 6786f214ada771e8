import Claims
import HealthTypes
import Review
import Stages
import Store

/// Carries one case as far as it can go without the world: asks the agenda, lets the stage decide, writes the decision
/// and orders its effects, all in the transaction that it is given.
struct CaseWorker {
    let home: DataHome
    let gatherer: GroundGatherer
    let now: Instant
    let tx: StoreTransaction

    /// A case that decides more often than this in one go is caught in a circle, which is a programmer's mistake; it
    /// is left for a person rather than let run.
    static let maximumDecisions = 200

    /// Returns how many decisions were made.
    func advance(_ facts: inout CaseFacts) throws -> Int {
        var count = 0
        while count < Self.maximumDecisions, let occasion = Agenda.next(facts) {
            try decide(&facts, on: occasion)
            count += 1
        }
        try tx.clearDirty(facts.id)
        try summarize(facts)
        return count
    }

    // MARK: One decision

    private func decide(_ facts: inout CaseFacts, on occasion: Occasion) throws {
        let ground = try gatherer.gather(facts, for: occasion, at: now, in: tx)
        var ruling = StageTable.decide(facts, on: occasion, ground: ground)
        ContractGuard(contracts: home.contracts).check(&ruling, of: occasion.stage)
        let groundDigest = try tx.keep(Canonical.encode(ground.record))
        let decision = Decision(ruling, on: occasion, facts: facts, ground: ground, groundDigest: groundDigest)
        let before = facts
        let body = try Canonical.encode(decision)
        let entry = try tx.append(to: facts.id, kind: "decided", body: body, at: now)
        facts.apply(.decided(decision), sequence: entry.sequence, digest: entry.digest)
        try tx.add(
            DecisionRow(
                id: decision.id, caseID: facts.id, stage: occasion.stage.rawValue, occasion: occasion.name,
                outcome: decision.outcome, madeAt: now, factsThrough: before.sequence,
                factsDigest: decision.factsDigest, ground: groundDigest, body: Digest(of: body)))
        try keepFindings(of: decision, before)
        try post(decision, before)
        for (index, effect) in decision.effects.enumerated() { try order(effect, number: index, of: decision) }
    }

    // MARK: What is derived from a decision

    private func keepFindings(of decision: Decision, _ before: CaseFacts) throws {
        let sent = !before.sentClaims.isEmpty
        let claim = decision.handoff?["control_number"]?.string ?? ""
        try tx.add(
            decision.checks.filter { $0.answer != .passed }.map {
                FindingRow(
                    decisionID: decision.id, caseID: decision.caseID, stage: decision.occasion.stage.rawValue,
                    checkID: $0.id, answer: $0.answer.rawValue, stops: $0.stops, afterSending: sent,
                    controlNumber: claim)
            })
    }

    /// Money moves when a remittance is posted, and only then.
    private func post(_ decision: Decision, _ before: CaseFacts) throws {
        guard decision.occasion.stage == .denials, decision.occasion.verb == "remittance",
            ["paid", "denied", "reversed"].contains(decision.outcome), let index = Int(decision.occasion.subject)
        else { return }
        let remittance = before.remittances[index - 1]
        let earlier = before.remittances.prefix(index - 1)
        let replaces = before.sentClaims.last { $0.controlNumber == remittance.controlNumber }?.frequency != "1"
        let followUp =
            remittance.isReversal || replaces || earlier.contains { $0.controlNumber == remittance.controlNumber }
        let denied = (decision.handoff?["denials"]?.elements ?? []).compactMap { $0["amount"]?.string }.compactMap {
            Money($0)
        }
        try tx.add(
            PostingRow(
                decisionID: decision.id, caseID: decision.caseID, controlNumber: remittance.controlNumber,
                payerID: remittance.payerID, charge: remittance.charge, paid: remittance.paid,
                patient: remittance.patientResponsibility, denied: denied.total(), isFollowUp: followUp))
    }

    private func summarize(_ facts: CaseFacts) throws {
        let last = facts.decisions.last
        let claim = facts.sentClaims.last ?? facts.receivedClaims.last
        try tx.setSummary(
            of: facts.id, title: facts.encounter?.visitNumber ?? claim?.controlNumber ?? facts.id,
            stage: last?.occasion.stage.rawValue ?? "", state: last?.outcome ?? "open",
            payer: facts.primaryCoverage?.payerID ?? "",
            charge: claim?.totalCharge ?? facts.charges.map(\.amount).total(),
            paid: facts.remittances.map(\.paid).total())
    }

    // MARK: Effects

    private func order(_ effect: Effect, number: Int, of decision: Decision) throws {
        let caseID = decision.caseID
        func send(_ kind: String, to receiver: String, key: String, _ body: [UInt8]) throws {
            try tx.order(
                OutboxRow(caseID: caseID, kind: kind, receiver: receiver, key: key, body: body, orderedAt: now))
        }
        switch effect {
        case .inquireEligibility(let inquiry):
            try tx.bind(("trace", inquiry.trace), to: caseID)
            try send("270", to: inquiry.payerID, key: inquiry.trace, Canonical.encode(inquiry))
        case .requestAuthorization(let request):
            try tx.bind(("authorization", request.identifier), to: caseID)
            try send(
                "pas", to: request.payerID, key: "\(request.identifier)/\(request.version)", Canonical.encode(request))
        case .submitClaim(let claim):
            try tx.bind(("claim", claim.controlNumber), to: caseID)
            try send("837", to: claim.payer?.payerID ?? "", key: claim.controlNumber, Canonical.encode(claim))
        case .sendAppeal(let appeal):
            try tx.bind(("appeal", appeal.identifier), to: caseID)
            try send("appeal", to: appeal.payerID, key: appeal.identifier, Canonical.encode(appeal))
        case .writeBack(let resource):
            try send("ehr", to: "ehr", key: "\(decision.id)/\(number)", resource.canonical)
        case .openTask(let draft):
            try tx.open(
                TaskRow(
                    id: TaskDraft.id(caseID: caseID, key: draft.key), caseID: caseID,
                    stage: decision.occasion.stage.rawValue, kind: draft.kind, body: Canonical.encode(draft),
                    amountCents: draft.amount.cents, openedAt: now, deadline: draft.deadline, decisionID: decision.id))
        case .withdrawTask(let key): try tx.end(task: TaskDraft.id(caseID: caseID, key: key), as: .withdrawn)
        case .setTimer(let name, let due): try tx.setTimer(name, of: caseID, due: due)
        case .recordClaim(let claim, let state): try record(claim, state: state, of: caseID)
        case .learn(let lines): try learn(lines)
        }
    }

    private func record(_ claim: Claim, state: String, of caseID: String) throws {
        guard let payer = claim.payer else { return }
        try tx.addHistory(
            claim.lines.map {
                ClaimHistoryRow(
                    controlNumber: claim.controlNumber, caseID: caseID, payerID: payer.payerID,
                    memberID: payer.memberID, providerNPI: claim.billing.npi, serviceDate: $0.from,
                    procedure: $0.procedure, modifiers: $0.modifiers.joined(separator: ":"),
                    chargeCents: $0.charge.cents, units: $0.wholeUnits ?? 0,
                    authorization: claim.priorAuthorization, state: state)
            })
    }

    private func learn(_ lines: [AdjudicatedLine]) throws {
        for line in lines {
            let modifiers = line.modifiers.joined(separator: ":")
            try tx.countAdjudicated(payerID: line.payerID, procedure: line.procedure, modifiers: modifiers)
            for denial in line.denials {
                try tx.countDenial(
                    payerID: line.payerID, procedure: line.procedure, modifiers: modifiers,
                    reason: "\(denial.group)-\(denial.reason)", amount: denial.amount)
            }
        }
    }
}

/// Holds a stage to the contract of what it hands on: what breaks it is not handed on silently, a person is told.
struct ContractGuard {
    let contracts: Contracts

    func check(_ ruling: inout Ruling, of stage: Stage) {
        guard let handoff = ruling.handoff else { return }
        let violations = contracts.violations(of: Contracts.name(of: stage), in: handoff)
        guard !violations.isEmpty else { return }
        ruling.handoff = nil
        ruling.effects.append(
            .openTask(
                TaskDraft(
                    key: "pipeline.contract:\(stage.rawValue)", title: "A stage broke its contract",
                    reason: "What \(stage.title) hands on does not fit its schema; nothing was handed on.",
                    evidence: violations, answers: [.init("noted", "Reported to the maintainers")])))
    }
}
