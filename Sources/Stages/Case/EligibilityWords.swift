extension EligibilityOutcome {
    /// A short name for lists.
    public var words: String {
        switch self {
        case .asked: "payer asked"
        case .nothingNew: "nothing new"
        case .noCoverage: "no coverage on file"
        case .unknownPayer: "unknown payer"
        case .active: "coverage active"
        case .inactive: "coverage not active"
        case .notFound: "member not found"
        case .unclear: "coverage unclear"
        case .retry: "asked again later"
        case .unanswered: "payer did not answer"
        case .undelivered: "inquiry not delivered"
        case .confirmed: "coverage confirmed"
        case .selfPay: "patient pays"
        case .unplaced: "cannot be assigned"
        }
    }

    /// One sentence for people, without a patient's data.
    public var summary: String {
        switch self {
        case .asked: "An eligibility inquiry (270) goes to the payer."
        case .nothingNew: "The payer was asked before about the same coverage and day."
        case .noCoverage: "There is no coverage on file to ask about."
        case .unknownPayer: "The payer on file is not one that is known here."
        case .active: "The payer says that the coverage is active on the day."
        case .inactive: "The payer says that the coverage is not active on the day."
        case .notFound: "The payer does not find the member."
        case .unclear: "The answer does not say whether the coverage is active on the day."
        case .retry: "The payer cannot answer now; it is asked again."
        case .unanswered: "The payer did not answer in time."
        case .undelivered: "The inquiry could not be delivered to the payer."
        case .confirmed: "A person confirmed the coverage with the payer."
        case .selfPay: "The patient pays; no claim goes to a payer."
        case .unplaced: "It belongs to no inquiry, or the visit's date or patient is not known."
        }
    }
}

extension EligibilityWork {
    /// What is wrong, as a heading.
    public var title: String {
        switch self {
        case .noCoverage: "No coverage on file"
        case .unknownPayer: "Unknown payer"
        case .inactive: "Coverage is not active"
        case .notFound: "Member not found"
        case .unclear: "Coverage is not known"
        case .otherPayer: "Another payer"
        case .memberIDDiffers: "Payer has another member id"
        case .unanswered: "Payer did not answer about eligibility"
        case .undelivered: "Eligibility inquiry not delivered"
        }
    }

    /// As it is written in the record and in addresses.
    public var tag: String { rawValue }

    /// What may be answered. Without a coverage on file there is nothing that a payer could have confirmed.
    public var answers: [EligibilityResolution] {
        switch self {
        case .noCoverage: [.corrected, .selfPay]
        case .unknownPayer, .inactive, .notFound, .unclear, .otherPayer, .memberIDDiffers, .unanswered, .undelivered:
            [.corrected, .confirmed, .selfPay]
        }
    }
}

extension EligibilityResolution {
    /// As it is written in the record and in addresses.
    public var tag: String { rawValue }

    /// The answer, and what happens then.
    public var label: String {
        switch self {
        case .corrected: "Registration is corrected: ask the payer again"
        case .confirmed: "Payer confirmed the coverage by phone or portal: go on with it"
        case .selfPay: "Patient pays: send no claim to a payer"
        }
    }
}
