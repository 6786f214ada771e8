public import HealthTypes

/// A decimal with two digits, kept as whole hundredths so that no sum or comparison drifts.
public struct Score: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    public let hundredths: Int

    public static let zero = Score(hundredths: 0)

    public init(hundredths: Int) {
        self.hundredths = hundredths
    }

    public static func < (left: Score, right: Score) -> Bool { left.hundredths < right.hundredths }

    /// Always two digits after the point: `0.70`. Scores are never negative.
    public var description: String { "\(hundredths / 100).\(padded(hundredths % 100, to: 2))" }

    /// The number with the text of `description`.
    public var json: JSON { .number(description) }

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer().decode(Double.self)
        guard value.isFinite, (0...1_000_000).contains(value) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a score"))
        }
        hundredths = Int((value * 100).rounded())
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Double(hundredths) / 100)
    }
}
