import Foundation
import HealthTypes
import Pipeline

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A payer, or a clearinghouse, behind HTTP, in the form that `claimwright payer serve` offers:
/// `POST /x12`, `POST /Claim/$submit`, `POST /appeals`, each with an `Idempotency-Key`; `GET /mailbox?after=&limit=`.
struct HTTPPayer: PayerConnection {
    let base: URL
    private let exchange: HTTPExchange
    private let clock: any HealthTypes.Clock

    /// CORE's operating rules allow a real-time answer 20 seconds.
    private static let patience = 20.0

    init(base: URL, clock: any HealthTypes.Clock = SystemClock()) {
        self.base = base
        self.clock = clock
        exchange = HTTPExchange(patience: Self.patience)
    }

    func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] {
        let (path, type) =
            switch message.kind {
            case .inquiry, .claims: ("x12", "application/edi-x12")
            case .authorization: ("Claim/$submit", "application/fhir+json")
            case .appeal: ("appeals", "application/json")
            }
        var request = URLRequest(url: base.appendingPathComponent(path))
        request.httpMethod = "POST"
        request.httpBody = Data(message.bytes)
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        request.setValue(message.key, forHTTPHeaderField: "Idempotency-Key")
        let body = try await call(request)
        // Several interchanges may stand one behind the other; intake reads them all. A payer that only takes the
        // message in says nothing more.
        return body.isEmpty ? [] : [InboundMessage(kind: message.kind.rawValue, bytes: body)]
    }

    func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] {
        var parts = URLComponents(url: base.appendingPathComponent("mailbox"), resolvingAgainstBaseURL: false)
        var query = [URLQueryItem(name: "limit", value: String(limit))]
        if let cursor { query.insert(URLQueryItem(name: "after", value: cursor), at: 0) }
        parts?.queryItems = query
        guard let url = parts?.url else { throw .misconfigured }
        return try MailboxPage.read(try await call(URLRequest(url: url)), after: cursor)
    }

    /// Only a payer in the same process shares our clock.
    func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? { nil }

    private func call(_ request: URLRequest) async throws(DeliveryError) -> [UInt8] {
        let answer = try await exchange.call(request)
        if let error = HTTPStatus.failure(answer.status, retryAfter: answer.retryAfter, now: clock.now) { throw error }
        return answer.body
    }
}

/// What the status of an answer means for the message (RFC 9110, section 15).
enum HTTPStatus {
    /// Nil where the message got through.
    static func failure(_ status: Int, retryAfter: String?, now: Instant) -> DeliveryError? {
        switch status {
        case 200..<300: nil
        // Not authenticated, not allowed, not there, not so: an address, a credential or an agreement is wrong, and a
        // redirection that is not followed is an address, too.
        case 300..<400, 401, 403, 404, 405, 407: .misconfigured
        case 408, 409, 425, 429, 500...: .temporary(retryAfter: seconds(retryAfter, now: now))
        default: .refused
        }
    }

    /// Seconds until the time of a Retry-After, which is a number of them or a date (RFC 9110, section 10.2.3).
    static func seconds(_ text: String?, now: Instant) -> Int? {
        guard let text = text?.trimmingCharacters(in: .whitespaces), !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return Int(text) ?? Int.max }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let date = format.date(from: text) else { return nil }
        let moment = Instant(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
        return max(0, moment.seconds(since: now))
    }
}

/// A page of a mailbox: `{"messages": [{"id": 7, "kind": "835", "content": "base64…"}]}`, ids ascending.
enum MailboxPage {
    /// Every item of the page that has a place, in order. An item of which the content cannot be read is handed on as
    /// it stands in the page: it is kept and looked at, and the mailbox goes on behind it.
    ///
    /// An item without a place cannot be passed over: what stands before it is given, and if nothing does, the mailbox
    /// is not what was agreed.
    static func read(_ bytes: [UInt8], after cursor: String?) throws(DeliveryError) -> [MailboxItem] {
        // Without a body there is nothing in the mailbox.
        if bytes.isEmpty { return [] }
        guard let page = try? JSON(parsing: bytes), let messages = page["messages"]?.array else { throw .misconfigured }
        var items: [MailboxItem] = []
        for message in messages {
            guard let place = place(message["id"]), place != items.last?.cursor ?? cursor else {
                if items.isEmpty { throw .misconfigured }
                return items
            }
            let content = message["content"]?.string.flatMap { Data(base64Encoded: $0) }
            items.append(
                MailboxItem(
                    cursor: place,
                    message: InboundMessage(
                        kind: message["kind"]?.string ?? "",
                        bytes: content.map { [UInt8]($0) } ?? Array(message.text.utf8))))
        }
        return items
    }

    private static func place(_ id: JSON?) -> String? {
        if let number = id?.integer { return String(number) }
        guard let text = id?.string, !text.isEmpty, text.utf8.count <= 200 else { return nil }
        return text
    }
}
