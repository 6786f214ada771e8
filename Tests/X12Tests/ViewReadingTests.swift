import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// ``X12UnitReader``: what becomes a unit, what is kept, and what happens to input that is broken.
@Suite struct ViewReadingTests {
    @Test func unitsMayBeKeptWhileTheReaderGoesOn() throws {
        // The reader uses a store again unless somebody holds on to it: kept and unkept units must say the same.
        for (name, bytes) in try ViewSamples.all() {
            var told: [String] = []
            var kept: [TypedUnit] = []
            try X12UnitReader(MemorySource(bytes)).forEach(TypedUnit.self) { told.append($0.json.text) }
            try X12UnitReader(MemorySource(bytes)).forEach(TypedUnit.self) { kept.append($0) }
            #expect(kept.map(\.json.text) == told, "\(name)")
            var odd: [TypedUnit] = []
            try X12UnitReader(MemorySource(bytes)).forEach(TypedUnit.self) { unit in
                if odd.count < kept.count / 2 { odd.append(unit) }
            }
            #expect(odd.map(\.json.text) == Array(told.prefix(kept.count / 2)), "\(name)")
        }
    }

    @Test func unitsAreTheSameHoweverTheBytesCome() throws {
        for (name, bytes) in try ViewSamples.all() where name.hasSuffix("accepted-1") {
            let whole = try ViewSamples.units(TypedUnit.self, of: bytes).map(\.json)
            #expect(!whole.isEmpty || name.hasPrefix("999"), "\(name)")
            for step in [1, 7, 100] {
                var pieces: [JSON] = []
                try X12UnitReader(MemorySource(bytes, step: step)).forEach(TypedUnit.self) { pieces.append($0.json) }
                #expect(pieces == whole, "\(name) by \(step)")
            }
        }
    }

    @Test func everyUnitSaysWhereItBegins() throws {
        for (name, bytes) in try ViewSamples.all() where name.contains("accepted") {
            for unit in try ViewSamples.units(TypedUnit.self, of: bytes) {
                let byte = try #require(unit.json["byte"]?.integer)
                let position = try #require(unit.json["position"]?.integer)
                let first = String(decoding: bytes[byte..<byte + 3], as: UTF8.self)
                // It is as many segments behind its ST.
                let start = try #require(Self.places(of: "ST*", in: bytes).last { $0 <= byte })
                let between = bytes[start..<byte].count { $0 == UInt8(ascii: "~") }
                #expect(position == between + 1 || name.hasPrefix("275"), "\(name) \(first) \(position)")
            }
        }
    }

    private static func places(of text: String, in bytes: [UInt8]) -> [Int] {
        let wanted = Array(text.utf8)
        return bytes.indices.filter { ($0 == 0 || bytes[$0 - 1] == 0x0a) && bytes[$0...].starts(with: wanted) }
    }

    @Test func oneViewPassesOverSetsOfOtherKinds() throws {
        let bytes = try ViewSamples.bytes("835/accepted-1") + ViewSamples.bytes("837P/accepted-4")
        var claims: [String] = []
        let passage = try X12UnitReader(MemorySource(bytes)).read(Claim837.self) { claims.append($0.controlNumber) }
        #expect(claims == ["CW-3001", "CW-3002", "CW-1001"])
        #expect(passage.interchanges == 2 && passage.skippedSets == 1)
    }

    @Test func aSetWithoutAGuideIsCountedAndTheNextIsRead() throws {
        let unknown = try ViewSamples.replacing("837P/accepted-4", "ST*837*0001*005010X222A1", "ST*837*0001*009999X999")
        var claims: [String] = []
        let skipped = try X12UnitReader(MemorySource(unknown)).forEach(Claim837.self) {
            claims.append($0.controlNumber)
        }
        #expect(skipped == 1 && claims == ["CW-1001"])
        let nameless = try Samples.replacing(
            try ViewSamples.replacing("837P/accepted-1", "ST*837*0001*005010X222A1", "ST*837*0001"),
            "*X*005010X222A1", "*X*")
        #expect(try ViewSamples.units(Claim837.self, of: nameless).isEmpty)
    }

    @Test func whatIsNoInterchangeIsNoUnit() throws {
        for text in ["", "ISA", "hello", "ST*837*0001*005010X222A1~CLM*1*2~SE*3*0001~"] {
            let passage = try X12UnitReader(MemorySource(Array(text.utf8))).read(TypedUnit.self) { _ in
                Issue.record("a unit")
            }
            #expect(passage.interchanges == 0 && passage.skippedSets == 0)
        }
    }

