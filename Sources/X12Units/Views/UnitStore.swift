import CX12Scan
public import HealthTypes
import X12

/// The segments of one unit of a transaction set (a claim, a remitted claim, a member) with those around it that say
/// whose it is, in flat memory that readers use again for the next unit.
final class UnitStore: @unchecked Sendable {
    struct Record: BitwiseCopyable {
        /// Where the segment begins in `bytes`, and its first entry in `ends`.
        var start: UInt32
        var firstEnd: UInt32
        /// Elements, the id among them.
        var count: UInt32
        /// The guide's rule and loop; negative where the guide has none.
        var rule: Int32
        var loop: Int32
        /// In the transaction set, ST being 1.
        var position: UInt32
        var byte: Int
    }

    let guide: CompiledGuide
    fileprivate(set) var delimiters = Delimiters.standard
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    private(set) var byteCount = 0
    private var byteCapacity: Int
    private(set) var ends: UnsafeMutablePointer<UInt32>
    private(set) var endCount = 0
    private var endCapacity: Int
    private(set) var records: UnsafeMutablePointer<Record>
    private(set) var recordCount = 0
    private var recordCapacity: Int
    /// For each rule of the guide its first record; negative where there is none.
    private let firstOfRule: UnsafeMutablePointer<Int32>
    /// Where the unit's own records begin; before them stand those around it.
    fileprivate(set) var unitStart = 0
    /// GS08 or ST03.
    fileprivate(set) var guideID = ""
    fileprivate(set) var setControlNumber = ""
    /// Where segments were left out because there were too many; nil where none were.
    fileprivate(set) var cutAt: Int?

    init(guide: CompiledGuide) {
        self.guide = guide
        byteCapacity = 4096
        endCapacity = 1024
        recordCapacity = 128
        bytes = Self.memory(byteCapacity)
        ends = .allocate(capacity: endCapacity)
        records = .allocate(capacity: recordCapacity)
        firstOfRule = .allocate(capacity: max(guide.rules.count, 1))
        firstOfRule.initialize(repeating: -1, count: guide.rules.count)
    }

    deinit {
        Self.free(bytes)
        ends.deallocate()
        records.deallocate()
        firstOfRule.deallocate()
    }

    /// Memory for bytes, with room before it (``SegmentSlice/canLookBack``).
    private static func memory(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: SegmentSlice.bytesBefore + capacity)
        memory.initialize(repeating: 0, count: SegmentSlice.bytesBefore)
        return memory + SegmentSlice.bytesBefore
    }

    private static func free(_ bytes: UnsafeMutablePointer<UInt8>) { (bytes - SegmentSlice.bytesBefore).deallocate() }

    @inline(__always)
    func append(_ slice: SegmentSlice, rule: Int32, loop: Int32, position: Int) {
        let length = slice.length
        if byteCount + length > byteCapacity { growBytes(length) }
        if endCount + slice.count + 4 > endCapacity { growEnds(slice.count) }
        if recordCount == recordCapacity { growRecords() }
        Self.copy(slice.base, to: bytes + byteCount, length)
        // Both have room for three more.
        cx12_relative(slice.ends, slice.count, 0, ends + endCount)
        records[recordCount] = Record(
            start: UInt32(truncatingIfNeeded: byteCount), firstEnd: UInt32(truncatingIfNeeded: endCount),
            count: UInt32(truncatingIfNeeded: slice.count), rule: rule, loop: loop,
            position: UInt32(truncatingIfNeeded: position), byte: slice.byteOffset)
        if rule >= 0, firstOfRule[Int(rule)] < 0 { firstOfRule[Int(rule)] = Int32(truncatingIfNeeded: recordCount) }
        byteCount &+= length
        endCount &+= slice.count
        recordCount &+= 1
    }

    /// Copies a few bytes, mostly between four and a hundred, by words of which the last may overlap.
    @inline(__always)
    private static func copy(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, _ count: Int) {
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(target)
        func word<Word: BitwiseCopyable>(_ at: Int, _: Word.Type) {
            to.storeBytes(of: from.loadUnaligned(fromByteOffset: at, as: Word.self), toByteOffset: at, as: Word.self)
        }
        if count >= 16 {
            var at = 0
            while at &+ 16 < count {
                word(at, SIMD16<UInt8>.self)
                at &+= 16
            }
            word(count &- 16, SIMD16<UInt8>.self)
        } else if count >= 8 {
            word(0, UInt64.self)
            word(count &- 8, UInt64.self)
        } else if count >= 4 {
            word(0, UInt32.self)
            word(count &- 4, UInt32.self)
        } else {
            target.update(from: source, count: count)
        }
    }

    /// How much memory the records take.
    @inline(__always)
    var size: Int { byteCount &+ endCount &* 4 &+ recordCount &* MemoryLayout<Record>.stride }

    /// Takes away the records from a place on.
    @inline(__always)
    func truncate(to count: Int) {
        guard count < recordCount else { return }
        // What was left out behind this place belongs to what is taken away.
        if let place = cutAt, count < place { cutAt = nil }
        var index = count
        while index < recordCount {
            let rule = Int(records[index].rule)
            if rule >= 0, firstOfRule[rule] == Int32(truncatingIfNeeded: index) { firstOfRule[rule] = -1 }
            index &+= 1
        }
        byteCount = Int(records[count].start)
        endCount = Int(records[count].firstEnd)
        recordCount = count
    }

    func first(_ rule: Int32) -> Int? {
        guard rule >= 0 else { return nil }
        let record = Int(firstOfRule[Int(rule)])
        return record < 0 ? nil : record
    }

    @inline(__always)
    func slice(_ index: Int) -> SegmentSlice {
        let record = records[index]
        return SegmentSlice(
            base: UnsafePointer(bytes + Int(record.start)), ends: UnsafePointer(ends + Int(record.firstEnd)),
            count: Int(record.count), byteOffset: record.byte, delimiters: delimiters)
    }

    /// A store with the same records up to a place, for a reader whose last unit somebody kept.
    func copy(of count: Int) -> UnitStore {
        let copy = UnitStore(guide: guide)
        copy.delimiters = delimiters
        copy.guideID = guideID
        copy.setControlNumber = setControlNumber
        if let cutAt, cutAt <= count { copy.cutAt = cutAt }
        for index in 0..<count {
            let record = records[index]
            copy.append(slice(index), rule: record.rule, loop: record.loop, position: Int(record.position))
        }
        return copy
    }

    private func growBytes(_ extra: Int) {
        byteCapacity = (byteCount + extra) * 2
        let larger = Self.memory(byteCapacity)
        larger.update(from: bytes, count: byteCount)
        Self.free(bytes)
        bytes = larger
    }

    private func growEnds(_ extra: Int) {
        endCapacity = (endCount + extra + 4) * 2
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: endCapacity)
        larger.update(from: ends, count: endCount)
        ends.deallocate()
        ends = larger
    }

    private func growRecords() {
        recordCapacity *= 2
        let larger = UnsafeMutablePointer<Record>.allocate(capacity: recordCapacity)
        larger.update(from: records, count: recordCount)
        records.deallocate()
        records = larger
    }
}

