import Foundation
import HealthTypes
import Hummingbird
import Logging
import Pipeline
import Store
import Synchronization
import Testing

@testable import Server

/// Who may ask, and under which name.
@Suite(.serialized) struct DoorTests {
    private static let json = "accept: application/json"

    /// The header line with the token.
    private static func token(_ world: ServedWorld) -> String { world.credentials.replacing("\r\n", with: "") }

    // MARK: Hosts

    @Test func onlyKnownHostsAreAnsweredTo() async throws {
        var options = ServerOptions(port: 0)
        options.allowedHosts = [try #require(HostName("claims.example"))]
        try await ServedWorld.run(options) { world async throws in
            func status(_ lines: String...) async throws -> Int {
                let all = lines.map { "host: \($0)" } + [Self.token(world), Self.json]
                let text = "GET /cases HTTP/1.1\r\n" + (all + ["connection: close", "", ""]).joined(separator: "\r\n")
                return try await world.raw(text).status
            }
            for host in [
                "localhost", "LocalHost:\(world.port)", "127.0.0.1", "127.0.0.1:1", "[::1]:8080", "localhost.",
                "claims.example", "Claims.Example:443",
            ] {
                #expect(try await status(host) == 200, "\(host)")
            }
            for host in [
                "evil.example", "evil.example:\(world.port)", "localhost.evil.example", "127.0.0.1.evil.example",
                "127.0.0.2", "[::2]", "sub.claims.example", "0.0.0.0",
            ] {
                #expect(try await status(host) == 421, "\(host)")
            }
            for host in ["", "a b", "user@localhost", "localhost:99999", "localhost:x", "[::1", "local%68ost", "ä"] {
                #expect(try await status(host) == 400, "\(host)")
            }
            #expect(try await status() == 400)
            #expect(try await status("localhost", "localhost") == 400)
            let answer = try await world.ask("GET", "/cases", "host: evil.example", Self.token(world), Self.json)
            #expect(try JSON(parsing: Array(answer.body.utf8))["type"]?.string == "urn:claimwright:problem:misdirected")
            #expect(answer.field("content-type") == "application/problem+json")
        }
    }

    /// What a page does whose name was made to lead to this machine.
    @Test func aReboundNameReadsAndReleasesNothing() async throws {
        try await ServedWorld.run { world async throws in
            let held = try await world.heldClaim("R-1")
            let body = "answer=release&reason=mine&by=Dr.+Evil"
            for lines in [
                ["origin: http://evil.example"], ["origin: http://evil.example", "sec-fetch-site: same-origin"], [],
            ] {
                let head =
                    ["POST /tasks/\(held.taskID) HTTP/1.1", "host: evil.example", Self.token(world)] + lines
                    + [
                        "connection: close", "content-type: \(ServedWorld.form)", "content-length: \(body.utf8.count)",
                        "", "",
                    ]
                #expect(try await world.raw(head.joined(separator: "\r\n") + body).status == 421)
            }
            #expect(
                try await world.ask("GET", "/cases/\(held.caseID)", "host: evil.example", Self.token(world)).status
                    == 421)
            #expect(try await world.getJSON("/tasks/\(held.taskID)").json["state"]?.string == "open")
        }
    }

