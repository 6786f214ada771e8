import ArgumentParser
import Foundation
import HTTPTypes
import HealthTypes
import Hummingbird
import Logging
import PayerSimulator
import Server

struct PayerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payer", abstract: "The built-in payer, alone.", subcommands: [ServePayer.self])

    struct ServePayer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Serve the built-in payer over HTTP.",
            discussion: """
                POST /x12 (270, 837), POST /Claim/$submit, POST /Claim/$inquire (PAS), POST /appeals, each but the inquiry \
                with an Idempotency-Key; GET /mailbox?after=N&limit=N for 277CA, 835, updates and answers to appeals.

                Exit codes: 0 ended by Ctrl-C; 2 the data or the address cannot be used.
                """)

        @OptionGroup var listen: ListenOptions
        @Option(help: "The payer's own SQLite file.")
        var db = "payer.db"
        @Option(help: "The seed.")
        var seed: UInt64 = 1
        @Option(help: "Members to enrol (the payer/members.tsv of a sample day).")
        var members: String?
        @Option(help: FaultText.help)
        var faults: String?
        @Option(help: "Seconds from a claim to its remittance.")
        var delay = 5
        @OptionGroup var data: HomeOptions

        func run() async throws {
            try await explained {
                try listen.check()
                let simulator = try PayerSimulator(
                    policies: DataFiles(folder: "\(data.root())/PayerPolicies"),
                    members: members.map { try CommandInput.read($0) } ?? [],
                    options: PayerSimulator.Options(
                        seed: seed, faults: FaultText.parse(faults), remittanceDelaySeconds: delay, storePath: db),
                    clock: SystemClock())
                var logger = Logger(label: "claimwright.payer")
                logger.logLevel = .warning
                let listen = listen
                let application = Application(
                    router: PayerService(simulator: simulator).router(),
                    configuration: .init(address: .hostname(listen.host, port: listen.port)),
                    onServerRunning: { channel in
                        print("The payer serves http://\(listen.host):\(channel.localAddress?.port ?? listen.port)/")
                        fflush(nil)
                    }, logger: logger)
                do { try await application.runService() } catch {
                    throw ListenFailure(error, host: listen.host, port: listen.port) as (any Error)? ?? error
                }
            }
        }
    }
}

/// The payer's HTTP face.
private struct PayerService: Sendable {
    let simulator: PayerSimulator

    private static let maximumBytes = 64 << 20

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("x12") { request, _ in
            try await self.answer(request, type: "application/edi-x12") { bytes, key in
                try self.simulator.handleX12(bytes, key: key).flatMap(\.bytes)
            }
        }
        router.post("Claim/$submit") { request, _ in
            try await self.answer(request, type: "application/fhir+json") { bytes, key in
                Array(try self.simulator.submitAuthorization(JSON(parsing: bytes), key: key).text.utf8)
            }
        }
        router.post("Claim/$inquire") { request, _ in
            try await self.answer(request, type: "application/fhir+json", needsKey: false) { bytes, _ in
                Array(try self.simulator.inquireAuthorization(JSON(parsing: bytes)).text.utf8)
            }
        }
        router.post("appeals") { request, _ in
            try await self.answer(request, type: "application/json") { bytes, key in
                Array(try self.simulator.appeal(JSON(parsing: bytes), key: key).text.utf8)
            }
        }
        router.get("mailbox") { request, _ in try self.mailbox(request) }
        return router
    }

    /// 400 without a key or with text that is not JSON, 422 for a key used before with other content (as the IETF's draft
    /// of the Idempotency-Key field has it), 504 where the payer is set to fail.
    private func answer(
        _ request: Request, type: String, needsKey: Bool = true, _ body: ([UInt8], String) throws -> [UInt8]
    ) async throws -> Response {
        let key = HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
        guard key != nil || !needsKey else { throw HTTPError(.badRequest, message: "an Idempotency-Key is needed") }
        let buffer = try await request.body.collect(upTo: Self.maximumBytes)
        do {
            let bytes = try body(Array(buffer.readableBytesView), key ?? "")
            return Response(
                status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        } catch is PayerTimeout {
            throw HTTPError(.gatewayTimeout)
        } catch is PayerSimulator.KeyReused {
            throw HTTPError(.unprocessableContent, message: "the key was used before for a request of other content")
        } catch let error as JSONError {
            throw HTTPError(.badRequest, message: error.description)
        }
    }

    private func mailbox(_ request: Request) throws -> Response {
        let after = try number("after", in: request) ?? 0
        let limit = min(max(try number("limit", in: request) ?? 100, 1), 1000)
        let messages = try simulator.mailbox(after: after, limit: limit)
        let json: JSON = [
            "messages": .array(
                messages.map {
                    [
                        "id": JSON($0.id), "kind": .string($0.kind), "content_type": .string($0.contentType),
                        "due_at": .string($0.dueAt.description),
                        "content": .string(Data($0.bytes).base64EncodedString()),
                    ]
                })
        ]
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: json.text)))
    }

    /// A whole number of the query; nil where it is absent.
    private func number(_ name: Substring, in request: Request) throws -> Int? {
        guard let text = request.uri.queryParameters[name], !text.isEmpty else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw HTTPError(.badRequest, message: "\(name) is a whole number")
        }
        return number
    }
}
