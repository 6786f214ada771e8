public import HealthTypes

/// Writes one interchange: envelopes, counts and control numbers are its work.
///
///     var writer = InterchangeWriter(parties: parties, controlNumber: 907, at: clock.now, usage: "T")
///     writer.addGroup(functionalID: "HC", version: "005010X222A1", transactions: [claim])
///     let bytes = writer.bytes()
public struct InterchangeWriter: Sendable {
    /// Who sends to whom, in the interchange (ISA) and in its groups (GS).
    public struct Parties: Hashable, Sendable {
        public var senderQualifier: String
        public var sender: String
        public var receiverQualifier: String
        public var receiver: String
        /// GS02.
        public var applicationSender: String
        /// GS03.
        public var applicationReceiver: String

        public init(
            senderQualifier: String = "ZZ", sender: String, receiverQualifier: String = "ZZ", receiver: String,
            applicationSender: String? = nil, applicationReceiver: String? = nil
        ) {
            self.senderQualifier = senderQualifier
            self.sender = sender
            self.receiverQualifier = receiverQualifier
            self.receiver = receiver
            self.applicationSender = applicationSender ?? sender
            self.applicationReceiver = applicationReceiver ?? receiver
        }
    }

    /// The control numbers that a group was given, by which its acknowledgement will name it.
    public struct WrittenGroup: Hashable, Sendable {
        public let controlNumber: String
        public let transactionControlNumbers: [String]
    }

    private let parties: Parties
    private let controlNumber: Int
    private let instant: Instant
    private let delimiters: Delimiters
    private let usage: String
    private let acknowledgmentRequested: Bool
    private var body: [UInt8] = []
    private var groupCount = 0
    private var transactionCount = 0
    /// The characters that had to be replaced, each at its segment and element.
    public private(set) var issues: [Issue] = []

    /// `controlNumber` is ISA13, of which nine digits are kept; `usage` is `P` or `T`.
    public init(
        parties: Parties, controlNumber: Int, at instant: Instant, usage: String, delimiters: Delimiters = .standard,
        acknowledgmentRequested: Bool = false
    ) {
        precondition(delimiters.areUsable, "the delimiters of an interchange are four different marks")
        precondition(controlNumber >= 0, "a control number is not negative")
        self.parties = parties
        self.controlNumber = controlNumber % 1_000_000_000
        self.instant = instant
        self.usage = usage
        self.delimiters = delimiters
        self.acknowledgmentRequested = acknowledgmentRequested
    }

    /// Adds a functional group.
    ///
    /// The first one's control number is the interchange's, so that it tells days apart.
    @discardableResult
    public mutating func addGroup(
        functionalID: String, version: String, transactions: [TransactionWriter]
    ) -> WrittenGroup {
        let number = String((controlNumber + groupCount) % 1_000_000_000)
        groupCount += 1
        let time = instant.compact
        append(
            "GS",
            [
                .text(functionalID), .text(parties.applicationSender), .text(parties.applicationReceiver),
                .text(String(time.prefix(8))), .text(String(time.dropFirst(8).prefix(4))), .text(number), "X",
                .text(version),
            ])
        var numbers: [String] = []
        for transaction in transactions {
            transactionCount += 1
            let control = padded(transactionCount, to: 4)
            numbers.append(control)
            append(
                "ST",
                [
                    .text(transaction.id), .text(control),
                    transaction.guide >= "005010" ? .text(transaction.guide) : .empty,
                ])
            for (place, segment) in transaction.segments.enumerated() {
                append(segment.id, segment.elements, position: place + 2)
            }
            append("SE", [.number(transaction.segmentCount), .text(control)])
        }
        append("GE", [.number(transactions.count), .text(number)])
        return WrittenGroup(controlNumber: number, transactionControlNumbers: numbers)
    }

    /// Adds an interchange acknowledgement; it must come before any group.
    public mutating func addTA1(_ elements: [X12Value]) {
        precondition(groupCount == 0, "a TA1 stands before the groups")
        append("TA1", elements)
    }

    /// The whole interchange.
    public func bytes() -> [UInt8] {
        var writer = SegmentWriter(delimiters: delimiters, capacity: body.count + 200)
        writer.beginInterchange(
            parties, controlNumber: controlNumber, at: instant, usage: usage,
            acknowledgmentRequested: acknowledgmentRequested)
        body.withUnsafeBufferPointer { writer.append(verbatim: $0, segments: 0) }
        writer.write("IEA", String(groupCount), padded(controlNumber, to: 9))
        return writer.bytes
    }
}

// MARK: - Segments and characters

extension InterchangeWriter {
    private mutating func append(_ id: String, _ elements: [X12Value], position: Int? = nil) {
        body += Array(id.utf8)
        let used = (elements.lastIndex { !$0.isEmpty } ?? -1) + 1
        for (index, value) in elements.prefix(used).enumerated() {
            body.append(delimiters.element)
            append(value, id, position, index + 1)
        }
        body.append(delimiters.segment)
    }

    private mutating func append(_ value: X12Value, _ id: String, _ position: Int?, _ element: Int) {
        switch value {
        case .empty: break
        case .text(let text): body += carried(text, id, position, element)
        case .composite(let components):
            let used = (components.lastIndex { !$0.isEmpty } ?? -1) + 1
            for (index, component) in components.prefix(used).enumerated() {
                if index > 0 { body.append(delimiters.component) }
                body += carried(component, id, position, element)
            }
        case .repeated(let values):
            precondition(values.count < 2 || delimiters.repetition != 0, "these delimiters allow no repetition")
            for (index, value) in values.filter({ !$0.isEmpty }).enumerated() {
                if index > 0 { body.append(delimiters.repetition) }
                append(value, id, position, element)
            }
        }
    }

    /// The text in the printable characters of ASCII without the delimiters, which X12's basic and extended sets allow.
    private mutating func carried(_ text: String, _ id: String, _ position: Int?, _ element: Int?) -> [UInt8] {
        let plain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && !delimiters.contains($0) }
        if plain { return Array(text.utf8) }
        issues.append(
            Fault.characterReplaced.issue(
                at: Location(segment: position, segmentID: id, element: element)))
        return CarriedText.bytes(of: text, delimiters)
    }
}
