import Dispatch
import HealthTypes
import PayerSimulator
import Pipeline

/// The built-in payer behind the pipeline's connection.
struct BuiltInPayer: PayerConnection {
    private let simulator: PayerSimulator
    /// The payer's ledger waits for the disk, which no thread that runs tasks should.
    private let queue = DispatchQueue(label: "claimwright.payer")

    init(_ simulator: PayerSimulator) {
        self.simulator = simulator
    }

    /// A payer that lives by the machine's clock and keeps its own record beside ours. Its days pass in seconds.
    static func live(root: String, db: String, seed: UInt64, faults: Faults, members: [UInt8]) throws -> BuiltInPayer {
        BuiltInPayer(
            try PayerSimulator(
                policies: DataFiles(folder: "\(root)/PayerPolicies"), members: members,
                options: PayerSimulator.Options(
                    seed: seed, faults: faults, remittanceDelaySeconds: 5, storePath: "\(db).payer"),
                clock: SystemClock()))
    }

    func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] {
        try await asking { simulator in
            switch message.kind {
            case .inquiry, .claims:
                return try simulator.handleX12(message.bytes, key: message.key).map {
                    InboundMessage(kind: $0.kind, bytes: $0.bytes)
                }
            case .authorization:
                let answer = try simulator.submitAuthorization(try JSON(parsing: message.bytes), key: message.key)
                return [InboundMessage(kind: "pas", bytes: Array(answer.text.utf8))]
            case .appeal:
                let receipt = try simulator.appeal(try JSON(parsing: message.bytes), key: message.key)
                return [InboundMessage(kind: "appeal", bytes: Array(receipt.text.utf8))]
            }
        }
    }

    func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] {
        let place = try Self.place(cursor)
        return try await asking { simulator in
            try simulator.mailbox(after: place, limit: limit).map {
                MailboxItem(cursor: String($0.id), message: InboundMessage(kind: $0.kind, bytes: $0.bytes))
            }
        }
    }

    func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? {
        let place = try Self.place(cursor)
        return try await asking { try $0.nextDue(after: place) }
    }

    /// The mailbox counts its messages from 1. A cursor that is no number belongs to another payer's mailbox.
    private static func place(_ cursor: String?) throws(DeliveryError) -> Int {
        guard let cursor else { return 0 }
        guard let place = Int(cursor), place >= 0 else { throw .misconfigured }
        return place
    }

    private func asking<Answer: Sendable>(
        _ body: @escaping @Sendable (PayerSimulator) throws -> Answer
    ) async throws(DeliveryError) -> Answer {
        let simulator = simulator
        let answer: Result<Answer, DeliveryError> = await withCheckedContinuation { done in
            queue.async {
                do { done.resume(returning: .success(try body(simulator))) } catch {
                    done.resume(returning: .failure(Self.failure(error)))
                }
            }
        }
        return try answer.get()
    }

    /// What a failure over there means here. A ledger that cannot be written now may be later.
    private static func failure(_ error: any Error) -> DeliveryError {
        error is PayerSimulator.KeyReused || error is JSONError ? .refused : .temporary(retryAfter: nil)
    }
}
