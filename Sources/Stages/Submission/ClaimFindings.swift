import Claims
import ClinicalKnowledge
import HealthTypes
import Review
import Rules

/// The deterministic part of a judgement, which the reviewers are shown.
struct ClaimFindings {
    let claim: Claim
    let checks: [Check]
    /// Of the gate's own rules.
    let denials: [Check]
    /// Ids of the rules that found nothing.
    let passed: [String]
    let clinical: AnalyzeResponse
    let policies: [PolicyCitation]
    let filingDays: Int?
    private let chart: [ChartItem]
    private let memberToken: String

    init(
        _ claim: Claim, ref: ClaimRef?, displacing: Set<ClaimRef>, facts: CaseFacts, basis: Basis, engines: Engines
    ) {
        let history = ClaimHistory(claim, ref: ref, displacing: displacing, facts: facts, basis: basis)
        let claimFacts = ClaimFacts(claim: claim, facts: facts, history: history, basis: basis, engines: engines)
        let rules = RuleRun(claimFacts)
        self.claim = claim
        clinical = ClinicalReview.analyze(claim, chart: facts.chart, engines: engines)
        checks =
            rules.submission + Self.caseChecks(claim, ref, facts) + ClinicalReview.checks(clinical)
            + basis.patternChecks
        denials = rules.gate
        passed = rules.passed
        policies = engines.policies.search(
            Array((claim.lines.map(\.procedure) + Self.subjects).prefix(24)), payerID: claim.payer?.payerID ?? "",
            on: claimFacts.day, limit: 4)
        filingDays = claimFacts.filingDays
        chart = facts.chart
        memberToken = basis.memberToken ?? ""
    }

    /// What every claim is asked about.
    private static let subjects = ["billing", "compliance", "duplicate", "authorization"]

    /// What the reviewers are to be asked.
    var request: ReviewRequest {
        ClinicalReview.reviewRequest(
            claim, chart: chart, checks: checks + denials, clinical: clinical, memberToken: memberToken,
            policies: policies)
    }

    /// What no rule can ask, because it lies in the case and not in the claim.
    private static func caseChecks(_ claim: Claim, _ ref: ClaimRef?, _ facts: CaseFacts) -> [Check] {
        var checks: [Check] = []
        if facts.isSelfPay {
            checks.append(
                Check(
                    id: "claim.self-pay", title: "A payer is to be billed for the visit", answer: .failed,
                    severity: .hold, message: "The patient pays for the visit, and a claim came for it all the same.",
                    fix: "Ask registration whether the payer is to be billed.",
                    evidenceToChange: ["The patient's word that the payer may be billed"], basis: ["45 CFR 164.522"]))
        }
        if facts.claims.contains(where: {
            $0.ref != ref && $0.wasSent && $0.claim.controlNumber == claim.controlNumber
        }) {
            checks.append(
                Check(
                    id: "claim.control-number-used", title: "Control number not used before", answer: .failed,
                    severity: .block, message: "Another claim of the case went out under the same control number.",
                    fix: "Give it another number, or send it as a replacement.",
                    evidenceToChange: ["Another control number"], basis: ["837 CLM01"]))
        }
        return checks
    }
}

/// The rules of the stage and of the gate, run over one claim.
private struct RuleRun {
    let submission: [Check]
    let gate: [Check]
    let passed: [String]

    init(_ claimFacts: ClaimFacts) {
        let value = claimFacts.value
        let claim = claimFacts.claim
        var passed: [String] = []
        func run(_ stage: String, _ name: String) -> [Check] {
            let report = claimFacts.engines.rules.evaluate(
                stage: stage, payer: claim.payer?.payerID ?? "", claimKind: claim.kind.rawValue, on: claimFacts.day,
                facts: value)
            let spoken = Set(report.results.map(\.ruleID))
            passed += report.evaluated.filter { !spoken.contains($0) }
            let found = report.results.map { Check($0) }
            let isCovered = report.evaluated.contains { Self.isEnforced($0, claimFacts.engines.rules) }
            return isCovered ? found : found + [Self.noneInForce(claimFacts, name)]
        }
        submission = run("submission", "submission")
        gate = run("gate", "gate")
        self.passed = passed
    }

    /// Whether a rule can hold a claim and goes by its day of service. One in shadow moves nothing, and one that goes by
    /// the day of receipt does not say that the day of service is covered.
    private static func isEnforced(_ id: String, _ book: RuleBook) -> Bool {
        book.rules(id).contains { $0.rule.status == .block && $0.rule.basis == .serviceDate }
    }

    /// That nothing was found says nothing where nothing was asked.
    private static func noneInForce(_ claimFacts: ClaimFacts, _ name: String) -> Check {
        let payer = claimFacts.payer.map { "payer \($0.id)" } ?? "a payer that is not on file"
        let kind = claimFacts.claim.kind.rawValue
        return Check(
            id: "rules.none-in-force", title: "Rules are in force for the claim", answer: .unknown, severity: .hold,
            message: "No \(name) rule is in force for \(kind) claims to \(payer) with \(claimFacts.dayClass).",
            fix: "Add rules for such claims, or have a person judge them.",
            evidenceToChange: ["A rule pack for such claims"],
            basis: ["rule packs \(claimFacts.engines.rules.digest.short)"])
    }
}

extension Check {
    /// A rule's result in the gate's terms: a rule in shadow is recorded and holds nothing.
    init(_ result: RuleResult) {
        let severity: Severity =
            switch result.effect {
            case .warn, nil: .warn
            case .hold: .hold
            case .block, .deny: .block
            }
        self.init(
            id: result.ruleID, title: result.title, answer: result.truth == .yes ? .failed : .unknown,
            severity: severity, message: result.message, fix: result.appeal ?? result.fix.text,
            predicts: result.predicts, evidenceToChange: result.evidenceToChange,
            basis: ["rule pack \(result.pack) \(result.packVersion)"] + result.locations)
    }
}
