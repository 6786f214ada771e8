import Claims
import HealthTypes
import Testing
import X12

@Suite struct ProfessionalClaimTests {
    private static let submitter = ProfessionalClaimMapping.Submitter(
        name: "Larkfield Health", id: "LARK", contact: "Rita Oaks", phone: "2175550101")

    private func write(_ claims: [Claim], maximumClaims: Int = 5000) -> MappingResult<[ProfessionalClaimMapping.Batch]>
    {
        ProfessionalClaimMapping.write(
            claims, submitter: Self.submitter, receiver: (name: "Clearing House", id: "CH01"), reference: "B1",
            at: World.now, maximumClaims: maximumClaims)
    }

    private func roundTrip(_ claims: [Claim]) throws -> (
        claims: [Claim], issues: [HealthTypes.Issue], findings: [String]
    ) {
        let batches = write(claims)
        #expect(batches.issues.isEmpty)
        let document = try World.sent(batches.value.map(\.transaction), as: "HC")
        let read = World.transactions(document).map(ProfessionalClaimMapping.read)
        #expect(read.flatMap(\.unread).isEmpty)
        return (read.flatMap(\.value).map(\.claim), read.flatMap(\.issues), findings(document))
    }

    /// A claim with every member that an 837P carries.
    private var full: Claim {
        var claim = World.claim("V100001-1", charge: "1325.5")
        claim.frequency = "7"
        claim.originalReference = "ICN-9"
        claim.priorAuthorization = "PA-44"
        claim.referralNumber = "RF-3"
        claim.placeOfService = "22"
        claim.referring = World.oakes
        claim.facility = Provider(
            npi: "1234567893", entity: .organization, name: "Larkfield Imaging", address: World.street)
        claim.diagnoses = (1...12).map { Diagnosis(qualifier: $0 == 1 ? "ABK" : "ABF", code: "M171\($0)") }
        claim.relatedCauses = ["AA", "EM"]
        claim.accidentState = "IL"
        claim.dates = [
            DatedPeriod(qualifier: "439", from: World.day.adding(days: -20)),
            DatedPeriod(qualifier: "435", from: World.day),
        ]
        claim.notes = "See the imaging report"
        var first = ClaimLine(
            number: 1, procedure: "73721", modifiers: ["26", "RT", "59", "GA"], charge: Money("1200")!, units: "1.5",
            pointers: [1, 2, 3, 12], from: World.day, to: World.day.adding(days: 1))
        first.placeOfService = "22"
        first.controlNumber = "L-1"
        first.description = "Right knee"
        first.notes = "Read remotely"
        first.priorAuthorization = "PA-45"
        first.rendering = Provider(
            npi: "1999999984", entity: .person, name: "Oakes", given: "Lena", taxonomy: "2085R0202X")
        first.ordering = World.oakes
        var second = ClaimLine(number: 2, procedure: "J1745", charge: Money("125.50")!, units: "10", from: World.day)
        second.ndc = "57894003001"
        second.ndcQuantity = "1"
        second.ndcUnit = "UN"
        claim.lines = [first, second]
        return claim
    }

    @Test func everyMemberComesBack() throws {
        let claim = full
        let result = try roundTrip([claim])
        #expect(result.claims == [claim])
        #expect(result.issues.isEmpty)
        #expect(result.findings == [])
    }

    @Test func aSecondPayerAndItsSettlementComeBack() throws {
        var claim = full
        claim.coverages[0].responsibility = .secondary
        var other = Coverage(
            payerID: "NSTAR", payerName: "Northstar Mutual", memberID: "NS00011122A", planName: "Silver",
            responsibility: .primary, relationship: "18", subscriber: World.nora)
        other.filingIndicator = "12"
        claim.coverages.append(other)
        let reductions = (1...7).map { Adjustment(group: "CO", reason: "\($0)", amount: Money(cents: 100)) }
        claim.priorPayments = [
            PriorPayment(
                payerID: "NSTAR", paid: Money("1000")!,
                lines: [
                    PriorPayment.Line(
                        number: 1, procedure: "73721", modifiers: ["26"], paid: Money("900")!, units: "1",
                        adjustments: reductions + [Adjustment(group: "PR", reason: "2", amount: Money("293")!)],
                        paidOn: World.day.adding(days: 14)),
                    PriorPayment.Line(
                        number: 2, procedure: "J1745", paid: Money("100")!,
                        adjustments: [
                            Adjustment(group: "OA", reason: "23", amount: Money("25.5")!, quantity: "2")
                        ]),
                ])
        ]
        let result = try roundTrip([claim])
        #expect(result.claims == [claim])
        // A line settlement must state its date; ours of line 2 has none, as the other payer gave none.
        #expect(result.findings.allSatisfy { $0.contains("DTP") || $0.contains("2430") })
    }

