import HealthTypes
public import X12
import X12Units

/// Takes X12 in: a first pass that checks and answers, and a second that gives the units of what was accepted.
///
///     let verdicts = try intake.check(source, answering: answers)
///     let stream = intake.units(sourceAgain, verdicts: verdicts, from: through)
///     while case let batch = try stream.next(), !batch.units.isEmpty { … }
///
/// What the first pass refuses, by the TA1 and the 999 that it makes, the second does not give. Memory is that of one
/// window of the input and of one unit in the first pass, of one batch of units in the second.
public struct X12Intake: Sendable {
    private let guides: GuideLibrary
    private let tables: CodeTables
    private let snip: Int
    private let limits: X12Limits

    /// `snip` is the highest SNIP type whose errors refuse a set.
    public init(
        guides: GuideLibrary = .standard, tables: CodeTables = CodeTables(), snip: Int = 3,
        limits: X12Limits = .standard
    ) {
        // Below the first type a set without its trailer would be taken for a whole one.
        precondition((1...7).contains(snip), "SNIP types are 1 to 7")
        self.guides = guides
        self.tables = tables
        self.snip = snip
        self.limits = limits
    }

    /// The first pass: reads the whole input once.
    ///
    /// A set without its trailer, out of balance or in a guide that is not known here is refused, each with a finding. An
    /// input without any interchange has one finding, `x12.no-interchange`, and is answered by a TA1 that refuses it.
    ///
    /// - Parameters:
    ///   - name: of the input, for the locations of findings.
    ///   - answering: makes the TA1, 999 and 277CA; ask it for its `failure` when the pass is through.
    ///   - finding: is given each finding as it is made.
    ///   - set: is told of each set as it ends, after what was found in it.
    ///   - withdrawn: is told of sets that had been accepted, where their group or their interchange is refused.
    /// - Throws: what the source throws where its bytes cannot be had, and what is thrown by who is told.
    public func check(
        _ source: any ByteSource, name: String? = nil, answering: AnswerMaker? = nil,
        finding: (Finding) -> Void = { _ in }, set: (CheckedSet) throws -> Void = { _ in },
        withdrawn: (WithdrawnSets) throws -> Void = { _ in }
    ) throws -> X12Verdicts {
        let checker = X12FileChecker(
            guides: guides, tables: tables, snip: snip, limits: limits, refusesUnknownSets: true)
        var accepted = OrdinalRanges()
        var interchanges = OrdinalRanges()
        // Accepted sets of the open interchange.
        var open: [(ordinal: Int, range: Range<Int>)] = []
        let summary = try checker.check(source, name: name, answering: answering, finding: finding) { event in
            switch event {
            case .set(let one):
                if one.isAccepted {
                    accepted.append(one.header.ordinal)
                    open.append((one.header.ordinal, one.range))
                }
                try set(one)
            case .refused(let ordinals):
                accepted.remove(from: ordinals.lowerBound)
                let first = open.firstIndex { $0.ordinal >= ordinals.lowerBound } ?? open.endIndex
                guard first < open.endIndex else { return }
                let range = open[first].range.lowerBound..<open[open.endIndex - 1].range.upperBound
                try withdrawn(WithdrawnSets(count: open.endIndex - first, range: range))
                open.removeSubrange(first...)
            case .interchange(let ordinal, let isAccepted):
                if isAccepted { interchanges.append(ordinal) }
                open.removeAll(keepingCapacity: true)
            }
        }
        return X12Verdicts(
            summary: summary, acceptedSets: accepted.ranges, acceptedInterchanges: interchanges.ranges)
    }

    /// The second pass over the same bytes, from their beginning.
    ///
    /// What was given at or before `from`, the `through` of an earlier batch, is passed over: its bytes are read again, its
    /// values are not made.
    public func units(
        _ source: any ByteSource, name: String? = nil, verdicts: X12Verdicts, from: Int = 0
    ) -> X12UnitStream {
        X12UnitStream(source, name: name, verdicts: verdicts, from: from, guides: guides, limits: limits)
    }
}

/// Sets of one group or one interchange in which nothing was wrong, and which are refused with it.
public struct WithdrawnSets: Hashable, Sendable {
    public var count: Int
    /// From the first of them to the end of the last.
    public var range: Range<Int>
}

/// What became of the transaction sets of an input: small whatever its size, to be kept beside the bytes.
public struct X12Verdicts: Hashable, Sendable {
    public var summary: X12Summary
    /// Ordinals of the accepted sets in the input, from 0, ascending.
    public var acceptedSets: [Range<Int>]
    /// Ordinals of the interchanges that no TA1 refuses; the TA1s that stand in them are read.
    public var acceptedInterchanges: [Range<Int>]

    public init(summary: X12Summary, acceptedSets: [Range<Int>], acceptedInterchanges: [Range<Int>]) {
        self.summary = summary
        self.acceptedSets = acceptedSets
        self.acceptedInterchanges = acceptedInterchanges
    }

    /// False where the input is no X12 at all.
    public var isX12: Bool { summary.interchanges > 0 }

    public func accepts(set ordinal: Int) -> Bool { Self.contains(acceptedSets, ordinal) }

    func accepts(interchange ordinal: Int) -> Bool { Self.contains(acceptedInterchanges, ordinal) }

    private static func contains(_ ranges: [Range<Int>], _ ordinal: Int) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= ordinal { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(ordinal)
    }
}

/// Ascending numbers as ranges.
private struct OrdinalRanges {
    private(set) var ranges: [Range<Int>] = []

    mutating func append(_ ordinal: Int) {
        if let last = ranges.last, last.upperBound == ordinal {
            ranges[ranges.count - 1] = last.lowerBound..<ordinal + 1
        } else {
            ranges.append(ordinal..<ordinal + 1)
        }
    }

    mutating func remove(from ordinal: Int) {
        while let last = ranges.last, last.upperBound > ordinal {
            ranges.removeLast()
            if last.lowerBound < ordinal { ranges.append(last.lowerBound..<ordinal) }
        }
    }
}
