import HealthTypes
import X12
public import X12Units

/// The claim of an 837, read and written: read from professional, institutional and dental claims, written as
/// professional ones (005010X222A1).
public enum ClaimMapping {
    /// The claim that a view shows. Nil where it lacks what makes it one; the issues then say what.
    ///
    /// What the model has no place for stays in the claim's own bytes; an issue of severity information
    /// (`claim.not-carried`) names each such segment.
    public static func read(_ view: Claim837) -> MappingResult<Claim?> {
        var reader = ClaimReader(view)
        let claim = reader.read()
        return MappingResult(claim, issues: reader.issues)
    }
}

/// Reads one claim with the levels above it.
private struct ClaimReader {
    let view: Claim837
    let unit: X12Unit
    let root: UnitLoop
    var issues: [Issue] = []

    init(_ view: Claim837) {
        self.view = view
        unit = view.unit
        root = view.unit.root
    }

    mutating func read() -> Claim? {
        let header = root.first
        guard let controlNumber = header[1].withoutFilling.stated else {
            return refuse(.claimNumber, header.location(element: 1))
        }
        guard let charge = view.charge else { return refuse(.claimCharge, header.location(element: 2)) }
        guard let billing = billingProvider else { return refuse(.claimProvider, header.location()) }
        guard let (coverage, patient) = cover() else { return refuse(.claimSubscriber, header.location()) }
        let lines = root.loops("2400")
        guard !lines.isEmpty else { return refuse(.claimLines, header.location()) }
        var claim = Claim(
            controlNumber: controlNumber, kind: Claim.Kind(view.kind), frequency: header.stated(5, 3) ?? "1",
            totalCharge: charge, placeOfService: header[5, 1], billing: billing, coverages: [coverage],
            patient: patient, diagnoses: diagnoses(), lines: [])
        claim.dates = root.periods(issues: &issues)
        readHead(header, into: &claim)
        for payer in view.otherPayers { readOtherPayer(payer.loop, into: &claim) }
        let fallback =
            claim.dates.first { $0.qualifier == "472" } ?? claim.dates.first { $0.qualifier == "434" }
        for (index, loop) in lines.enumerated() {
            guard let line = readLine(loop, index + 1, claimDate: fallback, payments: &claim.priorPayments) else {
                return nil
            }
            claim.lines.append(line)
        }
        issues += CarriedSegments.missing(of: unit)
        return claim
    }

    private mutating func refuse(_ fault: MappingFault, _ location: Location) -> Claim? {
        issues.append(fault.issue(at: location))
        return nil
    }

    // MARK: Levels

    /// 2010AA, with the taxonomy of 2000A.
    private var billingProvider: Provider? {
        guard let party = view.billingProvider else { return nil }
        var provider = Provider(party)
        provider.taxonomy = unit.first("2000A", "PRV")?.stated(3) ?? provider.taxonomy
        return provider
    }

    /// The payer to whom the claim goes, and the patient.
    private mutating func cover() -> (coverage: Coverage, patient: Person)? {
        guard let insured = view.subscriber else { return nil }
        var person = Person(insured)
        person.deathDate = unit.first("2000B", "PAT")?.date(6)
        let segment = unit.first("2000B", "SBR")
        var patient = person
        var relationship = segment?.stated(2) ?? "18"
        if unit.first("2000C", "HL") != nil {
            patient = view.dependent.map(Person.init) ?? Person(family: "", given: "")
            patient.deathDate = unit.first("2000C", "PAT")?.date(6)
            relationship = unit.first("2000C", "PAT")?.stated(1) ?? ""
        }
        var coverage = Coverage(
            payerID: view.payer?.identifier.withoutFilling ?? "", payerName: view.payer?.name ?? "",
            memberID: insured.identifier.withoutFilling, relationship: relationship, subscriber: person)
        if let segment { take(segment, into: &coverage) }
        return (coverage, patient)
    }

