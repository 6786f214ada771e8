import HealthTypes
import X12
import X12Units

/// The units of the accepted sets of an input, pulled batch by batch: a batch is what one transaction of a store takes.
///
/// It is for one task at a time.
public final class X12UnitStream {
    public struct Batch: Sendable {
        public var units: [X12IntakeUnit]
        /// What a resumption begins from (`from`) once these units are taken; it never falls.
        public var through: Int
        /// Whether the input is at its end, so that no further batch holds anything.
        public var isLast: Bool
    }

    private var steps: UnitSteps
    private var reading: X12UnitReading
    private let from: Int
    private var isAtEnd = false

    init(
        _ source: any ByteSource, name: String?, verdicts: X12Verdicts, from: Int, guides: GuideLibrary,
        limits: X12Limits
    ) {
        steps = UnitSteps(source, guides: guides, limits: limits) { verdicts.accepts(set: $0.ordinal) }
        reading = X12UnitReading(name: name, verdicts: verdicts)
        self.from = from
    }

    /// How much of the input was read so far.
    public var bytesRead: Int { steps.bytesRead }

    /// The next units: `limit` of them, fewer where the bytes of those taken reach `bytes` before. A few more may come,
    /// since what one segment ends is never parted.
    ///
    /// - Throws: what the source throws. What was given before stays good, and a new stream goes on from its `through`.
    public func next(limit: Int = 256, bytes: Int = 4 << 20) throws -> Batch {
        precondition(limit > 0 && bytes > 0, "a batch holds at least one unit")
        var taken = 0
        while !isAtEnd, reading.units.count < limit, taken < bytes {
            let before = reading.units.count
            let interchange = steps.interchangeCount
            isAtEnd = try !steps.step { event, header in
                // The segment that is being taken is the last of what was given when it was taken before.
                reading.take(event, header, interchange: interchange)
            }
            // What an earlier stream gave has been read for what follows it, and is not given again.
            if steps.through <= from, from > 0 { reading.units.removeSubrange(before...) }
            for unit in reading.units[before...] { taken += unit.range.count }
        }
        let units = reading.units
        reading.units.removeAll()
        return Batch(units: units, through: max(from, steps.through), isLast: isAtEnd)
    }
}

/// Turns the units of a walk into values of the model, one set after the other.
struct X12UnitReading {
    private let name: String?
    private let verdicts: X12Verdicts
    var units: [X12IntakeUnit] = []
    private var batch: X12IntakeUnit.Batch?
    private var setStart = 0
    /// Whether the open set has been given anything of.
    private var hasUnits = false
    private var remittance: OpenRemittance?
    private var answers = EligibilityAnswerReader()
    private var receipts: [X12IntakeUnit] = []
    /// Claims of the open 277CA by their billing provider.
    private var acknowledged: [String: Int] = [:]

    /// An 835 that is being read.
    private struct OpenRemittance {
        /// Nil where its head cannot be read.
        var head: Remittance?
        var claims = 0
        var unreadable = 0
        var paid = Money.zero
    }

    init(name: String?, verdicts: X12Verdicts) {
        self.name = name
        self.verdicts = verdicts
    }

    mutating func take(_ event: UnitSteps.Event, _ header: SetHeader, interchange: Int) {
        let first = units.count
        switch event {
        case .began(let byte):
            batch = nil
            setStart = byte
            hasUnits = false
            remittance = nil
            answers = EligibilityAnswerReader()
            receipts = []
            acknowledged = [:]
        case .unit(let unit): take(unit, header)
        case .cut:
            guard Self.kinds.contains(header.set) else { break }
            hasUnits = true
            give(
                .tooLong, [X12IntakeUnit.tooLongIssue(at: Location(byte: setStart))], setStart..<setStart, header,
                .unread)
        case .ended(let range): endSet(range, header)
        case .acknowledgment(let reading, let range):
            guard verdicts.accepts(interchange: interchange - 1) else { return }
            give(
                .interchangeAcknowledgement(reading), [], range, header, .interchangeAcknowledgement,
                number: reading.controlNumber,
                bytes: Array(
                    [reading.controlNumber, reading.date, reading.time, reading.status, reading.note]
                        .joined(separator: "*").utf8))
        }
        guard let name else { return }
        for index in first..<units.count {
            for place in units[index].issues.indices { units[index].issues[place].location.source = name }
        }
    }

