import Claims
import Foundation
import HealthTypes
import Testing
import X12
import X12Units

/// Inputs of every kind that intake reads, and some that it does not.
enum IntakeInputs {
    static let claims: [UInt8] = {
        var child = World.claim("C-2")
        child.patient = World.ida
        child.coverages = [World.meridian]
        child.coverages[0].subscriber = World.tom
        child.coverages[0].relationship = "19"
        var other = World.claim("C-3", charge: "80.5")
        other.billing.npi = "1987654326"
        return ClaimMapping.form(
            [World.claim("C-1"), child, other],
            submitter: .init(name: "Larkfield Health", id: "LARK", contact: "Rita Oaks", phone: "2175550101"),
            receiver: (name: "Clearing House", id: "CH01"), reference: "B1", in: World.heading
        ).bytes
    }()

    static let answer: [UInt8] = {
        var answer = EligibilityAnswer(trace: "T-1", payerID: "MERID", payerName: "Meridian Health Plan")
        answer.memberID = "MHP000111222"
        answer.subscriber = World.nora
        answer.benefits = [Benefit(information: "1"), Benefit(information: "L")]
        var refused = answer
        refused.trace = "T-2"
        refused.benefits = []
        refused.rejections = [EligibilityRejection(loop: "2100B", reason: "51", followUp: "N")]
        let exchanges = [answer, refused].map { answer in
            EligibilityMapping.Exchange(inquiry: inquiry(answer.trace), answer: answer)
        }
        return EligibilityMapping.form(exchanges, reference: "E1", in: World.heading).bytes
    }()

    static func inquiry(_ trace: String) -> EligibilityInquiry {
        EligibilityInquiry(
            trace: trace, payerID: "MERID", payerName: "Meridian Health Plan", provider: World.group,
            memberID: "MHP000111222", subscriber: World.nora, serviceDate: World.day, serviceTypes: ["30"])
    }

    static let remittance: [UInt8] = {
        func settled(_ number: String, _ paid: String) -> ClaimRemittance {
            var claim = ClaimRemittance(
                controlNumber: number, status: "1", charge: Money("100")!, paid: Money(paid)!, trace: "EFT-5",
                paidOn: World.day, payerID: "MERID")
            claim.payerClaimNumber = "ICN"
            claim.patient = World.tom
            claim.adjustments = [Adjustment(group: "CO", reason: "45", amount: Money("100")! - Money(paid)!)]
            return claim
        }
        var remittance = Remittance(
            trace: "EFT-5", payerID: "MERID", payerName: "Meridian", paidOn: World.day, total: Money("120")!)
        remittance.claims = [settled("C-1", "80"), settled("C-2", "50")]
        remittance.providerAdjustments = [.init(reason: "L6", reference: nil, amount: Money("10")!)]
        return RemittanceMapping.form(
            remittance,
            payer: .init(taxID: "361112223", address: World.street, contact: "Desk", phone: "2175550199"),
            payee: World.group, in: World.heading
        ).bytes
    }()

    /// What we answer to the claims: a 999 and a 277CA, read as if it had come.
    static let answers: [AnswerMaker.Kind: [UInt8]] = (try? TakenIn(claims).answers) ?? [:]

    static let small: [(name: String, bytes: [UInt8])] = [
        ("837", claims), ("271", answer), ("835", remittance), ("999", answers[.implementation] ?? []),
        ("277CA", answers[.claims] ?? []), ("TA1", answers[.ta1] ?? []),
        ("270", EligibilityMapping.form([inquiry("T-1")], reference: "E1", in: World.heading).bytes),
    ]

    /// Files of transaction sets of every guide, accepted and refused, which the tests of X12 keep.
    static let files: [URL] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("X12Tests/Fixtures")
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".x12") || $0.hasSuffix(".837") || $0.hasSuffix(".835") }.sorted()
            .map { root.appendingPathComponent($0) }
    }()

    static let accepted: [URL] = files.filter { $0.lastPathComponent.hasPrefix("accepted-1") }
}

/// By what two units are compared.
private func described(_ unit: X12IntakeUnit) -> String {
    let identity = unit.identity
    return "\(identity.kind) \(identity.number ?? "-") \(unit.range) \(unit.context) \(identity.digest.short) "
        + "\(identity.content.short) \(unit.header.ordinal) \(unit.issues.count)"
}

