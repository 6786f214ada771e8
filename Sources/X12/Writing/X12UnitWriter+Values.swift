extension X12UnitWriter {
    /// Writes a claim; false where it was refused.
    ///
    /// Claims of one billing provider and one subscriber that follow each other share their levels.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ claim: ClaimDraft837) throws -> Bool { try put(claim) }

    /// Writes a payment with its claims, in a set of its own; false where it was refused.
    ///
    /// - Throws: what the sink throws.
    @discardableResult
    public mutating func write(_ remittance: RemittanceDraft835) throws -> Bool { try put(remittance) }
}
