import Claims
import FHIR
import HealthTypes
import Stages
import Store

extension Intake {
    /// Reads FHIR resources and bundles, and claims in JSON: one, an array of them, or one a line.
    mutating func takeJSON(_ bytes: [UInt8]) throws {
        let first: JSON
        do {
            first = try JSON(parsing: bytes)
        } catch {
            return try takeLines(bytes, error)
        }
        if case .array(let values) = first {
            for value in values { try takeValue(value, Array(value.text.utf8), line: nil) }
            if values.isEmpty { try refuse(bytes, format: .json, [Self.nothing(source)]) }
        } else {
            try takeValue(first, bytes, line: nil)
        }
    }

    private static func nothing(_ source: String) -> Issue {
        Issue(.error, "intake.empty", at: Location(source: source), message: "There is nothing in it.")
    }

    /// Newline-delimited JSON, where the text as a whole is not one value.
    private mutating func takeLines(_ bytes: [UInt8], _ whole: JSONError) throws {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        let filled = lines.filter { $0.contains { $0 > 0x20 } }
        // JSON that breaks off in the middle, printed over many lines, is one refusal and not one for each line.
        guard filled.count > 1, whole.reason == .trailing || filled.allSatisfy({ $0.first == UInt8(ascii: "{") }) else {
            return try refuse(bytes, format: .json, [Self.notJSON(whole, source: source, line: nil)])
        }
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            do {
                try takeValue(JSON(parsing: line), Array(line), line: index + 1)
            } catch let error as JSONError {
                try take(
                    Unit(
                        format: .json, kind: "line", bytes: Array(line),
                        issues: [Self.notJSON(error, source: source, line: index + 1)]))
            }
        }
    }

    private static func notJSON(_ error: JSONError, source: String, line: Int?) -> Issue {
        Issue(
            .error, "intake.not-json", at: Location(source: source, byte: error.byte, line: line),
            message: error.reason.rawValue)
    }

    private mutating func takeValue(_ value: JSON, _ bytes: [UInt8], line: Int?) throws {
        if let bundle = FHIRBundle(value) {
            try takeBundle(bundle, bytes)
        } else if let resource = Resource(value) {
            try takeResource(resource, bytes)
        } else {
            try takeClaimRequest(value, bytes, line: line)
        }
    }

    // MARK: FHIR

    private mutating func takeBundle(_ bundle: FHIRBundle, _ bytes: [UInt8]) throws {
        if bundle.resources.first?.type == "ClaimResponse" { return try takeAuthorizationAnswer(bundle, bytes) }
        if try isDuplicate(bytes, format: .json, kind: "Bundle") { return }
        var unit = Unit(format: .json, kind: "Bundle", bytes: bytes)
        unit.issues = FHIRValidator.check(bundle).map(located)
        try fill(&unit, from: ChartMapping.read(bundle))
        try take(unit)
    }

    private mutating func takeResource(_ resource: Resource, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .json, kind: resource.type) { return }
        var unit = Unit(format: .json, kind: resource.type, bytes: bytes)
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
            try tx.putProvider(npi: provider.npi, body: Canonical.encode(provider))
            // The first organization with a tax id is who bills.
            if provider.entity == .organization, provider.taxID != nil, try tx.setting("billing_npi") == nil {
                try tx.set("billing_npi", to: provider.npi)
            }
            unit.stored = true
        }
        if !chart.coverages.isEmpty {
            try remember(chart.coverages, patient: chart.patient)
            unit.stored = true
        }
        guard let encounter = chart.encounter, !encounter.visitNumber.isEmpty else { return }
        let caseID = try tx.openCase(kind: "encounter", key: ("visit", encounter.visitNumber), at: now)
        if !chart.coverages.isEmpty { unit.events.append((caseID, .covered(chart.coverages))) }
        unit.events += chart.orders.map { (caseID, .ordered($0)) }
        if !chart.items.isEmpty { unit.events.append((caseID, .charted(chart.items))) }
    }

    /// A PAS answer goes to the case that asked.
    private mutating func takeAuthorizationAnswer(_ bundle: FHIRBundle, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .json, kind: "ClaimResponse") { return }
        var unit = Unit(format: .json, kind: "ClaimResponse", bytes: bytes)
        do {
            let result = AuthorizationMapping.answer(reading: try PASResponse(reading: bundle))
            unit.issues = result.issues
            if let caseID = try tx.caseID(for: ("authorization", result.value.identifier)) {
                unit.events = [(caseID, .authorizationAnswered(result.value))]
            }
        } catch let error as PASError {
            unit.issues = error.issues
        }
        try take(unit)
    }

    // MARK: Claims in JSON

    private mutating func takeClaimRequest(_ value: JSON, _ bytes: [UInt8], line: Int?) throws {
        if value["claim_id"] == nil, value["identifier"] != nil, value["outcome"] ?? value["status"] != nil {
            return try takeAppealAnswer(value, bytes)
        }
        do {
            let request = try ClaimRequest(reading: value)
            try takeClaim(request, bytes)
        } catch let refusal as ClaimRequest.Refusal {
            try take(
                Unit(
                    format: .json, kind: "claim", bytes: bytes,
                    issues: refusal.issues.map {
                        var issue = $0
                        issue.location.source = source
                        issue.location.line = line
                        return issue
                    }))
        }
    }

    /// The claim is completed from what is on file: the member's registration, and the directory of providers.
    private mutating func takeClaim(_ request: ClaimRequest, _ bytes: [UInt8]) throws {
        func provider(_ npi: String) throws -> Provider? {
            try tx.provider(npi: npi).map { try Canonical.decode(Provider.self, from: $0) }
        }
        let rendering = try provider(request.providerNPI)
        let billing = try tx.setting("billing_npi").flatMap { try provider($0) }
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
        try takeClaim(made.claim, bytes: bytes, format: .json, kind: "claim", issues: issues + made.issues)
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
    private mutating func takeAppealAnswer(_ value: JSON, _ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .json, kind: "appeal answer") { return }
        var unit = Unit(format: .json, kind: "appeal answer", bytes: bytes)
        if let answer = try? Canonical.decode(AppealAnswer.self, from: bytes) {
            if let caseID = try tx.caseID(for: ("appeal", answer.identifier)) {
                unit.events = [(caseID, .appealAnswered(answer))]
            }
        } else {
            unit.kind = "appeal receipt"
            unit.keptOnly = true
        }
        try take(unit)
    }
}
