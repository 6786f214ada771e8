import HealthTypes

/// Writes the 277CA of an interchange from the records of its claims, in their order.
///
/// A set that holds an error is refused as a whole by its 999; here each of its claims says what is wrong with it,
/// its patient or its provider, and one that has no fault of its own is returned (A3). Of a set without errors every
/// claim is accepted into adjudication (A2).
struct ClaimAnswerWriter {
    var answer: AnswerInterchange
    private let instant: Instant
    private let refusedGroups: Set<Int>
    private let today: String
    private var set: SetRecord?
    private var provider = ProviderRecord()
    private var patient = PatientRecord()
    private var isRefused = false
    private var levels = 0
    private var providerLevel = 0

    init(_ answer: AnswerInterchange, at instant: Instant, refusedGroups: Set<Int>) {
        self.answer = answer
        self.instant = instant
        self.refusedGroups = refusedGroups
        today = String(instant.compact.prefix(8))
    }

    mutating func flush(_ send: ([UInt8]) throws -> Void) rethrows {
        try send(answer.writer.bytes)
        answer.writer.removeBytes()
    }

    mutating func take(_ kind: UInt8, _ bytes: ArraySlice<UInt8>) {
        switch kind {
        case SetRecord.kind: begin(SetRecord(decoding: bytes))
        case ProviderRecord.kind: write(ProviderRecord(decoding: bytes))
        case PatientRecord.kind: write(PatientRecord(decoding: bytes))
        case ClaimRecord.kind: write(ClaimRecord(decoding: bytes))
        default: write(LineRecord(decoding: bytes))
        }
    }

    mutating func finish() {
        if set != nil { answer.endSet() }
        answer.end()
    }

    // MARK: Set and receiver

    private mutating func begin(_ record: SetRecord) {
        if set != nil { answer.endSet() }
        set = record
        isRefused = record.isRefused || refusedGroups.contains(record.group)
        answer.beginSet("277")
        let reference = padded(answer.controlNumber, to: 9) + answer.setNumber
        answer.writer.write(
            "BHT", "0085", "08", reference, today, String(instant.compact.dropFirst(8).prefix(4)), "TH")
        answer.writer.write("HL", "1", "", "20", "1")
        write("PR", record.receiver, qualifier: "46", mayBePerson: false)
        answer.writer.write("TRN", "1", reference)
        answer.writer.write("DTP", "050", "D8", today)
        answer.writer.write("DTP", "009", "D8", today)
        answer.writer.write("HL", "2", "1", "21", "1")
        write("41", record.submitter, qualifier: "46", mayBePerson: true)
        answer.writer.write("TRN", "2", text(record.batch, or: "0"))
        writeVerdict(record.statuses.naming(AnswerStatus.Entity.ofReceiver), day: today, record.total)
        write(record.total, accepted: "90", refused: "AA")
        levels = 2
    }

    /// The status of a level above the claims.
    private mutating func writeVerdict(_ statuses: [AnswerStatus], day: String, _ total: ClaimTotal) {
        let refusal = statuses.isEmpty ? [AnswerStatus.returned] : statuses
        writeStatus(isRefused ? refusal : [.received], day: day, charge: total.cents)
    }

    private mutating func write(_ total: ClaimTotal, accepted: String, refused: String) {
        answer.writer.write("QTY", isRefused ? refused : accepted, String(total.claims))
        answer.writer.begin("AMT")
        answer.writer.add(isRefused ? "YY" : "YU")
        answer.writer.add(cents: total.cents)
        answer.writer.end()
    }

    // MARK: Providers and patients

    private mutating func write(_ record: ProviderRecord) {
        provider = record
        levels += 1
        providerLevel = levels
        answer.writer.write("HL", String(levels), "2", "19", "1")
        var party = record.party
        let isNPI = party.qualifier.elementsEqual("XX".utf8) && party.identifier.count > 1
        if !isNPI {
            if record.taxNumber.count > 1 { party.identifier = record.taxNumber }
        }
        write("85", party, qualifier: isNPI ? "XX" : "FI", mayBePerson: true)
        answer.writer.write("TRN", "1", "0")
        writeVerdict(record.statuses.naming(AnswerStatus.Entity.ofProvider), day: "", record.total)
        write(record.total, accepted: "QA", refused: "QC")
    }

