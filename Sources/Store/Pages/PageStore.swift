public import HealthTypes

/// What pages, lists and figures read, all of one moment. It must not leave the closure that it is given to.
///
/// Lists go by key: the next page begins after the last line of the one before. Words such as stages and outcomes are
/// the caller's; the store compares them with what the rows hold.
public protocol PageReader: RecordReader {
    // MARK: Cases

    func caseNumber(for key: CaseKey) throws -> CaseNumber?
    /// The case of this number, or the oldest to which a key of this very value leads.
    func findCase(_ text: String) throws -> CaseNumber?
    func caseLine(_ caseNumber: CaseNumber) throws -> CaseLine?
    /// In order of their number.
    func cases(_ filter: CaseFilter, after: CaseNumber?, limit: Int) throws -> [CaseLine]
    func countCases(_ filter: CaseFilter) throws -> Int
    /// Cases by the state of their line; `""` for those without one.
    func caseCounts() throws -> [(state: String, count: Int)]
    func casesSetAside(after: CaseNumber?, limit: Int) throws -> [SetAside]
    func setAside(_ caseNumber: CaseNumber) throws -> SetAside?

    // MARK: Decisions and findings

    func decisions(of caseNumber: CaseNumber) throws -> [DecisionRow]
    func decision(_ caseNumber: CaseNumber, entry: Int) throws -> DecisionRow?
    /// All decisions, by case and entry.
    func decisions(after: EntryPlace?, limit: Int) throws -> [DecisionLine]
    func decisionCounts() throws -> [DecisionCount]
    /// Cases in which such a decision was made.
    func countCases(with filter: DecisionFilter) throws -> Int
    /// Cases in which a decision of one of the filters was made.
    func countCases(withAny filters: [DecisionFilter]) throws -> Int
    /// Cases with a decision of `filter` that was made at the first decision of `start` or after it, and before the
    /// first of `end` where there is one. A case without a decision of `start` does not count.
    func countCases(with filter: DecisionFilter, since start: DecisionFilter, before end: DecisionFilter) throws -> Int
    func findings(of caseNumber: CaseNumber) throws -> [FindingRow]
    /// All findings, by case, entry and number.
    func findingMarks(after: FindingMark?, limit: Int) throws -> [FindingMark]
    /// The most frequent first.
    func findingCounts(limit: Int) throws -> [FindingCount]

    // MARK: Money

    func postings(of caseNumber: CaseNumber) throws -> [PostingRow]
    /// Sums over all postings; of first settlements or of what followed where `isFollowUp` says so.
    func postingSums(isFollowUp: Bool?) throws -> PostingSums
    func postingCounts() throws -> PostingCounts
    func claimLines(of caseNumber: CaseNumber) throws -> [ClaimLineRow]
    func claimCounts() throws -> [ClaimCount]

    // MARK: Work for people

    func openWork(_ filter: WorkFilter, after: WorkCursor?, limit: Int) throws -> [WorkLine]
    /// Of those that are open.
    func openWorkCounts() throws -> [WorkCount]
    func countOpenWork(_ filter: WorkFilter) throws -> (count: Int, amount: Money)
    func workItem(_ caseNumber: CaseNumber, entry: Int, number: Int) throws -> WorkLine?
    /// In the order in which they were opened.
    func workItems(of caseNumber: CaseNumber) throws -> [WorkLine]

    // MARK: Messages and deliveries

    func message(_ id: Int) throws -> MessageRow?
    /// Those that brought something to the case, and those that carry its sends.
    func messages(of caseNumber: CaseNumber) throws -> [MessageRow]
    func cases(ofMessage id: Int) throws -> [CaseNumber]
    func messages(after id: Int?, limit: Int) throws -> [MessageRow]
    /// Messages of a state, the newest first.
    func messages(_ direction: MessageRow.Direction, _ state: MessageRow.State, before id: Int?, limit: Int) throws
        -> [MessageRow]
    /// Messages that were refused, taken in part, unmatched or not delivered, the newest first.
    func troubledMessages(before id: Int?, limit: Int) throws -> [MessageRow]
    func messageCounts() throws -> [MessageCount]
    /// The first message that holds the whole of a content with these bytes.
    func message(content: Digest, direction: MessageRow.Direction) throws -> MessageRow?
    func sends(of caseNumber: CaseNumber) throws -> [SendStatus]
    func sends(ofMessage id: Int) throws -> [SendStatus]
    func laneStatus() throws -> [LaneStatus]

    // MARK: The site

    func setting(_ name: String) throws -> String?
    func provider(npi: String) throws -> [UInt8]?
    func providers(after npi: String?, limit: Int) throws -> [(npi: String, body: [UInt8])]
    /// Those with most denied money first.
    func denialPatterns(limit: Int) throws -> [DenialPatternRow]
    func totals() throws -> Totals

    // MARK: The service's journal

    func serviceEntry(_ sequence: Int) throws -> ServiceEntry?
    /// The entry that an id names.
    func serviceEntry(id: String) throws -> ServiceEntry?
    /// Entries of a kind, the newest first; those older than `before` and of one outcome where they are given.
    func serviceEntries(_ kind: ServiceEntry.Kind, outcome: String?, before: Int?, limit: Int) throws -> [ServiceEntry]
    /// What was said of an entry, in order.
    func serviceEntries(about sequence: Int, limit: Int) throws -> [ServiceEntry]
    /// Entries that can be answered again, in order.
    func serviceAnswers(after sequence: Int, limit: Int) throws -> [ServiceEntry]
    func serviceCounts() throws -> [(kind: ServiceEntry.Kind, outcome: String, count: Int)]
    /// Whether an entry stands in the chain as it was written: between the entry before it and the one after it.
    func isChained(_ entry: ServiceEntry) throws -> Bool
}

/// An entry of some case.
public struct EntryPlace: Hashable, Comparable, Sendable {
    public var caseNumber: CaseNumber
    public var entry: Int

    public init(_ caseNumber: CaseNumber, _ entry: Int) {
        self.caseNumber = caseNumber
        self.entry = entry
    }

    public static func < (left: EntryPlace, right: EntryPlace) -> Bool {
        (left.caseNumber, left.entry) < (right.caseNumber, right.entry)
    }
}

/// The record, for those who show it.
public protocol PageStore: Sendable {
    /// Reads of one moment; writers go on meanwhile.
    func read<Result: Sendable>(_ body: @escaping @Sendable (any PageReader) throws -> Result) async throws -> Result
}
