import HealthTypes
import PayerSimulator
import Pipeline

/// The built-in payer behind the pipeline's connection.
struct BuiltInPayer: PayerConnection {
    private let simulator: PayerSimulator

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

    func send(_ message: OutboundMessage) async throws -> [InboundMessage] {
        do {
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
        } catch is PayerTimeout {
            throw DeliveryError.temporary
        } catch is PayerSimulator.KeyReused {
            throw DeliveryError.refused
        }
    }

    func collect(after cursor: Int, limit: Int) async throws -> [MailboxItem] {
        try simulator.mailbox(after: cursor, limit: limit).map {
            MailboxItem(id: $0.id, message: InboundMessage(kind: $0.kind, bytes: $0.bytes))
        }
    }

    func nextDue(after cursor: Int) async throws -> Instant? { try simulator.nextDue(after: cursor) }
}
