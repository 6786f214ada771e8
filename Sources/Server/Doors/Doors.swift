import Hummingbird
import Synchronization

/// What decides whether a request comes in: the hosts that are answered to, the token, and the load.
final class Doors: Sendable {
    let hosts: AllowedHosts
    let access: Access
    let limits: ServerLimits
    private let load = Mutex(Load())

    private struct Load {
        var requests = 0
        var bytes = 0
    }

    init(hosts: AllowedHosts, access: Access, limits: ServerLimits) {
        self.hosts = hosts
        self.access = access
        self.limits = limits
    }

    // MARK: Who asks

    /// What is answered without a token: it says nothing of anybody.
    static let openPaths: Set<String> = ["/healthz", "/style.css", "/icon.svg"]

    /// The host that a request is for.
    ///
    /// - Throws: 400 where none is named, 421 for one that is not ours.
    func authority(of request: Request) throws(Problem) -> Authority {
        guard let authority = Authority(request.head.authority ?? "") else { throw .badHost }
        guard hosts.contains(authority) else { throw .misdirected }
        return authority
    }

    /// Whether a request that may change something comes from another site's page. Programs send neither header.
    static func isForeign(_ request: Request, for authority: Authority) -> Bool {
        guard request.method != .get, request.method != .head else { return false }
        if let site = request.headers[text: "sec-fetch-site"], site != "same-origin", site != "none" { return true }
        return request.headers[text: "origin"].map { !authority.isOrigin($0) } ?? false
    }

    /// Nothing where the request may pass; where a browser brings the token in its address, the answer that puts a
    /// cookie in its place and leads to the same address without it.
    ///
    /// - Throws: 401 without the token, or with another one.
    func check(_ request: Request, for authority: Authority) throws(Problem) -> Response? {
        guard case .token(let token) = access, !Self.openPaths.contains(request.uri.path) else { return nil }
        if let credentials = request.headers[.authorization] {
            guard let offered = Self.bearer(credentials), token.matches(offered) else { throw .noToken }
            return nil
        }
        let name = Self.cookieName(authority)
        if request.method == .get || request.method == .head, let query = request.uri.query,
            let fields = FormFields(query.utf8), let offered = fields["token"]
        {
            guard token.matches(offered) else { throw .noToken }
            var response = Response.seeOther(Self.address(of: request, without: "token", query))
            response.headers[.setCookie] =
                "\(name)=\(token.cookie); Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"
            return response
        }
        guard let offered = Self.cookie(name, in: request), token.matches(cookie: offered) else { throw .noToken }
        return nil
    }

    private static func bearer(_ credentials: String) -> Substring? {
        let parts = credentials.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1].drop { $0 == " " }
    }

    /// Browsers send a host's cookies to all of its ports: each port has a name of its own.
    private static func cookieName(_ authority: Authority) -> String {
        authority.port.map { "claimwright-\($0)" } ?? "claimwright"
    }

    private static func cookie(_ name: String, in request: Request) -> Substring? {
        guard let header = request.headers[.cookie] else { return nil }
        for pair in header.split(separator: ";") {
            let pair = pair.drop { $0 == " " }
            if pair.hasPrefix(name), pair.dropFirst(name.count).first == "=" { return pair.dropFirst(name.count + 1) }
        }
        return nil
    }

    /// The address as it came, all fields of its query but one. It begins with one slash, so that it leads to no
    /// other host.
    private static func address(of request: Request, without name: String, _ query: String) -> String {
        let rest = query.split(separator: "&").filter { $0 != name && !$0.hasPrefix("\(name)=") }
        let path = "/" + request.uri.path.drop { $0 == "/" || $0 == "\\" }
        return rest.isEmpty ? path : path + "?" + rest.joined(separator: "&")
    }

    // MARK: Load

    /// Takes a request on; it counts until what is returned is let go.
    ///
    /// - Throws: 503 where as many are being answered as may.
    func enter() throws(Problem) -> Admission {
        let isAdmitted = load.withLock { load in
            guard load.requests < limits.requests else { return false }
            load.requests += 1
            return true
        }
        guard isAdmitted else { throw .busy }
        return Admission(self)
    }

    fileprivate func hasRoom(for count: Int) -> Bool { load.withLock { count <= limits.bodiesBytes - $0.bytes } }

    fileprivate func take(_ count: Int) -> Bool {
        load.withLock { load in
            guard count <= limits.bodiesBytes - load.bytes else { return false }
            load.bytes += count
            return true
        }
    }

    fileprivate func leave(holding bytes: Int) {
        load.withLock { load in
            load.requests -= 1
            load.bytes -= bytes
        }
    }

    /// Requests that are being answered, and the bytes of their bodies.
    var present: (requests: Int, bytes: Int) { load.withLock { ($0.requests, $0.bytes) } }
}

/// A request that is being answered, with the bytes of its body that are held for it. Gone, it frees both.
final class Admission: Sendable {
    private let doors: Doors
    private let held = Mutex(0)

    fileprivate init(_ doors: Doors) { self.doors = doors }

    deinit { doors.leave(holding: held.withLock { $0 }) }

    /// Refuses at once a body of which it is known that it has no room now.
    ///
    /// - Throws: 503
    func expect(_ count: Int) throws(Problem) {
        guard doors.hasRoom(for: count) else { throw .crowded }
    }

    /// Holds some bytes more.
    ///
    /// - Throws: 503 where all requests together would hold too many.
    func hold(_ count: Int) throws(Problem) {
        guard doors.take(count) else { throw .crowded }
        held.withLock { $0 += count }
    }
}
