import Claims
import ClinicalKnowledge
import HealthTypes
import Stages
import Testing

/// The published schemas say what the readers and writers of the program do.
@Suite struct PublishedContractTests {
    @Test func everyContractIsThere() {
        let stages = Stage.allCases.map { "\($0.rawValue.replacing("_", with: "-"))-handoff" }
        #expect(
            Set(Shipped.contracts.keys)
                == Set(
                    stages + [
                        "analyst-opinion", "compliance-opinion", "claim-request", "analyze-request", "analyze-response",
                        "analyze-batch-line", "extract-response", "analysis", "extraction", "proposal", "decision",
                    ]))
    }

    @Test func contractsAreClosed() throws {
        let files = try Shipped.files("docs/contracts")
        for name in files.names(endingIn: ".schema.json") {
            let schema = try JSON(parsing: files.files[name] ?? [])
            #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
            #expect(schema["additionalProperties"] == false, "\(name)")
            #expect(schema["title"]?.string?.isEmpty == false && schema["description"]?.string?.isEmpty == false)
            #expect(files.text("README.md")?.contains("`\(name)`") == true, "\(name) is not in the table")
        }
    }

    private static let claim: JSON = [
        "claim_id": "WEB-1", "member_id": "MHP000111222", "provider_npi": "1234567893",
        "cpt_codes": ["99213", "73721-26-RT"],
        "icd10_codes": ["I10", "M17.11"], "date_of_service": "2026-03-02", "amount": .number("150.50"),
    ]

    private func changed(_ json: JSON, _ name: String, _ value: JSON?) -> JSON {
        var object = json.object ?? JSONObject()
        object[name] = value
        return .object(object)
    }

    private func isRead(_ json: JSON) -> Bool { (try? ClaimRequest(reading: json)) != nil }

    @Test func aClaimRequestThatFitsIsRead() {
        let optional = changed(changed(Self.claim, "prior_auth_number", nil as JSON), "notes", "as text")
        for json in [
            Self.claim, optional, changed(Self.claim, "amount", "150.50"),
            changed(Self.claim, "prior_auth_number", "A1"),
        ] {
            #expect(Shipped.violations(of: "claim-request", in: json) == [])
            #expect(isRead(json))
        }
    }

    /// What the reader refuses for its shape, the contract refuses too.
    @Test(arguments: [
        "claim_id", "member_id", "provider_npi", "cpt_codes", "icd10_codes", "date_of_service", "amount",
    ])
    func aClaimRequestNeedsItsMembers(name: String) {
        for value: JSON? in [nil, JSON.null, true, [:]] {
            let json = changed(Self.claim, name, value)
            #expect(Shipped.violations(of: "claim-request", in: json) != [])
            #expect(!isRead(json))
        }
    }

    @Test func limitsAreTheSame() {
        let long = JSON.string(String(repeating: "x", count: 3000))
        let wrong: [(String, JSON)] = [
            ("claim_id", long), ("member_id", ""), ("cpt_codes", []),
            ("cpt_codes", .array(Array(repeating: "99213", count: 51))),
            ("icd10_codes", .array(Array(repeating: "I10", count: 13))), ("notes", long), ("notes", ""),
            ("prior_auth_number", 1),
        ]
        for (name, value) in wrong {
            let json = changed(Self.claim, name, value)
            #expect(Shipped.violations(of: "claim-request", in: json) != [], "\(name)")
            #expect(!isRead(json), "\(name)")
        }
    }

    @Test func theClinicalLogicKeepsItsContracts() throws {
        let request = try JSON(
            parsing: """
                {"icd10_codes":["K29.70","J45.909"],"treatments":[
                {"type":"drug","code":"C01AA05","name":"digoxin","quantity":2,"dose":"0.25 mg daily"},
                {"type":"test","name":"a test without a code"},
                {"type":"procedure","code":"99213","service_date":"2026-03-02"}],
                "report_text":null,"patient_age":70,"patient_sex":"F"}
                """)
        #expect(Shipped.violations(of: "analyze-request", in: request) == [])
        let read = try AnalyzeRequest(reading: request)
        #expect(Shipped.violations(of: "analyze-request", in: read.json) == [])
        let response = Shipped.engines.knowledge.analyze(read, naming: Shipped.engines.tables)
        #expect(Shipped.violations(of: "analyze-response", in: response.json) == [])
        #expect(!response.overbillingIndicators.isEmpty && !response.unassessed.isEmpty)

        for wrong in [
            changed(request, "icd10_codes", []), changed(request, "treatments", []),
            changed(request, "patient_age", 131),
            changed(request, "treatments", [["type": "herb", "code": "x"]]),
            changed(request, "treatments", [["type": "drug"]]),
            changed(request, "treatments", [["type": "drug", "code": "x", "quantity": 0]]),
        ] {
            #expect(Shipped.violations(of: "analyze-request", in: wrong) != [])
            #expect(throws: AnalyzeRequestError.self) { try AnalyzeRequest(reading: wrong) }
        }
    }
}
