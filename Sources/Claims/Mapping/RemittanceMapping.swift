public import HealthTypes
public import X12

/// The health care claim payment (835, 005010X221A1), read and written.
public enum RemittanceMapping {
    /// The guide that is written (ST03, GS08); its functional group is `HP`.
    public static let guide = "005010X221A1"

    /// The payment with every settlement in it. Nil where its amount, its date or its trace number cannot be read:
    /// nothing of it may then be posted, and the whole text is kept. A settlement that cannot be read is kept as
    /// text, and the payment is then not balanced.
    public static func read835(_ transaction: TransactionSet) -> MappingResult<Remittance?> {
        var result = MappingResult<Remittance?>(nil)
        let segments = Array(transaction.segments)
        func refuse(_ fault: MappingFault) -> MappingResult<Remittance?> {
            result.issues.append(fault.issue(at: segments[0].location()))
            result.unread.append(
                UnreadText(location: segments[0].location(), controlNumber: nil, text: segments.keptText))
            return result
        }
        guard transaction.id == "835" else { return refuse(.notThisTransaction) }
        let payment = segments.first("BPR")
        let (head, details) = segments[...].cut(before: ["CLP"])
        guard let payment, let amount = payment.money(2), let trace = head.first("TRN")?.text(2),
            let paidOn = payment.date(16) ?? head.first("DTM", "405")?.date(2)
        else { return refuse(.remittanceHeader) }
        let payer = head.cut(before: ["N1", "LX"]).sections.first { $0.header[1] == "PR" }
        var remittance = Remittance(
            trace: trace,
            payerID: payer?.header.text(4) ?? payer?.body.first("REF", "2U")?.text(2) ?? head.first("TRN")?[3] ?? "",
            payerName: payer?.header[2] ?? "", paidOn: paidOn, total: payment[3] == "D" ? -amount : amount)
        for section in details {
            let body = section.body.prefix { !["PLB", "SE", "LX"].contains($0.id) }
            if let claim = settlement(section.header, body, of: remittance, issues: &result.issues) {
                remittance.claims.append(claim)
            } else {
                result.unread.append(
                    UnreadText(
                        location: section.header.location(), controlNumber: section.header.text(1),
                        text: ([section.header] + body).keptText))
            }
        }
        for segment in segments.all("PLB") {
            readProviderAdjustments(segment, into: &remittance, issues: &result.issues)
        }
        result.value = remittance
        return result
    }

    /// 2100: one CLP with its lines.
    private static func settlement(
        _ header: Segment, _ body: Segments, of remittance: Remittance, issues: inout [Issue]
    ) -> ClaimRemittance? {
        guard let charge = header.money(3), let paid = header.money(4) else {
            issues.append(MappingFault.settlementUnreadable.issue(at: header.location()))
            return nil
        }
        var claim = ClaimRemittance(
            controlNumber: header[1], status: header[2], charge: charge, paid: paid,
            patientResponsibility: header.money(5) ?? .zero, trace: remittance.trace, paidOn: remittance.paidOn,
            payerID: remittance.payerID)
        claim.payerClaimNumber = header.text(7)
        let (head, lines) = body.cut(before: ["SVC"])
        claim.adjustments = adjustments(in: head.all("CAS"), issues: &issues)
        if let patient = head.cut(before: ["NM1"]).sections.first(where: { $0.header[1] == "QC" }) {
            claim.patient = patient.person
            claim.memberID = patient.header.text(9)
        }
        claim.memberID = head.first("NM1", "IL")?.text(9) ?? claim.memberID
        claim.remarks =
            head.all("MIA").flatMap { segment in ([5] + Array(20...23)).compactMap { segment.text($0) } }
            + head.all("MOA").flatMap { segment in (3...7).compactMap { segment.text($0) } }
        for line in lines {
            guard let settled = Self.line(line, issues: &issues) else { return nil }
            claim.lines.append(settled)
        }
        return claim
    }

    /// 2110.
    private static func line(_ section: Section, issues: inout [Issue]) -> RemittanceLine? {
        let segment = section.header
        guard let charge = segment.money(2), let paid = segment.money(3) else {
            issues.append(MappingFault.settlementUnreadable.issue(at: segment.location()))
            return nil
        }
        var line = RemittanceLine(
            procedure: segment[1, 2], modifiers: segment.components(1, from: 3, to: 6), charge: charge, paid: paid)
        if line.procedure.isEmpty {
            issues.append(MappingFault.procedureAbsent.issue(at: segment.location(element: 1, component: 2)))
        }
        line.units = segment.text(5)
        line.from = section.body.first("DTM", "472", "150")?.date(2)
        line.controlNumber = section.body.first("REF", "6R")?.text(2)
        line.adjustments = adjustments(in: section.body.all("CAS"), issues: &issues)
        line.remarks = section.body.all("LQ", "HE").compactMap { $0.text(2) }
        line.allowed = section.body.first("AMT", "B6")?.money(2)
        return line
    }

