/// What stage 5 says to people.
extension DenialsOutcome {
    public var words: String {
        switch self {
        case .paid: "paid"
        case .denied: "denied"
        case .reversed: "taken back"
        case .duplicate: "posted before"
        case .notPosted: "not posted"
        case .unremitted: "no payment"
        case .overturned: "denial overturned"
        case .upheld: "denial upheld"
        case .appealed: "appealed"
        case .correctionApproved: "correction approved"
        case .writtenOff: "written off"
        case .escalated: "escalated"
        case .dealtWith: "dealt with"
        case .followedUp: "followed up"
        case .reviewed: "reviewed"
        case .unanswered: "no word from payer"
        case .undelivered: "not delivered"
        case .unplaced: "cannot be placed"
        }
    }

    /// One sentence, without a patient's data.
    public var summary: String {
        switch self {
        case .paid: "Posted: nothing was denied."
        case .denied: "Posted: the payer denied an amount."
        case .reversed: "Posted: the payer takes back an earlier payment."
        case .duplicate: "The same remittance was posted before; it is not posted twice."
        case .notPosted: "The remittance does not agree with the claim or with itself; it is not posted."
        case .unremitted: "The payer has not settled the claim in time."
        case .overturned: "The payer overturns its denial; the payment follows with a remittance."
        case .upheld: "The payer upholds its denial."
        case .appealed: "The appeal goes to the payer."
        case .correctionApproved: "A coder approved the correction: the corrected claim is made and judged."
        case .writtenOff: "A person approved writing the amount off."
        case .escalated: "A person takes the lost appeal on."
        case .dealtWith: "A person has dealt with it."
        case .followedUp: "A person has asked the payer; it is looked at again."
        case .reviewed: "A person decided otherwise than was proposed; it is asked in another way."
        case .unanswered: "The payer has not answered the appeal in time."
        case .undelivered: "The appeal did not reach the payer."
        case .unplaced: "It belongs to nothing that was sent for this visit."
        }
    }
}

extension DenialsWork {
    public var title: String {
        switch self {
        case .correction: "Corrected claim proposed"
        case .appeal(_, let level): level > 1 ? "Appeal drafted, level \(level)" : "Appeal drafted"
        case .review: "Denial to be looked into"
        case .writeOff: "Write-off proposed"
        case .appealLost: "Appeal lost"
        case .peerToPeer: "Peer-to-peer review"
        case .notPosted: "Remittance not posted"
        case .takenBack: "Payment taken back"
        case .unremitted: "No remittance"
        case .appealUnanswered: "No answer to an appeal"
        case .appealUndelivered: "Appeal not delivered"
        }
    }

    /// What may be answered, the usual answer first.
    public var answers: [DenialsResolution] {
        switch self {
        case .correction: [.sendCorrection, .noCorrection]
        case .appeal: [.sendAppeal, .noAppeal]
        case .review: [.dealtWith, .writeOff]
        case .writeOff: [.writeOff, .keepWorking]
        case .appealLost: [.nextLevel, .peerToPeer, .writeOff]
        case .peerToPeer: [.reviewWon, .reviewLost]
        case .notPosted: [.dealtWith, .followedUp]
        case .takenBack, .unremitted: [.followedUp, .dealtWith]
        case .appealUnanswered, .appealUndelivered: [.followedUp, .sendAgain, .writeOff]
        }
    }
}

extension DenialsResolution {
    /// What happens then.
    public var label: String {
        switch self {
        case .sendCorrection: "The record supports it: send the corrected claim"
        case .noCorrection: "The record does not support it: look into the denial"
        case .sendAppeal: "Send the appeal"
        case .noAppeal: "Do not appeal: propose a write-off"
        case .writeOff: "Write it off"
        case .keepWorking: "Do not write it off: look into the denial"
        case .nextLevel: "Draft an appeal at the next level"
        case .peerToPeer: "A peer-to-peer review was asked for"
        case .reviewWon: "The review overturned the denial"
        case .reviewLost: "The review upheld the denial"
        case .dealtWith: "Dealt with; nothing more is expected here"
        case .followedUp: "The payer was asked: look again later"
        case .sendAgain: "Send it again"
        }
    }

    /// For addresses and forms.
    public var tag: String { rawValue }
}
