public import NIOCore

/// One statement with its parameters. Values go in parameters and never into the text.
public struct BoltQuery: Sendable, Hashable {
    public var text: String
    public var parameters: [String: PackStreamValue]

    public init(_ text: String, _ parameters: [String: PackStreamValue] = [:]) {
        self.text = text
        self.parameters = parameters
    }
}

/// Who asks; nobody in particular, or a user with a password.
public enum BoltCredentials: Sendable, Hashable {
    case none
    case basic(user: String, password: String)

    var fields: [String: PackStreamValue] {
        switch self {
        case .none: ["scheme": "none"]
        case .basic(let user, let password):
            ["scheme": "basic", "principal": .string(user), "credentials": .string(password)]
        }
    }
}

/// What the client says (Bolt Protocol, "Messages").
public enum BoltRequest: Sendable, Hashable {
    case hello([String: PackStreamValue])
    case logon([String: PackStreamValue])
    case run(BoltQuery, database: String?)
    /// Every record of the result.
    case pullAll
    case reset
    case goodbye

    /// The message without its chunks.
    var bytes: ByteBuffer {
        var encoder = PackStreamEncoder()
        switch self {
        case .hello(let extra): encoder.write(tag: 0x01, fields: [.map(extra)])
        case .logon(let credentials): encoder.write(tag: 0x6a, fields: [.map(credentials)])
        case .run(let query, let database):
            let extra: [String: PackStreamValue] = database.map { ["db": .string($0)] } ?? [:]
            encoder.write(tag: 0x10, fields: [.string(query.text), .map(query.parameters), .map(extra)])
        case .pullAll: encoder.write(tag: 0x3f, fields: [["n": -1]])
        case .reset: encoder.write(tag: 0x0f, fields: [])
        case .goodbye: encoder.write(tag: 0x02, fields: [])
        }
        return encoder.buffer
    }
}

/// What the server says.
public enum BoltResponse: Sendable, Hashable {
    case success([String: PackStreamValue])
    case record([PackStreamValue])
    case ignored
    /// The code alone; see ``GraphServerError``.
    case failure(code: String)

    /// Reads a message that has been put together from its chunks.
    public init(_ bytes: ByteBuffer) throws(GraphServerError) {
        let value: PackStreamValue
        do { value = try PackStreamDecoder.decode(bytes) } catch { throw .protocolViolation }
        guard case .structure(let tag, let fields) = value else { throw .protocolViolation }
        switch (tag, fields.count) {
        case (0x70, 1):
            guard let metadata = fields[0].map else { throw .protocolViolation }
            self = .success(metadata)
        case (0x71, 1):
            guard let values = fields[0].list else { throw .protocolViolation }
            self = .record(values)
        // Some servers send it with metadata.
        case (0x7e, 0...1): self = .ignored
        case (0x7f, 1):
            // Bolt 5.7 renamed the field.
            guard let code = fields[0].map.flatMap({ ($0["neo4j_code"] ?? $0["code"])?.string }) else {
                throw .protocolViolation
            }
            self = .failure(code: code)
        default: throw .protocolViolation
        }
    }
}
