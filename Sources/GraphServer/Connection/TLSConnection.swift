import CSSL

/// One TLS connection over memory: what the network brought goes in, what it shall carry comes out.
///
/// Not to be used from two threads at once. OpenSSL tells errors by a list of the thread, in which another connection's
/// may stand: it is emptied before each step.
final class TLSConnection {
    enum Progress: Equatable {
        /// The handshake, or the reading, waits for bytes from the other side.
        case waiting
        case secured
    }

    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private(set) var isSecured = false
    /// The other side has said that it sends no more.
    private(set) var isEnded = false

    init(_ settings: TLSSettings, host: String) throws(GraphServerError) {
        guard let ssl = SSL_new(settings.context) else { throw .tls("OpenSSL gives no connection") }
        guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw .tls("OpenSSL gives no memory")
        }
        // From here on both belong to the connection and go with it.
        SSL_set_bio(ssl, incoming, outgoing)
        (self.ssl, self.incoming, self.outgoing) = (ssl, incoming, outgoing)
        SSL_set_connect_state(ssl)
        let parameters = SSL_get0_param(ssl)
        // An address is checked against the addresses of the certificate, and is no name to send.
        guard X509_VERIFY_PARAM_set1_ip_asc(parameters, host) != 1 else { return }
        ERR_clear_error()
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1, cssl_set_server_name(ssl, host) == 1 else {
            throw .tls("the host's name cannot be checked")
        }
    }

    deinit {
        SSL_free(ssl)
    }

    /// Takes bytes of the network.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let count = BIO_write(incoming, rest.baseAddress, Int32(clamping: rest.count))
            // Memory takes all that it is given, or there is none left.
            guard count > 0 else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
        }
    }

    /// Goes on with the handshake as far as it gets.
    func shakeHands() throws(GraphServerError) -> Progress {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            isSecured = true
            return .secured
        }
        try waitOrFail(result)
        return .waiting
    }

    /// Moves decrypted bytes into `buffer`; 0 where there are none yet.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(GraphServerError) -> Int {
        ERR_clear_error()
        let result = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        if result > 0 { return Int(result) }
        try waitOrFail(result)
        return 0
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(GraphServerError) {
        var rest = bytes
        while !rest.isEmpty {
            ERR_clear_error()
            let count = SSL_write(ssl, rest.baseAddress, Int32(clamping: rest.count))
            guard count > 0 else { throw failure() }
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
        }
    }

    /// Bytes for the network.
    func pending() -> [UInt8] {
        let count = cssl_pending(outgoing)
        guard count > 0 else { return [] }
        return Array(unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(clamping: count))))
        }
    }

    /// Says to the other side that no more comes.
    func end() {
        guard isSecured else { return }
        SSL_shutdown(ssl)
        ERR_clear_error()
    }

    private func waitOrFail(_ result: Int32) throws(GraphServerError) {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
        case SSL_ERROR_ZERO_RETURN: isEnded = true
        default: throw failure()
        }
    }

    private func failure() -> GraphServerError {
        defer { ERR_clear_error() }
        let result = SSL_get_verify_result(ssl)
        guard result == X509_V_OK else {
            return .tls(X509_verify_cert_error_string(result).map { String(cString: $0) } ?? "certificate refused")
        }
        return .tls("the handshake or a record failed")
    }
}
