import HealthTypes

/// Collects the claims of the 837s of an interchange with what was found in each, for a 277CA (005010X214).
///
/// Totals stand before the claims that they add up, and only the end of a set, its group and its interchange says
/// whether its claims are taken in; so the claims wait in a spool, and memory is that of one claim.
final class ClaimAnswers {
    private let spool: AnswerSpool
    let instant: Instant
    /// Whether a set of claims is open.
    private(set) var isOpen = false
    private var kind = ClaimKind.professional
    private var group = 0
    private var refusedGroups: Set<Int> = []
    private var groupParties: InterchangeParties?
    private var parties: InterchangeParties?
    private var hasClaims = false

    private var set = Placed(SetRecord())
    private var provider = Placed(ProviderRecord())
    /// Of whose claims the next ones are; a dependent's record takes the subscriber's place.
    private var patient = Placed(PatientRecord())
    private var subscriber = PatientRecord()
    /// Those with which the patient's record stands in the spool.
    private var writtenStatuses: [AnswerStatus] = []
    private var claim: ClaimRecord?
    private var claimPeriod = SpooledPeriod()
    private var line: LineRecord?
    private var lines: [LineRecord] = []
    private var named = Entity.none
    /// Errors whose segment has not been observed yet, or that lie in one before it.
    private var faults: [ClaimFault] = []

    private enum Entity {
        case none, provider, subscriber, patient
    }

    /// A record and where it stands in the spool.
    private struct Placed<Record: SpooledRecord> {
        var record: Record
        var offset: Int?

        init(_ record: Record) { self.record = record }
    }

    /// Ids of segments, packed.
    private enum Name {
        static var nm1: UInt32 { 0x31_4d_4e }
        static var clm: UInt32 { 0x4d_4c_43 }
        static var lx: UInt32 { 0x58_4c }
        static var sv1: UInt32 { 0x31_56_53 }
        static var dtp: UInt32 { 0x50_54_44 }
        static var bht: UInt32 { 0x54_48_42 }
    }

    /// Lines with errors of one claim that are told.
    private static let maximumLines = 999

    init(at instant: Instant, memory: Int) {
        self.instant = instant
        spool = AnswerSpool(limit: memory)
    }

    // MARK: Envelopes

    func beginInterchange() {
        spool.removeAll()
        hasClaims = false
        refusedGroups = []
        group = 0
        parties = nil
        groupParties = nil
        isOpen = false
    }

    func beginGroup(_ parties: InterchangeParties?) {
        group += 1
        groupParties = parties
    }

    func endGroup(isRefused: Bool) { if isRefused { refusedGroups.insert(group) } }

    /// Writes the answer to what was collected, if there was a claim.
    func endInterchange(
        _ fallback: InterchangeParties, usage: String, controlNumber: () throws -> Int, send: ([UInt8]) throws -> Void
    ) throws {
        guard hasClaims else { return }
        var writing = ClaimAnswerWriter(
            AnswerInterchange(
                "HN", version: "005010X214", parties ?? fallback, controlNumber: try controlNumber(), at: instant,
                usage: usage), at: instant, refusedGroups: refusedGroups)
        var rest: [UInt8] = []
        try spool.forEach { piece in
            rest += piece
            var at = 0
            while at + 5 <= rest.count {
                var count = 0
                for place in 0..<4 { count |= Int(rest[at + 1 + place]) << (8 * place) }
                guard at + 5 + count <= rest.count else { break }
                writing.take(rest[at], rest[at + 5..<at + 5 + count])
                at += 5 + count
                if writing.answer.writer.bytes.count > 1 << 16 { try writing.flush(send) }
            }
            rest.removeFirst(at)
        }
        writing.finish()
        try writing.flush(send)
        spool.removeAll()
    }

    // MARK: Sets

    func beginSet(_ slice: SegmentSlice, guide: String) {
        isOpen = true
        kind = ClaimKind(guide: guide)
        set = Placed(SetRecord())
        set.record.group = group
        set.record.batch = EchoedText.cleaned(slice[2], 50)
        provider = Placed(ProviderRecord())
        patient = Placed(PatientRecord())
        subscriber = PatientRecord()
        claim = nil
        line = nil
        lines = []
        named = .none
        faults = []
    }

    func endSet(isRefused: Bool) throws {
        guard isOpen else { return }
        noteFaults(before: nil, nil)
        try closeProvider()
        set.record.isRefused = isRefused
        try rewrite(set)
        isOpen = false
    }

