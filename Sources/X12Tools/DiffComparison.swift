import X12

/// Compares the segments of two units that belong together.
struct DiffComparison {
    let unit: String

    /// Like segments of one loop are paired in their order, equal ones first.
    func compare(
        _ before: [DiffSegment], _ after: [DiffSegment], to sink: (X12Diff.Difference) throws -> Void
    ) throws {
        var places: [String: [Int]] = [:]
        var isPaired = [Bool](repeating: false, count: after.count)
        for (index, segment) in after.enumerated() { places[key(segment), default: []].append(index) }
        var rest: [DiffSegment] = []
        for segment in before {
            let same = places[key(segment)]?.first { !isPaired[$0] && after[$0].elements == segment.elements }
            if let same { isPaired[same] = true } else { rest.append(segment) }
        }
        for segment in rest {
            guard let other = places[key(segment)]?.first(where: { !isPaired[$0] }) else {
                try sink(difference(.removed, segment, before: text(segment)))
                continue
            }
            isPaired[other] = true
            try compare(segment, after[other], to: sink)
        }
        for (index, segment) in after.enumerated() where !isPaired[index] {
            try sink(difference(.added, segment, after: text(segment)))
        }
    }

    private func key(_ segment: DiffSegment) -> String { "\(segment.path)\u{3}\(segment.id)\u{3}\(segment.qualifier)" }

    private func compare(
        _ before: DiffSegment, _ after: DiffSegment, to sink: (X12Diff.Difference) throws -> Void
    ) throws {
        for place in 0..<max(before.elements.count, after.elements.count) {
            let left = place < before.elements.count ? before.elements[place] : ""
            let right = place < after.elements.count ? after.elements[place] : ""
            if left == right { continue }
            let isComposite = (left + right).contains(DiffSegment.component)
            guard isComposite, !(left + right).contains(DiffSegment.repetition) else {
                try sink(difference(.changed, after, element: place + 1, before: shown(left), after: shown(right)))
                continue
            }
            let lefts = left.split(separator: DiffSegment.component, omittingEmptySubsequences: false)
            let rights = right.split(separator: DiffSegment.component, omittingEmptySubsequences: false)
            for part in 0..<max(lefts.count, rights.count) {
                let old = part < lefts.count ? String(lefts[part]) : ""
                let new = part < rights.count ? String(rights[part]) : ""
                if old == new { continue }
                try sink(
                    difference(
                        .changed, after, element: place + 1, component: part + 1, before: old, after: new))
            }
        }
    }

    private func difference(
        _ change: X12Diff.Difference.Change, _ segment: DiffSegment, element: Int? = nil, component: Int? = nil,
        before: String? = nil, after: String? = nil
    ) -> X12Diff.Difference {
        X12Diff.Difference(
            change: change, unit: unit, loop: segment.path.isEmpty ? nil : segment.path, segment: segment.id,
            element: element, component: component, before: before, after: after)
    }

    private func text(_ segment: DiffSegment) -> String {
        ([segment.id] + segment.elements.map(shown)).joined(separator: "*")
    }

    /// With the separators that nearly everybody uses.
    private func shown(_ element: String) -> String {
        String(element.map { $0 == DiffSegment.component ? ":" : $0 == DiffSegment.repetition ? "^" : $0 })
    }
}
