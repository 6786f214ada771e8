public import HealthTypes

/// Makes the answers to an input while it is checked: a TA1 for each interchange, a 999 for its groups and, where
/// claims are answered, a 277CA.
///
/// Each answer is an interchange of its own, given to `sink` in pieces. An interchange that its TA1 refuses was not
/// opened: it has no other answer. For an input without any interchange there is a TA1 that refuses it.
public final class AnswerMaker {
    public enum Kind: String, Sendable, CaseIterable {
        case ta1 = "TA1"
        case implementation = "999"
        case claims = "277CA"
    }

    /// Which interchanges are answered by a TA1.
    public enum TA1Occasion: Sendable {
        case always
        /// Where the sender asks for one (ISA14), and where the envelope is not simply accepted.
        case askedOrAtFault
    }

    private let kinds: Set<Kind>
    private let ta1: TA1Occasion
    private let instant: Instant
    private let nextControlNumber: () throws -> Int
    private let sink: (Kind, [UInt8]) throws -> Void
    private var header: InterchangeFacts?
    /// The 999 of the open interchange; it is sent when the interchange has ended.
    private var answer: AnswerInterchange?
    private let spool: AnswerSpool
    private var group: GroupAcknowledgment?
    private var groupIsRefused = false
    private var set: (id: String, controlNumber: String, guide: String)?
    private let claims: ClaimAnswers?
    /// What `sink`, the keeping of an answer or the giving of a number threw; nothing is written after it.
    public private(set) var failure: (any Error)?

    /// `nextControlNumber` gives ISA13 of each answer; `kinds` says which are made; of answers that must wait
    /// `memory` bytes stay in memory, and the rest in a temporary file without a name.
    public init(
        kinds: Set<Kind> = Set(Kind.allCases), at instant: Instant, nextControlNumber: @escaping () throws -> Int,
        ta1: TA1Occasion = .always, memory: Int = 1 << 18, sink: @escaping (Kind, [UInt8]) throws -> Void
    ) {
        self.kinds = kinds
        self.ta1 = ta1
        self.instant = instant
        self.nextControlNumber = nextControlNumber
        self.sink = sink
        spool = AnswerSpool(limit: memory)
        claims = kinds.contains(.claims) ? ClaimAnswers(at: instant, memory: memory) : nil
    }

    // MARK: Envelopes

    func beginInterchange(_ slice: SegmentSlice, isReadable: Bool) {
        header = InterchangeFacts(slice)
        answer = nil
        spool.removeAll()
        group = nil
        claims?.beginInterchange()
    }

    func beginGroup(_ slice: SegmentSlice?) {
        group = nil
        groupIsRefused = false
        guard let header else { return }
        let parties = slice.map { header.answering(applicationSender: $0.brief(3), applicationReceiver: $0.brief(2)) }
        claims?.beginGroup(parties)
        // A set outside of any group has none to answer; acknowledgements are not acknowledged.
        guard kinds.contains(.implementation), let slice, let parties, !slice.has(1, "FA") else { return }
        attempt {
            if answer != nil { return }
            answer = AnswerInterchange(
                "FA", version: "005010X231A1", parties, controlNumber: try nextControlNumber(), at: instant,
                usage: header.answeringUsage)
        }
        guard answer != nil else { return }
        answer?.beginSet("999")
        // In its place: a copy would cost as much as all that was written so far.
        group = GroupAcknowledgment(
            functionalID: slice.brief(1), controlNumber: slice.brief(6), version: slice.brief(8), to: &answer!.writer)
    }

    func endGroup(_ trailer: SegmentSlice?) {
        let stated = trailer.flatMap { Digits.number($0[1]) }.map { Int(min($0, 999_999)) }
        if group != nil, answer != nil {
            group?.finish(stated: stated, to: &answer!.writer)
            answer?.endSet()
        }
        group = nil
        claims?.endGroup(isRefused: groupIsRefused)
        keepLongAnswer()
    }

    func endInterchange(_ issues: [Issue]) {
        guard let header else { return }
        self.header = nil
        let verdict = TA1.verdict(of: issues)
        if verdict.status != "R" {
            attempt {
                answer?.end()
                try spool.forEach { try sink(.implementation, Array($0)) }
                if let answer { try sink(.implementation, answer.writer.bytes) }
                try claims?.endInterchange(
                    header.answering(), usage: header.answeringUsage, controlNumber: nextControlNumber
                ) { try sink(.claims, $0) }
            }
        }
        answer = nil
        spool.removeAll()
        if kinds.contains(.ta1), ta1 == .always || header.asksForAcknowledgment || verdict.status != "A" {
            sendTA1(
                header.answering(), usage: header.answeringUsage,
                TA1.elements(of: header, verdict, at: instant))
        }
    }

    /// Refuses an input in which no interchange was found.
    func finish(hasInterchange: Bool) {
        guard !hasInterchange, kinds.contains(.ta1) else { return }
        let now = instant.compact
        sendTA1(
            InterchangeParties(sender: "RECEIVER", receiver: "UNKNOWN"), usage: "T",
            ["000000000", String(now.dropFirst(2).prefix(6)), String(now.dropFirst(8).prefix(4)), "R", "024"])
    }

    private func sendTA1(_ parties: InterchangeParties, usage: String, _ elements: [String]) {
        attempt {
            let number = try nextControlNumber()
            var writer = SegmentWriter()
            writer.beginInterchange(parties, controlNumber: number, at: instant, usage: usage)
            writer.begin("TA1")
            for element in elements { writer.add(element) }
            writer.end()
            writer.write("IEA", "0", padded(number % 1_000_000_000, to: 9))
            try sink(.ta1, writer.bytes)
        }
    }

    // MARK: Sets

    /// Whether the segments of the open set are wanted.
    var wantsClaims: Bool { claims?.isOpen ?? false }

    func note(groupError: Finding) {
        guard groupError.isError else { return }
        groupIsRefused = true
        group?.note(groupError: groupError)
    }

    func note(setError: Finding) { claims?.note(setError) }

    func beginSet(_ slice: SegmentSlice, guide: String) {
        set = (slice.brief(1), slice.brief(2), slice.brief(3))
        if slice.has(1, "837") { claims?.beginSet(slice, guide: guide) }
    }

    /// Takes a segment of the open set after what was found in it; `position` counts from ST, which is 1.
    func observe(_ slice: SegmentSlice, position: Int) {
        attempt { try claims?.observe(slice, position: position) }
    }

    func endSet(_ errors: [Finding], isRefused: Bool) {
        if let set, group != nil, answer != nil {
            group?.add(
                set: set.id, controlNumber: set.controlNumber, guide: set.guide, errors: errors,
                isRefused: isRefused, to: &answer!.writer)
        }
        set = nil
        attempt { try claims?.endSet(isRefused: isRefused) }
        keepLongAnswer()
    }

    private func keepLongAnswer() {
        guard let written = answer?.writer.bytes, written.count > 1 << 16 else { return }
        answer?.writer.removeBytes()
        attempt { try spool.append(written) }
    }

    private func attempt(_ body: () throws -> Void) {
        guard failure == nil else { return }
        do { try body() } catch { failure = error }
    }
}
