public import HealthTypes
public import X12

/// Compares two X12 inputs by what they say and not by where it stands.
///
/// Claims, remitted claims, members, inquiries and levels of the hierarchy are found by the numbers and names by which
/// people know them, loops and segments inside of them by their qualifiers. Delimiters, line ends, empty elements at the
/// end, zeros at the end of amounts, counts, control numbers and the order of like things make no difference.
public struct X12Diff: Sendable {
    /// Something that one input says and the other does not.
    public struct Difference: Hashable, Sendable {
        public enum Change: String, Sendable {
            case added, removed, changed
            /// The same, below another level.
            case moved
        }

        public let change: Change
        /// What it is about, such as `claim A-17`; it holds data of the input.
        public let unit: String
        /// Such as `2400 LX 2`; nil where the whole of the unit was added, removed or moved.
        public let loop: String?
        public let segment: String?
        public let element: Int?
        public let component: Int?
        public let before: String?
        public let after: String?
    }

    public struct Summary: Hashable, Sendable {
        /// Units by what became of them.
        public var same = 0
        public var added = 0
        public var removed = 0
        public var changed = 0
        public var moved = 0
        /// Units that differ and were counted only.
        public var untold = 0

        public var isSame: Bool { added + removed + changed + moved == 0 }
    }

    private let guides: GuideLibrary
    private let comparesEnvelopes: Bool
    private let limit: Int

    /// Of at most `limit` units that differ the differences are told. With `comparesEnvelopes`, dates, times and control
    /// numbers of ISA and GS count too.
    public init(guides: GuideLibrary = .standard, comparesEnvelopes: Bool = false, limit: Int = 10_000) {
        self.guides = guides
        self.comparesEnvelopes = comparesEnvelopes
        self.limit = limit
    }

    /// Reads both inputs, each twice where they differ, and gives the differences.
    ///
    /// Of every unit some numbers are kept in memory, 48 bytes, and of those that are told their text.
    /// - Throws: what the sources or the sink throw.
    public func compare(
        _ old: () throws -> any ByteSource, _ new: () throws -> any ByteSource, to sink: (Difference) throws -> Void
    ) throws -> Summary {
        let before = try units(old())
        let after = try units(new())
        var pairing = DiffPairing(before, after)
        let summary = pairing.summary(limit: limit)
        guard !summary.isSame else { return summary }
        let oldUnits = try texts(old(), pairing.wantedBefore)
        let newUnits = try texts(new(), pairing.wantedAfter)
        for entry in pairing.told {
            switch entry {
            case .removed(let index): try tell(.removed, oldUnits[index], sink)
            case .added(let index): try tell(.added, newUnits[index], sink)
            case .pair(let left, let right, let isMoved):
                guard let left = oldUnits[left], let right = newUnits[right] else { continue }
                if isMoved { try tell(.moved, right, sink) }
                try DiffComparison(unit: right.label).compare(left.segments, right.segments, to: sink)
            }
        }
        return summary
    }

    private func tell(
        _ change: Difference.Change, _ unit: DiffUnitText?, _ sink: (Difference) throws -> Void
    ) throws {
        guard let unit else { return }
        try sink(
            Difference(
                change: change, unit: unit.label, loop: nil, segment: nil, element: nil, component: nil, before: nil,
                after: nil))
    }

    private func units(_ source: any ByteSource) throws -> [DiffUnit] {
        let reader = DiffUnitReader(dictionary: guides.dictionary, comparesEnvelopes: comparesEnvelopes, wanted: [])
        try SegmentWalk(source, guides: guides).forEach(between: { _ in }, segment: reader.take)
        reader.finish()
        return reader.units
    }

    private func texts(_ source: any ByteSource, _ wanted: Set<Int>) throws -> [Int: DiffUnitText] {
        let reader = DiffUnitReader(dictionary: guides.dictionary, comparesEnvelopes: comparesEnvelopes, wanted: wanted)
        try SegmentWalk(source, guides: guides).forEach(between: { _ in }, segment: reader.take)
        reader.finish()
        return reader.texts
    }
}

