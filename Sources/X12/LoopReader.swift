public import HealthTypes

/// Finds for each segment of a transaction set the loop in which its guide puts it, and what stands wrongly.
///
/// The deepest open loop is asked first, then the loops around it: so each guide was made to be read. No segment is
/// ever left out: one that has no place stays in the loop that was open.
struct LoopReader {
    struct Instance {
        /// Nil for a loop that the guide does not have.
        var rule: Int?
        var parent: Int?
        /// Places in the transaction set.
        var segments: [Int] = []
        var children: [Int] = []
        /// How often each node of the rule stood.
        var counts: [Int]
        var ordinal = 0
    }

    struct Found {
        var fault: Fault
        /// The place in the transaction set, from zero.
        var segment: Int
        var loop: String
        /// Of what is missing.
        var name: String?
        var severity: Issue.Severity?
    }

    let guide: Guide
    let list: SegmentList
    private(set) var instances: [Instance] = []
    private(set) var found: [Found] = []
    /// For each segment its rule in the guide, or nil.
    private(set) var rules: [Int?] = []
    /// For each segment its loop instance.
    private(set) var owners: [Int] = []
    private var open: [Int] = []

    init(guide: Guide, segments: SegmentList) {
        self.guide = guide
        list = segments
        instances.append(Instance(rule: 0, parent: nil, counts: [Int](repeating: 0, count: guide.loops[0].nodes.count)))
        open = [0]
        rules.reserveCapacity(segments.count)
        owners.reserveCapacity(segments.count)
        for segment in segments { place(segment) }
        close(to: 0)
        checkComplete(0)
    }

    func loopID(_ instance: Int) -> String {
        instances[instance].rule.map { guide.loops[$0].id } ?? "?"
    }

    private mutating func place(_ segment: Segment) {
        let isTrailer = segment.isA("SE")
        for depth in (isTrailer ? 0...0 : 0...(open.count - 1)).reversed() {
            guard let rule = instances[open[depth]].rule else { continue }
            for (index, node) in guide.loops[rule].nodes.enumerated() {
                switch node.kind {
                case .segment(let candidate):
                    // The segment that begins a loop begins another; and what follows an unknown loop's first
                    // segment belongs to it, unless a known loop begins.
                    if (depth > 0 && candidate == guide.loops[rule].trigger) || (inUnknownLoop && !isTrailer) {
                        continue
                    }
                    guard guide.matches(candidate, segment) else { continue }
                    close(to: depth)
                    count(index, at: segment)
                    add(segment, to: open[depth], rule: candidate)
                    return
                case .loop(let child):
                    guard guide.matches(guide.loops[child].trigger, segment) else { continue }
                    close(to: depth)
                    count(index, at: segment)
                    begin(child, with: segment)
                    return
                }
            }
        }
        placeUnmatched(segment)
    }

    private var inUnknownLoop: Bool { instances[open[open.count - 1]].rule == nil }

    private mutating func placeUnmatched(_ segment: Segment) {
        if inUnknownLoop { return add(segment, to: open[open.count - 1], rule: nil) }
        let id = segment.id
        if let rule = guide.loops.indices.dropFirst().first(where: { guide.matches(guide.loops[$0].trigger, segment) })
        {
            // A loop in the wrong place: it goes under the nearest open loop that is around its right place.
            var around: Set<Int> = []
            var next = guide.loops[rule].parent
            while let loop = next {
                around.insert(loop)
                next = guide.loops[loop].parent
            }
            let depth = open.lastIndex { instances[$0].rule.map(around.contains) ?? false } ?? 0
            close(to: depth)
            begin(rule, with: segment)
            note(.loopMisplaced, segment)
            return
        }
        let known = guide.names.contains(id)
        if guide.loops.dropFirst().contains(where: { guide.segments[$0.trigger].name == id }) {
            // An entity or a level that the guide does not name begins a loop of its own.
            instances.append(Instance(rule: nil, parent: open[open.count - 1], counts: []))
            instances[open[open.count - 1]].children.append(instances.count - 1)
            open.append(instances.count - 1)
        }
        add(segment, to: open[open.count - 1], rule: nil)
        note(known ? .segmentUnexpected : .segmentNotInGuide, segment)
    }

