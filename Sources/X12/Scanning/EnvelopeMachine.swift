package import HealthTypes

/// Follows the envelopes of an input segment by segment: what each segment is, what it closes, and whether counts and
/// control numbers are true (X12.5, X12.6).
///
/// A fault in one envelope never hides what else the interchange holds: a missing trailer is closed at the next
/// envelope segment, and a segment that stands nowhere is counted and reported.
package struct EnvelopeMachine {
    package enum Place {
        case interchangeHeader, interchangeTrailer, ta1, groupHeader, groupTrailer
        case setHeader, body, setTrailer
        /// In the interchange or the group, outside of what should hold it.
        case stray
    }

    /// To what a finding belongs.
    enum Scope {
        case interchange, group, transaction
    }

    package struct Step {
        package var place: Place
        /// What ended before this segment without a trailer of its own, or with the trailer of what is around it.
        package var closesSet = false
        var closesGroup = false
        var closesInterchange = false
    }

    package struct Found {
        package var fault: Fault
        var scope: Scope
        package var location: Location
    }

    package private(set) var isGroupOpen = false
    /// A group that was made up for a set outside of any.
    private(set) var isGroupBare = false
    package private(set) var isSetOpen = false
    private var isInterchangeOpen = false
    /// The segment's place in its set, ST being 1; outside of sets, in its interchange, ISA being 1.
    package private(set) var position = 0
    private var interchangeSegments = 0
    private var header = Location()
    private var groupHeader = Location()
    private var setHeader = Location()
    private var interchangeNumber: [UInt8] = []
    private var groupNumber: [UInt8] = []
    private var setNumber: [UInt8] = []
    private var groupVersion: [UInt8] = []
    private var groupFunction: UInt64 = 0
    private var groups = 0
    private var sets = 0
    private var groupNumbers = NumberSet()
    private var setNumbers = NumberSet()
    private var interchanges: [UInt64: NumberSet] = [:]
    /// What was found since it was last taken away.
    package var found: [Found] = []

    package init() {}

    /// Takes the ISA of an interchange.
    package mutating func begin(_ slice: SegmentSlice, isReadable: Bool) -> Step {
        var step = Step(place: .interchangeHeader)
        step.closesSet = isSetOpen
        step.closesGroup = isGroupOpen
        step.closesInterchange = isInterchangeOpen
        closeInterchange(nil)
        interchangeSegments = 1
        position = 1
        groups = 0
        groupNumbers.removeAll()
        header = location(slice)
        interchangeNumber = Array(slice[13])
        isInterchangeOpen = isReadable
        if isReadable { checkHeader(slice) }
        return step
    }

    /// Takes a segment of this packed id where it stands in a set, as nearly all do; false leaves everything as it was.
    @inline(__always)
    package mutating func takeBody(_ id: UInt32) -> Bool {
        guard isSetOpen else { return false }
        switch id {
        case SegmentID.se, SegmentID.st, SegmentID.gs, SegmentID.ge, SegmentID.iea: return false
        default:
            interchangeSegments &+= 1
            position &+= 1
            return true
        }
    }

    package mutating func take(_ slice: SegmentSlice) -> Step {
        let id = slice.packedID
        interchangeSegments += 1
        if isSetOpen {
            position += 1
            switch id {
            case SegmentID.se:
                closeSet(slice)
                return Step(place: .setTrailer)
            case SegmentID.st, SegmentID.gs, SegmentID.ge, SegmentID.iea: break
            default: return Step(place: .body)
            }
        }
        return takeEnvelope(slice, id)
    }

    private mutating func takeEnvelope(_ slice: SegmentSlice, _ id: UInt32) -> Step {
        var step = Step(place: .stray)
        step.closesSet = isSetOpen
        switch id {
        case SegmentID.st:
            closeSet(nil)
            step.place = .setHeader
            beginSet(slice)
        case SegmentID.gs:
            step.closesGroup = isGroupOpen
            closeGroup(nil)
            step.place = .groupHeader
            beginGroup(slice)
        case SegmentID.ge where isGroupOpen:
            position = interchangeSegments
            closeGroup(slice)
            step.place = .groupTrailer
        case SegmentID.iea:
            position = interchangeSegments
            step.closesGroup = isGroupOpen
            closeInterchange(slice)
            step.place = .interchangeTrailer
        case SegmentID.ta1 where !isGroupOpen:
            position = interchangeSegments
            step.place = .ta1
        default:
            step.closesSet = false
            position = interchangeSegments
            note(
                isGroupOpen ? .strayGroupSegment : .strayInterchangeSegment, isGroupOpen ? .group : .interchange,
                location(slice))
        }
        return step
    }

    /// Ends the input.
    package mutating func finish() -> Step {
        var step = Step(place: .stray)
        step.closesSet = isSetOpen
        step.closesGroup = isGroupOpen
        step.closesInterchange = isInterchangeOpen
        closeInterchange(nil)
        return step
    }

    /// Where the segment or one of its elements lies.
    package func location(_ slice: SegmentSlice, element: Int? = nil) -> Location {
        let offset = element.map { $0 < slice.count ? slice.start($0) : 0 } ?? 0
        return Location(
            byte: slice.byteOffset + offset, segment: position, segmentID: slice.name, element: element)
    }

    private mutating func note(_ fault: Fault, _ scope: Scope, _ location: Location) {
        found.append(Found(fault: fault, scope: scope, location: location))
    }

}

// MARK: - Interchanges

