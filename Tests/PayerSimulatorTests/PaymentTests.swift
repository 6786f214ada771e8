import Claims
import HealthTypes
import PayerSimulator
import Testing
import X12
import X12Units

/// Corrections, appeals and the sums of payments.
struct PaymentTests {
    typealias World = PayerWorld

    @Test func replacesAClaimByReversalAndCorrectionInOnePayment() throws {
        let world = try World()
        let first = try world.settle(World.claim("C1", lines: [World.line(1, "73562")]))
        var corrected = World.claim("C2", lines: [World.line(1, "73562", ["26"])])
        corrected.frequency = "7"
        corrected.originalReference = first[0].payerClaimNumber
        let cursor = try world.mail().last?.id ?? 0
        _ = try world.payer.handleX12(world.batch([corrected]), key: "2")
        world.later()
        let payments = try World.payments(try world.mail(after: cursor))
        try #require(payments.count == 1)
        #expect(payments[0].claims.map(\.status) == ["22", "1"])
        #expect(payments[0].claims[0].controlNumber == "C1")
        #expect(payments[0].claims[0].paid == -first[0].paid)
        #expect(payments[0].claims[0].payerClaimNumber == first[0].payerClaimNumber)
        // The correction pays less, so that the difference is carried forward and nothing is paid.
        let difference = payments[0].claims.map(\.paid).total()
        #expect(difference.isNegative)
        #expect(payments[0].total == .zero)
        #expect(payments[0].providerAdjustments.map(\.amount) == [difference])
        // The next payment takes it back under the same reference.
        let third = World.claim("C3", member: "MHP100000005", lines: [World.line(1, "99214")])
        _ = try world.payer.handleX12(world.batch([third]), key: "3")
        let before = try world.mail().last?.id ?? 0
        world.later()
        let next = try #require(try World.payments(try world.mail(after: before)).first)
        #expect(next.providerAdjustments.map(\.amount) == [-difference])
        #expect(next.providerAdjustments.map(\.reference) == payments[0].providerAdjustments.map(\.reference))
        #expect(next.total == next.claims[0].paid + difference)
    }

    @Test func voidsAClaim() throws {
        let world = try World()
        let first = try world.settle(World.claim("C1", lines: [World.line(1, "73562")]))
        var void = World.claim("C2", lines: [World.line(1, "73562")])
        void.frequency = "8"
        void.originalReference = first[0].payerClaimNumber
        #expect(try world.settle(void).map(\.status) == ["22"])
        // What was taken back no longer makes a duplicate.
        #expect(try world.settle(World.claim("C3", lines: [World.line(1, "73562")])).map(\.status) == ["1"])
    }

    @Test func paysOncePerPayerAndDay() throws {
        let world = try World()
        for (index, member) in ["MHP100000001", "MHP100000005"].enumerated() {
            let claim = World.claim("M\(index)", member: member, lines: [World.line(1, "99213")])
            _ = try world.payer.handleX12(world.batch([claim]), key: "M\(index)")
        }
        let other = World.claim("N1", payer: "NSTAR", member: "NS10000001A", lines: [World.line(1, "99213")])
        _ = try world.payer.handleX12(world.batch([other]), key: "N1")
        world.later()
        let payments = try World.payments(try world.mail())
        #expect(payments.map(\.payerID).sorted() == ["MERID", "NSTAR"])
        #expect(payments.map(\.claims.count).sorted() == [1, 2])
        #expect(Set(payments.map(\.trace)).count == 2)
    }

    // MARK: Appeals

    private func appeal(
        _ claim: ClaimRemittance, _ adjustment: String, _ letter: String, identifier: String = "AP1"
    ) throws -> JSON {
        try Canonical.json(
            Appeal(
                identifier: identifier, controlNumber: claim.controlNumber, payerID: claim.payerID,
                payerClaimNumber: claim.payerClaimNumber, level: 1, adjustment: adjustment, amount: claim.charge,
                letter: SupportingDocument(title: "Appeal", contentType: "text/plain", text: letter)))
    }

    private func deniedDrug(_ world: World) throws -> ClaimRemittance {
        try world.settle(World.claim("C1", diagnoses: ["K2970"], lines: [World.line(1, "J1160")]))[0]
    }

    @Test func paysWhatAnAppealProves() throws {
        let world = try World(seed: 7)
        let denied = try deniedDrug(world)
        let cursor = try world.mail().last?.id ?? 0
        let letter = try appeal(denied, "CO-50", "The patient has atrial fibrillation (I48.91).")
        #expect(try world.payer.appeal(letter, key: "1")["status"] == "received")
        world.later()
        let mail = try world.mail(after: cursor)
        #expect(mail.map(\.kind) == ["appeal-answer", "835"])
        let answer = try Canonical.decode(AppealAnswer.self, from: mail[0].bytes)
        #expect(answer.outcome == .overturned)
        let claims = try World.payments(mail).flatMap(\.claims)
        #expect(claims.map(\.status) == ["22", "1"])
        #expect(claims[1].paid == Money("5.46"))
    }

    @Test(arguments: [
        ("criterion conservative-therapy: met\ncriterion xray-first: met", AppealAnswer.Outcome.overturned),
        ("criterion conservative-therapy: met\ncriterion xray-first: unknown", .upheld),
        ("Authorization NA0000000000 was given.", .upheld),
    ])
    func asksAnAppealForTheCriteriaOfTheService(_ letter: String, _ outcome: AppealAnswer.Outcome) throws {
        let world = try World()
        let claim = World.claim(
            "C1", payer: "NSTAR", member: "NS10000001A", lines: [World.line(1, "73721", ["RT"], charge: "900")])
        let denied = try world.settle(claim)[0]
        #expect(denied.lines[0].adjustments.map(\.reason) == ["197"])
        let cursor = try world.mail().last?.id ?? 0
        _ = try world.payer.appeal(appeal(denied, "CO-197", letter), key: "1")
        world.later()
        let mail = try world.mail(after: cursor)
        #expect(try Canonical.decode(AppealAnswer.self, from: mail[0].bytes).outcome == outcome)
        let paid = try World.payments(mail).flatMap(\.claims).last?.paid ?? .zero
        #expect((paid > .zero) == (outcome == .overturned))
    }

