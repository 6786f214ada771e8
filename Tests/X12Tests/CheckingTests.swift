import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

@Suite struct CheckingTests {
    @Test(arguments: Samples.names.filter { $0 != "835-managed-care.835" }) func validFilesPass(name: String) throws {
        #expect(errors(try Samples.document(name)) == [])
    }

    @Test func aDateThatDoesNotExistIsFound() throws {
        let document = try Samples.document("835-managed-care.835")
        let finding = try #require(X12Checker().check(document).first { $0.isError })
        #expect(finding.issue.code == "x12.element-date")
        #expect(finding.codes.element == "8")
        #expect(finding.interchange == "000000907")
        #expect(finding.transaction == "112233")
        #expect(finding.issue.location.byte.map { document.bytes[$0..<$0 + 8].elementsEqual("20002316".utf8) } == true)
    }

    @Test func findingsAreJSONLines() throws {
        let document = try Samples.document("835-managed-care.835")
        let json = try #require(X12Checker().check(document).first { $0.isError }).json
        #expect(json["code"]?.string == "x12.element-date")
        #expect(json["file"]?.string == "835-managed-care.835")
        #expect(json["segment"]?.string == "BPR")
        #expect(json["segment_index"]?.integer == 2)
        #expect(json["element"]?.integer == 16)
        #expect(json["component"]?.isNull == true)
        #expect(json["acknowledgment"]?["IK403"]?.string == "8")
        #expect(!json.text.contains("20002316"))
    }

    @Test(arguments: [
        // Syntax
        ("NM1*PR*2", "NM1*PR*XX", "x12.element-long", 1),
        ("SV1*HC:99213*43.00", "SV1*HC:99213*4A.00", "x12.element-number", 1),
        ("DTP*472*D8*20051003", "DTP*472*D8*20051303", "x12.element-date", 1),
        ("DMG*D8*1", "DMG**1", "x12.element-missing", 2),
        ("CLM*26407789*", "CLM**", "x12.element-missing", 2),
        ("BHT*0019*00*", "BHT*0019*00*A^B", "x12.element-repeat", 1),
        ("SE*", "abc*1~SE*", "x12.segment-identifier", 1), ("11:B:1", "11:B:1:2", "x12.component-extra", 1),
        ("OI***Y*P**Y", "OI***Y*P**Y*Z", "x12.element-extra", 1),
        // Guide
        ("REF*EI*123456789~", "", "x12.segment-missing", 2), ("HI*BK:4779", "HI*XX:4779", "x12.segment-unexpected", 2),
        ("11:B:1", "11:A:1", "x12.element-code", 2), ("HL*3*2*23", "HL*3*9*23", "x12.hierarchy-parent", 2),
        ("HL*3*2*23", "HL*4*2*23", "x12.hierarchy-number", 2), ("LX*1~", "ZZZ*1~LX*1~", "x12.segment-not-in-guide", 2),
        ("HL*2*1*22*1~", "HL*2*1*22*1~HI*BK:1~", "x12.segment-unexpected", 2),
        ("OI***Y*P**Y~", "OI***Y*P**Y~OI***Y*P**Y~", "x12.segment-repeat", 2),
        // Balance
        ("CLM*26407789*79.04", "CLM*26407789*79.05", "x12.claim-charge", 3),
        ("AMT*D*39.15", "AMT*D*39.16", "x12.other-payer-balance", 3),
    ]) func noticesFaultsInAClaim(old: String, new: String, code: String, snip: Int) throws {
        let bytes = try Samples.replacing(try Samples.bytes("837P-other-payer.837"), old, new)
        let document = X12Document(parsing: bytes)
        let findings = X12Checker().check(document)
        let finding = try #require(findings.first { $0.issue.code == code })
        #expect(finding.snip == snip)
        #expect(finding.isError)
        #expect(finding.issue.location.segment != nil)
        #expect(X12Checker().check(document, snip: snip - 1).allSatisfy { $0.issue.code != code })
    }

    @Test(arguments: [
        ("BPR*C*150000.00", "BPR*C*150000.01", "x12.remittance-total"),
        ("*138018.40**MA", "*138018.39**MA", "x12.remittance-claim"),
        ("CV:CP*-1.27", "CV:CP*1.27", "x12.remittance-total"),
    ]) func noticesARemittanceThatDoesNotAddUp(old: String, new: String, code: String) throws {
        let document = X12Document(parsing: try Samples.replacing(try Samples.bytes("835-medicare.835"), old, new))
        #expect(errors(document).contains(code))
    }

    @Test func noticesALineThatDoesNotAddUp() throws {
        let bytes = try Samples.replacing(
            try Samples.bytes("835-managed-care.835"), "CAS*PR*1*300.00", "CAS*PR*1*299.00")
        let found = errors(X12Document(parsing: bytes))
        #expect(found.contains("x12.remittance-line"))
        #expect(found.contains("x12.remittance-claim"))
    }

    @Test func anOldGuideIsReadWithANotice() throws {
        let document = try Samples.document("4010-837P.837")
        let findings = X12Checker().check(document, snip: 5)
        #expect(findings.map(\.issue.code) == ["x12.guide-superseded"])
        #expect(document.interchanges[0].groups[0].transactions[0].loops()?.descendants("2300").count == 1)
    }

