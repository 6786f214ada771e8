import HealthTypes
import Store
import Testing

private func day(_ text: String) -> CalendarDate { CalendarDate(text)! }

@Suite struct ReferenceTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }

    init() throws { file = try StoreFile() }

    // MARK: Policies

    private func policy(
        _ id: String, payer: String = "MERID", version: String = "1", from: String = "2026-01-01", to: String? = nil,
        text: String
    ) -> PolicyRow {
        PolicyRow(
            id: id, payerID: payer, version: version, title: "Policy \(id)", from: day(from), to: to.map(day),
            text: text,
            digest: Digest(of: text))
    }

    @Test func aPolicyIsPutOnceAndItsTextMayNotChange() throws {
        let first = policy("P1", text: "Knee imaging needs a radiograph first.")
        try store.write { try $0.putPolicies([first]) }
        try store.write { try $0.putPolicies([first]) }
        let changed = policy("P1", text: "Knee imaging needs nothing.")
        let error = #expect(throws: RecordDamage.self) {
            try store.write { try $0.putPolicies([policy("P2", text: "x"), changed]) }
        }
        #expect(error?.description == "policy P1 version 1 changed without a new version")
        #expect(try store.read { try $0.policy(id: "P1", version: "1") } == first)
        #expect(try store.read { try $0.policy(id: "P2", version: "1") } == nil)
        let second = policy("P1", version: "2", text: "Knee imaging needs nothing.")
        try store.write { try $0.putPolicies([second]) }
        #expect(try store.read { try $0.policy(id: "P1", version: "2") } == second)
    }

    @Test func searchGoesByWordPayerAndDate() throws {
        try store.write { tx in
            try tx.putPolicies([
                policy("KNEE", text: "Knee imaging 73721 needs a radiograph first. Imaging of the knee."),
                policy("OLD", from: "2024-01-01", to: "2025-12-31", text: "Knee imaging 73721 was free."),
                policy("OTHER", payer: "NSTAR", text: "Knee imaging 73721 needs therapy first."),
                policy("ALL", payer: "*", text: "Billing of any imaging follows the chart."),
                policy("DRUG", text: "Infusion of J1745 needs a screen."),
            ])
            func found(_ words: [String], payer: String = "MERID", on date: String = "2026-03-02", limit: Int = 9)
                throws
                -> [String]
            {
                try tx.policies(matching: words, payerID: payer, on: day(date), limit: limit).map(\.id)
            }
            #expect(try found(["73721"]) == ["KNEE"])
            #expect(try found(["73721"], payer: "NSTAR") == ["OTHER"])
            #expect(try found(["73721"], on: "2025-06-01") == ["OLD"])
            #expect(try found(["73721"], on: "2025-12-31") == ["OLD"])
            #expect(try found(["73721"], payer: "NONE").isEmpty)
            #expect(Set(try found(["imaging"])) == ["KNEE", "ALL"])
            #expect(try found(["image"]).isEmpty == false)
            #expect(try found(["imaging", "J1745"]).count == 3)
            #expect(try found(["imaging", "J1745"], limit: 1).count == 1)
            #expect(try found(["zebra"]).isEmpty)
            #expect(try found([]).isEmpty)
        }
    }

    /// A word is a word, whatever it would mean to the search engine.
    @Test(arguments: ["\"", "a\" OR \"b", "title:x", "*", "NEAR(", "-", "'; DROP TABLE policy; --", "", "^x", "{}"])
    func wordsAreNoSyntax(word: String) throws {
        try store.write { try $0.putPolicies([policy("P1", text: "some text")]) }
        let found = try store.read {
            try $0.policies(matching: [word, "text"], payerID: "MERID", on: day("2026-03-02"), limit: 5)
        }
        #expect(found.map(\.id) == ["P1"])
    }

    // MARK: Claim history

    private func line(
        _ number: String, of caseID: String, procedure: String = "97110", units: Int = 2,
        authorization: String? = "AUTH1",
        state: String = "submitted", on date: String = "2026-03-02", member: String = "MHP1"
    ) -> ClaimHistoryRow {
        ClaimHistoryRow(
            controlNumber: number, caseID: caseID, payerID: "MERID", memberID: member, providerNPI: "1234567893",
            serviceDate: day(date), procedure: procedure, modifiers: "GP", chargeCents: 5000, units: units,
            authorization: authorization, state: state)
    }

    @Test func historyIsOfAMemberAndADay() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            let mine = line("V1-1", of: id)
            try tx.addHistory([mine, line("V1-1", of: id, procedure: "97140")])
            try tx.addHistory([line("V2-1", of: id, on: "2026-03-03"), line("V2-1", of: id, member: "MHP2")])
            let found = try tx.history(memberID: "MHP1", on: day("2026-03-02"))
            #expect(found.map(\.procedure) == ["97110", "97140"])
            #expect(found.first == mine)
            try tx.setHistoryState("void", of: "V1-1")
            #expect(try tx.history(memberID: "MHP1", on: day("2026-03-02")).map(\.state) == ["void", "void"])
        }
    }

    /// A claim that is recorded again, as when a held one is sent, stands once.
    @Test func aClaimStandsOnceInTheHistory() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.addHistory([line("V1-1", of: id, units: 1, state: "pending-here")])
            try tx.addHistory([line("V1-1", of: id, units: 3, state: "submitted")])
            let found = try tx.history(memberID: "MHP1", on: day("2026-03-02"))
            #expect(found.map(\.state) == ["submitted"])
            #expect(found.map(\.units) == [3])
        }
    }

    @Test func unitsUsedAreThoseOfOtherClaimsThatWereSent() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.addHistory([line("V1-1", of: id, units: 2), line("V1-1", of: id, units: 1)])
            try tx.addHistory([line("V2-1", of: id, units: 4)])
            try tx.addHistory([line("V3-1", of: id, units: 8, state: "rejected")])
            try tx.addHistory([line("V4-1", of: id, units: 16, state: "pending-here")])
            try tx.addHistory([line("V5-1", of: id, procedure: "97140", units: 32)])
            try tx.addHistory([line("V6-1", of: id, units: 64, authorization: nil)])
            #expect(try tx.unitsUsed(authorization: "AUTH1", procedure: "97110", except: "V2-1") == 3)
            #expect(try tx.unitsUsed(authorization: "AUTH1", procedure: "97110", except: "V9-1") == 7)
            #expect(try tx.unitsUsed(authorization: "AUTH2", procedure: "97110", except: "V9-1") == 0)
        }
    }

    // MARK: Denial patterns, directory

    @Test func denialPatternsCountDenialsAndLines() throws {
        try store.write { tx in
            for _ in 0..<4 { try tx.countAdjudicated(payerID: "NSTAR", procedure: "70551", modifiers: "") }
            for _ in 0..<3 {
                try tx.countDenial(
                    payerID: "NSTAR", procedure: "70551", modifiers: "", reason: "CO-4", amount: Money("100")!)
            }
            try tx.countAdjudicated(payerID: "NSTAR", procedure: "70551", modifiers: "26")
            try tx.countDenial(
                payerID: "NSTAR", procedure: "99213", modifiers: "", reason: "CO-16", amount: Money("9")!)
            try tx.countDenial(
                payerID: "MERID", procedure: "70551", modifiers: "", reason: "CO-50", amount: Money("1")!)
            let found = try tx.denialPatterns(payerID: "NSTAR", procedures: ["70551"])
            #expect(
                found == [
                    DenialPatternRow(
                        payerID: "NSTAR", procedure: "70551", modifiers: "", reason: "CO-4", denied: 3, adjudicated: 4,
                        deniedCents: 30_000)
                ])
            #expect(try tx.denialPatterns(payerID: "NSTAR").map(\.reason) == ["CO-4", "CO-16"])
            #expect(try tx.denialPatterns().count == 3)
            #expect(try tx.denialPatterns(limit: 1).map(\.reason) == ["CO-4"])
            #expect(try tx.denialPatterns(payerID: "NSTAR", procedures: []).isEmpty)
        }
    }

    @Test func directoryEntriesAreReplaced() throws {
        try store.write { tx in
            try tx.putProvider(npi: "1234567893", body: bytes("1"))
            try tx.putProvider(npi: "1234567893", body: bytes("2"))
            #expect(try tx.provider(npi: "1234567893") == bytes("2"))
            #expect(try tx.provider(npi: "0") == nil)
            try tx.putMember(payerID: "B", memberID: "M1", body: bytes("b"))
            try tx.putMember(payerID: "A", memberID: "M1", body: bytes("a"))
            #expect(try tx.members(memberID: "M1") == [bytes("a"), bytes("b")])
            #expect(try tx.members(memberID: "M2").isEmpty)
            try tx.putUsualCharge("99213", Money("120")!)
            #expect(try tx.usualCharge("99213") == Money("120")!)
            #expect(try tx.usualCharge("99214") == nil)
        }
    }

    // MARK: Figures

    @Test func figuresAndDollars() throws {
        try store.write { tx in
            let id = try tx.openVisit("V1")
            try tx.addDecision("D1", of: id, occasion: "claim:V1-1")
            try tx.addDecision("D2", of: id, occasion: "claim:V1-9", outcome: "held")
            let body = bytes("{\"frequency\":\"1\"}")
            try tx.order(
                OutboxRow(caseID: id, kind: "837", receiver: "MERID", key: "V1-1", body: body, orderedAt: morning))
            try tx.addHistory([line("V1-1", of: id)])
            try tx.addDecision("D3", of: id, stage: "denials", occasion: "remittance:1", outcome: "denied")
            func post(_ decision: String, paid: String, denied: String, followUp: Bool) throws {
                try tx.add(
                    PostingRow(
                        decisionID: decision, caseID: id, controlNumber: "V1-1", payerID: "MERID",
                        charge: Money("100")!,
                        paid: Money(paid)!, patient: Money("5")!, denied: Money(denied)!, isFollowUp: followUp))
            }
            try post("D3", paid: "40", denied: "55", followUp: false)
            try tx.addDecision("D4", of: id, stage: "denials", occasion: "remittance:2", outcome: "paid")
            try post("D4", paid: "30", denied: "0", followUp: true)
            #expect(throws: (any Error).self) { try post("D4", paid: "30", denied: "0", followUp: true) }
            try tx.open(
                TaskRow(
                    id: "T1", caseID: id, stage: "submission", kind: "claim.held", body: [], amountCents: 700,
                    openedAt: morning,
                    deadline: nil, decisionID: "D2"))
            let dollars = try tx.dollars()
            #expect(dollars.billed == Money("50")!)
            #expect(dollars.held == Money("7")!)
            #expect(dollars.paid == Money("70")!)
            #expect(dollars.patient == Money("10")!)
            #expect(dollars.denied == Money("55")!)
            #expect(dollars.recovered == Money("30")!)
            #expect(dollars.writtenOff == .zero)
            #expect(try tx.count(.claimsJudged) == 2)
            #expect(try tx.count(.claimsSentUntouched) == 1)
            #expect(try tx.count(.claimsSettled) == 1)
            #expect(try tx.count(.claimsDenied) == 1)
            #expect(try tx.count(.casesRecovered) == 1)
            #expect(try tx.decisionCounts().map { "\($0.stage) \($0.outcome) \($0.count)" }.first == "denials denied 1")
        }
    }

    @Test func casesAreListedAndCounted() throws {
        try store.write { tx in
            let one = try tx.openVisit("V1")
            let two = try tx.openVisit("V2")
            for (id, title, state) in [(one, "V1", "sent"), (two, "V2", "held")] {
                try tx.setSummary(
                    of: id, title: title, stage: "submission", state: state, payer: "MERID", charge: .zero, paid: .zero)
            }
            #expect(try tx.cases(matching: "", limit: 9).map(\.id) == [one, two])
            #expect(try tx.cases(matching: "", limit: 1, offset: 1).map(\.id) == [two])
            #expect(try tx.cases(matching: "held", limit: 9).map(\.id) == [two])
            #expect(try tx.cases(matching: "V1", limit: 9).map(\.id) == [one])
            #expect(try tx.cases(matching: "none", limit: 9).isEmpty)
            #expect(try tx.caseCounts().map { "\($0.state) \($0.count)" } == ["held 1", "sent 1"])
        }
    }
}
