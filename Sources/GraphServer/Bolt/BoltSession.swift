/// The rows of one query.
public struct BoltResult: Sendable, Hashable {
    public var columns: [String] = []
    public var rows: [[PackStreamValue]] = []
    /// What a statement did, such as `nodes-created`; empty where the server does not say.
    public var counters: [String: Int] = [:]

    public init(columns: [String] = [], rows: [[PackStreamValue]] = [], counters: [String: Int] = [:]) {
        self.columns = columns
        self.rows = rows
        self.counters = counters
    }
}

/// The client's side of a Bolt connection behind the handshake, without any network.
///
/// Several queries are sent at once and answered in their order. After a FAILURE the server ignores what follows until
/// RESET, which is sent by itself; only then are the queries given back as failed, so that the connection is ready.
public struct BoltSession: Sendable {
    public enum Action: Sendable, Equatable {
        case none
        case send([BoltRequest])
        /// The connection takes queries.
        case ready
        /// All queries are answered.
        case finish([BoltResult])
        /// The queries failed, and the connection takes others.
        case fail(GraphServerError)
        /// The connection is of no more use.
        case close(GraphServerError)
    }

    private enum State: Sendable {
        case new
        /// After HELLO or LOGON.
        case greeting, loggingOn
        case ready
        /// Answers to ``batch`` are coming.
        case busy
        /// The queries have failed; answers to what was sent are outstanding, the last of them to RESET.
        case resetting(GraphServerError, outstanding: Int)
        case closed
    }

    private struct Batch: Sendable {
        var results: [BoltResult] = []
        /// The query whose answers are coming, and whether its RUN is answered.
        var current = 0
        var isRunning = false
        var rows = 0

        /// Messages that the server has not answered.
        var outstanding: Int { (results.count - current) * 2 - (isRunning ? 1 : 0) }
    }

    private let version: BoltVersion
    private let credentials: BoltCredentials
    private let agent: String
    private let database: String?
    /// Over all queries of one batch.
    private let maximumRows: Int
    private var state = State.new
    /// Beside the state and not inside of it, so that rows are added in place.
    private var batch = Batch()
    /// What the server calls itself, such as `Neo4j/5.13.0`.
    public private(set) var server = ""

    /// What the server has refused, while RESET is not answered.
    public var outstandingFailure: GraphServerError? {
        if case .resetting(let error, _) = state { error } else { nil }
    }

    public init(
        version: BoltVersion, credentials: BoltCredentials, agent: String, database: String?,
        maximumRows: Int = 1_000_000
    ) {
        self.version = version
        self.credentials = credentials
        self.agent = agent
        self.database = database
        self.maximumRows = maximumRows
    }

    /// Greets the server.
    public mutating func start() -> Action {
        guard case .new = state else { return close(.protocolViolation) }
        state = .greeting
        var extra: [String: PackStreamValue] = ["user_agent": .string(agent)]
        if version.hasAgent { extra["bolt_agent"] = ["product": .string(agent)] }
        if !version.hasLogon { extra.merge(credentials.fields) { $1 } }
        return .send([.hello(extra)])
    }

    public mutating func run(_ queries: [BoltQuery]) -> Action {
        guard case .ready = state else { return .fail(.protocolViolation) }
        guard !queries.isEmpty else { return .finish([]) }
        state = .busy
        batch = Batch(results: Array(repeating: BoltResult(), count: queries.count))
        return .send(queries.flatMap { [.run($0, database: database), .pullAll] })
    }

    /// Takes leave; the server then closes.
    public mutating func quit() -> Action {
        switch state {
        case .new, .closed: return .none
        default:
            state = .closed
            return .send([.goodbye])
        }
    }

    public mutating func received(_ response: BoltResponse) -> Action {
        switch state {
        case .new, .ready: return close(.protocolViolation)
        case .closed: return .none
        case .greeting: return greeted(response)
        case .loggingOn:
            guard case .success = response else { return refused(response) }
            state = .ready
            return .ready
        case .busy: return answered(response)
        case .resetting(let error, let outstanding): return settling(response, error, outstanding)
        }
    }

    private mutating func close(_ error: GraphServerError) -> Action {
        state = .closed
        return .close(error)
    }

    private mutating func greeted(_ response: BoltResponse) -> Action {
        guard case .success(let metadata) = response else { return refused(response) }
        server = metadata["server"]?.string ?? ""
        guard version.hasLogon else {
            state = .ready
            return .ready
        }
        state = .loggingOn
        return .send([.logon(credentials.fields)])
    }

    private mutating func refused(_ response: BoltResponse) -> Action {
        guard case .failure(let code) = response else { return close(.protocolViolation) }
        return close(code.hasPrefix("Neo.ClientError.Security.") ? .credentialsRefused : .refused(code: code))
    }

    private mutating func answered(_ response: BoltResponse) -> Action {
        switch response {
        case .success(let metadata):
            if batch.isRunning {
                guard metadata["has_more"] != .boolean(true) else { return close(.protocolViolation) }
                batch.results[batch.current].counters = metadata["stats"]?.map?.compactMapValues(\.integer) ?? [:]
                batch.current += 1
            } else {
                batch.results[batch.current].columns = metadata["fields"]?.list?.compactMap(\.string) ?? []
            }
            batch.isRunning.toggle()
            guard batch.current < batch.results.count else {
                state = .ready
                defer { batch = Batch() }
                return .finish(batch.results)
            }
            return .none
        case .record(let values):
            guard batch.isRunning, values.count == batch.results[batch.current].columns.count else {
                return close(.protocolViolation)
            }
            batch.rows += 1
            guard batch.rows <= maximumRows else { return close(.tooLarge) }
            batch.results[batch.current].rows.append(values)
            return .none
        case .failure(let code):
            // One fewer is outstanding, and RESET is one more.
            state = .resetting(.refused(code: code), outstanding: batch.outstanding)
            batch = Batch()
            return .send([.reset])
        case .ignored: return close(.protocolViolation)
        }
    }

    private mutating func settling(
        _ response: BoltResponse, _ error: GraphServerError, _ outstanding: Int
    ) -> Action {
        switch response {
        case .ignored where outstanding > 1:
            state = .resetting(error, outstanding: outstanding - 1)
            return .none
        case .success where outstanding == 1:
            state = .ready
            return .fail(error)
        // A server that goes on where it should ignore has lost its place: what failed is the thing to tell.
        default: return close(error)
        }
    }
}
