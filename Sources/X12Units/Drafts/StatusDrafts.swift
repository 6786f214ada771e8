public import HealthTypes
import X12

/// Who is asked, who asks, and about whom: the levels above a claim in a 276 and a 277.
public struct StatusParties: Hashable, Sendable {
    /// NM1*PR, NM1*41, and up to two NM1*1P.
    public var payer: Party
    public var receiver: Party
    public var providers: [Party]
    /// NM1*IL, and NM1*QC where the patient is another. A 276 writes the birth date and gender of the patient.
    public var subscriber: Party?
    public var dependent: Party?

    public init(payer: Party, receiver: Party, providers: [Party], subscriber: Party? = nil, dependent: Party? = nil) {
        self.payer = payer
        self.receiver = receiver
        self.providers = providers
        self.subscriber = subscriber
        self.dependent = dependent
    }
}

/// A line of a claim that is asked about or answered (2210, 2220).
public struct StatusLineDraft: Hashable, Sendable {
    public var procedure: ProcedureCode
    public var charge: Money
    /// SVC03 of an answer.
    public var paid: Money?
    public var revenueCode: String
    public var units: String
    /// REF*FJ.
    public var controlNumber: String
    public var statuses: [StatusEntry]
    public var dates: [DateEntry]

    public init(
        procedure: ProcedureCode, charge: Money, paid: Money? = nil, revenueCode: String = "", units: String = "1",
        controlNumber: String = "", statuses: [StatusEntry] = [], dates: [DateEntry]
    ) {
        self.procedure = procedure
        self.charge = charge
        self.paid = paid
        self.revenueCode = revenueCode
        self.units = units
        self.controlNumber = controlNumber
        self.statuses = statuses
        self.dates = dates
    }
}

/// A question of a 276 about one claim as a value to be written.
public struct StatusRequestDraft276: Hashable, Sendable {
    public var batch: InquiryBatch
    public var parties: StatusParties
    /// TRN02.
    public var traceNumber: String
    /// `1K` the payer's number of the claim, `EJ` the patient's account, `D9` the clearinghouse's number and others.
    public var references: [ReferenceNumber]
    /// AMT*T3.
    public var charge: Money?
    public var dates: [DateEntry]
    public var lines: [StatusLineDraft]

    public init(
        batch: InquiryBatch = .request, parties: StatusParties, traceNumber: String,
        references: [ReferenceNumber] = [], charge: Money? = nil, dates: [DateEntry] = [],
        lines: [StatusLineDraft] = []
    ) {
        self.batch = batch
        self.parties = parties
        self.traceNumber = traceNumber
        self.references = references
        self.charge = charge
        self.dates = dates
        self.lines = lines
    }
}

/// An answer of a 277 (005010X212) about one claim, or about all of a receiver or a provider, as a value to be written.
///
/// The 277CA that acknowledges claims is written by ``ClaimAcknowledgment277CA``.
public struct StatusResponseDraft277: Hashable, Sendable {
    public var batch: InquiryBatch
    /// At which level the answer stands; with `.receiver` and `.provider` there are no persons.
    public var level: ClaimStatus277.Level
    public var parties: StatusParties
    public var traceNumber: String
    public var statuses: [StatusEntry]
    public var references: [ReferenceNumber]
    public var dates: [DateEntry]
    public var lines: [StatusLineDraft]

    public init(
        batch: InquiryBatch = InquiryBatch(purpose: "08", transactionType: "DG"), level: ClaimStatus277.Level = .claim,
        parties: StatusParties, traceNumber: String, statuses: [StatusEntry], references: [ReferenceNumber] = [],
        dates: [DateEntry] = [], lines: [StatusLineDraft] = []
    ) {
        self.batch = batch
        self.level = level
        self.parties = parties
        self.traceNumber = traceNumber
        self.statuses = statuses
        self.references = references
        self.dates = dates
        self.lines = lines
    }
}

// MARK: - Writing

extension StatusRequestDraft276: WritableUnit {
    static var set: StaticString { "276" }
    static var functionalID: String { "HR" }
    var guide: String { "005010X212" }
    var heading: InquiryBatch { batch }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) { batch.write(&pen, "0010", frame) }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        parties.write(&pen, &hierarchy, level: .claim, withBirth: true)
        pen.loop = "2200"
        pen.write([Trace(traceNumber)])
        pen.write(references)
        pen.writeAmount("T3", charge)
        pen.write(dates)
        for line in lines { line.write(&pen) }
    }
}

extension StatusResponseDraft277: WritableUnit {
    static var set: StaticString { "277" }
    static var functionalID: String { "HN" }
    var guide: String { "005010X212" }
    var heading: InquiryBatch { batch }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) { batch.write(&pen, "0010", frame) }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        parties.write(&pen, &hierarchy, level: level, withBirth: false)
        pen.loop = "2200"
        pen.write([Trace(traceNumber, kind: level == .provider ? "1" : "2")])
        pen.write(statuses)
        pen.write(references)
        pen.write(dates)
        for line in lines { line.write(&pen) }
    }
}

