import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// HTTP/1.1 on a connection, with a ``Doorkeeper`` before it.
struct DoorChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let http: HTTP1Channel
    private let limits: ServerLimits
    private let seats: Seats
    private let counters: RequestCounters

    init(responder: @escaping HTTPChannelHandler.Responder, limits: ServerLimits, counters: RequestCounters) {
        http = HTTP1Channel(
            responder: responder,
            configuration: .init(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.fieldBytes, maxHeaderListSize: limits.headBytes,
                    maxHeaderFieldCount: limits.fields)))
        self.limits = limits
        seats = Seats(limits)
        self.counters = counters
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let seat = seats.take()
        channel.closeFuture.whenComplete { [seats] _ in seats.leave() }
        if seat == .none { return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        return http.setup(channel: channel, logger: logger).flatMapThrowing { [limits, counters] value in
            let keeper = Doorkeeper(limits: limits, isRefused: seat == .refused, openedAt: channel.eventLoop.now) {
                counters.count(method: "other", route: "Refused", status: $0.status.code)
            }
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(keeper, position: .after(decoder))
            try pipeline.addHandler(HeadBytes(keeper), position: .first)
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}

/// Counts connections.
private final class Seats: Sendable {
    enum Seat { case free, refused, none }

    private let limits: ServerLimits
    private let taken = Mutex(0)

    init(_ limits: ServerLimits) { self.limits = limits }

    func take() -> Seat {
        taken.withLock { count in
            count += 1
            if count <= limits.connections { return .free }
            return count <= limits.connections + limits.connectionsRefused ? .refused : .none
        }
    }

    func leave() { taken.withLock { $0 -= 1 } }
}
