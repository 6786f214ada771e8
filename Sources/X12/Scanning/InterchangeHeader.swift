/// The ISA segment as the reader needs it: its delimiters and its length (X12.5).
struct InterchangeHeader {
    var delimiters: Delimiters
    /// Bytes to the end of the terminator.
    var length: Int
    var isFixedWidth = true

    /// Bytes that must lie in the window before a header can be told from other bytes: twice a true header's, as some
    /// senders write elements of other widths.
    static let reach = 213

    /// Where the separators stand in an ISA of 106 bytes.
    private static let separators = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103]

    static func beginsWithISA(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        at + 3 < bytes.count && bytes[at] == UInt8(ascii: "I") && bytes[at + 1] == UInt8(ascii: "S")
            && bytes[at + 2] == UInt8(ascii: "A") && !bytes[at + 3].isLetterOrDigit
    }

    /// The header at `at` where it has the shape that the standard gives it, to the byte.
    static func fixed(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> InterchangeHeader? {
        guard beginsWithISA(bytes, at), at + 106 <= bytes.count else { return nil }
        let separator = bytes[at + 3]
        for place in separators where bytes[at + place] != separator { return nil }
        return header(bytes, separator, version: at + 84, repetition: at + 82, component: at + 104, length: 106)
    }

    /// As above, or a header whose elements have other lengths.
    static func any(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> InterchangeHeader? {
        if let header = fixed(bytes, at) { return header }
        guard beginsWithISA(bytes, at) else { return nil }
        let separator = bytes[at + 3]
        var places: [Int] = []
        var next = at + 3
        while next < bytes.count, next < at + reach - 1, places.count < 16 {
            if bytes[next] == separator { places.append(next) }
            next += 1
        }
        guard places.count == 16, places[15] + 2 < bytes.count, bytes[places[15] + 1] != separator,
            places[11] - places[10] == 2, places[12] - places[11] == 6
        else { return nil }
        var header = header(
            bytes, separator, version: places[11] + 1, repetition: places[10] + 1, component: places[15] + 1,
            length: places[15] + 3 - at)
        header.isFixedWidth = false
        return header
    }

    private static func header(
        _ bytes: UnsafeBufferPointer<UInt8>, _ separator: UInt8, version: Int, repetition: Int, component: Int,
        length: Int
    ) -> InterchangeHeader {
        // ISA11 became the repetition separator in version 00402; before, it was U for the United States.
        let isOld = bytes[version..<version + 5].lexicographicallyPrecedes("00402".utf8)
        let separates = !isOld && !bytes[repetition].isLetterOrDigit
        return InterchangeHeader(
            delimiters: Delimiters(
                element: separator, component: bytes[component], repetition: separates ? bytes[repetition] : 0,
                segment: bytes[component + 1]),
            length: length)
    }
}