    private mutating func begin(_ rule: Int, with segment: Segment) {
        let parent = open[open.count - 1]
        instances.append(
            Instance(rule: rule, parent: parent, counts: [Int](repeating: 0, count: guide.loops[rule].nodes.count)))
        instances[parent].children.append(instances.count - 1)
        open.append(instances.count - 1)
        count(0, at: segment)
        add(segment, to: instances.count - 1, rule: guide.loops[rule].trigger)
    }

    private mutating func add(_ segment: Segment, to instance: Int, rule: Int?) {
        instances[instance].segments.append(segment.position - 1)
        rules.append(rule)
        owners.append(instance)
    }

    /// Counts one more of a node of the innermost open loop.
    private mutating func count(_ node: Int, at segment: Segment) {
        let instance = open[open.count - 1]
        guard let rule = instances[instance].rule else { return }
        instances[instance].counts[node] += 1
        let nodes = guide.loops[rule].nodes
        if nodes[node].ordinal < instances[instance].ordinal {
            note(.segmentOrder, segment)
        } else {
            instances[instance].ordinal = nodes[node].ordinal
        }
        let count = instances[instance].counts[node]
        switch nodes[node].kind {
        case .segment(let candidate) where count > guide.segments[candidate].maximum: note(.segmentRepeat, segment)
        case .loop(let child) where count > guide.loops[child].maximum:
            note(.loopRepeat, segment, loop: guide.loops[child].id)
        default: break
        }
    }

    private mutating func close(to depth: Int) {
        while open.count > depth + 1 { checkComplete(open.removeLast()) }
    }

    /// Reports what a loop should have held, at its first segment.
    private mutating func checkComplete(_ instance: Int) {
        guard let rule = instances[instance].rule, let first = instances[instance].segments.first else { return }
        for (index, node) in guide.loops[rule].nodes.enumerated() where instances[instance].counts[index] == 0 {
            switch node.kind {
            case .segment(let missing) where guide.segments[missing].usage != .situational:
                found.append(
                    Found(
                        fault: .segmentMissing, segment: first, loop: guide.loops[rule].id,
                        name: guide.segments[missing].name,
                        severity: guide.segments[missing].usage == .wanted ? .warning : nil))
            case .loop(let missing) where guide.loops[missing].usage == .required:
                found.append(
                    Found(
                        fault: .loopMissing, segment: first, loop: guide.loops[missing].id,
                        name: guide.segments[guide.loops[missing].trigger].name, severity: nil))
            default: break
            }
        }
    }

    private mutating func note(_ fault: Fault, _ segment: Segment, loop: String? = nil) {
        let lenient: Issue.Severity? = guide.isWhole ? nil : .warning
        found.append(
            Found(
                fault: fault, segment: segment.position - 1, loop: loop ?? loopID(open[open.count - 1]), name: nil,
                severity: lenient))
    }
}

extension LoopReader {
    /// What was found, as issues with their places.
    var issues: [Issue] {
        found.map { found in
            var location = list[found.segment].location()
            location.loop = found.loop
            if let name = found.name { location.segmentID = name }
            var issue = found.fault.issue(
                at: location, requirement: "\(guide.id) \(found.loop) \(location.segmentID ?? "")")
            if let severity = found.severity { issue.severity = severity }
            return issue
        }
    }

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
        guides.guide(for: self).map { LoopReader(guide: $0, segments: segments).tree() }
    }

    /// What stands against the guide's order, counts and places, without a look at the elements.
    public func loopIssues(guides: GuideLibrary = .standard) -> [Issue] {
        guides.guide(for: self).map { LoopReader(guide: $0, segments: segments).issues } ?? []
    }
}
