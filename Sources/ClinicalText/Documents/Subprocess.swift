import Foundation
import HealthTypes

/// A program that is run without a shell, is given bytes and gives bytes back, and is killed when it takes too long
/// or gives too much.
struct Subprocess {
    /// The programs that documents are read with; a program is looked for in these folders.
    let folders: [String]

    /// The folders of the environment's PATH.
    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(
        String.init)

    func find(_ program: String) -> String? {
        folders.lazy.map { $0 + "/" + program }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// What the program wrote to its standard output.
    ///
    /// The input goes through a pipe, so that nothing of a patient's is written to disk.
    func run(
        _ path: String, _ arguments: [String], input: [UInt8], until deadline: ContinuousClock.Instant,
        maximumOutput: Int
    ) throws(TextError) -> [UInt8] {
        guard ContinuousClock.now < deadline else { throw TextError(.tookTooLong) }
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        // A socket, since writing to a pipe whose reader is gone would end the whole process.
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw TextError(.programFailed) }
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ["PATH": folders.joined(separator: ":"), "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"]
        let childEnd = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        process.standardInput = childEnd
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch {
            close(ends[0])
            throw TextError(.programFailed)
        }
        try? childEnd.close()
        try? output.fileHandleForWriting.close()
        defer {
            close(ends[0])
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        let exchange = Exchange(
            input: ends[0], output: output.fileHandleForReading.fileDescriptor, deadline: deadline, limit: maximumOutput
        )
        let bytes = try exchange.run(input)
        while process.isRunning {
            guard ContinuousClock.now < deadline else { throw TextError(.tookTooLong) }
            usleep(1000)
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw TextError(.programFailed)
        }
        return bytes
    }

    /// Writes and reads in turns, as the program is ready for either, until it closes its output.
    private struct Exchange {
        let input: Int32
        let output: Int32
        let deadline: ContinuousClock.Instant
        let limit: Int

        func run(_ bytes: [UInt8]) throws(TextError) -> [UInt8] {
            var written = 0
            var isWriting = true
            var read: [UInt8] = []
            _ = fcntl(input, F_SETFL, O_NONBLOCK)
            while true {
                if isWriting, written == bytes.count {
                    shutdown(input, Int32(SHUT_WR))
                    isWriting = false
                }
                var polled = [
                    pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: isWriting ? input : -1, events: Int16(POLLOUT), revents: 0),
                ]
                let left = ContinuousClock.now.duration(to: deadline)
                let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
                guard milliseconds > 0 else { throw TextError(.tookTooLong) }
                guard poll(&polled, 2, Int32(clamping: min(milliseconds + 1, 1000))) >= 0 || errno == EINTR else {
                    throw TextError(.programFailed)
                }
                if polled[1].revents != 0 {
                    let count = send(written, bytes)
                    // A program that has seen enough closes its input; what it says then is judged by its end.
                    if count < 0, errno != EAGAIN, errno != EINTR { isWriting = false }
                    written += max(count, 0)
                }
                guard polled[0].revents != 0 else { continue }
                guard try take(into: &read) else { return read }
            }
        }

        private func send(_ start: Int, _ bytes: [UInt8]) -> Int {
            #if canImport(Glibc)
                let flags = Int32(MSG_NOSIGNAL)
            #else
                let flags: Int32 = 0
            #endif
            return bytes[start...].prefix(1 << 16).withUnsafeBytes {
                Foundation.send(input, $0.baseAddress, $0.count, flags)
            }
        }

        /// False at the end of the output.
        private func take(into bytes: inout [UInt8]) throws(TextError) -> Bool {
            var count = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
                count = Foundation.read(output, buffer.baseAddress, buffer.count)
                initialized = max(count, 0)
            }
            if count < 0 {
                guard errno == EINTR else { throw TextError(.programFailed) }
                return true
            }
            guard bytes.count + count <= limit else { throw TextError(.outputTooLarge) }
            bytes += chunk
            return count > 0
        }
    }
}
