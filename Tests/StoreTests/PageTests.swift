import HealthTypes
import Store
import Testing

@Suite struct PageTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }

    init() throws { file = try StoreFile() }

    private func commit(_ bench: Bench, _ caseNumber: CaseNumber, _ change: (inout Rows, Int) -> Void) async throws {
        var commit = try await bench.decision(caseNumber)
        change(&commit.rows, commit.expected.sequence + 1)
        let result = try await store.commit([commit])[0]
        guard case .committed = result else { throw Surprise("\(result)") }
    }

    private func decided(_ bench: Bench, _ caseNumber: CaseNumber, _ reason: String, _ outcome: String) async throws {
        try await commit(bench, caseNumber) { rows, _ in
            rows.decisions[0].reason = reason
            rows.decisions[0].outcome = outcome
        }
    }

    /// Invariant 32: pages go by key.
    @Test func casesAreFoundAndGoByKey() async throws {
        let bench = try await file.bench()
        for index in 1...5 {
            let caseNumber = try await bench.open("V\(index)")
            if index == 5 { continue }
            try await commit(bench, caseNumber) { rows, _ in
                rows.summary = SummaryRow(
                    title: "Visit \(index)", stage: "submission", state: index % 2 == 0 ? "held" : "sent",
                    payerID: index < 3 ? "P1" : "P2", serviceDate: nil, charge: Money(cents: 100), paid: .zero)
            }
        }
        func numbers(_ filter: CaseFilter, after: Int? = nil, limit: Int = 9) async throws -> [Int] {
            try await store.read {
                try $0.cases(filter, after: after.map { CaseNumber($0) }, limit: limit).map(\.caseNumber.value)
            }
        }
        #expect(try await numbers(CaseFilter(), limit: 2) == [1, 2])
        #expect(try await numbers(CaseFilter(), after: 2) == [3, 4, 5])
        let filters: [(CaseFilter, [Int])] = [
            (CaseFilter(text: "C-0000003"), [3]), (CaseFilter(text: "V4"), [4]), (CaseFilter(text: "V"), [1, 2, 3, 4]),
            (CaseFilter(text: "Visit"), [1, 2, 3, 4]), (CaseFilter(text: "Visit 2"), [2]),
            (CaseFilter(text: "%"), []), (CaseFilter(payerID: "P2"), [3, 4]), (CaseFilter(state: "held"), [2, 4]),
            (CaseFilter(payerID: "P1", stage: "submission", state: "held"), [2]), (CaseFilter(stage: "none"), []),
        ]
        for (filter, expected) in filters {
            #expect(try await numbers(filter) == expected)
            #expect(try await store.read { try $0.countCases(filter) } == expected.count)
        }
        let counts = try await store.read { try $0.caseCounts().map { "\($0.state) \($0.count)" } }
        #expect(counts == [" 1", "held 2", "sent 2"])
        #expect(try await store.read { try $0.caseLine(CaseNumber(5))?.summary } == nil)
        #expect(try await store.read { try $0.caseLine(CaseNumber(4))?.entries } == 2)
        #expect(try await store.read { try $0.caseLine(CaseNumber(6)) } == nil)
        #expect(try await store.read { try $0.findCase("V2") } == CaseNumber(2))
        #expect(try await store.read { try $0.findCase("C-0000009") } == nil)
        #expect(try await store.read { try $0.keys(of: CaseNumber(2)) } == [bench.visit("V2")])
    }

    @Test func decisionsAreCountedAsTheCallerAsks() async throws {
        let bench = try await file.bench()
        // Answered in time; answered before the question; answered too late; never asked before the visit.
        let stories: [[(String, String)]] = [
            [("before_visit", "asked"), ("answered", "active"), ("checked_in", "asked")],
            [("answered", "active"), ("before_visit", "asked"), ("checked_in", "asked")],
            [("before_visit", "asked"), ("checked_in", "asked"), ("answered", "active")],
            [("answered", "active")],
            [("before_visit", "asked"), ("answered", "inactive"), ("answered", "active")],
            [("before_visit", "asked"), ("answered", "unclear")],
        ]
        for (index, story) in stories.enumerated() {
            let caseNumber = try await bench.open("V\(index)")
            for (reason, outcome) in story { try await decided(bench, caseNumber, reason, outcome) }
        }
        let answered = DecisionFilter(stage: "eligibility", reasons: ["answered"], outcomes: ["active", "inactive"])
        let (asked, checkedIn) = (DecisionFilter(reasons: ["before_visit"]), DecisionFilter(reasons: ["checked_in"]))
        try await store.read { (pages: any PageReader) throws -> Void in
            #expect(try pages.countCases(with: answered, since: asked, before: checkedIn) == 2)
            #expect(try pages.countCases(with: answered) == 5)
            #expect(try pages.countCases(with: DecisionFilter()) == 6)
            #expect(try pages.countCases(with: DecisionFilter(outcomes: [])) == 0)
            #expect(try pages.countCases(with: DecisionFilter(stage: "submission")) == 0)
            // A case of which both are true counts once.
            #expect(try pages.countCases(withAny: [answered, checkedIn]) == 5)
            #expect(try pages.countCases(withAny: [checkedIn, DecisionFilter(outcomes: ["unclear"])]) == 4)
            #expect(try pages.countCases(withAny: []) == 0)
            #expect(try pages.decisionCounts().first { $0.outcome == "unclear" }?.count == 1)
            let page = try pages.decisions(after: EntryPlace(CaseNumber(1), 3), limit: 2)
            #expect(page.map { [$0.caseNumber.value, $0.row.entry] } == [[1, 4], [2, 2]])
            #expect(try pages.decision(CaseNumber(1), entry: 3)?.outcome == "active")
            #expect(try pages.decision(CaseNumber(1), entry: 9) == nil)
        }
    }

    @Test func findingsAreCountedWithAnExample() async throws {
        let bench = try await file.bench()
        for index in 0..<3 {
            try await commit(bench, try await bench.open("V\(index)")) { rows, entry in
                for (number, check) in ["a", "b"].enumerated() where index > 0 || check == "b" {
                    rows.findings.append(
                        FindingRow(
                            entry: entry, number: number, stage: "submission", checkID: check, answer: "failed",
                            stops: true, afterSending: false, controlNumber: "K"))
                }
            }
        }
        try await store.read { (pages: any PageReader) throws -> Void in
            let counts = try pages.findingCounts(limit: 9)
            #expect(counts.map(\.checkID) == ["b", "a"])
            #expect(counts.map(\.count) == [3, 2])
            #expect(counts.map(\.caseNumber.value) == [1, 2])
            #expect(counts.map(\.entry) == [2, 2])
            let marks = try pages.findingMarks(after: nil, limit: 2)
            #expect(marks.map(\.row.checkID) == ["b", "a"])
            #expect(try pages.findingMarks(after: marks[1], limit: 9).map(\.row.checkID) == ["b", "a", "b"])
        }
    }

    @Test func workGoesByDeadlineThenAmount() async throws {
        let bench = try await file.bench()
        let deadlines: [(Int?, Int64)] = [(nil, 5), (2, 1), (1, 1), (2, 9), (nil, 7), (2, 1)]
        for (index, (days, amount)) in deadlines.enumerated() {
            try await commit(bench, try await bench.open("V\(index)")) { rows, entry in
                rows.workOpened = [
                    WorkItemRow(
                        entry: entry, number: 0, stage: index == 0 ? "denials" : "submission",
                        kind: index < 4 ? "held" : "blocked", amount: Money(cents: amount), openedAt: morning,
                        deadline: days.map { morning.adding(days: $0) })
                ]
            }
        }
        try await store.read { (pages: any PageReader) throws -> Void in
            var seen: [Int] = []
            var cursor: WorkCursor?
            while true {
                let page = try pages.openWork(WorkFilter(), after: cursor, limit: 2)
                if page.isEmpty { break }
                seen += page.map(\.caseNumber.value)
                cursor = page.last?.cursor
            }
            #expect(seen == [3, 4, 2, 6, 5, 1])
            let held = WorkFilter(stage: "submission", kinds: ["held", "other"])
            #expect(try pages.openWork(held, after: nil, limit: 9).map(\.caseNumber.value) == [3, 4, 2])
            #expect(try pages.countOpenWork(held).count == 3)
            #expect(try pages.countOpenWork(held).amount == Money(cents: 11))
            #expect(try pages.openWorkCounts().map(\.count) == [1, 2, 3])
        }
        try await commit(bench, CaseNumber(3)) { rows, _ in
            rows.workEnded = [WorkEndRow(entry: 2, number: 0, state: .withdrawn, endedAt: morning, by: nil)]
        }
        try await store.read { (pages: any PageReader) throws -> Void in
            #expect(try pages.openWork(WorkFilter(), after: nil, limit: 1).map(\.caseNumber.value) == [4])
            let line = try #require(try pages.workItem(CaseNumber(3), entry: 2, number: 0))
            #expect(line.state == .withdrawn)
            #expect(line.endedAt == morning)
            #expect(try pages.workItems(of: CaseNumber(3)) == [line])
            #expect(try pages.workItem(CaseNumber(3), entry: 2, number: 1) == nil)
            #expect(try pages.openWorkCounts().map(\.count) == [1, 2, 2])
            #expect(try pages.totals().workOpen == 5 && pages.totals().workOpened == 6)
        }
    }

    @Test func moneyIsSummedFromItsRows() async throws {
        let bench = try await file.bench()
        func posting(_ entry: Int, _ paid: Int64, denied: Int64, followUp: Bool) -> PostingRow {
            PostingRow(
                entry: entry, number: 0, at: morning, controlNumber: "K1", payerID: "P1", charge: Money(cents: 100),
                paid: Money(cents: paid), patient: .zero, contractual: .zero, denied: Money(cents: denied),
                writtenOff: .zero, isFollowUp: followUp)
        }
        for index in 0..<3 {
            let caseNumber = try await bench.open("V\(index)")
            try await commit(bench, caseNumber) { rows, entry in
                rows.postings = [posting(entry, 60, denied: index == 0 ? 0 : 40, followUp: false)]
                rows.claimLines = [
                    bench.line(caseNumber, entry: entry, state: index == 0 ? "paid" : "sent"),
                    bench.line(caseNumber, entry: entry, line: 2, state: index == 0 ? "paid" : "sent"),
                ]
            }
        }
        try await commit(bench, CaseNumber(2)) { rows, entry in
            rows.postings = [posting(entry, 40, denied: 0, followUp: true)]
        }
        try await commit(bench, CaseNumber(3)) { rows, entry in
            rows.postings = [posting(entry, -60, denied: 0, followUp: true)]
        }
        try await store.read { (pages: any PageReader) throws -> Void in
            #expect(try pages.postingSums(isFollowUp: nil).paid == Money(cents: 160))
            #expect(try pages.postingSums(isFollowUp: false).denied == Money(cents: 80))
            #expect(try pages.postingSums(isFollowUp: true).paid == Money(cents: -20))
            #expect(try pages.postingSums(isFollowUp: true).count == 2)
            #expect(
                try pages.postingCounts()
                    == PostingCounts(claimsSettled: 3, claimsDenied: 2, casesRecovered: 1, casesDenied: 2))
            let counts = try pages.claimCounts()
            #expect(counts.map(\.state) == ["paid", "sent"])
            #expect(counts.map(\.claims) == [1, 2])
            #expect(counts.map(\.charge) == [Money(cents: 25_000), Money(cents: 50_000)])
        }
    }

    @Test func messagesAreListedByStateAndCase() async throws {
        let bench = try await file.bench()
        let caseNumber = try await bench.open("V1")
        for (index, state) in [MessageRow.State.accepted, .partial, .duplicate, .refused, .unmatched].enumerated() {
            try await store.intake { tx in
                let digest = try tx.keep(bytes("m\(index % 3)"))
                _ = try tx.add(
                    MessageRow(
                        direction: .incoming, format: "x12", kind: "271", content: digest, range: 0..<2, source: "a",
                        at: morning, state: state, issues: bytes("[]")), cases: index < 2 ? [caseNumber] : [])
            }
        }
        try await store.read { (pages: any PageReader) throws -> Void in
            #expect(try pages.messages(of: caseNumber).map(\.id) == [1, 2])
            #expect(try pages.troubledMessages(before: nil, limit: 2).map(\.id) == [5, 4])
            #expect(try pages.troubledMessages(before: 4, limit: 9).map(\.id) == [2])
            #expect(try pages.messages(after: 3, limit: 1).map(\.id) == [4])
            #expect(try pages.messages(.incoming, .duplicate, before: nil, limit: 9).map(\.id) == [3])
            #expect(try pages.messageCounts().map(\.count) == [1, 1, 1, 1, 1])
            #expect(try pages.message(content: Digest(of: "m0"), direction: .incoming)?.id == 1)
            #expect(try pages.message(content: Digest(of: "m2"), direction: .incoming) == nil)
            #expect(try pages.message(content: Digest(of: "m0"), direction: .outgoing) == nil)
            #expect(try pages.cases(ofMessage: 2) == [caseNumber])
        }
    }

    /// Reads are of one moment, whatever is written meanwhile.
    @Test func aReadIsOfOneMoment() async throws {
        let bench = try await file.bench()
        try await bench.open("V1")
        let writes = Task { for index in 2...40 { try await bench.open("V\(index)") } }
        for _ in 0..<20 {
            let (cases, entries) = try await store.read { (pages: any PageReader) throws -> (Int, Int) in
                let totals = try pages.totals()
                return (totals.cases, try pages.heads(after: nil, limit: 100).map(\.position.sequence).reduce(0, +))
            }
            #expect(cases == entries)
        }
        try await writes.value
    }
}
