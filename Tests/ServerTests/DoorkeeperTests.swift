import Foundation
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Server

/// A connection on a clock that is moved by hand.
private final class Wire {
    let channel = EmbeddedChannel()
    private var refusals: [Int] = []
    private(set) var output = ""

    init(limits: ServerLimits = ServerLimits(), isRefused: Bool = false) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        let keeper = Doorkeeper(
            limits: limits, isRefused: isRefused, openedAt: channel.embeddedEventLoop.now
        ) { _ in }
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(keeper, position: .after(decoder))
        try pipeline.addHandler(HeadBytes(keeper), position: .first)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// Bytes from the other side.
    func receive(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    /// More is asked of the other side, as the service does when it has used up what came.
    func read() { channel.read() }

    func pass(_ seconds: Int64) throws {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
        try collect()
    }

    func collect() throws {
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { output += String(buffer: buffer) }
    }

    var isOpen: Bool { channel.isActive }

    /// The parts of requests that were let through, by their kind.
    func passed() throws -> [String] {
        var parts: [String] = []
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): parts.append(head.uri)
            case .body(let body): parts.append(String(buffer: body))
            case .end: parts.append("end")
            }
        }
        return parts
    }

    func begin(_ status: HTTPResponseStatus, _ headers: HTTPHeaders = [:]) throws {
        channel.write(
            HTTPServerResponsePart.head(.init(version: .http1_1, status: status, headers: headers)), promise: nil)
        channel.flush()
        try collect()
    }

    func end() throws {
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        try collect()
    }

    func answer(_ status: HTTPResponseStatus) throws {
        try begin(status, ["content-length": "0"])
        try end()
    }

    static let get = "GET /cases HTTP/1.1\r\nhost: localhost\r\n\r\n"
    static let post = "POST /intake HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n"
}

/// How long a connection may go on, on a clock that is moved by hand.
@Suite struct DoorkeeperTests {
    @Test func aNewConnectionThatSaysNothingIsClosed() throws {
        let wire = try Wire()
        try wire.pass(9)
        #expect(wire.isOpen)
        try wire.pass(1)
        #expect(!wire.isOpen && wire.output.isEmpty)
    }

    /// Bytes that come one by one do not make a head's time longer.
    @Test func aHeadThatDribblesIsAnsweredWith408() throws {
        let wire = try Wire()
        for byte in "GET /case" {
            try wire.receive(String(byte))
            wire.read()
            try wire.pass(1)
        }
        #expect(wire.isOpen && wire.output.isEmpty)
        try wire.pass(1)
        #expect(wire.output.hasPrefix("HTTP/1.1 408 Request Timeout\r\n") && wire.output.contains("problem:slow"))
        #expect(!wire.isOpen)
        #expect(try wire.passed() == [])
    }

    @Test func betweenRequestsThereIsMoreTimeThanInAHead() throws {
        let wire = try Wire()
        try wire.receive(Wire.get)
        try wire.answer(.ok)
        try wire.pass(59)
        #expect(wire.isOpen)
        // Empty lines are no beginning.
        try wire.receive("\r\n\r\n")
        try wire.receive("GET ")
        try wire.pass(9)
        #expect(wire.isOpen)
        try wire.receive("/cases HTTP/1.1\r\nhost: localhost\r\n\r\n")
        // However long the answer takes.
        try wire.pass(3_600)
        try wire.answer(.ok)
        #expect(wire.isOpen && !wire.output.contains("close"))
        try wire.pass(60)
        #expect(!wire.isOpen)
        #expect(try wire.passed() == ["/cases", "end", "/cases", "end"])
    }

    @Test func aBodyThatPausesIsEnded() throws {
        let wire = try Wire()
        try wire.receive(Wire.post + "abc")
        wire.read()
        try wire.pass(19)
        #expect(try wire.passed() == ["/intake", "abc"])
        try wire.channel.throwIfErrorCaught()
        try wire.pass(1)
        // Who waits for it is told, and answers.
        let problem = #expect(throws: Problem.self) { try wire.channel.throwIfErrorCaught() }
        #expect(problem?.code == "slow")
        #expect(wire.isOpen)
        try wire.answer(.requestTimeout)
        #expect(wire.output.contains("connection: close") && !wire.isOpen)
    }

