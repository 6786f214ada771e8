/// What the words around a term say of it.
struct SentenceContext {
    let isNegated: Bool
    let isHistorical: Bool
    let isUncertain: Bool
    let isFamily: Bool

    /// The words of the sentence on either side of the term, within a trigger's reach.
    init(before: [String], after: [String]) {
        let before = Self.since(before)
        let after = Array(after.prefix { !Self.ends.contains($0) })
        isNegated = Self.isNegated(before) || Self.contains(after, Self.negatedAfter)
        isHistorical = Self.contains(before, Self.historicalBefore) || Self.contains(after, Self.historicalAfter)
        isUncertain = Self.contains(before, Self.uncertainBefore) || Self.contains(after, Self.uncertainAfter)
        isFamily = Self.contains(before, Self.familyBefore)
    }

    /// The words after the last one that ends a trigger's reach.
    private static func since(_ words: [String]) -> [String] {
        Array(words[(words.lastIndex(where: ends.contains).map { $0 + 1 } ?? 0)...])
    }

    /// A denial that is not part of a phrase which only looks like one, such as `no increase in`.
    private static func isNegated(_ words: [String]) -> Bool {
        var position = 0
        while position < words.count {
            if let phrase = notDenials.first(where: { words[position...].starts(with: $0) }) {
                position += phrase.count
            } else if negatedBefore.contains(where: { words[position...].starts(with: $0) }) {
                return true
            } else {
                position += 1
            }
        }
        return false
    }

    private static func contains(_ words: [String], _ phrases: [[String]]) -> Bool {
        words.indices.contains { start in phrases.contains { words[start...].starts(with: $0) } }
    }

    private static func phrases(_ text: String) -> [[String]] {
        text.split(separator: ",").map { $0.split(separator: " ").map(String.init) }
    }

    private static let ends: Set<String> = [
        "but", "however", "although", "though", "except", "aside", "nevertheless", "yet", "which", "who", "because",
    ]
    private static let negatedBefore = phrases(
        "no,not,denies,denied,denying,without,never,negative for,free of,absence of,declines,declined,refuses,refused,"
            + "rules out,ruled out,lack of,cannot,neither,nor,none,isn't,wasn't,hasn't,didn't,doesn't,hadn't")
    private static let notDenials = phrases(
        "not only,no increase,no change,no further change,not necessarily,no improvement,not improved,no relief,"
            + "without improvement,without relief,without success,without benefit,without difficulty,not certain,"
            + "no longer responding,not respond,not responded,not helped,no benefit,cannot exclude,cannot rule out,"
            + "not ruled out")
    private static let negatedAfter = phrases(
        "ruled out,was ruled out,is negative,was negative,are negative,were negative,not present,absent,is absent,"
            + "not seen,not performed,not done,not attempted,not tried,was declined,was refused,declined,unlikely")
    private static let historicalBefore = phrases(
        "history of,h/o,hx of,hx,past,prior,previous,previously,status post,s/p,remote")
    private static let historicalAfter = phrases("in the past,years ago,months ago,in childhood,as a child,resolved")
    private static let uncertainBefore = phrases(
        "possible,possibly,probable,probably,suspected,suspect,suspicion for,suspicion of,concern for,may have,may be,"
            + "might,rule out,r/o,cannot exclude,cannot rule out,question of,questionable,likely,evaluate for,"
            + "consider,considering,if,plan for,planned,will start,recommend,recommended,refer to,referral to")
    private static let uncertainAfter = phrases(
        "is possible,is suspected,cannot be excluded,not ruled out,cannot be ruled out,is recommended,is planned,"
            + "will be,planned,versus,vs")
    private static let familyBefore = phrases(
        "family history of,family history,family hx,fhx,mother,father,brother,sister,aunt,uncle,grandmother,"
            + "grandfather,parents,siblings,maternal,paternal")
}
