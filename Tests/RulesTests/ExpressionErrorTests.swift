import Testing

@testable import Rules

@Suite struct ExpressionErrorTests {
    static let cases: [(text: String, error: String)] = [
        (
            "claim.totl > 0",
            """
            no fact is named 'claim.totl'
              claim.totl > 0
                    ^
            """
        ),
        (
            "claim.total > 0\n&& claim.total > \"10\"",
            """
            this compares a number with text
              && claim.total > "10"
                             ^
            """
        ),
        (
            "claim.total",
            """
            a condition is yes or no, and this is a number
              claim.total
              ^
            """
        ),
        (
            "claim.urgent && (claim.total > 1",
            """
            ')' is missing here
              claim.urgent && (claim.total > 1
                                              ^
            """
        ),
        (
            "valid(claim.name)",
            """
            no function is named 'valid'
              valid(claim.name)
              ^
            """
        ),
        (
            "npi_valid(claim.name, 2)",
            """
            'npi_valid' takes 1, and 2 are given
              npi_valid(claim.name, 2)
              ^
            """
        ),
        (
            "npi_valid(claim.total)",
            """
            what 'npi_valid' takes here is text, and this is a number
              npi_valid(claim.total)
                        ^
            """
        ),
        (
            "claim.name == \"x",
            """
            this text has no closing quote
              claim.name == "x
                            ^
            """
        ),
        (
            "claim.total > 1 claim",
            """
            nothing may follow the condition
              claim.total > 1 claim
                              ^
            """
        ),
        (
            "any(line in claim.lines, line.chrge > 1)",
            """
            no fact is named 'claim.lines[].chrge'
              any(line in claim.lines, line.chrge > 1)
                                            ^
            """
        ),
        (
            "any(claim in claim.lines, true)",
            """
            this name is taken
              any(claim in claim.lines, true)
                  ^
            """
        ),
        (
            "any(line in claim.total, true)",
            """
            'any' needs a list, and this is a number
              any(line in claim.total, true)
                          ^
            """
        ),
        (
            "claim.from > date(\"2026-02-30\")",
            """
            a day is written date("2026-01-31")
              claim.from > date("2026-02-30")
                                ^
            """
        ),
        (
            "in_table(\"nothing\", claim.name)",
            """
            the pack has no table of this name
              in_table("nothing", claim.name)
                       ^
            """
        ),
        (
            "claim.total = 1",
            """
            this character has no meaning here
              claim.total = 1
                          ^
            """
        ),
        (
            "claim.name < \"b\"",
            """
            '<' cannot compare text
              claim.name < "b"
                         ^
            """
        ),
        (
            "claim.referring == claim.referring",
            """
            '==' cannot compare a record
              claim.referring == claim.referring
                              ^
            """
        ),
        (
            "claim.total > 1.2.3",
            """
            a number has at most 15 digits, 6 of them after one point
              claim.total > 1.2.3
                            ^
            """
        ),
        (
            "",
            """
            a value is missing here
              \("")
              ^
            """
        ),
    ]

    @Test(arguments: cases.indices)
    func pointsAtTheCharacter(_ index: Int) throws {
        let (text, error) = Self.cases[index]
        let facts = try vocabulary()
        let thrown = #expect(throws: ExpressionError.self) {
            try Expression(text, facts: facts, functions: .standard)
        }
        #expect(thrown?.description == error)
    }

    @Test func depthLengthAndVariablesHaveLimits() throws {
        let facts = try vocabulary()
        for text in [
            String(repeating: "(", count: 5_000) + "true", String(repeating: "!", count: 5_000) + "true",
            String(repeating: "true || ", count: 2_000) + "true",
            "any(a in claim.codes, any(b in claim.codes, any(c in claim.codes, any(d in claim.codes, true))))",
        ] {
            #expect(throws: ExpressionError.self) { try Expression(text, facts: facts, functions: .standard) }
        }
    }

    @Test func noBytesCrashTheParser() throws {
        let facts = try vocabulary()
        let whole = Array("any(line in claim.lines where !(\"25\" in line.marks), line.charge / 2 >= -1.5) || unknown")
        for cut in whole.indices {
            for piece in [whole[..<cut] + [], whole[cut...], whole[..<cut] + ["é"] + whole[cut...]] {
                _ = try? Expression(String(piece), facts: facts, functions: .standard)
            }
        }
    }
}
