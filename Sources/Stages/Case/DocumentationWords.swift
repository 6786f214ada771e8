extension DocumentationOutcome {
    /// A short name for lists.
    public var words: String {
        switch self {
        case .waits: "with the payer"
        case .drafted: "letter drafted"
        case .gaps: "needs documents"
        case .sent: "letter sent"
        case .declined: "letter declined"
        case .unplaced: "cannot be assigned"
        }
    }

    /// One sentence for people, without a patient's data.
    public var summary: String {
        switch self {
        case .waits: "A reviewer of the payer has the request; no document is needed from here."
        case .drafted: "The letter is drafted and waits for a physician's attestation."
        case .gaps: "The chart does not answer all of the payer's criteria; documents are needed."
        case .sent: "The attested letter goes to the payer with the updated request."
        case .declined: "The physician does not attest the letter; nothing is sent."
        case .unplaced: "It belongs to no pended request of this visit, or was dealt with before; nothing is sent."
        }
    }
}

extension DocumentationWork {
    /// What is wanted, as a heading.
    public var title: String {
        switch self {
        case .gap: "Missing documentation"
        case .attest: "Attest the letter of medical necessity"
        }
    }

    /// What may be answered.
    public var answers: [DocumentationResolution] {
        switch self {
        case .gap: [.supplied, .notAvailable]
        case .attest: [.attest, .decline]
        }
    }
}

extension DocumentationResolution {
    /// As it is written in the record and in addresses.
    public var tag: String { rawValue }

    /// The answer, and what happens then.
    public var label: String {
        switch self {
        case .supplied: "The document is in the chart now: read the chart again"
        case .notAvailable: "There is no such document: draft the letter without it"
        case .attest: "I have read the letter and attest it: send it to the payer"
        case .decline: "I do not attest it: send nothing"
        }
    }
}
