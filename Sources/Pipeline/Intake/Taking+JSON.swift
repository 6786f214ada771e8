import Claims
import FHIR
import HealthTypes
import Stages
import Store

extension MessageTaker {
    /// Reads one value: a FHIR Bundle or resource, the answer to an appeal, or a claim.
    static func value(
        _ value: JSON, _ bytes: [UInt8], _ range: Range<Int>, source: String, line: Int? = nil
    ) -> Take {
        if let bundle = FHIRBundle(value) {
            if let first = bundle.resources.first, AuthorizationMapping.isAnswer(first) {
                return authorizationAnswer(bundle, bytes, range)
            }
            let unit = chartUnit("Bundle", bytes, range)
            return chart(ChartMapping.read(bundle), unit, FHIRValidator.check(bundle), source: source)
        }
        if let resource = Resource(value) {
            let unit = chartUnit(resource.type, bytes, range)
            return chart(ChartMapping.read([resource]), unit, FHIRValidator.check(resource), source: source)
        }
        if AppealMapping.isAnswer(value) { return appealAnswer(value, bytes, range) }
        return claimRequest(value, bytes, range, source: source, line: line)
    }

    static func notJSON(_ error: JSONError, source: String, line: Int?) -> Issue {
        Issue(
            .error, "intake.not-json", at: Location(source: source, byte: error.byte, line: line),
            message: error.reason.rawValue)
    }

    // MARK: FHIR

    private static func chartUnit(_ kind: String, _ bytes: [UInt8], _ range: Range<Int>) -> Taking.Unit {
        Taking.Unit(format: .json, kind: kind, range: range, identity: Taking.identity("fhir", bytes))
    }

    private static func chart(
        _ chart: ChartBundle, _ unit: Taking.Unit, _ found: [Issue], source: String
    ) -> Take {
        var unit = unit
        unit.issues = (found + chart.issues).map { issue in
            var issue = issue
            issue.location.source = source
            // A fault in a chart is told; the rest of the chart is used all the same.
            issue.severity = min(issue.severity, .warning)
            return issue
        }
        if let encounter = chart.encounter, !encounter.visitNumber.isEmpty {
            let owner = Taking.Owner.opened(.encounter, CaseKey(.visit, encounter.visitNumber))
            if !chart.coverages.isEmpty { unit.events.append((owner, .covered(chart.coverages))) }
            unit.events += chart.orders.map { (owner, .ordered($0)) }
            if !chart.items.isEmpty { unit.events.append((owner, .charted(chart.items))) }
        }
        return { [unit] in try $0.take(chart, as: unit) }
    }

    /// A PAS answer goes to the case that asked.
    private static func authorizationAnswer(_ bundle: FHIRBundle, _ bytes: [UInt8], _ range: Range<Int>) -> Take {
        var unit = chartUnit("ClaimResponse", bytes, range)
        do throws(PASError) {
            let result = AuthorizationMapping.answer(reading: try PASResponse(reading: bundle))
            unit.issues = result.issues
            unit.events = [
                (.awaited(CaseKey(.authorization, result.value.identifier)), .authorizationAnswered(result.value))
            ]
        } catch {
            unit.issues = error.issues
        }
        return { [unit] in try $0.takeNew(unit) }
    }

    // MARK: Claims in JSON

    private static func claimRequest(
        _ value: JSON, _ bytes: [UInt8], _ range: Range<Int>, source: String, line: Int?
    ) -> Take {
        var unit = Taking.Unit(format: .json, kind: "claim", range: range)
        do throws(ClaimRequest.Refusal) {
            let request = try ClaimRequest(reading: value)
            unit.identity = Taking.identity("json claim", bytes)
            return { [unit] in try $0.take(request, as: unit) }
        } catch {
            unit.issues = error.issues.map { issue in
                var issue = issue
                issue.location.source = source
                issue.location.line = line
                return issue
            }
            return { [unit] in try $0.take(unit) }
        }
    }

    /// The answer to an appeal, or the receipt that comes before it.
    private static func appealAnswer(_ value: JSON, _ bytes: [UInt8], _ range: Range<Int>) -> Take {
        var unit = Taking.Unit(
            format: .json, kind: "appeal answer", range: range, identity: Taking.identity("appeal", bytes))
        if let answer = AppealMapping.answer(reading: value) {
            unit.events = [(.awaited(CaseKey(.appeal, answer.identifier)), .appealAnswered(answer))]
        } else {
            unit.kind = "appeal receipt"
            unit.isUnread = true
        }
        return { [unit] in try $0.takeNew(unit) }
    }
}