    /// ST01 of the sets that are read.
    private static let kinds: Set<String> = ["270", "271", "277", "835", "837", "999"]

    private mutating func take(_ unit: X12Unit, _ header: SetHeader) {
        guard Self.kinds.contains(unit.set) else { return }
        hasUnits = true
        if batch == nil { batch = X12IntakeUnit.Batch(unit) }
        guard !unit.isCut else {
            return give(
                .tooLong, [X12IntakeUnit.tooLongIssue(at: unit.root.first.location())], unit, header, .unread)
        }
        switch unit.set {
        case "837":
            guard let view = Claim837(unit) else { return }
            let result = ClaimMapping.read(view)
            give(
                result.value.map { .claim($0) } ?? .unreadable, result.issues, unit, header, .claim,
                number: view.controlNumber)
        case "835": takeRemittance(unit, header)
        case "270":
            guard let view = EligibilityInquiry270(unit) else { return }
            let result = EligibilityMapping.read(view)
            give(
                result.value.map { .eligibilityInquiry($0) } ?? .unreadable, result.issues, unit, header,
                .eligibilityInquiry, number: result.value?.trace)
        case "271":
            guard let view = EligibilityResponse271(unit), let result = answers.read(view) else { return }
            give(
                .eligibilityAnswer(result.value), result.issues, unit, header, .eligibilityAnswer,
                number: result.value.trace)
        case "277": takeStatus(unit, header)
        case "999":
            let value = Acknowledgment999(unit)
            give(
                value.map { .implementationAcknowledgement($0) } ?? .unreadable,
                value == nil ? [MappingFault.acknowledgementUnreadable.issue(at: unit.root.first.location())] : [],
                unit,
                header, .implementationAcknowledgement, number: value?.groupControlNumber)
        default: hasUnits = false
        }
    }

    private mutating func endSet(_ range: Range<Int>, _ header: SetHeader) {
        for var receipt in receipts {
            if case .batchAcknowledgement(var value) = receipt.content {
                value.claims = value.provider.map { acknowledged[$0] ?? 0 } ?? acknowledged.values.reduce(0, +)
                receipt.content = .batchAcknowledgement(value)
            }
            units.append(receipt)
        }
        receipts = []
        if !hasUnits { give(.unread(kind: header.set), [], range, header, .unread) }
        hasUnits = false
    }

    // MARK: Payments and acknowledgements

    private mutating func takeRemittance(_ unit: X12Unit, _ header: SetHeader) {
        if remittance == nil { beginRemittance(unit, header) }
        if let view = RemittedClaim835(unit) {
            // Under a head that cannot be read no claim is known to be paid.
            let result = remittance?.head.map { RemittanceMapping.read(view, of: $0) } ?? MappingResult(nil)
            if let value = result.value {
                remittance?.claims += 1
                remittance?.paid += value.paid
            } else {
                remittance?.unreadable += 1
            }
            return give(
                result.value.map { .remittedClaim($0) } ?? .unreadable, result.issues, unit, header, .remittedClaim,
                number: view.controlNumber)
        }
        guard let view = Remittance835(unit), let open = remittance else { return }
        let result = RemittanceMapping.read(view)
        let end = RemittanceEnd(
            trace: open.head?.trace ?? "", payerID: open.head?.payerID ?? "", total: open.head?.total ?? .zero,
            providerAdjustments: result.value, claims: open.claims, paid: open.paid,
            unreadable: open.unreadable + (open.head == nil ? 1 : 0))
        let places = unit.all("ST", "PLB").map(\.byteRange)
        let last = unit.segments.last?.byteRange.upperBound ?? unit.byteOffset
        let range = places.first.map { $0.lowerBound..<(places.last?.upperBound ?? $0.upperBound) + 1 } ?? last..<last
        give(
            .remittanceEnd(end), result.issues, range, header, .remittanceEnd, number: open.head?.trace,
            bytes: unit.bytes(), content: unit.bytes(without: X12IntakeUnit.envelopeNames))
    }

