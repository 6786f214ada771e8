import ArgumentParser
import Foundation
import HealthTypes
import Hummingbird
import Logging
import Pipeline
import Server
import Store

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the pages and the HTTP API, and work what comes in.",
        discussion: """
            Prints a link that opens the pages in a browser. Programs send its token as `Authorization: Bearer`; it stands in \
            a file beside the record, RECORD.token, as long as the server runs.

            Exit codes: 0 ended by Ctrl-C or SIGTERM; 1 ended so, but what ran did not end in time; 2 the record, the data, \
            the token or the address cannot be used.
            """)

    @OptionGroup var record: RecordOptions
    @OptionGroup var data: HomeOptions
    @OptionGroup var payer: PayerOptions
    @OptionGroup var listen: ListenOptions
    @OptionGroup var doors: DoorOptions

    func run() async throws {
        try await explained {
            let serving = try Serving(record: record.db, listen: listen, doors: doors)
            let store = try record.open()
            try await serving.run(
                store: store, home: data.dataHome(),
                connection: payer.connection(root: data.root(), db: record.db))
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

    func run(store: SQLiteStore, home: DataHome, connection: any PayerConnection) async throws {
        let clock = SystemClock()
        let pipeline = try Pipeline(store: store, home: home, clock: clock, payer: connection)
        var logger = Logger(label: "claimwright")
        logger.logLevel = .warning
        let health = Health(clock: clock)
        let application = Service.application(
            pipeline: pipeline, options: options, health: health, logger: logger,
            onServerRunning: { port in announce(port) })
        let ending = Ending(patience: Self.patience)
        defer { if case .token(let token) = options.access { tokenFile?.remove(token) } }
        let worker = Task { [logger] in await Self.work(pipeline, health, clock, logger) }
        do { try await application.runService() } catch {
            worker.cancel()
            throw ListenFailure(error, host: options.host, port: options.port) as (any Error)? ?? error
        }
        worker.cancel()
        await worker.value
        try store.close()
        ending.done()
    }

    /// Works what timers and the payer's mailbox bring, every second.
    private static func work(_ pipeline: Pipeline, _ health: Health, _ clock: SystemClock, _ logger: Logger) async {
        health.workerBegan()
        while !Task.isCancelled {
            do {
                try await pipeline.work()
                health.workerFinished(at: clock.now)
            } catch {
                logger.error("working failed", metadata: ["error": "\(type(of: error))"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
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
                more = "Its token is the one in \(givenFile): /?token=… in a browser, Authorization: Bearer in programs.\n"
            }
        }
        print("\nServing \(place.link(port: port)) (Ctrl-C ends it)\n\(more)", terminator: "")
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
