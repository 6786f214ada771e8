import NIOHTTP1

/// Looks at the head of a request as it came, before anything is made of it.
enum HeadCheck {
    /// Why a head is not taken; nothing where it is sound.
    ///
    /// One sound `Host` must be there (RFC 9112 section 3.2), in HTTP/1.0 too: it is what tells our own pages from
    /// others. The target is a path, or the whole address of the same host (section 3.2.2), with sound
    /// percent-encoding.
    static func fault(in head: HTTPRequestHead, _ limits: ServerLimits) -> Problem? {
        let target = head.uri.utf8
        if target.count > limits.targetBytes { return .longTarget(limits.targetBytes) }
        let hosts = head.headers["host"]
        guard hosts.count == 1, let authority = Authority(hosts[0]) else { return .badHost }
        if target.first != UInt8(ascii: "/"), head.uri != "*" || head.method != .OPTIONS {
            guard isAddress(head.uri, of: authority) else {
                return .malformed("The address must be a path, or begin with the host that the request names.")
            }
        }
        guard isSound(target) else { return .malformed("The address is not encoded as addresses are.") }
        return nil
    }

    private static func isAddress(_ target: String, of authority: Authority) -> Bool {
        guard let scheme = target.firstRange(of: "://") else { return false }
        let name = target[..<scheme.lowerBound].lowercased()
        let host = target[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        return (name == "http" || name == "https") && Authority(host) == authority
    }

    /// Whether each % is followed by two digits, and the decoded bytes are UTF-8 without a zero byte.
    static func isSound(_ target: some Sequence<UInt8>) -> Bool {
        var decoded: [UInt8] = []
        var iterator = target.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(value), let low = iterator.next().flatMap(value) else {
                return false
            }
            decoded.append(high << 4 | low)
        }
        return !decoded.contains(0) && String(validating: decoded, as: UTF8.self) != nil
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        guard digit.isHexadecimal else { return nil }
        return digit < 0x41 ? digit - 0x30 : (digit | 0x20) - 0x61 + 10
    }
}