    private mutating func beginRemittance(_ unit: X12Unit, _ header: SetHeader) {
        let result = RemittanceMapping.read(unit)
        remittance = OpenRemittance(head: result.value)
        // The head of the set, and of what follows nothing: neither LX nor PLB.
        let head = (unit.context + unit.segments).prefix { !["LX", "CLP", "PLB"].contains($0.id) }
        let end = (head.last?.byteRange.upperBound ?? setStart) + 1
        var bytes: [UInt8] = []
        for segment in head { bytes += Array(segment.rawText.utf8) + [0] }
        var content: [UInt8] = []
        for segment in head where segment.id != "ST" { content += Array(segment.rawText.utf8) + [0] }
        give(
            result.value.map { .remittance($0) } ?? .unreadable, result.issues, setStart..<max(setStart, end), header,
            .remittance, number: result.value?.trace, bytes: bytes, content: content)
    }

    private mutating func takeStatus(_ unit: X12Unit, _ header: SetHeader) {
        guard let view = ClaimStatus277(unit), view.isAcknowledgment else {
            // The answer to a question about a claim's standing (X212).
            hasUnits = false
            return
        }
        if let receipt = AcknowledgementMapping.readReceipt(view) {
            // How many claims stand under it is known at the end of the set.
            give(
                .batchAcknowledgement(receipt), [], unit, header, .batchAcknowledgement, number: receipt.reference)
            receipts.append(units.removeLast())
        }
        let result = AcknowledgementMapping.read(view)
        guard let value = result.value else { return }
        acknowledged[AcknowledgementMapping.provider(of: view), default: 0] += 1
        give(
            .claimAcknowledgement(value), result.issues, unit, header, .claimAcknowledgement,
            number: value.controlNumber)
    }

    // MARK: Giving

    private mutating func give(
        _ content: X12IntakeUnit.Content, _ issues: [Issue], _ unit: X12Unit, _ header: SetHeader,
        _ kind: X12IntakeUnit.Kind, number: String? = nil
    ) {
        give(
            content, issues, unit.byteRange, header, kind, number: number, context: unit.contextRanges,
            bytes: unit.bytes(), content: unit.bytes(without: X12IntakeUnit.envelopeNames))
    }

    private mutating func give(
        _ value: X12IntakeUnit.Content, _ issues: [Issue], _ range: Range<Int>, _ header: SetHeader,
        _ kind: X12IntakeUnit.Kind, number: String? = nil, context: [Range<Int>] = [], bytes: [UInt8]? = nil,
        content: [UInt8]? = nil
    ) {
        // Of a set that nobody reads its place stands for its bytes.
        let bytes = bytes ?? Array("\(range.lowerBound)-\(range.upperBound)".utf8)
        units.append(
            X12IntakeUnit(
                content: value, issues: issues, range: range, context: context, header: header,
                batch: batch ?? X12IntakeUnit.Batch(),
                identity: X12IntakeUnit.Identity(
                    senderQualifier: header.senderQualifier, sender: header.sender, kind: kind,
                    number: number?.withoutFilling.stated, digest: X12IntakeUnit.digest(header, bytes),
                    content: Digest(of: content ?? bytes))))
    }
}

extension X12IntakeUnit {
    /// Segments in which the same content sent anew differs.
    static let envelopeNames: Set<String> = ["ST", "BHT", "HL"]

    static func digest(_ header: SetHeader, _ bytes: [UInt8]) -> Digest {
        var input: [UInt8] = []
        input.reserveCapacity(bytes.count + 64)
        for number in [header.interchangeControlNumber, header.groupControlNumber, header.controlNumber] {
            input += Array(number.utf8) + [0]
        }
        return Digest(of: input + bytes)
    }

    static func tooLongIssue(at location: Location) -> Issue { MappingFault.unitTooLong.issue(at: location) }
}

extension X12IntakeUnit.Batch {
    init(_ unit: X12Unit) {
        reference = unit.first("ST", "BHT")?[3].withoutFilling ?? ""
        guard let submitter = unit.first("1000A", "NM1", "41") else { return }
        self.submitter = submitter[3]
        submitterID = submitter[9].withoutFilling
    }
}
