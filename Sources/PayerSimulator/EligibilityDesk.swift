import Claims
import HealthTypes

/// Answers what a provider asks about a member's cover (271).
struct EligibilityDesk: Sendable {
    let book: PolicyBook

    /// - Parameters:
    ///   - member: whoever has the member id of the inquiry.
    ///   - history: the member's claims, which have used up deductible and out-of-pocket limit.
    func answer(_ inquiry: EligibilityInquiry, member: Member?, history: [PastClaim]) -> EligibilityAnswer {
        let policy = book[inquiry.payerID]
        var answer = EligibilityAnswer(
            trace: inquiry.trace, payerID: inquiry.payerID, payerName: policy?.name ?? inquiry.payerName)
        guard let policy else {
            answer.rejections = [EligibilityRejection(loop: "2100A", reason: "79", followUp: "C")]
            return answer
        }
        guard let member else {
            let reason = policy.hasMemberIDForm(inquiry.memberID) ? "75" : "72"
            answer.rejections = [EligibilityRejection(loop: "2100C", reason: reason, followUp: "C")]
            return answer
        }
        let mismatches = [
            member.nameMatches(inquiry.subscriber) ? nil : "73", member.birthMatches(inquiry.subscriber) ? nil : "71",
        ].compactMap { $0 }
        guard mismatches.isEmpty else {
            answer.rejections = mismatches.map { EligibilityRejection(loop: "2100C", reason: $0, followUp: "C") }
            return answer
        }
        answer.memberID = member.memberID
        answer.subscriber = member.person
        answer.planDates = [("346", member.from), ("347", member.to)].compactMap { qualifier, day in
            day.map { DatedPeriod(qualifier: qualifier, from: $0) }
        }
        let account = MemberAccount(policy: policy, member: member, history: history)
        if Period(from: member.from, to: member.to).contains(inquiry.serviceDate) {
            answer.benefits = benefits(of: member, asked: inquiry.serviceTypes, account: account, policy: policy)
        } else {
            answer.benefits = [benefit("6", types: ["30"])]
        }
        if let other = member.otherPayerID {
            var also = benefit("R", types: ["30"])
            also.relatedPayer = book[other]?.name ?? other
            also.relatedPayerID = other
            also.relatedMemberID = member.otherMemberID
            answer.benefits.append(also)
        }
        return answer
    }

    private func benefits(
        of member: Member, asked: [String], account: MemberAccount, policy: PayerPolicy
    ) -> [Benefit] {
        let terms = policy.benefits
        var active = benefit("1", types: ["30"])
        active.insuranceType = policy.insuranceType
        active.plan = member.plan
        var found = [active]
        for type in asked where type != "30" {
            let excluded = terms.excludedServiceTypes?.contains(type) ?? false
            var line = benefit(excluded ? "I" : "1", types: [type])
            line.authorizationRequired = excluded ? nil : terms.authorizationServiceTypes.contains(type) ? "Y" : "N"
            found.append(line)
        }
        let network = terms.outsideCoinsurancePercent == nil ? "W" : "Y"
        if !terms.copayProcedures.isEmpty {
            found.append(
                amount("B", types: ["98"], period: "27", member.copay ?? terms.copay, network: network))
        }
        found += [
            amount("C", types: ["30"], period: "23", terms.deductible, network: network),
            amount("C", types: ["30"], period: "29", account.deductibleLeft, network: network),
            share(terms.coinsurancePercent, network: network),
            amount("G", types: ["30"], period: "23", terms.outOfPocket, network: network),
            amount("G", types: ["30"], period: "29", account.outOfPocketLeft, network: network),
        ]
        if let outside = terms.outsideCoinsurancePercent { found.append(share(outside, network: "N")) }
        return found
    }

    private func benefit(_ information: String, types: [String]) -> Benefit {
        var benefit = Benefit(information: information)
        benefit.level = "IND"
        benefit.serviceTypes = types
        return benefit
    }

    private func amount(
        _ information: String, types: [String], period: String, _ amount: Money, network: String
    ) -> Benefit {
        var benefit = benefit(information, types: types)
        benefit.period = period
        benefit.amount = amount
        benefit.inNetwork = network
        return benefit
    }

    private func share(_ percent: Int64, network: String) -> Benefit {
        var benefit = benefit("A", types: ["30"])
        // A share of one to two decimals: `.2`, `.15`.
        benefit.percent = Money(cents: percent).x12
        benefit.inNetwork = network
        return benefit
    }
}
