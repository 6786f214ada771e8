import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import GraphServer

/// What a client and a server say to one another, byte for byte; see the files of the folder.
struct Transcript {
    var parts: [(isClient: Bool, bytes: ByteBuffer)] = []

    init(_ name: String) throws {
        let text = try String(contentsOf: fixture("\(name).bolt"), encoding: .utf8)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            parts.append((line.hasPrefix("C "), hex(String(line.dropFirst(2)))))
        }
    }
}

func fixture(_ name: String) -> URL {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures").appendingPathComponent(name)
}

/// Plays the server's part of a transcript, and notes where the client departs from its own.
final class ScriptedServer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var parts: ArraySlice<(isClient: Bool, bytes: ByteBuffer)>
    private var received = ByteBuffer()
    /// Whether each answer goes out byte by byte.
    private let isSlow: Bool
    private let whole: EventLoopPromise<Bool>

    init(_ transcript: Transcript, isSlow: Bool, whole: EventLoopPromise<Bool>) {
        parts = transcript.parts[...]
        self.isSlow = isSlow
        self.whole = whole
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        while let next = parts.first {
            if next.isClient {
                guard received.readableBytes >= next.bytes.readableBytes else { return }
                guard received.readSlice(length: next.bytes.readableBytes) == next.bytes else {
                    return end(context, false)
                }
            } else if isSlow {
                for byte in next.bytes.readableBytesView {
                    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [byte])), promise: nil)
                }
            } else {
                context.writeAndFlush(wrapOutboundOut(next.bytes), promise: nil)
            }
            parts.removeFirst()
        }
        end(context, received.readableBytes == 0)
    }

    func channelInactive(context: ChannelHandlerContext) {
        whole.succeed(false)
    }

    private func end(_ context: ChannelHandlerContext, _ isWhole: Bool) {
        whole.succeed(isWhole)
        if !isWhole { context.close(promise: nil) }
    }
}

/// A server on this machine for one connection.
struct OneServer {
    let channel: any Channel
    /// Whether the client kept to its part to the end.
    let whole: EventLoopFuture<Bool>
    var port: Int { channel.localAddress?.port ?? 0 }

    init(_ transcript: Transcript, isSlow: Bool = false, certificate: TestCertificate? = nil) async throws {
        let whole = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Bool.self)
        self.whole = whole.futureResult
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    if let certificate { try child.pipeline.syncOperations.addHandler(TLSServerHandler(certificate)) }
                    try child.pipeline.syncOperations.addHandler(
                        ScriptedServer(transcript, isSlow: isSlow, whole: whole))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func end() async throws {
        whole.whenComplete { _ in }
        try await channel.close().get()
    }
}

@Suite("Bolt over a network, as Neo4j speaks it")
struct WireTests {
    static let code = "Neo.ClientError.Statement.SyntaxError"

    func options() -> GraphServerOptions {
        var options = GraphServerOptions()
        options.credentials = .basic(user: "neo4j", password: "secret")
        return options
    }