    @Test func setsWithoutAGuideAreKeptAndSaidToBe() throws {
        let bytes = try Samples.replacing(
            Samples.replacing(Samples.bytes("835-medicare.835"), "ST*835*", "ST*824*"), "GS*HP*", "GS*AG*")
        let document = X12Document(parsing: bytes)
        let findings = X12Checker().check(document)
        #expect(findings.map(\.issue.code) == ["x12.set-unknown"])
        #expect(document.interchanges[0].groups[0].transactions[0].loops() == nil)
        #expect(X12FileChecker().check(bytes).accepted == 1)
        // Who answers refuses what he cannot read.
        #expect(X12FileChecker(refusesUnknownSets: true).check(bytes).accepted == 0)
    }

    @Test(arguments: ["005010", "005010X999A1", ""]) func aVersionWithoutAGuideIsRefused(version: String) throws {
        let bytes = try Samples.replacing(Samples.bytes("835-medicare.835"), "005010X221A1", version)
        var found: [Finding] = []
        let summary = X12FileChecker().check(bytes) { found.append($0) }
        #expect(found.map(\.issue.code) == ["x12.guide-unknown"])
        #expect(found.map(\.codes.transaction) == ["I6"])
        #expect(summary.rejected == 1)
    }

    @Test func buildsTheLoopsOfAClaim() throws {
        let transaction = try Samples.document("837P-other-payer.837").interchanges[0].groups[0].transactions[0]
        let tree = try #require(transaction.loops())
        #expect(tree.id == "ST")
        #expect(tree.segments.map(\.id) == ["ST", "BHT", "SE"])
        let patient = try #require(tree.child("2000A")?.child("2000B")?.child("2000C"))
        let claim = try #require(patient.child("2300"))
        #expect(claim.first("CLM")?[1] == "26407789")
        #expect(claim.children("2400").count == 3)
        #expect(claim.child("2320")?.first("AMT", where: "D")?.money(2) == Money("39.15"))
        #expect(claim.child("2320")?.child("2330B")?.first("NM1")?[9] == "999996666")
        #expect(claim.children("2400")[0].child("2430")?.all("CAS", where: "CO").count == 1)
        func count(_ loop: Loop) -> Int { loop.segments.count + loop.children.map(count).reduce(0, +) }
        #expect(count(tree) == transaction.segments.count)
        #expect(transaction.loopIssues() == [])
    }

    @Test func keepsEntitiesThatTheGuideDoesNotName() throws {
        let bytes = try Samples.replacing(
            try Samples.bytes("837P-patient.837"), "HL*3*2*23*0~",
            "NM1*ZQ*2*UNHEARD OF~N3*1 STREET~N4*TOWN*PA*17111~HL*3*2*23*0~")
        let transaction = X12Document(parsing: bytes).interchanges[0].groups[0].transactions[0]
        #expect(transaction.loopIssues().map(\.code) == ["x12.segment-unexpected"])
        #expect(transaction.loops()?.descendants("?").map { $0.segments.map(\.id) } == [["NM1", "N3", "N4"]])
        #expect(transaction.loops()?.descendants("2000C").count == 1)
    }

    @Test func countsWhatIsAccepted() throws {
        let good = try Samples.bytes("837P-patient.837")
        let bad = try Samples.replacing(
            Samples.replacing(good, "000000907", "000000908"), "CLM*26463774*100.00", "CLM*26463774*101.00")
        let summary = X12FileChecker().check(good + bad)
        #expect(summary.accepted == 1)
        #expect(summary.rejected == 1)
        #expect(summary.claims == 2)
    }

    @Test func explainsAMessage() throws {
        let lines = try Samples.document("837P-patient.837").interchanges[0].groups[0].transactions[0].explanation()
        let billing = try #require(lines.first { $0.loop == "2010AA" })
        #expect(billing.words.hasPrefix("Billing provider: "))
        #expect(billing.indent == 2)
        #expect(
            lines.first { $0.text.hasPrefix("CLM") }?.words == "Claim 26463774, charge $100.00, place 11, frequency 1")
        #expect(lines.first { $0.text.hasPrefix("DTP*472") }?.words == "Service: 2006-10-03")
        let benefit = try Samples.document("271-dependent.271").interchanges[0].groups[0].transactions[0].explanation()
            .last { $0.text.hasPrefix("EB") }
        #expect(benefit?.words.hasPrefix("Co-payment, service 1, 33") == true)
        #expect(benefit?.words.hasSuffix("$30.00, out of network") == true)
    }

    @Test func badGuidesAreRefusedWithTheirLine() {
        func reading(_ text: String) throws {
            let guide = try GuideParser.read(name: "x.guide", text: text)
            _ = try GuideCompiler.compile(guide, dictionary: GuideLibrary.standard.dictionary)
        }
        #expect(throws: DataFileError.self) { try reading("loop ST R 1\n  ST R 1") }
        #expect(throws: DataFileError.self) { try reading("guide 1 2 whole\nloop ST R 1\n      ST R 1") }
        #expect(throws: DataFileError.self) { try reading("guide 1 2 whole\nloop ST R 1\n  ST Q 1") }
        #expect(throws: DataFileError.self) { try reading("guide 1 2 whole\nloop ST R 1\n  use NOTHING") }
        #expect(throws: DataFileError.self) { try reading("guide 1 2 whole\ndefine A\n  use A\nloop ST R 1\n  use A") }
        #expect(throws: DataFileError.self) { try SegmentDictionary(name: "x", text: "ST QQ1-2") }
    }
}
