import HealthTypes

/// Checks an X12 input in one pass, whatever its size: syntax, guide, sums, situations and code sets (SNIP types 1 to 5),
/// and where it is asked for the answers TA1, 999 and 277CA.
///
///     var checker = X12FileChecker()
///     let summary = try checker.check(FileSource(path: "claims.837"), name: "claims.837") { finding in … }
///
/// It keeps one window of the input, the open loops and the open claim.
public struct X12FileChecker {
    let guides: GuideLibrary
    let tables: CodeTables
    let snip: Int
    let limits: X12Limits
    private let refusesUnknownSets: Bool

    /// `snip` is the highest type to check, 1 to 7; payers' rules (7) are the caller's own, over the units of the input.
    /// With `refusesUnknownSets` a transaction set of a kind that has no guide here is an error: for who answers what he
    /// checked, since otherwise its syntax alone would be acknowledged.
    public init(
        guides: GuideLibrary = .standard, tables: CodeTables = CodeTables(), snip: Int = 5,
        limits: X12Limits = .standard, refusesUnknownSets: Bool = false
    ) {
        precondition((0...7).contains(snip), "SNIP types are 1 to 7")
        self.guides = guides
        self.tables = tables
        self.snip = snip
        self.limits = limits
        self.refusesUnknownSets = refusesUnknownSets
    }

    /// Reads the input to its end and gives each finding as it is made; the answers go to `answering`.
    ///
    /// - Throws: what the source throws where its bytes cannot be had.
    public func check(
        _ source: any ByteSource, name: String? = nil, answering: AnswerMaker? = nil,
        finding: (Finding) -> Void = { _ in }
    ) throws -> X12Summary {
        try run(SegmentCursor(source, limits: limits), name, answering, finding)
    }

    /// As above; `event` is told what becomes of the sets, their groups and their interchanges as each of them ends, after
    /// what was found in it.
    package func check(
        _ source: any ByteSource, name: String? = nil, answering: AnswerMaker? = nil, finding: (Finding) -> Void,
        event: (CheckEvent) throws -> Void
    ) throws -> X12Summary {
        try run(SegmentCursor(source, limits: limits), name, answering, finding, tellsSets: true, event)
    }

    /// As above, of bytes in memory.
    public func check(
        _ bytes: [UInt8], name: String? = nil, answering: AnswerMaker? = nil, finding: (Finding) -> Void = { _ in }
    ) -> X12Summary {
        bytes.withUnsafeBufferPointer { buffer in
            // Reading from memory throws nothing.
            return (try? run(SegmentCursor(buffer, limits: limits), name, answering, finding)) ?? X12Summary()
        }
    }

    func run(
        _ cursor: consuming SegmentCursor, _ name: String?, _ answering: AnswerMaker?, _ finding: (Finding) -> Void,
        tellsSets: Bool = false, _ event: (CheckEvent) throws -> Void = { _ in }
    ) throws -> X12Summary {
        let checker = TransactionChecker(
            guides: guides, tables: tables, snip: snip, refusesUnknownSets: refusesUnknownSets)
        var pass = CheckPass(
            checker, snip: snip, limits: limits, name: name, answering: answering, tellsSets: tellsSets)
        var isDone = false
        while !isDone {
            switch try cursor.next() {
            case .header(let isReadable): pass.begin(cursor.slice, isReadable: isReadable, &cursor.found)
            case .segment: pass.take(cursor.slice, &cursor.found)
            case .end:
                pass.finish(&cursor.found, at: cursor.byteOffset)
                isDone = true
            }
            if !pass.findings.isEmpty {
                for one in pass.findings { finding(one) }
                pass.findings.removeAll(keepingCapacity: true)
            }
            if !pass.events.isEmpty {
                for one in pass.events { try event(one) }
                pass.events.removeAll(keepingCapacity: true)
            }
        }
        pass.summary.bytes = cursor.byteOffset
        pass.summary.segments = cursor.segmentCount
        pass.summary.strayBytes = cursor.strayBytes
        return pass.summary
    }
}