    private mutating func write(_ record: PatientRecord) {
        patient = record
        levels += 1
        answer.writer.write("HL", String(levels), String(providerLevel), "PT")
        var party = record.party
        party.isPerson = true
        write("QC", party, qualifier: party.qualifier.elementsEqual("II".utf8) ? "II" : "MI", mayBePerson: true)
    }

    /// NM1; a guide wants a name and a number of whoever is named, so that what is missing is said to be unknown.
    private mutating func write(_ role: String, _ party: SpooledParty, qualifier: String, mayBePerson: Bool) {
        let isPerson = party.isPerson && mayBePerson
        let identifier = text(party.identifier, or: "UNKNOWN")
        answer.writer.write(
            "NM1", role, isPerson ? "1" : "2", text(party.last, or: "UNKNOWN"), isPerson ? text(party.first) : "",
            isPerson ? text(party.middle) : "", "", isPerson && role != "41" ? text(party.suffix) : "", qualifier,
            identifier.utf8.count < 2 ? "0" + identifier : identifier)
    }

    private func text(_ bytes: [UInt8], or absent: String = "") -> String {
        bytes.isEmpty ? absent : String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Claims

    private mutating func write(_ record: ClaimRecord) {
        var statuses: [AnswerStatus] = isRefused ? record.statuses : [.accepted]
        if isRefused {
            for status in patient.statuses + provider.statuses { statuses.note(status) }
            if statuses.isEmpty { statuses = [.returned] }
        }
        answer.writer.write("TRN", "2", text(record.number, or: "0"))
        writeStatus(statuses, day: today, charge: record.cents)
        if !record.trace.isEmpty { answer.writer.write("REF", "D9", text(record.trace)) }
        if !record.billType.isEmpty { answer.writer.write("REF", "BLT", text(record.billType)) }
        // A date is required; a claim without any is dated by the day of its receipt.
        write(record.period.isKnown ? record.period : nil)
    }

    private mutating func write(_ period: SpooledPeriod?) {
        guard let period else { return answer.writer.write("DTP", "472", "D8", today) }
        let from = padded(period.from, to: 8)
        let to = padded(period.to, to: 8)
        answer.writer.write("DTP", "472", from == to ? "D8" : "RD8", from == to ? from : "\(from)-\(to)")
    }

    private mutating func write(_ record: LineRecord) {
        guard isRefused, let service = service(record) else { return }
        answer.writer.begin("SVC")
        answer.writer.add(composite: service)
        answer.writer.add(cents: record.cents)
        answer.writer.addEmpty()
        answer.writer.add(service[0] == "NU" ? "" : text(record.revenue))
        answer.writer.end()
        writeStatus(record.statuses, day: today, charge: nil)
        let number = text(record.number, or: text(record.counter))
        if !number.isEmpty { answer.writer.write("REF", "FJ", number) }
        if record.period.isKnown { write(record.period) }
    }

    /// SVC01: the procedure, or the revenue code of a line that has no other; nil where neither stands.
    private func service(_ record: LineRecord) -> [String]? {
        guard !record.procedure.isEmpty else {
            return record.revenue.isEmpty ? nil : ["NU", text(record.revenue)]
        }
        let qualifier = text(record.qualifier)
        // A modifier of another length than two is not one that the segment can carry.
        let modifiers = record.modifiers.map { $0.count == 2 ? text($0) : "" }
        return [Self.services.contains(qualifier) ? qualifier : "HC", text(record.procedure)] + modifiers
    }

    private static let services: Set<String> = ["AD", "ER", "HC", "HP", "IV", "WK"]

    /// STC; `charge` is nil at the level of the line, which gives no amount.
    private mutating func writeStatus(_ statuses: [AnswerStatus], day: String, charge: Int64?) {
        let isRefusal = statuses.contains { $0.category > 2 }
        answer.writer.begin("STC")
        answer.writer.add(composite: statuses[0].components)
        answer.writer.add(day)
        answer.writer.add(isRefusal ? "U" : "WQ")
        if let charge { answer.writer.add(cents: charge) } else { answer.writer.addEmpty() }
        if statuses.count > 1 {
            for _ in 5...9 { answer.writer.addEmpty() }
            for status in statuses.dropFirst().prefix(2) { answer.writer.add(composite: status.components) }
        }
        answer.writer.end()
    }
}