extension Taking {
    /// Takes what a chart says of its visit, and keeps the providers and members that it names.
    fileprivate mutating func take(_ chart: ChartBundle, as unit: Unit) throws {
        if try isDuplicate(unit) { return }
        var unit = unit
        for provider in chart.providers where !provider.npi.isEmpty {
            guard let body = try? Canonical.encode(provider) else { continue }
            try tx.putProvider(npi: provider.npi, body: body)
            // The first organization with a tax id is who bills.
            if provider.entity == .organization, provider.taxID != nil,
                try tx.setting(LookUps.billingSetting) == nil
            {
                try tx.set(LookUps.billingSetting, to: provider.npi)
            }
            unit.isStored = true
        }
        if !chart.coverages.isEmpty {
            try remember(chart.coverages, patient: chart.patient)
            unit.isStored = true
        }
        try take(unit)
    }

    /// The claim is completed from what is on file: the member's registration, and the directory of providers.
    fileprivate mutating func take(_ request: ClaimRequest, as unit: Unit) throws {
        func provider(_ npi: String) throws -> Provider? {
            try tx.provider(npi: npi).map { try Canonical.decode(Provider.self, from: $0) }
        }
        let rendering = try provider(request.providerNPI)
        let billing = try tx.setting(LookUps.billingSetting).flatMap { try provider($0) }
        let registered = try tx.members(memberID: request.memberID).map {
            try Canonical.decode(RegisteredMember.self, from: $0)
        }
        var unit = unit
        if registered.count != 1 {
            unit.issues.append(
                Issue(
                    .warning, "intake.member-unknown", at: Location(source: source, path: "/member_id"),
                    message: registered.isEmpty
                        ? "No patient is registered under the member id: payer and patient are not known."
                        : "Several payers have this member id: the payer is not known."))
        }
        let nobody = Person(family: "", given: "")
        let member =
            registered.count == 1
            ? registered[0]
            : RegisteredMember(
                coverage: Coverage(payerID: "", payerName: "", memberID: request.memberID, subscriber: nobody),
                patient: nobody)
        let made = try request.claim(
            coverage: member.coverage,
            billing: billing ?? rendering ?? Provider(npi: request.providerNPI, entity: .organization, name: ""),
            patient: member.patient, rendering: rendering, usualCharges: charges(of: request))
        unit.issues += made.issues
        try takeClaim(made.claim, as: unit)
    }

    private func charges(of request: ClaimRequest) throws -> (String) -> Money? {
        var known: [String: Money] = [:]
        for code in request.procedures {
            let procedure = String(code.prefix { $0 != "-" })
            known[procedure] = try tx.usualCharge(procedure)
        }
        return { known[$0] }
    }

    // MARK: Claims that were made elsewhere

    /// How many claims may come under one control number before the next is refused.
    private static let maximumNamesakes = 100

    /// A claim that was made elsewhere opens a case under its control number.
    mutating func takeClaim(_ received: Claim, as unit: Unit) throws {
        var unit = unit
        if try isDuplicate(unit) { return }
        var claim = received
        // Two billing systems may well use one number for two claims, and the payer's answers name nothing else.
        for _ in 0..<Self.maximumNamesakes where try tx.caseNumber(for: CaseKey(.claim, claim.controlNumber)) != nil {
            claim.controlNumber = Claim.controlNumber(after: claim.controlNumber)
        }
        if claim.controlNumber != received.controlNumber {
            let free = try tx.caseNumber(for: CaseKey(.claim, claim.controlNumber)) == nil
            unit.issues.append(
                Issue(
                    free ? .warning : .error, "intake.control-number-known",
                    at: Location(source: source, path: "CLM01"),
                    message: free
                        ? "Another claim here has this control number; this one goes on under the next."
                        : "Too many claims here have this control number; send a new one with a new number."))
            guard free else { return try take(unit) }
        }
        unit.events = [(.opened(.claim, CaseKey(.claim, claim.controlNumber)), .claimReceived(claim))]
        try take(unit)
    }
}
