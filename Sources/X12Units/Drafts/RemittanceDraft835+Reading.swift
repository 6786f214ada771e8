import HealthTypes
import X12

extension RemittanceDraft835 {
    /// A payment as it was read, with its claims in their order.
    ///
    /// Nil where the payment lacks its parties or its day, or a claim or a line an amount.
    public init?(_ remittance: Remittance835, claims: [RemittedClaim835]) {
        let unit = remittance.unit
        guard let payment = Payment(unit), let payer = unit.draftParty("1000A"), let payee = unit.draftParty("1000B")
        else { return nil }
        var headers: [Header] = []
        var last: Int?
        for claim in claims {
            guard let draft = Claim(claim) else { return nil }
            let position = claim.unit.first("2000", "LX")?.position
            if headers.isEmpty || position != last {
                let sums = claim.unit.all("2000", "TS3") + claim.unit.all("2000", "TS2")
                headers.append(Header(claims: [], additional: SegmentDraft.all(sums)))
            }
            headers[headers.count - 1].claims.append(draft)
            last = position
        }
        var adjustments: [ProviderAdjustment] = []
        for one in remittance.providerAdjustments {
            guard let amount = one.amount, let end = one.fiscalPeriodEnd else { return nil }
            adjustments.append(
                ProviderAdjustment(
                    provider: one.provider, fiscalPeriodEnd: end, reason: one.reason, reference: one.reference,
                    amount: amount))
        }
        self.init(
            payment: payment, payer: payer, payee: payee, headers: headers, providerAdjustments: adjustments)
    }
}

extension RemittanceDraft835.Payment {
    init?(_ unit: X12Unit) {
        guard let bank = unit.first("ST", "BPR"), let trace = unit.first("ST", "TRN"), let date = bank.date(16) else {
            return nil
        }
        self.init(
            handling: bank[1], amount: bank.money(2), direction: bank[3], method: bank[4], format: bank[5],
            payerAccount: BankAccount(bank, 6), payeeAccount: BankAccount(bank, 12), originator: bank[10],
            originatorCode: bank[11], date: date, traceNumber: trace[2], payerIdentifier: trace[3],
            payerDivision: trace[4], currency: unit.first("ST", "CUR")?[2] ?? "",
            receiver: unit.first("ST", "REF", "EV")?[2] ?? "", version: unit.first("ST", "REF", "F2")?[2] ?? "",
            productionDate: unit.first("ST", "DTM", "405")?.date(2))
    }
}

extension RemittanceDraft835.Claim {
    init?(_ claim: RemittedClaim835) {
        let root = claim.unit.root
        guard let charge = claim.charge, let paid = claim.paid else { return nil }
        var lines: [RemittanceDraft835.Line] = []
        for loop in root.loops("2110") {
            guard let line = RemittanceDraft835.Line(loop) else { return nil }
            lines.append(line)
        }
        let named: Set = ["CLP", "CAS", "NM1", "REF", "DTM", "PER", "AMT", "QTY"]
        self.init(
            controlNumber: claim.controlNumber, status: claim.status, charge: charge, paid: paid,
            patientResponsibility: claim.patientResponsibility, filingIndicator: claim.filingIndicator,
            payerControlNumber: claim.payerControlNumber, facility: claim.facility, frequency: claim.frequency,
            diagnosisGroup: claim.diagnosisGroup, diagnosisGroupWeight: root.first[12],
            dischargeFraction: root.first[13],
            adjustments: claim.adjustments, parties: root.all("NM1").map { Party(name: $0) },
            references: root.plainReferences, dates: root.dates, contacts: root.contacts, amounts: root.amounts,
            quantities: root.quantities, lines: lines, additional: root.additional(except: named))
    }
}

extension RemittanceDraft835.Line {
    init?(_ loop: UnitLoop) {
        let service = loop.first
        guard let procedure = ProcedureCode(service, 1), let charge = service.money(2) else { return nil }
        let remarks = loop.all("LQ").filter { $0[1] == "HE" }.map { $0[2] }
        let named: Set = ["SVC", "DTM", "CAS", "REF", "AMT", "QTY", "LQ"]
        self.init(
            procedure: procedure, submittedProcedure: ProcedureCode(service, 6), charge: charge,
            paid: service.isEmpty(3) ? nil : service.money(3), revenueCode: service[4], units: service[5],
            submittedUnits: service[7], dates: loop.dates, adjustments: loop.adjustments,
            references: loop.plainReferences, amounts: loop.amounts, quantities: loop.quantities, remarkCodes: remarks,
            additional: loop.additional(except: named) + SegmentDraft.all(loop.all("LQ").filter { $0[1] != "HE" }))
    }
}
