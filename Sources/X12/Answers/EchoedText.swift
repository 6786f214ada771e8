/// What an answer repeats of the input, brought into a form that its element may have.
enum EchoedText {
    /// Printable characters of ASCII without the delimiters of answers, at most `limit`, no space at either end.
    static func cleaned(_ bytes: some Collection<UInt8>, _ limit: Int) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(bytes.count, limit))
        for byte in bytes {
            let isCarried = byte > 0x20 && byte < 0x7f && !Delimiters.standard.contains(byte)
            if !isCarried && output.isEmpty { continue }
            output.append(isCarried ? byte : 0x20)
            if output.count == limit { break }
        }
        while output.last == 0x20 { output.removeLast() }
        return output
    }

    static func cleaned(_ text: String, _ limit: Int) -> String {
        String(decoding: cleaned(text.utf8, limit), as: UTF8.self)
    }

    /// As above, with zeros before it where it would be too short.
    static func fitted(_ text: String, _ length: ClosedRange<Int>) -> String {
        let cut = cleaned(text, length.upperBound)
        return String(repeating: "0", count: max(length.lowerBound - cut.utf8.count, 0)) + cut
    }

    /// Letters and digits alone, each other character as `0`.
    static func code(_ text: String, _ length: Int) -> String {
        let cut = text.utf8.prefix(length).map { $0.isLetterOrDigit ? $0 : 0x30 }
        return String(repeating: "0", count: length - cut.count) + String(decoding: cut, as: UTF8.self)
    }

    /// A digits-only number of at most nine digits, or `0`.
    static func number(_ text: String) -> String {
        (1...9).contains(text.utf8.count) && text.utf8.allSatisfy(\.isDigit) ? text : "0"
    }
}
