import HealthTypes

/// Adds up the amounts of claims, remittances, enrolments and premiums while their segments pass by (SNIP type 3), and
/// holds codes to the dates of their claim (type 5).
///
/// Sums that cannot be read, which other checks report, are not judged.
struct Ledger: ~Copyable {
    package struct Found {
        package var fault: Fault
        package var position: Int
        package var byte: Int
        package var loop: String
        package var segment: String
        package var element: Int
        package var component = 0
        package var severity: Issue.Severity?
    }

    /// Where an amount stands to which a sum is compared.
    package struct Place: BitwiseCopyable {
        package var position = 0
        package var byte = 0

        package init() {}

        package init(_ slice: SegmentSlice, _ position: Int, _ element: Int) {
            self.position = position
            byte = slice.byteOffset + (element < slice.count ? slice.start(element) : 0)
        }
    }

    /// A sum that becomes unknown with the first amount that cannot be read.
    struct Sum: BitwiseCopyable {
        private(set) var cents: Int64 = 0
        private(set) var isKnown = true

        @inline(__always)
        mutating func add(_ amount: Int64?) {
            guard let amount else {
                isKnown = false
                return
            }
            let (sum, isPast) = cents.addingReportingOverflow(amount)
            if isPast { isKnown = false } else { cents = sum }
        }

        @inline(__always)
        mutating func subtract(_ amount: Int64?) { add(amount.map { -$0 }) }

        /// Whether it is known and is another amount.
        func differs(from amount: Int64?) -> Bool { isKnown && amount.map { $0 != cents } ?? false }
    }

    var found: [Found] = []
    let tables: CodeTables
    var claim = ClaimSums()
    var remittance = RemittanceSums()
    var enrollment = EnrollmentSums()
    var premium = PremiumSums()

    init(tables: CodeTables) {
        self.tables = tables
    }

    mutating func restart() {
        found.removeAll(keepingCapacity: true)
        claim.reset()
        remittance = RemittanceSums()
        enrollment = EnrollmentSums()
        premium = PremiumSums()
    }

    /// Takes a segment that has a part in a sum; the loops that it closed were closed before.
    mutating func take(_ role: Role, _ slice: SegmentSlice, _ position: Int) {
        switch role {
        case .none: break
        case .claim, .lineCharge, .payerAdjustment, .payerPaid, .otherPayer, .otherPayerName, .adjudicatedLine,
            .lineAdjustment, .diagnoses, .claimDate, .lineDate:
            takeClaim(role, slice, position)
        case .payment, .remittedClaim, .remittedClaimAdjustment, .remittedLine, .remittedLineAdjustment,
            .providerAdjustment:
            takeRemittance(role, slice, position)
        case .enrollmentTotal:
            if enrollment.totals.count < 100 { enrollment.totals.append(EnrollmentSums.Total(slice, position)) }
        case .member: enrollment.count(slice)
        case .premiumPayment: premium.begin(slice, position)
        case .remittedPremium: premium.remitted.add(slice.length(4) > 0 ? Digits.cents(slice[4]) : 0)
        case .premiumAdjustment: premium.adjusted.add(Digits.cents(slice[1]))
        }
    }

    /// Ends the set.
    mutating func finish() {
        finishRemittance()
        finishEnrollment()
        finishPremium()
    }

    /// The sum of the amounts of a CAS: elements 3, 6 and so on to 18.
    @inline(__always)
    static func addAdjustments(_ slice: SegmentSlice, to sum: inout Sum) {
        var element = 3
        while element < slice.count, element <= 18 {
            if slice.length(element) > 0 { sum.add(Digits.cents(slice[element])) }
            element += 3
        }
    }

    mutating func report(
        _ fault: Fault, _ place: Place, _ loop: String, _ segment: String, _ element: Int, _ component: Int = 0,
        severity: Issue.Severity? = nil
    ) {
        found.append(
            Found(
                fault: fault, position: place.position, byte: place.byte, loop: loop, segment: segment,
                element: element, component: component, severity: severity))
    }
}

// MARK: - 834 and 820

/// The counts of an 834 against its control totals (QTY of the header).
struct EnrollmentSums {
    struct Total {
        var place: Ledger.Place
        var kind: UInt64
        var stated: UInt64?

        init(_ slice: SegmentSlice, _ position: Int) {
            place = Ledger.Place(slice, position, 2)
            kind = slice[1].packed
            stated = Digits.number(slice[2])
        }
    }

    var totals: [Total] = []
    var subscribers: UInt64 = 0
    var dependents: UInt64 = 0

    mutating func count(_ slice: SegmentSlice) {
        if slice.has(1, "Y") { subscribers += 1 } else { dependents += 1 }
    }
}

/// The amounts of an 820 against its payment.
struct PremiumSums {
    var place = Ledger.Place()
    var payment: Int64?
    var remitted = Ledger.Sum()
    var adjusted = Ledger.Sum()

    mutating func begin(_ slice: SegmentSlice, _ position: Int) {
        place = Ledger.Place(slice, position, 2)
        payment = Digits.cents(slice[2])
    }
}

extension Ledger {
    private mutating func finishEnrollment() {
        for total in enrollment.totals {
            let counted: UInt64
            switch total.kind {
            case "ET".packedCode: counted = enrollment.subscribers
            case "DT".packedCode: counted = enrollment.dependents
            case "TO".packedCode: counted = enrollment.subscribers + enrollment.dependents
            default: continue
            }
            if total.stated != counted { report(.enrollmentTotal, total.place, "ST", "QTY", 2) }
        }
    }

    private mutating func finishPremium() {
        guard let payment = premium.payment, premium.remitted.isKnown, premium.adjusted.isKnown,
            premium.remitted.cents != 0
        else { return }
        let remitted = premium.remitted.cents
        let adjusted = premium.adjusted.cents
        // Senders state what was remitted before or after its adjustments; one of the two must be the payment.
        if payment != remitted, payment != remitted &+ adjusted, payment != remitted &- adjusted {
            report(.premiumTotal, premium.place, "ST", "BPR", 2)
        }
    }
}
