import HealthTypes

/// What Larkfield and Brookhaven charge for one unit of each procedure.
enum Chargemaster {
    /// In cents, for one unit.
    static let prices: [(procedure: String, cents: Int64)] = [
        ("99213", 14_500), ("99214", 21_000), ("G0439", 19_000), ("83036", 4_200), ("80053", 5_800), ("85025", 3_600),
        ("80061", 6_400), ("84443", 7_800), ("81002", 1_400), ("70551", 118_000), ("72148", 115_000),
        ("73721", 109_500), ("73562", 11_800), ("71046", 9_600), ("77067", 28_500), ("97110", 6_200),
        ("95810", 148_000), ("96372", 5_200), ("96413", 39_500), ("96415", 9_600), ("20610", 18_500),
        ("J1745", 11_800), ("J1885", 950), ("J3301", 900), ("J3420", 1_200), ("J1160", 1_500),
    ]

    private static let byProcedure = Dictionary(
        uniqueKeysWithValues: prices.map { ($0.procedure, Money(cents: $0.cents)) })

    static func price(_ procedure: String) -> Money {
        guard let price = byProcedure[procedure] else { preconditionFailure("no price for \(procedure)") }
        return price
    }
}
