import HealthTypes
import Store
import Testing

@Suite struct IntakeTests {
    private let file: StoreFile
    private var store: SQLiteStore { file.store }

    init() throws { file = try StoreFile() }

    private func source(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 65...80, using: &random) }
    }

    /// Keeps a source as a connector does, from where it was broken off.
    @discardableResult
    private func keep(_ bytes: [UInt8], pieces: Int = 1 << 20, from source: String = "claims.x12", most: Int = .max)
        async throws -> ArrivalRow
    {
        var arrival = try await store.begin(
            source: source, digest: Digest(of: bytes), byteCount: bytes.count, at: morning)
        var left = most
        while arrival.kept < bytes.count, left > 0 {
            let end = min(arrival.kept + pieces, bytes.count)
            try await store.keep(Array(bytes[arrival.kept..<end]), ofArrival: arrival.id, at: arrival.kept)
            arrival.kept = end
            left -= 1
        }
        return arrival
    }

    /// Invariant 23.
    @Test func aSourceIsKeptInPiecesAndReadAcrossThem() async throws {
        let bytes = source(3 << 20 | 77)
        _ = try await keep(bytes, most: 2)
        #expect(try await store.unfinishedArrivals().map(\.kept) == [2 << 20])
        let digest = Digest(of: bytes)
        #expect(try await store.content(digest) == nil)
        let arrival = try await keep(bytes)
        for range in [0..<10, (1 << 20) - 3..<(1 << 20) + 3, 5..<(3 << 20) + 70, bytes.count - 1..<bytes.count] {
            #expect(try await store.read { try $0.content(digest, range) } == Array(bytes[range]))
            let read = try await store.bytes(ofArrival: arrival.id, from: range.lowerBound, limit: range.count)
            #expect(read == Array(bytes[range]))
        }
        #expect(try await store.read { try $0.content(digest, 0..<bytes.count + 1) } == nil)
        #expect(try await store.bytes(ofArrival: arrival.id, from: bytes.count, limit: 9) == [])
        #expect(try await store.content(digest) == bytes)
        #expect(try await store.read { try $0.rehash(digest) } == digest)
        // A message is a range of its arrival.
        let row = MessageRow(
            direction: .incoming, format: "x12", kind: "837", content: digest, range: 9..<1_100_000, source: "claims",
            at: morning, state: .accepted, issues: [])
        let id = try await store.intake { try $0.add(row, cases: []) }
        let message = try #require(try await store.read { try $0.message(id) })
        var expected = row
        expected.id = id
        #expect(message == expected)
        let past = MessageRow(
            direction: .incoming, format: "x12", kind: "837", content: digest, range: 0..<bytes.count + 1,
            source: "claims", at: morning, state: .accepted, issues: [])
        await #expect(throws: StoreRefusal.self) { _ = try await store.intake { try $0.add(past, cases: []) } }
    }

    @Test func piecesComeInOrderAndOnce() async throws {
        let bytes = source(100)
        let arrival = try await store.begin(source: "a", digest: Digest(of: bytes), byteCount: 100, at: morning)
        await #expect(throws: StoreRefusal.self) { try await store.keep([1], ofArrival: arrival.id, at: 1) }
        await #expect(throws: StoreRefusal.self) { try await store.keep([], ofArrival: arrival.id, at: 0) }
        await #expect(throws: StoreRefusal.self) {
            try await store.keep(source((1 << 20) + 1), ofArrival: arrival.id, at: 0)
        }
        try await store.keep(Array(bytes[0..<50]), ofArrival: arrival.id, at: 0)
        try await store.keep(Array(bytes[0..<50]), ofArrival: arrival.id, at: 0)
        await #expect(throws: StoreRefusal.self) {
            try await store.keep(source(51), ofArrival: arrival.id, at: 50)
        }
        // Bytes that changed while they were read are not taken for those that were announced: it begins anew.
        await #expect(throws: SourceChanged.self) {
            try await store.keep(source(50, seed: 2), ofArrival: arrival.id, at: 50)
        }
        #expect(try await store.unfinishedArrivals().map(\.kept) == [0])
        for start in [0, 50] {
            try await store.keep(Array(bytes[start..<start + 50]), ofArrival: arrival.id, at: start)
        }
        #expect(try await store.bytes(ofArrival: arrival.id, from: 0, limit: 1000) == bytes)
        await #expect(throws: RecordDamage.self) { try await store.keep([1], ofArrival: 99, at: 0) }
    }

    /// Pieces of another reading do not stay under the digest of what comes whole later.
    @Test func whatComesWholeDoesNotRestOnWhatWasBegun() async throws {
        let bytes = source(2 << 20)
        let arrival = try await store.begin(source: "a", digest: Digest(of: bytes), byteCount: bytes.count, at: morning)
        try await store.keep(source(1 << 20, seed: 9), ofArrival: arrival.id, at: 0)
        let digest = try await store.intake { try $0.keep(bytes) }
        #expect(try await store.content(digest) == bytes)
        #expect(try await store.unfinishedArrivals().map(\.kept) == [bytes.count])
    }

    /// Refused parts are counted, and each step compares the count.
    @Test func refusalsMoveOnFromWhereTheyStand() async throws {
        let arrival = try await keep(source(100))
        func advance(_ from: Int, _ through: Int) async throws {
            try await store.intake { try $0.advance(arrival: arrival.id, refusedFrom: from, through: through) }
        }
        try await advance(0, 256)
        for (from, through) in [(0, 256), (255, 300), (256, 255)] {
            await #expect(throws: RecordDamage.self) { try await advance(from, through) }
        }
        #expect(try await store.unfinishedArrivals().map(\.refused) == [256])
    }

    /// Invariants 24 and 25.
    @Test func anAnswerIsKeptForWhatItAnswers() async throws {
        let content = PreparedContent(source(3 << 20))
        let answer = bytes("ISA*999")
        try await store.intake { tx in
            try tx.keep(content)
            #expect(try tx.answer(to: content.digest) == nil)
            let id = try tx.add(
                MessageRow(
                    direction: .outgoing, format: "x12", kind: "999", content: try tx.keep(answer),
                    range: 0..<answer.count, source: "a", at: morning, state: .delivered, issues: bytes("[]")),
                cases: [])
            try tx.bind(answer: id, to: content.digest)
        }
        #expect(try await store.answer(to: content.digest) == answer)
        #expect(try await store.answer(to: Digest(of: answer)) == nil)
        #expect(try await store.content(content.digest)?.count == content.byteCount)
        await #expect(throws: StoreRefusal.self) {
            try await store.intake { try $0.bind(answer: 1, to: content.digest) }
        }
        // It is a message that goes out, and needs no send.
        #expect(try await store.orphans().isEmpty)
    }

    /// Invariant 24.
    @Test func anArrivalMovesOnFromWhereItStands() async throws {
        let bytes = source(1000)
        let arrival = try await keep(bytes, pieces: 600, most: 1)
        func advance(_ from: Int, _ through: Int, _ isDone: Bool = false) async throws {
            try await store.intake { tx in
                try tx.set("step", to: "\(through)")
                try tx.advance(arrival: arrival.id, from: from, through: through, isDone: isDone)
            }
        }
        try await advance(0, 256)
        for (from, through, isDone) in [(0, 512, false), (256, 255, false), (256, 601, false), (256, 600, true)] {
            await #expect(throws: RecordDamage.self) { try await advance(from, through, isDone) }
        }
        // What was to go with it did not go either.
        #expect(try await store.setting("step") == "256")
        try await keep(bytes, pieces: 400)
        try await advance(256, 1000, true)
        #expect(try await store.unfinishedArrivals().isEmpty)
        await #expect(throws: RecordDamage.self) { try await advance(1000, 1000, true) }
        // The same source again is the arrival that it was.
        let again = try await keep(bytes)
        #expect(again.id == arrival.id)
        #expect(again.isDone)
        // The same bytes under another name are another arrival, of which nothing need be kept again.
        let other = try await store.begin(source: "b", digest: Digest(of: bytes), byteCount: 1000, at: morning)
        #expect(other.id != arrival.id)
        #expect(other.kept == 1000)
        #expect(!other.isDone)
        await #expect(throws: StoreRefusal.self) {
            _ = try await store.begin(source: "c", digest: Digest(of: bytes), byteCount: 999, at: morning)
        }
    }

    /// Invariant 25.
    @Test func aUnitIsKnownByItsKey() async throws {
        let identity = Digest(of: "sender/837/1")
        let id = try await store.intake { tx in
            let digest = try tx.keep(bytes("ISA"))
            #expect(try tx.keep(bytes("ISA")) == digest)
            let id = try tx.add(
                MessageRow(
                    direction: .incoming, format: "x12", kind: "837", content: digest, range: 0..<3, source: "a",
                    at: morning, state: .accepted, issues: bytes("[]")), cases: [])
            #expect(try tx.message(identity: identity) == nil)
            try tx.bind(identity: identity, to: id)
            return id
        }
        #expect(try await store.intake { try $0.message(identity: identity) } == id)
        await #expect(throws: StoreRefusal.self) { try await store.intake { try $0.bind(identity: identity, to: id) } }
    }

    @Test func whatThrowsLeavesNothingBehind() async throws {
        await #expect(throws: Surprise.self) {
            try await store.intake { tx in
                _ = try tx.openCase(
                    kind: "claim", key: CaseKey(kind: "claim", value: "K1"), priority: .batch, at: morning)
                try tx.set("name", to: "x")
                _ = try tx.next("interchange")
                throw Surprise("stop")
            }
        }
        #expect(try await store.read { try $0.totals().cases } == 0)
        #expect(try await store.setting("name") == nil)
        #expect(try await store.intake { try $0.next("interchange") } == 1)
        #expect(try await store.intake { try $0.next("interchange") } == 2)
        #expect(try await store.intake { try $0.next("batch") } == 1)
        // Case numbers have no gaps.
        #expect(
            try await store.intake {
                try $0.openCase(kind: "claim", key: CaseKey(kind: "claim", value: "K1"), priority: .batch, at: morning)
            } == CaseNumber(1))
        await #expect(throws: StoreRefusal.self) { try await store.intake { try $0.next("case") } }
    }

    @Test func whatIsRefusedIsNamed() async throws {
        let bench = try await file.bench()
        let caseNumber = try await bench.open("V1")
        let (key, entry) = (bench.visit("V1"), bench.entry())
        await #expect(throws: StoreRefusal.self) {
            try await store.intake { try $0.openCase(kind: "x", key: key, priority: .batch, at: morning) }
        }
        await #expect(throws: StoreRefusal.self) {
            try await store.intake { try $0.append(to: CaseNumber(9), priority: .batch, at: morning) { _ in [entry] } }
        }
        await #expect(throws: StoreRefusal.self) {
            try await store.intake { try $0.append(to: caseNumber, priority: .batch, at: morning) { _ in [] } }
        }
        await #expect(throws: StoreRefusal.self) {
            try await store.intake { try $0.bind(CaseKey(kind: "claim", value: "K"), to: CaseNumber(9)) }
        }
        let unkept = MessageRow(
            direction: .incoming, format: "x12", kind: "837", content: Digest(of: "no"), range: 0..<1, source: "a",
            at: morning, state: .accepted, issues: [])
        await #expect(throws: StoreRefusal.self) { try await store.intake { try $0.add(unkept, cases: []) } }
        // An incoming message is in no state of an outgoing one.
        let mixed = MessageRow(
            direction: .incoming, format: "x12", kind: "837", content: try await store.putContents([bytes("x")])[0],
            range: 0..<1, source: "a", at: morning, state: .delivered, issues: [])
        await #expect(throws: StoreRefusal.self) { _ = try await store.intake { try $0.add(mixed, cases: []) } }
    }

    @Test func referenceDataIsReplaced() async throws {
        try await store.intake { tx in
            for body in ["{}", "{\"a\":1}"] {
                try tx.putProvider(npi: "1", body: bytes(body))
                try tx.putMember(payerID: "P2", memberID: "M", body: bytes(body))
            }
            try tx.putMember(payerID: "P1", memberID: "M", body: bytes("[]"))
            #expect(try tx.provider(npi: "1") == bytes("{\"a\":1}"))
            #expect(try tx.members(memberID: "M") == [bytes("[]"), bytes("{\"a\":1}")])
            #expect(try tx.members(memberID: "N").isEmpty)
        }
        #expect(try await store.read { try $0.providers(after: nil, limit: 9).map(\.npi) } == ["1"])
        #expect(try await store.read { try $0.providers(after: "1", limit: 9).isEmpty })
    }
}