    @Test func upholdsWhatAnAppealDoesNotProve() throws {
        let world = try World()
        let denied = try deniedDrug(world)
        let cursor = try world.mail().last?.id ?? 0
        _ = try world.payer.appeal(appeal(denied, "CO-50", "Please pay."), key: "1")
        _ = try world.payer.appeal(appeal(denied, "CO-97", "I48.91", identifier: "AP2"), key: "2")
        world.later()
        let answers = try world.mail(after: cursor).map { try Canonical.decode(AppealAnswer.self, from: $0.bytes) }
        #expect(answers.map(\.outcome) == [.upheld, .upheld])
        #expect(answers.map(\.reason) == ["193", "285"])
    }

    @Test func refusesALateAppealAndOneOfNothing() throws {
        let world = try World()
        let denied = try deniedDrug(world)
        world.later(days: 200)
        let cursor = try world.mail().last?.id ?? 0
        _ = try world.payer.appeal(appeal(denied, "CO-50", "I48.91"), key: "1")
        world.later()
        let mail = try world.mail(after: cursor)
        #expect(try Canonical.decode(AppealAnswer.self, from: mail[0].bytes).reason == "286")
        #expect(try world.payer.appeal(["identifier": "x"], key: "2")["reason"] == "unreadable")
        var other = denied
        other.controlNumber = "NONE"
        other.payerClaimNumber = nil
        #expect(try world.payer.appeal(appeal(other, "CO-50", ""), key: "3")["reason"] == "claim-unknown")
    }

    @Test func aSmallShareOfAppealsGoesTheOtherWay() throws {
        let world = try World()
        let denied = try deniedDrug(world)
        let cursor = try world.mail().last?.id ?? 0
        for index in 1...200 {
            _ = try world.payer.appeal(
                appeal(denied, "CO-50", "Please pay.", identifier: "S\(index)"), key: "S\(index)")
        }
        world.later()
        let answers = try world.mail(after: cursor).filter { $0.kind == "appeal-answer" }
            .map { try Canonical.decode(AppealAnswer.self, from: $0.bytes) }
        // Once one has gone the other way there is no such denial left to fight.
        #expect(answers.count { $0.outcome == .overturned } == 1)
        #expect(answers.count { $0.reason == "285" } > 0)
    }

    // MARK: Sums

    @Test func everyPaymentOfFiveHundredRandomClaimsBalances() throws {
        let world = try World()
        var random = SeededRandom(seed: 11)
        let covers = [
            ("MERID", "MHP100000001"), ("MERID", "MHP100000005"), ("MERID", "MHP100000002"), ("NSTAR", "NS10000001A"),
            ("CIVIC", "4100000001"), ("MEDB", "1EG4TE5MK73"), ("MERID", "MHP999999999"),
        ]
        let procedures = [
            "99213", "99214", "20610", "97110", "85025", "83036", "J1160", "J3301", "72148", "73562", "Z0001", "G0439",
        ]
        var known: [ClaimRemittance] = []
        var cursor = 0
        for batch in 0..<10 {
            let claims = (0..<50).map { index in
                let cover = random.pick(covers)
                let lines = (1...random.integer(in: 1..<5)).map { number in
                    World.line(
                        number, random.pick(procedures), random.chance(20) ? ["26"] : [],
                        charge: Money(cents: Int64(random.integer(in: 0..<90_000))).description,
                        units: String(random.integer(in: 1..<15)),
                        on: world.clock.now.date.adding(days: -random.integer(in: 0..<250)))
                }
                var claim = World.claim(
                    "X\(batch)-\(index)", payer: cover.0, member: cover.1,
                    born: cover.0 == "MEDB" ? "1950-04-05" : "1980-04-05", lines: lines)
                if let old = known.last(where: { $0.payerID == cover.0 && $0.memberID == cover.1 }), random.chance(30) {
                    claim.frequency = random.chance(80) ? "7" : "8"
                    claim.originalReference = old.payerClaimNumber
                }
                return claim
            }
            _ = try world.payer.handleX12(world.batch(claims, reference: "B\(batch)"), key: "B\(batch)")
            world.later(days: 20)
            let mail = try world.mail(after: cursor)
            cursor = mail.last?.id ?? cursor
            #expect(mail.allSatisfy { World.errors($0.bytes) == [] })
            let payments = try World.payments(mail)
            #expect(payments.allSatisfy { $0.isBalanced && !$0.total.isNegative })
            #expect(payments.flatMap(\.claims).flatMap(\.lines).flatMap(\.adjustments).allSatisfy { !$0.amount.isZero })
            known += payments.flatMap(\.claims).filter { !$0.isReversal }
        }
        #expect(known.count > 350)
        #expect(Set(known.compactMap(\.payerClaimNumber)).count == known.count)
        let reasons = Set(known.flatMap(\.lines).flatMap(\.adjustments).map { "\($0.group)-\($0.reason)" })
        #expect(
            reasons.isSuperset(of: ["CO-45", "CO-27", "CO-29", "CO-31", "CO-50", "CO-197", "PR-1", "PR-2", "PR-3"]))
    }
}