extension StatusParties {
    fileprivate func write(
        _ pen: inout SegmentPen, _ hierarchy: inout Hierarchy, level: ClaimStatus277.Level, withBirth: Bool
    ) {
        hierarchy.open(0, "20", leads: true, &pen) { pen in
            pen.loop = "2100A"
            pen.writeName(payer)
            pen.write(payer.contacts)
        }
        hierarchy.open(1, "21", leads: level != .receiver, alone: level == .receiver, &pen) { pen in
            pen.loop = "2100B"
            pen.writeName(receiver)
        }
        guard level != .receiver else { return }
        hierarchy.open(2, "19", leads: level != .provider, alone: level == .provider, &pen) { pen in
            pen.loop = "2100C"
            for provider in providers { pen.writeName(provider) }
        }
        guard level != .provider, let subscriber else { return }
        hierarchy.open(3, "22", leads: dependent != nil, &pen) { pen in
            pen.loop = "2100D"
            if withBirth, dependent == nil { pen.writePerson(subscriber) }
            pen.writeName(subscriber)
        }
        guard let dependent else { return }
        hierarchy.open(4, "23", leads: nil, &pen) { pen in
            pen.loop = "2100E"
            if withBirth { pen.writePerson(dependent) }
            pen.writeName(dependent)
        }
    }
}

extension StatusLineDraft {
    fileprivate func write(_ pen: inout SegmentPen) {
        pen.loop = "2220"
        pen.begin("SVC")
        pen.add(procedure)
        pen.add(charge)
        pen.add(paid)
        pen.add(revenueCode)
        pen.addEmpty(2)
        pen.add(units)
        pen.end()
        pen.write(statuses)
        pen.writeReference("FJ", controlNumber)
        pen.write(dates)
    }
}

// MARK: - Reading

extension StatusRequestDraft276 {
    /// A question as it was read. Nil where it lacks its parties, or a line its procedure or charge.
    public init?(_ inquiry: ClaimStatusInquiry276) {
        let unit = inquiry.unit
        guard let batch = InquiryBatch(unit), var parties = StatusParties(unit, isDependent: inquiry.isDependent),
            let lines = StatusLineDraft.all(inquiry.lines)
        else { return nil }
        let person = unit.first(inquiry.isDependent ? "2000E" : "2000D", "DMG")
        if inquiry.isDependent {
            parties.dependent?.birthDate = person?.date(2)
            parties.dependent?.gender = person?[3] ?? ""
        } else {
            parties.subscriber?.birthDate = person?.date(2)
            parties.subscriber?.gender = person?[3] ?? ""
        }
        self.init(
            batch: batch, parties: parties, traceNumber: inquiry.traceNumber, references: inquiry.references,
            charge: inquiry.charge, dates: inquiry.dates, lines: lines)
    }
}

extension StatusResponseDraft277 {
    /// An answer as it was read. Nil for a 277CA, and where it lacks its parties.
    public init?(_ status: ClaimStatus277) {
        let unit = status.unit
        guard !status.isAcknowledgment, let batch = InquiryBatch(unit),
            var parties = StatusParties(unit, isDependent: unit.loop == "2200E"),
            let lines = StatusLineDraft.all(status.lines)
        else { return nil }
        if status.level != .claim { parties.subscriber = nil }
        if status.level == .receiver { parties.providers = [] }
        self.init(
            batch: batch, level: status.level, parties: parties, traceNumber: status.traceNumber,
            statuses: status.statuses, references: status.references, dates: status.dates, lines: lines)
    }
}

extension StatusParties {
    fileprivate init?(_ unit: X12Unit, isDependent: Bool) {
        guard let payer = unit.draftParty("2100A"), let receiver = unit.draftParty("2100B") else { return nil }
        self.init(
            payer: payer, receiver: receiver, providers: unit.loops("2100C").compactMap { Party(drafting: $0) },
            subscriber: unit.draftParty("2100D"), dependent: isDependent ? unit.draftParty("2100E") : nil)
    }
}

extension StatusLineDraft {
    fileprivate static func all(_ lines: [StatusLine]) -> [StatusLineDraft]? {
        var drafts: [StatusLineDraft] = []
        for line in lines {
            guard let procedure = line.procedure, let charge = line.charge else { return nil }
            drafts.append(
                StatusLineDraft(
                    procedure: procedure, charge: charge, paid: line.paid, revenueCode: line.revenueCode,
                    units: line.units, controlNumber: line.controlNumber, statuses: line.statuses, dates: line.dates))
        }
        return drafts
    }
}
