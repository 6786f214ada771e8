import Claims
import HealthTypes
import Testing
import X12
import X12Units

@Suite struct AcknowledgementTests {
    private func read999(_ body: String) throws -> MappingResult<[ClaimAcknowledgement]> {
        let bytes = World.enveloped(
            "FA", "005010X231A1", "ST*999*0001*005010X231A1~\(body)SE*9*0001~")
        let read = try #require(try World.views(Acknowledgment999.self, bytes).first)
        let sent = ["0001": ["C-1", "C-2"], "0002": ["C-3"]]
        return AcknowledgementMapping.claims(of: read) { group, transaction in
            guard group == "7" else { return [] }
            return transaction.map { sent[$0] ?? [] } ?? ["C-1", "C-2", "C-3"]
        }
    }

    @Test func a999SpeaksForTheClaimsOfItsSets() throws {
        let result = try read999(
            "AK1*HC*7*005010X222A1~AK2*837*0001*005010X222A1~IK5*E*5~AK2*837*0002*005010X222A1~"
                + "IK3*CLM*20**8~IK5*R*5~AK2*837*0009~IK5*A~AK9*P*3*3*2~")
        #expect(result.value.map(\.controlNumber) == ["C-1", "C-2", "C-3"])
        #expect(result.value.map(\.outcome) == [.received, .received, .rejected])
        #expect(result.value.map(\.code) == ["E", "E", "R"])
        #expect(result.issues.map(\.code) == ["acknowledgement.batch-unknown"])
    }

    @Test func aGroupSpeaksForTheSetsThatAreNotNamed() throws {
        let refused = try read999("AK1*HC*7*005010X222A1~AK9*R*2*2*0*1~")
        #expect(refused.value.map(\.outcome) == [.rejected, .rejected, .rejected])
        let inPart = try read999("AK1*HC*7*005010X222A1~AK2*837*0002~IK5*R~AK9*P*2*2*1~")
        #expect(inPart.value.map(\.controlNumber) == ["C-3"])
        let unknown = try read999("AK1*HC*8*005010X222A1~AK9*A*1*1*1~")
        #expect(unknown.value.isEmpty)
        #expect(unknown.issues.map(\.location.path) == ["AK1"])
    }

    private func outcome(
        _ number: String, _ reasons: [(String, String)]
    ) -> ClaimAcknowledgmentDraft277CA.Claim {
        ClaimAcknowledgmentDraft277CA.Claim(
            provider: Party("85", name: "Larkfield", identifierQualifier: "XX", identifier: "1234567893"),
            patient: Party(
                "QC", isPerson: true, name: "Ashdown", firstName: "Nora", identifierQualifier: "MI", identifier: "M1"),
            controlNumber: number, payerControlNumber: number == "C-1" ? "ICN-1" : "",
            reasons: reasons.map { StatusEntry.Reason($0.0, $0.1, entity: "PR") }, charge: Money("10")!,
            serviceFrom: World.day, serviceThrough: World.day)
    }

    private func acknowledgement(_ claims: [ClaimAcknowledgmentDraft277CA.Claim]) -> FormedInterchange {
        AcknowledgementMapping.form(
            ClaimAcknowledgmentDraft277CA(
                source: Party("PR", name: "Meridian", identifierQualifier: "PI", identifier: "MERID"),
                receiver: Party("41", name: "Larkfield", identifierQualifier: "46", identifier: "LARK"),
                reference: "R", batch: "B1", received: World.day, processed: World.day, claims: claims),
            in: World.heading)
    }

