import HealthTypes
import X12
public import X12Units

/// The health care claim payment (835, 005010X221A1), read and written.
public enum RemittanceMapping {
    /// The payment without its claims and provider adjustments. Nil where its amount, its date or its trace number
    /// cannot be read: nothing of it may then be posted.
    public static func read(_ unit: X12Unit) -> MappingResult<Remittance?> {
        let payment = Remittance835.Payment(unit)
        let segment = unit.first("ST", "BPR")
        guard let amount = payment.amount, let trace = payment.traceNumber.withoutFilling.stated,
            let paidOn = payment.date ?? payment.productionDate
        else {
            let place = segment?.location() ?? Location(byte: unit.context.first?.byteOffset ?? unit.byteOffset)
            return MappingResult(nil, issues: [MappingFault.remittanceHeader.issue(at: place)])
        }
        let payer = payment.payer
        let payerID =
            payer?.identifier.withoutFilling.stated
            ?? payer?.references.first { $0.qualifier == "2U" }?.value.withoutFilling.stated ?? payment.payerIdentifier
        return MappingResult(
            Remittance(
                trace: trace, payerID: payerID, payerName: payer?.name ?? "", paidOn: paidOn,
                total: payment.direction == "D" ? -amount : amount))
    }

    /// A claim of the payment (2100). Nil where one of its amounts cannot be read.
    public static func read(_ view: RemittedClaim835, of payment: Remittance) -> MappingResult<ClaimRemittance?> {
        var result = MappingResult<ClaimRemittance?>(nil)
        let root = view.unit.root
        let header = root.first
        guard let charge = view.charge, let paid = view.paid else {
            result.issues.append(MappingFault.settlementUnreadable.issue(at: header.location()))
            return result
        }
        var claim = ClaimRemittance(
            controlNumber: header[1].withoutFilling, status: header[2], charge: charge, paid: paid,
            patientResponsibility: view.patientResponsibility ?? .zero, trace: payment.trace, paidOn: payment.paidOn,
            payerID: payment.payerID)
        claim.payerClaimNumber = header[7].withoutFilling.stated
        claim.adjustments = root.adjustments(issues: &result.issues)
        if let patient = view.patient {
            claim.patient = Person(patient)
            claim.memberID = patient.identifier.withoutFilling.stated
        }
        claim.memberID = view.subscriber?.identifier.withoutFilling.stated ?? claim.memberID
        claim.remarks = view.remarkCodes
        for line in view.lines {
            guard let settled = read(line, issues: &result.issues) else { return result }
            claim.lines.append(settled)
        }
        result.value = claim
        return result
    }

    /// 2110.
    private static func read(_ line: RemittedClaim835.Line, issues: inout [Issue]) -> RemittanceLine? {
        let segment = line.loop.first
        guard let charge = line.charge, let paid = line.paid else {
            issues.append(MappingFault.settlementUnreadable.issue(at: segment.location()))
            return nil
        }
        var settled = RemittanceLine(
            procedure: segment[1, 2], modifiers: segment.components(1, from: 3, to: 6), charge: charge, paid: paid)
        if settled.procedure.isEmpty {
            issues.append(MappingFault.procedureAbsent.issue(at: segment.location(element: 1, component: 2)))
        }
        settled.units = line.units.stated
        settled.from = line.serviceDates?.lowerBound
        settled.controlNumber = line.controlNumber.withoutFilling.stated
        settled.adjustments = line.loop.adjustments(issues: &issues)
        settled.remarks = line.remarkCodes
        settled.allowed = line.allowed
        return settled
    }