    /// What an SBR says of a cover.
    private mutating func take(_ segment: UnitSegment, into coverage: inout Coverage) {
        if let responsibility = Coverage.Responsibility(rawValue: segment[1]) {
            coverage.responsibility = responsibility
        } else {
            coverage.responsibility = .tertiary
            issues.append(MappingFault.claimResponsibility.issue(at: segment.location(element: 1)))
        }
        coverage.groupNumber = segment.stated(3)
        coverage.planName = segment.stated(4)
        coverage.filingIndicator = segment[9] == "ZZ" ? nil : segment.stated(9)
    }

    // MARK: The claim

    private mutating func diagnoses() -> [Diagnosis] {
        var found: [Diagnosis] = []
        for segment in root.all("HI") {
            for element in 1...max(1, segment.elementCount) where !segment.isEmpty(element) {
                guard !segment[element, 2].isEmpty else {
                    issues.append(MappingFault.diagnosisUnreadable.issue(at: segment.location(element: element)))
                    continue
                }
                guard ClaimMapping.diagnosisQualifiers.contains(segment[element, 1]) else { continue }
                found.append(Diagnosis(qualifier: segment[element, 1], code: segment[element, 2]))
            }
        }
        return found
    }

    private func readHead(_ header: UnitSegment, into claim: inout Claim) {
        claim.relatedCauses = header.components(11, from: 1, to: 3)
        claim.accidentState = header.stated(11, 4)
        claim.priorAuthorization = root.first("REF", "G1")?.stated(2)
        claim.originalReference = root.first("REF", "F8")?.stated(2)
        claim.referralNumber = root.first("REF", "9F")?.stated(2)
        claim.notes = Self.notes(in: root)
        let providers = view.providers
        func provider(_ role: String) -> Provider? { providers.first { $0.role == role }.map(Provider.init) }
        claim.referring = provider("DN")
        // An institutional claim's attending provider is taken for the rendering one, where none is named.
        claim.rendering = provider("82") ?? provider("71")
        claim.facility = provider("77")
    }

    private static func notes(in loop: UnitLoop) -> String? {
        let notes = loop.all("NTE").map { $0[2] }
        return notes.isEmpty ? nil : notes.joined(separator: "\n")
    }

    /// 2320 and 2330: another payer's cover, and what that payer settled of the claim.
    private mutating func readOtherPayer(_ loop: UnitLoop, into claim: inout Claim) {
        let insured = loop.loops("2330A").first.flatMap { Party($0) }
        let payer = loop.loops("2330B").first.flatMap { Party($0) }
        let segment = loop.first
        let relationship = segment[2]
        var subscriber = insured.map(Person.init) ?? Person(family: "", given: "")
        if relationship == "18" {
            // The loop has no birth date; in person the subscriber is the patient.
            subscriber.birthDate = claim.patient.birthDate
            subscriber.sex = claim.patient.sex
            subscriber.deathDate = claim.patient.deathDate
            subscriber.address = subscriber.address ?? claim.patient.address
        }
        let payerID = payer?.identifier.withoutFilling ?? ""
        var coverage = Coverage(
            payerID: payerID, payerName: payer?.name ?? "", memberID: insured?.identifier.withoutFilling ?? "",
            relationship: relationship, subscriber: subscriber)
        take(segment, into: &coverage)
        claim.coverages.append(coverage)
        let stated = loop.first("AMT", "D")
        if let stated, stated.money(2) == nil {
            issues.append(MappingFault.amountUnreadable.issue(at: stated.location(element: 2)))
        }
        guard stated != nil || !loop.all("CAS").isEmpty else { return }
        claim.priorPayments.append(
            PriorPayment(payerID: payerID, paid: stated?.money(2), adjustments: loop.adjustments(issues: &issues)))
    }
}

// MARK: - Lines

