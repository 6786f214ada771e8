/// A transaction set with what a check made of it.
public struct CheckedSet: Hashable, Sendable {
    public var header: SetHeader
    /// In the input: from ST to the terminator of SE; where that is missing, to the next envelope segment.
    public var range: Range<Int>
    /// CLM of an 837, CLP of an 835.
    public var claims: Int
    /// Whether nothing in the set refuses it. What its group or its interchange brings about is known when they end.
    public var isAccepted: Bool
}

/// What ended while an input was checked, in the order of its bytes.
package enum CheckEvent {
    case set(CheckedSet)
    /// Sets, by their ordinals, that their group or their interchange took with it.
    case refused(Range<Int>)
    /// The interchange of this number in the input, from 0.
    case interchange(Int, isAccepted: Bool)
}
