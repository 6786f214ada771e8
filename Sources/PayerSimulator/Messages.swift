public import HealthTypes

/// What the payer answers at once.
public struct OutgoingMessage: Hashable, Sendable {
    /// `TA1`, `999` or `271`.
    public var kind: String
    public var contentType: String
    public var bytes: [UInt8]

    public init(kind: String, contentType: String, bytes: [UInt8]) {
        self.kind = kind
        self.contentType = contentType
        self.bytes = bytes
    }
}

/// What the payer leaves in the mailbox for a provider to fetch.
public struct MailboxMessage: Hashable, Sendable {
    /// Ascending in the order in which messages fall due; a reader keeps the last one it has taken.
    public var id: Int
    /// `277CA`, `835`, `appeal-answer` or `pas-update`.
    public var kind: String
    public var contentType: String
    public var bytes: [UInt8]
    public var dueAt: Instant

    public init(id: Int, kind: String, contentType: String, bytes: [UInt8], dueAt: Instant) {
        self.id = id
        self.kind = kind
        self.contentType = contentType
        self.bytes = bytes
        self.dueAt = dueAt
    }
}

enum ContentType {
    static let x12 = "application/edi-x12"
    static let fhir = "application/fhir+json"
    static let json = "application/json"
}