    @Test func anotherSitesPageChangesNothing() async throws {
        try await ServedWorld.run { world async throws in
            let own = "http://localhost:\(world.port)"
            func status(_ method: String, _ lines: String...) async throws -> Int {
                let all = ["\(method) /intake HTTP/1.1", "host: localhost:\(world.port)", Self.token(world)] + lines
                return try await world.raw(
                    (all + ["connection: close", "content-length: 0", "", ""]).joined(separator: "\r\n")
                )
                .status
            }
            for lines in [
                "x: y", "origin: \(own)", "origin: https://localhost:\(world.port)", "sec-fetch-site: same-origin",
                "sec-fetch-site: none",
            ] {
                // An empty body is not usable: so far it has come.
                #expect(try await status("POST", lines) == 422, "\(lines)")
            }
            for lines in [
                "origin: null", "origin: http://evil.example", "origin: http://localhost",
                "origin: http://127.0.0.1:\(world.port)", "origin: \(own).evil.example", "origin: ",
                "sec-fetch-site: cross-site", "sec-fetch-site: same-site",
            ] {
                for method in ["POST", "PUT", "DELETE", "PATCH"] {
                    #expect(try await status(method, lines) == 403, "\(method) \(lines)")
                }
            }
            #expect(try await status("POST", "sec-fetch-site: same-origin", "origin: http://evil.example") == 403)
            // Where nothing is changed, the sender's page does not matter.
            #expect(try await status("GET", "origin: http://evil.example") == 200)
        }
    }

    // MARK: The token

    @Test func everythingButTheDoorstepNeedsTheToken() async throws {
        try await ServedWorld.run { world async throws in
            let paths = try await world.getJSON("/openapi.json").json["paths"]?.object?.members ?? []
            #expect(paths.count > 20)
            for (path, item) in paths {
                for method in item.object?.members.map(\.name) ?? [] {
                    let target = path.replacing("{id}", with: "X-1").replacing("{pair}", with: "1-1")
                    let answer = try await world.ask(method.uppercased(), target, "host: localhost", Self.json)
                    let isOpen = ["/healthz", "/style.css", "/icon.svg"].contains(path)
                    #expect(answer.status == (isOpen ? 200 : 401), "\(method) \(path)")
                    if !isOpen { #expect(answer.field("www-authenticate") == "Bearer realm=\"claimwright\"") }
                }
            }
            #expect(try await world.ask("GET", "/nowhere", "host: localhost").status == 401)
            #expect(try await world.ask("GET", "//healthz", "host: localhost").status == 401)
            #expect(try await world.ask("HEAD", "/cases", "host: localhost").status == 401)
            let page = try await world.ask("GET", "/cases", "host: localhost", "accept: text/html")
            #expect(page.status == 401 && page.body.contains("<h1>A token is needed</h1>"))
        }
    }

    @Test func anotherTokenDoesNotOpen() async throws {
        let token = AccessToken.make()
        try await ServedWorld.run(ServerOptions(port: 0, access: .token(token))) { world async throws in
            func status(_ credentials: String) async throws -> Int {
                try await world.ask("GET", "/cases", "host: localhost", "authorization: \(credentials)").status
            }
            #expect(try await status("Bearer \(token.secret)") == 200)
            #expect(try await status("bearer  \(token.secret)") == 200)
            for wrong in [
                "", "Bearer", "Bearer ", "Bearer \(token.secret.dropLast())", "Bearer \(token.secret)0",
                "Bearer \(token.secret.uppercased())", "Bearer \(AccessToken.make().secret)", "Basic \(token.secret)",
                token.secret, "Bearer \(token.cookie)",
            ] {
                #expect(try await status(wrong) == 401, "\(wrong.count)")
            }
        }
    }

    @Test func aBrowserGetsACookieForTheLink() async throws {
        let token = AccessToken.make()
        let options = ServerOptions(port: 0, access: .token(token))
        try await ServedWorld.run(options) { world async throws in
            let host = "host: 127.0.0.1:\(world.port)"
            let link = options.link(port: world.port)
            #expect(link == "http://127.0.0.1:\(world.port)/?token=\(token.secret)")
            let first = try await world.ask("GET", "/?token=\(token.secret)", host, "accept: text/html")
            #expect(first.status == 303 && first.field("location") == "/")
            #expect(first.field("referrer-policy") == "no-referrer" && first.field("cache-control") == "no-store")
            #expect(first.field("content-security-policy")?.contains("default-src 'self'") == true)
            let cookie = try #require(first.field("set-cookie"))
            for attribute in ["; HttpOnly", "; SameSite=Strict", "; Path=/"] { #expect(cookie.contains(attribute)) }
            #expect(!cookie.contains(token.secret) && !first.body.contains(token.secret))
            let pair = try #require(cookie.split(separator: ";").first)
            #expect(try await world.ask("GET", "/cases", host, "cookie: \(pair)").status == 200)
            #expect(try await world.ask("GET", "/cases", host, "cookie: a=b; \(pair)").status == 200)
            // Another port of this machine is another service, though browsers send it the same cookies.
            #expect(try await world.ask("GET", "/cases", "host: 127.0.0.1:1", "cookie: \(pair)").status == 401)
            for wrong in ["\(pair)0", "\(pair.dropLast())", "x\(pair)", "\(pair.split(separator: "=")[0])="] {
                #expect(try await world.ask("GET", "/cases", host, "cookie: \(wrong)").status == 401)
            }
            for (target, location) in [
                ("/cases?q=a%26b&token=\(token.secret)&page=2", "/cases?q=a%26b&page=2"),
                ("//evil.example/?token=\(token.secret)", "/evil.example/"),
                ("/%5Cevil.example?token=\(token.secret)", "/%5Cevil.example"),
            ] {
                #expect(try await world.ask("GET", target, host).field("location") == location)
            }
            #expect(try await world.ask("GET", "/?token=\(token.secret)x", host, "cookie: \(pair)").status == 401)
            #expect(try await world.ask("POST", "/intake?token=\(token.secret)", host).status == 401)
        }
    }

    @Test func withoutATokenWhoeverReachesItMayAsk() async throws {
        try await ServedWorld.run(ServerOptions(port: 0, access: .open)) { world async throws in
            #expect(try await world.ask("GET", "/cases", "host: localhost").status == 200)
            #expect(try await world.ask("GET", "/cases", "host: evil.example").status == 421)
        }
    }

    // MARK: Logs

    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private struct Keeper: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.all.withLock { $0.append("\(event.message) \(metadata) \(event.metadata ?? [:])") }
        }
    }