/// One segment of a unit; a view that costs no copy until text is asked for.
public struct UnitSegment: Sendable {
    let store: UnitStore
    let index: Int

    /// The segment's name, such as `CLM`.
    public var id: String { store.slice(index).text(0) }

    /// The guide's loop in which it stands, such as `2010BA`; `?` where the guide has none.
    public var loop: String {
        let loop = Int(store.records[index].loop)
        return loop < 0 ? "?" : store.guide.loopIDs[loop]
    }

    /// Its place in the transaction set, ST being 1.
    public var position: Int { Int(store.records[index].position) }

    /// Offset of its first byte from the start of the input.
    public var byteOffset: Int { store.records[index].byte }

    /// How many elements stand after the id, empty ones included.
    public var elementCount: Int { Int(store.records[index].count) - 1 }

    /// The whole text of an element, counted from 1; empty where it is absent.
    public subscript(element: Int) -> String { store.slice(index).text(element) }

    /// A component, counted from 1, of the element's first repetition; empty where it is absent.
    public subscript(element: Int, component: Int) -> String { store.slice(index)[element, component].string }

    /// Each repetition of an element; nothing where it is absent or empty.
    public func repetitions(_ element: Int) -> [String] {
        let slice = store.slice(index)
        let bytes = slice[element]
        guard !bytes.isEmpty else { return [] }
        guard slice.delimiters.repetition != 0 else { return [bytes.string] }
        return bytes.split(separator: slice.delimiters.repetition, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The components of each repetition of an element; nothing where it is absent or empty.
    public func components(_ element: Int) -> [[String]] {
        let slice = store.slice(index)
        let bytes = slice[element]
        guard !bytes.isEmpty else { return [] }
        let repetitions =
            slice.delimiters.repetition == 0
            ? [Slice(base: bytes, bounds: bytes.indices)]
            : bytes.split(separator: slice.delimiters.repetition, omittingEmptySubsequences: false)
        return repetitions.map { repetition in
            repetition.split(separator: slice.delimiters.component, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// An element as dollars; nil where it is absent or no amount.
    public func money(_ element: Int) -> Money? {
        Digits.cents(store.slice(index)[element]).map { Money(cents: $0) }
    }

    /// An element as a day, written `CCYYMMDD`; of a range (`RD8`), its first day.
    public func date(_ element: Int) -> CalendarDate? { Digits.date(store.slice(index)[element], at: 0) }

    /// The last day of a range; of a single day, that.
    public func lastDate(_ element: Int) -> CalendarDate? {
        let bytes = store.slice(index)[element]
        return Digits.date(bytes, at: bytes.count >= 17 ? 9 : 0)
    }

    public func has(_ element: Int, _ code: StaticString) -> Bool { store.slice(index).has(element, code) }

    public func isEmpty(_ element: Int) -> Bool { store.slice(index).isEmpty(element) }

    /// The bytes of an element, valid inside the closure.
    public func withBytes<Result>(_ element: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows
        -> Result
    {
        try body(store.slice(index)[element])
    }

    /// Where it lies in the input, without its terminator.
    public var byteRange: Range<Int> { byteOffset..<byteOffset + store.slice(index).length }

    /// Where it or a part of it lies.
    public func location(element: Int? = nil, component: Int? = nil, source: String? = nil) -> Location {
        let slice = store.slice(index)
        var byte = byteOffset
        if let element, element < slice.count {
            byte += slice.start(element)
            if let component, let first = slice[element].baseAddress, let part = slice[element, component].baseAddress {
                byte += part - first
            }
        }
        return Location(
            source: source, byte: byte, segment: position, segmentID: id, loop: loop, element: element,
            component: component)
    }

    /// The segment as it stands, without its terminator.
    public var rawText: String {
        let slice = store.slice(index)
        return UnsafeBufferPointer(start: slice.base, count: slice.length).string
    }
}

extension Digits {
    static func date(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> CalendarDate? {
        guard bytes.count >= start + 8,
            let number = eightDigits(UnsafeBufferPointer(start: bytes.baseAddress! + start, count: 8))
        else { return nil }
        return CalendarDate(year: Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100))
    }
}

/// Collects the units of one kind of transaction set while its segments pass by.
struct UnitCollector: ~Copyable {
    private var matcher: LoopMatcher
    private(set) var store: UnitStore
    private let plan: UnitPlan
    private let maximumBytes: Int
    /// How many units were given in part or not at all.
    private(set) var cutUnits = 0
    /// Where the records of the open loops around units begin, the outermost first.
    private var starts: [(loop: Int, record: Int)] = []

    init(plan: UnitPlan, limits: X12Limits = .standard) {
        maximumBytes = limits.maximumUnitBytes
        matcher = LoopMatcher(guide: plan.guide, judges: false)
        store = UnitStore(guide: plan.guide)
        self.plan = plan
    }

    var guide: CompiledGuide { plan.guide }

    /// Begins the set whose ST this is.
    mutating func begin(_ slice: SegmentSlice, guideID: String) {
        matcher.restart(byte: slice.byteOffset)
        renew(0)
        starts.removeAll(keepingCapacity: true)
        store.truncate(to: 0)
        store.cutAt = nil
        store.delimiters = slice.delimiters
        store.guideID = guideID
        store.setControlNumber = slice.text(2)
        matcher.place(slice, position: 1)
        store.append(slice, rule: matcher.rule, loop: 0, position: 1)
    }

    /// Counts the ST of a set that began under another guide, and keeps nothing of it.
    mutating func placeHeader() { matcher.placeHeader() }

    /// Takes the next segment, whose packed id is known; gives the unit that it ends first.
    @inline(__always)
    mutating func take(
        _ slice: SegmentSlice, _ id: UInt32, position: Int, _ body: (X12Unit) throws -> Void
    ) rethrows {
        matcher.place(slice, id, position: position)
        if matcher.closedCount > 0 { try closeLoops(body) }
        let loop = matcher.loop ?? -1
        if matcher.began, loop >= 0, plan.kinds[loop] != 0 { starts.append((loop, store.recordCount)) }
        // Behind the first segment that is left out nothing is kept either, or lines would get what is not theirs.
        guard store.cutAt == nil else { return }
        guard store.size &+ slice.length <= maximumBytes else {
            store.cutAt = store.recordCount
            return
        }
        let rule = matcher.rule
        store.append(
            slice, rule: rule < 0 ? rule : plan.kin[Int(rule)], loop: Int32(truncatingIfNeeded: loop),
            position: position)
    }

    /// Ends the set.
    mutating func finish(_ body: (X12Unit) throws -> Void) rethrows {
        matcher.finish()
        try closeLoops(body)
        guard plan.kinds[0] == 2, store.recordCount > 0 else { return }
        if store.cutAt != nil { cutUnits += 1 }
        store.unitStart = 0
        try body(X12Unit(store: store, plan: plan))
    }

    @inline(never)
    private mutating func closeLoops(_ body: (X12Unit) throws -> Void) rethrows {
        for index in 0..<matcher.closedCount { try close(matcher.closedLoop(index), body) }
    }

    private mutating func close(_ loop: Int, _ body: (X12Unit) throws -> Void) rethrows {
        guard loop >= 0, plan.kinds[loop] != 0, let last = starts.last, last.loop == loop else { return }
        starts.removeLast()
        if plan.kinds[loop] >= 2, store.cutAt != nil { cutUnits += 1 }
        // A unit of which not even the first segment was kept is none.
        if plan.kinds[loop] >= 2, last.record < store.recordCount {
            store.unitStart = last.record
            try body(X12Unit(store: store, plan: plan))
            if plan.kinds[loop] == 3 { return renew(store.recordCount) }
            renew(last.record)
        }
        store.truncate(to: last.record)
    }

    /// Takes another store where somebody kept the unit.
    private mutating func renew(_ count: Int) {
        if !isKnownUniquelyReferenced(&store) { store = store.copy(of: count) }
    }
}