    /// PLB of the payment.
    public static func read(_ view: Remittance835) -> MappingResult<[Remittance.ProviderAdjustment]> {
        var result = MappingResult<[Remittance.ProviderAdjustment]>([])
        for segment in view.unit.all("ST", "PLB") {
            for element in stride(from: 3, through: max(3, segment.elementCount), by: 2) {
                guard !segment.isEmpty(element) else { continue }
                guard let amount = segment.money(element + 1) else {
                    result.issues.append(
                        MappingFault.adjustmentUnreadable.issue(at: segment.location(element: element + 1)))
                    continue
                }
                result.value.append(
                    Remittance.ProviderAdjustment(
                        reason: segment[element, 1], reference: segment.stated(element, 2), amount: amount))
            }
        }
        return result
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

    /// Forms an interchange of one payment by check, or of a notice without payment where its total is zero.
    ///
    /// It is refused where it is out of balance, or negative (BPR02 cannot be: the payer carries the difference forward
    /// in PLB), or has a claim with more remarks than MOA holds.
    public static func form(
        _ remittance: Remittance, payer: PayerDetails, payee: Provider, in heading: InterchangeHeading, snip: Int = 3
    ) -> FormedInterchange {
        var forming = InterchangeForming(heading, snip: snip)
        guard remittance.isBalanced, !remittance.total.isNegative,
            remittance.claims.allSatisfy({ $0.remarks.count <= 5 })
        else {
            forming.refuse(0, MappingFault.remittanceUnwritable.issue(at: Location(path: "BPR02")))
            return forming.finish()
        }
        let draft = draft(remittance, payer: payer, payee: payee, at: heading.at)
        forming.write(0, reference: "", path: "remittance") { try $0.write(draft) }
        return forming.finish()
    }

    private static func draft(
        _ remittance: Remittance, payer details: PayerDetails, payee provider: Provider, at: Instant
    ) -> RemittanceDraft835 {
        var payer = Party("PR", organization: remittance.payerName, "XV", remittance.payerID)
        payer.take(details.address)
        payer.contacts = [Contact("BL", name: details.contact, telephone: details.phone)]
        var payee = Party("PE", organization: provider.name, "XX", provider.npi)
        payee.take(provider.address)
        if let taxID = provider.taxID { payee.references = [ReferenceNumber("TJ", taxID)] }
        let isPaid = !remittance.total.isZero
        let year = CalendarDate(year: remittance.paidOn.year, month: 12, day: 31) ?? remittance.paidOn
        return RemittanceDraft835(
            payment: .init(
                handling: isPaid ? "I" : "H", amount: remittance.total, direction: "C", method: isPaid ? "CHK" : "NON",
                date: remittance.paidOn, traceNumber: remittance.trace, payerIdentifier: "1" + details.taxID,
                productionDate: at.date), payer: payer, payee: payee, claims: remittance.claims.map(draft),
            providerAdjustments: remittance.providerAdjustments.map {
                .init(
                    provider: provider.npi, fiscalPeriodEnd: year, reason: $0.reason, reference: $0.reference ?? "",
                    amount: $0.amount)
            })
    }

    private static func draft(_ claim: ClaimRemittance) -> RemittanceDraft835.Claim {
        let remarks = claim.remarks.map { X12Value.text($0) }
        return RemittanceDraft835.Claim(
            controlNumber: claim.controlNumber, status: claim.status, charge: claim.charge, paid: claim.paid,
            patientResponsibility: claim.patientResponsibility.isZero ? nil : claim.patientResponsibility,
            filingIndicator: "ZZ", payerControlNumber: claim.payerClaimNumber ?? "",
            adjustments: claim.adjustments.drafts,
            parties: [
                Party(
                    "QC", claim.patient ?? Person(family: "", given: ""), memberID: claim.memberID, hasAddress: false,
                    hasBirth: false)
            ],
            lines: claim.lines.map { line in
                RemittanceDraft835.Line(
                    procedure: ProcedureCode(line.procedure, line.modifiers), charge: line.charge, paid: line.paid,
                    units: line.units ?? "", dates: line.from.map { [DateEntry("472", $0)] } ?? [],
                    adjustments: line.adjustments.drafts,
                    references: line.controlNumber.map { [ReferenceNumber("6R", $0)] } ?? [],
                    amounts: line.allowed.map { [AmountEntry("B6", $0)] } ?? [], remarkCodes: line.remarks)
            },
            additional: remarks.isEmpty ? [] : [SegmentDraft("MOA", [.empty, .empty] + remarks)])
    }
}
