import HealthTypes
import Store
import Testing

extension Bench {
    private func message(_ text: String, _ state: MessageRow.State) -> MessageRow {
        MessageRow(
            direction: .incoming, format: "x12", kind: "271", content: Digest(of: bytes(text)),
            range: 0..<text.utf8.count, source: "inbox", at: morning, state: state, issues: bytes("[]"))
    }

    /// A unit that waits for a key, and the message that brought it.
    private func wait(_ text: String, for key: CaseKey) async throws -> Int {
        let row = message(text, .unmatched)
        return try await store.intake { tx in
            _ = try tx.keep(bytes(text))
            let id = try tx.add(row, cases: [])
            try tx.wait(
                WaitingUnit(
                    message: id, kind: "eligibility_answered", version: 1, body: bytes("{\"event\":\"\(text)\"}")),
                for: key, at: morning)
            return id
        }
    }

    /// Invariant 26.
    func waitingUnitsAreReleasedByIntake() async throws {
        let messages = [try await wait("one", for: visit("V1")), try await wait("two", for: visit("V1"))]
        _ = try await wait("other", for: visit("V9"))
        let key = visit("V1")
        // The case has no entry of its own, and is due all the same.
        let caseNumber = try await store.intake {
            try $0.openCase(kind: "encounter", key: key, priority: .batch, at: morning)
        }
        let work = try #require(try await store.claimWork(.due(.batch), limit: 9, now: morning, lease: 30).first)
        #expect(work.caseNumber == caseNumber)
        #expect(work.released.map(\.body) == [bytes("{\"event\":\"one\"}"), bytes("{\"event\":\"two\"}")])
        #expect(work.released.map(\.message) == messages)
        #expect(try await store.read { try $0.messages(of: caseNumber).map(\.id) } == messages)
        // One taken: the other keeps the case due, whatever the commit says.
        var commit = CaseCommit(
            caseNumber: caseNumber, expected: work.position, entries: [entry("{\"event\":\"one\"}")], dueAt: nil,
            taken: [work.released[0].id])
        guard case .committed(let position) = try await store.commit([commit])[0] else { throw Surprise("one") }
        #expect(try await head(of: caseNumber)?.dueAt == morning)
        #expect(try await store.read { try $0.message(messages[0])?.state } == .accepted)
        #expect(try await store.read { try $0.message(messages[1])?.state } == .unmatched)
        // A unit is taken once.
        commit.expected = position
        guard case .refused = try await store.commit([commit])[0] else { throw Surprise("taken twice") }
        commit.taken = [work.released[1].id]
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("two") }
        #expect(try await head(of: caseNumber)?.dueAt == nil)
        #expect(try await store.read { try $0.waitingUnits(after: nil, limit: 9).map(\.key) } == [visit("V9")])
        await #expect(throws: StoreRefusal.self) { _ = try await wait("late", for: visit("V1")) }
    }

    /// Invariant 26: who binds the key takes what waits, in the same transaction.
    func waitingUnitsAreReleasedByACommit() async throws {
        let caseNumber = try await open("V1")
        let trace = CaseKey(kind: "trace", value: "T1")
        _ = try await wait("answer", for: trace)
        var commit = try await decision(caseNumber)
        commit.binds = [trace]
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("bound") }
        #expect(try await head(of: caseNumber)?.dueAt == morning)
        let work = try await store.claimWork(.due(.batch), limit: 9, now: morning, lease: 30)
        #expect(work.map(\.released.count) == [1])
        // What is not committed releases nothing.
        _ = try await wait("other", for: CaseKey(kind: "trace", value: "T2"))
        commit = try await decision(caseNumber, after: Position(sequence: 1, leaf: Digest(of: "x")))
        commit.binds = [CaseKey(kind: "trace", value: "T2")]
        #expect(try await store.commit([commit]) == [.moved])
        #expect(try await store.read { try $0.waitingUnits(after: nil, limit: 9).count } == 1)
    }

    /// Invariant 26, with more units than a commit has entries: the rest is given with the next work.
    func moreUnitsThanACommitTakes() async throws {
        let all = CaseCommit.maximumEntries + 6
        for number in 1...all { _ = try await wait("unit \(number)", for: visit("V1")) }
        let caseNumber = try await open("V1")
        var taken = 0
        for expected in [CaseCommit.maximumEntries, 6] {
            let work = try #require(try await store.claimWork(.due(.batch), limit: 9, now: morning, lease: 30).first)
            #expect(work.released.count == expected)
            let commit = CaseCommit(
                caseNumber: caseNumber, expected: work.position,
                entries: work.released.map { entry(String(decoding: $0.body, as: UTF8.self)) }, dueAt: nil,
                taken: work.released.map(\.id))
            guard case .committed = try await store.commit([commit])[0] else { throw Surprise("\(expected) units") }
            taken += expected
            #expect(try await head(of: caseNumber)?.dueAt == (taken == all ? nil : morning))
        }
        let entries = try await store.entries(after: [(caseNumber, nil)])[0]
        #expect(entries.dropFirst().map(\.body) == (1...all).map { bytes("{\"event\":\"unit \($0)\"}") })
    }

    /// Invariant 26: however the two fall, the case has its answer, as an entry or as a unit that is its own.
    func anAnswerAndItsCaseAtOneInstant() async throws {
        let turns = 1000
        try await withThrowingTaskGroup(of: Void.self) { group in
            for turn in 0..<turns {
                let (key, entry) = (visit("V\(turn)"), entry())
                let unit = WaitingUnit(message: nil, kind: "answered", version: 1, body: bytes("{}"))
                group.addTask {
                    _ = try await store.intake { tx in
                        if let known = try tx.caseNumber(for: key) {
                            _ = try tx.append(to: known, priority: .batch, at: morning) { _ in [entry] }
                        } else {
                            try tx.wait(unit, for: key, at: morning)
                        }
                    }
                }
                group.addTask {
                    _ = try await store.intake { tx in
                        _ = try tx.openCase(kind: "encounter", key: key, priority: .batch, at: morning)
                    }
                }
                if turn % 16 == 15 { for _ in 0..<32 { try await group.next() } }
            }
            try await group.waitForAll()
        }
        let work = try await store.claimWork(.due(.batch), limit: turns + 1, now: morning, lease: 30)
        #expect(work.count == turns)
        #expect(work.allSatisfy { $0.position.sequence + $0.released.count == 1 })
        #expect(try await store.read { try $0.waitingUnits(after: nil, limit: 1).isEmpty })
        #expect(try await store.read { try $0.lastCaseNumber() } == CaseNumber(turns))
    }

    func setAsideComparesTheLease() async throws {
        let caseNumber = try await open("V1")
        func claim(at: Instant) async throws -> CaseWork? {
            try await store.claimWork(.cases([caseNumber]), limit: 1, now: at, lease: 30).first
        }
        func setAside(_ work: CaseWork, _ reason: String) async throws {
            try await store.setAside(
                work, reason: reason, detail: "event.units", program: "0.2", now: morning,
                retryAt: morning.adding(hours: 1))
        }
        let first = try #require(try await claim(at: morning))
        try await setAside(first, "decode")
        #expect(try await claim(at: morning) == nil)
        let expected = SetAside(
            caseNumber: caseNumber, reason: "decode", detail: "event.units", attempts: 1, program: "0.2",
            since: morning, retryAt: morning.adding(hours: 1))
        #expect(try await store.setAside() == [expected])
        #expect(try await store.nextCaseDue(after: morning) == morning.adding(hours: 1))
        let second = try #require(try await claim(at: morning.adding(hours: 1)))
        // An older lease sets nothing aside, nor does one whose case has moved.
        try await setAside(first, "late")
        try await setAside(second, "fold")
        #expect(try await store.setAside().map(\.attempts) == [2])
        #expect(try await store.setAside().map(\.reason) == ["fold"])
        #expect(try await store.retry(caseNumber, now: morning))
        let third = try #require(try await claim(at: morning))
        try await append("{}", to: caseNumber)
        try await setAside(third, "moved")
        #expect(try await head(of: caseNumber)?.dueAt == morning)
        #expect(try await store.setAside().map(\.reason) == ["fold"])
        // What goes on is set aside no longer.
        guard case .committed = try await store.commit([try await decision(caseNumber)])[0] else {
            throw Surprise("set aside")
        }
        #expect(try await store.setAside().isEmpty)
        #expect(try await store.retry(caseNumber, now: morning) == false)
    }

    func peopleComeFirst() async throws {
        let batch = try await open("V1")
        let waiting = try await open("V2", priority: .waiting)
        let earlier = try await open("V3", at: morning.adding(seconds: -9))
        func claim(_ priority: Priority, limit: Int = 9) async throws -> [CaseNumber] {
            let work = try await store.claimWork(.due(priority), limit: limit, now: morning, lease: 30)
            try await store.release(work)
            return work.map(\.caseNumber)
        }
        #expect(try await claim(.waiting) == [waiting])
        #expect(try await claim(.batch) == [earlier, batch])
        #expect(try await claim(.batch, limit: 1) == [earlier])
        // A file does not push back what a person waits for; a person's request pulls forward what came in a file.
        try await append("{}", to: waiting)
        #expect(try await claim(.waiting) == [waiting])
        let entry = entry()
        _ = try await store.intake { tx in
            try tx.append(to: batch, priority: .waiting, at: morning) { _ in [entry] }
        }
        #expect(try await claim(.waiting) == [batch, waiting].sorted())
        // Once nothing is to be done at once, nobody waits for it.
        guard case .committed = try await store.commit([try await decision(batch, due: morning.adding(hours: 1))])[0]
        else { throw Surprise("people") }
        #expect(try await head(of: batch)?.priority == .batch)
        #expect(try await claim(.waiting) == [waiting])
    }

    func limitsAreAnswered() async throws {
        let caseNumber = try await open("V1")
        func refusal(_ change: (inout CaseCommit) -> Void) async throws -> String? {
            var commit = try await decision(caseNumber)
            change(&commit)
            guard case .refused(let text) = try await store.commit([commit])[0] else { return nil }
            return text
        }
        let long = String(repeating: "x", count: EntryHead.kindLength + 1)
        #expect(try await refusal { $0.entries = [] }?.contains("another entry") == true)
        #expect(
            try await refusal { $0.entries = Array(repeating: $0.entries[0], count: 65) }?.contains("65 entries")
                == true)
        #expect(
            try await refusal { $0.entries[0].body = Array(repeating: 32, count: NewEntry.maximumBytes + 1) }?
                .contains("body") == true)
        for kind in ["", long, "nächste", "two words"] {
            #expect(try await refusal { $0.entries[0].kind = kind }?.contains("kind") == true)
        }
        #expect(try await refusal { $0.entries[0].version = -1 }?.contains("version") == true)
        #expect(try await refusal { $0.rows.decisions[0].entry = 1 }?.contains("another entry") == true)
        #expect(
            try await refusal { $0.rows.claimLines = [line(CaseNumber(9), entry: 2)] }?.contains("another case") == true
        )
        #expect(
            try await refusal { $0.rows.claimStates = [ClaimStateRow(claimEntry: 1, claimNumber: 0, state: "x")] }?
                .contains("no lines") == true)
        #expect(try await refusal { $0.rows.sends = [send(2, after: (1, 0))] } != nil)
        #expect(try await position(of: caseNumber)?.sequence == 1)
        // The most that is allowed goes through.
        var most = try await decision(caseNumber)
        most.entries = Array(repeating: most.entries[0], count: CaseCommit.maximumEntries)
        most.entries[0].body = Array(repeating: 32, count: NewEntry.maximumBytes)
        guard case .committed(let position) = try await store.commit([most])[0] else { throw Surprise("most") }
        #expect(position.sequence == 65)
        #expect(try await store.read { try $0.chainFault(of: caseNumber) } == nil)
    }

    /// A case that was looked at, and of which nothing came but when it is due next.
    func nothingCameOfIt() async throws {
        let caseNumber = try await open("V1", priority: .waiting)
        let work = try #require(
            try await store.claimWork(.cases([caseNumber]), limit: 1, now: morning, lease: 30).first)
        let later = morning.adding(hours: 1)
        var nothing = CaseCommit(caseNumber: caseNumber, expected: work.position, entries: [], dueAt: later)
        guard case .refused = try await store.commit([nothing])[0] else { throw Surprise("without a lease") }
        nothing.lease = work.lease
        #expect(try await store.commit([nothing]) == [.committed(work.position)])
        let head = try #require(try await head(of: caseNumber))
        #expect(head.position == work.position)
        #expect(head.dueAt == later)
        #expect(try await store.claimWork(.cases([caseNumber]), limit: 1, now: morning, lease: 30).isEmpty)
        #expect(try await store.claimWork(.cases([caseNumber]), limit: 1, now: later, lease: 30).count == 1)
        // What came meanwhile is not lost by it.
        try await append("{}", to: caseNumber)
        #expect(try await store.commit([nothing]) == [.moved])
        #expect(try await self.head(of: caseNumber)?.dueAt == morning)
    }

    /// Invariant 19: whoever makes a case due is not overwritten by who had it before and adds no entry.
    func nothingIsPutOffThatWasMadeDue() async throws {
        let caseNumber = try await open("V1")
        func claim() async throws -> CaseWork {
            try #require(try await store.claimWork(.cases([caseNumber]), limit: 1, now: morning, lease: 30).first)
        }
        func setAside(_ work: CaseWork) async throws {
            try await store.setAside(
                work, reason: "decode", detail: "", program: "0.2", now: morning, retryAt: morning.adding(hours: 1))
        }
        func putOff(_ work: CaseWork) async throws -> CommitResult? {
            try await store.commit([
                CaseCommit(
                    caseNumber: caseNumber, expected: work.position, entries: [], lease: work.lease, dueAt: nil)
            ]).first
        }
        // A person asks for it while a worker has it.
        try await setAside(try await claim())
        #expect(try await store.retry(caseNumber, now: morning))
        let had = try await claim()
        #expect(try await store.retry(caseNumber, now: morning))
        #expect(try await putOff(had) == .moved)
        #expect(try await head(of: caseNumber)?.dueAt == morning)
        // Nor does who had it set it aside, nor give back what another has by now.
        try await setAside(had)
        #expect(try await head(of: caseNumber)?.dueAt == morning)
        let has = try await claim()
        try await store.release([had])
        #expect(try await store.claimWork(.cases([caseNumber]), limit: 1, now: morning, lease: 30).isEmpty)
        // A unit is released to it by a further key.
        let trace = CaseKey(kind: "trace", value: "T1")
        _ = try await wait("answer", for: trace)
        _ = try await store.intake { try $0.bind(trace, to: caseNumber) }
        try await setAside(has)
        #expect(try await head(of: caseNumber)?.dueAt == morning)
        #expect(try await putOff(has) == .moved)
        try await store.release([has])
        #expect(try await head(of: caseNumber)?.dueAt == morning)
    }

    /// Invariant 31: what was written is what `verify` compares with.
    func rowsComeBack() async throws {
        let caseNumber = try await open("V1")
        var commit = try await decision(caseNumber)
        commit.entries.append(entry(kind: "decided"))
        commit.rows = rows(caseNumber)
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("rows") }
        #expect(try await store.read { try $0.rows(of: caseNumber) } == rows(caseNumber).settled())
        #expect(try await store.orphans().isEmpty)
    }

    /// Rows of every kind for entries 2 and 3.
    private func rows(_ caseNumber: CaseNumber) -> Rows {
        var rows = Rows()
        for entry in 2...3 {
            rows.decisions.append(
                DecisionRow(
                    entry: entry, stage: "submission", reason: "charged", outcome: "held", madeAt: morning,
                    generation: generation))
            rows.findings.append(
                FindingRow(
                    entry: entry, number: 0, stage: "submission", checkID: "claim.units", answer: "failed", stops: true,
                    afterSending: false, controlNumber: "K1"))
            rows.postings.append(
                PostingRow(
                    entry: entry, number: 1, at: morning, controlNumber: "K1", payerID: "P1", charge: Money(cents: 5),
                    paid: Money(cents: -4), patient: Money(cents: 3), contractual: Money(cents: 2),
                    denied: Money(cents: 1), writtenOff: Money(cents: 9), isFollowUp: entry == 3))
            rows.adjudicated.append(
                AdjudicatedRow(
                    entry: entry, number: 0, payerID: "P1", procedure: "99213", modifiers: [], line: 1,
                    group: entry == 2 ? nil : "CO", reason: entry == 2 ? nil : "50", amount: Money(cents: 7)))
            rows.workOpened.append(
                WorkItemRow(
                    entry: entry, number: 0, stage: "submission", kind: "held", amount: Money(cents: 5),
                    openedAt: morning, deadline: entry == 2 ? morning.adding(days: 1) : nil))
        }
        rows.sends = [send(2), send(3, after: (2, 0))]
        rows.workEnded = [WorkEndRow(entry: 2, number: 0, state: .answered, endedAt: morning, by: "ann")]
        rows.claimLines = [line(caseNumber, entry: 2, state: "drafted"), line(caseNumber, entry: 2, line: 2)]
        rows.claimStates = [ClaimStateRow(claimEntry: 2, claimNumber: 0, state: "held")]
        rows.summary = SummaryRow(
            title: "V1", stage: "submission", state: "held", payerID: "P1", serviceDate: CalendarDate("2026-03-02"),
            charge: Money(cents: 5), paid: .zero)
        return rows
    }

    func linesGivenAgainReplace() async throws {
        let caseNumber = try await open("V1")
        var commit = try await decision(caseNumber)
        commit.rows.claimLines = [line(caseNumber, entry: 2), line(caseNumber, entry: 2, line: 2)]
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("made") }
        // In one commit: the state of the old lines, then an edit with its own, then a state after it.
        var first = Rows()
        first.claimStates = [ClaimStateRow(claimEntry: 2, claimNumber: 0, state: "void")]
        var second = Rows()
        second.claimLines = [line(caseNumber, entry: 2, state: "drafted")]
        var merged = first
        merged.append(second)
        #expect(merged.settled().claimLines.map(\.state) == ["drafted"])
        commit = try await decision(caseNumber)
        commit.rows = merged
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("edited") }
        #expect(try await store.read { try $0.claimLines(of: caseNumber) } == merged.claimLines)
        var third = merged
        third.append(first)
        #expect(third.settled().claimLines.map(\.state) == ["void"])
        commit = try await decision(caseNumber)
        commit.rows = third
        guard case .committed = try await store.commit([commit])[0] else { throw Surprise("voided") }
        #expect(try await store.read { try $0.claimLines(of: caseNumber).map(\.state) } == ["void"])
    }

    func tailsGoOnFromAPosition() async throws {
        let (first, second) = (try await open("V1"), try await open("V2"))
        let position = try await append("{\"a\":\"é\"}", to: first, at: morning.adding(seconds: 1))
        try await append("{\"b\":1}", to: first)
        let tails = try await store.entries(after: [
            (first, position), (second, nil), (CaseNumber(9), nil), (first, nil),
        ])
        #expect(tails.map { $0.map(\.sequence) } == [[3], [1], [], [1, 2, 3]])
        let entry = tails[3][1]
        #expect(entry.body == bytes("{\"a\":\"é\"}"))
        #expect(entry.at == morning.adding(seconds: 1))
        #expect(entry.leaf == position.leaf)
        #expect(entry.caseNumber == first)
    }

    /// Invariant 22: a commit raises no counter, and a line with two denials is one line.
    func patternsFollowBehind() async throws {
        let question = LookUp.denialPatterns(payerID: "P1", procedures: ["99213"], limit: 9)
        for number in 1...3 {
            let caseNumber = try await open("V\(number)")
            var commit = try await decision(caseNumber)
            func row(_ place: Int, _ line: Int, _ reason: String?) -> AdjudicatedRow {
                AdjudicatedRow(
                    entry: 2, number: place, payerID: "P1", procedure: "99213", modifiers: ["25"], line: line,
                    group: reason == nil ? nil : "CO", reason: reason, amount: Money(cents: 100))
            }
            commit.rows.adjudicated = [row(0, 1, "50"), row(1, 1, "16"), row(2, 2, nil)]
            if number == 3 { commit.rows.adjudicated[0] = row(0, 1, "16") }
            guard case .committed = try await store.commit([commit])[0] else { throw Surprise("adjudicated") }
        }
        #expect(try await store.lookUp([question]) == [.denialPatterns([])])
        #expect(try await store.read { try $0.totals().patternsBehind } == 9)
        // An entry is not divided, whatever the limit.
        #expect(try await store.followPatterns(limit: 2) == 3)
        #expect(try await store.followPatterns(limit: 100) == 6)
        #expect(try await store.followPatterns(limit: 100) == 0)
        func pattern(_ reason: String, _ denied: Int) -> DenialPatternRow {
            DenialPatternRow(
                payerID: "P1", procedure: "99213", modifiers: ["25"], group: "CO", reason: reason, denied: denied,
                adjudicated: 6, amount: Money(cents: Int64(denied) * 100))
        }
        #expect(try await store.lookUp([question]) == [.denialPatterns([pattern("16", 4), pattern("50", 2)])])
        #expect(try await store.read { try $0.denialPatterns(limit: 1) } == [pattern("16", 4)])
    }
}
