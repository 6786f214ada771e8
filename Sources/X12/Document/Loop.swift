/// One loop of a transaction set: its own segments and the loops below it, named as the guide names them.
public struct Loop: Sendable {
    /// Such as `2010BA`; `ST` for the set as a whole.
    public let id: String
    /// Its own segments, in order; not those of its children.
    public internal(set) var segments: [Segment]
    public internal(set) var children: [Loop]

    /// The first own segment of the name whose first element is one of `qualifiers`, where any are given.
    public func first(_ segmentID: String, where qualifiers: String...) -> Segment? {
        segments.first { $0.id == segmentID && (qualifiers.isEmpty || qualifiers.contains($0[1])) }
    }

    /// The own segments of the name whose first element is one of `qualifiers`, where any are given.
    public func all(_ segmentID: String, where qualifiers: String...) -> [Segment] {
        segments.filter { $0.id == segmentID && (qualifiers.isEmpty || qualifiers.contains($0[1])) }
    }

    public func child(_ id: String) -> Loop? { children.first { $0.id == id } }

    public func children(_ id: String) -> [Loop] { children.filter { $0.id == id } }

    /// All loops of the name below this one, in order.
    public func descendants(_ id: String) -> [Loop] {
        children.flatMap { ($0.id == id ? [$0] : []) + $0.descendants(id) }
    }
}