@Suite struct X12IntakeTests {
    @Test func thereAreFiles() {
        #expect(IntakeInputs.files.count > 100)
        #expect(IntakeInputs.accepted.count > 20)
        #expect(IntakeInputs.small.allSatisfy { !$0.bytes.isEmpty })
    }

    @Test(arguments: IntakeInputs.files) func piecesOfOneByteGiveTheSame(file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        let whole = try TakenIn(bytes)
        let pieces = try TakenIn(bytes, step: 1, limit: 1)
        #expect(whole.units.map(described) == pieces.units.map(described))
        #expect(whole.verdicts == pieces.verdicts)
        let isAccepted = whole.sets.contains { whole.verdicts.accepts(set: $0.header.ordinal) }
        #expect(whole.units.isEmpty != isAccepted)
        for unit in whole.units {
            #expect(whole.verdicts.accepts(set: unit.header.ordinal))
            #expect(whole.sets[unit.header.ordinal].range.contains(unit.range.lowerBound))
        }
    }

    @Test(arguments: IntakeInputs.small.map(\.name)) func itGoesOnWhereItWasLeft(name: String) throws {
        let bytes = try #require(IntakeInputs.small.first { $0.name == name }).bytes
        // The same twice: a second interchange of another control number.
        let again = String(decoding: bytes, as: UTF8.self).replacing("000000007", with: "000000008")
            .replacing("*7*X*", with: "*8*X*").replacing("GE*1*7~", with: "GE*1*8~")
        let both = bytes + Array(again.utf8)
        let whole = try TakenIn(both, limit: 1)
        #expect(!whole.units.isEmpty)
        #expect(whole.through == whole.through.sorted())
        var given = 0
        let stream = X12Intake().units(MemorySource(both), verdicts: whole.verdicts)
        while case let batch = try stream.next(limit: 1), !batch.isLast || !batch.units.isEmpty {
            given += batch.units.count
            let rest = try TakenIn(both, from: batch.through)
            #expect(rest.units.map(described) == whole.units.dropFirst(given).map(described))
            if batch.isLast { break }
        }
        #expect(given == whole.units.count)
    }

    /// However much of a file is missing, nothing of it is taken in, and nothing falls over.
    @Test(arguments: IntakeInputs.small.map(\.name)) func aFileThatIsCutOffGivesNothing(name: String) throws {
        let bytes = try #require(IntakeInputs.small.first { $0.name == name }).bytes
        let trailer = try #require(String(decoding: bytes, as: UTF8.self).range(of: "IEA*"))
        let end = String(decoding: bytes, as: UTF8.self)[..<trailer.lowerBound].utf8.count
        for count in 0..<bytes.count {
            let taken = try TakenIn(Array(bytes[..<count]))
            #expect(count >= end + 3 || taken.units.isEmpty, "\(count) of \(bytes.count) bytes")
            #expect(taken.units.allSatisfy { taken.verdicts.accepts(set: $0.header.ordinal) || $0.header.ordinal < 0 })
        }
    }

    @Test(arguments: IntakeInputs.accepted) func aCutOffSetIsRefused(file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        var random = SeededRandom(seed: UInt64(bytes.count))
        let end = (0..<bytes.count).last { bytes[$0...].starts(with: "SE".utf8) } ?? 0
        for _ in 0..<25 {
            let count = random.integer(in: 0..<end)
            let taken = try TakenIn(Array(bytes[..<count]))
            #expect(taken.units.isEmpty, "\(count) of \(bytes.count) bytes")
            #expect(taken.verdicts.acceptedSets.isEmpty)
        }
    }

    @Test func aClaimThatEndsInItsMiddleIsRefusedByName() throws {
        let text = """
            ISA*00*          *00*          *ZZ*A              *ZZ*B              *260302*2200*^*00501*000000001*0*T*:~\
            GS*HC*A*B*20260302*2200*1*X*005010X222A1~ST*837*0001*005010X222A1~HL*1**20*1~NM1*85*2*X*****XX*2001700519~\
            HL*2*1*22*0~NM1*IL*1*A*B****MI*M1~CLM*C1*159***11:B:1~LX*1~SV1*HC:99213*159*UN*1~DTP*472*D8*20260302~
            """
        let taken = try TakenIn(Array(text.utf8))
        #expect(taken.units.isEmpty)
        #expect(taken.errors.contains("x12.transaction-trailer-missing"))
        #expect(taken.sets.map(\.isAccepted) == [false])
        #expect(taken.sets[0].range.upperBound == text.utf8.count)
    }