    @Test func dependentsStandUnderTheirSubscriber() throws {
        var child = World.claim("C-1")
        child.patient = World.ida
        child.coverages = [World.meridian]
        child.coverages[0].subscriber = World.tom
        child.coverages[0].relationship = "19"
        var spouse = child
        spouse.controlNumber = "C-2"
        spouse.patient = Person(
            family: "Bell", given: "May", birthDate: CalendarDate("19810101"), sex: .female,
            address: World.ida.address, deathDate: World.day)
        spouse.coverages[0].relationship = "01"
        let result = try roundTrip([child, spouse, World.claim("C-3")])
        #expect(result.claims == [child, spouse, World.claim("C-3")])
        #expect(result.findings == [])
        let document = try World.sent(write([child, spouse]).value.map(\.transaction), as: "HC")
        let levels = World.transactions(document)[0].segments.filter { $0.id == "HL" }.map { $0[3] }
        #expect(levels == ["20", "22", "23", "23"])
    }

    @Test func claimsAreGroupedAndCounted() throws {
        var other = World.claim("G-2")
        other.billing.npi = "1987654326"
        let claims = [World.claim("G-1"), other, World.claim("G-3")]
        let batches = write(claims, maximumClaims: 2)
        #expect(batches.value.map(\.controlNumbers) == [["G-1", "G-2"], ["G-3"]])
        let document = try World.sent(batches.value.map(\.transaction), as: "HC")
        #expect(document.summary.claims == 3)
        #expect(World.transactions(document).map { $0.segments[1][3] } == ["B1", "B1-2"])
        #expect(findings(document) == [])
    }

    @Test func claimsThatCannotBeWrittenAreSaid() {
        var nobody = World.claim("N-1")
        nobody.coverages = []
        var hospital = World.claim("N-2")
        hospital.kind = .institutional
        var wordy = World.claim("N-3")
        wordy.notes = String(repeating: "word ", count: 20)
        let result = write([nobody, hospital, wordy])
        #expect(result.issues.map(\.code) == ["claim.payer-absent", "claim.kind-not-written", "claim.note-cut"])
        #expect(result.issues.map(\.location.path) == ["claims/0", "claims/1", "claims/2"])
        #expect(result.value.flatMap(\.controlNumbers) == ["N-3"])
        #expect(write([]).value.isEmpty)
    }

