import ArgumentParser
import Foundation
import Server

/// Where a server listens.
struct ListenOptions: ParsableArguments {
    @Option(
        help: "The address to listen on. The pages show patients' data: beyond this machine, put sign-on before it.")
    var host = "127.0.0.1"

    // Taken whatever it begins with, so that -1 is said to be no port, and not no option.
    @Option(parsing: .unconditional, help: "The port to listen on, up to 65535; 0 takes a free one.")
    var port = 8080

    /// Ends the command where the host or the port is none.
    func check() throws {
        guard (0...65535).contains(port) else { throw CommandFailure("--port \(port): a port is from 0 to 65535.") }
        guard HostName(host) != nil else {
            throw CommandFailure("--host: is neither a host's name nor an address.")
        }
    }
}

/// Who may use the pages and the API.
struct DoorOptions: ParsableArguments {
    @Option(
        name: .customLong("allow-host"),
        help: "A further name under which the service may be asked, such as that of a proxy's site; may be repeated.")
    var allowedHosts: [String] = []

    @Option(
        help: "A file with the token that opens the service; without it one is made and kept beside the record.")
    var tokenFile: String?

    @Flag(help: "Serve without a token; only where this machine alone can connect.")
    var noToken = false

    /// What the options come to, the file read.
    func access(listening host: String) throws -> Access {
        if noToken {
            guard tokenFile == nil else { throw CommandFailure("--no-token and --token-file exclude each other.") }
            guard HostName(host)?.isLoopback == true else {
                throw CommandFailure("--no-token: --host \(host) can be reached by others; it needs a token.")
            }
            return .open
        }
        guard let tokenFile else { return .token(.make()) }
        guard let data = FileManager.default.contents(atPath: tokenFile), data.count <= 4096 else {
            throw CommandFailure("--token-file \(tokenFile): cannot be read.")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let token = AccessToken(text) else {
            throw CommandFailure(
                "--token-file \(tokenFile): a token has 20 to 200 letters, digits or any of - . _ ~ + / =.")
        }
        return .token(token)
    }

    func hostNames() throws -> [HostName] {
        try allowedHosts.map { text in
            guard let name = HostName(text) else {
                throw CommandFailure("--allow-host: takes a host's name or address, without a port.")
            }
            return name
        }
    }
}

/// The token of a server that runs, in a file beside its record that its owner alone can read.
struct TokenFile {
    let path: String

    init(record: String) { path = "\(record).token" }

    /// Writes it anew, whole or not at all.
    func write(_ token: AccessToken) throws {
        let draft = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
        unlink(draft)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("\(path): cannot be written.") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do { try handle.write(contentsOf: Data("\(token.secret)\n".utf8)) } catch {
            unlink(draft)
            throw CommandFailure("\(path): cannot be written.")
        }
        guard rename(draft, path) == 0 else {
            unlink(draft)
            throw CommandFailure("\(path): cannot be written.")
        }
    }

    /// Takes it away, unless another server has put its own there.
    func remove(_ token: AccessToken) {
        guard FileManager.default.contents(atPath: path) == Data("\(token.secret)\n".utf8) else { return }
        unlink(path)
    }
}