    // MARK: Verdicts

    private func changed(_ old: String, _ new: String, in bytes: [UInt8] = IntakeInputs.claims) throws -> TakenIn {
        let text = String(decoding: bytes, as: UTF8.self)
        try #require(text.contains(old))
        return try TakenIn(Array(text.replacing(old, with: new).utf8))
    }

    /// IK5 of the first set, in the 999 that we send.
    private func verdict(_ taken: TakenIn) throws -> [String] {
        let answer = try World.views(Acknowledgment999.self, taken.answers[.implementation] ?? [])
        let set = try #require(answer.first?.transactions.first)
        return [set.status] + set.codes
    }

    @Test(arguments: ["005010", "005010X999A1", "006020X1"]) func aGuideThatIsNotKnownIsRefused(guide: String) throws {
        let taken = try changed("005010X222A1", guide)
        #expect(taken.units.isEmpty)
        #expect(taken.errors == ["x12.guide-unknown"])
        #expect(try verdict(taken) == ["R", "I6"])
        let claims = try ClaimAcknowledgment277CA.all(in: MemorySource(taken.answers[.claims] ?? []))
        #expect(claims.flatMap(\.claims).allSatisfy { $0.isRejected })
    }

    @Test func aSetOfAKindThatIsNotKnownIsRefused() throws {
        let taken = try TakenIn(
            World.enveloped("PO", "005010", "ST*850*0001~BEG*00*SA*1**20260302~SE*3*0001~"))
        #expect(taken.units.isEmpty)
        #expect(taken.errors == ["x12.set-unknown"])
        #expect(try verdict(taken) == ["R", "1"])
    }

    @Test func anInputWithoutAnInterchangeIsRefused() throws {
        for text in ["", "ST*837*0001*005010X222A1~SE*2*0001~", "hello"] {
            let taken = try TakenIn(Array(text.utf8))
            #expect(!taken.verdicts.isX12)
            #expect(taken.errors == ["x12.no-interchange"])
            #expect(taken.units.isEmpty && taken.through == [text.utf8.count])
            #expect(String(decoding: taken.answers[.ta1] ?? [], as: UTF8.self).contains("*R*024~"))
        }
    }

    @Test func delimitersThatAreOneAreRefused() throws {
        let taken = try changed("*^*00501", "*:*00501")
        #expect(taken.units.isEmpty)
        #expect(taken.errors.first == "x12.delimiters-invalid")
        #expect(String(decoding: taken.answers[.ta1] ?? [], as: UTF8.self).contains("*R*026~"))
        #expect(taken.answers[.implementation] == nil)
    }

    @Test func whatItsGroupOrInterchangeRefusesIsNotGiven() throws {
        #expect(try changed("GE*1*7~", "GE*2*7~").units.isEmpty)
        #expect(try changed("IEA*1*000000007~", "IEA*1*000000009~").units.isEmpty)
        // A date that is none forgives: the interchange is accepted with errors.
        #expect(try changed("*260302*0900*^", "*260399*0900*^").units.count == 3)
    }

    @Test func oneRefusedSetStopsNoOther() throws {
        let bytes = ClaimMapping.form(
            [World.claim("A-1"), World.claim("A-2"), World.claim("A-3")],
            submitter: .init(name: "Larkfield Health", id: "LARK", contact: "Rita Oaks", phone: "2175550101"),
            receiver: (name: "Clearing House", id: "CH01"), reference: "B1", in: World.heading, maximumClaims: 1
        ).bytes
        let taken = try changed("CLM*A-2*100*", "CLM*A-2*101*", in: bytes)
        #expect(taken.claims.map(\.controlNumber) == ["A-1", "A-3"])
        #expect(taken.verdicts.acceptedSets == [0..<1, 2..<3])
        #expect(taken.sets.map(\.isAccepted) == [true, false, true])
        #expect(taken.units.map(\.header.controlNumber) == ["0001", "0003"])
        #expect(taken.units.map(\.batch.reference) == ["B1", "B1-3"])
    }

    @Test func aPaymentThatDoesNotBalanceIsRefused() throws {
        #expect(try changed("BPR*I*120*", "BPR*I*500*", in: IntakeInputs.remittance).units.isEmpty)
    }

