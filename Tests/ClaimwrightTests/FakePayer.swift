import Foundation
import Synchronization

/// A payer behind HTTP that answers as a test says, over sockets of loopback.
final class FakePayer: Sendable {
    struct Request: Sendable {
        var method: String
        /// With its query.
        var target: String
        var key: String?
        var body: [UInt8]
    }

    struct Answer: Sendable {
        var status = 200
        var lines: [String] = []
        var body = ""

        static let nothing = Answer()
        static func failing(_ status: Int, _ lines: [String] = []) -> Answer { Answer(status: status, lines: lines) }
    }

    let port: Int
    private let descriptor: Int32
    private let log = Mutex<[Request]>([])
    private let answer: @Sendable (Request) -> Answer

    var address: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { log.withLock { $0 } }
    var posts: [Request] { requests.filter { $0.method == "POST" } }

    init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        self.answer = answer
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        (port, _) = try TakenPort.listen(on: descriptor)
        let thread = Thread { [weak self, descriptor] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0, let self else { return }
                self.serve(connection)
                close(connection)
            }
        }
        thread.start()
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private func serve(_ connection: Int32) {
        guard let request = read(connection) else { return }
        log.withLock { $0.append(request) }
        let answer = answer(request)
        let head = ["HTTP/1.1 \(answer.status) Said", "connection: close", "content-length: \(answer.body.utf8.count)"]
        let bytes = Array(((head + answer.lines + ["", ""]).joined(separator: "\r\n") + answer.body).utf8)
        _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            if let end = Data(bytes).range(of: Data("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                func field(_ name: String) -> String? {
                    lines.first { $0.lowercased().hasPrefix(name + ":") }
                        .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
                }
                let length = field("content-length").flatMap { Int($0) } ?? 0
                if bytes.count >= end.upperBound + length {
                    let words = lines[0].split(separator: " ").map(String.init)
                    return Request(
                        method: words[0], target: words[1], key: field("idempotency-key"),
                        body: Array(bytes[end.upperBound...].prefix(length)))
                }
            }
            let count = Foundation.read(connection, &buffer, buffer.count)
            if count <= 0 { return nil }
            bytes += buffer[..<count]
        }
    }
}
