import Stages

/// Our own short words, as a person who bills reads them.
enum Words {
    /// `not_required` reads `not required`.
    static func outcome(_ outcome: String) -> String { outcome.replacing("_", with: " ") }

    static func tone(ofOutcome outcome: String) -> Tone {
        switch outcome {
        case "active", "approved", "sent", "accepted", "paid", "received", "overturned", "not_required", "heard",
            "attested":
            .good
        case "denied", "stopped", "rejected", "inactive", "not_found", "unbalanced", "reversed", "written_off",
            "declined", "upheld", "silent", "failed", "refused":
            .bad
        case "held", "pended", "waits", "modified", "partial", "incomplete", "gaps", "unknown", "escalated", "retry",
            "unmatched":
            .warn
        default: .plain
        }
    }

    /// `claim.held` reads `Claim: held`.
    static func taskKind(_ kind: String) -> String {
        let parts = kind.split(separator: ".", maxSplits: 1)
        guard let area = parts.first, parts.count == 2 else { return kind }
        return "\(area.prefix(1).uppercased())\(area.dropFirst()): \(parts[1].replacing("-", with: " "))"
    }

    /// `remittance:2` reads `remittance 2`.
    static func occasion(_ occasion: Occasion) -> String {
        let verb = occasion.verb.replacing("-", with: " ")
        return occasion.subject.isEmpty ? verb : "\(verb) \(occasion.subject)"
    }

    static func stage(_ raw: String) -> String { Stage(rawValue: raw)?.title ?? raw }

    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
