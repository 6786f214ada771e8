import Foundation
import Pipeline
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Calls over HTTP, one answer each, none of them larger than is stated.
final class HTTPExchange: Sendable {
    struct Answer: Sendable {
        var status: Int
        var retryAfter: String?
        var body: [UInt8]
    }

    private let session: URLSession
    private let collector = Collector()

    /// - Parameter patience: seconds for which an answer is waited for.
    init(patience: Double) {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = patience
        configuration.timeoutIntervalForResource = patience * 3
        session = URLSession(configuration: configuration, delegate: collector, delegateQueue: nil)
    }

    deinit { session.invalidateAndCancel() }

    func call(_ request: URLRequest) async throws(DeliveryError) -> Answer {
        let result: Result<Answer, DeliveryError> = await withCheckedContinuation { done in
            let task = session.dataTask(with: request)
            collector.expect(task.taskIdentifier) { done.resume(returning: $0) }
            task.resume()
        }
        return try result.get()
    }

    /// Gathers what comes for each call.
    private final class Collector: NSObject, URLSessionDataDelegate, Sendable {
        private struct Call {
            var body: [UInt8] = []
            var isTooLarge = false
            var done: @Sendable (Result<Answer, DeliveryError>) -> Void
        }

        private let calls = Mutex<[Int: Call]>([:])

        /// An answer past this is not read to its end.
        private static let maximumBytes = 64 << 20

        func expect(_ id: Int, _ done: @escaping @Sendable (Result<Answer, DeliveryError>) -> Void) {
            calls.withLock { $0[id] = Call(done: done) }
        }

        func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
            let isTooLarge = calls.withLock { calls in
                guard let count = calls[dataTask.taskIdentifier]?.body.count else { return false }
                guard count + data.count <= Self.maximumBytes else {
                    calls[dataTask.taskIdentifier]?.isTooLarge = true
                    return true
                }
                calls[dataTask.taskIdentifier]?.body += data
                return false
            }
            if isTooLarge { dataTask.cancel() }
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            guard let call = calls.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else { return }
            if call.isTooLarge { return call.done(.failure(.tooLarge)) }
            if let error { return call.done(.failure(Self.failure(error))) }
            guard let response = task.response as? HTTPURLResponse else {
                return call.done(.failure(.temporary(retryAfter: nil)))
            }
            call.done(
                .success(
                    Answer(
                        status: response.statusCode, retryAfter: response.value(forHTTPHeaderField: "Retry-After"),
                        body: call.body)))
        }

        /// Whatever a line or a server can do of itself passes; an address and a certificate do not.
        private static func failure(_ error: any Error) -> DeliveryError {
            switch (error as? URLError)?.code {
            case .badURL, .unsupportedURL, .serverCertificateUntrusted, .serverCertificateHasBadDate,
                .serverCertificateHasUnknownRoot, .clientCertificateRejected, .userAuthenticationRequired:
                .misconfigured
            default: .temporary(retryAfter: nil)
            }
        }
    }
}
