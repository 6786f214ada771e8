import HealthTypes
import X12

/// Reads the loops 2300 to 2430 of one claim.
struct ClaimReader {
    let header: Segment
    let body: Segments
    let hierarchy: Hierarchy
    let guide: String
    var issues: [Issue] = []

    init(header: Segment, body: Segments, hierarchy: Hierarchy, guide: String) {
        self.header = header
        self.body = body
        self.hierarchy = hierarchy
        self.guide = guide
    }

    /// Nil where the claim lacks what makes it one; the issues then say what.
    mutating func read() -> Claim? {
        let (own, lineSections) = body.cut(before: ["LX"])
        let (claimPart, otherPayers) = own.cut(before: ["SBR"])
        let (head, parties) = claimPart.cut(before: ["NM1"])
        guard let controlNumber = header.text(1) else { return refuse(.claimNumber, header.location(element: 1)) }
        guard let charge = header.money(2) else { return refuse(.claimCharge, header.location(element: 2)) }
        guard let billing = hierarchy.provider else { return refuse(.claimProvider, header.location()) }
        guard let (coverage, patient) = hierarchy.cover(issues: &issues) else {
            return refuse(.claimSubscriber, header.location())
        }
        guard !lineSections.isEmpty else { return refuse(.claimLines, header.location()) }
        let dates = periods(in: head)
        var claim = Claim(
            controlNumber: controlNumber, kind: kind(of: lineSections), frequency: header.text(5, 3) ?? "1",
            totalCharge: charge, placeOfService: header[5, 1], billing: billing, coverages: [coverage],
            patient: patient, diagnoses: diagnoses(in: head), lines: [])
        claim.dates = dates
        readHead(head, into: &claim)
        readProviders(parties, into: &claim)
        for section in otherPayers { readOtherPayer(section, into: &claim) }
        let fallback = dates.first { $0.qualifier == "472" } ?? dates.first { $0.qualifier == "434" }
        for section in lineSections {
            guard let line = readLine(section, claimDate: fallback, payments: &claim.priorPayments) else { return nil }
            claim.lines.append(line)
        }
        return claim
    }

    private mutating func refuse(_ fault: MappingFault, _ location: Location) -> Claim? {
        issues.append(fault.issue(at: location))
        return nil
    }

    private func kind(of lines: [Section]) -> Claim.Kind {
        if guide.contains("X223") || guide.contains("X096") { return .institutional }
        if guide.contains("X224") || guide.contains("X097") { return .dental }
        let services = lines.lazy.flatMap(\.body).map(\.id)
        if services.contains("SV2") { return .institutional }
        return services.contains("SV3") ? .dental : .professional
    }

    private mutating func periods(in segments: Segments) -> [DatedPeriod] {
        segments.all("DTP").compactMap { segment in
            if let period = segment.period { return period }
            issues.append(MappingFault.dateUnreadable.issue(at: segment.location(element: 3)))
            return nil
        }
    }

    /// The HI qualifiers that state a diagnosis; others state conditions, occurrences, values and procedures.
    private static let diagnosisQualifiers: Set<String> = [
        "ABK", "ABF", "ABJ", "ABN", "APR", "BK", "BF", "BJ", "BN", "PR",
    ]

    private mutating func diagnoses(in head: Segments) -> [Diagnosis] {
        var found: [Diagnosis] = []
        for segment in head.all("HI") {
            for element in 1...max(1, segment.elementCount) {
                for components in segment.repetitions(element) {
                    guard components.count > 1, !components[1].isEmpty else {
                        issues.append(MappingFault.diagnosisUnreadable.issue(at: segment.location(element: element)))
                        continue
                    }
                    guard Self.diagnosisQualifiers.contains(components[0]) else { continue }
                    found.append(Diagnosis(qualifier: components[0], code: components[1]))
                }
            }
        }
        return found
    }

    private func readHead(_ head: Segments, into claim: inout Claim) {
        claim.relatedCauses = header.components(11, from: 1, to: 3)
        claim.accidentState = header.text(11, 4)
        claim.priorAuthorization = head.first("REF", "G1")?.text(2)
        claim.originalReference = head.first("REF", "F8")?.text(2)
        claim.referralNumber = head.first("REF", "9F")?.text(2)
        claim.notes = Self.notes(in: head)
    }

    private static func notes(in segments: Segments) -> String? {
        let notes = segments.all("NTE").map { $0[2] }
        return notes.isEmpty ? nil : notes.joined(separator: "\n")
    }

    /// 2310. An institutional claim's attending provider (71) is taken for the rendering one, where none is named.
    private func readProviders(_ parties: [Section], into claim: inout Claim) {
        func party(_ code: String) -> Provider? { parties.first { $0.header[1] == code }?.provider }
        claim.referring = party("DN")
        claim.rendering = party("82") ?? party("71")
        claim.facility = party("77")
    }

