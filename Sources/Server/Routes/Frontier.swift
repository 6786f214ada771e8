import HealthTypes
import Hummingbird
import Logging
import Synchronization

/// What every request passes: the doors, errors made into answers, security headers, counters.
struct Frontier: RouterMiddleware {
    typealias Context = ServiceContext

    let endpoints: [Endpoint]
    let doors: Doors
    let counters: RequestCounters

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await admit(request, context, next)
        } catch {
            let problem = problem(for: error, request, context)
            // That the service is busy is an answer and no fault; at that moment a line each would not help.
            if problem.status.code >= 500, problem.retryAfterSeconds == nil {
                // The kind of fault only: an error's own words may hold data.
                context.logger.error("\(request.method.rawValue) \(context.endpointPath ?? "-"): \(type(of: error))")
            }
            response = Self.answer(problem, to: request)
        }
        Self.secure(&response)
        counters.count(
            method: request.method.rawValue, route: context.endpointPath ?? "NotFound",
            status: Int(response.status.code))
        return response
    }

    // MARK: Admission

    private func admit(
        _ request: Request, _ context: ServiceContext, _ next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let authority = try doors.authority(of: request)
        if Doors.isForeign(request, for: authority) { throw Problem.foreignOrigin }
        if let exchanged = try doors.check(request, for: authority) { return exchanged }
        // What asks whether the service lives is answered at any load.
        if request.uri.path == "/healthz" { return try await next(request, context) }
        let admission = try doors.enter()
        var context = context
        context.admission = admission
        var response = try await next(request, context)
        // An answer that is made while it is sent is at work until its end.
        if response.body.contentLength == nil {
            let body = response.body
            response.body = ResponseBody { writer in
                defer { withExtendedLifetime(admission) {} }
                try await body.write(writer)
            }
        }
        return response
    }

    // MARK: Errors

    private func problem(for error: any Error, _ request: Request, _ context: ServiceContext) -> Problem {
        guard let http = error as? HTTPError, http.status == .notFound else { return Problem(error) }
        // Nothing is routed there; perhaps with another method.
        let allowed = endpoints.filter { $0.matches(request.uri.path) }.map(\.method.rawValue)
        guard !allowed.isEmpty else { return .notFound("address") }
        var problem = Problem.methodNotAllowed
        problem.allowed = Set(allowed + (allowed.contains("GET") ? ["HEAD"] : [])).sorted()
        return problem
    }

    static func answer(_ problem: Problem, to request: Request) -> Response {
        var response =
            Exchange.isBrowser(request)
            ? Response.page(ErrorPage.page(problem), status: problem.status)
            : Response.text(problem.json.text + "\n", "application/problem+json", status: problem.status)
        if problem.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"claimwright\"" }
        if !problem.allowed.isEmpty { response.headers[.allow] = problem.allowed.joined(separator: ", ") }
        if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    // MARK: Headers

    /// What every answer says, its names made once.
    private static let securityHeaders: [(HTTPFields.Name, String)] = [
        (
            "content-security-policy",
            "default-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; "
                + "form-action 'self'; frame-ancestors 'none'"
        ), ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
    ].compactMap { name, value in HTTPFields.Name(name).map { ($0, value) } }

    private static func secure(_ response: inout Response) {
        for (name, value) in securityHeaders { response.headers[name] = value }
        // Everything may hold patients' data unless its handler has said otherwise.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }
}

/// Counts answers by method, route and status, never by address.
final class RequestCounters: Sendable {
    struct Key: Hashable, Sendable, Comparable {
        var method: String
        var route: String
        var status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
    private let counts = Mutex<[Key: Int]>([:])

    func count(method: String, route: String, status: Int) {
        let key = Key(method: Self.methods.contains(method) ? method : "other", route: route, status: status)
        counts.withLock { $0[key, default: 0] += 1 }
    }

    var snapshot: [(key: Key, count: Int)] {
        counts.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
