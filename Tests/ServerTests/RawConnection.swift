import Foundation
import Testing

/// A connection that is written and read by hand: what a client does that does not keep to HTTP, or not to its time.
///
/// It waits on a thread of its own: the threads that tests run on are those that the service needs to answer.
final class RawConnection: @unchecked Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw connection")
    private var received: [UInt8] = []
    private var hasEnded = false

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    private func wait<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { done in queue.async { done.resume(returning: body()) } }
    }

    /// Sends as much as the other side takes.
    func send(_ text: String) async {
        await wait { [self] in
            let bytes = Array(text.utf8)
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                sent += count
            }
        }
    }

    func sendChunk(_ text: String) async { await send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }

    /// Says that nothing more will be sent; the answer can still be read.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// All that came in, once it holds the text; what there is where it does not within the patience of the socket.
    func receive(until text: String) async -> String {
        await wait { [self] in
            while true {
                let now = String(decoding: received, as: UTF8.self)
                if now.contains(text) || !more() { return now }
            }
        }
    }

    /// All that came in until the other side ended; nil where it does not end within the patience of the socket.
    func receiveAll() async -> String? {
        await wait { [self] in
            while more() {}
            return hasEnded ? String(decoding: received, as: UTF8.self) : nil
        }
    }

    private func more() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(descriptor, &buffer, buffer.count)
        if count == 0 || (count < 0 && errno == ECONNRESET) { hasEnded = true }
        if count <= 0 { return false }
        received += buffer[..<count]
        return true
    }
}

/// An answer as it stands on the wire.
struct RawAnswer {
    var status: Int
    /// Status line and header fields.
    var head: String
    var body: String

    /// The first of some answers; nil for what is none.
    init?(_ text: String) {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        head = String(text[..<end.lowerBound])
        body = String(text[end.upperBound...])
        guard let status = Int(head.split(separator: " ").dropFirst().first ?? "") else { return nil }
        self.status = status
    }

    /// The value of a header field; the first where it is repeated.
    func field(_ name: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.first?.lowercased() == name { return parts.last?.trimmingCharacters(in: .whitespaces) }
        }
        return nil
    }
}

extension ServedWorld {
    /// Sends bytes, and reads until the other side ends.
    func raw(_ text: String) async throws -> RawAnswer {
        let connection = try RawConnection(port: port)
        await connection.send(text)
        let text = try #require(await connection.receiveAll())
        return try #require(RawAnswer(text))
    }

    /// A request without a body, header lines as they are given.
    func ask(_ method: String = "GET", _ target: String, _ lines: String...) async throws -> RawAnswer {
        try await raw(
            "\(method) \(target) HTTP/1.1\r\n" + (lines + ["connection: close", "", ""]).joined(separator: "\r\n"))
    }
}
