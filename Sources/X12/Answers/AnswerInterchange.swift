import HealthTypes

/// One interchange of answers of one kind, which grows set by set.
///
/// A group holds no more sets than GE01 can count; the next one begins a further group.
struct AnswerInterchange {
    private let functionalID: String
    private let version: String
    private let parties: InterchangeParties
    private let instant: Instant
    let controlNumber: Int
    private var groups = 0
    private var sets = 0
    private(set) var setNumber = ""
    var writer = SegmentWriter()

    private static let maximumSets = 999_999

    init(
        _ functionalID: String, version: String, _ parties: InterchangeParties, controlNumber: Int,
        at instant: Instant, usage: String
    ) {
        self.functionalID = functionalID
        self.version = version
        self.parties = parties
        self.instant = instant
        self.controlNumber = controlNumber % 1_000_000_000
        writer.beginInterchange(parties, controlNumber: controlNumber, at: instant, usage: usage)
        beginGroup()
    }

    private var groupNumber: Int { (controlNumber + groups - 1) % 1_000_000_000 }

    private mutating func beginGroup() {
        groups += 1
        sets = 0
        writer.beginGroup(functionalID, parties, controlNumber: groupNumber, at: instant, version: version)
    }

    private mutating func endGroup() { writer.write("GE", String(sets), String(groupNumber)) }

    /// Writes the ST of a further set.
    mutating func beginSet(_ id: String) {
        if sets == Self.maximumSets {
            endGroup()
            beginGroup()
        }
        sets += 1
        setNumber = padded(sets, to: 4)
        writer.resetCount()
        writer.write("ST", id, setNumber, version)
    }

    /// Writes its SE.
    mutating func endSet() { writer.write("SE", String(writer.segmentCount + 1), setNumber) }

    mutating func end() {
        endGroup()
        writer.write("IEA", String(groups), padded(controlNumber, to: 9))
    }
}
