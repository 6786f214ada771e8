import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why the service cannot listen where it was told to.
public struct ListenFailure: Error, Equatable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case portInUse = "another program listens there"
        case notOurAddress = "this machine has no such address"
        case unknownHost = "no such host is known"
        case notAllowed = "the system allows it to other users only"
        case other = "the system refuses it"
    }

    public let host: String
    public let port: Int
    public let reason: Reason

    /// Nil for an error that has nothing to do with listening.
    public init?(_ error: any Error, host: String, port: Int) {
        self.host = host
        self.port = port
        switch error {
        case let error as IOError:
            reason =
                switch error.errnoCode {
                case EADDRINUSE: .portInUse
                case EADDRNOTAVAIL, EAFNOSUPPORT: .notOurAddress
                case EACCES, EPERM: .notAllowed
                default: .other
                }
        case is SocketAddressError.UnknownHost, is SocketAddressError: reason = .unknownHost
        default: return nil
        }
    }

    public var description: String { "cannot listen on \(host), port \(port): \(reason.rawValue)." }
}
