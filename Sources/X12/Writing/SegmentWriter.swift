/// Writes segments as bytes: empty elements at a segment's end are left off, and what a separator would break is
/// replaced by a space and counted.
///
///     writer.begin("CLM"); writer.add("A-17"); writer.add(cents: 12_500); writer.end()
public struct SegmentWriter: Sendable {
    public let delimiters: Delimiters
    public private(set) var bytes: [UInt8] = []
    /// Segments that were ended since the start or the last ``resetCount()``.
    public private(set) var segmentCount = 0
    /// Bytes that an element may not hold and that were written as a space.
    public private(set) var replacedCount = 0
    /// Where the last element that is not empty ends.
    private var used = 0
    /// For each byte whether an element may hold it.
    private let carries: [Bool]

    public init(delimiters: Delimiters = .standard, capacity: Int = 0) {
        self.delimiters = delimiters
        var carries = [Bool](repeating: false, count: 256)
        for byte in 0x20..<0x7f { carries[byte] = !delimiters.contains(UInt8(byte)) }
        self.carries = carries
        bytes.reserveCapacity(capacity)
    }

    public mutating func begin(_ id: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: id.utf8Start, count: id.utf8CodeUnitCount))
        used = bytes.count
    }

    public mutating func begin(_ id: String) {
        bytes.append(contentsOf: id.utf8)
        used = bytes.count
    }

    public mutating func end() {
        if used < bytes.count { bytes.removeLast(bytes.count - used) }
        bytes.append(delimiters.segment)
        segmentCount += 1
    }

    /// A whole segment of simple elements.
    public mutating func write(_ id: StaticString, _ elements: String...) {
        begin(id)
        for element in elements { add(element) }
        end()
    }

    public mutating func addEmpty() { bytes.append(delimiters.element) }

    public mutating func add(_ text: String) {
        bytes.append(delimiters.element)
        append(text)
    }

    public mutating func add(_ text: StaticString) {
        bytes.append(delimiters.element)
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Bytes that are checked as text is.
    public mutating func add(_ value: UnsafeBufferPointer<UInt8>) {
        bytes.append(delimiters.element)
        append(value)
    }

    public mutating func add(_ number: Int) {
        bytes.append(delimiters.element)
        appendNumber(UInt64(number.magnitude), isNegative: number < 0)
        used = bytes.count
    }

    /// An amount in the shortest form of type R: `12.5` for 1250 cents.
    public mutating func add(cents: Int64) {
        bytes.append(delimiters.element)
        appendNumber(cents.magnitude / 100, isNegative: cents < 0)
        let fraction = UInt8(cents.magnitude % 100)
        if fraction != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(0x30 + fraction / 10)
            if fraction % 10 != 0 { bytes.append(0x30 + fraction % 10) }
        }
        used = bytes.count
    }

    /// One of the delimiters as an element, as ISA states them.
    mutating func addDelimiter(_ byte: UInt8) {
        bytes.append(delimiters.element)
        bytes.append(byte)
        used = bytes.count
    }

    /// A composite; empty components at its end are left off.
    public mutating func add(composite components: [String]) {
        bytes.append(delimiters.element)
        addComponents(components)
    }

    /// A further repetition of the element that was added last.
    public mutating func repeatLast(_ text: String) {
        precondition(delimiters.repetition != 0, "these delimiters allow no repetition")
        bytes.append(delimiters.repetition)
        append(text)
    }

    private mutating func addComponents(_ components: [String]) {
        let count = (components.lastIndex { !$0.isEmpty } ?? -1) + 1
        for index in 0..<count {
            if index > 0 { bytes.append(delimiters.component) }
            append(components[index])
        }
    }

    private mutating func append(_ text: String) {
        var text = text
        let isCarried = text.withUTF8 { bytes in
            let isCarried = carries.withUnsafeBufferPointer { carries in bytes.allSatisfy { carries[Int($0)] } }
            guard isCarried, !bytes.isEmpty else { return isCarried }
            self.bytes.append(contentsOf: bytes)
            used = self.bytes.count
            return true
        }
        if isCarried { return }
        replacedCount += 1
        CarriedText.bytes(of: text, delimiters).withUnsafeBufferPointer { append($0) }
    }

    private mutating func append(_ value: UnsafeBufferPointer<UInt8>) {
        guard !value.isEmpty else { return }
        let start = bytes.count
        bytes.append(contentsOf: value)
        var isClean = true
        for byte in value where !carries[Int(byte)] {
            isClean = false
            break
        }
        if !isClean { replace(from: start) }
        used = bytes.count
    }

    private mutating func replace(from start: Int) {
        for index in start..<bytes.count where !carries[Int(bytes[index])] {
            bytes[index] = 0x20
            replacedCount += 1
        }
    }

    private mutating func appendNumber(_ number: UInt64, isNegative: Bool) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        if number < 10 {
            bytes.append(0x30 + UInt8(number))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var at = 20
            var rest = number
            while rest > 0 {
                at -= 1
                digits[at] = 0x30 + UInt8(rest % 10)
                rest /= 10
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(digits)[at...]))
        }
    }

    /// Segments that are whole already, terminators and all, as bytes.
    public mutating func append(verbatim value: UnsafeBufferPointer<UInt8>, segments: Int) {
        bytes.append(contentsOf: value)
        segmentCount += segments
        used = bytes.count
    }

    /// Takes away what was written so far, keeping the memory.
    public mutating func removeBytes() { bytes.removeAll(keepingCapacity: true) }

    public mutating func resetCount() { segmentCount = 0 }
}
