import NIOCore

/// Encrypts what goes out and decrypts what comes in; says that the channel is active once the handshake is done.
///
/// Over the system's OpenSSL, which the program links for its digests anyway: a TLS library of its own would cost a
/// newcomer's first build several minutes.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: TLSConnection

    init(_ connection: TLSConnection) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { shakeHands(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        shakeHands(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { connection.receive($0) }
        if !connection.isSecured { shakeHands(context) }
        if connection.isSecured { deliver(context) }
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        do {
            let progress = try connection.shakeHands()
            flushPending(context)
            if progress == .secured { context.fireChannelActive() }
        } catch {
            fail(context, error)
        }
    }

    private func deliver(_ context: ChannelHandlerContext) {
        do {
            while true {
                var buffer = context.channel.allocator.buffer(capacity: 16_384)
                let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 16_384) {
                    try connection.read(into: $0)
                }
                guard count > 0 else { break }
                context.fireChannelRead(wrapInboundOut(buffer))
            }
            // A new key may have been agreed on.
            flushPending(context)
            if connection.isEnded { context.close(promise: nil) }
        } catch {
            fail(context, (error as? GraphServerError) ?? .protocolViolation)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        do {
            try unwrapOutboundIn(data).withUnsafeReadableBytes { try connection.write($0) }
            context.write(wrapOutboundOut(ByteBuffer(bytes: connection.pending())), promise: promise)
        } catch {
            promise?.fail(error)
            fail(context, (error as? GraphServerError) ?? .protocolViolation)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        connection.end()
        flushPending(context)
        context.close(mode: mode, promise: promise)
    }

    private func flushPending(_ context: ChannelHandlerContext) {
        let bytes = connection.pending()
        guard !bytes.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func fail(_ context: ChannelHandlerContext, _ error: GraphServerError) {
        // The alert tells the other side why.
        flushPending(context)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }
}