    @Test func a277CASpeaksForEachClaim() throws {
        let formed = acknowledgement([
            outcome("C-1", [("A2", "20")]), outcome("C-2", [("A1", "20"), ("A7", "562")]),
            outcome("C-3", [("A4", "35")]), outcome("C-4", [("A1", "19")]),
        ])
        #expect(formed.refusals == [])
        #expect(findings(formed.bytes) == [])
        let read = try TakenIn(formed.bytes)
        let claims = read.units.compactMap { unit in
            if case .claimAcknowledgement(let claim) = unit.content { claim } else { nil }
        }
        #expect(claims.map(\.controlNumber) == ["C-1", "C-2", "C-3", "C-4"])
        #expect(claims.map(\.outcome) == [.accepted, .rejected, .other, .received])
        #expect(claims.map(\.code) == ["A2:20:PR", "A7:562:PR", "A4:35:PR", "A1:19:PR"])
        #expect(claims.map(\.payerClaimNumber) == ["ICN-1", nil, nil, nil])
        #expect(claims[1].statuses.map(\.code) == ["A1:20:PR", "A7:562:PR"])
        guard case .batchAcknowledgement(let receipt) = read.units.last?.content else {
            Issue.record("the batch has no receipt")
            return
        }
        #expect(receipt.reference == "B1" && receipt.claims == 4 && receipt.outcome == .received)
    }

    @Test func aWrongCategoryIsNotWritten() {
        let formed = acknowledgement([outcome("C-1", [("F1", "20")])])
        #expect(formed.refusals.flatMap(\.issues).map(\.code) == ["x12.element-code"])
    }

    /// Payers put a second and a third status, their own words and statuses of lines into one claim.
    @Test func allThatIsSaidOfAClaimIsKept() throws {
        let set = """
            ST*277*0001*005010X214~BHT*0085*08*1*20260302*0900*TH~HL*1**20*1~NM1*PR*2*MERIDIAN*****PI*MERID~TRN*1*1~\
            DTP*050*D8*20260302~DTP*009*D8*20260302~HL*2*1*21*1~NM1*41*2*LARKFIELD*****46*LARK~TRN*2*B1~\
            STC*A1:19:PR*20260302*WQ*20~HL*3*2*19*1~NM1*85*2*LARKFIELD*****XX*1234567893~HL*4*3*PT*0~\
            NM1*QC*1*DOE*JO****MI*M1~TRN*2*C-1~STC*A7:562:85*20260302*U*20******A7:85*A3:21*CALL US~DTP*472*D8*20260302~\
            SVC*HC:99213*20~STC*A7:454*20260302*U~REF*FJ*L1~DTP*472*D8*20260302~SE*23*0001~
            """
        let read = try TakenIn(World.enveloped("HN", "005010X214", set), snip: 1)
        guard case .claimAcknowledgement(let claim) = read.units.first?.content else {
            Issue.record("no claim: \(read.errors)")
            return
        }
        #expect(claim.statuses.map(\.code) == ["A7:562:85", "A7:85", "A3:21", "A7:454"])
        #expect(claim.statuses.map(\.message) == ["CALL US", "CALL US", "CALL US", nil])
        #expect(claim.statuses.map(\.line) == [nil, nil, nil, "L1"])
        #expect(claim.statuses.map(\.action) == ["U", "U", "U", "U"])
    }

    @Test func aBatchTurnedBackWholeSpeaksForItsClaims() throws {
        let set = """
            ST*277*0001*005010X214~BHT*0085*08*1*20260302*0900*TH~HL*1**20*1~NM1*PR*2*MERIDIAN*****PI*MERID~TRN*1*1~\
            DTP*050*D8*20260302~DTP*009*D8*20260302~HL*2*1*21*0~NM1*41*2*LARKFIELD*****46*LARK~TRN*2*B1~\
            STC*A3:24:41*20260302*U*20~SE*12*0001~
            """
        let read = try TakenIn(World.enveloped("HN", "005010X214", set), snip: 1)
        guard case .batchAcknowledgement(let receipt) = read.units.first?.content else {
            Issue.record("no receipt: \(read.errors)")
            return
        }
        #expect(receipt.reference == "B1" && receipt.claims == 0)
        let claim = receipt.acknowledgement(of: "C-1")
        #expect(claim.outcome == .rejected && claim.code == "A3:24:41" && claim.controlNumber == "C-1")
    }
}