extension EnvelopeMachine {
    private mutating func checkHeader(_ slice: SegmentSlice) {
        let date = slice[9]
        let checks: [(Int, Fault, Bool)] = [
            (9, .interchangeDate, date.count == 6 && Digits.isDate(date)),
            (10, .interchangeTime, slice.length(10) == 4 && Digits.isTime(slice[10])),
            (12, .interchangeVersion, slice.length(12) == 5 && Digits.number(slice[12]) != nil),
            (13, .interchangeControlNumberForm, slice.length(13) == 9 && Digits.number(slice[13]) != nil),
            (14, .interchangeAcknowledgment, slice.has(14, "0") || slice.has(14, "1")),
            (15, .interchangeUsage, slice.has(15, "P") || slice.has(15, "T") || slice.has(15, "I")),
        ]
        for (element, fault, passes) in checks where !passes {
            note(fault, .interchange, location(slice, element: element))
        }
        // Control numbers are unique among the interchanges of a sender.
        let sender = slice[5].fingerprint &* 31 &+ slice[6].fingerprint
        guard interchanges.count < 10_000 || interchanges[sender] != nil else { return }
        if !interchanges[sender, default: NumberSet()].insert(slice[13]) {
            note(.interchangeDuplicate, .interchange, location(slice, element: 13))
        }
    }

    private mutating func closeInterchange(_ trailer: SegmentSlice?) {
        closeGroup(nil)
        guard isInterchangeOpen else { return }
        isInterchangeOpen = false
        guard let trailer else { return note(.interchangeTrailerMissing, .interchange, header) }
        if Digits.number(trailer[1]) != UInt64(groups) {
            note(.groupCount, .interchange, location(trailer, element: 1))
        }
        if !isSame(trailer[2], interchangeNumber) {
            note(.interchangeControlNumber, .interchange, location(trailer, element: 2))
        }
    }

    /// Whether two control numbers are one: `0001` is `1`, and what is no number must be the same text.
    private func isSame(_ left: UnsafeBufferPointer<UInt8>, _ right: [UInt8]) -> Bool {
        right.withUnsafeBufferPointer { right in
            if let left = Digits.number(left), let right = Digits.number(right) { return left == right }
            return left.elementsEqual(right)
        }
    }
}

// MARK: - Groups

extension EnvelopeMachine {
    private mutating func beginGroup(_ slice: SegmentSlice) {
        position = interchangeSegments
        isGroupOpen = true
        isGroupBare = false
        groups += 1
        sets = 0
        setNumbers.removeAll()
        groupHeader = location(slice)
        groupNumber = Array(slice[6])
        groupVersion = Array(slice[8])
        groupFunction = slice[1].packed
        let number = slice[6]
        if number.count > 9 || Digits.number(number) == nil {
            note(.groupControlNumberForm, .group, location(slice, element: 6))
        }
        if !groupNumbers.insert(number) { note(.groupDuplicate, .group, location(slice, element: 6)) }
    }

    private mutating func closeGroup(_ trailer: SegmentSlice?) {
        closeSet(nil)
        guard isGroupOpen else { return }
        isGroupOpen = false
        if setNumbers.isFull { note(.numbersNotKept, .group, groupHeader) }
        guard !isGroupBare else { return }
        guard let trailer else { return note(.groupTrailerMissing, .group, groupHeader) }
        if Digits.number(trailer[1]) != UInt64(sets) {
            note(.transactionCount, .group, location(trailer, element: 1))
        }
        if !isSame(trailer[2], groupNumber) { note(.groupControlNumber, .group, location(trailer, element: 2)) }
    }
}

// MARK: - Transaction sets

extension EnvelopeMachine {
    private mutating func beginSet(_ slice: SegmentSlice) {
        if !isGroupOpen {
            isGroupOpen = true
            isGroupBare = true
            sets = 0
            setNumbers.removeAll()
            groupVersion = []
            position = interchangeSegments
            note(.groupHeaderMissing, .group, location(slice))
        }
        isSetOpen = true
        position = 1
        sets += 1
        setHeader = location(slice)
        setNumber = Array(slice[2])
        let number = slice[2]
        if !(4...9).contains(number.count) || !number.allSatisfy(\.isLetterOrDigit) {
            note(.transactionControlNumberForm, .transaction, location(slice, element: 2))
        }
        if !setNumbers.insert(number) { note(.transactionDuplicate, .transaction, location(slice, element: 2)) }
        let group = isGroupBare ? nil : groupFunction
        if let group, let expected = Self.functions[slice[1].packed], expected != group {
            note(.transactionNotOfGroup, .transaction, location(slice, element: 1))
        }
        if slice.length(3) > 0, !groupVersion.isEmpty, !slice[3].elementsEqual(groupVersion) {
            note(.guideNotOfGroup, .transaction, location(slice, element: 3))
        }
    }

    private mutating func closeSet(_ trailer: SegmentSlice?) {
        guard isSetOpen else { return }
        isSetOpen = false
        guard let trailer else { return note(.transactionTrailerMissing, .transaction, setHeader) }
        if Digits.number(trailer[1]) != UInt64(position) {
            note(.segmentCount, .transaction, location(trailer, element: 1))
        }
        if !trailer[2].elementsEqual(setNumber) {
            note(.transactionControlNumber, .transaction, location(trailer, element: 2))
        }
    }

    /// GS01 by ST01, for the sets of health care.
    private static let functions: [UInt64: UInt64] = Dictionary(
        uniqueKeysWithValues: [
            ("837", "HC"), ("835", "HP"), ("270", "HS"), ("271", "HB"), ("276", "HR"), ("277", "HN"), ("278", "HI"),
            ("834", "BE"), ("820", "RA"), ("999", "FA"), ("997", "FA"), ("275", "PI"), ("824", "AG"),
        ].map { ($0.packedCode, $1.packedCode) })
}