/// One pass over one input.
struct CheckPass: ~Copyable {
    private let name: String?
    private let limits: X12Limits
    private let snip: Int
    private let answering: AnswerMaker?
    private var machine = EnvelopeMachine()
    private var checker: TransactionChecker
    var summary = X12Summary()
    var findings: [Finding] = []
    private var told = 0
    private var place = Finding.Place()
    private var interchangeNumber: String?
    private var delimiters: Delimiters?
    private var isTest = false
    private var groupNumber: String?
    private var setNumber: String?
    private var groupVersion = ""
    private var setErrors: [Finding] = []
    private var setIsRefused = false
    private var setFindings = 0
    private var groupIsRefused = false
    private var interchangeIssues: [Issue] = []
    private var acceptedOfGroup = 0
    private var acceptedOfInterchange = 0
    private var setsOfInterchange = 0
    private let tellsSets: Bool
    private var header = SetHeader()
    private var setStart = 0
    private var groupStart = 0
    /// What ended since it was last taken away.
    var events: [CheckEvent] = []

    init(
        _ checker: consuming TransactionChecker, snip: Int, limits: X12Limits, name: String?, answering: AnswerMaker?,
        tellsSets: Bool
    ) {
        self.tellsSets = tellsSets
        self.name = name
        self.limits = limits
        self.snip = snip
        self.answering = answering
        self.checker = checker
    }

    mutating func begin(_ slice: SegmentSlice, isReadable: Bool, _ found: inout [SegmentCursor.Found]) {
        takeStray(&found)
        let step = machine.begin(slice, isReadable: isReadable)
        takeEnvelopeFindings { $0.location.byte.map { $0 < slice.byteOffset } ?? true }
        close(step, at: slice.byteOffset)
        place = Finding.Place(interchange: summary.interchanges, group: nil, transaction: nil)
        summary.interchanges += 1
        summary.enveloped += 1
        interchangeNumber = isReadable ? slice.brief(13) : nil
        delimiters = isReadable ? slice.delimiters : nil
        isTest = slice.has(15, "T")
        groupNumber = nil
        setNumber = nil
        interchangeIssues = []
        setsOfInterchange = 0
        acceptedOfInterchange = 0
        if tellsSets { header.beginInterchange(slice, isReadable: isReadable) }
        answering?.beginInterchange(slice, isReadable: isReadable)
        takeEnvelopeFindings { _ in true }
        takeSegmentFindings(&found, slice)
        if !isReadable { endInterchange() }
    }

    @inline(__always)
    mutating func take(_ slice: SegmentSlice, _ found: inout [SegmentCursor.Found]) {
        let id = slice.packedID
        guard machine.takeBody(id) else { return takeOther(slice, &found) }
        summary.enveloped &+= 1
        checker.take(slice, id, position: machine.position)
        if !checker.found.isEmpty { takeSetFindings() }
        if !found.isEmpty { takeSegmentFindings(&found, slice) }
        if let answering, answering.wantsClaims { answering.observe(slice, position: machine.position) }
    }

    private mutating func takeOther(_ slice: SegmentSlice, _ found: inout [SegmentCursor.Found]) {
        let step = machine.take(slice)
        switch step.place {
        case .setTrailer:
            summary.enveloped += 1
            checker.take(slice, slice.packedID, position: machine.position)
            takeSegmentFindings(&found, slice)
            takeEnvelopeFindings { _ in true }
            endSet(at: slice.byteOffset + slice.length + 1)
        default:
            takeStray(&found)
            takeEnvelope(step, slice)
            takeSegmentFindings(&found, slice)
        }
    }

    private mutating func takeEnvelope(_ step: EnvelopeMachine.Step, _ slice: SegmentSlice) {
        takeEnvelopeFindings { $0.scope == .transaction && $0.location.byte.map { $0 < slice.byteOffset } ?? true }
        if step.closesSet { endSet(at: slice.byteOffset) }
        if step.place == .stray { summary.stray += 1 } else { summary.enveloped += 1 }
        switch step.place {
        case .groupHeader:
            if step.closesGroup {
                takeEnvelopeFindings { $0.location.byte.map { $0 < slice.byteOffset } ?? true }
                endGroup(nil)
            }
            beginGroup(slice)
            takeEnvelopeFindings { _ in true }
        case .groupTrailer:
            takeEnvelopeFindings { _ in true }
            endGroup(slice)
        case .setHeader:
            if machine.isGroupBare, !isGroupCounted { beginGroup(nil) }
            beginSet(slice)
            takeEnvelopeFindings { _ in true }
            takeSetFindings()
        case .interchangeTrailer:
            takeEnvelopeFindings { $0.scope == .group }
            if step.closesGroup { endGroup(nil) }
            takeEnvelopeFindings { _ in true }
            endInterchange()
        default: takeEnvelopeFindings { _ in true }
        }
    }

