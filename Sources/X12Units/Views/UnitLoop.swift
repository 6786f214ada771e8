import X12

/// One instance of a loop of the guide in a unit or around it: its segments and those of the loops inside it.
///
///     for line in unit.loops("2110") { print(line.first("SVC")?[2] ?? "") }
public struct UnitLoop: Sendable {
    let store: UnitStore
    let plan: UnitPlan
    /// Records of the store.
    let range: Range<Int>

    /// The guide's name of it, such as `2110`.
    public var id: String { first.loop }
    /// The segment that begins it.
    public var first: UnitSegment { UnitSegment(store: store, index: range.lowerBound) }
    /// All of its segments, those of inner loops among them.
    public var segments: [UnitSegment] { range.map { UnitSegment(store: store, index: $0) } }

    /// Its own segments, those of inner loops left out.
    public var own: [UnitSegment] {
        let loop = store.records[range.lowerBound].loop
        return range.filter { store.records[$0].loop == loop }.map { UnitSegment(store: store, index: $0) }
    }

    /// The first of its own segments of a name; with a qualifier only one whose first element it is.
    public func first(_ segment: String, _ qualifier: String? = nil) -> UnitSegment? {
        let loop = store.records[range.lowerBound].loop
        let id = segment.packedSegmentID
        for index in range where store.records[index].loop == loop && store.slice(index).packedID == id {
            let found = UnitSegment(store: store, index: index)
            if qualifier == nil || found[1] == qualifier { return found }
        }
        return nil
    }

    /// All of its own segments of a name, in order.
    public func all(_ segment: String) -> [UnitSegment] {
        let loop = store.records[range.lowerBound].loop
        let id = segment.packedSegmentID
        var found: [UnitSegment] = []
        for index in range where store.records[index].loop == loop && store.slice(index).packedID == id {
            found.append(UnitSegment(store: store, index: index))
        }
        return found
    }

    /// Its own NM1, in order.
    var names: [UnitSegment] { all("NM1") }

    /// The instances of a loop inside it, in order.
    public func loops(_ id: String) -> [UnitLoop] { Self.find(id, store, plan, range) }

    /// The instances of loops inside it whose names begin so, in order.
    public func loops(startingWith prefix: String) -> [UnitLoop] {
        var found: [UnitLoop] = []
        var index = range.lowerBound + 1
        while index < range.upperBound {
            let segment = UnitSegment(store: store, index: index)
            let rule = store.records[index].rule
            let loop = segment.loop
            if rule >= 0, loop.hasPrefix(prefix), plan.beginning(of: loop) == rule {
                found.append(UnitLoop(store: store, plan: plan, range: Self.extent(store, index, range.upperBound)))
            }
            index += 1
        }
        return found
    }

    static func find(_ id: String, _ store: UnitStore, _ plan: UnitPlan, _ range: Range<Int>) -> [UnitLoop] {
        let beginning = plan.beginning(of: id)
        guard beginning >= 0 else { return [] }
        var found: [UnitLoop] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if store.records[index].rule == beginning {
                let extent = extent(store, index, range.upperBound)
                found.append(UnitLoop(store: store, plan: plan, range: extent))
                index = extent.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    /// From the segment that begins a loop to where the loop ends. What stands in no loop of the guide belongs to the
    /// loop that it stands in.
    private static func extent(_ store: UnitStore, _ start: Int, _ limit: Int) -> Range<Int> {
        let loop = store.records[start].loop
        let rule = store.records[start].rule
        var end = start + 1
        while end < limit {
            let record = store.records[end]
            if record.rule == rule { break }
            var around = record.loop
            while around > loop { around = Int32(store.guide.loops[Int(around)].parent) }
            guard around == loop || record.loop < 0 else { break }
            end += 1
        }
        return start..<end
    }
}

extension X12Unit {
    /// The guide's loop that is this unit, such as `2300`; `ST` for what is left of a set when its units are gone.
    public var loop: String { UnitSegment(store: store, index: store.unitStart).loop }

    /// The unit's own part, without what is around it.
    public var root: UnitLoop { UnitLoop(store: store, plan: plan, range: store.unitStart..<store.recordCount) }

    /// The instances of a loop in the unit or around it, in order.
    public func loops(_ id: String) -> [UnitLoop] { UnitLoop.find(id, store, plan, 0..<store.recordCount) }

    /// Its place in the transaction set, ST being 1.
    public var position: Int { UnitSegment(store: store, index: store.unitStart).position }

    /// Offset of its first byte from the start of the input.
    public var byteOffset: Int { UnitSegment(store: store, index: store.unitStart).byteOffset }
}