    /// 2320 and 2330: another payer's cover, and what that payer settled of the claim.
    private mutating func readOtherPayer(_ section: Section, into claim: inout Claim) {
        let (head, parties) = section.body.cut(before: ["NM1"])
        let insured = parties.first { $0.header[1] == "IL" }
        let payer = parties.first { $0.header[1] == "PR" }
        let relationship = section.header[2]
        var subscriber = insured?.person ?? Person(family: "", given: "")
        if relationship == "18" {
            // The loop has no birth date; in person the subscriber is the patient.
            subscriber.birthDate = claim.patient.birthDate
            subscriber.sex = claim.patient.sex
            subscriber.deathDate = claim.patient.deathDate
            subscriber.address = subscriber.address ?? claim.patient.address
        }
        let payerID = payer?.header[9] ?? ""
        claim.coverages.append(
            Coverage(
                payerID: payerID, payerName: payer?.header[3] ?? "", memberID: insured?.header[9] ?? "",
                subscriber: subscriber
            ).stating(section.header, relationship: relationship, issues: &issues))
        let stated = head.first("AMT", "D")
        if let stated, stated.money(2) == nil {
            issues.append(MappingFault.amountUnreadable.issue(at: stated.location(element: 2)))
        }
        let casSegments = head.all("CAS")
        guard stated != nil || !casSegments.isEmpty else { return }
        claim.priorPayments.append(
            PriorPayment(
                payerID: payerID, paid: stated?.money(2),
                adjustments: adjustments(in: casSegments, issues: &issues)))
    }
}

// MARK: - Lines

extension ClaimReader {
    /// 2400 to 2430; nil where the line has no readable charge or no date.
    private mutating func readLine(
        _ section: Section, claimDate: DatedPeriod?, payments: inout [PriorPayment]
    ) -> ClaimLine? {
        let (own, settlements) = section.body.cut(before: ["SVD"])
        let (head, parties) = own.cut(before: ["NM1"])
        let service = head.first { ["SV1", "SV2", "SV3"].contains($0.id) }
        let place = (service ?? section.header).location(element: service?.id == "SV2" ? 3 : 2)
        guard let service, let charge = service.money(service.id == "SV2" ? 3 : 2) else {
            _ = refuse(.lineCharge, place)
            return nil
        }
        let stated = head.first("DTP", "472")
        let period = stated.flatMap(\.period) ?? (stated == nil ? claimDate : nil)
        guard let period else {
            _ = refuse(.lineDate, (stated ?? section.header).location(element: stated == nil ? nil : 3))
            return nil
        }
        var line = ClaimLine(
            number: section.header.integer(1) ?? section.header.position, procedure: "", charge: charge, pointers: [],
            from: period.from, to: period.to)
        readService(service, into: &line)
        line.controlNumber = head.first("REF", "6R")?.text(2)
        line.priorAuthorization = head.first("REF", "G1")?.text(2)
        line.notes = Self.notes(in: head)
        let drug = head.first { $0.id == "LIN" && $0[2] == "N4" }
        line.ndc = drug?.text(3)
        let quantity = head.first("CTP")
        line.ndcQuantity = quantity?.text(4)
        line.ndcUnit = quantity?.text(5, 1)
        line.rendering = parties.first { $0.header[1] == "82" }?.provider
        line.ordering = parties.first { $0.header[1] == "DK" }?.provider
        for settlement in settlements { readSettlement(settlement, of: line.number, into: &payments) }
        return line
    }

    /// SV1 (professional), SV2 (institutional, where the revenue code comes first) or SV3 (dental).
    private mutating func readService(_ service: Segment, into line: inout ClaimLine) {
        let procedure = service.id == "SV2" ? 2 : 1
        line.procedure = service[procedure, 2]
        line.modifiers = service.components(procedure, from: 3, to: 6)
        line.description = service.text(procedure, 7)
        // A revenue code may stand alone; no other line may.
        if line.procedure.isEmpty, service.id != "SV2" || service.text(1) == nil {
            issues.append(MappingFault.procedureAbsent.issue(at: service.location(element: procedure, component: 2)))
        }
        switch service.id {
        case "SV1":
            line.unitBasis = service.text(3) ?? "UN"
            line.units = service.text(4) ?? "1"
            line.placeOfService = service.text(5)
            readPointers(service, 7, into: &line)
        case "SV2":
            line.revenueCode = service.text(1)
            line.unitBasis = service.text(4) ?? "UN"
            line.units = service.text(5) ?? "1"
        default:
            line.placeOfService = service.text(3)
            line.units = service.text(6) ?? "1"
            readPointers(service, 11, into: &line)
        }
    }

    private mutating func readPointers(_ service: Segment, _ element: Int, into line: inout ClaimLine) {
        for component in 1...4 {
            guard let text = service.text(element, component) else { continue }
            if let pointer = Int(text), pointer > 0 {
                line.pointers.append(pointer)
            } else {
                issues.append(
                    MappingFault.linePointer.issue(at: service.location(element: element, component: component)))
            }
        }
    }

    /// 2430.
    private mutating func readSettlement(_ section: Section, of line: Int, into payments: inout [PriorPayment]) {
        let segment = section.header
        guard let paid = segment.money(2) else {
            issues.append(MappingFault.amountUnreadable.issue(at: segment.location(element: 2)))
            return
        }
        let settled = PriorPayment.Line(
            number: line, procedure: segment[3, 2], modifiers: segment.components(3, from: 3, to: 6), paid: paid,
            units: segment.text(5) ?? "1", adjustments: adjustments(in: section.body.all("CAS"), issues: &issues),
            paidOn: section.body.first("DTP", "573")?.period?.from)
        if let place = payments.firstIndex(where: { $0.payerID == segment[1] }) {
            payments[place].lines.append(settled)
        } else {
            payments.append(PriorPayment(payerID: segment[1], paid: nil, lines: [settled]))
        }
    }
}
