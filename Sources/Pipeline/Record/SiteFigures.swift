public import HealthTypes
import Stages
public import Store

/// A number with its definition: never a bare percent.
public struct SiteFigure: Sendable {
    public var id: String
    public var title: String
    /// What stands above and below the line, and over what time.
    public var definition: String
    /// Whose definition it is, and which version of it.
    public var source: String
    public var numerator: Int
    public var denominator: Int

    /// In tenths of a percent; nil where there is nothing to divide by.
    public var perMille: Int? { denominator == 0 ? nil : (numerator * 1000 + denominator / 2) / denominator }

    /// `93.4% (184 of 197)`, or a dash where there is nothing to divide by.
    public var text: String {
        guard let perMille else { return "– (0 of 0)" }
        return "\(perMille / 10).\(perMille % 10)% (\(numerator) of \(denominator))"
    }
}

/// The five numbers of a site, from its record.
public enum SiteFigures {
    public static func compute(in record: any PageReader) throws -> [SiteFigure] {
        let postings = try record.postingCounts()
        return [
            SiteFigure(
                id: "clean-claim", title: "Clean claims",
                definition:
                    "Cases whose claim passed every edit and was submitted without a person's change, of the cases with a claim to bill; resubmissions not counted.",
                source: "HFMA MAP key CL-1; this program's version 2",
                numerator: try record.countCases(with: .firstClaims([.sent])),
                denominator: try record.countCases(
                    with: .firstClaims([.sent, .held, .blocked, .incomplete, .inReview]))
            ),
            SiteFigure(
                id: "initial-denial", title: "Initial denials",
                definition:
                    "Claims whose first remittance denied money on any line, of the claims with a first remittance; by submission cohort, replacements under the first claim.",
                source: "HFMA Claim Integrity Task Force, initial denial rate by volume; this program's version 1",
                numerator: postings.claimsDenied, denominator: postings.claimsSettled),
            SiteFigure(
                id: "denials-overturned", title: "Denials overturned",
                definition:
                    "Cases in which a corrected claim or an appeal brought more money than was taken back, of the cases in which one was sent.",
                source: "HFMA denial metrics, percentage overturned; this program's version 2",
                numerator: postings.casesRecovered, denominator: try casesWorked(record)),
            SiteFigure(
                id: "service-authorization", title: "Services authorized",
                definition:
                    "Cases in which the payer granted an order wholly or in part, of the cases with an order for which it wants to be asked.",
                source: "HFMA MAP key, service authorization; by case; this program's version 2",
                numerator: try record.countCases(with: .authorization(.answered, [.approved, .modified, .partial])),
                denominator: try record.countCases(with: .authorization(.ordered, [.requested, .waits, .needUnknown]))),
            SiteFigure(
                id: "pre-service-verification", title: "Verified before the visit",
                definition:
                    "Scheduled visits with a usable 271 in the 48 hours before check-in, of the visits that were scheduled.",
                source: "HFMA MAP key, insurance verification, in its T-48 h variant; this program's version 1",
                numerator: try record.countCases(
                    with: .eligibility(.answered, [.active, .inactive, .notFound]), since: .eligibility(.beforeVisit),
                    before: .eligibility(.checkedIn)),
                denominator: try record.countCases(with: .eligibility(.scheduled))),
        ]
    }

    /// How much of what was sent has been settled: a rate over a young cohort says little.
    public static func maturity(in record: any PageReader) throws -> SiteFigure {
        SiteFigure(
            id: "maturity", title: "Settled",
            definition: "First submissions with a remittance, of the first submissions.",
            source: "this program's version 1", numerator: try record.postingCounts().claimsSettled,
            denominator: try record.claimCounts().filter { $0.isOriginal && ClaimState.sent.contains($0.state) }
                .map(\.claims).reduce(0, +))
    }

    /// Cases whose denials were worked: a corrected claim or an appeal went out.
    private static func casesWorked(_ record: any PageReader) throws -> Int {
        var cases: Set<CaseNumber> = []
        for filter in [
            DecisionFilter(stage: Stage.denials.rawValue, outcomes: [DenialsOutcome.appealed.rawValue]),
            DecisionFilter(
                stage: Stage.submission.rawValue, reasons: [ReasonTag.correct.rawValue],
                outcomes: [SubmissionOutcome.sent.rawValue]),
        ] {
            var after: CaseNumber?
            while true {
                let page = try record.casesWith(filter, after: after, limit: 1000)
                cases.formUnion(page)
                after = page.last
                if page.count < 1000 { break }
            }
        }
        return cases.count
    }
}

/// Dollars that were billed, are held, were paid, denied at first, recovered later, written off.
public struct SiteDollars: Hashable, Sendable {
    public var billed = Money.zero
    public var held = Money.zero
    public var paid = Money.zero
    public var patient = Money.zero
    public var denied = Money.zero
    public var recovered = Money.zero
    public var writtenOff = Money.zero

    public static func compute(in record: any PageReader) throws -> SiteDollars {
        let all = try record.postingSums(isFollowUp: nil)
        var dollars = SiteDollars()
        dollars.billed = try record.claimCounts().filter { $0.isOriginal && ClaimState.sent.contains($0.state) }
            .map(\.charge).total()
        dollars.held = try record.countOpenWork(
            WorkFilter(
                stage: Stage.submission.rawValue, kinds: [WorkTag.held.rawValue, WorkTag.blocked.rawValue])
        ).amount
        dollars.paid = all.paid
        dollars.patient = all.patient
        dollars.denied = try record.postingSums(isFollowUp: false).denied
        dollars.recovered = try record.postingSums(isFollowUp: true).paid
        dollars.writtenOff = all.writtenOff
        return dollars
    }
}

/// Tags of triggers by which decisions are counted; they are those of the stages' reasons.
enum ReasonTag: String {
    case scheduled = "scheduled"
    case beforeVisit = "before_visit"
    case checkedIn = "checked_in"
    case answered = "answered"
    case ordered = "ordered"
    case charged = "charged"
    case received = "received"
    case correct = "correct"
}

/// Tags of work items by which they are counted.
enum WorkTag: String {
    case held = "held"
    case blocked = "blocked"
}

extension ClaimState {
    /// Written tags of the states of a claim that went out.
    static let sent: Set<String> = Set([submitted, accepted, rejected, settled].map(\.rawValue))
}

extension DecisionFilter {
    static func eligibility(_ reason: ReasonTag, _ outcomes: [EligibilityOutcome]? = nil) -> DecisionFilter {
        DecisionFilter(
            stage: Stage.eligibility.rawValue, reasons: [reason.rawValue],
            outcomes: outcomes.map { Set($0.map(\.rawValue)) })
    }

    static func authorization(_ reason: ReasonTag, _ outcomes: [AuthorizationOutcome]) -> DecisionFilter {
        DecisionFilter(
            stage: Stage.priorAuthorization.rawValue, reasons: [reason.rawValue],
            outcomes: Set(outcomes.map(\.rawValue)))
    }

    /// Judgements of claims that came to be billed for the first time.
    static func firstClaims(_ outcomes: [SubmissionOutcome]) -> DecisionFilter {
        DecisionFilter(
            stage: Stage.submission.rawValue, reasons: [ReasonTag.charged.rawValue, ReasonTag.received.rawValue],
            outcomes: Set(outcomes.map(\.rawValue)))
    }
}
