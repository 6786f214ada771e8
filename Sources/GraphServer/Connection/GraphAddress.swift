/// Where a graph server listens: `bolt://HOST[:PORT][/DATABASE]`, or `bolt+s://` for TLS.
///
/// No credentials stand in it, since an address is shown in logs and lists of processes.
public struct GraphAddress: Sendable, Hashable, CustomStringConvertible {
    public static let defaultPort = 7687

    public var host: String
    public var port: Int
    public var isSecure: Bool
    /// The server's default where nil.
    public var database: String?

    public init(host: String, port: Int = defaultPort, isSecure: Bool = false, database: String? = nil) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.database = database
    }

    public init(_ text: String) throws(GraphServerError) {
        let schemes = [("bolt://", false), ("bolt+s://", true)]
        guard let (scheme, isSecure) = schemes.first(where: { text.hasPrefix($0.0) }) else {
            throw .badAddress("it begins with neither bolt:// nor bolt+s://")
        }
        let rest = text.dropFirst(scheme.utf8.count)
        guard !rest.contains("@") else {
            throw .badAddress("credentials do not belong in it")
        }
        guard !rest.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) else {
            throw .badAddress("it has more than a host, a port and a database")
        }
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let (host, port) = try Self.hostAndPort(parts[0])
        let database = parts.count > 1 ? String(parts[1]) : ""
        guard !database.contains("/") else { throw .badAddress("the database's name has a slash") }
        self.init(host: host, port: port, isSecure: isSecure, database: database.isEmpty ? nil : database)
    }

    private static func hostAndPort(_ text: Substring) throws(GraphServerError) -> (String, Int) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .badAddress("the bracket is not closed") }
            host = text[text.index(after: text.startIndex)..<end]
            let behind = text[text.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else { throw .badAddress("the port is no number") }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .badAddress("it names no host") }
        guard let port else { return (String(host), defaultPort) }
        guard let number = Int(port), (1...65_535).contains(number) else { throw .badAddress("the port is no number") }
        return (String(host), number)
    }

    public var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "bolt\(isSecure ? "+s" : "")://\(name):\(port)\(database.map { "/\($0)" } ?? "")"
    }
}
