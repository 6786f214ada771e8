import HealthTypes
import X12

extension ClaimDraft837 {
    /// The claim as it was read, to be changed and written again; segments that have no name here are in `additional` of
    /// their loop.
    ///
    /// Nil where the claim lacks its parties, or a line its charge.
    public init?(_ claim: Claim837) {
        let unit = claim.unit
        let root = unit.root
        let header = root.first
        guard let batch = Batch(unit), let billing = Billing(unit), let coverage = Coverage(unit) else { return nil }
        var lines: [Line] = []
        for loop in root.loops("2400") {
            guard let line = Line(loop) else { return nil }
            lines.append(line)
        }
        self.init(
            claim.kind, batch: batch, billing: billing, coverage: coverage, patient: Patient(unit),
            controlNumber: header[1], charge: claim.charge, facility: header[5, 1], frequency: header[5, 3],
            providerSignature: header[6], acceptsAssignment: header[7], benefitsAssigned: header[8],
            releaseOfInformation: header[9], patientSignature: header[10],
            relatedCauses: (1...3).map { header[11, $0] }.filter { !$0.isEmpty }, accidentState: header[11, 4],
            accidentCountry: header[11, 5], specialProgram: header[12], predetermination: header[19],
            delayReason: header[20], dates: root.dates, admission: root.first("CL1").map(Admission.init),
            attachments: root.all("PWK").map(Attachment.init), amounts: root.amounts,
            references: root.plainReferences, notes: root.all("NTE").map(Note.init),
            codes: root.all("HI").flatMap(HealthCode.all),
            providers: root.loops(startingWith: "2310").compactMap { Party(drafting: $0) },
            otherPayers: root.loops("2320").compactMap(OtherPayer.init), lines: lines,
            additional: root.additional(except: ["CLM", "DTP", "CL1", "PWK", "AMT", "REF", "NTE", "HI"]))
    }
}

extension ClaimDraft837.Batch {
    init?(_ unit: X12Unit) {
        guard let submitter = unit.draftParty("1000A"), let receiver = unit.draftParty("1000B"),
            let beginning = unit.first("ST", "BHT")
        else { return nil }
        self.init(
            submitter: submitter, receiver: receiver, reference: beginning[3], purpose: beginning[2],
            transactionType: beginning[6])
    }
}

extension ClaimDraft837.Billing {
    init?(_ unit: X12Unit) {
        guard var provider = unit.draftParty("2010AA") else { return nil }
        if let taxonomy = unit.first("2000A", "PRV", "BI") { provider.taxonomy = taxonomy[3] }
        self.init(
            provider: provider, payToAddress: unit.draftParty("2010AB"), payToPlan: unit.draftParty("2010AC"),
            currency: unit.first("2000A", "CUR")?[2] ?? "")
    }
}

extension ClaimDraft837.Coverage {
    init?(_ unit: X12Unit) {
        guard let subscriber = unit.draftParty("2010BA"), let segment = unit.first("2000B", "SBR"),
            let payer = unit.draftParty("2010BB") ?? unit.draftParty("2010BC")
        else { return nil }
        self.init(
            subscriber: subscriber, payer: payer, sequence: segment[1], groupNumber: segment[3], groupName: segment[4],
            insuranceType: segment[5], filingIndicator: segment[9],
            condition: unit.first("2000B", "PAT").map(ClaimDraft837.PatientCondition.init))
    }
}

extension ClaimDraft837.Patient {
    init?(_ unit: X12Unit) {
        guard let party = unit.draftParty("2010CA"), let segment = unit.first("2000C", "PAT") else { return nil }
        let condition = ClaimDraft837.PatientCondition(segment)
        self.init(party, relationship: segment[1], condition: condition == .init() ? nil : condition)
    }
}

extension ClaimDraft837.PatientCondition {
    init(_ segment: UnitSegment) {
        self.init(deathDate: segment.date(6), weight: segment[8], isPregnant: segment[9] == "Y")
    }
}

extension ClaimDraft837.Admission {
    init(_ segment: UnitSegment) { self.init(type: segment[1], source: segment[2], patientStatus: segment[3]) }
}

extension ClaimDraft837.Attachment {
    init(_ segment: UnitSegment) {
        self.init(type: segment[1], transmission: segment[2], controlNumber: segment[6])
    }
}

extension ClaimDraft837.Note {
    init(_ segment: UnitSegment) { self.init(segment[1], segment[2]) }
}

