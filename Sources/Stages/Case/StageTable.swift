/// Asks the stage that an occasion belongs to.
public enum StageTable {
    public static func decide(_ facts: CaseFacts, on occasion: Occasion, ground: Ground) -> Ruling {
        switch occasion.stage {
        case .eligibility: EligibilityStage.decide(facts, on: occasion, ground: ground)
        case .priorAuthorization: PriorAuthorizationStage.decide(facts, on: occasion, ground: ground)
        case .documentation: DocumentationStage.decide(facts, on: occasion, ground: ground)
        case .submission: SubmissionStage.decide(facts, on: occasion, ground: ground)
        case .denials: DenialsStage.decide(facts, on: occasion, ground: ground)
        }
    }
}
