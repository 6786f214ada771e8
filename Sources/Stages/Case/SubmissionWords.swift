/// What stage 4 says to people.
extension SubmissionOutcome {
    public var words: String {
        switch self {
        case .sent: "sent"
        case .held: "on hold"
        case .blocked: "blocked"
        case .incomplete: "claim incomplete"
        case .inReview: "in review"
        case .lateCharges: "late charges"
        case .nothingNew: "nothing new"
        case .selfPay: "patient pays"
        case .received: "received by payer"
        case .accepted: "accepted by payer"
        case .rejected: "rejected by payer"
        case .noted: "noted"
        case .unacknowledged: "no word from payer"
        case .undelivered: "not delivered"
        case .void: "not billed"
        case .followedUp: "followed up"
        case .unplaced: "cannot be placed"
        }
    }

    /// One sentence, without a patient's data.
    public var summary: String {
        switch self {
        case .sent: "The claim goes to the payer."
        case .held: "The gate pends the claim: a person looks first."
        case .blocked: "The gate denies the claim by rule: it is not sent."
        case .incomplete: "No claim can be made yet: something that every claim needs is missing."
        case .inReview: "The reviewers are asked about the claim."
        case .lateCharges: "Charges came after the claim had been made."
        case .nothingNew: "What was decided before holds for this too."
        case .selfPay: "The patient pays: no claim goes to a payer."
        case .received: "The claim was received; it is not accepted yet."
        case .accepted: "The payer accepted the claim into adjudication; it is filed."
        case .rejected: "The payer's front door refuses the claim; it is not filed."
        case .noted: "It is noted; nothing follows from it."
        case .unacknowledged: "No 277CA came for the claim in time."
        case .undelivered: "The claim did not reach the payer."
        case .void: "A person decided that the claim is not billed."
        case .followedUp: "A person has asked the payer, who is given more time."
        case .unplaced: "It belongs to no claim that was sent for this visit."
        }
    }
}

extension ClaimState {
    public var words: String {
        switch self {
        case .drafted: "drafted"
        case .inReview: "in review"
        case .held: "on hold"
        case .blocked: "blocked"
        case .submitted: "submitted"
        case .accepted: "accepted by payer"
        case .rejected: "rejected by payer"
        case .settled: "settled by payer"
        case .void: "not billed"
        }
    }
}

extension SubmissionWork {
    public var title: String {
        switch self {
        case .held: "Claim on hold"
        case .blocked: "Claim blocked"
        case .incomplete: "Claim cannot be made"
        case .lateCharges: "Late charges"
        case .rejected: "Rejected before adjudication"
        case .unacknowledged: "No word from the payer"
        case .undelivered: "Claim not delivered"
        }
    }

    /// What may be answered, the usual answer first.
    public var answers: [SubmissionResolution] {
        switch self {
        case .held, .blocked: [.judgeAgain, .release, .void]
        case .incomplete, .rejected: [.judgeAgain, .void]
        case .lateCharges: [.replace, .billedElsewhere]
        case .unacknowledged: [.followedUp, .sendAgain]
        case .undelivered: [.sendAgain, .void]
        }
    }
}

extension SubmissionResolution {
    /// What happens then.
    public var label: String {
        switch self {
        case .judgeAgain: "Something has changed: make the claim again and judge it"
        case .release: "Send it as it is"
        case .void: "Do not bill it"
        case .replace: "Replace the claim by one with all charges"
        case .billedElsewhere: "The late charges are billed elsewhere"
        case .followedUp: "The payer was asked: wait some more days"
        case .sendAgain: "Send it again"
        }
    }

    /// For addresses and forms.
    public var tag: String { rawValue }
}
