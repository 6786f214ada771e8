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
    /// Whether it is over what has been settled, and says little while little has.
    public var isOfSettled = false
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
                    with: .firstClaims([.sent, .held, .blocked, .incomplete, .inReview]))),
            SiteFigure(
                id: "initial-denial", title: "Initial denials",
                definition:
                    "Claims whose first remittance denied money on any line, of the claims with a first remittance; by submission cohort, replacements under the first claim.",
                source: "HFMA Claim Integrity Task Force, initial denial rate by volume; this program's version 1",
                isOfSettled: true,
                numerator: postings.claimsDenied, denominator: postings.claimsSettled),
            SiteFigure(
                id: "denials-overturned", title: "Denials overturned",
                definition:
                    "Cases in which a corrected claim or an appeal brought more money than was taken back, of the cases in which one was sent.",
                source: "HFMA denial metrics, percentage overturned; this program's version 2", isOfSettled: true,
                numerator: postings.casesRecovered, denominator: try record.countCases(withAny: .worked)),
            SiteFigure(
                id: "service-authorization", title: "Services authorized",
                definition:
                    "Cases in which the payer granted an order wholly or in part, of the cases with an order for which it wants to be asked.",
                source: "HFMA MAP key, service authorization; by case; this program's version 2",
                numerator: try record.countCases(
                    with: .authorization(.answered(.any), [.approved, .modified, .partial])),
                denominator: try record.countCases(
                    with: .authorization(.ordered(.any), [.requested, .waits, .needUnknown]))),
            SiteFigure(
                id: "pre-service-verification", title: "Verified before the visit",
                definition:
                    "Scheduled visits with a usable 271 in the 48 hours before check-in, of the visits that were scheduled.",
                source: "HFMA MAP key, insurance verification, in its T-48 h variant; this program's version 1",
                numerator: try record.countCases(
                    with: .eligibility(.answered(.any), [.active, .inactive, .notFound]),
                    since: .eligibility(.beforeVisit), before: .eligibility(.checkedIn)),
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
        dollars.held = try record.countOpenWork(.held).amount
        dollars.paid = all.paid
        dollars.patient = all.patient
        dollars.denied = try record.postingSums(isFollowUp: false).denied
        dollars.recovered = try record.postingSums(isFollowUp: true).paid
        dollars.writtenOff = all.writtenOff
        return dollars
    }
}

extension ClaimState {
    /// Written tags of the states of a claim that went out.
    static let sent: Set<String> = Set([submitted, accepted, rejected, settled].map(\.rawValue))
}

// Rows hold the tags of reasons and work items and not what they refer to, so that any reference stands for all.
extension EntryRef { fileprivate static let any = EntryRef(0) }
extension ClaimRef { fileprivate static let any = ClaimRef(entry: 0, number: 0) }
extension WorkItemID { fileprivate static let any = WorkItemID(entry: 0, number: 0) }
extension OrderKey { fileprivate static let any = OrderKey("") }

extension DecisionFilter {
    /// Decisions on one of the reasons, which are of one stage; with one of the outcomes where these are given.
    init(on reasons: [Reason], _ outcomes: [Outcome]? = nil) {
        self.init(
            stage: reasons.first?.stage.rawValue, reasons: Set(reasons.map(\.tag)),
            outcomes: outcomes.map { Set($0.map(\.tag)) })
    }

    static func eligibility(_ reason: EligibilityReason, _ outcomes: [EligibilityOutcome]? = nil) -> DecisionFilter {
        DecisionFilter(on: [.eligibility(reason)], outcomes?.map { .eligibility($0) })
    }

    static func authorization(_ reason: AuthorizationReason, _ outcomes: [AuthorizationOutcome]) -> DecisionFilter {
        DecisionFilter(on: [.authorization(reason)], outcomes.map { .authorization($0) })
    }

    /// Judgements of claims that came to be billed for the first time.
    static func firstClaims(_ outcomes: [SubmissionOutcome]) -> DecisionFilter {
        DecisionFilter(
            on: [.submission(.charged), .submission(.received(.any))], outcomes.map { .submission($0) })
    }
}

extension [DecisionFilter] {
    /// Denials that were worked: a corrected claim or an appeal went out.
    static let worked = [
        DecisionFilter(stage: Stage.denials.rawValue, outcomes: [DenialsOutcome.appealed.rawValue]),
        DecisionFilter(on: [.submission(.correct(.any))], [.submission(.sent)]),
    ]
}

extension WorkFilter {
    /// Claims that wait for a person before they go out.
    static let held = WorkFilter(
        stage: Stage.submission.rawValue,
        kinds: Set([SubmissionWork.held(.any), .blocked(.any)].map { WorkItemKind.submission($0).tag }))
}
