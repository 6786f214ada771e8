import HealthTypes
import Store

extension Courier {
    /// The setting that says how far the payer's mailbox has been taken in.
    static let cursorSetting = "cursor/payer"

    /// Takes what lies in the payer's mailbox, one page of it. The cursor moves over each item in the transaction that
    /// keeps its bytes. A mailbox that cannot be read is told of and tried again, and holds up nothing else.
    func collect() async throws -> Report {
        var report = Report()
        guard troubles.isDue(.mailbox, at: clock.now) else { return report }
        var cursor = try await store.setting(Self.cursorSetting)
        guard let items = await page(after: cursor) else { return report }
        do {
            for item in items {
                // Somebody else reads the same mailbox: what comes next is seen the next time.
                guard try await take(item, after: cursor) else { break }
                cursor = item.cursor
                report.received += 1
            }
        } catch {
            if Self.isOfAll(error) { throw error }
            fail(.failed("\(type(of: error))"))
            return report
        }
        recovered(.mailbox)
        return report
    }

    /// The next items; nil where the mailbox cannot be read. A page that is larger than can be taken is asked for by halves.
    private func page(after cursor: String?) async -> [MailboxItem]? {
        while !Task.isCancelled {
            let limit = troubles.mailboxLimit(most: options.batch)
            do throws(DeliveryError) {
                let items = try await payer.collect(after: cursor, limit: limit)
                troubles.mailboxAnswered()
                return items
            } catch {
                if error == .tooLarge, limit > 1 {
                    troubles.halveMailboxLimit(limit)
                    continue
                }
                fail(DeliveryTrouble.Kind(error), asked: error.asked)
                return nil
            }
        }
        return nil
    }

    private func fail(_ kind: DeliveryTrouble.Kind, asked: Int = 0) {
        let failures = troubles.failures(.mailbox) + 1
        let wait = max(Self.wait(failures: failures), asked)
        trouble(.mailbox, kind, failures: failures, retryAt: clock.now.adding(seconds: wait))
    }

    /// Takes one item and moves the cursor from where it was found; false where it stands elsewhere by now.
    private func take(_ item: MailboxItem, after cursor: String?) async throws -> Bool {
        let takers = takers
        let (bytes, source) = (item.message.bytes, "mailbox \(item.cursor)")
        do {
            if bytes.count > Pipeline.maximumSmallBytes {
                try await takeLarge(bytes, source)
                return try await store.intake { tx in try Self.move(from: cursor, to: item.cursor, in: tx) }
            }
            let read = try takers.read(bytes, source: source)
            return try await store.intake { tx in
                guard try Self.move(from: cursor, to: item.cursor, in: tx) else { return false }
                _ = try takers.take(read, priority: .batch, in: tx)
                return true
            }
        } catch {
            if Self.isOfAll(error) { throw error }
            // What this program cannot take is kept and shown, and the mailbox goes on behind it.
            let isKept = try await store.intake { tx in
                guard try Self.move(from: cursor, to: item.cursor, in: tx) else { return false }
                try takers.keepUntaken(bytes, source: source, in: tx)
                return true
            }
            if isKept { tell(.untaken("\(type(of: error))")) }
            return isKept
        }
    }

    private static func move(from old: String?, to new: String, in tx: any IntakeTransaction) throws -> Bool {
        guard try tx.setting(cursorSetting) == old else { return false }
        try tx.set(cursorSetting, to: new)
        return true
    }

    /// When there will be something in the mailbox, or it is tried again.
    func nextMailboxDue() async throws -> Instant? {
        if let retry = troubles.retryAt(.mailbox) { return retry }
        return try? await payer.nextDue(after: try await store.setting(Self.cursorSetting))
    }
}

extension MessageTaker {
    /// Keeps bytes of which the taking failed here, as they came, among the refused messages.
    func keepUntaken(_ bytes: [UInt8], source: String, in tx: any IntakeTransaction) throws {
        let report = IntakeReport(
            source: source, format: MessageFormat.of(bytes), digest: try tx.keep(bytes), bytes: bytes.count)
        var taking = Taking(
            tx: tx, now: clock.now, priority: .batch, report: report)
        let issue = Issue(
            .error, "intake.not-taken", at: Location(source: source),
            message: "It could not be taken in here; it is kept as it came.")
        try Self.refused(0..<bytes.count, report.format, [issue])(&taking)
    }
}
