import HealthTypes
public import Store

/// A number with its definition: never a bare percent.
public struct SiteFigure: Sendable, Codable {
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
    public static func compute(in tx: StoreTransaction) throws -> [SiteFigure] {
        [
            SiteFigure(
                id: "clean-claim", title: "Clean claims",
                definition:
                    "Claims that passed every edit and went out with nobody's hand in it, of the claims that came to be billed; resubmissions not counted.",
                source: "HFMA MAP key CL-1; this program's version 1", numerator: try tx.count(.claimsSentUntouched),
                denominator: try tx.count(.claimsJudged)),
            SiteFigure(
                id: "initial-denial", title: "Initial denials",
                definition:
                    "Claims whose first remittance denied money on any line, of the claims with a first remittance; by submission cohort, replacements under the first claim.",
                source: "HFMA Claim Integrity Task Force, initial denial rate by volume; this program's version 1",
                numerator: try tx.count(.claimsDenied), denominator: try tx.count(.claimsSettled)),
            SiteFigure(
                id: "denials-overturned", title: "Denials overturned",
                definition:
                    "Cases in which a corrected claim or an appeal brought more money than was taken back, of the cases in which one was sent.",
                source: "HFMA denial metrics, percentage overturned; this program's version 1",
                numerator: try tx.count(.casesRecovered), denominator: try tx.count(.casesWorked)),
            SiteFigure(
                id: "service-authorization", title: "Services authorized",
                definition:
                    "Orders that the payer granted wholly or in part, of the orders for which it wants to be asked.",
                source: "HFMA MAP key, service authorization; by order; this program's version 1",
                numerator: try tx.count(.ordersAuthorized), denominator: try tx.count(.ordersRequiringAuthorization)),
            SiteFigure(
                id: "pre-service-verification", title: "Verified before the visit",
                definition:
                    "Scheduled visits with a usable 271 in the 48 hours before check-in, of the visits that were scheduled.",
                source: "HFMA MAP key, insurance verification, in its T-48 h variant; this program's version 1",
                numerator: try tx.count(.visitsVerified), denominator: try tx.count(.visitsScheduled)),
        ]
    }

    /// How much of what was sent has been settled: a rate over a young cohort says little.
    public static func maturity(in tx: StoreTransaction) throws -> SiteFigure {
        SiteFigure(
            id: "maturity", title: "Settled",
            definition: "First submissions with a remittance, of the first submissions.",
            source: "this program's version 1",
            numerator: try tx.count(.claimsSettled), denominator: try tx.count(.claimsSent))
    }
}
