import HealthTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Watches over one connection: what does not follow HTTP, is too large or does not come is answered here, and the
/// connection is closed.
///
/// It stands right behind the decoder, so that nothing else sees a request before it; ``HeadBytes`` stands at the very
/// front and tells it of bytes of which the decoder makes nothing yet.
final class Doorkeeper: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Stage {
        /// Requests are taken.
        case open
        /// No further request is taken; once what came before is answered, so is this, where there is something to say.
        case closing(Problem?)
        /// The last answer is out. What still comes is not looked at.
        case over
    }

    private let limits: ServerLimits
    private let isRefused: Bool
    private let onRefusal: (Problem) -> Void
    private var stage = Stage.open
    private var clock: ConnectionClock
    private var unanswered = 0
    private var isReadingBody = false
    private var closesAfterRequest = false
    /// The length of a head's first line so far, and whether it has ended: it tells a long target from a large field.
    private var lineBytes = 0
    private var hasLine = false
    private var isEnding = false
    /// The last part of the last answer, until it is on its way.
    private var flushing: EventLoopFuture<Void>?
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?

    /// - Parameters:
    ///   - isRefused: Whether there are too many connections: this one is told so.
    ///   - onRefusal: Is told what is answered here.
    init(
        limits: ServerLimits, isRefused: Bool, openedAt now: NIODeadline, onRefusal: @escaping (Problem) -> Void
    ) {
        self.limits = limits
        self.isRefused = isRefused
        self.onRefusal = onRefusal
        clock = ConnectionClock(limits: limits, openedAt: now)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        if isRefused { refuse(.fullHouse, context) } else { arm(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stage = .over
        timer?.task.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    // MARK: Coming in

    /// Bytes have come, of which the decoder has not seen anything yet.
    func willDecode(_ bytes: ByteBufferView, at now: NIODeadline) {
        guard case .open = stage, clock.awaitsHead else { return }
        // Empty lines between requests are none of them (RFC 9112 section 2.2).
        let rest = lineBytes > 0 ? bytes : bytes.drop { $0 == 0x0d || $0 == 0x0a }
        guard !rest.isEmpty else { return }
        clock.headBytes(at: now)
        guard !hasLine else { return }
        let end = rest.firstIndex(of: 0x0a)
        lineBytes += rest.distance(from: rest.startIndex, to: end ?? rest.endIndex)
        hasLine = end != nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .open = stage else { return }
        let now = context.eventLoop.now
        let part = unwrapInboundIn(data)
        switch part {
        case .head(let head):
            if let problem = HeadCheck.fault(in: head, limits) { return refuse(problem, context) }
            clock.headEnded(at: now)
            unanswered += 1
            isReadingBody = true
            // After a request to change the protocol the decoder reads no more; we stay with this one.
            closesAfterRequest = !head.isKeepAlive || head.headers.contains(name: "upgrade")
        case .body(let bytes): clock.bodyBytes(bytes.readableBytes, at: now)
        case .end:
            clock.requestEnded(at: now)
            isReadingBody = false
            hasLine = false
            lineBytes = 0
            if closesAfterRequest { stage = .closing(nil) }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // What is not looked at is read all the same: a sender that is reset would not see its answer.
        if case .over = stage { context.read() } else { arm(context) }
    }

    func read(context: ChannelHandlerContext) {
        clock.reads(at: context.eventLoop.now)
        arm(context)
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard case .open = stage else { return }
        fail(error == .headerOverflow ? tooLarge : .unreadableRequest, context)
    }

    private var tooLarge: Problem {
        isReadingBody || lineBytes <= limits.fieldBytes ? .largeHead(limits) : .longTarget(limits.targetBytes)
    }

    /// Ends the reading of what is being read: whoever waits for a body is told why it ends; else the answer is given
    /// here.
    private func fail(_ problem: Problem, _ context: ChannelHandlerContext) {
        guard isReadingBody else { return refuse(problem, context) }
        stage = .closing(nil)
        isReadingBody = false
        clock.requestEnded(at: context.eventLoop.now)
        context.fireErrorCaught(problem)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isEnding = true
            clock.ending(at: context.eventLoop.now)
            arm(context)
        case ChannelEvent.inputClosed:
            if case .over = stage { return context.close(promise: nil) }
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Going out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .over = stage {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard head.status.code >= 200 else { return context.write(data, promise: promise) }
            let isEarly = isReadingBody && unanswered == 1
            clock.answerBegan(beforeRequestEnded: isEarly)
            // The rest of a request that has its answer is not waited for. An answer of unknown length goes along
            // with it.
            if isEarly, head.status.code >= 400 || head.headers.contains(name: "content-length") {
                stage = .closing(nil)
            }
            if isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            let isDone = promise ?? context.eventLoop.makePromise(of: Void.self)
            flushing = isDone.futureResult
            context.writeAndFlush(data, promise: isDone)
            answerEnded(context)
        }
    }

    /// Whether nothing follows the answer that goes out now.
    private var isLast: Bool {
        if case .closing(nil) = stage { return unanswered == 1 }
        return isEnding && unanswered == 1
    }

    private func answerEnded(_ context: ChannelHandlerContext) {
        unanswered -= 1
        clock.answerEnded(at: context.eventLoop.now)
        if isReadingBody, unanswered == 0, case .open = stage { stage = .closing(nil) }
        if case .closing(let problem) = stage, unanswered == 0 {
            if let problem { answer(problem, context) }
            finish(context)
        } else {
            arm(context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        clock.writable(context.channel.isWritable, at: context.eventLoop.now)
        arm(context)
        context.fireChannelWritabilityChanged()
    }

    /// A connection that is closed because the program ends still gets the whole of its last answer.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, let flushing else { return context.close(mode: mode, promise: promise) }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        flushing.whenComplete { _ in bound.value.close(mode: .all, promise: promise) }
    }

    // MARK: Refusing

    /// Answers instead of the service, after what it has yet to answer, and takes nothing more.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        guard case .open = stage else { return }
        stage = .closing(problem)
        guard unanswered == 0 else { return }
        answer(problem, context)
        finish(context)
    }

    private func answer(_ problem: Problem, _ context: ChannelHandlerContext) {
        onRefusal(problem)
        let body = ByteBuffer(string: problem.json.text + "\n")
        var headers = HTTPHeaders([
            ("content-type", "application/problem+json"), ("content-length", String(body.readableBytes)),
            ("connection", "close"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff"),
        ])
        if let seconds = problem.retryAfterSeconds { headers.add(name: "retry-after", value: String(seconds)) }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(
                statusCode: problem.status.code, reasonPhrase: problem.status.reasonPhrase), headers: headers)
        let isDone = context.eventLoop.makePromise(of: Void.self)
        flushing = isDone.futureResult
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: isDone)
    }

    /// Sends no more, and leaves the other side some time to read what was sent.
    private func finish(_ context: ChannelHandlerContext) {
        stage = .over
        clock.over(at: context.eventLoop.now)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        flushing?.whenComplete { _ in
            bound.value.close(mode: .output, promise: nil)
            bound.value.read()
        }
        arm(context)
    }

    // MARK: Time

    /// Sees to it that a timer goes off no later than the next deadline.
    private func arm(_ context: ChannelHandlerContext) {
        guard context.channel.isActive, let next = clock.deadline?.at else { return }
        if let timer, timer.at <= next { return }
        timer?.task.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: next) {
            let (keeper, context) = bound.value
            keeper.timer = nil
            keeper.lookAtTheClock(context)
        }
        timer = (task, next)
    }

    private func lookAtTheClock(_ context: ChannelHandlerContext) {
        guard let deadline = clock.deadline else { return }
        guard deadline.at <= context.eventLoop.now else { return arm(context) }
        switch deadline.what {
        case .silence, .stuck, .over, .ending: context.close(promise: nil)
        case .head, .body:
            fail(.slow, context)
            arm(context)
        }
    }
}

/// Tells a ``Doorkeeper`` of bytes as they come.
final class HeadBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let keeper: Doorkeeper

    init(_ keeper: Doorkeeper) { self.keeper = keeper }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        keeper.willDecode(unwrapInboundIn(data).readableBytesView, at: context.eventLoop.now)
        context.fireChannelRead(data)
    }
}
