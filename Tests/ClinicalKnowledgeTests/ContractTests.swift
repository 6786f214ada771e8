import ClinicalKnowledge
import Foundation
import HealthTypes
import Testing

@Suite struct ContractTests {
    @Test func theResponseHasTheContractsMembersInOrder() throws {
        let response = analyze(
            ["K29.7", "U99"],
            [
                BilledTreatment(.drug, code: "C01AA05", name: "digoxin"),
                BilledTreatment(.drug, code: "A10BA02", name: "metformin"),
            ])
        let members = try #require(response.json.object).members.map(\.name)
        #expect(
            members == [
                "pairs_analysed", "inconsistencies", "overbilling_indicators", "total_inconsistency_score", "flags",
                "risk_score", "verdict", "explanations", "knowledge_version", "unassessed", "to_check",
            ])
    }

    @Test func theWholeAnswerForDigoxinInGastritis() throws {
        let knowledge = try KnowledgeBase(
            files([
                "statements.tsv": statements([
                    "drug:a\tfirst_line\tK29\t\tlabel\tuses\t", "class:group\tadjunct\tK29\t\tlabel\tuses\t",
                    "service:t\tdiagnostic\tI10\t\tlabel\tuses\tnoted",
                ])
            ]))
        let request = AnalyzeRequest(
            icd10Codes: ["k29.7"],
            treatments: [
                BilledTreatment(.drug, code: "A01AA02", name: "Beta"), BilledTreatment(.test, code: "80001"),
            ])
        let version = knowledge.version
        let text = knowledge.analyze(request, naming: AllCodes()).json.text
        #expect(
            text == """
                {"pairs_analysed":2,"inconsistencies":[],"overbilling_indicators":[],"total_inconsistency_score":0.00,\
                "flags":[],"risk_score":0.10,"verdict":"INCONCLUSIVE","explanations":[{"icd10_code":"k29.7",\
                "treatment_code":"A01AA02","score":0.40,"path":[{"statement":"Beta is of the class groups",\
                "citation":"ATC A01AA","from":"drug:b","relation":"is_a","to":"class:group","weight":1.00},\
                {"statement":"groups: adjunct treatment of K29","citation":"FDA: Label (2020), uses",\
                "from":"class:group","relation":"adjunct","to":"K29","weight":0.40}]},{"icd10_code":"k29.7","treatment_code":"80001","score":0.00,\
                "path":[]}],"knowledge_version":"\(version)","unassessed":[{"what":"treatment","code":"80001",\
                "reason":"no established relationship, and for some diagnosis no services are known at all"}],\
                "to_check":[]}
                """)
    }

    @Test func theSameRequestGivesTheSameBytes() throws {
        let treatments = shipped.drugs.prefix(60).map { BilledTreatment(.drug, code: $0.atc.first ?? $0.id) }
        let codes = ["I10", "E11.9", "J45.909", "N18.6"]
        let request = AnalyzeRequest(icd10Codes: codes, treatments: treatments)
        let set = try shippedFiles()
        let answers = try (0..<2).map { _ in try KnowledgeBase(set).analyze(request, naming: AllCodes()).json.text }
        #expect(answers[0] == answers[1])
    }

    @Test func theResponseSurvivesStorage() throws {
        let response = analyze(["K29.7"], [BilledTreatment(.drug, code: "C01AA05", dose: "a lot")])
        let stored = try JSONEncoder().encode(response)
        let back = try JSONDecoder().decode(AnalyzeResponse.self, from: stored)
        #expect(back == response)
        #expect(back.json == response.json)
    }

    @Test func answersOfEarlierVersionsAreStillRead() throws {
        let step = try JSON(parsing: #"{"statement":"a","citation":"b"}"#)
        let old = try JSONDecoder().decode(AnalyzeResponse.PathStep.self, from: Data(step.text.utf8))
        #expect(old == AnalyzeResponse.PathStep(statement: "a", citation: "b"))
    }

    @Test func requestsAreReadAndWritten() throws {
        let json = try JSON(
            parsing: """
                {"icd10_codes":["K29.7"],"treatments":[{"type":"drug","code":"C01AA05","name":"digoxin",\
                "service_date":"2026-03-02","quantity":2,"dose":"0.25 mg daily"}],"report_text":"text",\
                "patient_age":70,"patient_sex":"F"}
                """)
        let request = try AnalyzeRequest(reading: json)
        #expect(request.json == json)
        #expect(request.treatments[0].serviceDate == CalendarDate(year: 2026, month: 3, day: 2))
        let stored = try JSONEncoder().encode(request)
        #expect(try JSONDecoder().decode(AnalyzeRequest.self, from: stored) == request)
        #expect(try AnalyzeRequest(reading: JSON(parsing: stored)) == request)
    }

    @Test func everyFaultIsReportedAtOnceWithItsPlace() throws {
        let json = try JSON(
            parsing: """
                {"icd10_codes":["K29.7",5],"treatments":[{"type":"herb","code":"X"},{"type":"drug","quantity":1.5,\
                "service_date":"yesterday"},7],"patient_age":200,"patient_sex":"secret","report_text":[]}
                """)
        let error = #expect(throws: AnalyzeRequestError.self) { try AnalyzeRequest(reading: json) }
        #expect(
            error?.issues.map { "\($0.code) \($0.location.path ?? "")" } == [
                "clinical.request-type /icd10_codes/1", "clinical.request-type /treatments/0/type",
                "clinical.request-missing /treatments/1/code", "clinical.request-date /treatments/1/service_date",
                "clinical.request-type /treatments/1/quantity", "clinical.request-type /treatments/2",
                "clinical.request-type /report_text", "clinical.request-limit /patient_age",
                "clinical.request-sex /patient_sex",
            ])
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: ["[]", "{}", "null", "{\"icd10_codes\":[],\"treatments\":[]}", "{\"icd10_codes\":\"I10\"}"])
    func requestsWithoutSubstanceAreRefused(text: String) throws {
        let json = try JSON(parsing: text)
        #expect(throws: AnalyzeRequestError.self) { try AnalyzeRequest(reading: json) }
    }

    @Test func limitsAreKept() throws {
        func request(codes: Int, treatments: Int, text: Int) -> JSON {
            [
                "icd10_codes": .array(Array(repeating: "I10", count: codes)),
                "treatments": .array(Array(repeating: ["type": "drug", "code": "C01AA05"], count: treatments)),
                "report_text": .string(String(repeating: "a", count: text)),
            ]
        }
        _ = try AnalyzeRequest(reading: request(codes: 50, treatments: 100, text: 1_048_576))
        for json in [
            request(codes: 51, treatments: 1, text: 1), request(codes: 1, treatments: 101, text: 1),
            request(codes: 1, treatments: 1, text: 1_048_577),
        ] {
            let error = #expect(throws: AnalyzeRequestError.self) { try AnalyzeRequest(reading: json) }
            #expect(error?.issues.map(\.code) == ["clinical.request-limit"])
        }
    }

    @Test func aReportsTextIsSaidNotToCount() {
        let request = AnalyzeRequest(
            icd10Codes: ["I50.9"], treatments: [BilledTreatment(.drug, code: "C01AA05")], reportText: "some text")
        let response = shipped.analyze(request, naming: AllCodes())
        #expect(response.verdict == .pass)
        #expect(response.unassessed.map(\.what) == ["report_text"])
    }
}
