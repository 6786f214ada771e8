import CSSL
import Foundation
import NIOCore

/// The server's certificate and key among the fixtures; it names `localhost`.
final class TestCertificate: @unchecked Sendable {
    // Not changed once it is made.
    let context: OpaquePointer

    struct Unusable: Error {}

    init() throws {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw Unusable() }
        self.context = context
        guard SSL_CTX_use_certificate_file(context, fixture("server.pem").path, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_use_PrivateKey_file(context, fixture("server-key.pem").path, SSL_FILETYPE_PEM) == 1
        else { throw Unusable() }
    }

    deinit { SSL_CTX_free(context) }
}

/// The server's side of TLS, for the tests of the client's.
final class TLSServerHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private var isSecured = false

    init(_ certificate: TestCertificate) {
        ssl = SSL_new(certificate.context)
        incoming = BIO_new(BIO_s_mem())
        outgoing = BIO_new(BIO_s_mem())
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_accept_state(ssl)
    }

    deinit { SSL_free(ssl) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { _ = BIO_write(incoming, $0.baseAddress, Int32($0.count)) }
        if !isSecured {
            let result = SSL_do_handshake(ssl)
            flush(context)
            isSecured = result == 1
            if !isSecured, SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ { return context.close(promise: nil) }
        }
        guard isSecured else { return }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = SSL_read(ssl, &bytes, Int32(bytes.count))
            guard count > 0 else { break }
            context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: bytes.prefix(Int(count)))))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        unwrapOutboundIn(data).withUnsafeReadableBytes { _ = SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
        flush(context)
        promise?.succeed(())
    }

    private func flush(_ context: ChannelHandlerContext) {
        var bytes = [UInt8](repeating: 0, count: cssl_pending(outgoing))
        guard !bytes.isEmpty else { return }
        let count = BIO_read(outgoing, &bytes, Int32(bytes.count))
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes.prefix(Int(count)))), promise: nil)
    }
}
