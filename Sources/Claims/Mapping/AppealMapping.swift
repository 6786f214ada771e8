public import HealthTypes

/// Answers to appeals in JSON: `{"identifier", "control_number", "outcome", "reason"}`, and the receipts that come before
/// them.
public enum AppealMapping {
    /// Whether a value is the answer to an appeal or a receipt for one, and no claim.
    public static func isAnswer(_ value: JSON) -> Bool {
        value["claim_id"] == nil && value["identifier"] != nil && (value["outcome"] ?? value["status"]) != nil
    }

    /// Nil for a receipt, and for an answer whose outcome is not one that is known.
    public static func answer(reading value: JSON) -> AppealAnswer? {
        guard let identifier = value["identifier"]?.string,
            let number = (value["control_number"] ?? value["controlNumber"])?.string,
            let outcome = value["outcome"]?.string.flatMap(AppealAnswer.Outcome.init)
        else { return nil }
        return AppealAnswer(
            identifier: identifier, controlNumber: number, outcome: outcome, reason: value["reason"]?.string)
    }
}