extension X12Diff.Difference {
    /// `claim A-17: changed 2300 CLM02: 410 → 420`
    public var text: String {
        var place = [loop, segment.map { $0 + (element.map { padded($0, to: 2) } ?? "") }].compactMap { $0 }
            .joined(separator: " ")
        if let component { place += "-\(component)" }
        let heading = "\(unit): \(change.rawValue)" + (place.isEmpty ? "" : " \(place)")
        switch (before, after) {
        case (let before?, let after?):
            return "\(heading): \(before.isEmpty ? "(empty)" : before) → \(after.isEmpty ? "(empty)" : after)"
        case (let value?, nil), (nil, let value?): return "\(heading): \(value)"
        case (nil, nil): return heading
        }
    }

    /// One line of JSON Lines: the same members in every line, absent ones as null.
    public var json: JSON {
        func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
        func number(_ value: Int?) -> JSON { value.map { JSON($0) } ?? .null }
        return [
            "change": .string(change.rawValue), "unit": .string(unit), "loop": text(loop), "segment": text(segment),
            "element": number(element), "component": number(component), "before": text(before), "after": text(after),
        ]
    }
}

/// Finds the units of two inputs that belong together.
struct DiffPairing {
    enum Entry {
        case added(Int), removed(Int)
        case pair(Int, Int, isMoved: Bool)
    }

    private let before: [DiffUnit]
    private let after: [DiffUnit]
    /// For each unit of before the one of after.
    private var partners: [Int32]
    private var entries: [Entry] = []
    private(set) var told: ArraySlice<Entry> = []

    init(_ before: [DiffUnit], _ after: [DiffUnit]) {
        self.before = before
        self.after = after
        partners = [Int32](repeating: -1, count: before.count)
        var isTaken = [Bool](repeating: false, count: after.count)
        pair(\.key, &isTaken)
        // What got another name or number is known by what stands first below it.
        pair(\.anchor, &isTaken)
        for (index, unit) in before.enumerated() {
            let partner = Int(partners[index])
            guard partner >= 0 else {
                entries.append(.removed(index))
                continue
            }
            let parent = unit.parent < 0 ? -1 : partners[Int(unit.parent)]
            // Where the level around both was not found again, that is told of the level.
            let isMoved = unit.parent >= 0 && parent >= 0 && parent != after[partner].parent
            if isMoved || unit.content != after[partner].content {
                entries.append(.pair(index, partner, isMoved: isMoved))
            }
        }
        for index in after.indices where !isTaken[index] { entries.append(.added(index)) }
    }

    private mutating func pair(_ name: KeyPath<DiffUnit, UInt64>, _ isTaken: inout [Bool]) {
        var places: [UInt64: Int32] = [:]
        for (index, unit) in before.enumerated() where partners[index] < 0 && unit[keyPath: name] != 0 {
            places[unit[keyPath: name]] = Int32(index)
        }
        guard !places.isEmpty else { return }
        for (index, unit) in after.enumerated() where !isTaken[index] {
            guard let place = places[unit[keyPath: name]], partners[Int(place)] < 0 else { continue }
            partners[Int(place)] = Int32(index)
            isTaken[index] = true
        }
    }

    mutating func summary(limit: Int) -> X12Diff.Summary {
        var summary = X12Diff.Summary()
        for entry in entries {
            switch entry {
            case .added: summary.added += 1
            case .removed: summary.removed += 1
            case .pair(let left, let right, let isMoved):
                if before[left].content != after[right].content {
                    summary.changed += 1
                } else if isMoved {
                    summary.moved += 1
                }
            }
        }
        summary.same = before.count - summary.removed - summary.changed - summary.moved
        summary.untold = max(entries.count - limit, 0)
        told = entries.prefix(limit)
        return summary
    }

    var wantedBefore: Set<Int> {
        Set(
            told.compactMap { entry in
                switch entry {
                case .removed(let index), .pair(let index, _, _): index
                case .added: nil
                }
            })
    }

    var wantedAfter: Set<Int> {
        Set(
            told.compactMap { entry in
                switch entry {
                case .added(let index), .pair(_, let index, _): index
                case .removed: nil
                }
            })
    }
}
