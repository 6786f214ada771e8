/// Collects the segments of one transaction set; ST and SE are written by the interchange that takes it.
public struct TransactionWriter: Sendable {
    /// ST01.
    public let id: String
    /// ST03, and GS08 of its group, such as `005010X222A1`.
    public let guide: String
    private(set) var segments: [(id: String, elements: [X12Value])] = []
    private var hierarchyCount = 0

    public init(id: String, guide: String) {
        self.id = id
        self.guide = guide
    }

    public mutating func add(_ id: String, _ elements: X12Value...) { add(id, elements: elements) }

    public mutating func add(_ id: String, elements: [X12Value]) { segments.append((id, elements)) }

    /// Adds an HL with the next number, which it returns.
    @discardableResult
    public mutating func addHierarchy(level: String, parent: Int?, hasChildren: Bool) -> Int {
        hierarchyCount += 1
        add("HL", .number(hierarchyCount), parent.map { .number($0) } ?? .empty, .text(level), hasChildren ? "1" : "0")
        return hierarchyCount
    }

    /// With ST and SE, as SE01 counts.
    public var segmentCount: Int { segments.count + 2 }
}