    /// PLB: up to six pairs of reason (with a reference) and amount.
    private static func readProviderAdjustments(
        _ segment: Segment, into remittance: inout Remittance, issues: inout [Issue]
    ) {
        for element in stride(from: 3, through: max(3, segment.elementCount), by: 2) {
            guard segment.text(element) != nil else { continue }
            guard let amount = segment.money(element + 1) else {
                issues.append(MappingFault.adjustmentUnreadable.issue(at: segment.location(element: element + 1)))
                continue
            }
            remittance.providerAdjustments.append(
                Remittance.ProviderAdjustment(
                    reason: segment[element, 1], reference: segment.text(element, 2), amount: amount))
        }
    }
}

// MARK: - Writing

extension RemittanceMapping {
    /// What an 835 says of the payer beside its name and id (1000A).
    public struct PayerDetails: Hashable, Sendable {
        /// Nine digits.
        public var taxID: String
        public var address: Address
        public var contact: String
        public var phone: String

        public init(taxID: String, address: Address, contact: String, phone: String) {
            self.taxID = taxID
            self.address = address
            self.contact = contact
            self.phone = phone
        }
    }

    /// Why a payment is not written.
    public struct Unwritable: Error, Hashable, CustomStringConvertible {
        public var description: String {
            "a payment is written only where it balances, is not negative and has at most five remarks a claim"
        }
    }

    /// Writes one payment by check, or a notice without payment where its total is zero.
    ///
    /// - Throws: ``Unwritable`` where the payment is out of balance, or negative (BPR02 cannot be: the payer carries
    ///   the difference forward in PLB), or has a claim with more remarks than MOA holds.
    public static func write835(
        _ remittance: Remittance, payer: PayerDetails, payee: Provider, at: Instant
    ) throws(Unwritable) -> TransactionWriter {
        guard remittance.isBalanced, !remittance.total.isNegative,
            remittance.claims.allSatisfy({ $0.remarks.count <= 5 })
        else { throw Unwritable() }
        var writer = TransactionWriter(id: "835", guide: guide)
        let method: X12Value = remittance.total.isZero ? "NON" : "CHK"
        let unused = [X12Value](repeating: .empty, count: 11)
        writer.add(
            "BPR",
            elements: [remittance.total.isZero ? "H" : "I", .money(remittance.total), "C", method] + unused
                + [.date(remittance.paidOn)])
        writer.add("TRN", "1", .text(remittance.trace), .text("1" + payer.taxID))
        writer.add("DTM", "405", .date(at.date))
        writer.add("N1", "PR", .text(remittance.payerName), "XV", .text(remittance.payerID))
        writer.addAddress(payer.address)
        writer.add("PER", "BL", .text(payer.contact), "TE", .text(payer.phone))
        writer.add("N1", "PE", .text(payee.name), "XX", .text(payee.npi))
        writer.addAddress(payee.address)
        writer.addReference("TJ", payee.taxID)
        if !remittance.claims.isEmpty { writer.add("LX", "1") }
        for claim in remittance.claims { write(claim, to: &writer) }
        let year = CalendarDate(year: remittance.paidOn.year, month: 12, day: 31) ?? remittance.paidOn
        for start in stride(from: 0, to: remittance.providerAdjustments.count, by: 6) {
            let part = remittance.providerAdjustments.dropFirst(start).prefix(6)
            writer.add(
                "PLB",
                elements: [.text(payee.npi), .date(year)]
                    + part.flatMap { [X12Value.composite([$0.reason, $0.reference ?? ""]), .money($0.amount)] })
        }
        return writer
    }

    private static func write(_ claim: ClaimRemittance, to writer: inout TransactionWriter) {
        writer.add(
            "CLP", .text(claim.controlNumber), .text(claim.status), .money(claim.charge), .money(claim.paid),
            claim.patientResponsibility.isZero ? .empty : .money(claim.patientResponsibility), "ZZ",
            .optional(claim.payerClaimNumber))
        writer.addAdjustments(claim.adjustments)
        writer.addName("QC", claim.patient ?? Person(family: "", given: ""), qualifier: "MI", id: claim.memberID)
        if !claim.remarks.isEmpty {
            writer.add("MOA", elements: [.empty, .empty] + claim.remarks.prefix(5).map { .text($0) })
        }
        for line in claim.lines {
            writer.add(
                "SVC", .composite(["HC", line.procedure] + line.modifiers), .money(line.charge), .money(line.paid), "",
                .optional(line.units))
            if let from = line.from { writer.add("DTM", "472", .date(from)) }
            writer.addAdjustments(line.adjustments)
            writer.addReference("6R", line.controlNumber)
            if let allowed = line.allowed { writer.add("AMT", "B6", .money(allowed)) }
            for remark in line.remarks { writer.add("LQ", "HE", .text(remark)) }
        }
    }
}
