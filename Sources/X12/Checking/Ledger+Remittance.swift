/// What is added up of an 835.
struct RemittanceSums: BitwiseCopyable {
    var payment: Int64?
    var paymentPlace = Ledger.Place()
    var claimsPaid = Ledger.Sum()
    var withheld = Ledger.Sum()
    // The open claim
    var isClaimOpen = false
    var isJudged = false
    var charge: Int64?
    var paid: Int64?
    var claimPlace = Ledger.Place()
    var adjustments = Ledger.Sum()
    // The open line
    var isLineOpen = false
    var lineCharge: Int64?
    var linePaid: Int64?
    var linePlace = Ledger.Place()
    var lineAdjustments = Ledger.Sum()
}

extension Ledger {
    mutating func takeRemittance(_ role: Role, _ slice: SegmentSlice, _ position: Int) {
        switch role {
        case .payment:
            remittance.payment = Digits.cents(slice[2])
            remittance.paymentPlace = Place(slice, position, 2)
        case .remittedClaim:
            closeRemittedClaim()
            remittance.isClaimOpen = true
            remittance.charge = Digits.cents(slice[3])
            remittance.paid = Digits.cents(slice[4])
            remittance.claimPlace = Place(slice, position, 4)
            remittance.adjustments = Sum()
            // 25 is a predetermination: nothing is paid, and nothing need add up.
            remittance.isJudged = !slice.has(2, "25")
            if remittance.isJudged { remittance.claimsPaid.add(remittance.paid) }
        case .remittedClaimAdjustment: Self.addAdjustments(slice, to: &remittance.adjustments)
        case .remittedLine:
            closeRemittedLine()
            remittance.isLineOpen = true
            remittance.lineCharge = Digits.cents(slice[2])
            remittance.linePaid = slice.isEmpty(3) ? 0 : Digits.cents(slice[3])
            remittance.linePlace = Place(slice, position, 3)
            remittance.lineAdjustments = Sum()
        case .remittedLineAdjustment:
            Self.addAdjustments(slice, to: &remittance.lineAdjustments)
            Self.addAdjustments(slice, to: &remittance.adjustments)
        case .providerAdjustment:
            var element = 4
            while element < slice.count, element <= 14 {
                if slice.length(element) > 0 { remittance.withheld.add(Digits.cents(slice[element])) }
                element += 2
            }
        default: break
        }
    }

    private mutating func closeRemittedLine() {
        guard remittance.isLineOpen else { return }
        remittance.isLineOpen = false
        guard remittance.isJudged, let charge = remittance.lineCharge, let paid = remittance.linePaid else { return }
        if remittance.lineAdjustments.differs(from: charge - paid) {
            report(.remittanceLine, remittance.linePlace, "2110", "SVC", 3)
        }
    }

    mutating func closeRemittedClaim() {
        closeRemittedLine()
        guard remittance.isClaimOpen else { return }
        remittance.isClaimOpen = false
        guard remittance.isJudged, let charge = remittance.charge, let paid = remittance.paid else { return }
        if remittance.adjustments.differs(from: charge - paid) {
            report(.remittanceClaim, remittance.claimPlace, "2100", "CLP", 4)
        }
    }

    mutating func finishRemittance() {
        closeRemittedClaim()
        guard let payment = remittance.payment, remittance.claimsPaid.isKnown else { return }
        var sum = remittance.claimsPaid
        sum.subtract(remittance.withheld.isKnown ? remittance.withheld.cents : nil)
        if sum.differs(from: payment) { report(.remittanceTotal, remittance.paymentPlace, "ST", "BPR", 2) }
    }
}
