import Claims
import FHIR
import HealthTypes
import Stages
import Store

extension Taking {
    mutating func takeValue(_ value: JSON, _ bytes: [UInt8], range: Range<Int>, line: Int? = nil) throws {
        if let bundle = FHIRBundle(value) {
            try takeBundle(bundle, bytes, range)
        } else if let resource = Resource(value) {
            try takeResource(resource, bytes, range)
        } else {
            try takeClaimRequest(value, bytes, range, line: line)
        }
    }

    func notJSON(_ error: JSONError, line: Int?) -> Issue {
        Issue(
            .error, "intake.not-json", at: Location(source: source, byte: error.byte, line: line),
            message: error.reason.rawValue)
    }

    // MARK: FHIR

    private mutating func takeBundle(_ bundle: FHIRBundle, _ bytes: [UInt8], _ range: Range<Int>) throws {
        if let first = bundle.resources.first, AuthorizationMapping.isAnswer(first) {
            return try takeAuthorizationAnswer(bundle, bytes, range)
        }
        var unit = Unit(format: .json, kind: "Bundle", range: range, identity: Self.identity("fhir", bytes))
        if try isDuplicate(unit) { return }
        unit.issues = FHIRValidator.check(bundle).map(located)
        try fill(&unit, from: ChartMapping.read(bundle))
        try take(unit)
    }

    private mutating func takeResource(_ resource: Resource, _ bytes: [UInt8], _ range: Range<Int>) throws {
        var unit = Unit(format: .json, kind: resource.type, range: range, identity: Self.identity("fhir", bytes))
        if try isDuplicate(unit) { return }
        unit.issues = FHIRValidator.check(resource).map(located)
        try fill(&unit, from: ChartMapping.read([resource]))
        try take(unit)
    }

    private func located(_ issue: Issue) -> Issue {
        var issue = issue
        issue.location.source = source
        // A fault in a chart is told; the rest of the chart is used all the same.
        issue.severity = min(issue.severity, .warning)
        return issue
    }

    private func fill(_ unit: inout Unit, from chart: ChartBundle) throws {
        unit.issues += chart.issues.map(located)
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
        guard let encounter = chart.encounter, !encounter.visitNumber.isEmpty else { return }
        let owner = Owner.opened(.encounter, CaseKey(.visit, encounter.visitNumber))
        if !chart.coverages.isEmpty { unit.events.append((owner, .covered(chart.coverages))) }
        unit.events += chart.orders.map { (owner, .ordered($0)) }
        if !chart.items.isEmpty { unit.events.append((owner, .charted(chart.items))) }
    }

    /// A PAS answer goes to the case that asked.
    private mutating func takeAuthorizationAnswer(_ bundle: FHIRBundle, _ bytes: [UInt8], _ range: Range<Int>) throws {
        var unit = Unit(
            format: .json, kind: "ClaimResponse", range: range, identity: Self.identity("fhir", bytes))
        if try isDuplicate(unit) { return }
        do throws(PASError) {
            let result = AuthorizationMapping.answer(reading: try PASResponse(reading: bundle))
            unit.issues = result.issues
            unit.events = [
                (.awaited(CaseKey(.authorization, result.value.identifier)), .authorizationAnswered(result.value))
            ]
        } catch {
            unit.issues = error.issues
        }
        try take(unit)
    }

    // MARK: Claims in JSON

    private mutating func takeClaimRequest(_ value: JSON, _ bytes: [UInt8], _ range: Range<Int>, line: Int?) throws {
        if AppealMapping.isAnswer(value) { return try takeAppealAnswer(value, bytes, range) }
        do {
            try takeClaim(try ClaimRequest(reading: value), bytes, range)
        } catch let refusal as ClaimRequest.Refusal {
            try take(
                Unit(
                    format: .json, kind: "claim", range: range,
                    issues: refusal.issues.map {
                        var issue = $0
                        issue.location.source = source
                        issue.location.line = line
                        return issue
                    }))
        }
    }

    /// The claim is completed from what is on file: the member's registration, and the directory of providers.
    private mutating func takeClaim(_ request: ClaimRequest, _ bytes: [UInt8], _ range: Range<Int>) throws {
        func provider(_ npi: String) throws -> Provider? {
            try tx.provider(npi: npi).map { try Canonical.decode(Provider.self, from: $0) }
        }
        let rendering = try provider(request.providerNPI)
        let billing = try tx.setting(LookUps.billingSetting).flatMap { try provider($0) }
        let registered = try tx.members(memberID: request.memberID).map {
            try Canonical.decode(RegisteredMember.self, from: $0)
        }
        var issues: [Issue] = []
        if registered.count != 1 {
            issues.append(
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
        try takeClaim(
            made.claim,
            as: Unit(
                format: .json, kind: "claim", range: range, identity: Self.identity("json claim", bytes),
                issues: issues + made.issues))
    }

    private func charges(of request: ClaimRequest) throws -> (String) -> Money? {
        var known: [String: Money] = [:]
        for code in request.procedures {
            let procedure = String(code.prefix { $0 != "-" })
            known[procedure] = try tx.usualCharge(procedure)
        }
        return { known[$0] }
    }

    /// The answer to an appeal, or the receipt that comes before it.
    private mutating func takeAppealAnswer(_ value: JSON, _ bytes: [UInt8], _ range: Range<Int>) throws {
        var unit = Unit(
            format: .json, kind: "appeal answer", range: range, identity: Self.identity("appeal", bytes))
        if try isDuplicate(unit) { return }
        if let answer = AppealMapping.answer(reading: value) {
            unit.events = [(.awaited(CaseKey(.appeal, answer.identifier)), .appealAnswered(answer))]
        } else {
            unit.kind = "appeal receipt"
            unit.isUnread = true
        }
        try take(unit)
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