    func converse(_ connection: BoltConnection) async throws {
        let results = try await connection.run([
            BoltQuery("UNWIND $xs AS x RETURN x", ["xs": [1, 200]]), BoltQuery("CREATE (:A)"),
        ])
        #expect(
            results == [
                BoltResult(columns: ["x"], rows: [[1], [200]]),
                BoltResult(counters: ["nodes-created": 1, "labels-added": 1]),
            ])
        await #expect(throws: GraphServerError.refused(code: Self.code)) {
            try await connection.run([BoltQuery("RETURN x"), BoltQuery("RETURN 1")])
        }
        #expect(try await connection.run([BoltQuery("RETURN 2")]) == [BoltResult(columns: ["2"], rows: [[2]])])
        await connection.close()
        #expect(!connection.isOpen)
    }

    @Test("Whole conversations", arguments: ["neo4j-5.4", "neo4j-5.8", "neo4j-4.4"], [false, true])
    func conversations(name: String, isSlow: Bool) async throws {
        let server = try await OneServer(Transcript(name), isSlow: isSlow)
        let address = GraphAddress(host: "127.0.0.1", port: server.port, database: "claims")
        try await converse(try await BoltConnection.connect(to: address, options: options()))
        #expect(try await server.whole.get())
        try await server.end()
    }

    @Test("Refused credentials")
    func unauthorized() async throws {
        let server = try await OneServer(Transcript("neo4j-5.4-unauthorized"))
        await #expect(throws: GraphServerError.credentialsRefused) {
            try await BoltConnection.connect(
                to: GraphAddress(host: "127.0.0.1", port: server.port), options: options())
        }
        try await server.end()
    }

    @Test("A server that says nothing, and one that is not there")
    func silence() async throws {
        var silent = try Transcript("neo4j-5.4")
        silent.parts = [(true, hex("6060b018"))]
        silent.parts[0].bytes.writeBytes([UInt8](repeating: 0, count: 1000))
        let server = try await OneServer(silent)
        let address = GraphAddress(host: "127.0.0.1", port: server.port)
        var options = options()
        options.connectTimeout = .milliseconds(50)
        await #expect(throws: GraphServerError.connectTimeout) {
            try await BoltConnection.connect(to: address, options: options)
        }
        try await server.end()
        options.connectTimeout = .seconds(10)
        await #expect(throws: GraphServerError.unreachable) {
            try await BoltConnection.connect(to: address, options: options)
        }
    }

    @Test("No answer to a query, a cancelled one, and a server that goes away, each end the connection")
    func ends() async throws {
        for end in ["timeout", "cancel", "close"] {
            var transcript = try Transcript("neo4j-5.4")
            // Up to the answer of the first queries of the conversation.
            transcript.parts = Array(transcript.parts.prefix(8)) + [(true, ByteBuffer(repeating: 0, count: 1000))]
            if end == "close" { transcript.parts[8].bytes = hex("00") }
            let server = try await OneServer(transcript)
            let address = GraphAddress(host: "127.0.0.1", port: server.port, database: "claims")
            var options = options()
            if end == "timeout" { options.queryTimeout = .milliseconds(50) }
            let connection = try await BoltConnection.connect(to: address, options: options)
            let task = Task { try await connection.run([BoltQuery("RETURN 1")]) }
            if end == "cancel" { task.cancel() }
            await #expect(throws: end == "timeout" ? GraphServerError.queryTimeout : .connectionClosed) {
                try await task.value
            }
            #expect(!connection.isOpen)
            try await server.end()
        }
    }

    @Test("Over TLS, with an authority of our own")
    func secure() async throws {
        let server = try await OneServer(Transcript("neo4j-5.8"), certificate: TestCertificate())
        let tls = try TLSSettings(authorities: fixture("authority.pem").path)
        let address = GraphAddress(host: "localhost", port: server.port, isSecure: true, database: "claims")
        try await converse(try await BoltConnection.connect(to: address, options: options(), tls: tls))
        #expect(try await server.whole.get())
        try await server.end()
    }

    @Test("A certificate of an authority that is not trusted, of another host, and no TLS at all, are refused")
    func insecure() async throws {
        func connect(_ host: String, _ authority: String?, certificate: TestCertificate?) async throws {
            let server = try await OneServer(Transcript("neo4j-5.8"), certificate: certificate)
            let tls = try TLSSettings(authorities: authority.map { fixture($0).path })
            let address = GraphAddress(host: host, port: server.port, isSecure: true, database: "claims")
            defer { server.channel.close(promise: nil) }
            _ = try await BoltConnection.connect(to: address, options: options(), tls: tls)
        }
        let certificate = try TestCertificate()
        await #expect(throws: GraphServerError.tls("unable to get local issuer certificate")) {
            try await connect("localhost", "other-authority.pem", certificate: certificate)
        }
        await #expect(throws: GraphServerError.tls("unable to get local issuer certificate")) {
            try await connect("localhost", nil, certificate: certificate)
        }
        await #expect(throws: GraphServerError.tls("IP address mismatch")) {
            try await connect("127.0.0.1", "authority.pem", certificate: certificate)
        }
        await #expect(throws: (any Error).self) { try await connect("localhost", "authority.pem", certificate: nil) }
    }

    @Test("A file of authorities that is not there")
    func noAuthorities() {
        #expect(throws: GraphServerError.tls("the file of authorities cannot be read")) {
            try TLSSettings(authorities: "/nonexistent.pem")
        }
    }
}
