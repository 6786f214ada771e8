public import HealthTypes
public import X12
import X12Units

/// The envelope of an interchange that is to be formed.
public struct InterchangeHeading: Hashable, Sendable {
    public var parties: InterchangeParties
    /// ISA13, of which nine digits are kept, and GS06.
    public var controlNumber: Int
    public var at: Instant
    /// ISA15: `P` or `T`.
    public var usage: String
    /// ISA14.
    public var asksForAcknowledgment: Bool

    public init(
        parties: InterchangeParties, controlNumber: Int, at: Instant, usage: String = "P",
        asksForAcknowledgment: Bool = false
    ) {
        self.parties = parties
        self.controlNumber = controlNumber
        self.at = at
        self.usage = usage
        self.asksForAcknowledgment = asksForAcknowledgment
    }
}

/// An interchange as it was formed of values, and what became of each of them.
public struct FormedInterchange: Sendable {
    /// A transaction set, by the numbers with which an acknowledgement will name it.
    public struct TransactionSet: Hashable, Sendable {
        /// ST02.
        public var controlNumber: String
        /// BHT03; empty where the set has none.
        public var reference: String
        /// The positions of its values among those that were given, in the order in which they were written.
        public var values: [Int]
    }

    /// A value that was not written, and why.
    public struct Refusal: Hashable, Sendable {
        public var value: Int
        public var issues: [Issue]
    }

    /// Empty where nothing could be written.
    public var bytes: [UInt8] = []
    /// GS06; the interchange has one group.
    public var groupControlNumber = ""
    public var sets: [TransactionSet] = []
    public var refusals: [Refusal] = []
    /// Of what was written all the same: a note that was cut, a letter that X12 cannot carry.
    public var issues: [Issue] = []

    init() {}
}

/// Writes values into one interchange and keeps account of them.
struct InterchangeForming: ~Copyable {
    private final class Collected {
        var bytes: [UInt8] = []
        var reports: [X12UnitWriter.Report] = []
    }

    private let collected: Collected
    private var writer: X12UnitWriter
    private var formed = FormedInterchange()

    /// Each value is checked up to `snip` before it is written: what a receiver would refuse is not sent.
    init(_ heading: InterchangeHeading, unitsPerSet: Int = 5000, snip: Int) {
        var settings = WritingSettings()
        settings.usage = heading.usage
        settings.asksForAcknowledgment = heading.asksForAcknowledgment
        settings.unitsPerTransaction = unitsPerSet
        settings.snip = snip
        let collected = Collected()
        self.collected = collected
        writer = X12UnitWriter(
            parties: heading.parties, controlNumber: heading.controlNumber, at: heading.at, settings: settings,
            report: { collected.reports.append($0) }, sink: { _, bytes in collected.bytes += bytes })
    }

    mutating func refuse(_ value: Int, _ issue: Issue) {
        formed.refusals.append(FormedInterchange.Refusal(value: value, issues: [issue]))
    }

    mutating func note(_ issue: Issue) { formed.issues.append(issue) }

    /// Writes a value of this position; `path` leads to it in issues.
    mutating func write(
        _ value: Int, reference: String, path: String, _ body: (inout X12UnitWriter) throws -> Bool
    ) {
        // The sink only collects, so that nothing is thrown.
        let isWritten = (try? body(&writer)) ?? false
        var issues = collected.reports.map { report in
            var issue = report.issue
            issue.location.path = path
            return issue
        }
        collected.reports.removeAll()
        guard isWritten else {
            if issues.isEmpty { issues = [MappingFault.notWritten.issue(at: Location(path: path))] }
            formed.refusals.append(FormedInterchange.Refusal(value: value, issues: issues))
            return
        }
        formed.issues += issues
        let numbers = writer.lastSet
        formed.groupControlNumber = numbers.group
        if formed.sets.last?.controlNumber == numbers.set {
            formed.sets[formed.sets.count - 1].values.append(value)
        } else {
            formed.sets.append(
                FormedInterchange.TransactionSet(controlNumber: numbers.set, reference: reference, values: [value]))
        }
    }

    consuming func finish() -> FormedInterchange {
        _ = try? writer.finish()
        formed.bytes = collected.bytes
        return formed
    }
}
