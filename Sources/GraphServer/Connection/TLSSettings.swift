import CSSL

/// Whom to trust, for connections to one server: the system's certificate authorities, or those of a file alone.
///
/// TLS 1.2 or newer; the certificate has to be trusted and to name the host. There is no way to turn that off.
public final class TLSSettings: @unchecked Sendable {
    // OpenSSL counts references to a context and may use it from several threads once it is set up.
    let context: OpaquePointer

    /// `authorities` is a file of certificates in PEM.
    public init(authorities: String? = nil) throws(GraphServerError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw .tls("OpenSSL gives no context") }
        self.context = context
        guard cssl_require_tls12(context) == 1 else { throw .tls("OpenSSL has no TLS 1.2") }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let isLoaded =
            if let authorities {
                SSL_CTX_load_verify_locations(context, authorities, nil)
            } else {
                SSL_CTX_set_default_verify_paths(context)
            }
        guard isLoaded == 1 else {
            ERR_clear_error()
            throw .tls("the file of authorities cannot be read")
        }
    }

    deinit {
        SSL_CTX_free(context)
    }
}