    @Test func theLogDoesNotHoldTheToken() async throws {
        let token = AccessToken.make()
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Keeper(lines: lines) }
        try await ServedWorld.run(ServerOptions(port: 0, access: .token(token)), logger: logger) { world async throws in
            _ = try await world.ask("GET", "/?token=\(token.secret)", "host: localhost")
            _ = try await world.ask("GET", "/cases", "host: localhost", "authorization: Bearer \(token.secret)")
            _ = try await world.raw(
                "GET /?token=\(token.secret) HTTP/1.1\r\nhost: localhost\r\nbad header \(token.secret)\r\n\r\n")
        }
        let all = lines.all.withLock { $0 }
        #expect(!all.isEmpty)
        #expect(!all.contains { $0.contains(token.secret) || $0.contains(token.cookie) })
        var text = ""
        dump(ServerOptions(access: .token(token)), to: &text)
        #expect(!"\(token) \(String(reflecting: token)) \(Access.token(token)) \(text)".contains(token.secret))
    }
}

/// The values that the door goes by.
@Suite struct DoorValueTests {
    private struct Counting: RandomNumberGenerator {
        var count: UInt64 = 0
        mutating func next() -> UInt64 {
            count += 1
            return count
        }
    }

    @Test func aTokenIsMadeOfTheGenerator() {
        var generator = Counting()
        let token = AccessToken.make(using: &generator)
        #expect(token.secret == "0100000000000000" + "0200000000000000" + "0300000000000000" + "0400000000000000")
        #expect(generator.count == 4)
        #expect(AccessToken.make().secret != AccessToken.make().secret)
        #expect(AccessToken(token.secret)?.matches(token.secret) == true)
        #expect(AccessToken(String(repeating: "a", count: 19)) == nil)
        #expect(AccessToken(String(repeating: "a", count: 201)) == nil)
        #expect(AccessToken(String(repeating: "a b", count: 10)) == nil)
        #expect(AccessToken("c29tZXRoaW5nIHNlY3JldA+/=") != nil)
        let chosen = ServerOptions(host: "::", access: .token(AccessToken("c29tZXRoaW5nIHNlY3JldA+/=")!))
        #expect(chosen.link(port: 80) == "http://[::1]:80/?token=c29tZXRoaW5nIHNlY3JldA%2B%2F%3D")
    }