    private var isGroupCounted = false

    private mutating func beginGroup(_ slice: SegmentSlice?) {
        isGroupCounted = true
        place.group = (place.group ?? -1) + 1
        place.transaction = nil
        summary.groups += 1
        groupNumber = slice?.brief(6) ?? ""
        groupVersion = slice?.brief(8) ?? ""
        setNumber = nil
        acceptedOfGroup = 0
        groupIsRefused = false
        groupStart = summary.transactions
        if tellsSets { header.beginGroup(slice) }
        answering?.beginGroup(slice)
    }

    private mutating func beginSet(_ slice: SegmentSlice) {
        place.transaction = (place.transaction ?? -1) + 1
        setNumber = slice.brief(2)
        summary.transactions += 1
        setsOfInterchange += 1
        setErrors.removeAll(keepingCapacity: true)
        setIsRefused = false
        setFindings = 0
        checker.begin(slice, version: groupVersion)
        setStart = slice.byteOffset
        if tellsSets { header.beginSet(slice, ordinal: summary.transactions - 1) }
        answering?.beginSet(slice, guide: checker.guideID)
        if summary.transactions > limits.maximumTransactions {
            add(Finding(Fault.tooManyTransactions.issue(at: named(machine.location(slice)))), .transaction)
        }
    }

    private mutating func endSet(at end: Int) {
        checker.finish()
        takeSetFindings()
        summary.claims += checker.claims
        if !setIsRefused { acceptedOfGroup += 1 }
        answering?.endSet(setErrors, isRefused: setIsRefused)
        setNumber = nil
        guard tellsSets else { return }
        events.append(
            .set(
                CheckedSet(
                    header: header, range: setStart..<max(setStart, end), claims: checker.claims,
                    isAccepted: !setIsRefused)))
    }

    private mutating func endGroup(_ trailer: SegmentSlice?) {
        isGroupCounted = false
        if groupIsRefused {
            acceptedOfGroup = 0
            if tellsSets { events.append(.refused(groupStart..<summary.transactions)) }
        }
        acceptedOfInterchange += acceptedOfGroup
        answering?.endGroup(trailer)
        groupNumber = nil
    }

    private mutating func endInterchange() {
        let isRefused = TA1.status(of: interchangeIssues) == "R"
        let accepted = isRefused ? 0 : acceptedOfInterchange
        if tellsSets {
            if isRefused { events.append(.refused(summary.transactions - setsOfInterchange..<summary.transactions)) }
            events.append(.interchange(summary.interchanges - 1, isAccepted: !isRefused))
        }
        summary.accepted += accepted
        summary.rejected += setsOfInterchange - accepted
        answering?.endInterchange(interchangeIssues)
        interchangeIssues = []
        setsOfInterchange = 0
        acceptedOfInterchange = 0
    }

    private mutating func close(_ step: EnvelopeMachine.Step, at end: Int) {
        if step.closesSet { endSet(at: end) }
        if step.closesGroup { endGroup(nil) }
        if step.closesInterchange { endInterchange() }
    }

    /// Ends the input.
    mutating func finish(_ found: inout [SegmentCursor.Found], at end: Int) {
        let step = machine.finish()
        takeEnvelopeFindings { $0.scope == .transaction }
        if step.closesSet { endSet(at: end) }
        takeEnvelopeFindings { _ in true }
        if step.closesGroup { endGroup(nil) }
        if step.closesInterchange { endInterchange() }
        takeStray(&found)
        answering?.finish(hasInterchange: summary.interchanges > 0)
    }
}

// MARK: - Findings

extension CheckPass {
    private mutating func takeEnvelopeFindings(_ isTaken: (EnvelopeMachine.Found) -> Bool) {
        guard !machine.found.isEmpty else { return }
        var kept: [EnvelopeMachine.Found] = []
        for one in machine.found {
            guard isTaken(one) else {
                kept.append(one)
                continue
            }
            add(Finding(one.fault.issue(at: named(one.location))), one.scope)
        }
        machine.found = kept
    }

