import HealthTypes
import X12

/// Writes segments into memory of its own: each element is checked while it is copied, and nothing is allocated for it.
///
/// Empty elements at a segment's end and empty components at an element's end are left off. Of text that an element may
/// not hold the nearest is written, and the place is noted.
struct SegmentPen: ~Copyable {
    /// Where text was replaced; what stood there is not kept.
    struct Replacement: Hashable {
        var loop: String
        var segment: String
        var element: Int
        var component: Int?
    }

    /// A place to which what was written may be taken back.
    struct Mark {
        fileprivate(set) var count: Int
        fileprivate var segments: Int
        fileprivate var replacements: Int
    }

    let delimiters: Delimiters
    private let characters: X12Characters
    private let breaksLines: Bool
    /// For each byte what is written for it; zero where an element may not hold it.
    private let carried: UnsafeMutablePointer<UInt8>
    /// The high bits of a text that lies in its `String` itself and may be written by words; see ``ShortText``.
    private let shortMark: UInt64
    private let marks: CarriedWords
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0
    /// Where the open segment and its open element begin, and where the last element that is not empty ends.
    private var start = 0
    private var element = 0
    private var used = 0
    private(set) var segmentCount = 0
    private(set) var replacements: [Replacement] = []
    /// The loop of which replacements speak.
    var loop: StaticString = ""

    init(delimiters: Delimiters, characters: X12Characters = .extended, breaksLines: Bool = false) {
        self.delimiters = delimiters
        self.characters = characters
        self.breaksLines = breaksLines
        capacity = 1 << 16
        base = .allocate(capacity: capacity)
        carried = .allocate(capacity: 256)
        for byte in 0..<256 {
            let written = characters.written(for: UInt8(byte))
            carried[byte] = delimiters.contains(written) ? 0 : written
        }
        marks = CarriedWords(delimiters)
        shortMark = characters == .extended && ShortText.isKnown ? ShortText.mark : ShortText.never
    }

    deinit {
        base.deallocate()
        carried.deallocate()
    }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    // MARK: Segments

    @inline(__always)
    mutating func begin(_ id: StaticString) {
        reserve(16)
        start = count
        copy(id)
    }

    /// A segment of a name that is a value's.
    mutating func begin(named id: String) {
        start = count
        append(id)
        used = count
    }

    @inline(__always)
    mutating func end() {
        count = used
        reserve(2)
        base[count] = delimiters.segment
        count &+= 1
        if breaksLines {
            base[count] = 0x0a
            count &+= 1
        }
        segmentCount &+= 1
    }

    /// A line feed behind a segment.
    mutating func breakLine() {
        reserve(1)
        base[count] = 0x0a
        count += 1
        used = count
    }

    // MARK: Elements

    @inline(__always)
    mutating func addEmpty() {
        reserve(1)
        base[count] = delimiters.element
        count &+= 1
        element = count
    }

    @inline(__always)
    mutating func addEmpty(_ number: Int) {
        var rest = number
        while rest > 0 {
            addEmpty()
            rest &-= 1
        }
    }

    /// A code of the library's own, which needs no check.
    @inline(__always)
    mutating func add(_ code: StaticString) {
        addEmpty()
        copy(code)
    }

    @inline(__always)
    mutating func add(_ text: String) {
        addEmpty()
        append(text)
    }

    /// A text where it lies.
    @inline(__always)
    mutating func add(_ text: UnsafePointer<String>) {
        addEmpty()
        append(text)
    }

    @inline(__always)
    mutating func add(_ number: Int) {
        addEmpty()
        append(number: UInt64(number.magnitude), isNegative: number < 0)
        used = count
    }

