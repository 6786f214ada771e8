import HealthTypes

extension Rows {
    /// Adds the rows of a later entry of the same commit.
    ///
    /// Lines given again for a claim replace those it had, with the state that they bear; a later line for the case
    /// list replaces an earlier one.
    public mutating func append(_ later: Rows) {
        decisions += later.decisions
        findings += later.findings
        postings += later.postings
        adjudicated += later.adjudicated
        sends += later.sends
        workOpened += later.workOpened
        workEnded += later.workEnded
        if !later.claimLines.isEmpty {
            let claims = Set(later.claimLines.map(\.claim))
            claimLines.removeAll { claims.contains($0.claim) }
            claimStates.removeAll { claims.contains($0.claim) }
            claimLines += later.claimLines
        }
        claimStates += later.claimStates
        summary = later.summary ?? summary
    }

    /// The form in which the record gives the rows of a case: each list in order of its keys, claim lines with the
    /// state that they have come to, and no states of their own.
    public func settled() -> Rows {
        var rows = self
        let states = Dictionary(claimStates.map { ($0.claim, $0.state) }) { $1 }
        for index in rows.claimLines.indices {
            if let state = states[rows.claimLines[index].claim] { rows.claimLines[index].state = state }
        }
        rows.claimStates = []
        rows.decisions.sort { $0.entry < $1.entry }
        rows.findings.sort { ($0.entry, $0.number) < ($1.entry, $1.number) }
        rows.postings.sort { ($0.entry, $0.number) < ($1.entry, $1.number) }
        rows.adjudicated.sort { ($0.entry, $0.number) < ($1.entry, $1.number) }
        rows.sends.sort { ($0.entry, $0.number) < ($1.entry, $1.number) }
        rows.workOpened.sort { ($0.entry, $0.number) < ($1.entry, $1.number) }
        rows.workEnded.sort { ($0.entry, $0.number) < ($1.entry, $1.number) }
        rows.claimLines.sort { ($0.claim, $0.line) < ($1.claim, $1.line) }
        return rows
    }
}

/// The claim that lines and states are of, within its case.
typealias ClaimPlace = EntryPart<ClaimLineRow>

extension ClaimLineRow {
    var claim: ClaimPlace { ClaimPlace(entry: claimEntry, number: claimNumber) }
}

extension ClaimStateRow {
    var claim: ClaimPlace { ClaimPlace(entry: claimEntry, number: claimNumber) }
}
