import HealthTypes
import Stages
import Store

extension Pipeline {
    /// Sends what is due, in portions; the answers that come at once are taken in with the delivery, in one transaction.
    func deliver() async throws -> WorkReport {
        var report = WorkReport()
        while true {
            let now = clock.now
            let due = try store.read { tx in
                try tx.dueTransmissions(at: now, limit: options.batch).map { ($0, try tx.content($0.digest) ?? []) }
            }
            var outcomes: [(TransmissionRow, Result<[InboundMessage], DeliveryError>)] = []
            for (transmission, bytes) in due {
                outcomes.append((transmission, await attempt(transmission, bytes)))
            }
            let settled = outcomes
            report += try write { tx in try settle(settled, in: tx) }
            if due.count < options.batch { return report }
        }
    }

    private func attempt(_ transmission: TransmissionRow, _ bytes: [UInt8]) async -> Result<
        [InboundMessage], DeliveryError
    > {
        // What goes to the EHR waits in the message log for it to fetch; there is no one to call yet.
        if transmission.kind == "ehr" { return .success([]) }
        guard let kind = OutboundMessage.Kind(rawValue: transmission.kind) else { return .failure(.refused) }
        do {
            return .success(
                try await payer.send(
                    OutboundMessage(
                        kind: kind, receiver: transmission.receiver, key: transmission.key, bytes: bytes)))
        } catch let error as DeliveryError {
            return .failure(error)
        } catch {
            return .failure(.temporary)
        }
    }

    private func settle(
        _ outcomes: [(TransmissionRow, Result<[InboundMessage], DeliveryError>)], in tx: StoreTransaction
    ) throws -> WorkReport {
        var report = WorkReport()
        for (transmission, outcome) in outcomes {
            switch outcome {
            case .success(let answers):
                try tx.markDelivered(transmission: transmission.id)
                report.delivered += 1
                for answer in answers {
                    _ = try take(answer.bytes, source: transmission.receiver, in: tx)
                    report.received += 1
                }
            case .failure(let error):
                let attempts = transmission.attempts + 1
                let again = error == .temporary && attempts < options.maximumAttempts
                // One minute, two, four ... an hour at most.
                let wait = min(3600, 60 << min(attempts - 1, 6))
                try tx.markFailed(transmission: transmission.id, retry: again ? clock.now.adding(seconds: wait) : nil)
                if !again {
                    report.failed += 1
                    for effect in try tx.effects(of: transmission.id) {
                        try append(
                            .deliveryFailed(DeliveryFailure(key: effect.key, kind: effect.kind, attempts: attempts)),
                            to: effect.caseID, in: tx)
                    }
                }
            }
        }
        return report
    }

    /// Takes what lies in the payer's mailbox. The cursor moves in the transaction that keeps the messages.
    func collect() async throws -> WorkReport {
        var report = WorkReport()
        while true {
            let items: [MailboxItem]
            do {
                items = try await payer.collect(after: mailboxCursor(), limit: options.batch)
            } catch is DeliveryError {
                return report
            }
            guard let last = items.last else { return report }
            try write { tx in
                for item in items { _ = try take(item.message.bytes, source: "mailbox \(item.id)", in: tx) }
                try tx.set("mailbox_cursor", to: String(last.id))
            }
            report.received += items.count
        }
    }
}
