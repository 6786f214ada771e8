import Claims

/// Makes the claim that a coder approved in place of one that was denied.
enum ClaimCorrection {
    /// MA130: the claim was unprocessable.
    static let unprocessable = "MA130"

    /// The claim as it was sent, with the edits that the work item proposed.
    ///
    /// A claim that was denied as unprocessable (MA130) is sent anew; any other is replaced (frequency 7) and names
    /// the payer's number of the first.
    static func corrected(
        _ sent: Claim, _ edits: [ClaimEdit], controlNumber: String, settlement: ClaimRemittance?, payerNumber: String?
    ) -> Claim {
        var claim = sent.renumbered(controlNumber)
        for edit in edits {
            guard let index = claim.lines.firstIndex(where: { $0.number == edit.line }),
                !claim.lines[index].modifiers.contains(edit.addModifier)
            else { continue }
            claim.lines[index].modifiers.insert(edit.addModifier, at: 0)
        }
        let isAnew = settlement?.isUnprocessable ?? false
        claim.frequency = isAnew ? "1" : "7"
        claim.originalReference = isAnew ? nil : payerNumber
        return claim
    }
}

extension ClaimRemittance {
    /// Whether the payer never processed the claim, so that there is nothing to replace and no right of appeal.
    var isUnprocessable: Bool { (remarks + lines.flatMap(\.remarks)).contains(ClaimCorrection.unprocessable) }
}
