import Claims
import HealthTypes
import Review
import Stages
import Store

/// Gathers what lies outside a case and bears on a decision, and pins it.
struct GroundGatherer {
    let home: DataHome
    let panel: ReviewPanel
    let tokenizer: Tokenizer
    let program: String

    /// The ground of a decision, reviews included.
    func gather(_ facts: CaseFacts, for occasion: Occasion, at now: Instant, in tx: StoreTransaction) throws -> Ground {
        var notes = GroundNotes()
        if let npi = try tx.setting("billing_npi"), let body = try tx.provider(npi: npi) {
            notes.billing = try Canonical.decode(Provider.self, from: body)
        }
        let payer = facts.primaryCoverage?.payerID
        let procedures = Set(
            facts.orders.map(\.procedure) + facts.charges.map(\.procedure)
                + facts.receivedClaims.flatMap(\.lines).map(\.procedure)
        ).sorted()
        if let payer, [.eligibility, .priorAuthorization, .submission].contains(occasion.stage),
            occasion.verb != "answer"
        {
            notes.denialPatterns = try tx.denialPatterns(payerID: payer, procedures: procedures, limit: 20).map {
                DenialPattern(
                    procedure: $0.procedure, modifiers: $0.modifiers, reason: $0.reason, denied: $0.denied,
                    adjudicated: $0.adjudicated)
            }
        }
        var ground = ground(notes, at: now)
        if occasion.stage == .submission, let claim = SubmissionStage.draft(facts, on: occasion, ground: ground) {
            try addClaim(claim, facts, on: now.date, in: tx, to: &notes)
            ground = self.ground(notes, at: now)
            if let request = SubmissionStage.reviewRequest(facts, on: occasion, ground: ground) {
                notes.reviews = panel.review(request)
                ground = self.ground(notes, at: now)
            }
        }
        return ground
    }

    private func ground(_ notes: GroundNotes, at now: Instant) -> Ground {
        Ground(
            engines: home.engines,
            record: GroundRecord(
                now: now, program: program, data: home.sets.mapValues(\.digest), versions: home.versions, notes: notes))
    }

    private func addClaim(
        _ claim: Claim, _ facts: CaseFacts, on day: CalendarDate, in tx: StoreTransaction, to notes: inout GroundNotes
    ) throws {
        for line in claim.lines where notes.usualCharges[line.procedure] == nil {
            notes.usualCharges[line.procedure] = try tx.usualCharge(line.procedure)
        }
        if let payer = claim.payer {
            notes.memberToken = tokenizer.token("member", payer.memberID)
            notes.duplicates = try duplicates(of: claim, member: payer.memberID, facts, in: tx)
            if let number = claim.priorAuthorization {
                for line in claim.lines where notes.unitsUsed[line.procedure] == nil {
                    notes.unitsUsed[line.procedure] = try tx.unitsUsed(
                        authorization: number, procedure: line.procedure, except: claim.controlNumber)
                }
            }
        }
        let words = claim.lines.map(\.procedure) + ["billing", "compliance", "duplicate", "authorization"]
        notes.policies = try tx.policies(
            matching: Array(words.prefix(24)), payerID: claim.payer?.payerID ?? "",
            on: claim.serviceFrom ?? day, limit: 4
        ).map { PolicyCitation(id: $0.id, version: $0.version, title: $0.title, digest: $0.digest) }
    }

    /// Earlier claims of the same member, biller and day that bill the same: procedures, modifiers and charges alike.
    private func duplicates(of claim: Claim, member: String, _ facts: CaseFacts, in tx: StoreTransaction) throws
        -> [PriorClaim]
    {
        guard let day = claim.serviceFrom else { return [] }
        func fingerprint(_ lines: [(String, String, Int64)]) -> [String] {
            lines.map { "\($0.0)|\($0.1)|\($0.2)" }.sorted()
        }
        let mine = fingerprint(
            claim.lines.filter { $0.from == day }.map {
                ($0.procedure, $0.modifiers.joined(separator: ":"), $0.charge.cents)
            })
        let history = try tx.history(memberID: member, on: day).filter {
            $0.providerNPI == claim.billing.npi && $0.controlNumber != claim.controlNumber
        }
        return Dictionary(grouping: history, by: \.controlNumber).sorted { $0.key < $1.key }.compactMap {
            number, lines in
            guard fingerprint(lines.map { ($0.procedure, $0.modifiers, $0.chargeCents) }) == mine,
                let first = lines.first
            else { return nil }
            return PriorClaim(controlNumber: number, caseID: first.caseID, state: first.state)
        }
    }
}
