/// How many names were found rightly, wrongly and not at all, and the measures that follow.
public struct SpanScore: Sendable, Hashable {
    public var hits = 0
    /// Found, and not in the set.
    public var extra = 0
    /// In the set, and not found.
    public var missed = 0

    public init(hits: Int = 0, extra: Int = 0, missed: Int = 0) {
        self.hits = hits
        self.extra = extra
        self.missed = missed
    }

    public var precision: Double { hits == 0 ? 0 : Double(hits) / Double(hits + extra) }
    public var recall: Double { hits == 0 ? 0 : Double(hits) / Double(hits + missed) }
    /// The harmonic mean of precision and recall.
    public var f1: Double { hits == 0 ? 0 : 2 * Double(hits) / Double(2 * hits + extra + missed) }

    public static func + (left: SpanScore, right: SpanScore) -> SpanScore {
        SpanScore(hits: left.hits + right.hits, extra: left.extra + right.extra, missed: left.missed + right.missed)
    }

    /// `precision 0.812, recall 0.774, F1 0.793 (hits 120, extra 28, missed 35)`.
    public var line: String {
        "precision \(Self.rounded(precision)), recall \(Self.rounded(recall)), F1 \(Self.rounded(f1))"
            + " (hits \(hits), extra \(extra), missed \(missed))"
    }

    private static func rounded(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let digits = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
    }
}
