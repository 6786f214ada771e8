import HealthTypes
import Store
import Testing

@Suite struct ServiceJournalTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }

    init() throws { file = try StoreFile() }

    @discardableResult
    private func write(_ outcomes: [String]) async throws -> [ServiceEntry] {
        let ground = try await store.putContents([bytes("{\"program\":\"x\"}")])[0]
        return try await store.append(
            outcomes.map {
                ServiceDraft(.analysis, outcome: $0, ground: ground, content: bytes("{\"answer\":\"\($0)\"}"))
            }, at: morning)
    }

    @Test func entriesAreNumberedChainedAndNamed() async throws {
        let entries = try await write(["PASS", "FLAG"]) + write(["PASS"])
        #expect(entries.map(\.id) == ["A-0000000001", "A-0000000002", "A-0000000003"])
        let ground = try #require(entries[0].ground)
        #expect(
            String(decoding: entries[1].body, as: UTF8.self)
                == "{\"id\":\"A-0000000002\",\"kind\":\"analysis\",\"made_at\":\"2026-03-02T09:00:00Z\","
                + "\"ground\":\"\(ground.hex)\",\"answer\":\"FLAG\"}")
        #expect(
            entries[2].digest
                == ServiceEntry.chain(
                    previous: entries[1].digest, sequence: 3, at: morning, kind: .analysis, body: entries[2].body))
        for entry in entries { #expect(try await store.read { try $0.serviceEntry(id: entry.id) } == entry) }
        // In pages as in one go.
        for limit in [1, 2, 9] {
            var (place, counts): (ServicePlace?, [ServiceCheck.Tally: Int]) = (nil, [:])
            while true {
                let after = place
                let check = try await store.read { try $0.serviceCheck(after: after, limit: limit) }
                #expect(check.fault == nil)
                counts.merge(check.counts, uniquingKeysWith: +)
                place = check.through
                if check.isLast { break }
            }
            #expect(place == ServicePlace(sequence: 3, digest: entries[2].digest))
            #expect(counts.sorted { $0.key.outcome < $1.key.outcome }.map(\.value) == [1, 2])
        }
        #expect(try await store.read { try $0.serviceAnswers(after: 1, limit: 9) } == Array(entries[1...]))
        #expect(try await store.append([], at: morning).isEmpty)
    }

    @Test(arguments: ["A-1", "A-000000000x", "E-0000000001", "A-0000000000", "A-0000000009", "D-0000000001", "A", ""])
    func anotherIDNamesNothing(id: String) async throws {
        try await write(["PASS"])
        #expect(try await store.read { try $0.serviceEntry(id: id) } == nil)
    }

    @Test func aRestartGoesOnWithTheChain() async throws {
        let before = try await write(["PASS"])
        let ground = try #require(before[0].ground)
        try await store.close()
        let copy = file.folder.path + "/copy.db"
        try copyFile(file.path, to: copy)
        let next = try SQLiteStore.open(path: copy, mode: .existing)
        let draft = ServiceDraft(.analysis, outcome: "FLAG", ground: ground, content: bytes("{\"a\":1}"))
        let after = try await next.append([draft], at: morning)
        #expect(after[0].sequence == 2)
        #expect(
            after[0].digest
                == ServiceEntry.chain(
                    previous: before[0].digest, sequence: 2, at: morning, kind: .analysis, body: after[0].body))
        try await next.close()
    }

    @Test func listsGoFromTheNewestBack() async throws {
        let entries = try await write(["PASS", "FLAG", "PASS", "PASS"])
        let about = ServiceDraft(.disagreement, outcome: "proposed", about: entries[1], content: bytes("{\"a\":1}"))
        let objection = try await store.append([about], at: morning)[0]
        try await store.read { (pages: any PageReader) throws -> Void in
            func analyses(_ outcome: String?, _ before: Int?, _ limit: Int) throws -> [Int] {
                try pages.serviceEntries(.analysis, outcome: outcome, before: before, limit: limit).map(\.sequence)
            }
            #expect(try analyses(nil, nil, 2) == [4, 3])
            #expect(try analyses(nil, 3, 9) == [2, 1])
            #expect(try analyses("FLAG", nil, 9) == [2])
            #expect(try pages.serviceEntries(.disagreement, outcome: nil, before: nil, limit: 9) == [objection])
            #expect(try pages.serviceEntries(about: 2, limit: 9) == [objection])
            #expect(objection.id == "P-0000000005")
            let counts = try pages.serviceCounts().map { "\($0.kind) \($0.outcome) \($0.count)" }
            #expect(counts == ["analysis FLAG 1", "analysis PASS 3", "disagreement proposed 1"])
            // What a person said is no answer that can be given again.
            #expect(try pages.serviceAnswers(after: 0, limit: 9).count == 4)
        }
    }

    @Test func whatTheTablesForbidIsRefused() async throws {
        let drafts = [
            ServiceDraft(.analysis, outcome: "PASS", ground: Digest(of: "none"), content: bytes("{\"a\":1}")),
            ServiceDraft(.analysis, outcome: "PASS", content: bytes("{\"a\":1}")),
            ServiceDraft(.disagreement, outcome: "proposed", content: bytes("{\"a\":1}")),
        ]
        for draft in drafts {
            await #expect(throws: StoreRefusal.self) { _ = try await store.append([draft], at: morning) }
        }
        #expect(try await store.read { try $0.serviceCounts().isEmpty })
    }

    /// A hand that takes the triggers away first still breaks the chain, for the entry and those beside it.
    @Test(arguments: [
        ("UPDATE service_journal SET body = CAST('{}' AS BLOB), codec = 0 WHERE sequence = 2", 2, [1, 2]),
        ("UPDATE service_journal SET at = at + 1 WHERE sequence = 3", 3, [2, 3]),
        ("DELETE FROM service_journal WHERE sequence = 2", 2, [1, 3]),
    ])
    func aHandInTheJournalIsFound(sql: String, first: Int, unchained: [Int]) async throws {
        try await write(["PASS", "FLAG", "PASS"])
        try file.tamper(sql)
        try await store.read { (pages: any PageReader) throws -> Void in
            #expect(try pages.serviceCheck(after: nil, limit: 9).fault == first)
            // The page that begins behind the last that fits finds it too.
            let before = try pages.serviceCheck(after: nil, limit: first - 1).through
            #expect(try pages.serviceCheck(after: before, limit: 1).fault == first)
            let found = try (1...3).filter { sequence in
                try pages.serviceEntry(sequence).map { try !pages.isChained($0) } ?? false
            }
            #expect(found == unchained)
        }
    }
}
