import HealthTypes
import Testing

@testable import Store

@Suite struct EntryTests {
    private let head = EntryHead(
        site: SiteID(1), caseNumber: CaseNumber(258), sequence: 3, at: Instant(milliseconds: 4), kind: "decided",
        version: 5, before: Digest(of: "before"), commitment: Digest(of: "commitment"))

    /// Invariant 2: numbers and digests alone.
    @Test func aHeadHasFixedWidths() {
        let bytes = head.bytes
        #expect(bytes.count == EntryHead.byteCount)
        let parts: [[UInt8]] = [
            Array("CW1".utf8), [0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 1, 2], [0, 0, 0, 0, 0, 0, 0, 3],
            [0, 0, 0, 0, 0, 0, 0, 4],
            Array("decided".utf8), Array(repeating: 0, count: 17), [0, 0, 0, 5], Digest(of: "before").bytes,
            Digest(of: "commitment").bytes,
        ]
        let expected = Array(parts.joined())
        #expect(bytes == expected)
        #expect(head.leaf == Digest(of: [0] + expected))
    }

    /// Every field of the head changes its leaf.
    @Test func eachFieldCounts() {
        var others: [EntryHead] = Array(repeating: head, count: 8)
        others[0].site = SiteID(2)
        others[1].caseNumber = CaseNumber(259)
        others[2].sequence = 4
        others[3].at = Instant(milliseconds: -4)
        others[4].kind = "decide"
        others[5].version = 6
        others[6].before = Digest(of: "x")
        others[7].commitment = Digest(of: "x")
        #expect(Set(others.map(\.leaf) + [head.leaf]).count == 9)
        #expect(others.allSatisfy { $0.bytes.count == EntryHead.byteCount })
    }

    @Test func aCommitmentHangsOnTheSecretAndThePlace() {
        let (body, secret) = (bytes("{}"), [UInt8](repeating: 7, count: 32))
        let commitment = EntryHead.commitment(to: body, sequence: 1, secret: secret)
        let salt = messageCode(of: [0, 0, 0, 0, 0, 0, 0, 1], key: secret).bytes.prefix(16)
        #expect(commitment == Digest(of: Array(salt) + body))
        #expect(commitment != EntryHead.commitment(to: body, sequence: 2, secret: secret))
        #expect(commitment != EntryHead.commitment(to: body, sequence: 1, secret: Array(secret.dropLast()) + [8]))
        #expect(SQLiteStore.systemSecret().count == EntryHead.secretLength)
        #expect(SQLiteStore.systemSecret() != SQLiteStore.systemSecret())
    }

    @Test func theFirstLeafFollowsTheStart() async throws {
        let file = try StoreFile()
        let secret: @Sendable () -> [UInt8] = { Array(repeating: 9, count: 32) }
        let store = try SQLiteStore.open(path: file.folder.path + "/own.db", mode: .create, secret: secret)
        let bench = try await Bench(store: store, machine: file.machine)
        let caseNumber = try await bench.open("V1")
        let entry = try await store.entries(after: [(caseNumber, nil)])[0][0]
        #expect(entry.commitment == EntryHead.commitment(to: entry.body, sequence: 1, secret: secret()))
        let expected = EntryHead(
            site: .only, caseNumber: caseNumber, sequence: 1, at: entry.at, kind: entry.kind, version: 1,
            before: Position.start.leaf, commitment: entry.commitment)
        #expect(entry.leaf == expected.leaf)
        try await store.close()
    }

    // MARK: How bodies are stored

    /// Invariant 3: digests are over the bytes themselves, whatever they are stored as.
    @Test(arguments: [0, 1, 95, 96, 500, 511, 512, 5000, 16_384, 16_385, 70_000, 1 << 20])
    func bodiesComeBack(count: Int) throws {
        let deflater = Deflater()
        let text =
            "{\"event\":{\"basis\":{\"at\":\"2026-03-02T09:00:00Z\",\"generation\":\"\"},\"decision\":{\"findings\":[]}}}"
        var random = SeededRandom(seed: 1)
        let bodies: [[UInt8]] = [
            Array(repeatElement(Array(text.utf8), count: count / text.utf8.count + 1).joined().prefix(count)),
            (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, Array(repeating: 0, count: count),
        ]
        for body in bodies + bodies {
            for withDictionary in [true, false] {
                let (codec, stored) = deflater.store(body, withDictionary: withDictionary)
                #expect(stored.count <= body.count)
                #expect(try codec.restore(stored, limit: NewEntry.maximumBytes) == body)
                if count > 0 {
                    #expect(throws: RecordDamage.self) { try codec.restore(stored, limit: count - 1) }
                }
            }
        }
        if count >= 96 { #expect(deflater.store(bodies[0]).codec != .plain) }
        #expect(deflater.store(bodies[1]).codec == .plain)
    }

    @Test func theDictionaryHelpsShortBodies() {
        let body = bytes(
            #"{"event":{"basis":{"at":"2026-03-02T09:00:00Z","generation":"","logic":1},"decision":{"outcome":{"eligibility":"active"},"trigger":{"id":[1,0]}}}}"#
        )
        let (codec, stored) = Deflater().store(body)
        #expect(codec == .deflatedWithDictionary)
        #expect(stored.count < body.count / 3)
    }

    @Test func whatIsNotWholeIsDamage() {
        let (codec, stored) = Deflater().store(Array(repeating: 65, count: 2000), withDictionary: false)
        #expect(codec == .deflated)
        for bad in [Array(stored.dropLast()), stored + [0], [], [0xff]] {
            #expect(throws: RecordDamage.self) { try codec.restore(bad, limit: 9000) }
        }
        #expect(throws: RecordDamage.self) { try BodyCodec.deflatedWithDictionary.restore([0xff, 1], limit: 9000) }
    }

    /// Never changed: what was stored with it is read with it.
    @Test func theDictionaryIsTheOneThatItWas() {
        #expect(Digest(of: BodyDictionary.bytes).short == "f21160dcbb51")
    }
}
