public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import Pipeline

/// Where the service listens, to whom it answers, and what it takes.
public struct ServerOptions: Sendable {
    public var host: String
    /// 0 for any free port.
    public var port: Int
    /// Of a file or interchange; a larger one is answered by 413. Claims, forms and questions have 2 MiB at most.
    public var maximumBodyBytes: Int
    /// How long a claim that was posted is waited for; what is not judged by then is answered by 202.
    public var judgingSeconds = 10.0
    /// How old the counts of the dashboard, the metrics and the lists' heads may be; older where counting takes more than a
    /// twentieth of that. 0 to count at each look.
    public var countingSeconds = 10
    /// Who may ask. Where nothing is said, a token that nobody has been told yet.
    public var access: Access
    /// Names under which it is asked beside `host`, localhost, 127.0.0.1 and [::1], such as that of a proxy's site.
    public var allowedHosts: [HostName] = []
    public var limits = ServerLimits()

    public init(
        host: String = "127.0.0.1", port: Int = 8080, maximumBodyBytes: Int = 64 << 20,
        access: Access = .token(.make())
    ) {
        self.host = host
        self.port = port
        self.maximumBodyBytes = maximumBodyBytes
        self.access = access
    }

    /// The address that opens the service in a browser: with the token, for which the browser is given a cookie.
    ///
    /// - Parameter port: The port that is listened on, where ``port`` is 0.
    public func link(port: Int) -> String {
        let name =
            switch host {
            case "0.0.0.0": "127.0.0.1"
            case "::": "[::1]"
            default: HostName(host)?.inAddress ?? host
            }
        let query = if case .token(let token) = access { FormFields.query([("token", token.secret)]) } else { "" }
        return "http://\(name):\(port)/\(query)"
    }
}

/// The HTTP API and the pages over a pipeline.
///
///     let application = Service.application(pipeline: pipeline) { port in print("http://127.0.0.1:\(port)/") }
///     try await application.runService()
///
/// Beside it somebody works what comes in: ``work(_:health:logger:)``.
///
/// It knows no users: whoever has the token may read and answer everything. Bind it to the loopback address, or put a
/// proxy before it that knows who is asking and speaks TLS.
public enum Service {
    private static func router(_ site: Site) -> Router<ServiceContext> {
        let endpoints = site.endpoints
        let router = Router(context: ServiceContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: Frontier(endpoints: endpoints, doors: site.doors, counters: site.counters))
        for endpoint in endpoints {
            let serve: @Sendable (Request, ServiceContext) async throws -> Response = { request, context in
                let exchange = Exchange(request: request, context: context)
                try exchange.checkQuery(of: endpoint)
                return try await endpoint.respond(exchange)
            }
            router.on(RouterPath(endpoint.path), method: endpoint.method, use: serve)
            // A list has its JSON under its own address too; `{id}` takes the ending along.
            if endpoint.method == .get, endpoint.isList {
                router.on(RouterPath(endpoint.path + ".json"), method: .get, use: serve)
            }
        }
        return router
    }

    /// The service, ready to run; `onServerRunning` is told the port that it listens on.
    ///
    /// The log gets a line for each fault of the service's own: a route and a kind of error, never data, an address
    /// or the token. Told to end, it takes no more requests and lets those that run end, for as long as
    /// ``ServerLimits/ending``.
    ///
    /// - Parameter health: What `/readyz` answers by. Without it there is no worker to the service's knowledge.
    public static func application(
        pipeline: Pipeline, options: ServerOptions = ServerOptions(), health: Health? = nil,
        logger: Logger = Logger(label: "claimwright"),
        onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let site = Site(pipeline: pipeline, options: options, health: health ?? Health(clock: pipeline.clock))
        return Application(
            router: router(site),
            server: HTTPServerBuilder { responder in
                DoorChannel(responder: responder, limits: options.limits, counters: site.counters)
            },
            configuration: ApplicationConfiguration(address: .hostname(options.host, port: options.port)),
            onServerRunning: { await onServerRunning($0.localAddress?.port ?? options.port) }, logger: logger)
    }
}
