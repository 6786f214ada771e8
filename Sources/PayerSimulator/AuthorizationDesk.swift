import Claims
import HealthTypes

/// A request for authorization with all that was sent for it, and what was decided last.
struct AuthorizationRecord: Sendable {
    /// With the documents of every version, in the order in which they came.
    var request: AuthorizationRequest
    var answer: AuthorizationAnswer
    var number: String
    /// The Bundle of the latest version, to which every answer is written.
    var bundle: String

    var isPended: Bool { answer.items.contains { $0.action == "A4" } }

    var granted: GrantedAuthorization {
        GrantedAuthorization(
            number: number, memberID: request.memberID,
            items: answer.items.filter { ["A1", "A2", "A6"].contains($0.action) }.compactMap { decided in
                guard let asked = request.items.first(where: { $0.sequence == decided.sequence }) else { return nil }
                return GrantedAuthorization.Item(
                    procedure: asked.procedure, units: decided.approvedUnits,
                    period: Period(from: decided.from, to: decided.to))
            })
    }
}

/// What a claim's authorization number stands for.
struct GrantedAuthorization: Sendable {
    struct Item: Sendable {
        var procedure: String
        var units: Int?
        var period: Period
    }

    var number: String
    var memberID: String
    var items: [Item]

    /// The item that covers the line; nil where the number is for another service, member or time.
    func item(for line: ClaimLine, member: Member?) -> Item? {
        guard member?.memberID == memberID else { return nil }
        return items.first { $0.procedure == line.procedure && $0.period.contains(line.from) }
    }
}

/// What documents say of a payer's criteria, line by line: `criterion conservative-therapy: met`.
struct CriteriaEvidence: Sendable {
    enum State: String, Sendable {
        case met
        case notMet = "not met"
        case unknown
    }

    private var states: [String: State] = [:]

    /// The later statement stands.
    ///
    /// A document that is sent for a criterion and says nothing else of it answers it, where `linksCount`.
    init(_ documents: [SupportingDocument], linksCount: Bool) {
        for document in documents {
            var stated: Set<String> = []
            for line in document.text.lowercased().split(whereSeparator: \.isNewline) {
                guard let (id, state) = Self.statement(line) else { continue }
                states[id] = state
                stated.insert(id)
            }
            guard linksCount, !document.text.isEmpty else { continue }
            for id in document.criteria where !stated.contains(id) && states[id] == nil { states[id] = .met }
        }
    }

    subscript(criterion: String) -> State { states[criterion] ?? .unknown }

    private static func statement(_ line: Substring) -> (id: String, state: State)? {
        guard let start = line.firstRange(of: "criterion ") else { return nil }
        let parts = line[start.upperBound...].split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let first = parts[0].trimmed
        let second = parts[1].trimmed
        if first == "not met" { return (second, .notMet) }
        for state in [State.notMet, .met, .unknown] where second.hasPrefix(state.rawValue) { return (first, state) }
        return nil
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " || $0 == "*" || $0 == "-" }
        return String(start.prefix(start.count - start.reversed().prefix { $0 == " " || $0 == "." }.count))
    }
}

/// Decides on requests for prior authorization by a payer's policy.
struct AuthorizationDesk: Sendable {
    let policy: PayerPolicy
    let seed: UInt64

    /// - Parameter reviewed: whether a reviewer has seen what waits for one.
    func decide(_ request: AuthorizationRequest, number: String, member: Member?, reviewed: Bool)
        -> AuthorizationAnswer
    {
        var answer = AuthorizationAnswer(identifier: request.identifier)
        guard let member else {
            answer.errors = ["75"]
            return answer
        }
        guard request.items.allSatisfy({ Period(from: member.from, to: member.to).contains($0.from) }) else {
            answer.errors = ["95"]
            return answer
        }
        let evidence = CriteriaEvidence(request.documents, linksCount: true)
        for item in request.items {
            let (decided, wanted) = decide(item, evidence)
            answer.items.append(decided)
            for criterion in wanted where !answer.documentsWanted.contains(criterion) {
                answer.documentsWanted.append(criterion)
            }
        }
        if !reviewed, answer.documentsWanted.isEmpty, waitsForReview(request) {
            for index in answer.items.indices where ["A1", "A6"].contains(answer.items[index].action) {
                answer.items[index] = AuthorizationItemAnswer(sequence: answer.items[index].sequence, action: "A4")
                answer.items[index].reason = "E8"
            }
        }
        if answer.items.contains(where: { ["A1", "A6"].contains($0.action) }) { answer.authorizationNumber = number }
        return answer
    }

    /// What becomes of a request whose documents never came.
    func expire(_ answer: AuthorizationAnswer) -> AuthorizationAnswer {
        var expired = answer
        expired.documentsWanted = []
        for index in expired.items.indices where expired.items[index].action == "A4" {
            expired.items[index].action = "A3"
            expired.items[index].reason = "90"
        }
        return expired
    }

    private func decide(
        _ item: AuthorizationItem, _ evidence: CriteriaEvidence
    ) -> (AuthorizationItemAnswer, wanted: [String]) {
        var decided = AuthorizationItemAnswer(sequence: item.sequence, action: "A1")
        guard let rule = policy.authorizationRule(for: item.procedure, on: item.from) else {
            decided.reason = "84"
            grant(&decided, item, units: item.units, days: 90)
            return (decided, [])
        }
        if rule.criteria.contains(where: { evidence[$0] == .notMet }) {
            decided.action = "A3"
            decided.reason = "82"
            return (decided, [])
        }
        let wanted = rule.criteria.filter { evidence[$0] == .unknown }
        guard wanted.isEmpty else {
            decided.action = "A4"
            decided.reason = "90"
            return (decided, wanted)
        }
        if item.units > rule.maximumUnits {
            decided.action = "A6"
            decided.reason = "87"
        }
        grant(&decided, item, units: min(item.units, rule.maximumUnits), days: rule.validDays)
        return (decided, [])
    }

    private func grant(_ decided: inout AuthorizationItemAnswer, _ item: AuthorizationItem, units: Int, days: Int) {
        decided.approvedUnits = units
        decided.from = item.from
        decided.to = item.from.adding(days: days)
    }

    private func waitsForReview(_ request: AuthorizationRequest) -> Bool {
        var random = SeededRandom(seed: seed, stream: "review/\(policy.payer)/\(request.identifier)")
        return !request.urgent && random.chance(policy.reviewPercent ?? 0)
    }
}
