public import HealthTypes

/// A question for a person: what it is about, why it is asked, what it rests on, and until when.
///
/// What may be answered follows from ``kind`` alone: each kind owns its answers, and each answer is a case that the
/// stage which asked must deal with, or it does not compile.
public struct WorkItem: Hashable, Sendable {
    public var kind: WorkItemKind
    /// Sentences that say why.
    public var reason: [String]
    /// Each names a fact and where it stands.
    public var evidence: [String]
    public var deadline: Instant?
    /// The money that hangs on it.
    public var amount: Money
    /// A document to be read before answering, such as a letter to attest.
    public var document: DocumentRef?

    public init(
        _ kind: WorkItemKind, reason: [String], evidence: [String] = [], deadline: Instant? = nil,
        amount: Money = .zero, document: DocumentRef? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.evidence = evidence
        self.deadline = deadline
        self.amount = amount
        self.document = document
    }
}

/// What a work item is about, by the stage that asks.
public enum WorkItemKind: Hashable, Sendable {
    case eligibility(EligibilityWork)
    case authorization(AuthorizationWork)
    case documentation(DocumentationWork)
    case submission(SubmissionWork)
    case denials(DenialsWork)

    public var stage: Stage {
        switch self {
        case .eligibility: .eligibility
        case .authorization: .priorAuthorization
        case .documentation: .documentation
        case .submission: .submission
        case .denials: .denials
        }
    }
}

public enum EligibilityWork: String, RecordedTag, CaseIterable {
    case noCoverage = "no_coverage"
    case unknownPayer = "unknown_payer"
    case inactive = "inactive"
    case notFound = "not_found"
    case unclear = "unclear"
    case otherPayer = "other_payer"
    case memberIDDiffers = "member_id_differs"
    case unanswered = "unanswered"
    case undelivered = "undelivered"
}

public enum AuthorizationWork: Hashable, Sendable {
    case needUnknown(OrderKey)
    /// The payer did not certify the service.
    case refused(RequestRef)
    case overdue(RequestRef)
    case unanswered(RequestRef)
    case undelivered(RequestRef)
    /// A peer-to-peer review was asked for; its result is awaited.
    case peerToPeer(RequestRef)
    /// The order was cancelled after the payer had been asked.
    case orderCancelled(RequestRef)
}

public enum DocumentationWork: Hashable, Sendable {
    /// The chart does not answer a criterion, named by its id.
    case gap(RequestRef, criterion: String)
    case attest(RequestRef)
}

public enum SubmissionWork: Hashable, Sendable {
    /// The gate pends the claim.
    case held(ClaimRef)
    /// The gate denies it.
    case blocked(ClaimRef)
    /// No claim can be made of the charges yet.
    case incomplete
    case lateCharges(ClaimRef)
    case rejected(ClaimRef)
    case unacknowledged(ClaimRef)
    case undelivered(ClaimRef)
}

public enum DenialsWork: Hashable, Sendable {
    /// A corrected claim is proposed.
    case correction(ClaimRef, [ClaimEdit])
    case appeal(ClaimRef, level: Int)
    case review(ClaimRef)
    case writeOff(ClaimRef)
    /// An appeal was lost and the next level is open.
    case appealLost(ClaimRef, level: Int)
    case peerToPeer(ClaimRef, level: Int)
    /// What the payer says does not agree with the claim or with itself; it is not posted. The entry holds it.
    case notPosted(EntryRef)
    /// A payment was taken back and nothing follows it.
    case takenBack(ClaimRef)
    /// The payer has said that it pays or decides, and has not.
    case unremitted(ClaimRef)
    case appealUnanswered(ClaimRef, level: Int)
    case appealUndelivered(ClaimRef, level: Int)
}

/// A change to one line of a claim that is put before a coder.
public struct ClaimEdit: Hashable, Sendable {
    /// LX01 of the line.
    public var line: Int
    public var addModifier: String

    public init(line: Int, addModifier: String) {
        self.line = line
        self.addModifier = addModifier
    }
}

// MARK: Answers

/// A person's answer, by the stage that asked.
public enum Resolution: Hashable, Sendable {
    case eligibility(EligibilityResolution)
    case authorization(AuthorizationResolution)
    case documentation(DocumentationResolution)
    case submission(SubmissionResolution)
    case denials(DenialsResolution)
}

public enum EligibilityResolution: String, RecordedTag, CaseIterable {
    /// Registration was corrected: the payer is asked again.
    case corrected = "corrected"
    /// The payer confirmed cover by telephone or portal.
    case confirmed = "confirmed"
    /// The patient pays: no claim goes to a payer.
    case selfPay = "self_pay"
}

public enum AuthorizationResolution: Hashable, Sendable {
    case notRequired
    /// Authorization was obtained outside; its number.
    case obtained(number: String)
    case notRendered
    case peerToPeer
    case stillRefused
    /// The payer was asked and more time is given.
    case followedUp
    case sendAgain
    /// The payer was told of a cancelled order.
    case payerTold
}

public enum DocumentationResolution: String, RecordedTag, CaseIterable {
    case supplied = "supplied"
    case notAvailable = "not_available"
    case attest = "attest"
    case decline = "decline"
}

public enum SubmissionResolution: String, RecordedTag, CaseIterable {
    /// Something has changed: the claim is made and judged again.
    case judgeAgain = "judge_again"
    /// It goes out as it is.
    case release = "release"
    case void = "void"
    /// A replacement claim with all charges is made and judged.
    case replace = "replace"
    case billedElsewhere = "billed_elsewhere"
    case followedUp = "followed_up"
    case sendAgain = "send_again"
}

public enum DenialsResolution: String, RecordedTag, CaseIterable {
    case sendCorrection = "send_correction"
    case noCorrection = "no_correction"
    case sendAppeal = "send_appeal"
    case noAppeal = "no_appeal"
    case writeOff = "write_off"
    case keepWorking = "keep_working"
    case nextLevel = "next_level"
    case peerToPeer = "peer_to_peer"
    case reviewWon = "review_won"
    case reviewLost = "review_lost"
    /// Dealt with outside; nothing more is expected of this amount here.
    case dealtWith = "dealt_with"
    /// A corrected remittance was asked of the payer.
    case followedUp = "followed_up"
    case sendAgain = "send_again"
}
