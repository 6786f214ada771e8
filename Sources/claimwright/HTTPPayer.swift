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
    private let session: URLSession

    init(base: URL) {
        self.base = base
        let configuration = URLSessionConfiguration.ephemeral
        // CORE's operating rules allow a real-time answer 20 seconds.
        configuration.timeoutIntervalForRequest = 20
        session = URLSession(configuration: configuration)
    }

    func send(_ message: OutboundMessage) async throws -> [InboundMessage] {
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
        // Several interchanges may stand one behind the other; intake reads them all.
        return body.isEmpty ? [] : [InboundMessage(kind: message.kind.rawValue, bytes: body)]
    }

    func collect(after cursor: Int, limit: Int) async throws -> [MailboxItem] {
        var parts = URLComponents(url: base.appendingPathComponent("mailbox"), resolvingAgainstBaseURL: false)
        parts?.queryItems = [.init(name: "after", value: String(cursor)), .init(name: "limit", value: String(limit))]
        guard let url = parts?.url, let page = try? JSON(parsing: await call(URLRequest(url: url))) else {
            throw DeliveryError.temporary
        }
        return page["messages"]?.elements.compactMap { item in
            guard let id = item["id"]?.integer, let text = item["content"]?.string, let data = Data(base64Encoded: text)
            else { return nil }
            return MailboxItem(id: id, message: InboundMessage(kind: item["kind"]?.string ?? "", bytes: [UInt8](data)))
        } ?? []
    }

    /// Only a payer in the same process shares our clock.
    func nextDue(after cursor: Int) async throws -> Instant? { nil }

    private func call(_ request: URLRequest) async throws -> [UInt8] {
        let (data, response): (Data, URLResponse)
        do { (data, response) = try await session.data(for: request) } catch { throw DeliveryError.temporary }
        switch (response as? HTTPURLResponse)?.statusCode ?? 0 {
        case 200..<300: return [UInt8](data)
        case 400..<500: throw DeliveryError.refused
        default: throw DeliveryError.temporary
        }
    }
}
