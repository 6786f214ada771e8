public import HealthTypes

/// Makes the answers to an input while it is checked: a TA1 for each interchange, a 999 for its groups and, where
/// claims are answered, a 277CA.
///
/// Each answer is an interchange of its own, given to `sink` in pieces as it grows. For an input without any
/// interchange there is a TA1 that refuses it.
public final class AnswerMaker {
    public enum Kind: String, Sendable, CaseIterable {
        case ta1 = "TA1"
        case implementation = "999"
        case claims = "277CA"
    }

    private let instant: Instant
    private let nextControlNumber: () -> Int
    private let sink: (Kind, [UInt8]) throws -> Void
    private var header: InterchangeFacts?
    private var writer = SegmentWriter()
    private var isBegun = false
    private var controlNumber = 0
    private var groups = 0
    private var group: GroupAcknowledgment?
    private var set: (id: String, controlNumber: String, guide: String)?
    private let claims: ClaimAnswers?
    /// What `sink` threw; nothing is written after it.
    public private(set) var failure: (any Error)?

    /// `nextControlNumber` gives ISA13 of each answer; `kinds` says which are made.
    public init(
        kinds: Set<Kind> = Set(Kind.allCases), at instant: Instant, nextControlNumber: @escaping () -> Int,
        sink: @escaping (Kind, [UInt8]) throws -> Void
    ) {
        self.kinds = kinds
        self.instant = instant
        self.nextControlNumber = nextControlNumber
        self.sink = sink
        claims = kinds.contains(.claims) ? ClaimAnswers(at: instant) : nil
    }

    private let kinds: Set<Kind>

    var wantsClaims: Bool { claims?.isOpen ?? false }

    func beginInterchange(_ slice: SegmentSlice, isReadable: Bool) {
        header = InterchangeFacts(slice)
        isBegun = false
        groups = 0
        group = nil
    }

    func beginGroup(_ slice: SegmentSlice?) {
        group = nil
        // A set outside of any group has none to answer; acknowledgements are not acknowledged.
        guard kinds.contains(.implementation), let slice, !slice.has(1, "FA"), let header else { return }
        let parties = header.answering(applicationSender: slice.text(3), applicationReceiver: slice.text(2))
        if !isBegun {
            isBegun = true
            controlNumber = nextControlNumber()
            writer = SegmentWriter()
            writer.beginInterchange(parties, controlNumber: controlNumber, at: instant, usage: header.answeringUsage)
            writer.beginGroup("FA", parties, controlNumber: controlNumber, at: instant, version: "005010X231A1")
        }
        groups += 1
        group = GroupAcknowledgment(
            functionalID: slice.text(1), controlNumber: slice.text(6), version: slice.text(8),
            number: number(groups), to: &writer)
    }

    private func number(_ value: Int) -> String { padded(value, to: 4) }

    func note(groupError: Finding) { if groupError.isError { group?.note(groupError: groupError) } }

    func beginSet(_ slice: SegmentSlice, guide: String) {
        set = (slice.text(1), slice.text(2), slice.text(3))
        if slice.has(1, "837") { claims?.beginSet() }
    }

    func observe(_ slice: SegmentSlice, _ loop: String?) { claims?.observe(slice, loop ?? "") }

    func endSet(_ errors: [Finding], isRefused: Bool) {
        if let set {
            group?.add(
                set: set.id, controlNumber: set.controlNumber, guide: set.guide, errors: errors,
                isRefused: isRefused, to: &writer)
        }
        set = nil
        if wantsClaims, let header {
            claims?.endSet(errors, isRefused: isRefused, header: header, nextControlNumber) { send(.claims, $0) }
        }
        if writer.bytes.count > 1 << 16 { flush() }
    }

    func endGroup(_ trailer: SegmentSlice?) {
        let stated = trailer.flatMap { Digits.number($0[1]) }.map { Int(min($0, 999_999)) }
        group?.finish(stated: stated, number: number(groups), to: &writer)
        group = nil
    }

    func endInterchange(_ issues: [Issue]) {
        if isBegun {
            writer.write("GE", String(groups), String(controlNumber % 1_000_000_000))
            writer.write("IEA", "1", padded(controlNumber % 1_000_000_000, to: 9))
            flush()
            isBegun = false
        }
        guard kinds.contains(.ta1), let header else { return }
        let verdict = TA1.verdict(of: issues)
        let number = nextControlNumber()
        var answer = SegmentWriter()
        answer.beginInterchange(
            header.answering(), controlNumber: number, at: instant, usage: header.answeringUsage)
        answer.write(
            "TA1", header.fittedNumber, header.fittedDate, header.fittedTime, verdict.status, verdict.note)
        answer.write("IEA", "0", padded(number % 1_000_000_000, to: 9))
        send(.ta1, answer.bytes)
        self.header = nil
    }

    /// Refuses an input in which no interchange was found.
    func finish(hasInterchange: Bool) {
        guard !hasInterchange, kinds.contains(.ta1) else { return }
        let number = nextControlNumber()
        var answer = SegmentWriter()
        answer.beginInterchange(
            InterchangeWriter.Parties(sender: "RECEIVER", receiver: "UNKNOWN"), controlNumber: number, at: instant,
            usage: "T")
        let now = instant.compact
        answer.write(
            "TA1", "000000000", String(now.dropFirst(2).prefix(6)), String(now.dropFirst(8).prefix(4)), "R", "024")
        answer.write("IEA", "0", padded(number % 1_000_000_000, to: 9))
        send(.ta1, answer.bytes)
    }

    private func flush() {
        send(.implementation, writer.bytes)
        writer.removeBytes()
    }

    private func send(_ kind: Kind, _ bytes: [UInt8]) {
        guard failure == nil else { return }
        do { try sink(kind, bytes) } catch { failure = error }
    }
}

/// Of an ISA what its answers need.
struct InterchangeFacts {
    let senderQualifier: String
    let sender: String
    let receiverQualifier: String
    let receiver: String
    let date: String
    let time: String
    let controlNumber: String
    let usage: String

    init(_ slice: SegmentSlice) {
        func trimmed(_ element: Int) -> String {
            var text = Substring(slice.text(element))
            while text.last == " " { text.removeLast() }
            return String(text.drop { $0 == " " })
        }
        senderQualifier = slice.text(5)
        sender = trimmed(6)
        receiverQualifier = slice.text(7)
        receiver = trimmed(8)
        date = slice.text(9)
        time = slice.text(10)
        controlNumber = slice.text(13)
        usage = slice.text(15)
    }

    /// The receiver writes to the sender.
    func answering(
        applicationSender: String? = nil, applicationReceiver: String? = nil
    ) -> InterchangeWriter.Parties {
        InterchangeWriter.Parties(
            senderQualifier: receiverQualifier, sender: receiver, receiverQualifier: senderQualifier,
            receiver: sender, applicationSender: applicationSender, applicationReceiver: applicationReceiver)
    }

    var answeringUsage: String { usage == "P" ? "P" : "T" }

    private func fitted(_ text: String, _ width: Int) -> String {
        text.utf8.count == width && text.utf8.allSatisfy(\.isDigit) ? text : String(repeating: "0", count: width)
    }

    var fittedNumber: String { fitted(controlNumber, 9) }
    var fittedDate: String { fitted(date, 6) }
    var fittedTime: String { fitted(time, 4) }
}