    /// Keeps an error until its segment is observed.
    func note(_ error: Finding) { if isOpen { faults.append(ClaimFault(error)) } }

    /// Takes a segment between ST and SE, after its errors and those that it brought to light in segments before it.
    func observe(_ slice: SegmentSlice, position: Int) throws {
        if !faults.isEmpty { noteFaults(before: position, slice) }
        switch slice.packedID {
        case SegmentID.hl: try takeLevel(slice)
        case Name.nm1: try takeName(slice)
        case Name.clm: try beginClaim(slice)
        case Name.lx: beginLine(slice)
        case Name.sv1: takeService(slice, charge: 2, procedure: 1)
        case SegmentID.sv2: takeService(slice, charge: 3, procedure: 2)
        case SegmentID.sv3: takeService(slice, charge: 2, procedure: 1)
        case Name.dtp: takeDate(slice)
        case SegmentID.ref: takeReference(slice)
        case Name.bht where slice.length(3) > 0: set.record.batch = EchoedText.cleaned(slice[3], 50)
        default: break
        }
        if !faults.isEmpty { noteFaults(before: nil, slice) }
    }
}

// MARK: - Errors

extension ClaimAnswers {
    /// Adds the errors that lie before a segment, or all, to what they belong to.
    private func noteFaults(before position: Int?, _ slice: SegmentSlice?) {
        var kept: [ClaimFault] = []
        for fault in faults {
            if let position, fault.position >= position {
                kept.append(fault)
            } else {
                note(fault, position == nil ? slice : nil)
            }
        }
        faults = kept
    }

    private func note(_ fault: ClaimFault, _ slice: SegmentSlice?) {
        let status = fault.status(kind, qualifier: slice.map { Self.qualifier(fault, $0) } ?? "")
        switch fault.level {
        case .header: set.record.statuses.note(status)
        case .provider: provider.record.statuses.note(status)
        case .subscriber:
            subscriber.statuses.note(status)
            patient.record.statuses.note(status)
        case .patient: patient.record.statuses.note(status)
        case .claim where claim != nil: claim?.statuses.note(status)
        case .line where line != nil: line?.statuses.note(status)
        default: noteOpen(status)
        }
    }

    private func noteOpen(_ status: AnswerStatus) {
        if line != nil {
            line?.statuses.note(status)
        } else if claim != nil {
            claim?.statuses.note(status)
        } else if named == .provider {
            provider.record.statuses.note(status)
        } else if named != .none {
            patient.record.statuses.note(status)
        } else {
            set.record.statuses.note(status)
        }
    }

    private static func qualifier(_ fault: ClaimFault, _ slice: SegmentSlice) -> String {
        guard slice.has(0, fault.segment) else { return "" }
        return slice[fault.segment == "HI" ? max(fault.element, 1) : 1, 1].prefixText(3)
    }
}

// MARK: - Levels

extension ClaimAnswers {
    private func takeLevel(_ slice: SegmentSlice) throws {
        if slice.has(3, "20") {
            try closeProvider()
            provider = Placed(ProviderRecord())
            subscriber = PatientRecord()
            patient = Placed(PatientRecord())
            named = .provider
        } else if slice.has(3, "22") {
            try closePatient()
            subscriber = PatientRecord()
            patient = Placed(PatientRecord())
            named = .subscriber
        } else {
            try closePatient()
            patient = Placed(PatientRecord())
            patient.record.statuses = subscriber.statuses
            named = .patient
        }
    }

    private func takeName(_ slice: SegmentSlice) throws {
        // Within a claim names are those of its providers and of other insurance.
        guard claim == nil else { return }
        let party = SpooledParty(slice)
        if slice.has(1, "85") {
            if provider.offset != nil {
                try closeProvider()
                provider = Placed(ProviderRecord())
                patient = Placed(PatientRecord())
            }
            provider.record.party = party
            named = .provider
        } else if slice.has(1, "IL") {
            subscriber.party = party
            named = .subscriber
        } else if slice.has(1, "QC") {
            patient.record.party = party
            named = .patient
        } else if slice.has(1, "41"), set.offset == nil {
            set.record.submitter = party
        } else if slice.has(1, "40"), set.offset == nil {
            set.record.receiver = party
        }
    }

