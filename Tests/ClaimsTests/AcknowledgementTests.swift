import Claims
import HealthTypes
import Testing
import X12

@Suite struct AcknowledgementTests {
    private func transaction(_ guide: String, _ kind: String, _ body: String) -> TransactionSet {
        let text = """
            ISA*00*          *00*          *ZZ*A              *ZZ*B              *260302*0900*^*00501*000000001*0*T*:~
            GS*FA*A*B*20260302*0900*1*X*\(guide)~ST*\(kind)*0001*\(guide)~\(body)SE*9*0001~GE*1*1~IEA*1*000000001~
            """
        return World.transactions(X12Document(parsing: Array(text.utf8)))[0]
    }

    private func read999(_ body: String) throws -> MappingResult<[ClaimAcknowledgement]> {
        let read = try #require(Acknowledgment999(transaction("005010X231A1", "999", body)))
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

    private func outcome(_ number: String, _ statuses: [(String, String)]) -> ClaimAcknowledgment277CA.Outcome {
        ClaimAcknowledgment277CA.Outcome(
            provider: ClaimAcknowledgment277CA.Party(name: "Larkfield", identifier: "1234567893"),
            patientLastName: "Ashdown", patientFirstName: "Nora", memberID: "M1", patientControlNumber: number,
            payerClaimControlNumber: number == "C-1" ? "ICN-1" : nil,
            statuses: statuses.map { .init(category: $0.0, code: $0.1, entity: "PR") }, charge: Money("10")!,
            serviceFrom: World.day, serviceTo: World.day)
    }

    @Test func a277CASpeaksForEachClaim() throws {
        let heading = ClaimAcknowledgment277CA.Heading(
            source: .init(name: "Meridian", identifier: "MERID"), receiver: .init(name: "Larkfield", identifier: "L"),
            reference: "R", batch: "B1", received: World.day, at: World.now)
        let writer = ClaimAcknowledgment277CA.write(
            heading,
            outcomes: [
                outcome("C-1", [("A2", "20")]), outcome("C-2", [("A1", "20"), ("A7", "562")]),
                outcome("C-3", [("A4", "35")]), outcome("C-4", [("A1", "19")]),
            ])
        let read = World.transactions(try World.sent([writer], as: "HN"))[0]
        let result = AcknowledgementMapping.claims(of: try #require(ClaimAcknowledgment277CA(read))) { _ in [] }
        #expect(result.value.map(\.controlNumber) == ["C-1", "C-2", "C-3", "C-4"])
        #expect(result.value.map(\.outcome) == [.accepted, .rejected, .other, .received])
        #expect(result.value.map(\.code) == ["A2:20:PR", "A7:562:PR", "A4:35:PR", "A1:19:PR"])
        #expect(result.value.map(\.payerClaimNumber) == ["ICN-1", nil, nil, nil])
    }

    @Test func aBatchTurnedBackWholeSpeaksForItsClaims() throws {
        let set = transaction(
            "005010X214", "277",
            "BHT*0085*08*1*20260302*0900*TH~HL*1**20*1~NM1*PR*2*MERIDIAN*****PI*MERID~TRN*1*1~"
                + "DTP*050*D8*20260302~DTP*009*D8*20260302~HL*2*1*21*0~NM1*41*2*LARKFIELD*****46*L~TRN*2*B1~"
                + "STC*A3:24:41*20260302*U*20~")
        let acknowledgement = try #require(ClaimAcknowledgment277CA(set))
        let known = AcknowledgementMapping.claims(of: acknowledgement) { $0 == "B1" ? ["C-1", "C-2"] : [] }
        #expect(known.value.map(\.outcome) == [.rejected, .rejected])
        #expect(known.value[0].code == "A3:24:41")
        let unknown = AcknowledgementMapping.claims(of: acknowledgement) { _ in [] }
        #expect(unknown.issues.map(\.code) == ["acknowledgement.batch-unknown"])
    }
}
