public import X12

/// Reads the units of an input one after the other: the claims of 837s, the remitted claims of 835s, and so on.
///
///     try X12UnitReader(FileSource(path: path)).forEach(Claim837.self) { claim in
///         total += claim.charge ?? .zero
///     }
///
/// A unit may be kept; one that is not costs no memory of its own. Sets of other kinds are passed over, as are sets whose
/// guide is not known, which `skipped` counts.
public struct X12UnitReader {
    private let source: any ByteSource
    private let guides: GuideLibrary
    private let limits: X12Limits

    public init(_ source: any ByteSource, guides: GuideLibrary = .standard, limits: X12Limits = .standard) {
        self.source = source
        self.guides = guides
        self.limits = limits
    }

    /// What a pass went by.
    public struct Passage: Hashable, Sendable {
        /// How many headers of interchanges there were; none means that the input is no X12.
        public var interchanges = 0
        /// How many transaction sets were of another kind or without a known guide.
        public var skippedSets = 0
        /// How many units were longer than ``X12Limits/maximumUnitBytes``, so that they were given in part or not at all.
        public var cutUnits = 0
    }

    /// Gives every unit of the view's kind and says how many transaction sets were passed over.
    ///
    /// - Throws: what the source or the closure throws.
    @discardableResult
    public func forEach<View: X12UnitView>(_ view: View.Type, _ body: (View) throws -> Void) throws -> Int {
        try read(view, body).skippedSets
    }

    /// As ``forEach(_:_:)``, and says more of what was read.
    public func read<View: X12UnitView>(_ view: View.Type, _ body: (View) throws -> Void) throws -> Passage {
        try read(sets: Set(view.sets.map(\.packedCode))) { event in
            if case .unit(let unit) = event, let view = View(unit) { try body(view) }
        }
    }

    private func read(sets: Set<UInt64>, _ body: (UnitWalk.Event) throws -> Void) throws -> Passage {
        var cursor = SegmentCursor(source, limits: limits)
        var walk = UnitWalk(guides: guides, limits: limits, sets: sets)
        while true {
            switch try cursor.next() {
            case .header(let isReadable): try walk.begin(cursor.slice, isReadable: isReadable, body)
            case .segment: try walk.take(cursor.slice, body)
            case .end:
                try walk.finish(at: cursor.byteOffset, body)
                return Passage(
                    interchanges: cursor.interchangeCount, skippedSets: walk.skipped, cutUnits: walk.cutUnits)
            }
            if !cursor.found.isEmpty { cursor.found.removeAll(keepingCapacity: true) }
        }
    }
}

/// A typed face of a unit.
public protocol X12UnitView: Sendable {
    /// ST01 of the sets that hold such units.
    static var sets: [String] { get }
    /// Nil where the unit is not of this kind, such as a 277 that acknowledges no claim.
    init?(_ unit: X12Unit)
}

/// The segments of one unit and of what is around it.
public struct X12Unit: Sendable {
    let store: UnitStore
    let plan: UnitPlan

    /// ST01, such as `837`.
    public var set: String { store.guide.set }
    /// ST03, or GS08 where the set does not say.
    public var guideID: String { store.guideID }
    /// ST02.
    public var setControlNumber: String { store.setControlNumber }

    /// Whether segments are missing because the unit with what is around it is past ``X12Limits/maximumUnitBytes``.
    public var isCut: Bool { store.cutAt != nil }

    /// The unit's own segments, those of its inner loops among them.
    public var segments: [UnitSegment] {
        (store.unitStart..<store.recordCount).map { UnitSegment(store: store, index: $0) }
    }

    /// Where its own segments lie in the input, with the terminator of the last.
    public var byteRange: Range<Int> {
        let last = store.records[store.recordCount - 1]
        let end = last.byte + store.slice(store.recordCount - 1).length + 1
        return min(byteOffset, end)..<end
    }

    /// Where the segments around it lie, those side by side together.
    public var contextRanges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        for index in 0..<store.unitStart {
            let start = store.records[index].byte
            let end = start + store.slice(index).length + 1
            // A line end may stand behind a terminator.
            if let last = ranges.last, last.upperBound <= start, start - last.upperBound <= 2 {
                ranges[ranges.count - 1] = last.lowerBound..<end
            } else {
                ranges.append(start..<end)
            }
        }
        return ranges
    }

    /// The bytes of all segments, those around it first, each with a terminator; segments of these names are left out.
    package func bytes(without names: Set<String> = []) -> [UInt8] {
        let ids = Set(names.map(\.packedSegmentID))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(store.byteCount + store.recordCount)
        for index in 0..<store.recordCount {
            let slice = store.slice(index)
            if !ids.isEmpty, ids.contains(slice.packedID) { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(start: slice.base, count: slice.length))
            bytes.append(store.delimiters.segment)
        }
        return bytes
    }

    /// The segments around it: of the set's header and of the levels in which it lies.
    public var context: [UnitSegment] { (0..<store.unitStart).map { UnitSegment(store: store, index: $0) } }

    /// The first segment of a name in a loop, in the unit or around it; with a qualifier only one that has it.
    public func first(_ loop: String, _ segment: String, _ qualifier: String? = nil) -> UnitSegment? {
        for rule in plan.rules(loop, segment) {
            var index = store.first(rule)
            while let record = index, record < store.recordCount {
                if store.records[record].rule == rule {
                    let found = UnitSegment(store: store, index: record)
                    if qualifier == nil || found[1] == qualifier { return found }
                }
                index = record + 1
            }
        }
        return nil
    }

    /// Every segment of a name in a loop, in order.
    public func all(_ loop: String, _ segment: String) -> [UnitSegment] {
        let rules = plan.rules(loop, segment)
        guard !rules.isEmpty else { return [] }
        return (0..<store.recordCount).filter { rules.contains(store.records[$0].rule) }
            .map { UnitSegment(store: store, index: $0) }
    }
}
