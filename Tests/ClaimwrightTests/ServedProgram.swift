import Foundation
import Testing

/// `claimwright serve`, running, with the link that it prints.
final class ServedProgram {
    private let process = Process()
    private let program: Program
    private let files: [String]
    /// The link's port and token; the token is empty where the link has none.
    let port: Int
    let token: String

    /// Starts it and waits until it listens.
    init(_ program: Program, _ arguments: [String]) throws {
        self.program = program
        files = ["out", "err"].map { "\(program.folder.path)/serve.\($0)" }
        for file in files { FileManager.default.createFile(atPath: file, contents: nil) }
        process.executableURL = URL(fileURLWithPath: try #require(Program.path, "the program has not been built"))
        process.arguments = ["serve", "--port", "0"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: program.folder.path)
        process.environment = ProcessInfo.processInfo.environment.merging(Program.environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try #require(FileHandle(forWritingAtPath: files[0]))
        process.standardError = try #require(FileHandle(forWritingAtPath: files[1]))
        try process.run()
        var printed = ""
        for _ in 0..<1200 where process.isRunning && !printed.contains("(Ctrl-C") {
            usleep(50_000)
            printed = (try? String(contentsOfFile: files[0], encoding: .utf8)) ?? ""
        }
        let line = printed.split(separator: "\n").first { $0.hasPrefix("Serving ") } ?? ""
        let link = try #require(URLComponents(string: String(line.split(separator: " ").dropFirst().first ?? "")))
        port = try #require(link.port, "\(printed)")
        token = link.queryItems?.first { $0.name == "token" }?.value ?? ""
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Whether it says something on standard error, now or soon.
    func says(_ words: String) -> Bool {
        for _ in 0..<1200 {
            if (try? String(contentsOfFile: files[1], encoding: .utf8))?.contains(words) == true { return true }
            guard process.isRunning else { return false }
            usleep(50_000)
        }
        return false
    }

    /// Its end: exit code, standard output, standard error.
    func end() throws -> Program.Result {
        process.waitUntilExit()
        return Program.Result(
            status: process.terminationStatus, output: try String(contentsOfFile: files[0], encoding: .utf8),
            errors: try String(contentsOfFile: files[1], encoding: .utf8))
    }
}

/// A connection over loopback, written and read by hand.
final class Wire {
    private let descriptor: Int32

    /// Nil where nobody listens.
    init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.address(port)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if status != 0 { return nil }
    }

    deinit { close(descriptor) }

    static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// All that comes until the other side ends.
    func receiveAll() -> String {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { return String(decoding: received, as: UTF8.self) }
            received += buffer[..<count]
        }
    }

    /// Sends a request and gives the answer, all of it.
    static func ask(_ port: Int, _ method: String, _ path: String, _ lines: [String] = [], body: String = "") throws
        -> String
    {
        let wire = try #require(Wire(port: port))
        let head =
            ["\(method) \(path) HTTP/1.1", "host: localhost", "connection: close"] + lines
            + ["content-length: \(body.utf8.count)", "", ""]
        wire.send(head.joined(separator: "\r\n") + body)
        return wire.receiveAll()
    }
}

/// A port of loopback on which something listens, as long as this is there.
final class TakenPort {
    private let descriptor: Int32
    let port: Int

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        (port, _) = try Self.listen(on: descriptor)
    }

    /// Listens on a free port of loopback.
    static func listen(on descriptor: Int32) throws -> (port: Int, descriptor: Int32) {
        var address = Wire.address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && Foundation.listen(descriptor, 16) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        try #require(isListening)
        return (Int(UInt16(bigEndian: address.sin_port)), descriptor)
    }

    deinit { close(descriptor) }
}