    // MARK: Units

    @Test func rangesAreThoseOfTheBytes() throws {
        let taken = try TakenIn(IntakeInputs.claims)
        let texts = taken.units.map { String(decoding: IntakeInputs.claims[$0.range], as: UTF8.self) }
        #expect(texts.map { $0.prefix(7) } == ["CLM*C-1", "CLM*C-2", "CLM*C-3"])
        #expect(texts.allSatisfy { $0.hasSuffix("DTP*472*D8*20260302~") })
        let around = taken.units[1].context.map { String(decoding: IntakeInputs.claims[$0], as: UTF8.self) }.joined()
        // Neither the claim before it nor the level of that claim's patient is around it.
        #expect(around.hasPrefix("ST*837*") && around.contains("NM1*QC*1*Bell*Ida~") && !around.contains("Nora"))
        #expect(taken.units.map(\.header.sender) == ["LARKFIELD", "LARKFIELD", "LARKFIELD"])
        #expect(taken.units[0].batch.submitterID == "LARK")
    }

    /// Claims that differ in nothing but who is treated are two; the same claim in another interchange is the same content.
    @Test func aUnitIsKnownByAllThatItStandsUnder() throws {
        func identity(_ claim: Claim, control: Int = 7, reference: String = "B1") throws -> X12IntakeUnit.Identity {
            var heading = World.heading
            heading.controlNumber = control
            let bytes = ClaimMapping.form(
                [claim], submitter: .init(name: "Larkfield", id: "LARK", contact: "Rita", phone: "2175550101"),
                receiver: (name: "Clearing House", id: "CH01"), reference: reference, in: heading
            ).bytes
            return try #require(try TakenIn(bytes).units.first).identity
        }
        let first = try identity(World.claim("C-1"))
        var elder = World.claim("C-1")
        elder.patient.given = "Noreen"
        elder.coverages[0].subscriber.given = "Noreen"
        let other = try identity(elder)
        #expect(first.number == other.number && first.digest != other.digest && first.content != other.content)
        #expect(try identity(World.claim("C-1")) == first)
        let again = try identity(World.claim("C-1"), control: 8, reference: "B2")
        #expect(again.digest != first.digest && again.content == first.content)
        #expect(first.sender == "LARKFIELD" && first.kind == .claim)
    }

