/// An eligibility or benefit information code (271 EB01).
public struct EligibilityCode: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case active, inactive, benefit, other
    }

    public let code: String
    public let words: String
    public let kind: Kind

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        kind = try row.choice("kind")
    }
}

/// A service type code (270 EQ01, 271 EB03), in our own words.
public struct ServiceType: Hashable, Sendable {
    public let code: String
    public let words: String

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
    }
}

/// A reason for which an inquiry was not answered (271 or 278 AAA03).
public struct RejectReason: Hashable, Sendable {
    /// What to do next.
    public enum Action: String, Sendable, CaseIterable {
        /// Ask again later.
        case retry
        /// Mend the patient's or the request's data.
        case fixData = "fix-data"
        /// The payer does not know the person: look for other coverage.
        case notFound = "not-found"
        /// The provider's data or enrollment.
        case provider
        /// The dates of the request.
        case date
        /// The wrong payer was asked.
        case routing
        /// A person has to look.
        case person
    }

    public let code: String
    public let words: String
    public let action: Action

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        action = try row.choice("action")
    }
}

/// A claim status category (277 and 277CA STC01-1; X12 code source 507).
public struct ClaimStatusCategory: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case forwarded, received, accepted, rejected, split, pending, paid, denied, finalized
        case notFound = "not-found"
        case informationWanted = "information-wanted"
        case notAnswered = "not-answered"
    }

    public let code: String
    public let words: String
    public let outcome: Outcome
    /// Allowed in a claim acknowledgment (005010X214), and not only in a status answer.
    public let isForAcknowledgment: Bool

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        outcome = try row.choice("outcome")
        isForAcknowledgment = try row.flag("acknowledgment")
    }
}

/// What a reviewer decided on an authorization (278 HCR01; X12 element 306).
public struct ReviewAction: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case approved, partial, modified, denied, pended, cancelled, contact
        case notRequired = "not-required"
    }

    public let code: String
    public let words: String
    public let outcome: Outcome

    init(_ row: TableRow) throws {
        code = try row.text("code")
        words = try row.text("words")
        outcome = try row.choice("outcome")
    }
}
