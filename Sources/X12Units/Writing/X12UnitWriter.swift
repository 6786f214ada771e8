public import HealthTypes
public import X12

/// Writes typed values one after the other into valid interchanges: envelopes, levels, counts and control numbers are its
/// work, and so is beginning a further set, group or interchange where a limit is reached.
///
///     var writer = X12UnitWriter(parties: parties, controlNumber: 907, at: clock.now) { _, bytes in
///         try file.write(contentsOf: bytes)
///     }
///     for claim in claims { try writer.write(claim) }
///     let summary = try writer.finish()
///
/// It keeps about 256 KiB and the segments of one value, whatever it writes. A value that would not make a valid
/// transaction set is refused: what is wrong goes to `report`, nothing of it is written, and the next one may follow.
public struct X12UnitWriter: ~Copyable {
    /// What was found in a value.
    public struct Report: Sendable {
        /// Which value it was, the first being 0.
        public var value: Int
        /// Where it lies by loop, segment and element; the message takes nothing from the value.
        public var issue: Issue
        /// Whether the value was not written.
        public var isRefusal: Bool
    }

    public struct Summary: Hashable, Sendable {
        public var interchanges = 0
        public var groups = 0
        public var transactions = 0
        /// Values that were written, and those that were not.
        public var written = 0
        public var refused = 0
        /// Texts for which another was written.
        public var replaced = 0
        public var bytes = 0
    }

    private let parties: InterchangeParties
    private let settings: WritingSettings
    private let time: String
    /// Interchanges are counted from 1.
    private let sink: (_ interchange: Int, _ bytes: [UInt8]) throws -> Void
    private let report: (Report) -> Void
    private var pen: SegmentPen
    private var trial: UnitTrial
    private var hierarchy = Hierarchy()
    private let instant: Instant
    /// ISA13 and GS06 of what is open or comes next.
    private var interchangeNumber: Int
    private(set) var groupNumber: Int
    private var isInterchangeOpen = false
    private var groupsOfInterchange = 0
    private var openGroup: (functionalID: String, version: String)?
    private var setsOfGroup = 0
    private var setsOfInterchange = 0
    /// ST02 of the set in which the last value was written.
    private(set) var setsOfLastValue = 0
    /// The heading of the open set, in its type's box.
    private var openHeading: AnyObject?
    private var openType: ObjectIdentifier?
    private var unitsOfSet = 0
    private var bytesOfInterchange = 0
    private var values = 0
    public private(set) var summary = Summary()

    static let chunkBytes = 1 << 18

    /// How many bytes were written, those that the sink has not yet been given among them.
    public var byteCount: Int { summary.bytes + pen.count }

    /// `controlNumber` is ISA13 of the first interchange and GS06 of its first group; further ones count up.
    public init(
        parties: InterchangeParties, controlNumber: Int, at instant: Instant,
        settings: WritingSettings = .standard, guides: GuideLibrary = .standard, tables: CodeTables = CodeTables(),
        report: @escaping (Report) -> Void = { _ in },
        sink: @escaping (_ interchange: Int, _ bytes: [UInt8]) throws -> Void
    ) {
        precondition(settings.delimiters.areUsable, "the delimiters of an interchange are four different marks")
        precondition(settings.delimiters.repetition != 0, "version 00501 has a repetition separator")
        precondition(settings.unitsPerTransaction > 0 && settings.transactionsPerGroup > 0, "a limit is above zero")
        precondition(settings.groupsPerInterchange > 0, "a limit is above zero")
        precondition(controlNumber >= 0, "a control number is not negative")
        self.parties = parties
        self.settings = settings
        self.sink = sink
        self.report = report
        self.instant = instant
        time = instant.compact
        interchangeNumber = controlNumber
        groupNumber = controlNumber
        pen = SegmentPen(
            delimiters: settings.delimiters, characters: settings.characters, breaksLines: settings.breaksLines)
        trial = UnitTrial(settings: settings, guides: guides, tables: tables)
    }

    /// Ends what is open and gives what is left.
    ///
    /// Where no value was written there is no interchange either.
    public mutating func finish() throws -> Summary {
        try endInterchange()
        return summary
    }

    // MARK: Values

    mutating func put<Unit: WritableUnit>(_ unit: Unit) throws -> Bool {
        try withUnsafePointer(to: unit) { try put(at: Place(mutating: $0)) }
    }

    mutating func put<Unit: WritableUnit>(at unit: Place<Unit>) throws -> Bool {
        let value = values
        values += 1
        if let fault = Unit.contradiction(in: unit) {
            let place = Location(
                path: fault.path, segmentID: fault.segment, loop: fault.loop, element: fault.element)
            return refuse(value, fault.fault.issue(at: place))
        }
        let mustTry = settings.snip > 0 || settings.bytesPerInterchange != nil || settings.unsupportedText == .refuse
        if mustTry {
            let issues = trial.run(unit, frame: frame(1))
            guard issues.isEmpty else {
                for issue in issues { report(Report(value: value, issue: issue, isRefusal: true)) }
                summary.refused += 1
                return false
            }
            if let limit = settings.bytesPerInterchange, isInterchangeOpen,
                bytesOfInterchange + pen.count + trial.byteCount > limit
            {
                try endInterchange()
            }
        }
        try openSet(for: unit)
        Unit.write(unit, &pen, &hierarchy)
        unitsOfSet += unit.pointee.size
        setsOfLastValue = setsOfInterchange
        summary.written += 1
        if Unit.standsAlone { endSet() }
        if !pen.replacements.isEmpty { reportReplacements(value) }
        if pen.count >= Self.chunkBytes { try flush() }
        return true
    }

