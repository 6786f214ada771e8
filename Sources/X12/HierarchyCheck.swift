import HealthTypes

/// Checks the numbers of the HL levels: HL01 counts up, HL02 names the level that is really around, HL04 is true.
struct HierarchyCheck {
    let loops: LoopReader

    func run() -> [Issue] {
        var issues: [Issue] = []
        var expected = 0
        var levels: [String: (segment: Segment, code: String, hasChild: Bool)] = [:]
        var order: [String] = []
        func report(_ fault: Fault, _ segment: Segment, _ element: Int) {
            var location = segment.location(element: element)
            location.loop = loops.loopID(loops.owners[segment.position - 1])
            issues.append(
                fault.issue(at: location, requirement: "\(loops.guide.id) HL\(padded(element, to: 2))"))
        }
        for segment in loops.list where segment.isA("HL") {
            expected += 1
            if segment.integer(1) != expected { report(.hierarchyNumber, segment, 1) }
            let parent = segment[2]
            if !parent.isEmpty {
                if levels[parent] == nil || parent != parentNumber(segment) { report(.hierarchyParent, segment, 2) }
                levels[parent]?.hasChild = true
            }
            if levels[segment[1]] == nil { order.append(segment[1]) }
            levels[segment[1]] = (segment, segment[3], false)
        }
        for number in order {
            guard let level = levels[number], !level.segment.isEmpty(4) else { continue }
            if level.segment.has(4, "1") != level.hasChild { report(.hierarchyChild, level.segment, 4) }
        }
        return issues
    }

    /// HL01 of the level around this one, as the loops stand; its own HL02 where the guide has no such place.
    private func parentNumber(_ segment: Segment) -> String {
        var next = loops.instances[loops.owners[segment.position - 1]].parent
        while let instance = next {
            if let first = loops.instances[instance].segments.first, loops.list[first].isA("HL") {
                return loops.list[first][1]
            }
            next = loops.instances[instance].parent
        }
        return segment[2]
    }
}