    @Test func aFileThatEndsEarlyGivesWhatIsThere() throws {
        let bytes = try ViewSamples.bytes("835/accepted-1")
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.firstRange(of: "CAS*PR*3*10"))
        let cut = Array(text[..<end.upperBound].utf8)
        let units = try ViewSamples.units(RemittanceUnit835.self, of: cut)
        #expect(units.count == 2)
        guard case .claim(let claim)? = units.first, case .payment(let payment)? = units.last else {
            Issue.record("a claim and the payment")
            return
        }
        #expect(claim.lines.map(\.paid) == [money("120"), money("100")])
        #expect(claim.lines[1].adjustments.map(\.words) == ["CO-45 20.00", "PR-3 10.00"])
        #expect(payment.payment.amount == money("1180") && payment.providerAdjustments.isEmpty)
        // A cut anywhere never brings a unit that the whole has not.
        let most = try ViewSamples.units(RemittedClaim835.self, of: bytes).count
        for length in stride(from: 0, to: bytes.count, by: 11) {
            #expect(try ViewSamples.units(RemittedClaim835.self, of: Array(bytes[..<length])).count <= most)
        }
    }

    @Test func segmentsThatAreShortHaveEmptyElements() throws {
        var text = try ViewSamples.text("835/accepted-1")
        for (old, new) in [
            ("CLP*CW-1001*1*410*280*40*12*MHP26031001*11*1", "CLP"), ("SVC*HC:99214:25*180*120**1", "SVC*"),
            ("CAS*CO*45*30~", "CAS*CO*45~"), ("CAS*PR*1*10**2*20", "CAS"),
            ("NM1*QC*1*ASHBY*NORA*L***MI*MHP5550001", "NM1*QC"),
            ("BPR*I*1180*C*ACH*CCP*01*123456780*DA*555001*1931234567**01*123456780*DA*777002*20260312", "BPR*I"),
        ] {
            try #require(text.contains(old))
            text = text.replacing(old, with: new)
        }
        let claim = try #require(try ViewSamples.units(RemittedClaim835.self, of: Array(text.utf8)).first)
        #expect(claim.controlNumber.isEmpty && claim.charge == nil && claim.json["charge"] == nil)
        #expect(claim.payment.amount == nil && claim.payment.date == nil && claim.patient?.name.isEmpty == true)
        #expect(claim.lines[0].procedure == nil && claim.lines[0].charge == nil)
        #expect(claim.lines[0].adjustments.map(\.words) == ["CO-45 ?"])
    }

    @Test func aUnitThatIsTooLongIsCutAndSaysSo() throws {
        let lines = String(repeating: "SVC*HC:99213*1*1~\n", count: 5000)
        let bytes = try ViewSamples.replacing("835/accepted-1", "SVC*HC:J3490*100*60**1~\n", lines)
        var limits = X12Limits.standard
        limits.maximumUnitBytes = 64 << 10
        var claims: [RemittedClaim835] = []
        try X12UnitReader(MemorySource(bytes), limits: limits).forEach(RemittedClaim835.self) { claims.append($0) }
        #expect(claims.map(\.controlNumber) == ["CW-1001", "CW-1002", "CW-0990", "CW-0991"])
        #expect(claims.map(\.unit.isCut) == [true, false, false, false])
        #expect((100..<2000).contains(claims[0].lines.count) && claims[1].lines.count == 2)
        #expect(claims[0].json["cut"] == true && claims[1].json["cut"] == nil)
        #expect(claims[0].lines.allSatisfy { $0.charge != nil })
        // Where what is around the units has no room itself, they are counted.
        limits.maximumUnitBytes = 300
        var found: [String] = []
        let passage = try X12UnitReader(MemorySource(bytes), limits: limits).read(RemittanceUnit835.self) { unit in
            if case .claim(let claim) = unit { found.append(claim.controlNumber) }
        }
        #expect(found.isEmpty && passage.cutUnits == 5)
    }

    @Test func whatHasNoPlaceInTheGuideStaysWithItsUnit() throws {
        let bytes = try ViewSamples.replacing("837P/accepted-1", "LX*2~", "ZZZ*KEPT*HERE~\nLX*2~")
        let claim = try #require(try ViewSamples.units(Claim837.self, of: bytes).first)
        #expect(claim.lines.map(\.procedure) == ["99214", "J1100", "J3490"])
        #expect(claim.lines[0].segments.map(\.id) == ["LX", "SV1", "DTP", "REF", "ZZZ"])
        #expect(claim.json["lines"]?[0]?["further_segments"] == [["ZZZ", "KEPT", "HERE"]])
    }

    @Test func delimitersAreThoseOfTheInterchange() throws {
        var text = try ViewSamples.text("271/accepted-2")
        for (old, new) in [("~", "!"), ("*", "|"), (":", ">"), ("^", "%")] { text = text.replacing(old, with: new) }
        let original = try #require(try ViewSamples.units(EligibilityResponse271.self, "271/accepted-2").first)
        let other = try #require(try ViewSamples.units(EligibilityResponse271.self, of: Array(text.utf8)).first)
        #expect(other.json == original.json)
    }

    /// Bytes changed, taken out and put in at random, and every member of every view asked for.
    @Test(arguments: 0..<8)
    func noInputBreaksAView(seed: Int) throws {
        var random = Dice(seed: UInt64(seed) &+ 1)
        for (_, bytes) in try ViewSamples.all() {
            var broken = bytes
            for _ in 0..<12 where broken.count > 120 {
                let place = random.below(broken.count)
                switch random.below(5) {
                case 0: broken[place] = UInt8(random.below(256))
                case 1: broken.remove(at: place)
                case 2: broken.insert([0x7e, 0x2a, 0x3a, 0x5e, 0x0a][random.below(5)], at: place)
                case 3: broken.removeSubrange(place..<min(place + random.below(90), broken.count))
                default:
                    let piece = broken[place..<min(place + random.below(160), broken.count)]
                    broken.insert(contentsOf: piece, at: random.below(broken.count))
                }
            }
            var kept: [TypedUnit] = []
            try X12UnitReader(MemorySource(broken)).forEach(TypedUnit.self) { unit in
                let byte = unit.json["byte"]?.integer ?? -1
                #expect(broken.indices.contains(byte))
                if random.below(2) == 0 { kept.append(unit) }
            }
            for unit in kept { #expect(try JSON(parsing: unit.json.text) == unit.json) }
        }
    }

    private struct Dice {
        var state: UInt64

        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

        mutating func below(_ limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return limit > 0 ? Int(state % UInt64(limit)) : 0
        }
    }
}
