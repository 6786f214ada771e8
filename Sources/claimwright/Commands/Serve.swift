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
        discussion: "Exit codes: 0 ended by Ctrl-C; 2 the record, the data or the address cannot be used.")

    @OptionGroup var record: RecordOptions
    @OptionGroup var data: HomeOptions
    @OptionGroup var payer: PayerOptions
    @OptionGroup var listen: ListenOptions

    func run() async throws {
        try await explained {
            try await Serving.run(
                store: SQLiteStore(path: record.db), home: data.dataHome(),
                connection: payer.connection(root: data.root(), db: record.db), listen: listen)
        }
    }
}

/// Serves a record until the program is told to end.
enum Serving {
    private static func logger() -> Logger {
        var logger = Logger(label: "claimwright")
        logger.logLevel = .warning
        return logger
    }

    static func run(
        store: SQLiteStore, home: DataHome, connection: any PayerConnection, listen: ListenOptions
    ) async throws {
        let pipeline = try Pipeline(store: store, home: home, clock: SystemClock(), payer: connection)
        let logger = Self.logger()
        let application = Service.application(
            pipeline: pipeline, options: ServerOptions(host: listen.host, port: listen.port), logger: logger,
            onServerRunning: { port in
                print("\nServing http://\(listen.host):\(port)/ (Ctrl-C ends it)")
                fflush(nil)
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.runService() }
            group.addTask {
                // What timers and the payer's mailbox bring is worked every second.
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    if Task.isCancelled { return }
                    do { try await pipeline.work() } catch {
                        logger.error("working failed", metadata: ["error": "\(type(of: error))"])
                    }
                }
            }
            defer { group.cancelAll() }
            do { try await group.next() } catch is CancellationError {} catch {
                throw CommandFailure("cannot serve on \(listen.host):\(listen.port): \(error)")
            }
        }
    }
}