    private mutating func refuse(_ value: Int, _ issue: Issue) -> Bool {
        report(Report(value: value, issue: issue, isRefusal: true))
        summary.refused += 1
        return false
    }

    private mutating func reportReplacements(_ value: Int) {
        for place in pen.takeReplacements() {
            summary.replaced += 1
            report(Report(value: value, issue: place.issue, isRefusal: false))
        }
    }

    private mutating func flush() throws {
        let bytes = [UInt8](pen.bytes)
        pen.removeBytes()
        bytesOfInterchange += bytes.count
        summary.bytes += bytes.count
        try sink(summary.interchanges, bytes)
    }

    // MARK: Envelopes

    private final class Heading<Value> {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    private func isOpen<Unit: WritableUnit>(_ unit: Place<Unit>) -> Bool {
        guard let openHeading, openType == ObjectIdentifier(Unit.self), let openGroup else { return false }
        return openGroup.version == Unit.guide(of: unit)
            && unsafeDowncast(openHeading, to: Heading<Unit.Heading>.self).value == Unit.heading(of: unit)
    }

    private func frame(_ number: Int) -> SetFrame {
        SetFrame(
            reference: padded(interchangeNumber % 1_000_000_000, to: 9) + padded(number, to: 4),
            date: String(time.prefix(8)), time: String(time.dropFirst(8).prefix(4)))
    }

    private mutating func openSet<Unit: WritableUnit>(for unit: Place<Unit>) throws {
        if unitsOfSet > 0, unitsOfSet + unit.pointee.size > settings.unitsPerTransaction || !isOpen(unit) { endSet() }
        guard openHeading == nil else { return }
        let guide = Unit.guide(of: unit)
        if let openGroup, openGroup.functionalID != Unit.functionalID || openGroup.version != guide { endGroup() }
        if setsOfGroup == settings.transactionsPerGroup { endGroup() }
        if openGroup == nil { try beginGroup(Unit.functionalID, guide) }
        setsOfGroup += 1
        setsOfInterchange += 1
        summary.transactions += 1
        pen.resetCount()
        pen.writeSetHeader(Unit.set, number: setsOfInterchange, guide: guide)
        hierarchy.restart()
        unit.pointee.writeHeading(&pen, frame(setsOfInterchange))
        openHeading = Heading(Unit.heading(of: unit))
        openType = ObjectIdentifier(Unit.self)
    }

    private mutating func endSet() {
        guard openHeading != nil else { return }
        pen.writeSetTrailer(number: setsOfInterchange)
        openHeading = nil
        unitsOfSet = 0
    }

    private mutating func beginGroup(_ functionalID: String, _ version: String) throws {
        if groupsOfInterchange == settings.groupsPerInterchange { try endInterchange() }
        beginInterchange()
        groupsOfInterchange += 1
        summary.groups += 1
        openGroup = (functionalID, version)
        var writer = SegmentWriter(delimiters: settings.delimiters)
        writer.beginGroup(functionalID, parties, controlNumber: groupNumber, at: instant, version: version)
        append(writer)
    }

    private mutating func endGroup() {
        endSet()
        guard openGroup != nil else { return }
        pen.begin("GE")
        pen.add(setsOfGroup)
        pen.add(groupNumber % 1_000_000_000)
        pen.end()
        groupNumber += 1
        setsOfGroup = 0
        openGroup = nil
    }

    private mutating func beginInterchange() {
        guard !isInterchangeOpen else { return }
        isInterchangeOpen = true
        summary.interchanges += 1
        var writer = SegmentWriter(delimiters: settings.delimiters)
        writer.beginInterchange(
            parties, controlNumber: interchangeNumber, at: instant, usage: settings.usage,
            acknowledgmentRequested: settings.asksForAcknowledgment)
        append(writer)
    }

    private mutating func endInterchange() throws {
        endGroup()
        guard isInterchangeOpen else { return }
        pen.begin("IEA")
        pen.add(groupsOfInterchange)
        pen.add(interchangeNumber % 1_000_000_000, width: 9)
        pen.end()
        try flush()
        interchangeNumber += 1
        groupsOfInterchange = 0
        setsOfInterchange = 0
        bytesOfInterchange = 0
        isInterchangeOpen = false
    }

    private mutating func append(_ writer: SegmentWriter) {
        writer.bytes.withUnsafeBufferPointer { pen.append(verbatim: $0) }
        if settings.breaksLines { pen.breakLine() }
    }
}