    @Test func loopbackIsThisMachineAlone() {
        for name in ["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "::1", "[::1]"] {
            #expect(HostName(name)?.isLoopback == true, "\(name)")
        }
        for name in ["0.0.0.0", "::", "128.0.0.1", "127.0.0.1.example", "127.0.0.256", "10.0.0.1", "example"] {
            #expect(HostName(name)?.isLoopback != true, "\(name)")
        }
        for name in ["", "a:1", "localhost:", "a/b", "a b", "*.example", "http://a"] {
            #expect(HostName(name) == nil, "\(name)")
        }
    }

    @Test func requestsAndTheirBodiesAreCountedTogether() throws {
        var limits = ServerLimits()
        limits.requests = 2
        limits.bodiesBytes = 1000
        let doors = Doors(hosts: AllowedHosts(listening: "localhost"), access: .open, limits: limits)
        var first: Admission? = try doors.enter()
        let second = try doors.enter()
        #expect(throws: Problem.self) { _ = try doors.enter() }
        try first?.hold(800)
        #expect(throws: Problem.self) { try second.expect(201) }
        #expect(throws: Problem.self) { try second.hold(201) }
        try second.expect(200)
        try second.hold(200)
        #expect(doors.present == (2, 1000))
        first = nil
        #expect(doors.present == (1, 200))
        _ = try doors.enter()
        #expect(doors.present == (1, 200))
    }
}

@Suite(.serialized) struct HealthTests {
    private let start = Instant(CalendarDate(year: 2026, month: 3, day: 3)!, hour: 9)

    @Test func aWorkerThatDoesNotEndItsRoundIsStalled() {
        let clock = ManualClock(start)
        let health = Health(clock: clock, patienceSeconds: 60)
        #expect(health.report().reasons == [.workerAbsent])
        health.workerBegan()
        #expect(health.report() == Health.Report(reasons: [], lastRound: nil))
        clock.advance(to: start.adding(seconds: 60))
        #expect(health.report().reasons == [])
        clock.advance(to: start.adding(seconds: 61))
        #expect(health.report().reasons == [.workerStalled])
        health.workerFinished(at: clock.now)
        #expect(health.report().reasons == [] && health.report().lastRound == clock.now)
        // The begin of another round is no news.
        clock.advance(to: start.adding(seconds: 122))
        health.workerBegan()
        #expect(health.report().reasons == [.workerStalled])
    }

    @Test func aStoreThatFailsIsSaidUntilARoundEnds() {
        let health = Health(clock: ManualClock(start))
        health.workerBegan()
        for fault in Health.StoreFault.allCases {
            health.storeFailed(fault)
            #expect(health.report().reasons.map(\.code) == [fault.rawValue])
        }
        health.workerFinished(at: start)
        #expect(health.report().reasons == [])
    }

    /// What failed is not tried in each round: one that went well between is no reason to call the worker fit.
    @Test func aWorkerThatFailedIsNotFitForAWhile() {
        let clock = ManualClock(start)
        let health = Health(clock: clock, patienceSeconds: 60)
        health.workerBegan()
        health.workerFailed(at: start)
        clock.advance(to: start.adding(seconds: 60))
        health.workerFinished(at: clock.now)
        #expect(health.report().reasons.map(\.code) == ["worker-failed"])
        clock.advance(to: start.adding(seconds: 61))
        #expect(health.report().reasons == [])
    }

