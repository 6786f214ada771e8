import HealthTypes

/// Checks the sums of claims (837) and remittances (835).
enum BalanceCheck {
    static func run(_ transaction: TransactionSet, _ tree: Loop) -> [Issue] {
        switch transaction.id {
        case "837": tree.descendants("2300").flatMap { claim($0, transaction.guide) }
        case "835": remittance(tree, transaction.guide)
        default: []
        }
    }

    private static func issue(_ fault: Fault, _ segment: Segment, _ element: Int, _ loop: String, _ rule: String)
        -> Issue
    {
        var location = segment.location(element: element)
        location.loop = loop
        return fault.issue(at: location, requirement: rule)
    }

    /// The sum of a loop's CAS amounts, elements 3, 6 and so on to 18; nil where one of them cannot be read.
    private static func adjustments(_ loop: Loop) -> Money? {
        var amounts: [Money?] = []
        for segment in loop.segments where segment.isA("CAS") {
            for element in stride(from: 3, through: 18, by: 3) where !segment.isEmpty(element) {
                amounts.append(segment.money(element))
            }
        }
        return sum(amounts)
    }

    /// The sum of amounts; nil where one is missing or unreadable, which other checks report, and where a hostile
    /// file's amounts go past 64 bits.
    private static func sum(_ amounts: [Money?]) -> Money? {
        var cents: Int64 = 0
        for amount in amounts {
            guard let amount else { return nil }
            let (next, isPast) = cents.addingReportingOverflow(amount.cents)
            if isPast || next.magnitude > UInt64(Int64.max) / 4 { return nil }
            cents = next
        }
        return Money(cents: cents)
    }

    // MARK: 837

    private static func claim(_ loop: Loop, _ guide: String) -> [Issue] {
        guard let claim = loop.first("CLM"), let charge = claim.money(2) else { return [] }
        var issues: [Issue] = []
        let lines = loop.children("2400")
        let charges = lines.map { line in
            line.first("SV1")?.money(2) ?? line.first("SV2")?.money(3) ?? line.first("SV3")?.money(2)
        }
        if !lines.isEmpty, let sum = sum(charges), sum != charge {
            issues.append(issue(.claimCharge, claim, 2, "2300", "\(guide) CLM02"))
        }
        for payer in loop.children("2320") {
            guard let paid = payer.first("AMT", where: "D") else { continue }
            let identifier = payer.child("2330B")?.first("NM1")?[9] ?? ""
            let judged = lines.flatMap { $0.children("2430") }.filter { $0.first("SVD")?[1] == identifier }
            let amounts = [paid.money(2), adjustments(payer)] + judged.map(adjustments)
            // Without any adjustment the payer has judged nothing that could be added up.
            let isAdjusted = ([payer] + judged).contains { $0.first("CAS") != nil }
            if isAdjusted, let sum = sum(amounts), sum != charge {
                issues.append(issue(.otherPayerBalance, paid, 2, "2320", "\(guide) 2320 AMT*D"))
            }
        }
        return issues
    }

    // MARK: 835

    private static func remittance(_ tree: Loop, _ guide: String) -> [Issue] {
        var issues: [Issue] = []
        let claims = tree.descendants("2100")
        for loop in claims {
            // 25 is a predetermination: nothing is paid, and nothing need add up.
            guard let claim = loop.first("CLP"), claim[2] != "25" else { continue }
            let lines = loop.children("2110")
            var isReadable = true
            for line in lines {
                guard let service = line.first("SVC"), let charge = service.money(2), let paid = service.money(3),
                    let adjusted = adjustments(line)
                else {
                    isReadable = false
                    continue
                }
                if charge - paid != adjusted {
                    issues.append(issue(.remittanceLine, service, 3, "2110", "\(guide) SVC03"))
                }
            }
            if isReadable, let charge = claim.money(3), let paid = claim.money(4),
                let adjusted = sum([adjustments(loop)] + lines.map(adjustments)), charge - paid != adjusted
            {
                issues.append(issue(.remittanceClaim, claim, 4, "2100", "\(guide) CLP04"))
            }
        }
        let provider = tree.segments.filter { $0.isA("PLB") }.flatMap { segment in
            stride(from: 4, through: 14, by: 2).filter { !segment.isEmpty($0) }.map { segment.money($0) }
        }
        if let payment = tree.first("BPR"), let amount = payment.money(2),
            let paid = sum(claims.filter { $0.first("CLP")?[2] != "25" }.map { $0.first("CLP")?.money(4) }),
            let withheld = sum(provider), amount != paid - withheld
        {
            issues.append(issue(.remittanceTotal, payment, 2, "ST", "\(guide) BPR02"))
        }
        return issues
    }
}
