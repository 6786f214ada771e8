import GraphServer
import Testing

/// What a session says to each answer of a server, without a network.
@Suite("Bolt: the session")
struct SessionTests {
    static let code = "Neo.ClientError.Statement.SyntaxError"

    func session(_ major: UInt8, _ minor: UInt8, maximumRows: Int = 10) -> BoltSession {
        BoltSession(
            version: BoltVersion(major, minor), credentials: .basic(user: "u", password: "p"), agent: "a/1",
            database: "d", maximumRows: maximumRows)
    }

    func ready(maximumRows: Int = 10) -> BoltSession {
        var session = session(5, 4, maximumRows: maximumRows)
        _ = session.start()
        _ = session.received(.success([:]))
        #expect(session.received(.success([:])) == .ready)
        return session
    }

    let first = BoltQuery("RETURN $a AS a", ["a": 1])
    let second = BoltQuery("CREATE (n)")

    @Test("Bolt 5.4: HELLO with the agent, then LOGON with the credentials")
    func greeting() {
        var session = session(5, 4)
        #expect(session.start() == .send([.hello(["user_agent": "a/1", "bolt_agent": ["product": "a/1"]])]))
        #expect(
            session.received(.success(["server": "Neo4j/5.13.0"]))
                == .send([.logon(["scheme": "basic", "principal": "u", "credentials": "p"])]))
        #expect(session.received(.success([:])) == .ready)
        #expect(session.server == "Neo4j/5.13.0")
    }

    @Test("Bolt 5.0 and 4.4: HELLO with the credentials, and no LOGON", arguments: [(5, 0), (4, 4)])
    func oldGreeting(major: Int, minor: Int) {
        var session = session(UInt8(major), UInt8(minor))
        #expect(
            session.start()
                == .send([.hello(["user_agent": "a/1", "scheme": "basic", "principal": "u", "credentials": "p"])]))
        #expect(session.received(.success([:])) == .ready)
    }

    @Test("Refused credentials, and another refusal, end the connection")
    func refused() {
        var one = session(5, 4)
        _ = one.start()
        _ = one.received(.success([:]))
        #expect(one.received(.failure(code: "Neo.ClientError.Security.Unauthorized")) == .close(.credentialsRefused))
        var other = session(5, 4)
        _ = other.start()
        let code = "Neo.ClientError.Request.Invalid"
        #expect(other.received(.failure(code: code)) == .close(.refused(code: code)))
    }

    @Test("Two queries are sent at once and answered in their order")
    func queries() {
        var session = ready()
        #expect(
            session.run([first, second])
                == .send([.run(first, database: "d"), .pullAll, .run(second, database: "d"), .pullAll]))
        #expect(session.received(.success(["fields": ["a"], "qid": 0])) == .none)
        #expect(session.received(.record([1])) == .none)
        #expect(session.received(.record([2])) == .none)
        #expect(session.received(.success(["t_last": 1])) == .none)
        #expect(session.received(.success(["fields": []])) == .none)
        #expect(
            session.received(.success(["stats": ["nodes-created": 1]]))
                == .finish([
                    BoltResult(columns: ["a"], rows: [[1], [2]]), BoltResult(counters: ["nodes-created": 1]),
                ]))
        #expect(session.run([second]) == .send([.run(second, database: "d"), .pullAll]))
    }

    @Test("A failure of the first query: RESET, and what follows is ignored until it is answered")
    func failure() {
        var session = ready()
        _ = session.run([first, second])
        #expect(session.received(.failure(code: Self.code)) == .send([.reset]))
        #expect(session.outstandingFailure == .refused(code: Self.code))
        // PULL of the first, RUN and PULL of the second.
        for _ in 0..<3 { #expect(session.received(.ignored) == .none) }
        #expect(session.received(.success([:])) == .fail(.refused(code: Self.code)))
        #expect(session.outstandingFailure == nil)
        #expect(session.run([first]) == .send([.run(first, database: "d"), .pullAll]))
    }

    @Test("A failure amid the rows of the last query")
    func lateFailure() {
        var session = ready()
        _ = session.run([first])
        _ = session.received(.success(["fields": ["a"]]))
        _ = session.received(.record([1]))
        #expect(session.received(.failure(code: Self.code)) == .send([.reset]))
        #expect(session.received(.success([:])) == .fail(.refused(code: Self.code)))
    }

    @Test("A server that goes on after a failure is left, and the failure told")
    func lostPlace() {
        var session = ready()
        _ = session.run([first, second])
        _ = session.received(.failure(code: Self.code))
        #expect(session.received(.success(["fields": ["a"]])) == .close(.refused(code: Self.code)))
        #expect(session.received(.record([1])) == .none)
    }

    @Test("What does not belong where it comes ends the connection")
    func violations() {
        var silent = ready()
        #expect(silent.received(.record([1])) == .close(.protocolViolation))
        var early = ready()
        _ = early.run([first])
        #expect(early.received(.record([1])) == .close(.protocolViolation))
        var wide = ready()
        _ = wide.run([first])
        _ = wide.received(.success(["fields": ["a"]]))
        #expect(wide.received(.record([1, 2])) == .close(.protocolViolation))
        var ignoring = ready()
        _ = ignoring.run([first])
        #expect(ignoring.received(.ignored) == .close(.protocolViolation))
        var partial = ready()
        _ = partial.run([first])
        _ = partial.received(.success(["fields": ["a"]]))
        #expect(partial.received(.success(["has_more": true])) == .close(.protocolViolation))
    }

    @Test("More rows than the limit, over all queries, end the connection")
    func tooManyRows() {
        var session = ready(maximumRows: 2)
        _ = session.run([first, first])
        for _ in 0..<2 {
            _ = session.received(.success(["fields": ["a"]]))
            _ = session.received(.record([1]))
            if session.received(.success([:])) != .none { break }
        }
        var other = ready(maximumRows: 2)
        _ = other.run([first])
        _ = other.received(.success(["fields": ["a"]]))
        #expect(other.received(.record([1])) == .none)
        #expect(other.received(.record([1])) == .none)
        #expect(other.received(.record([1])) == .close(.tooLarge))
    }

    @Test("No queries before the server is ready, or while others run; none at all are answered at once")
    func order() {
        var new = session(5, 4)
        #expect(new.run([first]) == .fail(.protocolViolation))
        var busy = ready()
        #expect(busy.run([]) == .finish([]))
        _ = busy.run([first])
        #expect(busy.run([first]) == .fail(.protocolViolation))
    }

    @Test("GOODBYE is said once")
    func goodbye() {
        var session = ready()
        #expect(session.quit() == .send([.goodbye]))
        #expect(session.quit() == .none)
        #expect(session.received(.success([:])) == .none)
    }
}
