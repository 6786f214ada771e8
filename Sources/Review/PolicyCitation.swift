public import HealthTypes

/// A policy document that an opinion or a decision rests on, named so exactly that it can be found again.
public struct PolicyCitation: Hashable, Sendable {
    public var id: String
    public var version: String
    public var title: String
    /// SHA-256 of the document's text.
    public var digest: Digest

    public init(id: String, version: String, title: String, digest: Digest) {
        self.id = id
        self.version = version
        self.title = title
        self.digest = digest
    }
}
