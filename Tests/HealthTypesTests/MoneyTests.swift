import HealthTypes
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            ("0", 0), ("125", 12_500), ("125.5", 12_550), ("125.50", 12_550), (".5", 50), ("5.", 500), ("-0.75", -75),
            ("+1.25", 125), ("007", 700), ("0.10", 10), ("1.2300000", 123), ("-0", 0),
        ] as [(String, Int64)])
    func readsDecimalText(text: String, cents: Int64) {
        #expect(Money(text)?.cents == cents)
    }

    @Test(arguments: [
        "", "-", "+", ".", "-.", "1,250.00", "$5", "1 ", " 1", "1e3", "1.2.3", "--1", "1-", "0x10", "١٢", "NaN",
        "1.5\u{0}",
    ])
    func refusesWhatIsNoAmount(text: String) {
        #expect(Money(text) == nil)
    }

    /// Money is never rounded in silence.
    @Test(arguments: ["0.105", "1.001", "-3.999", "0.0000000001"])
    func refusesAPartOfACent(text: String) {
        #expect(Money(text) == nil)
    }

    @Test func refusesPastTheLimitAndNeverOverflows() {
        #expect(Money("10000000000")?.cents == Money.maximumCents)
        #expect(Money("10000000000.00")?.cents == Money.maximumCents)
        #expect(Money("-10000000000")?.cents == -Money.maximumCents)
        #expect(Money("10000000000.01") == nil)
        #expect(Money("10000000001") == nil)
        #expect(Money(String(repeating: "9", count: 5000)) == nil)
        #expect(Money("0." + String(repeating: "0", count: 5000)) == .zero)
    }

    @Test func addsExactly() {
        #expect(Money("0.10")! + Money("0.20")! == Money("0.30")!)
        #expect(Money("1.00")! - Money("1.01")! == Money(cents: -1))
        #expect(Money("3.33")! * 3 == Money("9.99")!)
        #expect([Money("0.01")!, Money("2.50")!, Money("-1.00")!].total() == Money("1.51")!)
        #expect([Money]().total() == .zero)
        #expect(Money("1")! < Money("1.01")!)
        var sum = Money("1")!
        sum += Money("2")!
        sum -= Money("0.50")!
        #expect(sum == Money("2.50")!)
    }

    @Test(
        arguments: [
            (0, "0.00", "0", "$0.00"), (5, "0.05", "0.05", "$0.05"), (-5, "-0.05", "-0.05", "-$0.05"),
            (1250, "12.50", "12.5", "$12.50"), (125_000, "1250.00", "1250", "$1,250.00"),
            (123_456_789, "1234567.89", "1234567.89", "$1,234,567.89"), (-100_000, "-1000.00", "-1000", "-$1,000.00"),
            (99_900, "999.00", "999", "$999.00"),
        ] as [(Int64, String, String, String)])
    func writesEachForm(cents: Int64, plain: String, x12: String, dollars: String) {
        let money = Money(cents: cents)
        #expect(money.description == plain)
        #expect(money.x12 == x12)
        #expect(money.dollars == dollars)
    }

    @Test func writtenFormsReadBack() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<2000 {
            let money = Money(cents: Int64(random.integer(in: -1_000_000_000..<1_000_000_000)))
            #expect(Money(money.description) == money)
            #expect(Money(money.x12) == money)
        }
    }

    @Test(
        arguments: [
            (100, 1, 2, 50), (101, 1, 2, 51), (-101, 1, 2, -51), (99, 1, 2, 50), (100, 1, 3, 33), (200, 1, 3, 67),
            (-200, 1, 3, -67), (62_000, 35, 100, 21_700), (21_700, 95, 100, 20_615), (0, 7, 9, 0), (1, 0, 5, 0),
        ] as [(Int64, Int64, Int64, Int64)])
    func sharesRoundHalfAwayFromZero(cents: Int64, numerator: Int64, denominator: Int64, expected: Int64) {
        #expect(Money(cents: cents).scaled(by: numerator, over: denominator).cents == expected)
    }

    @Test func travelsInJSONAsText() throws {
        #expect(try Canonical.encode([Money("12.5")!]) == Array(#"["12.50"]"#.utf8))
        #expect(try Canonical.decode([Money].self, from: Array(#"["12.50"]"#.utf8)) == [Money(cents: 1250)])
        for wrong in [#"["12.5"]"#, #"["12.505"]"#, "[12.5]", #"["much"]"#] {
            #expect(throws: CanonicalFault.self) { try Canonical.decode([Money].self, from: Array(wrong.utf8)) }
        }
    }
}
