import HealthTypes

/// Puts the scanned segments of one interchange into its envelopes and checks counts and control numbers.
///
/// A fault in one envelope never hides what else the interchange holds: a missing trailer is closed at the next
/// envelope segment, and a segment that stands nowhere is counted and reported.
struct EnvelopeReader {
    let tokens: Tokens
    let span: SegmentScanner.Span
    /// What the scanner found, by segment.
    let found: [Int: [SegmentScanner.Found]]

    private var groups: [FunctionalGroup] = []
    private var group: FunctionalGroup?
    private var groupNumbers: Set<String> = []
    private var transactionStart: Int?
    private var ta1Segments: [Segment] = []
    private var issues: [Issue] = []
    private(set) var straySegments = 0

    init(tokens: Tokens, span: SegmentScanner.Span, found: [Int: [SegmentScanner.Found]]) {
        self.tokens = tokens
        self.span = span
        self.found = found
    }

    mutating func read() -> Interchange {
        let header = segment(span.first)
        issues += scanned(span.first, header)
        var trailer: Segment?
        if span.isReadable {
            for index in (span.first + 1)..<max(span.end, span.first + 1) {
                let segment = segment(index)
                if segment.isA("IEA") {
                    trailer = segment
                    issues += scanned(index, segment)
                } else {
                    place(segment)
                }
            }
            closeGroup(trailer: nil, before: span.end - (trailer == nil ? 0 : 1))
            checkHeader(header)
            checkTrailer(header, trailer)
        }
        return Interchange(
            header: header, trailer: trailer, delimiters: span.delimiters, groups: groups, ta1Segments: ta1Segments,
            issues: issues, isReadable: span.isReadable)
    }

    private mutating func place(_ segment: Segment) {
        if segment.isA("GS") {
            closeGroup(trailer: nil, before: segment.index)
            openGroup(segment)
        } else if segment.isA("GE") {
            if group == nil { return addStray(segment) }
            closeGroup(trailer: segment, before: segment.index)
        } else if segment.isA("ST") {
            closeTransaction(before: segment.index, trailer: nil)
            if group == nil {
                group = FunctionalGroup(header: nil, trailer: nil, transactions: [], issues: [])
                group?.issues.append(Fault.groupHeaderMissing.issue(at: segment.location()))
            }
            transactionStart = segment.index
        } else if transactionStart != nil {
            if segment.isA("SE") { closeTransaction(before: segment.index + 1, trailer: segment) }
        } else if segment.isA("TA1") && group == nil {
            ta1Segments.append(segment)
            issues += scanned(segment.index, segment)
        } else {
            addStray(segment)
        }
    }

    private mutating func addStray(_ segment: Segment) {
        straySegments += 1
        let own = scanned(segment.index, segment)
        if group == nil {
            issues += own + [Fault.strayInterchangeSegment.issue(at: segment.location())]
        } else {
            group?.issues += own + [Fault.strayGroupSegment.issue(at: segment.location())]
        }
    }

    // MARK: Groups

    private mutating func openGroup(_ segment: Segment) {
        var issues = scanned(segment.index, segment)
        let number = segment.range(6)
        if number.isEmpty || number.count > 9 || !tokens.bytes[number].allSatisfy(\.isDigit) {
            issues.append(Fault.groupControlNumberForm.issue(at: segment.location(element: 6)))
        }
        if !groupNumbers.insert(segment[6]).inserted {
            issues.append(Fault.groupDuplicate.issue(at: segment.location(element: 6)))
        }
        group = FunctionalGroup(header: segment, trailer: nil, transactions: [], issues: issues)
    }

    private mutating func closeGroup(trailer: Segment?, before end: Int) {
        closeTransaction(before: end, trailer: nil)
        guard let open = group else { return }
        var issues = open.issues
        if let trailer {
            issues += scanned(trailer.index, trailer)
            if trailer.integer(1) != open.transactions.count {
                issues.append(Fault.transactionCount.issue(at: trailer.location(element: 1)))
            }
            if let header = open.header, !sameNumber(header[6], trailer[2]) {
                issues.append(Fault.groupControlNumber.issue(at: trailer.location(element: 2)))
            }
        } else if let header = open.header {
            issues.append(Fault.groupTrailerMissing.issue(at: header.location()))
        }
        groups.append(
            FunctionalGroup(header: open.header, trailer: trailer, transactions: open.transactions, issues: issues))
        group = nil
    }

