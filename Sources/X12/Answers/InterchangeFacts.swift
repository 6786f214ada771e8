import HealthTypes

/// Of an ISA what its answers need, in forms that an answer may repeat.
struct InterchangeFacts {
    private let senderQualifier: String
    private let sender: String
    private let receiverQualifier: String
    private let receiver: String
    private let date: String
    private let time: String
    private let controlNumber: String
    private let usage: String
    /// ISA14.
    let asksForAcknowledgment: Bool

    init(_ slice: SegmentSlice) {
        senderQualifier = slice.brief(5)
        sender = slice.brief(6)
        receiverQualifier = slice.brief(7)
        receiver = slice.brief(8)
        date = slice.brief(9)
        time = slice.brief(10)
        controlNumber = slice.brief(13)
        usage = slice.brief(15)
        asksForAcknowledgment = slice.has(14, "1")
    }

    /// The receiver writes to the sender.
    func answering(
        applicationSender: String? = nil, applicationReceiver: String? = nil
    ) -> InterchangeParties {
        let own = Self.party(receiver)
        let other = Self.party(sender)
        return InterchangeParties(
            senderQualifier: Self.qualifier(receiverQualifier), sender: own,
            receiverQualifier: Self.qualifier(senderQualifier), receiver: other,
            applicationSender: Self.application(applicationSender, own),
            applicationReceiver: Self.application(applicationReceiver, other))
    }

    private static func party(_ text: String) -> String {
        let cleaned = EchoedText.cleaned(text, 15)
        return cleaned.isEmpty ? "UNKNOWN" : cleaned
    }

    /// GS02 and GS03 have two to fifteen characters.
    private static func application(_ text: String?, _ party: String) -> String {
        let cleaned = EchoedText.cleaned(text ?? "", 15)
        return EchoedText.fitted(cleaned.isEmpty ? party : cleaned, 2...15)
    }

    /// One of those that the guides of health care know, or mutually defined.
    private static func qualifier(_ text: String) -> String {
        ["01", "14", "20", "27", "28", "29", "30", "33"].contains(text) ? text : "ZZ"
    }

    var answeringUsage: String { usage == "P" ? "P" : "T" }

    var fittedNumber: String {
        controlNumber.utf8.count == 9 && controlNumber.utf8.allSatisfy(\.isDigit) ? controlNumber : "000000000"
    }

    /// The interchange's own date; that of the answer where it is none.
    func fittedDate(_ instant: Instant) -> String {
        let isDate = Array(date.utf8).withUnsafeBufferPointer { $0.count == 6 && Digits.isDate($0) }
        return isDate ? date : String(instant.compact.dropFirst(2).prefix(6))
    }

    var fittedTime: String {
        Array(time.utf8).withUnsafeBufferPointer { $0.count == 4 && Digits.isTime($0) } ? time : "0000"
    }
}
