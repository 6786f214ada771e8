public import HealthTypes

/// A payer that really adjudicates: the four sample payers, each by its own policy file.
///
///     let payer = try PayerSimulator(
///         policies: DataFiles(folder: "PayerPolicies"), members: members, options: .init(seed: 7), clock: clock)
///     let answers = try payer.handleX12(bytes, key: "batch-17")
///     let letters = try payer.mailbox(after: 0, limit: 100)
///
/// Every request comes with a key. The same key with the same bytes gives the very same answer and takes effect
/// once, whatever happened in between; with other bytes it is a ``KeyReused``. What is answered depends on the seed,
/// the members, the policies, the time and what was received before, and on nothing else.
public final class PayerSimulator: Sendable {
    public struct Options: Sendable {
        public var seed: UInt64
        public var faults: Faults
        /// From the receipt of a claim to the earliest payment run.
        public var remittanceDelayDays: Int
        /// Where it is set, the payer's days are so short that the delay takes these seconds: for serving live.
        public var remittanceDelaySeconds: Int?
        /// A file, or `:memory:`.
        public var storePath: String

        public init(
            seed: UInt64, faults: Faults = .none, remittanceDelayDays: Int = 14, remittanceDelaySeconds: Int? = nil,
            storePath: String = ":memory:"
        ) {
            self.seed = seed
            self.faults = faults
            self.remittanceDelayDays = remittanceDelayDays
            self.remittanceDelaySeconds = remittanceDelaySeconds
            self.storePath = storePath
        }
    }

    /// A key came again with other content.
    public struct KeyReused: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String { "the key was used before for a request of other content" }
    }

    let book: PolicyBook
    let options: Options
    let clock: any Clock
    let ledger: Ledger
    let dice: FaultDice
    let timetable: Timetable
    let numbering: Numbering

    /// - Parameters:
    ///   - policies: the folder `PayerPolicies`.
    ///   - members: the bytes of `payer/members.tsv`; empty where members are enrolled later.
    public init(policies: DataFiles, members: [UInt8], options: Options, clock: any Clock) throws {
        book = try PolicyBook(policies)
        self.options = options
        self.clock = clock
        ledger = try Ledger(path: options.storePath)
        dice = FaultDice(seed: options.seed, faults: options.faults)
        timetable = Timetable(
            paymentDays: options.remittanceDelayDays, paymentSeconds: options.remittanceDelaySeconds)
        numbering = Numbering(seed: options.seed)
        try enrol(members)
    }

    /// The payers that it plays.
    public var payers: [String] { book.payers }

    /// Adds members, or replaces what is known of them; how many there were in the file.
    @discardableResult
    public func enrol(_ members: [UInt8]) throws -> Int {
        let members = try Member.read(members)
        try ledger.write { transaction in
            for member in members { try transaction.enrol(member) }
        }
        return members.count
    }

    /// Answers a request once: the first time by `make`, in one transaction with its effects, and from then on from
    /// the ledger.
    func answering(
        _ key: String, _ request: Digest, _ make: (LedgerTransaction) throws -> [OutgoingMessage]
    ) throws -> [OutgoingMessage] {
        var timeout = FaultDice.Timeout.none
        if options.faults.timeouts > 0 {
            let attempt = try ledger.write { try $0.countAttempt(key) }
            timeout = dice.timeout(key: key, attempt: attempt)
        }
        if timeout == .beforeEffect { throw PayerTimeout() }
        let messages = try ledger.write { transaction in
            if let kept = try transaction.answer(key) {
                guard kept.request == request.hex else { throw KeyReused() }
                return kept.messages
            }
            let messages = try make(transaction)
            try transaction.keep(messages, for: key, request: request.hex)
            return messages
        }
        if timeout == .afterEffect { throw PayerTimeout() }
        return messages
    }

    /// ``answering(_:_:_:)`` for requests and answers that are one JSON value.
    func answering(
        _ key: String, _ request: JSON, contentType: String, _ make: (LedgerTransaction) throws -> JSON
    ) throws -> JSON {
        let messages = try answering(key, Digest(of: request.canonical)) { transaction in
            [
                OutgoingMessage(
                    kind: "JSON", contentType: contentType, bytes: Array(try make(transaction).text.utf8))
            ]
        }
        return try JSON(parsing: messages.first?.bytes ?? [])
    }
}