extension ClaimDraft837.HealthCode {
    static func all(_ segment: UnitSegment) -> [Self] {
        (1...max(segment.elementCount, 1)).filter { !segment.isEmpty($0) }.map { element in
            Self(
                segment[element, 1], segment[element, 2], dateFormat: segment[element, 3], date: segment[element, 4],
                amount: Money(segment[element, 5]), quantity: segment[element, 6],
                presentOnAdmission: segment[element, 9])
        }
    }
}

extension ClaimDraft837.OtherPayer {
    init?(_ loop: UnitLoop) {
        guard let subscriber = Party(drafting: loop.loops("2330A").first), let other = loop.loops("2330B").first,
            let payer = Party(drafting: other, except: ["DTP"]), let segment = loop.first("SBR")
        else { return nil }
        let coverage = loop.first("OI")
        let names: Set = ["2330A", "2330B"]
        self.init(
            subscriber: subscriber, payer: payer, sequence: segment[1], relationship: segment[2],
            groupNumber: segment[3], groupName: segment[4], insuranceType: segment[5], filingIndicator: segment[9],
            adjustments: loop.adjustments, paid: loop.first("AMT", "D")?.money(2),
            amounts: loop.amounts.filter { $0.qualifier != "D" }, benefitsAssigned: coverage?[3] ?? "",
            patientSignature: coverage?[4] ?? "", releaseOfInformation: coverage?[6] ?? "",
            decisionDate: other.first("DTP", "573")?.date(3),
            providers: loop.loops(startingWith: "2330").filter { !names.contains($0.id) }
                .compactMap { Party(drafting: $0) },
            additional: loop.additional(except: ["SBR", "CAS", "AMT", "OI"]))
    }
}

extension ClaimDraft837.Line {
    init?(_ loop: UnitLoop) {
        guard let service = loop.first("SV1") ?? loop.first("SV2") ?? loop.first("SV3"),
            let charge = service.money(service.id == "SV2" ? 3 : 2)
        else { return nil }
        let named: Set = ["LX", "SV1", "SV2", "SV3", "TOO", "DTP", "PWK", "QTY", "REF", "AMT", "NTE"]
        self.init(
            charge: charge, teeth: loop.all("TOO").map { ClaimDraft837.Tooth($0) }, dates: loop.dates,
            attachments: loop.all("PWK").map(ClaimDraft837.Attachment.init), quantities: loop.quantities,
            references: loop.plainReferences, amounts: loop.amounts,
            notes: loop.all("NTE").map(ClaimDraft837.Note.init),
            drug: loop.loops("2410").first.map { ClaimDraft837.Drug($0) },
            providers: loop.loops(startingWith: "2420").compactMap { Party(drafting: $0) },
            decisions: loop.loops("2430").compactMap { ClaimDraft837.Decision($0) },
            additional: loop.additional(except: named) + SegmentDraft.all(loop.loops("2440").flatMap(\.segments)))
        take(service)
    }

    private mutating func take(_ service: UnitSegment) {
        switch service.id {
        case "SV1":
            procedure = ProcedureCode(service, 1)
            (unit, units) = (service[3], service[4])
            placeOfService = service[5]
            pointers = (1...4).compactMap { Int(service[7, $0]) }
            (emergency, screening) = (service[9], service[11])
            (familyPlanning, copayStatus) = (service[12], service[15])
        case "SV2":
            revenueCode = service[1]
            procedure = ProcedureCode(service, 2)
            (unit, units) = (service[4], service[5])
            notCovered = service.money(7)
        default:
            procedure = ProcedureCode(service, 1)
            (placeOfService, placement, units) = (service[3], service[5], service[6])
            oralCavity = (1...5).map { service[4, $0] }.filter { !$0.isEmpty }
            pointers = (1...4).compactMap { Int(service[11, $0]) }
        }
    }
}

extension ClaimDraft837.Tooth {
    init(_ segment: UnitSegment) {
        self.init(segment[2], surfaces: (1...5).map { segment[3, $0] }.filter { !$0.isEmpty })
    }
}

extension ClaimDraft837.Drug {
    init(_ loop: UnitLoop) {
        let amount = loop.first("CTP")
        self.init(
            loop.first[3], quantity: amount?[4] ?? "", unit: amount?[5, 1] ?? "", qualifier: loop.first[2],
            references: loop.references)
    }
}

extension ClaimDraft837.Decision {
    init?(_ loop: UnitLoop) {
        guard let paid = loop.first.money(2) else { return nil }
        self.init(
            payer: loop.first[1], paid: paid, procedure: ProcedureCode(loop.first, 3), revenueCode: loop.first[4],
            units: loop.first[5], bundledLine: loop.first[6], adjustments: loop.adjustments,
            date: loop.first("DTP", "573")?.date(3), amounts: loop.amounts)
    }
}