    /// Whether two control numbers are one: `0001` is `1`, and what is no number must be the same text.
    private func sameNumber(_ left: String, _ right: String) -> Bool {
        if let left = Int(left), let right = Int(right) { return left == right }
        return left == right
    }

    // MARK: Transaction sets

    private mutating func closeTransaction(before end: Int, trailer: Segment?) {
        guard let start = transactionStart else { return }
        transactionStart = nil
        let segments = SegmentList(tokens: tokens, delimiters: span.delimiters, range: start..<end)
        let header = segments[0]
        var issues: [Issue] = []
        if !found.isEmpty {
            for segment in segments { issues += scanned(segment.index, segment) }
        }
        let number = header.range(2)
        if !(4...9).contains(number.count) || !tokens.bytes[number].allSatisfy(\.isLetterOrDigit) {
            issues.append(Fault.transactionControlNumberForm.issue(at: header.location(element: 2)))
        }
        if trailer != nil {
            let last = segments[segments.count - 1]
            if last.integer(1) != segments.count {
                issues.append(Fault.segmentCount.issue(at: last.location(element: 1)))
            }
            if last[2] != header[2] {
                issues.append(Fault.transactionControlNumber.issue(at: last.location(element: 2)))
            }
        } else {
            issues.append(Fault.transactionTrailerMissing.issue(at: header.location()))
        }
        let version = group?.version ?? ""
        if let kind = Self.functionalIDs[header[1]], let group, group.header != nil, !kind.contains(group.functionalID)
        {
            issues.append(Fault.transactionNotOfGroup.issue(at: header.location(element: 1)))
        }
        if !header.isEmpty(3), !version.isEmpty, header[3] != version {
            issues.append(Fault.guideNotOfGroup.issue(at: header.location(element: 3)))
        }
        group?.transactions.append(
            TransactionSet(segments: segments, guide: header.isEmpty(3) ? version : header[3], issues: issues))
    }

    /// GS01 by ST01, for the sets of health care.
    private static let functionalIDs: [String: [String]] = [
        "837": ["HC"], "835": ["HP"], "270": ["HS"], "271": ["HB"], "276": ["HR"], "277": ["HN"], "278": ["HI"],
        "834": ["BE"], "820": ["RA"], "999": ["FA"], "997": ["FA"], "275": ["PI"], "824": ["AG"],
    ]

    // MARK: The interchange

    private mutating func checkHeader(_ header: Segment) {
        let checks: [(Int, Fault, Bool)] = [
            (9, .interchangeDate, CalendarDate("20" + header[9]) != nil),
            (10, .interchangeTime, X12Types.isTime(tokens.bytes[header.range(10)])),
            (
                12, .interchangeVersion,
                header.range(12).count == 5 && tokens.bytes[header.range(12)].allSatisfy(\.isDigit)
            ),
            (
                13, .interchangeControlNumberForm,
                header.range(13).count == 9 && tokens.bytes[header.range(13)].allSatisfy(\.isDigit)
            ),
            (14, .interchangeAcknowledgment, header.has(14, "0") || header.has(14, "1")),
            (15, .interchangeUsage, header.has(15, "P") || header.has(15, "T") || header.has(15, "I")),
        ]
        for (element, fault, passes) in checks where !passes {
            issues.append(fault.issue(at: header.location(element: element)))
        }
    }

    private mutating func checkTrailer(_ header: Segment, _ trailer: Segment?) {
        guard let trailer else {
            issues.append(Fault.interchangeTrailerMissing.issue(at: header.location()))
            return
        }
        if trailer.integer(1) != groups.count {
            issues.append(Fault.groupCount.issue(at: trailer.location(element: 1)))
        }
        if !sameNumber(trailer[2], header[13]) {
            issues.append(Fault.interchangeControlNumber.issue(at: trailer.location(element: 2)))
        }
    }

    // MARK: What the scanner found

    private func segment(_ index: Int) -> Segment {
        Segment(tokens: tokens, index: index, delimiters: span.delimiters, position: index - span.first + 1)
    }

    private func scanned(_ index: Int, _ segment: Segment) -> [Issue] {
        (found[index] ?? []).map { found in
            var location = segment.location(element: found.element)
            location.byte = found.byte
            return found.fault.issue(at: location)
        }
    }
}
