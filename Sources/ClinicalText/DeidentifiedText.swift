/// Text from which the identifiers of persons were taken out. Only ``Deidentifier`` makes it, so that whatever asks
/// for this type cannot be handed a note as it was written.
public struct DeidentifiedText: Sendable, Hashable {
    /// What stands in place of an identifier, by kind.
    public enum Category: String, Sendable, Hashable, CaseIterable {
        case name = "NAME"
        case date = "DATE"
        case identifier = "ID"
        case phone = "PHONE"
        case socialSecurityNumber = "SSN"
        case email = "EMAIL"
        case url = "URL"
        case networkAddress = "IP"
        case postalCode = "ZIP"
        case address = "ADDRESS"
        case age = "AGE OVER 89"

        var placeholder: String { "[\(rawValue)]" }
    }

    public let text: String
    /// How many of each kind were replaced; kinds that did not occur are absent.
    public let replacements: [Category: Int]
    /// Whether the text was longer than the limit and its end was left out.
    public let isTruncated: Bool

    init(text: String, replacements: [Category: Int], isTruncated: Bool) {
        self.text = text
        self.replacements = replacements
        self.isTruncated = isTruncated
    }
}
