public import Claims
public import HealthTypes

/// Everything known of a case: its journal, folded.
public struct CaseFacts: Sendable {
    public let id: String
    /// The last entry folded in, and its digest.
    public private(set) var sequence = 0
    public private(set) var digest: Digest?

    public private(set) var encounter: Encounter?
    public private(set) var isScheduled = false
    public private(set) var isCheckedIn = false
    public private(set) var coverages: [Coverage] = []
    public private(set) var orders: [ServiceOrder] = []
    public private(set) var chart: [ChartItem] = []
    public private(set) var charges: [Charge] = []
    public private(set) var receivedClaims: [Claim] = []
    public private(set) var eligibility: [EligibilityAnswer] = []
    public private(set) var authorizations: [AuthorizationAnswer] = []
    public private(set) var acknowledgements: [ClaimAcknowledgement] = []
    public private(set) var remittances: [ClaimRemittance] = []
    public private(set) var appealAnswers: [AppealAnswer] = []
    public private(set) var firedTimers: [String] = []
    public private(set) var resolutions: [TaskResolution] = []
    public private(set) var failures: [DeliveryFailure] = []
    public private(set) var decisions: [Decision] = []
    private var decided: Set<Occasion> = []

    public init(id: String) {
        self.id = id
    }

    /// Folds the next entry in. Entries come in order.
    public mutating func apply(_ event: CaseEvent, sequence: Int, digest: Digest) {
        self.sequence = sequence
        self.digest = digest
        switch event {
        case .scheduled(let encounter):
            merge(encounter)
            isScheduled = true
        case .checkedIn(let encounter):
            merge(encounter)
            isCheckedIn = true
        case .visitUpdated(let encounter): merge(encounter)
        case .orderCancelled(let number): orders.removeAll { $0.number == number }
        case .covered(let coverages): if !coverages.isEmpty { self.coverages = coverages }
        case .ordered(let order):
            // The same order comes from the EHR twice, as ORM and as ServiceRequest; the later is the fuller.
            if let known = orders.firstIndex(where: { $0.number == order.number }) {
                orders[known] = order
            } else {
                orders.append(order)
            }
        case .charted(let items):
            for item in items where !chart.contains(where: { $0.reference == item.reference }) { chart.append(item) }
        case .charged(let posted):
            for charge in posted where !charges.contains(where: { $0.number == charge.number }) {
                charges.append(charge)
            }
        case .claimReceived(let claim): receivedClaims.append(claim)
        case .eligibilityAnswered(let answer): eligibility.append(answer)
        case .authorizationAnswered(let answer): authorizations.append(answer)
        case .acknowledged(let acknowledgement): acknowledgements.append(acknowledgement)
        case .remitted(let remittance): remittances.append(remittance)
        case .appealAnswered(let answer): appealAnswers.append(answer)
        case .timerFired(let name): firedTimers.append(name)
        case .taskResolved(let resolution): resolutions.append(resolution)
        case .deliveryFailed(let failure): failures.append(failure)
        case .decided(let decision):
            decisions.append(decision)
            decided.insert(decision.occasion)
        }
    }

    private mutating func merge(_ update: Encounter) {
        guard var known = encounter else {
            encounter = update
            return
        }
        known.recordNumber = update.recordNumber ?? known.recordNumber
        if !update.patient.family.isEmpty { known.patient = update.patient }
        known.start = update.start ?? known.start
        known.checkedIn = update.checkedIn ?? known.checkedIn
        known.attending = update.attending ?? known.attending
        known.reason = update.reason ?? known.reason
        known.placeOfService = update.placeOfService
        encounter = known
    }

    public func hasDecided(_ occasion: Occasion) -> Bool { decided.contains(occasion) }

    /// Decisions of a stage, in order.
    public func decisions(of stage: Stage) -> [Decision] { decisions.filter { $0.occasion.stage == stage } }
}

extension CaseFacts {
    public var primaryCoverage: Coverage? { coverages.first ?? receivedClaims.last?.payer }

    /// When the service was or will be rendered.
    public var serviceDate: CalendarDate? { encounter?.serviceDate ?? receivedClaims.last?.serviceFrom }

    public var patient: Person? { encounter?.patient ?? receivedClaims.last?.patient }

    /// The standing of the case's cover by the latest answer that came, and when it was decided.
    public var verifiedEligibility: (answer: EligibilityAnswer, status: EligibilityAnswer.Status, at: Instant)? {
        let answered = decisions(of: .eligibility).last { $0.occasion.verb == "answer" }
        guard let answered, let index = Int(answered.occasion.subject), eligibility.indices.contains(index - 1),
            let day = serviceDate
        else { return nil }
        return (eligibility[index - 1], eligibility[index - 1].status(on: day), answered.madeAt)
    }

    /// The last request that was sent for an order.
    public func latestRequest(forOrder number: String) -> AuthorizationRequest? {
        requests.last { $0.orderNumber == number }
    }

    /// Every request for authorization that was sent, updates included.
    public var requests: [AuthorizationRequest] {
        decisions.flatMap(\.effects).compactMap { effect in
            if case .requestAuthorization(let request) = effect { request } else { nil }
        }
    }

    /// Every claim that was sent.
    public var sentClaims: [Claim] {
        decisions.flatMap(\.effects).compactMap { effect in
            if case .submitClaim(let claim) = effect { claim } else { nil }
        }
    }

    public var sentAppeals: [Appeal] {
        decisions.flatMap(\.effects).compactMap { effect in
            if case .sendAppeal(let appeal) = effect { appeal } else { nil }
        }
    }

    /// Every task that was opened, with the decision that opened it.
    public var openedTasks: [TaskDraft] {
        decisions.flatMap(\.effects).compactMap { effect in
            if case .openTask(let draft) = effect { draft } else { nil }
        }
    }

    /// The key under which a question is put: its plain form the first time, numbered where a person has answered it
    /// before and it must be put again.
    public func taskKey(_ base: String) -> String {
        func isAnswered(_ key: String) -> Bool {
            let id = TaskDraft.id(caseID: id, key: key)
            return resolutions.contains { $0.taskID == id }
        }
        guard isAnswered(base) else { return base }
        let mark = base.contains(":") ? TaskDraft.numberMark : ":\(TaskDraft.numberMark)"
        return (2...).lazy.map { "\(base)\(mark)\($0)" }.first { !isAnswered($0) } ?? base
    }

    /// The task that a person answered, as it was put.
    public func task(_ resolution: TaskResolution) -> TaskDraft? {
        openedTasks.last { TaskDraft.id(caseID: id, key: $0.key) == resolution.taskID }
    }

    /// An approved authorization for a procedure on a day, the latest first.
    public func authorization(for procedure: String) -> StandingAuthorization? {
        for answer in authorizations.reversed() {
            guard let request = requests.last(where: { $0.identifier == answer.identifier }) else { continue }
            for item in request.items where item.procedure == procedure {
                let verdict = answer.items.first { $0.sequence == item.sequence }
                return StandingAuthorization(
                    number: answer.authorizationNumber, standing: answer.standing,
                    units: verdict?.approvedUnits ?? (answer.standing == .approved ? item.units : nil),
                    from: verdict?.from ?? item.from, to: verdict?.to ?? item.to)
            }
        }
        return nil
    }
}

/// What a payer has granted for one procedure.
public struct StandingAuthorization: Hashable, Sendable, Codable {
    public var number: String?
    public var standing: AuthorizationAnswer.Standing
    public var units: Int?
    public var from: CalendarDate
    public var to: CalendarDate?
}
