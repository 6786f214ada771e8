import ArgumentParser
import Foundation
import HealthTypes
import Hummingbird
import Logging
import Pipeline
import Server
import Stages
import Store

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the pages and the HTTP API, and work what comes in.",
        discussion: """
            Prints a link that opens the pages in a browser. Programs send its token as `Authorization: Bearer`; it stands in \
            a file beside the record, RECORD.token, as long as the server runs. While it runs, no other program writes the \
            record. On SIGHUP it reads the data folders again; what cannot be read leaves the old data in force.

            Exit codes: 0 ended by Ctrl-C or SIGTERM; 1 ended so, but what ran did not end in time; 2 the record, the data, \
            the token or the address cannot be used.
            """)

    @OptionGroup var record: MadeRecordOptions
    @OptionGroup var data: HomeOptions
    @OptionGroup var payer: PayerOptions
    @OptionGroup var listen: ListenOptions
    @OptionGroup var doors: DoorOptions

    func run() async throws {
        try await explained {
            let serving = try Serving(record: record.db, listen: listen, doors: doors)
            let store = try record.open()
            let root = try data.root()
            try await serving.run(
                store: store, root: root, home: data.dataHome(),
                connection: payer.connection(root: root, db: record.db))
        }
    }
}

/// Serves a record until the program is told to end.
struct Serving {
    private let options: ServerOptions
    /// Where the token is kept for programs on this machine; nil where it has a file already, or there is none.
    private let tokenFile: TokenFile?
    /// The file that the token came from.
    private let givenFile: String?

    /// After so long, what has not ended is cut short.
    private static let patience = 15

    /// Looks at the options before anything is opened or made.
    init(record: String, listen: ListenOptions, doors: DoorOptions) throws {
        try listen.check()
        var options = ServerOptions(
            host: listen.host, port: listen.port, access: try doors.access(listening: listen.host))
        options.allowedHosts = try doors.hostNames()
        self.options = options
        givenFile = doors.tokenFile
        tokenFile = doors.noToken || doors.tokenFile != nil ? nil : TokenFile(record: record)
    }

    func run(store: SQLiteStore, root: String, home: DataHome, connection: any PayerConnection) async throws {
        let clock = SystemClock()
        let pipeline = try await Pipeline(store: store, home: home, clock: clock, payer: connection)
        var logger = Logger(label: "claimwright")
        logger.logLevel = .warning
        let health = Health(clock: clock)
        let application = Service.application(
            pipeline: pipeline, options: options, health: health, logger: logger,
            onServerRunning: { port in announce(port) })
        let ending = Ending(patience: Self.patience)
        let reloading = Reloading(pipeline, root: root)
        defer { if case .token(let token) = options.access { tokenFile?.remove(token) } }
        let worker = Task { [logger] in await Service.work(pipeline, health: health, logger: logger) }
        do { try await application.runService() } catch {
            worker.cancel()
            throw ListenFailure(error, host: options.host, port: options.port) as (any Error)? ?? error
        }
        reloading.end()
        worker.cancel()
        await worker.value
        try await store.close()
        ending.done()
    }

    /// Says where the service is, once it is there, and keeps the token for programs.
    private func announce(_ port: Int) {
        var place = options
        var more = ""
        if case .token(let token) = options.access {
            if let tokenFile {
                do {
                    try tokenFile.write(token)
                    more = "Programs send its token, which \(tokenFile.path) holds, as Authorization: Bearer.\n"
                } catch { Say.line("claimwright: \(error)") }
            } else if let givenFile {
                // Whoever gave the token has it; it need not stand in what is printed.
                place.access = .open
                more =
                    "Its token is the one in \(givenFile): /?token=… in a browser, Authorization: Bearer in programs.\n"
            }
        }
        print("\n\(more)Serving \(place.link(port: port)) (Ctrl-C ends it)")
        fflush(nil)
    }
}

/// Sees to it that the program ends when it is told to (Ctrl-C, SIGTERM).
///
/// The server itself stops accepting and lets requests end. This says so, and cuts short what has not ended in time or once
/// the signal comes again. Nothing that is recorded is lost by it: a record stands a program that is killed anywhere.
private final class Ending {
    private let sources: [any DispatchSourceSignal]

    init(patience: Int) {
        let queue = DispatchQueue(label: "claimwright.ending")
        let state = State()
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                guard state.isFirst() else { Self.cut() }
                Say.line("claimwright: ending; what runs has \(patience) seconds.")
                queue.asyncAfter(deadline: .now() + .seconds(patience)) { Self.cut() }
            }
            source.resume()
            return source
        }
    }

    /// Used on one queue alone.
    private final class State: @unchecked Sendable {
        private var hasEnded = false

        func isFirst() -> Bool {
            defer { hasEnded = true }
            return !hasEnded
        }
    }

    private static func cut() -> Never {
        Say.line("claimwright: what still ran was cut short; what is recorded stands.")
        fflush(nil)
        _exit(1)
    }

    func done() { for source in sources { source.cancel() } }
}

/// Puts the data folders in force as they are now, whenever the program is told to (SIGHUP). Cases that are being decided
/// are finished on the data that they were begun on; data that cannot be read changes nothing.
private final class Reloading {
    private let source: any DispatchSourceSignal

    init(_ pipeline: Pipeline, root: String) {
        signal(SIGHUP, SIG_IGN)
        // On a queue of its own, one at a time: building the engines takes a while.
        let queue = DispatchQueue(label: "claimwright.reloading")
        source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: queue)
        source.setEventHandler {
            let home: DataHome
            do { home = try DataHome(root: root) } catch {
                return Say.line("claimwright: the data folders cannot be read, the old data stays in force: \(error)")
            }
            Task {
                do {
                    try await pipeline.reload(home)
                    Say.line(
                        "claimwright: the data folders were read again; generation \(home.generation.digest.short).")
                } catch {
                    Say.line("claimwright: the new data cannot be kept in the record, the old stays in force: \(error)")
                }
            }
        }
        source.resume()
    }

    func end() { source.cancel() }
}
