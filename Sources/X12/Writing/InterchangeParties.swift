/// Who sends to whom, in an interchange (ISA) and in its groups (GS).
public struct InterchangeParties: Hashable, Sendable {
    public var senderQualifier: String
    public var sender: String
    public var receiverQualifier: String
    public var receiver: String
    /// GS02.
    public var applicationSender: String
    /// GS03.
    public var applicationReceiver: String

    public init(
        senderQualifier: String = "ZZ", sender: String, receiverQualifier: String = "ZZ", receiver: String,
        applicationSender: String? = nil, applicationReceiver: String? = nil
    ) {
        self.senderQualifier = senderQualifier
        self.sender = sender
        self.receiverQualifier = receiverQualifier
        self.receiver = receiver
        self.applicationSender = applicationSender ?? sender
        self.applicationReceiver = applicationReceiver ?? receiver
    }
}
