import HealthTypes
import X12

extension RemittanceDraft835: WritableUnit {
    static var set: StaticString { "835" }
    static var functionalID: String { "HP" }
    static var standsAlone: Bool { true }
    var guide: String { "005010X221A1" }
    /// An 835 shares its set with nothing.
    var heading: Int { 0 }
    var size: Int { 0 }

    var computedAmount: Money {
        let paid = headers.reduce(Money.zero) { sum, header in
            header.claims.reduce(sum) { $1.isJudged ? $0 + $1.statedPaid : $0 }
        }
        return providerAdjustments.reduce(paid) { $0 - $1.amount }
    }

    var contradiction: UnitFault? {
        for (number, header) in headers.enumerated() {
            for (place, claim) in header.claims.enumerated() where claim.isJudged {
                let path = "headers[\(number)].claims[\(place)]"
                for (index, line) in claim.lines.enumerated() {
                    guard let paid = line.paid, paid != line.charge - line.adjustments.adjusted else { continue }
                    return UnitFault(
                        fault: .remittanceLine, loop: "2110", segment: "SVC", element: 3,
                        path: path + ".lines[\(index)]")
                }
                if claim.statedPaid != claim.statedCharge - claim.adjusted {
                    return UnitFault(
                        fault: .remittanceClaim, loop: "2100", segment: "CLP", element: 4, path: path)
                }
            }
        }
        if let amount = payment.amount, amount != computedAmount {
            return UnitFault(fault: .remittanceTotal, loop: "ST", segment: "BPR", element: 2)
        }
        return nil
    }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) {
        pen.loop = "ST"
        pen.writePayment(payment, amount: payment.amount ?? computedAmount, traceKind: "1")
        if !payment.currency.isEmpty {
            pen.begin("CUR")
            pen.add("PR")
            pen.add(payment.currency)
            pen.end()
        }
        pen.writeReference("EV", payment.receiver)
        pen.writeReference("F2", payment.version)
        if let day = payment.productionDate { pen.writeShort([DateEntry("405", day)]) }
        pen.write(additional)
        pen.write(payer, .payment, in: "1000A")
        pen.write(payee, .payment, in: "1000B")
    }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        for (index, header) in headers.enumerated() {
            pen.loop = "2000"
            pen.begin("LX")
            pen.add(index + 1)
            pen.end()
            pen.write(header.additional)
            header.claims.forEach { $0.write(&pen) }
        }
        pen.loop = "ST"
        writeProviderAdjustments(&pen)
    }

    /// PLB: up to six adjustments of one provider and period in each.
    private func writeProviderAdjustments(_ pen: inout SegmentPen) {
        var index = 0
        while index < providerAdjustments.count {
            let first = providerAdjustments[index]
            pen.begin("PLB")
            pen.add(first.provider)
            pen.add(first.fiscalPeriodEnd)
            var inSegment = 0
            while index < providerAdjustments.count, inSegment < 6 {
                let one = providerAdjustments[index]
                guard one.provider == first.provider, one.fiscalPeriodEnd == first.fiscalPeriodEnd else { break }
                pen.add(components: [one.reason, one.reference])
                pen.add(one.amount)
                index += 1
                inSegment += 1
            }
            pen.end()
        }
    }
}

extension RemittanceDraft835.Claim {
    func write(_ pen: inout SegmentPen) {
        pen.loop = "2100"
        pen.begin("CLP")
        pen.add(controlNumber)
        pen.add(status)
        pen.add(statedCharge)
        pen.add(statedPaid)
        let share = ofPatient
        pen.add(patientResponsibility ?? (share.isZero ? nil : share))
        pen.add(filingIndicator)
        pen.add(payerControlNumber)
        pen.add(facility)
        pen.add(frequency)
        pen.addEmpty()
        pen.add(diagnosisGroup)
        pen.add(diagnosisGroupWeight)
        pen.add(dischargeFraction)
        pen.end()
        pen.write(adjustments)
        for role in Self.roles {
            for party in parties where party.role == role { pen.writeName(party) }
        }
        pen.write(additional)
        pen.write(references)
        pen.writeShort(dates)
        pen.write(contacts)
        pen.write(amounts)
        pen.write(quantities)
        lines.forEach { $0.write(&pen) }
    }

    private static let roles = ["QC", "IL", "74", "82", "TT", "PR", "GB"]
}

extension RemittanceDraft835.Line {
    func write(_ pen: inout SegmentPen) {
        pen.loop = "2110"
        pen.begin("SVC")
        pen.add(procedure)
        pen.add(charge)
        pen.add(statedPaid)
        pen.add(revenueCode)
        pen.add(units)
        pen.add(submittedProcedure)
        pen.add(submittedUnits)
        pen.end()
        pen.writeShort(dates)
        pen.write(adjustments)
        pen.write(references)
        pen.write(amounts)
        pen.write(quantities)
        for code in remarkCodes {
            pen.begin("LQ")
            pen.add("HE")
            pen.add(code)
            pen.end()
        }
        pen.write(additional)
    }
}
