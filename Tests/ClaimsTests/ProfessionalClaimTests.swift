import Claims
import HealthTypes
import Testing
import X12
import X12Units

@Suite struct ProfessionalClaimTests {
    private static let submitter = ClaimMapping.Submitter(
        name: "Larkfield Health", id: "LARK", contact: "Rita Oaks", phone: "2175550101")

    private func form(_ claims: [Claim], maximumClaims: Int = 5000) -> FormedInterchange {
        ClaimMapping.form(
            claims, submitter: Self.submitter, receiver: (name: "Clearing House", id: "CH01"), reference: "B1",
            in: World.heading, maximumClaims: maximumClaims)
    }

    private func roundTrip(_ claims: [Claim]) throws -> (
        claims: [Claim], issues: [HealthTypes.Issue], findings: [String]
    ) {
        let formed = form(claims)
        #expect(formed.issues.isEmpty)
        #expect(formed.refusals == [])
        let read = try TakenIn(formed.bytes)
        #expect(read.units.count == claims.count)
        return (read.claims, read.issues, findings(formed.bytes))
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
                        ], paidOn: World.day.adding(days: 14)),
                ])
        ]
        let result = try roundTrip([claim])
        #expect(result.claims == [claim])
        #expect(result.findings == [])
        // What a payer would refuse is not sent: a line settlement must state its date, and all of them add up.
        claim.priorPayments[0].lines[1].paidOn = nil
        #expect(form([claim]).refusals.flatMap(\.issues).map(\.code) == ["x12.segment-missing"])
        claim.priorPayments[0].lines.removeLast()
        #expect(form([claim]).refusals.flatMap(\.issues).map(\.code) == ["x12.other-payer-balance"])
        #expect(form([claim]).bytes.isEmpty)
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
        let levels = World.segments(form([child, spouse]).bytes, "HL").map { $0.split(separator: "*")[3] }
        // HL*1**20*1 has no parent.
        #expect(levels == ["1", "22", "23", "23"])
    }

    @Test func claimsAreGroupedAndCounted() throws {
        var other = World.claim("G-2")
        other.billing.npi = "1987654326"
        let claims = [World.claim("G-1"), other, World.claim("G-3")]
        let formed = form(claims, maximumClaims: 2)
        #expect(formed.sets.map { $0.values.map { claims[$0].controlNumber } } == [["G-1", "G-2"], ["G-3"]])
        #expect(formed.sets.map(\.reference) == ["B1", "B1-2"])
        #expect(formed.sets.map(\.controlNumber) == ["0001", "0002"])
        #expect(formed.groupControlNumber == "7")
        #expect(World.segments(formed.bytes, "BHT").map { $0.split(separator: "*")[3] } == ["B1", "B1-2"])
        #expect(findings(formed.bytes) == [])
        // Claims of one provider stand side by side, whatever stood between them.
        let together = form(claims)
        #expect(together.sets.map(\.values) == [[0, 2, 1]])
        #expect(World.segments(together.bytes, "NM1*85").count == 2)
    }

    @Test func claimsThatCannotBeWrittenAreSaid() {
        var nobody = World.claim("N-1")
        nobody.coverages = []
        var hospital = World.claim("N-2")
        hospital.kind = .institutional
        var wordy = World.claim("N-3")
        wordy.notes = String(repeating: "word ", count: 20)
        var unbalanced = World.claim("N-4")
        unbalanced.totalCharge = Money("101")!
        let result = form([nobody, hospital, wordy, unbalanced])
        #expect(result.issues.map(\.code) == ["claim.note-cut"])
        #expect(result.issues.map(\.location.path) == ["claims/2"])
        #expect(result.refusals.map(\.value) == [0, 1, 3])
        #expect(
            result.refusals.flatMap(\.issues).map(\.code) == [
                "claim.payer-absent", "claim.kind-not-written", "x12.claim-charge",
            ])
        #expect(result.refusals.flatMap(\.issues).map(\.location.path) == ["claims/0", "claims/1", "claims/3"])
        #expect(result.sets.map(\.values) == [[2]])
        #expect(form([]).bytes.isEmpty)
    }

    @Test func oneBadClaimDoesNotStopTheRest() throws {
        let bytes = try World.fixture("mixed-claims.837")
        let views = try World.views(Claim837.self, bytes)
        let results = views.map(ClaimMapping.read)
        #expect(views.map(\.controlNumber) == (1...5).map { "OUT-00000\($0)" })
        #expect(results.map { $0.value == nil } == [false, true, true, false, false])
        #expect(
            results.flatMap(\.issues).map(\.code) == [
                "claim.charge-unreadable", "claim.line-date-absent", "claim.line-pointer-unreadable",
                "claim.responsibility-unknown",
            ])
        let own = String(decoding: bytes[views[0].unit.byteRange], as: UTF8.self)
        #expect(own.hasPrefix("CLM*OUT-000001*150") && own.hasSuffix("20260302-20260302~"))
        let first = try #require(results[0].value)
        #expect(first.lines[1].to == World.day)
        #expect(first.lines[0].modifiers == ["25"])
        #expect(first.billing.taxonomy == "207Q00000X")
        #expect(first.rendering?.taxonomy == "207X00000X")
        let replacement = try #require(results[3].value)
        #expect(replacement.originalReference == "ICN55")
        #expect(replacement.lines[0].pointers == [1])
        let child = try #require(results[4].value)
        #expect(child.patient.given == "Ida".uppercased())
        #expect(child.coverages[0].relationship == "19")
        #expect(child.coverages[0].subscriber.given == "TOM")
        #expect(child.billing.npi == "1987654326")
    }

    /// What a claim has no place for, and what would be written otherwise, is said with its place.
    @Test func whatIsNotCarriedIsSaid() throws {
        let head = """
            ST*837*0001*005010X222A1~BHT*0019*00*1*20260302*0900*CH~HL*1**20*1~CUR*85*USD~\
            NM1*85*2*LARKFIELD*****XX*1234567893~N3*1 ROAD~N4*HARROW*IL*62701~REF*EI*371234567~\
            NM1*87*2~N3*2 ROAD~HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*ASHDOWN*NORA**JR**MI*M1~NM1*PR*2*PLAN*****PI*P1~
            """
        let claim = """
            CLM*C1*90***11:B:1*Y*C*Y*Y*P~PWK*OZ*EL~AMT*F5*10~REF*G1*PA~REF*D9*X~NTE*CER*TEXT~HI*ABK:I10~\
            NM1*DQ*1*OAKES*LENA~SBR*S*18*******MC~OI***Y*P**Y~NM1*IL*1*ASHDOWN*NORA****MI*M2~NM1*PR*2*MORE*****PI*P2~\
            LX*1~SV1*HC:99213*90*UN*1***1**Y~DTP*472*D8*20260302~K3*STATE DATA~
            """
        let view = try #require(
            try World.views(
                Claim837.self, World.enveloped("HC", "005010X222A1", head + claim + "SE*32*0001~")
            ).first)
        let result = ClaimMapping.read(view)
        #expect(result.value?.controlNumber == "C1")
        #expect(result.issues.allSatisfy { $0.code == "claim.not-carried" && $0.severity == .information })
        let places = result.issues.map { issue in
            "\(issue.location.segmentID ?? "")\(issue.location.element.map(String.init) ?? "")"
        }
        #expect(
            places == [
                "CUR", "NM1", "N3", "NM16", "CLM7", "PWK", "AMT", "REF", "NTE", "NM1", "OI4", "SV19", "K3",
            ])
    }

    /// An institutional line has its revenue code first; its date is the statement's where it has none.
    @Test func institutionalAndDentalClaimsAreReadAsFarAsTheyAreAlike() throws {
        func read(_ guide: String, _ body: String) throws -> MappingResult<Claim?> {
            let set = """
                ST*837*0001*\(guide)~BHT*0019*00*1*20260302*0900*CH~HL*1**20*1~NM1*85*2*LARKFIELD*****XX*1234567893~\
                HL*2*1*22*0~SBR*P*18*******MA~NM1*IL*1*ASHDOWN*NORA****MI*M1~NM1*PR*2*FEDERAL*****PI*MEDB~\
                \(body)SE*12*0001~
                """
            let views = try World.views(Claim837.self, World.enveloped("HC", guide, set))
            return ClaimMapping.read(try #require(views.first))
        }
        func codes(_ result: MappingResult<Claim?>) -> [String] {
            result.issues.filter { $0.severity != .information }.map(\.code)
        }
        let hospital = try read(
            "005010X223A2",
            "CLM*H1*90***13:A:1**A*Y*Y~DTP*434*RD8*20260301-20260302~HI*ABK:I10~HI*BBR:0SR9019:D8:20260301~"
                + "NM1*71*1*VANCE*OMAR****XX*1987654326~LX*1~SV2*0305*HC:85025*90*UN*2~")
        let claim = try #require(hospital.value)
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
        #expect(dental.value?.kind == .dental)
        #expect(dental.value?.lines[0].procedure == "D2150")
        let odd = try read(
            "005010X222A1",
            "CLM*O1*9***11:B:1*Y*A*Y*Y~HI*ABK>I10~LX*1~SV1*HC>99213*9*UN*1***1~DTP*472*D8*20260302~")
        #expect(odd.value != nil)
        #expect(codes(odd) == ["claim.diagnosis-unreadable", "claim.procedure-absent"])
        let empty = try read("005010X222A1", "CLM*E1*0***11:B:1*Y*A*Y*Y~")
        #expect(codes(empty) == ["claim.lines-absent"])
        #expect(empty.value == nil)
    }

    /// Whatever bytes are cut off or changed, reading ends, and a claim is read or said to be unreadable.
    @Test func mutatedFilesAreReadToTheirEnd() throws {
        let bytes = try World.fixture("mixed-claims.837")
        var random = SeededRandom(seed: 7)
        for _ in 0..<300 {
            var mutated = Array(bytes.prefix(400 + random.integer(in: 0..<(bytes.count - 400))))
            for _ in 0..<3 {
                mutated[106 + random.integer(in: 0..<(mutated.count - 106))] = UInt8(random.integer(in: 0..<256))
            }
            for view in try World.views(Claim837.self, mutated) {
                let result = ClaimMapping.read(view)
                #expect(result.value != nil || result.issues.contains { $0.severity == .error })
            }
            #expect(try TakenIn(mutated).units.isEmpty)
        }
    }
}
