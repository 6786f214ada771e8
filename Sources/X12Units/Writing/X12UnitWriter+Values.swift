import X12

extension X12UnitWriter {
    /// Writes a claim; false where it was refused.
    ///
    /// Claims of one billing provider and one subscriber that follow each other share their levels.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ claim: ClaimDraft837) throws -> Bool { try put(claim) }

    /// Writes claims one after the other where they lie, which is quicker than one by one, as none is copied; says how
    /// many were not refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(contentsOf claims: [ClaimDraft837]) throws -> Int {
        let before = summary.written
        try claims.withUnsafeBufferPointer { claims in
            guard let first = claims.baseAddress else { return }
            for index in claims.indices { _ = try put(at: Place(mutating: first + index)) }
        }
        return summary.written - before
    }

    /// Writes a payment with its claims, in a set of its own; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ remittance: RemittanceDraft835) throws -> Bool { try put(remittance) }

    /// Writes a question about a person's coverage; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ request: EligibilityRequestDraft270) throws -> Bool { try put(request) }

    /// Writes an answer about a person's coverage; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ response: EligibilityResponseDraft271) throws -> Bool { try put(response) }

    /// Writes a question about a claim; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ request: StatusRequestDraft276) throws -> Bool { try put(request) }

    /// Writes an answer about a claim; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ response: StatusResponseDraft277) throws -> Bool { try put(response) }

    /// Writes a request for a review or an answer to one, in a set of its own; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ review: ReviewDraft278) throws -> Bool { try put(review) }

    /// Writes a member of an enrollment file; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ member: MemberDraft834) throws -> Bool { try put(member) }

    /// Writes a premium payment, in a set of its own; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ premium: PremiumDraft820) throws -> Bool { try put(premium) }

    /// Writes documents for a claim, in a set of their own; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ attachment: AttachmentDraft275) throws -> Bool { try put(attachment) }
}