    @Test func aBodyThatDribblesIsEnded() throws {
        let wire = try Wire()
        try wire.receive(Wire.post)
        // 100 bytes every 4 seconds: 20 seconds are for nothing, each further one is to bring 1,024 bytes.
        for _ in 0..<5 {
            wire.read()
            try wire.pass(4)
            try wire.receive(String(repeating: "x", count: 100))
            try wire.channel.throwIfErrorCaught()
        }
        wire.read()
        try wire.pass(1)
        #expect(throws: Problem.self) { try wire.channel.throwIfErrorCaught() }
    }

    @Test func aBodyThatComesFastEnoughMayTakeLong() throws {
        let wire = try Wire()
        try wire.receive("POST /intake HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10000000\r\n\r\n")
        for _ in 0..<300 {
            wire.read()
            try wire.pass(4)
            try wire.receive(String(repeating: "x", count: 4096))
        }
        try wire.channel.throwIfErrorCaught()
        #expect(wire.isOpen)
    }

    /// Time in which the service does not read is its own.
    @Test func aSenderIsNotBlamedForASlowService() throws {
        let wire = try Wire()
        try wire.receive(Wire.post + "abc")
        try wire.pass(3_600)
        try wire.channel.throwIfErrorCaught()
        #expect(wire.isOpen)
        wire.read()
        try wire.pass(20)
        #expect(throws: Problem.self) { try wire.channel.throwIfErrorCaught() }
    }

    /// A batch may be as slow as it likes while its answers go out, but not fall silent.
    @Test func aBatchMayDribbleButNotFallSilent() throws {
        let wire = try Wire()
        try wire.receive("POST /analyze/batch HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n")
        try wire.begin(.ok, ["transfer-encoding": "chunked"])
        for _ in 0..<100 {
            wire.read()
            try wire.pass(59)
            try wire.receive("1\r\nx\r\n")
        }
        #expect(wire.isOpen)
        wire.read()
        try wire.pass(60)
        #expect(!wire.isOpen)
    }

    @Test func aReceiverThatTakesNothingIsClosed() throws {
        let wire = try Wire()
        try wire.receive(Wire.get)
        try wire.begin(.ok, ["content-length": "10"])
        wire.channel.isWritable = false
        wire.channel.pipeline.fireChannelWritabilityChanged()
        try wire.pass(59)
        #expect(wire.isOpen)
        wire.channel.isWritable = true
        wire.channel.pipeline.fireChannelWritabilityChanged()
        try wire.pass(3_600)
        #expect(wire.isOpen)
        wire.channel.isWritable = false
        wire.channel.pipeline.fireChannelWritabilityChanged()
        try wire.pass(60)
        #expect(!wire.isOpen)
    }

    @Test func tooManyConnectionsAreToldSo() throws {
        let wire = try Wire(isRefused: true)
        try wire.collect()
        #expect(wire.output.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n") && wire.output.contains("retry-after: 1"))
        #expect(!wire.isOpen)
    }

    /// The rest of a body is not waited for once its request is refused.
    @Test func aRefusedRequestIsNotReadToItsEnd() throws {
        for status in [HTTPResponseStatus.payloadTooLarge, .unauthorized, .seeOther] {
            let wire = try Wire()
            try wire.receive(Wire.post + "abc")
            try wire.answer(status)
            #expect(wire.output.contains("connection: close") && !wire.isOpen, "\(status.code)")
        }
    }

    @Test func aRequestForAnotherProtocolIsTheLast() throws {
        let wire = try Wire()
        try wire.receive("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n")
        try wire.answer(.ok)
        #expect(wire.output.contains("connection: close") && !wire.isOpen)
    }

    @Test func anErrorThatIsNotOursGoesOn() throws {
        struct Other: Error {}
        let wire = try Wire()
        wire.channel.pipeline.fireErrorCaught(Other())
        #expect(throws: Other.self) { try wire.channel.throwIfErrorCaught() }
        #expect(wire.isOpen)
    }

    // MARK: The end of the program

    @Test func whatRunsMayEndAndIsTheLast() throws {
        let wire = try Wire()
        try wire.receive(Wire.get)
        wire.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try wire.pass(9)
        #expect(wire.isOpen)
        try wire.answer(.ok)
        #expect(wire.output.contains("200 OK") && wire.output.contains("connection: close"))
    }

    @Test func whatDoesNotEndInTimeIsCut() throws {
        let wire = try Wire()
        try wire.receive(Wire.get)
        wire.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try wire.pass(10)
        #expect(!wire.isOpen && wire.output.isEmpty)
    }
}