    private func takeReference(_ slice: SegmentSlice) {
        if line != nil {
            if slice.has(1, "6R") { line?.number = EchoedText.cleaned(slice[2], 50) }
        } else if claim != nil {
            if slice.has(1, "D9") { claim?.trace = EchoedText.cleaned(slice[2], 50) }
        } else if named == .provider, slice.has(1, "EI") || slice.has(1, "SY"), provider.record.taxNumber.isEmpty {
            provider.record.taxNumber = EchoedText.cleaned(slice[2], 50)
        }
    }

    private func closePatient() throws {
        try closeClaim()
        if patient.record.statuses != writtenStatuses { try rewrite(patient) }
    }

    private func closeProvider() throws {
        try closePatient()
        try rewrite(provider)
    }

    private func rewrite(_ placed: Placed<some SpooledRecord>) throws {
        if let offset = placed.offset { try spool.replace(at: offset + 5, with: placed.record.encodedFront) }
    }

    private func place(_ placed: inout Placed<some SpooledRecord>) throws {
        guard placed.offset == nil else { return }
        placed.offset = spool.count
        try spool.append(placed.record.encoded)
    }
}

// MARK: - Claims

extension ClaimAnswers {
    private func beginClaim(_ slice: SegmentSlice) throws {
        try closeClaim()
        hasClaims = true
        if parties == nil { parties = groupParties }
        var record = ClaimRecord()
        record.number = EchoedText.cleaned(slice[1], 38)
        record.cents = Digits.cents(slice[2]) ?? 0
        if kind == .institutional {
            let type = Array(slice[5, 1]) + Array(slice[5, 3])
            if (2...5).contains(type.count), type.allSatisfy(\.isLetterOrDigit) { record.billType = type }
        }
        claim = record
        claimPeriod = SpooledPeriod()
    }

    private func beginLine(_ slice: SegmentSlice) {
        guard claim != nil else { return }
        closeLine()
        line = LineRecord()
        line?.counter = EchoedText.cleaned(slice[1], 50)
    }

    private func takeService(_ slice: SegmentSlice, charge: Int, procedure: Int) {
        guard line != nil else { return }
        line?.cents = Digits.cents(slice[charge]) ?? 0
        line?.qualifier = EchoedText.cleaned(slice[procedure, 1], 2)
        line?.procedure = EchoedText.cleaned(slice[procedure, 2], 48)
        for index in 0..<4 { line?.modifiers[index] = EchoedText.cleaned(slice[procedure, 3 + index], 2) }
        if procedure == 2 { line?.revenue = EchoedText.cleaned(slice[1], 48) }
    }

    private func takeDate(_ slice: SegmentSlice) {
        guard claim != nil, slice.has(1, "472") || slice.has(1, "434"), let period = SpooledPeriod(slice) else {
            return
        }
        if line == nil {
            claim?.period = period
        } else {
            line?.period = period
            claimPeriod.widen(period)
        }
    }

    private func closeLine() {
        guard let closing = line else { return }
        if !closing.statuses.isEmpty, lines.count < Self.maximumLines { lines.append(closing) }
        line = nil
    }

    /// Writes the claim, and before it what it stands under.
    private func closeClaim() throws {
        closeLine()
        guard var closing = claim else { return }
        claim = nil
        if !closing.period.isKnown { closing.period = claimPeriod }
        for line in lines { for status in line.statuses { closing.statuses.note(status) } }
        completePatient()
        try place(&set)
        try place(&provider)
        if patient.offset == nil { writtenStatuses = patient.record.statuses }
        try place(&patient)
        set.record.total.add(closing.cents)
        provider.record.total.add(closing.cents)
        try spool.append(closing.encoded)
        for line in lines { try spool.append(line.encoded) }
        lines.removeAll(keepingCapacity: true)
    }

    /// The subscriber is the patient where no other is named; a patient is known by the subscriber's number.
    private func completePatient() {
        guard patient.offset == nil else { return }
        if patient.record.party.isEmpty { patient.record.party = subscriber.party }
        if patient.record.party.identifier.isEmpty {
            patient.record.party.identifier = subscriber.party.identifier
            patient.record.party.qualifier = subscriber.party.qualifier
        }
    }
}

extension SegmentSlice {
    fileprivate func has(_ element: Int, _ text: String) -> Bool { self[element].elementsEqual(text.utf8) }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func prefixText(_ count: Int) -> String { String(decoding: prefix(count), as: UTF8.self) }
}
