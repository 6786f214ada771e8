import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Carries bytes between the network and the state machines; what they decide is done here and nothing else.
final class BoltHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var handshake = BoltHandshake()
    private var session: BoltSession?
    private var dechunker: BoltDechunker
    private let makeSession: (BoltVersion) -> BoltSession
    private let ready: EventLoopPromise<Void>
    private var answer: EventLoopPromise<[BoltResult]>?
    private var deadline: Scheduled<Void>?
    private var isClosed = false
    private var context: ChannelHandlerContext?

    init(
        ready: EventLoopPromise<Void>, maximumMessageBytes: Int, makeSession: @escaping (BoltVersion) -> BoltSession
    ) {
        self.ready = ready
        self.makeSession = makeSession
        dechunker = BoltDechunker(maximumMessageBytes: maximumMessageBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.connectionClosed)
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(BoltHandshake.opening), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.connectionClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail((error as? GraphServerError) ?? .connectionClosed)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        let bytes = unwrapInboundIn(data)
        if session != nil {
            dechunker.received(bytes)
        } else {
            switch handshake.received(bytes) {
            case .wait: return
            case .fail(let error): return fail(error)
            case .agreed(let version, let confirmation):
                if let confirmation { context.writeAndFlush(wrapOutboundOut(confirmation), promise: nil) }
                dechunker.received(handshake.received)
                var session = makeSession(version)
                let action = session.start()
                self.session = session
                perform(action)
            }
        }
        readMessages()
    }

    /// Acknowledges what came at once, here where the system can be told to: it forgets it with every packet.
    ///
    /// A server that writes an answer in small pieces (FalkorDB) waits with each for the acknowledgement of the one
    /// before, which the system else holds back for 40 milliseconds.
    func channelReadComplete(context: ChannelHandlerContext) {
        #if os(Linux)
            try? context.channel.syncOptions?.setOption(
                .tcpOption(NIOBSDSocket.Option(rawValue: TCP_QUICKACK)), value: 1)
        #endif
        context.fireChannelReadComplete()
    }

    private func readMessages() {
        do throws(GraphServerError) {
            while !isClosed, let message = try dechunker.next() {
                let response = try BoltResponse(message)
                guard let action = session?.received(response) else { return }
                perform(action)
            }
        } catch {
            fail(error)
        }
    }

    private func perform(_ action: BoltSession.Action) {
        switch action {
        case .none: break
        case .send(let requests): send(requests)
        case .ready: ready.succeed(())
        case .finish(let results): settle { $0.succeed(results) }
        case .fail(let error): settle { $0.fail(error) }
        case .close(let error): fail(error)
        }
    }

    private func send(_ requests: [BoltRequest]) {
        guard let context else { return }
        var output = ByteBuffer()
        for request in requests { BoltChunks.write(request.bytes, to: &output) }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    }

    private func settle(_ resolve: (EventLoopPromise<[BoltResult]>) -> Void) {
        deadline?.cancel()
        deadline = nil
        guard let answer else { return }
        self.answer = nil
        resolve(answer)
    }

    /// Sends queries; the connection is given up where their answers do not come within `timeout`.
    func run(_ queries: [BoltQuery], timeout: TimeAmount, promise: EventLoopPromise<[BoltResult]>) {
        guard !isClosed, let context, session != nil else { return promise.fail(GraphServerError.connectionClosed) }
        guard answer == nil, let action = session?.run(queries) else {
            return promise.fail(GraphServerError.protocolViolation)
        }
        answer = promise
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { self.fail(.queryTimeout) }
        perform(action)
    }

    /// Ends the connection for a reason that whoever waits is told.
    func fail(_ error: GraphServerError) {
        guard !isClosed else { return }
        isClosed = true
        let error = session?.outstandingFailure ?? error
        ready.fail(error)
        settle { $0.fail(error) }
        context?.close(promise: nil)
    }

    /// Takes leave of the server and ends the connection.
    func quit(sayingGoodbye: Bool) {
        guard !isClosed else { return }
        if sayingGoodbye, let action = session?.quit() { perform(action) }
        fail(.connectionClosed)
    }
}
