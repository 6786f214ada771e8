package import HealthTypes

extension SegmentWriter {
    /// Writes an ISA of 106 bytes; of the control number nine digits are kept.
    package mutating func beginInterchange(
        _ parties: InterchangeParties, controlNumber: Int, at instant: Instant, usage: String,
        acknowledgmentRequested: Bool = false
    ) {
        let time = instant.compact
        let delimiters = delimiters
        func fixed(_ text: String, _ width: Int) -> String {
            let cut = String(decoding: CarriedText.bytes(of: text, delimiters).prefix(width), as: UTF8.self)
            return cut + String(repeating: " ", count: width - cut.utf8.count)
        }
        let separates = delimiters.repetition != 0
        begin("ISA")
        for (text, width) in [
            ("00", 2), ("", 10), ("00", 2), ("", 10), (parties.senderQualifier, 2), (parties.sender, 15),
            (parties.receiverQualifier, 2), (parties.receiver, 15), (String(time.dropFirst(2).prefix(6)), 6),
            (String(time.dropFirst(8).prefix(4)), 4),
        ] {
            add(fixed(text, width))
        }
        addDelimiter(separates ? delimiters.repetition : UInt8(ascii: "U"))
        add(separates ? "00501" : "00401")
        add(padded(controlNumber % 1_000_000_000, to: 9))
        add(acknowledgmentRequested ? "1" : "0")
        add(fixed(usage, 1))
        addDelimiter(delimiters.component)
        end()
    }

    /// Writes a GS; the control number is kept to nine digits.
    package mutating func beginGroup(
        _ functionalID: String, _ parties: InterchangeParties, controlNumber: Int, at instant: Instant,
        version: String
    ) {
        let time = instant.compact
        begin("GS")
        for text in [
            functionalID, parties.applicationSender, parties.applicationReceiver, String(time.prefix(8)),
            String(time.dropFirst(8).prefix(4)), String(controlNumber % 1_000_000_000), "X", version,
        ] {
            add(text)
        }
        end()
    }
}
