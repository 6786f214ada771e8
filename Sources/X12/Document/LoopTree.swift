public import HealthTypes

/// The loops of a transaction set in memory: for each segment its loop, and the loops as a tree.
struct LoopTree {
    struct Instance {
        /// Nil for a loop that the guide does not have.
        var loop: Int?
        var parent: Int?
        var depth: Int
        /// Places in the transaction set, from zero.
        var segments: [Int] = []
        var children: [Int] = []
    }

    let guide: CompiledGuide
    let list: SegmentList
    private(set) var instances: [Instance] = [Instance(loop: 0, parent: nil, depth: 0)]
    /// For each segment its loop instance.
    private(set) var owners: [Int] = []

    init(guide: CompiledGuide, segments: SegmentList) {
        self.guide = guide
        list = segments
        var matcher = LoopMatcher(guide: guide)
        var open = [0]
        var ends: [UInt32] = []
        for (place, segment) in segments.enumerated() {
            segments.tokens.withSlice(segment.index, segment.delimiters, ends: &ends) {
                matcher.place($0, position: place + 1)
            }
            open.removeLast(min(matcher.closedCount, open.count - 1))
            while open.count < matcher.depth {
                let parent = open[open.count - 1]
                instances.append(
                    Instance(loop: matcher.openLoop(open.count), parent: parent, depth: open.count))
                instances[parent].children.append(instances.count - 1)
                open.append(instances.count - 1)
            }
            instances[open[open.count - 1]].segments.append(place)
            owners.append(open[open.count - 1])
        }
    }

    func loopID(_ instance: Int) -> String { instances[instance].loop.map { guide.loopIDs[$0] } ?? "?" }

    /// The tree; its depth is that of the guide.
    func tree(_ instance: Int = 0) -> Loop {
        Loop(
            id: loopID(instance), segments: instances[instance].segments.map { list[$0] },
            children: instances[instance].children.map { tree($0) })
    }
}

extension TransactionSet {
    /// The set as the tree of its guide's loops, with all of its segments; nil where the guide is not known here.
    public func loops(guides: GuideLibrary = .standard) -> Loop? {
        guides.guide(for: self).map { LoopTree(guide: $0, segments: segments).tree() }
    }

    /// What stands against the guide's order, counts and places, without a look at the elements.
    public func loopIssues(guides: GuideLibrary = .standard) -> [Issue] {
        X12Checker(guides: guides).check(self, snip: 2).filter { issue in
            issue.location.element == nil || issue.code.hasPrefix("x12.hierarchy")
        }
    }
}
