import HealthTypes

/// Reads an input that is in memory into the parts of an ``X12Document``.
struct DocumentBuilder {
    /// An interchange whose segments are still numbers in the tokens.
    struct DraftInterchange {
        var header: Int
        var trailer: Int?
        var delimiters: Delimiters
        var groups: [DraftGroup] = []
        var ta1: [(segment: Int, position: Int)] = []
        var issues: [Issue] = []
        var isReadable: Bool
        /// In its interchange, ISA being 1.
        var trailerPosition = 0
    }

    struct DraftGroup {
        var header: Int?
        var headerPosition = 0
        var trailer: Int?
        var trailerPosition = 0
        var version = ""
        var sets: [DraftSet] = []
        var issues: [Issue] = []
    }

    struct DraftSet {
        var first: Int
        var end: Int
        var guide: String
        var issues: [Issue] = []
    }

    private let source: String?
    private let limits: X12Limits
    private(set) var tokens = TokensBuilder()
    private(set) var interchanges: [DraftInterchange] = []
    private(set) var fileIssues: [Issue] = []
    private(set) var summary = X12Summary()
    private var issueCount = 0
    private var isGroupOpen = false

    init(source: String?, limits: X12Limits) {
        self.source = source
        self.limits = limits
    }

    mutating func refuse(_ count: Int) {
        summary.bytes = count
        summary.strayBytes = count
        fileIssues.append(Fault.inputTooLarge.issue(at: Location(source: source, byte: 0)))
    }

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        var cursor = SegmentCursor(bytes, limits: limits)
        var machine = EnvelopeMachine()
        summary.bytes = bytes.count
        // Reading from memory throws nothing.
        while let step = try? cursor.next() {
            switch step {
            case .end:
                take(&cursor.found, nil, machine)
                _ = machine.finish()
                take(&machine.found)
                finish(cursor.strayBytes)
                return
            case .header(let isReadable):
                let slice = cursor.slice
                _ = machine.begin(slice, isReadable: isReadable)
                // What closes before this header is of the interchange before it.
                var closing = machine.found.filter { $0.location.byte.map { $0 < slice.byteOffset } ?? true }
                machine.found.removeAll { $0.location.byte.map { $0 < slice.byteOffset } ?? true }
                take(&closing)
                isGroupOpen = false
                interchanges.append(
                    DraftInterchange(
                        header: tokens.segmentStart.count, delimiters: cursor.delimiters, isReadable: isReadable))
                summary.enveloped += 1
                take(&machine.found)
                take(&cursor.found, slice, machine)
                tokens.append(slice)
            case .segment:
                let slice = cursor.slice
                place(machine.take(slice), slice, machine)
                take(&cursor.found, slice, machine)
                take(&machine.found)
                tokens.append(slice)
            }
        }
    }

    private mutating func finish(_ strayBytes: Int) {
        summary.strayBytes = strayBytes
        summary.segments = tokens.segmentStart.count
        summary.interchanges = interchanges.count
        if issueCount > limits.maximumIssues {
            fileIssues.append(Fault.tooManyIssues.issue(at: Location(source: source, byte: 0)))
        }
    }

    private mutating func place(_ step: EnvelopeMachine.Step, _ slice: SegmentSlice, _ machine: EnvelopeMachine) {
        let index = tokens.segmentStart.count
        let last = interchanges.count - 1
        if step.place == .stray { summary.stray += 1 } else { summary.enveloped += 1 }
        switch step.place {
        case .interchangeHeader, .stray: break
        case .interchangeTrailer:
            interchanges[last].trailer = index
            interchanges[last].trailerPosition = machine.position
        case .ta1: interchanges[last].ta1.append((index, machine.position))
        case .groupHeader:
            interchanges[last].groups.append(
                DraftGroup(header: index, headerPosition: machine.position, version: slice.text(8)))
            summary.groups += 1
        case .groupTrailer:
            withLastGroup {
                $0.trailer = index
                $0.trailerPosition = machine.position
            }
        case .setHeader:
            if machine.isGroupBare, !isGroupOpen || step.closesGroup {
                interchanges[last].groups.append(DraftGroup(header: nil))
                summary.groups += 1
            }
            summary.transactions += 1
            withLastGroup {
                $0.sets.append(
                    DraftSet(first: index, end: index + 1, guide: slice.isEmpty(3) ? $0.version : slice.text(3)))
            }
        case .body, .setTrailer: withLastGroup { $0.sets[$0.sets.count - 1].end = index + 1 }
        }
        isGroupOpen = machine.isGroupOpen
        if step.place == .body || step.place == .setTrailer, isClaim(slice) { summary.claims += 1 }
        if step.place == .setHeader { setKind = slice[1].packed }
    }

    private var setKind: UInt64 = 0

    private func isClaim(_ slice: SegmentSlice) -> Bool {
        setKind == Self.claims && slice.has(0, "CLM") || setKind == Self.remittances && slice.has(0, "CLP")
    }

    private static let claims = "837".packedCode
    private static let remittances = "835".packedCode

    private mutating func withLastGroup(_ body: (inout DraftGroup) -> Void) {
        let last = interchanges.count - 1
        guard let group = interchanges[last].groups.indices.last else { return }
        body(&interchanges[last].groups[group])
    }

    // MARK: Issues

    private mutating func take(_ found: inout [EnvelopeMachine.Found]) {
        guard !found.isEmpty else { return }
        for one in found { add(one.fault, one.location, one.scope) }
        found.removeAll(keepingCapacity: true)
    }

    /// What the cursor found belongs to the envelope in which its segment stands.
    private mutating func take(
        _ found: inout [SegmentCursor.Found], _ slice: SegmentSlice?, _ machine: EnvelopeMachine
    ) {
        guard !found.isEmpty else { return }
        for one in found {
            guard one.isOfSegment, let slice else {
                issueCount += 1
                if issueCount <= limits.maximumIssues {
                    fileIssues.append(one.fault.issue(at: Location(source: source, byte: one.byte)))
                }
                continue
            }
            var location = machine.location(slice, element: one.element)
            location.byte = one.byte
            add(one.fault, location, machine.isSetOpen || slice.has(0, "SE") ? .transaction : nil)
        }
        found.removeAll(keepingCapacity: true)
    }

    private mutating func add(_ fault: Fault, _ location: Location, _ scope: EnvelopeMachine.Scope?) {
        issueCount += 1
        guard issueCount <= limits.maximumIssues, let last = interchanges.indices.last else { return }
        var location = location
        location.source = source
        let issue = fault.issue(at: location)
        let group = interchanges[last].groups.indices.last
        switch scope {
        case .transaction:
            guard let group, let set = interchanges[last].groups[group].sets.indices.last else { fallthrough }
            interchanges[last].groups[group].sets[set].issues.append(issue)
        case .group:
            guard let group else { fallthrough }
            interchanges[last].groups[group].issues.append(issue)
        case .interchange: interchanges[last].issues.append(issue)
        case nil:
            if isGroupOpen, let group {
                interchanges[last].groups[group].issues.append(issue)
            } else {
                interchanges[last].issues.append(issue)
            }
        }
    }
}

extension DocumentBuilder.DraftInterchange {
    func built(_ tokens: Tokens) -> Interchange {
        func segment(_ index: Int, _ position: Int) -> Segment {
            Segment(tokens: tokens, index: index, delimiters: delimiters, position: position)
        }
        return Interchange(
            header: segment(header, 1), trailer: trailer.map { segment($0, trailerPosition) }, delimiters: delimiters,
            groups: groups.map { group in
                FunctionalGroup(
                    header: group.header.map { segment($0, group.headerPosition) },
                    trailer: group.trailer.map { segment($0, group.trailerPosition) },
                    transactions: group.sets.map { set in
                        TransactionSet(
                            segments: SegmentList(
                                tokens: tokens, delimiters: delimiters, range: set.first..<set.end),
                            guide: set.guide, issues: set.issues)
                    }, issues: group.issues)
            }, ta1Segments: ta1.map { segment($0.segment, $0.position) }, issues: issues, isReadable: isReadable)
    }
}