    @Test func oneBadClaimDoesNotStopTheRest() throws {
        let document = try World.fixture("mixed-claims.837")
        let transaction = World.transactions(document)[0]
        let result = ProfessionalClaimMapping.read(transaction)
        #expect(result.value.map(\.claim.controlNumber) == ["OUT-000001", "OUT-000004", "OUT-000005"])
        #expect(result.unread.map(\.controlNumber) == ["OUT-000002", "OUT-000003"])
        #expect(result.value.count + result.unread.count == transaction.claimCount)
        #expect(
            result.issues.map(\.code) == [
                "claim.charge-unreadable", "claim.line-date-absent", "claim.line-pointer-unreadable",
                "mapping.hierarchy-parent", "claim.responsibility-unknown",
            ])
        #expect(result.unread[0].text.hasPrefix("CLM*OUT-000002*abc"))
        #expect(result.unread[1].location.segmentID == "CLM")
        let first = result.value[0]
        #expect(String(decoding: document.bytes[first.bytes], as: UTF8.self).hasSuffix("20260302-20260302~"))
        #expect(first.segments.lowerBound == 19)
        #expect(first.claim.lines[1].to == World.day)
        #expect(first.claim.lines[0].modifiers == ["25"])
        #expect(first.claim.billing.taxonomy == "207Q00000X")
        #expect(first.claim.rendering?.taxonomy == "207X00000X")
        #expect(result.value[1].claim.originalReference == "ICN55")
        #expect(result.value[1].claim.lines[0].pointers == [1])
        let child = result.value[2].claim
        #expect(child.patient.given == "Ida".uppercased())
        #expect(child.coverages[0].relationship == "19")
        #expect(child.coverages[0].subscriber.given == "TOM")
        #expect(child.billing.npi == "1987654326")
    }

    @Test func anotherTransactionIsRefused() throws {
        let document = try World.fixture("tolerant.271")
        let result = ProfessionalClaimMapping.read(World.transactions(document)[0])
        #expect(result.value.isEmpty)
        #expect(result.issues.map(\.code) == ["mapping.not-this-transaction"])
    }

    /// An institutional line has its revenue code first; its date is the statement's where it has none.
    @Test func institutionalAndDentalClaimsAreReadAsFarAsTheyAreAlike() throws {
        func read(_ guide: String, _ body: String) throws -> MappingResult<[MappedClaim]> {
            let text = """
                ISA*00*          *00*          *ZZ*A              *ZZ*B              *260302*0900*^*00501\
                *000000001*0*T*:~
                GS*HC*A*B*20260302*0900*1*X*\(guide)~ST*837*0001*\(guide)~BHT*0019*00*1*20260302*0900*CH~
                HL*1**20*1~NM1*85*2*LARKFIELD*****XX*1234567893~
                HL*2*1*22*0~SBR*P*18*******MA~NM1*IL*1*ASHDOWN*NORA****MI*M1~NM1*PR*2*FEDERAL*****PI*MEDB~
                \(body)SE*12*0001~GE*1*1~IEA*1*000000001~
                """
            return ProfessionalClaimMapping.read(World.transactions(X12Document(parsing: Array(text.utf8)))[0])
        }
        let hospital = try read(
            "005010X223A2",
            "CLM*H1*90***13:A:1**A*Y*Y~DTP*434*RD8*20260301-20260302~HI*ABK:I10~HI*BBR:0SR9019:D8:20260301~"
                + "NM1*71*1*VANCE*OMAR****XX*1987654326~LX*1~SV2*0305*HC:85025*90*UN*2~")
        let claim = try #require(hospital.value.first?.claim)
        #expect(claim.kind == .institutional)
        #expect(claim.lines[0].revenueCode == "0305")
        #expect(claim.lines[0].procedure == "85025")
        #expect(claim.lines[0].units == "2")
        #expect(claim.serviceFrom == World.day.adding(days: -1))
        #expect(claim.diagnoses.map(\.code) == ["I10"])
        #expect(claim.rendering?.npi == "1987654326")
        let dental = try read(
            "005010X224A2",
            "CLM*D1*45***11:B:1*Y*A*Y*Y~DTP*472*D8*20260302~LX*1~SV3*AD:D2150*45****1~TOO*JP*12*L~")
        #expect(dental.value.first?.claim.kind == .dental)
        #expect(dental.value.first?.claim.lines[0].procedure == "D2150")
        let odd = try read(
            "005010X222A1",
            "CLM*O1*9***11:B:1*Y*A*Y*Y~HI*ABK>I10~LX*1~SV1*HC>99213*9*UN*1***1~DTP*472*D8*20260302~")
        #expect(odd.value.count == 1)
        #expect(odd.issues.map(\.code) == ["claim.diagnosis-unreadable", "claim.procedure-absent"])
        let empty = try read("005010X222A1", "CLM*E1*0***11:B:1*Y*A*Y*Y~")
        #expect(empty.issues.map(\.code) == ["claim.lines-absent"])
        #expect(empty.unread.count == 1)
    }

    /// Whatever bytes are cut off or changed, reading ends and loses no claim.
    @Test func mutatedFilesKeepTheirClaims() throws {
        let bytes = try World.fixture("mixed-claims.837").bytes
        var random = SeededRandom(seed: 7)
        for _ in 0..<300 {
            var mutated = Array(bytes.prefix(400 + random.integer(in: 0..<(bytes.count - 400))))
            for _ in 0..<3 {
                mutated[106 + random.integer(in: 0..<(mutated.count - 106))] = UInt8(random.integer(in: 0..<256))
            }
            for transaction in World.transactions(X12Document(parsing: mutated)) where transaction.id == "837" {
                let result = ProfessionalClaimMapping.read(transaction)
                #expect(result.value.count + result.unread.count == transaction.claimCount)
                #expect(result.unread.isEmpty || !result.issues.isEmpty)
            }
        }
    }
}