    @Test func aPaymentComesHeadFirst() throws {
        let taken = try TakenIn(IntakeInputs.remittance)
        #expect(
            taken.units.map(\.identity.kind) == [.remittance, .remittedClaim, .remittedClaim, .remittanceEnd])
        #expect(taken.units.map(\.identity.number) == ["EFT-5", "C-1", "C-2", "EFT-5"])
        let bytes = IntakeInputs.remittance
        #expect(String(decoding: bytes[taken.units[0].range], as: UTF8.self).hasPrefix("ST*835"))
        #expect(String(decoding: bytes[taken.units[2].range], as: UTF8.self).hasPrefix("CLP*C-2"))
        #expect(String(decoding: bytes[taken.units[3].range], as: UTF8.self) == "PLB*1234567893*20261231*L6*10~")
        guard case .remittanceEnd(let end) = taken.units[3].content else { return }
        #expect(end.isBalanced && end.paid == Money("130") && end.total == Money("120"))
    }

    @Test func aRefusedProviderIsSaidOncePerPerson() throws {
        let taken = try TakenIn(IntakeInputs.answer)
        #expect(taken.answered.map(\.trace) == ["T-1", "T-2"])
        #expect(taken.answered.map(\.rejections.count) == [0, 1])
    }

    @Test func acknowledgementsAreRead() throws {
        let implementation = try TakenIn(IntakeInputs.answers[.implementation] ?? [])
        guard case .implementationAcknowledgement(let read) = implementation.units.first?.content else {
            Issue.record("no 999")
            return
        }
        #expect(read.transactions.map(\.status) == ["A"] && read.groupControlNumber == "7")
        let claims = try TakenIn(IntakeInputs.answers[.claims] ?? [])
        #expect(
            claims.units.map(\.identity.kind) == [
                .claimAcknowledgement, .claimAcknowledgement, .claimAcknowledgement, .batchAcknowledgement,
                .batchAcknowledgement, .batchAcknowledgement,
            ])
        let receipts = claims.units.compactMap { unit in
            if case .batchAcknowledgement(let receipt) = unit.content { receipt } else { nil }
        }
        #expect(receipts.map(\.provider) == [nil, "1234567893", "1987654326"])
        #expect(receipts.map(\.claims) == [3, 2, 1])
        let ta1 = try TakenIn(IntakeInputs.answers[.ta1] ?? [])
        guard case .interchangeAcknowledgement(let reading) = ta1.units.first?.content else {
            Issue.record("no TA1")
            return
        }
        #expect(reading.controlNumber == "000000007" && !reading.isRejection)
        #expect(ta1.units[0].identity.number == "000000007")
    }

    @Test func aUnitThatIsTooLongIsPassedOver() throws {
        var limits = X12Limits()
        limits.maximumUnitBytes = 6000
        var long = World.claim("C-2", charge: "100")
        long.lines = (1...40).map {
            ClaimLine(number: $0, procedure: "99213", charge: Money("2.5")!, from: World.day)
        }
        let bytes = ClaimMapping.form(
            [World.claim("C-1"), long, World.claim("C-3")],
            submitter: .init(name: "Larkfield", id: "LARK", contact: "Rita", phone: "2175550101"),
            receiver: (name: "Clearing House", id: "CH01"), reference: "B1", in: World.heading
        ).bytes
        let taken = try TakenIn(bytes, limits: limits)
        #expect(taken.claims.map(\.controlNumber) == ["C-1", "C-3"])
        guard case .tooLong = taken.units[1].content else {
            Issue.record("the long claim was taken")
            return
        }
        #expect(taken.units[1].issues.map(\.code) == ["mapping.unit-too-long"])
        #expect(taken.units[1].issues[0].location.byte == taken.units[1].range.lowerBound)
        // Where not even its first segment is kept, it is said all the same.
        limits.maximumUnitBytes = 300
        let nothing = try TakenIn(bytes, limits: limits)
        #expect(nothing.units.count == 3 && nothing.claims.isEmpty)
        #expect(nothing.issues.map(\.code) == Array(repeating: "mapping.unit-too-long", count: 3))
    }

    @Test func moreSetsThanTheLimitAreRefused() throws {
        var limits = X12Limits()
        limits.maximumTransactions = 1
        let again = String(decoding: IntakeInputs.claims, as: UTF8.self).replacing("000000007", with: "000000008")
        let taken = try TakenIn(IntakeInputs.claims + Array(again.utf8), limits: limits)
        #expect(taken.claims.count == 3)
        #expect(taken.errors == ["x12.too-many-transactions"])
    }

    /// Pulling reads no further than it must, and a batch stops at its bytes.
    @Test func pullingReadsAWindowAhead() throws {
        let claims = (1...1500).map { World.claim("C-\($0)") }
        let bytes = ClaimMapping.form(
            claims, submitter: .init(name: "Larkfield", id: "LARK", contact: "Rita", phone: "2175550101"),
            receiver: (name: "Clearing House", id: "CH01"), reference: "B1", in: World.heading, snip: 0
        ).bytes
        let intake = X12Intake()
        var progress: [Int] = []
        let source = MeteredSource(MemorySource(bytes, step: 4096)) { progress.append($0) }
        let verdicts = try intake.check(source)
        #expect(progress.last == bytes.count && progress == progress.sorted())
        let stream = intake.units(MemorySource(bytes, step: 4096), verdicts: verdicts)
        #expect(try stream.next(limit: 5).units.count == 5)
        #expect(stream.bytesRead < bytes.count / 2)
        let small = try stream.next(limit: 1000, bytes: 1000)
        #expect((1..<20).contains(small.units.count))
        #expect(try stream.next(limit: 5000, bytes: 1 << 30).units.count == 1500 - 5 - small.units.count)
        #expect(try stream.next().isLast)
    }

    @Test func whatTheSourceThrowsIsThrown() throws {
        final class Broken: ByteSource {
            func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                throw X12ReadError(operation: .read, errno: 5)
            }
        }
        #expect(throws: X12ReadError.self) { try X12Intake().check(Broken()) }
        let verdicts = X12Verdicts(summary: X12Summary(), acceptedSets: [], acceptedInterchanges: [])
        #expect(throws: X12ReadError.self) { try X12Intake().units(Broken(), verdicts: verdicts).next() }
    }
}
