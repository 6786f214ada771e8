/// Asks the stage that a trigger belongs to. A pure function: the same facts, trigger, basis and generation give the
/// same step, byte for byte.
public enum Stages {
    /// How often a stage may ask about one trigger before it must decide.
    public static let maximumRounds = 3

    public static func decide(_ facts: CaseFacts, on trigger: Trigger, basis: Basis, generation: Generation) -> Step {
        switch trigger.reason {
        case .eligibility(let reason):
            EligibilityStage.decide(facts, on: trigger, reason, basis: basis, generation: generation)
        case .authorization(let reason):
            PriorAuthorizationStage.decide(facts, on: trigger, reason, basis: basis, generation: generation)
        case .documentation(let reason):
            DocumentationStage.decide(facts, on: trigger, reason, basis: basis, generation: generation)
        case .submission(let reason):
            SubmissionStage.decide(facts, on: trigger, reason, basis: basis, generation: generation)
        case .denials(let reason):
            DenialsStage.decide(facts, on: trigger, reason, basis: basis, generation: generation)
        }
    }
}
