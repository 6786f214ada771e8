import Claims
import HealthTypes
import Testing

@Suite struct ClaimRequestTests {
    private static let members: JSON = [
        "claim_id": "WEB-000001", "member_id": "MHP000111222", "provider_npi": "1987654326",
        "cpt_codes": ["73721-26-RT", "20610"], "icd10_codes": ["M17.11", "i10"], "date_of_service": "2026-03-02",
        "amount": "350.10", "prior_auth_number": "PA-1", "notes": "knee",
    ]

    private func with(_ name: String, _ value: JSON?) -> JSON {
        guard case .object(var object) = Self.members else { return .null }
        object[name] = value
        return .object(object)
    }

    private func claim(
        _ json: JSON, usual: [String: String] = [:]
    ) throws -> (claim: Claim, issues: [HealthTypes.Issue]) {
        try ClaimRequest(reading: json).claim(
            coverage: World.meridian, billing: World.group, patient: World.nora
        ) { usual[$0].flatMap { Money($0) } }
    }

    @Test func usualChargesThatAddUpAreTheLines() throws {
        let (claim, issues) = try claim(Self.members, usual: ["73721": "300", "20610": "50.10"])
        #expect(claim.lines.map(\.charge) == [Money("300")!, Money("50.10")!])
        #expect(claim.lines[0].modifiers == ["26", "RT"])
        #expect(claim.lines[1].pointers == [1, 2])
        #expect(claim.diagnoses.map(\.code) == ["M1711", "I10"])
        #expect(claim.diagnoses.map(\.qualifier) == ["ABK", "ABF"])
        #expect(claim.rendering?.npi == "1987654326")
        #expect(claim.priorAuthorization == "PA-1")
        #expect(issues.isEmpty)
    }

    @Test(arguments: [[:], ["73721": "300"], ["73721": "300", "20610": "60"]])
    func aSplitThatIsNotKnownIsSaid(usual: [String: String]) throws {
        let (claim, issues) = try claim(Self.members, usual: usual)
        #expect(claim.lines.map(\.charge) == [Money("350.10")!, .zero])
        #expect(claim.lines.map(\.charge).total() == claim.totalCharge)
        #expect(issues.map(\.code) == ["claim.line-charges-not-stated"])
        #expect(issues[0].severity == .warning)
    }

    @Test func oneProcedureCarriesTheAmount() throws {
        let (claim, issues) = try claim(with("cpt_codes", ["99213"]), usual: ["99213": "1"])
        #expect(claim.lines.map(\.charge) == [Money("350.10")!])
        #expect(issues.isEmpty)
    }

    @Test func anAmountIsExact() throws {
        #expect(try ClaimRequest(reading: with("amount", .number("350.1"))).amount == Money("350.10"))
        #expect(throws: ClaimRequest.Refusal.self) { try ClaimRequest(reading: with("amount", .number("1.005"))) }
        #expect(throws: ClaimRequest.Refusal.self) { try ClaimRequest(reading: with("amount", .number("1e2"))) }
    }

    @Test func aMemberThatIsNotKnownIsAWarning() throws {
        let request = try ClaimRequest(reading: with("prior_auth_no", "x"))
        #expect(request.warnings.map(\.code) == ["claim-request.member-unknown"])
    }

    @Test(
        arguments: [
            ("claim_id", nil, "claim-request.member-absent", "/claim_id"),
            ("member_id", .null, "claim-request.member-absent", "/member_id"),
            ("provider_npi", .number("1987654326"), "claim-request.member-type", "/provider_npi"),
            ("cpt_codes", "99213", "claim-request.member-type", "/cpt_codes"),
            ("cpt_codes", [], "claim-request.member-value", "/cpt_codes"),
            ("cpt_codes", ["99213", "9921"], "claim-request.member-value", "/cpt_codes/1"),
            ("cpt_codes", ["99213-"], "claim-request.member-value", "/cpt_codes/0"),
            ("cpt_codes", .array(Array(repeating: "99213", count: 51)), "claim-request.member-limit", "/cpt_codes"),
            ("icd10_codes", ["1234"], "claim-request.member-value", "/icd10_codes/0"),
            ("icd10_codes", ["M1.7.1"], "claim-request.member-value", "/icd10_codes/0"),
            ("date_of_service", "2026-02-30", "claim-request.member-value", "/date_of_service"),
            ("amount", true, "claim-request.member-type", "/amount"),
            ("amount", "12,50", "claim-request.member-value", "/amount"),
            ("notes", .string(String(repeating: "a", count: 2001)), "claim-request.member-limit", "/notes"),
            ("notes", "", "claim-request.member-value", "/notes"),
        ] as [(String, JSON?, String, String)])
    func whatDoesNotFitIsRefusedAtItsPlace(name: String, value: JSON?, code: String, pointer: String) {
        let refusal = #expect(throws: ClaimRequest.Refusal.self) {
            try ClaimRequest(reading: with(name, value))
        }
        #expect(refusal?.issues.map(\.code) == [code])
        #expect(refusal?.issues.first?.location.path == pointer)
    }

    @Test func everyReasonIsGiven() {
        let refusal = #expect(throws: ClaimRequest.Refusal.self) { try ClaimRequest(reading: ["amount": "x"]) }
        #expect(refusal?.issues.count == 7)
        #expect(throws: ClaimRequest.Refusal.self) { try ClaimRequest(reading: "text") }
    }
}
