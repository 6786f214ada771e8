import Foundation
import HealthTypes
import Pipeline
import Store
import Testing

@testable import Server

/// What does not follow HTTP or is too much, as it comes over a socket.
@Suite(.serialized) struct LimitTests {
    private static func problem(_ answer: RawAnswer) -> String? {
        (try? JSON(parsing: Array(answer.body.utf8)))?["type"]?.string?.split(separator: ":").last.map(String.init)
    }

    /// Each is answered so, with a problem, and the connection ends by itself.
    private static func expect(
        _ status: Int, _ text: String, in world: ServedWorld, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await world.raw(text)
        #expect(answer.status == status, "\(text.prefix(80))", sourceLocation: sourceLocation)
        #expect(answer.field("content-type") == "application/problem+json", sourceLocation: sourceLocation)
        #expect(answer.field("connection") == "close", sourceLocation: sourceLocation)
        #expect(problem(answer) != nil, sourceLocation: sourceLocation)
    }

    @Test func whatIsNoRequestIsSaid() async throws {
        try await ServedWorld.run { world async throws in
            let sound = "host: localhost\r\n\(world.credentials)"
            for text in [
                "hello\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\(sound)\r\n",
                "GET / HTTP/1.1\r\nhost : x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n",
                "GET cases HTTP/1.1\r\n\(sound)\r\n", "GET * HTTP/1.1\r\n\(sound)\r\n",
                "GET http://evil.example/cases HTTP/1.1\r\n\(sound)\r\n",
                "CONNECT localhost:80 HTTP/1.1\r\n\(sound)\r\n",
                "GET / HTTP/1.1\r\n\(sound)no colon\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}",
                "POST /intake HTTP/1.1\r\n\(sound)content-length: x\r\n\r\n",
                "POST /intake HTTP/1.1\r\n\(sound)content-length: -1\r\n\r\n",
                "POST /intake HTTP/1.1\r\n\(sound)content-length: 1\r\ncontent-length: 2\r\n\r\n",
                "POST /intake HTTP/1.1\r\n\(sound)content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            ] {
                try await Self.expect(400, text, in: world)
            }
            // The whole address is a target too, and an empty line before a request is none of it.
            #expect(
                try await world.raw(
                    "\r\nGET http://localhost/healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
                )
                .status == 200)
        }
    }

    @Test func badPercentEncodingIsSaid() async throws {
        try await ServedWorld.run { world async throws in
            let rest = "host: localhost\r\n\(world.credentials)connection: close\r\n\r\n"
            for target in [
                "/cases?q=%", "/cases?q=%4", "/cases?q=%zz", "/cases?q=%-1", "/cases?q=%80", "/cases?q=%c3%28",
                "/cases?q=%00", "/cases/%ff", "/%", "/cases/%e4",
            ] {
                try await Self.expect(400, "GET \(target) HTTP/1.1\r\n\(rest)", in: world)
            }
            #expect(try await world.raw("GET /cases?q=%C3%A4%25+x HTTP/1.1\r\n\(rest)").status == 200)
        }
    }

    @Test func longAddressesAndLargeHeadsAreSaid() async throws {
        try await ServedWorld.run { world async throws in
            let sound = "host: localhost\r\n\(world.credentials)connection: close\r\n"
            for count in [8_200, 16_000, 17_000, 60_000, 300_000] {
                let long = String(repeating: "a", count: count)
                try await Self.expect(414, "GET /cases?q=\(long) HTTP/1.1\r\n\(sound)\r\n", in: world)
            }
            let fits = String(repeating: "a", count: 8_000)
            #expect(try await world.raw("GET /cases?q=\(fits) HTTP/1.1\r\n\(sound)\r\n").status == 200)
            let wide = "x: \(String(repeating: "b", count: 20_000))\r\n"
            try await Self.expect(431, "GET /cases HTTP/1.1\r\n\(sound)\(wide)\r\n", in: world)
            let name = "\(String(repeating: "n", count: 20_000)): x\r\n"
            try await Self.expect(431, "GET /cases HTTP/1.1\r\n\(sound)\(name)\r\n", in: world)
            let many = (0..<120).map { "x\($0): y\r\n" }.joined()
            try await Self.expect(431, "GET /cases HTTP/1.1\r\n\(sound)\(many)\r\n", in: world)
            let sum = (0..<5).map { "x\($0): \(String(repeating: "c", count: 9_000))\r\n" }.joined()
            try await Self.expect(431, "GET /cases HTTP/1.1\r\n\(sound)\(sum)\r\n", in: world)
        }
    }

    @Test func aBodyThatIsCutOrBrokenIsNotTaken() async throws {
        try await ServedWorld.run { world async throws in
            let claim = ServedWorld.claim("CUT-1")
            let head =
                "POST /claims HTTP/1.1\r\nhost: localhost\r\n\(world.credentials)content-type: application/json\r\n"
            let chunked = head + "transfer-encoding: chunked\r\n\r\n"
            let size = String(claim.utf8.count, radix: 16)
            try await Self.expect(400, chunked + "zz\r\n\(claim)\r\n0\r\n\r\n", in: world)
            try await Self.expect(400, chunked + "\(size)\r\n\(claim)\r\nnonsense\r\n", in: world)
            try await Self.expect(400, chunked + "\(size)\r\n\(claim)X\r\n0\r\n\r\n", in: world)
            // The whole claim has come, but what was announced has not.
            for (lines, body) in [
                ("content-length: \(claim.utf8.count + 1)\r\n\r\n", claim),
                ("transfer-encoding: chunked\r\n\r\n", "\(size)\r\n\(claim)\r\n"),
            ] {
                let connection = try RawConnection(port: world.port)
                await connection.send(head + lines + body)
                connection.endSending()
                let text = try #require(await connection.receiveAll())
                #expect(RawAnswer(text)?.status == 400)
            }
            #expect(try await world.read { try $0.totals().cases } == 0)
            let whole = try await world.raw(
                head + "connection: close\r\ncontent-length: \(claim.utf8.count)\r\n\r\n\(claim)")
            #expect(whole.status == 201 || whole.status == 202)
        }
    }

    @Test func bodiesHaveOneLimitEachAndOneTogether() async throws {
        var options = ServerOptions(port: 0, maximumBodyBytes: 5_000)
        options.limits.bodiesBytes = 3_000
        try await ServedWorld.run(options) { world async throws in
            let head = "POST /intake HTTP/1.1\r\nhost: localhost\r\n\(world.credentials)"
            // By what is said, and by what comes; the rest is not waited for.
            try await Self.expect(413, head + "content-length: 5001\r\n\r\n", in: world)
            for lines in ["content-length: 4000\r\n\r\n", "transfer-encoding: chunked\r\n\r\nbb9\r\n"] {
                let text = head + lines + String(repeating: "x", count: 0xbb9)
                try await Self.expect(503, text, in: world)
                let answer = try await world.raw(text)
                #expect(Self.problem(answer) == "crowded" && answer.field("retry-after") == "5")
            }
            // What was refused holds nothing.
            let body = String(repeating: "x", count: 2_900)
            let fits = try await world.raw(head + "connection: close\r\ncontent-length: 2900\r\n\r\n\(body)")
            #expect(fits.status == 422)
            // A batch needs room for a group of its lines.
            let batch = try await world.raw(
                "POST /analyze/batch HTTP/1.1\r\nhost: localhost\r\n\(world.credentials)connection: close\r\n"
                    + "content-length: 0\r\n\r\n")
            #expect(batch.status == 503 && Self.problem(batch) == "crowded")
        }
    }

    @Test func tooManyRequestsAreToldSo() async throws {
        var options = ServerOptions(port: 0)
        options.limits.requests = 0
        try await ServedWorld.run(options) { world async throws in
            let answer = try await world.ask(
                "GET", "/cases", "host: localhost", world.credentials.replacing("\r\n", with: ""))
            #expect(answer.status == 503 && answer.field("retry-after") == "1")
            #expect(try await world.ask("GET", "/healthz", "host: localhost").status == 200)
        }
    }

    /// A batch counts until its last answer is out, a connection until it is closed.
    @Test func oneAfterTheOther() async throws {
        var options = ServerOptions(port: 0)
        options.limits.requests = 1
        options.limits.connections = 2
        try await ServedWorld.run(options) { world async throws in
            let credentials = world.credentials.replacing("\r\n", with: "")
            let batch = try RawConnection(port: world.port)
            await batch.send(
                "POST /analyze/batch HTTP/1.1\r\nhost: localhost\r\n\(world.credentials)transfer-encoding: chunked\r\n\r\n"
            )
            await batch.sendChunk("oops\n")
            #expect(await batch.receive(until: "\"line\":1").contains("200 OK"))
            #expect(try await world.ask("GET", "/cases", "host: localhost", credentials).status == 503)
            await batch.send("0\r\n\r\n")
            #expect(await batch.receive(until: "\r\n0\r\n\r\n").hasSuffix("\r\n0\r\n\r\n"))
            #expect(try await world.ask("GET", "/cases", "host: localhost", credentials).status == 200)
            // Two connections stand; the third is told so before it has asked anything.
            var second: RawConnection?
            for _ in 0..<100 where second == nil {
                // Those from before may take a moment to be gone.
                let next = try RawConnection(port: world.port)
                await next.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
                if await next.receive(until: "\"ok\"").contains("200 OK") { second = next }
            }
            try #require(second != nil)
            let third = try RawConnection(port: world.port)
            let text = try #require(await third.receiveAll())
            let answer = try #require(RawAnswer(text))
            #expect(answer.status == 503 && Self.problem(answer) == "connections")
            #expect(answer.field("retry-after") == "1")
        }
    }

    /// Requests that come in one piece are answered in their order, and what follows a bad one is not looked at.
    @Test func piecesAreAnsweredInTheirOrder() async throws {
        try await ServedWorld.run { world async throws in
            let good = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"
            let connection = try RawConnection(port: world.port)
            await connection.send(good + good + "nonsense\r\n\r\n" + good)
            let text = try #require(await connection.receiveAll())
            let statuses = text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["200", "200", "400"])
        }
    }

    @Test func whatWasRefusedAtTheDoorIsCounted() async throws {
        try await ServedWorld.run { world async throws in
            _ = try await world.raw("hello\r\n\r\n")
            let text = try await world.get("/metrics").body
            #expect(text.contains("http_requests_total{method=\"other\",route=\"Refused\",status=\"400\"} 1\n"))
        }
    }
}
