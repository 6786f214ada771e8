import HealthTypes
import X12

/// Writes a value into a transaction set of its own and checks that set against the guide, before it is written where it
/// belongs.
struct UnitTrial: ~Copyable {
    private let settings: WritingSettings
    private var pen: SegmentPen
    private var hierarchy = Hierarchy()
    private var checker: TransactionChecker
    /// An ISA and a GS, with which the set can be read.
    private let envelope: [UInt8]

    init(settings: WritingSettings, guides: GuideLibrary, tables: CodeTables) {
        self.settings = settings
        pen = SegmentPen(
            delimiters: settings.delimiters, characters: settings.characters, breaksLines: settings.breaksLines)
        checker = TransactionChecker(guides: guides, tables: tables, snip: settings.snip)
        var writer = SegmentWriter(delimiters: settings.delimiters)
        writer.beginInterchange(
            InterchangeParties(sender: "S", receiver: "R"), controlNumber: 1, at: Instant(milliseconds: 0),
            usage: settings.usage)
        envelope = writer.bytes
    }

    /// How many bytes the last value took with its set.
    var byteCount: Int { pen.count }

    /// What stands against the value.
    mutating func run<Unit: WritableUnit>(_ unit: Place<Unit>, frame: SetFrame) -> [Issue] {
        pen.removeBytes()
        hierarchy.restart()
        envelope.withUnsafeBufferPointer { pen.append(verbatim: $0) }
        pen.resetCount()
        pen.writeSetHeader(Unit.set, number: 1, guide: Unit.guide(of: unit))
        unit.pointee.writeHeading(&pen, frame)
        Unit.write(unit, &pen, &hierarchy)
        pen.writeSetTrailer(number: 1)
        let replacements = pen.takeReplacements()
        if settings.unsupportedText == .refuse, !replacements.isEmpty { return replacements.map(\.issue) }
        return settings.snip > 0 ? check(version: Unit.guide(of: unit)) : []
    }

    private mutating func check(version: String) -> [Issue] {
        var issues: [Issue] = []
        var cursor = SegmentCursor(pen.bytes)
        var position = 0
        // Reading from memory throws nothing.
        while let step = try? cursor.next(), step.hasSegment {
            if case .header = step { continue }
            position += 1
            if position == 1 {
                checker.begin(cursor.slice, version: version)
            } else {
                checker.take(cursor.slice, cursor.slice.packedID, position: position)
            }
            drain(&issues)
        }
        checker.finish()
        drain(&issues)
        return issues
    }

    private mutating func drain(_ issues: inout [Issue]) {
        guard !checker.found.isEmpty else { return }
        // A file's control totals count all of its members, of which there is one here.
        for one in checker.found where one.severity >= .error && one.fault != .enrollmentTotal {
            var issue = one.fault.issue(
                at: Location(
                    segmentID: one.segment, loop: one.loop, element: one.element, component: one.component,
                    repetition: one.repetition),
                requirement: one.requirement)
            issue.severity = one.severity
            issues.append(issue)
        }
        checker.found.removeAll(keepingCapacity: true)
    }
}

extension SegmentCursor.Step {
    fileprivate var hasSegment: Bool { if case .end = self { false } else { true } }
}

extension SegmentPen.Replacement {
    var issue: Issue {
        Fault.characterReplaced.issue(
            at: Location(segmentID: segment, loop: loop.isEmpty ? nil : loop, element: element, component: component))
    }
}

extension SegmentPen {
    /// ST; the 835 names no guide in it.
    mutating func writeSetHeader(_ set: StaticString, number: Int, guide: String) {
        loop = "ST"
        begin("ST")
        add(set)
        add(number, width: max(4, number.description.utf8.count))
        if set.description != "835" { add(guide) }
        end()
    }

    mutating func writeSetTrailer(number: Int) {
        begin("SE")
        add(segmentCount + 1)
        add(number, width: max(4, number.description.utf8.count))
        end()
    }
}
