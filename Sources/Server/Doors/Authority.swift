/// A host and perhaps a port, as `Host` and the first part of `Origin` name them (RFC 9110 section 7.2).
struct Authority: Equatable, Sendable {
    /// In lower case, an IPv6 address in its brackets, without a dot at its end.
    let host: String
    let port: Int?

    /// Nil for what is no host or no port. Users' names, percent-encoding and other alphabets are not taken: nothing
    /// that we answer to is named so.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let hostEnd: Int
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")),
                bytes[1..<end].count(where: { $0 == UInt8(ascii: ":") }) > 1,
                bytes[1..<end].allSatisfy({ $0.isHexadecimal || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { return nil }
            hostEnd = end + 1
        } else {
            hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard hostEnd > 0, bytes[..<hostEnd].allSatisfy(\.isNamePart) else { return nil }
        }
        var host = bytes[..<hostEnd]
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(decoding: host, as: UTF8.self).lowercased()
        let rest = bytes[hostEnd...]
        guard let colon = rest.first else {
            port = nil
            return
        }
        let digits = rest.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.count <= 5,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard number <= 65535 else { return nil }
        port = digits.isEmpty ? nil : number
    }

    /// Whether an `Origin` is this authority over HTTP, or over HTTPS where a proxy speaks it for us.
    func isOrigin(_ origin: String) -> Bool {
        for (scheme, standard) in [("http://", 80), ("https://", 443)] where origin.hasPrefix(scheme) {
            guard let other = Authority(origin.dropFirst(scheme.count)) else { return false }
            return other.host == host && (other.port ?? standard) == (port ?? standard)
        }
        return false
    }
}

extension UInt8 {
    var isHexadecimal: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    fileprivate var isNamePart: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// A host's name or address under which the service may be asked.
public struct HostName: Hashable, Sendable {
    let text: String

    /// Nil for what is no name or address. A port is not part of it; an IPv6 address may come with or without brackets.
    public init?(_ text: String) {
        let bracketed = text.contains(":") && !text.hasPrefix("[") ? "[\(text)]" : text
        guard let authority = Authority(bracketed), authority.port == nil, !bracketed.hasSuffix(":") else { return nil }
        self.text = authority.host
    }

    /// Whether it names this machine alone: 127.0.0.0/8, ::1 or localhost.
    public var isLoopback: Bool {
        if text == "localhost" || text == "[::1]" { return true }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }

    /// As it stands in an address: IPv6 in brackets.
    public var inAddress: String { text }
}

/// The hosts that the service answers to.
///
/// A page of another site can have its own name lead to this machine (DNS rebinding); its requests then look like
/// those of our own pages, but for the name that they ask for.
struct AllowedHosts: Sendable {
    private let names: Set<String>

    /// The host that is listened on, this machine's own names, and the ones that were named.
    init(listening host: String, also: [HostName] = []) {
        names = Set(
            [HostName(host)?.text, "localhost", "127.0.0.1", "[::1]"].compactMap { $0 } + also.map(\.text))
    }

    /// Whether requests for it are answered. The port does not matter: it may be another one before a proxy.
    func contains(_ authority: Authority) -> Bool { names.contains(authority.host) }
}