    @Test func readinessNamesItsReasons() async throws {
        let clock = ManualClock(start)
        let health = Health(clock: clock)
        try await ServedWorld.run(ServedWorld.hasty, health: health, works: false) { world async throws in
            let absent = try await world.getJSON("/readyz")
            #expect(absent.status == 503 && absent.json["status"]?.string == "not-ready")
            #expect(absent.json["reasons"]?.elements.map(\.string) == ["worker-absent"])
            health.workerFinished(at: clock.now)
            _ = try await world.caseSetAside("SET-1")
            let ready = try await world.getJSON("/readyz")
            #expect(ready.status == 200 && ready.json["status"]?.string == "ready")
            #expect(ready.json["reasons"]?.elements.isEmpty == true && ready.json["cases_set_aside"]?.integer == 1)
            health.storeFailed(.full)
            clock.advance(to: start.adding(hours: 1))
            let stalled = try await world.getJSON("/readyz")
            #expect(stalled.json["reasons"]?.elements.map(\.string) == ["worker-stalled", "store-full"])
            #expect(try await world.getJSON("/healthz").json["status"]?.string == "ok")
        }
    }

    @Test func aRecordThatCannotBeWrittenIsNotReady() async throws {
        let health = Health(clock: ManualClock(start))
        health.workerBegan()
        try await ServedWorld.run(health: health, works: false) { world async throws in
            #expect(try await world.getJSON("/readyz").status == 200)
            #expect(try await world.read { try $0.setting("health.trial") } == nil)
            try await world.store.close()
            let answer = try await world.getJSON("/readyz")
            #expect(answer.status == 503)
            #expect(answer.json["reasons"]?.elements.map(\.string) == ["store-unavailable"])
            // It lives, though: to start it again would mend nothing.
            #expect(try await world.getJSON("/healthz").status == 200)
        }
    }

    /// A mailbox that a person must mend makes the service unfit; one that may come back by itself is shown. Either is seen
    /// at `/readyz`, in the counts and on the page.
    @Test(
        arguments: [
            (DeliveryError.misconfigured, "misconfigured", 503), (.temporary(retryAfter: nil), "unreachable", 200),
        ] as [(DeliveryError, String, Int)])
    func aMailboxThatCannotBeReadIsSeen(error: DeliveryError, code: String, status: Int) async throws {
        let health = Health(clock: ManualClock(start))
        health.workerBegan()
        let payer = LockedPayer(error: error)
        try await ServedWorld.run(ServedWorld.hasty, health: health, payer: payer, works: false) { world async throws in
            #expect(try await world.getJSON("/readyz").json["troubles"]?.elements.isEmpty == true)
            try await world.pipeline.work()
            let answer = try await world.getJSON("/readyz")
            #expect(answer.status == status)
            #expect(answer.json["reasons"]?.elements.map(\.string) == (status == 200 ? [] : ["mailbox-\(code)"]))
            let trouble = answer.json["troubles"]?.elements.first
            #expect(trouble?["place"]?.string == "mailbox" && trouble?["trouble"]?.string == code)
            let metrics = try await world.get("/metrics", accept: "text/plain").body
            #expect(metrics.contains("claimwright_mailbox_failing 1"))
            #expect(metrics.contains("trouble=\"\(code)\""))
            #expect(try await world.get("/").body.contains("mailbox cannot be read"))
        }
    }

    /// The worker beside the service tells what `/readyz` answers by.
    @Test func aWorkerThatRunsMakesTheServiceReady() async throws {
        let health = Health(clock: ManualClock(start))
        try await ServedWorld.run(health: health, works: false) { world async throws in
            #expect(try await world.getJSON("/readyz").status == 503)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await Service.work(world.pipeline, health: health, logger: Logger(label: "test")) }
                _ = try await world.eventually("/readyz") { $0["status"]?.string == "ready" && $0["last_round"] != nil }
                group.cancelAll()
            }
        }
    }
}