    /// What the cursor found in a segment belongs to the envelope in which the segment stands.
    private mutating func takeSegmentFindings(_ found: inout [SegmentCursor.Found], _ slice: SegmentSlice) {
        guard !found.isEmpty else { return }
        let isOfSet = setNumber != nil
        for one in found {
            var location = named(machine.location(slice, element: one.element))
            location.byte = one.byte
            if isOfSet { location.loop = checker.loopID }
            var issue = one.fault.issue(at: location)
            // A superseded guide is read and not enforced.
            if one.fault == .characterInvalid, isOfSet, let guide = checker.guide, !guide.isWhole {
                issue.severity = .warning
            }
            add(
                Finding(issue),
                isOfSet ? .transaction : isGroupCounted ? .group : .interchange)
        }
        found.removeAll(keepingCapacity: true)
    }

    /// What lies outside of any segment belongs to the file.
    private mutating func takeStray(_ found: inout [SegmentCursor.Found]) {
        guard found.contains(where: { !$0.isOfSegment }) else { return }
        for one in found where !one.isOfSegment {
            var finding = Finding(one.fault.issue(at: Location(source: name, byte: one.byte)))
            finding.place = Finding.Place()
            tell(finding)
        }
        found.removeAll { !$0.isOfSegment }
    }

    private mutating func takeSetFindings() {
        for one in checker.found {
            var location = Location(
                source: name, byte: one.byte, segment: one.position, segmentID: one.segment, loop: one.loop,
                element: one.element, component: one.component, repetition: one.repetition)
            if location.loop == nil { location.loop = checker.loopID }
            var issue = one.fault.issue(at: location, requirement: one.requirement)
            issue.severity = one.severity
            // Test files are full of invented identifiers; in production a wrong one pays nobody.
            if one.fault == .checkDigit, isTest { issue.severity = .warning }
            var finding = Finding(issue)
            finding.trigger = one.trigger
            finding.unit = one.unit
            add(finding, .transaction)
        }
        checker.found.removeAll(keepingCapacity: true)
    }

    private func named(_ location: Location) -> Location {
        var location = location
        location.source = name
        return location
    }

    private mutating func add(_ finding: Finding, _ scope: EnvelopeMachine.Scope) {
        guard finding.snip <= snip else { return }
        var finding = finding
        finding.interchange = interchangeNumber
        finding.place = Finding.Place(interchange: place.interchange)
        switch scope {
        case .interchange:
            // The verdict is that of the first; what forgives comes from the header, and is among these.
            if interchangeIssues.count < 100 { interchangeIssues.append(finding.issue) }
        case .group:
            finding.group = groupNumber
            finding.place.group = place.group
            if finding.isError { groupIsRefused = true }
            answering?.note(groupError: finding)
            // What the TA1 has a name for is told there: a set outside of any group has no other answer.
            if finding.codes.interchange != nil, interchangeIssues.count < 100 {
                interchangeIssues.append(finding.issue)
            }
        case .transaction:
            finding.group = groupNumber
            finding.transaction = setNumber
            finding.place = place
            setFindings += 1
            if finding.isError {
                setIsRefused = true
                if setErrors.count < GroupAcknowledgment.maximumErrors { setErrors.append(finding) }
                answering?.note(setError: finding)
            }
            if setFindings > limits.maximumIssuesOfTransaction {
                count(finding)
                if setFindings == limits.maximumIssuesOfTransaction + 1 {
                    var last = Finding(Fault.tooManyIssuesOfTransaction.issue(at: finding.issue.location))
                    last.interchange = finding.interchange
                    last.group = finding.group
                    last.transaction = finding.transaction
                    last.place = finding.place
                    tell(last)
                }
                return
            }
        }
        tell(finding)
    }

    private mutating func count(_ finding: Finding) {
        if finding.isError { summary.errors += 1 }
        if finding.issue.severity == .warning { summary.warnings += 1 }
    }

    private mutating func tell(_ finding: Finding) {
        var finding = finding
        finding.delimiters = delimiters
        count(finding)
        told += 1
        if told <= limits.maximumIssues {
            findings.append(finding)
        } else if told == limits.maximumIssues + 1 {
            findings.append(Finding(Fault.tooManyIssues.issue(at: finding.issue.location)))
        }
    }
}