    /// A number with zeros before it, its last `width` digits.
    mutating func add(_ number: Int, width: Int) {
        addEmpty()
        reserve(width)
        var at = width
        var rest = number
        while at > 0 {
            at &-= 1
            base[count &+ at] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count &+= width
        used = count
    }

    /// An amount in the shortest form of type R: `12.5`.
    @inline(__always)
    mutating func add(_ amount: Money) {
        addEmpty()
        let cents = amount.cents.magnitude
        append(number: cents / 100, isNegative: amount.cents < 0)
        let fraction = UInt8(truncatingIfNeeded: cents % 100)
        if fraction != 0 {
            base[count] = 0x2e
            base[count &+ 1] = 0x30 &+ fraction / 10
            base[count &+ 2] = 0x30 &+ fraction % 10
            count &+= fraction % 10 == 0 ? 2 : 3
        }
        used = count
    }

    mutating func add(_ amount: Money?) {
        if let amount { add(amount) } else { addEmpty() }
    }

    /// `CCYYMMDD`.
    mutating func add(_ date: CalendarDate) {
        addEmpty()
        pair(date.year / 100, at: 0)
        pair(date.year % 100, at: 2)
        pair(date.month, at: 4)
        pair(date.day, at: 6)
        count &+= 8
        used = count
    }

    mutating func add(_ date: CalendarDate?) {
        if let date { add(date) } else { addEmpty() }
    }

    // MARK: Components

    /// A further component of the element that was added last.
    @inline(__always)
    mutating func component(_ text: String) {
        reserve(1)
        base[count] = delimiters.component
        count &+= 1
        append(text)
    }

    @inline(__always)
    mutating func component(_ text: UnsafePointer<String>) {
        reserve(1)
        base[count] = delimiters.component
        count &+= 1
        append(text)
    }

    mutating func component(_ number: Int) {
        reserve(1)
        base[count] = delimiters.component
        count &+= 1
        append(number: UInt64(number.magnitude), isNegative: number < 0)
        used = count
    }

    /// Leaves off what is empty at the end of the element's components.
    @inline(__always)
    mutating func endComposite() { count = max(used, element) }

    /// A further repetition of the element that was added last.
    mutating func repetition(_ text: String) {
        precondition(delimiters.repetition != 0, "these delimiters allow no repetition")
        reserve(1)
        base[count] = delimiters.repetition
        count &+= 1
        append(text)
    }

    /// A delimiter as an element, as ISA states them.
    mutating func add(delimiter: UInt8) {
        addEmpty()
        reserve(1)
        base[count] = delimiter
        count &+= 1
        used = count
    }

    // MARK: Whole parts

    /// Segments that are whole already.
    mutating func append(verbatim value: UnsafeBufferPointer<UInt8>, segments: Int = 0) {
        guard let source = value.baseAddress else { return }
        reserve(value.count)
        (base + count).update(from: source, count: value.count)
        count += value.count
        used = count
        segmentCount += segments
    }

    /// Bytes as an element, whatever they are: the content of BIN and BDS.
    mutating func add(content value: [UInt8]) {
        addEmpty()
        value.withUnsafeBufferPointer { append(verbatim: $0) }
    }

    var mark: Mark { Mark(count: count, segments: segmentCount, replacements: replacements.count) }

    mutating func goBack(to mark: Mark) {
        count = mark.count
        used = mark.count
        segmentCount = mark.segments
        if replacements.count > mark.replacements { replacements.removeSubrange(mark.replacements...) }
    }

    mutating func removeBytes() {
        count = 0
        used = 0
        replacements.removeAll(keepingCapacity: true)
    }

    mutating func resetCount() { segmentCount = 0 }

    mutating func takeReplacements() -> [Replacement] {
        defer { replacements.removeAll() }
        return replacements
    }

    // MARK: Bytes

    @inline(__always)
    private mutating func reserve(_ number: Int) {
        // Room for a number and its separators is always there.
        if count &+ number &+ 64 > capacity { grow(number) }
    }

    @inline(never)
    private mutating func grow(_ number: Int) {
        capacity = (count + number + 64) * 2
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }

    @inline(__always)
    private mutating func copy(_ code: StaticString) {
        let number = code.utf8CodeUnitCount
        (base + count).update(from: code.utf8Start, count: number)
        count &+= number
        used = count
    }

    @inline(__always)
    private mutating func append(_ text: String) {
        let short = ShortText(text)
        if short.isEmpty { return }
        if short.high >> 60 != shortMark || !append(short) { appendLong(text) }
    }

    /// Reads the text's words alone, so that nothing is counted for it.
    @inline(__always)
    private mutating func append(_ text: UnsafePointer<String>) {
        let short = ShortText(at: text)
        if short.isEmpty { return }
        if short.high >> 60 != shortMark || !append(short) { appendLong(text.pointee) }
    }

    /// Of a text that may not be carried as it is nothing is written.
    private mutating func append(_ short: ShortText) -> Bool {
        reserve(16)
        let target = UnsafeMutableRawPointer(base + count)
        target.storeBytes(of: short.low, as: UInt64.self)
        target.storeBytes(of: short.high, toByteOffset: 8, as: UInt64.self)
        var wrong = marks.wrong(in: short.low) & CarriedWords.mask(short.count)
        if short.count > 8 { wrong |= marks.wrong(in: short.high) & CarriedWords.mask(short.count &- 8) }
        guard wrong == 0 else { return false }
        count &+= short.count
        used = count
        return true
    }

    @inline(never)
    private mutating func appendLong(_ text: String) {
        let number = text.utf8.count
        guard number > 0 else { return }
        reserve(number)
        let target = base + count
        let carried = carried
        let marks = marks
        let byWords = shortMark == ShortText.mark && number >= 8
        let isCarried = text.utf8.withContiguousStorageIfAvailable { source in
            if byWords { return marks.copy(UnsafeRawBufferPointer(source), to: target) }
            var isCarried = true
            for index in 0..<number {
                let byte = carried[Int(source[index])]
                target[index] = byte
                isCarried = isCarried && byte != 0
            }
            return isCarried
        }
        if isCarried == true {
            count &+= number
            used = count
        } else {
            replace(text)
        }
    }

    @inline(never)
    private mutating func replace(_ text: String) {
        // Which element it is can be counted from the separators before it.
        var elements = 0
        var components = 0
        for index in start..<count {
            if base[index] == delimiters.element {
                elements += 1
                components = 0
            } else if base[index] == delimiters.component {
                components += 1
            }
        }
        let segment = UnsafeBufferPointer(start: base + start, count: min(3, count - start))
        replacements.append(
            Replacement(
                loop: loop.description, segment: String(decoding: segment.prefix { $0.isLetterOrDigit }, as: UTF8.self),
                element: elements, component: components == 0 ? nil : components + 1))
        CarriedText.bytes(of: text, delimiters, characters).withUnsafeBufferPointer { append(verbatim: $0) }
    }

    @inline(__always)
    private mutating func append(number: UInt64, isNegative: Bool) {
        if isNegative {
            base[count] = 0x2d
            count &+= 1
        }
        var width = 1
        var limit: UInt64 = 10
        while number >= limit {
            width &+= 1
            limit &*= 10
        }
        var at = width
        var rest = number
        repeat {
            at &-= 1
            base[count &+ at] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while at > 0
        count &+= width
    }

    /// Two digits, for which there is room.
    @inline(__always)
    private mutating func pair(_ number: Int, at offset: Int) {
        base[count &+ offset] = 0x30 &+ UInt8(truncatingIfNeeded: number / 10)
        base[count &+ offset &+ 1] = 0x30 &+ UInt8(truncatingIfNeeded: number % 10)
    }
}
