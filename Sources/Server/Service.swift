public import Hummingbird
public import Logging
public import Pipeline

/// Where the service listens and what it takes.
public struct ServerOptions: Sendable {
    public var host: String
    /// 0 for any free port.
    public var port: Int
    /// Of a file or interchange; a larger one is answered by 413. Claims, forms and questions have 2 MiB at most.
    public var maximumBodyBytes: Int
    /// Who has answered a task where the answer does not say.
    public var personName: String

    public init(
        host: String = "127.0.0.1", port: Int = 8080, maximumBodyBytes: Int = 64 << 20, personName: String = "web"
    ) {
        self.host = host
        self.port = port
        self.maximumBodyBytes = maximumBodyBytes
        self.personName = personName
    }
}

/// The HTTP API and the pages over a pipeline.
///
///     let application = Service.application(pipeline: pipeline) { port in print("http://127.0.0.1:\(port)/") }
///     try await application.runService()
///
/// It knows no users: whoever reaches it may read and answer everything. Bind it to the loopback address, or put a
/// proxy before it that knows who is asking.
public enum Service {
    /// All routes.
    public static func router(
        pipeline: Pipeline, options: ServerOptions = ServerOptions()
    ) -> Router<ServiceContext> {
        let site = Site(pipeline: pipeline, options: options)
        let endpoints = site.endpoints
        let router = Router(context: ServiceContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: Frontier(endpoints: endpoints, counters: site.counters))
        for endpoint in endpoints {
            let serve: @Sendable (Request, ServiceContext) async throws -> Response = { request, context in
                try await endpoint.respond(Exchange(request: request, context: context))
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
    /// The log gets a line for each fault of the service's own: a route and a kind of error, never data.
    public static func application(
        pipeline: Pipeline, options: ServerOptions = ServerOptions(), logger: Logger = Logger(label: "claimwright"),
        onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(pipeline: pipeline, options: options),
            configuration: ApplicationConfiguration(address: .hostname(options.host, port: options.port)),
            onServerRunning: { await onServerRunning($0.localAddress?.port ?? options.port) }, logger: logger)
    }
}