extension ClaimReader {
    /// 2400 to 2430; nil where the line has no readable charge or no date.
    private mutating func readLine(
        _ loop: UnitLoop, _ position: Int, claimDate: DatedPeriod?, payments: inout [PriorPayment]
    ) -> ClaimLine? {
        let service = loop.first("SV1") ?? loop.first("SV2") ?? loop.first("SV3")
        let chargeElement = service?.id == "SV2" ? 3 : 2
        guard let service, let charge = service.money(chargeElement) else {
            _ = refuse(.lineCharge, (service ?? loop.first).location(element: chargeElement))
            return nil
        }
        let stated = loop.first("DTP", "472")
        guard let period = stated.map(\.period) ?? claimDate else {
            _ = refuse(.lineDate, (stated ?? loop.first).location(element: stated == nil ? nil : 3))
            return nil
        }
        var line = ClaimLine(
            number: Int(loop.first[1]) ?? position, procedure: "", charge: charge, pointers: [], from: period.from,
            to: period.to)
        readService(service, into: &line)
        line.controlNumber = loop.first("REF", "6R")?.stated(2)
        line.priorAuthorization = loop.first("REF", "G1")?.stated(2)
        line.notes = Self.notes(in: loop)
        if let drug = loop.loops("2410").first {
            if drug.first[2] == "N4" { line.ndc = drug.first.stated(3) }
            line.ndcQuantity = drug.first("CTP")?.stated(4)
            line.ndcUnit = drug.first("CTP")?.stated(5, 1)
        }
        let providers = loop.loops(startingWith: "2420").compactMap { Party($0) }
        line.rendering = providers.first { $0.role == "82" }.map(Provider.init)
        line.ordering = providers.first { $0.role == "DK" }.map(Provider.init)
        for decision in loop.loops("2430") { readDecision(decision, of: line.number, into: &payments) }
        return line
    }

    /// SV1 (professional), SV2 (institutional, where the revenue code comes first) or SV3 (dental).
    private mutating func readService(_ service: UnitSegment, into line: inout ClaimLine) {
        let procedure = service.id == "SV2" ? 2 : 1
        line.procedure = service[procedure, 2]
        line.modifiers = service.components(procedure, from: 3, to: 6)
        line.description = service.stated(procedure, 7)
        // A revenue code may stand alone; no other line may.
        if line.procedure.isEmpty, service.id != "SV2" || service.isEmpty(1) {
            issues.append(MappingFault.procedureAbsent.issue(at: service.location(element: procedure, component: 2)))
        }
        switch service.id {
        case "SV1":
            line.unitBasis = service.stated(3) ?? "UN"
            line.units = service.stated(4) ?? "1"
            line.placeOfService = service.stated(5)
            readPointers(service, 7, into: &line)
        case "SV2":
            line.revenueCode = service.stated(1)
            line.unitBasis = service.stated(4) ?? "UN"
            line.units = service.stated(5) ?? "1"
        default:
            line.placeOfService = service.stated(3)
            line.units = service.stated(6) ?? "1"
            readPointers(service, 11, into: &line)
        }
    }

    private mutating func readPointers(_ service: UnitSegment, _ element: Int, into line: inout ClaimLine) {
        for component in 1...4 {
            guard let text = service.stated(element, component) else { continue }
            if let pointer = Int(text), pointer > 0 {
                line.pointers.append(pointer)
            } else {
                issues.append(
                    MappingFault.linePointer.issue(at: service.location(element: element, component: component)))
            }
        }
    }

    /// 2430.
    private mutating func readDecision(_ loop: UnitLoop, of line: Int, into payments: inout [PriorPayment]) {
        let segment = loop.first
        guard let paid = segment.money(2) else {
            issues.append(MappingFault.amountUnreadable.issue(at: segment.location(element: 2)))
            return
        }
        let settled = PriorPayment.Line(
            number: line, procedure: segment[3, 2], modifiers: segment.components(3, from: 3, to: 6), paid: paid,
            units: segment.stated(5) ?? "1", adjustments: loop.adjustments(issues: &issues),
            paidOn: loop.first("DTP", "573")?.period?.from)
        let payerID = segment[1].withoutFilling
        if let place = payments.firstIndex(where: { $0.payerID == payerID }) {
            payments[place].lines.append(settled)
        } else {
            payments.append(PriorPayment(payerID: payerID, paid: nil, lines: [settled]))
        }
    }
}

extension Claim.Kind {
    init(_ kind: Claim837.Kind) {
        switch kind {
        case .professional: self = .professional
        case .institutional: self = .institutional
        case .dental: self = .dental
        }
    }
}
