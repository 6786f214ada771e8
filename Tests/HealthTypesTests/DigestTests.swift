import HealthTypes
import Testing

@Suite struct DigestTests {
    /// FIPS 180-4 and its examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func knownVectors(text: String, hex: String) {
        #expect(Digest(of: text).hex == hex)
        #expect(Digest(of: Array(text.utf8)) == Digest(hex: hex))
    }

    @Test(arguments: [
        "", "abc", String(repeating: "A", count: 64), String(repeating: "g", count: 64),
        String(repeating: "0", count: 63),
        String(repeating: "0", count: 65), String(repeating: "０", count: 21) + "0",
    ])
    func refusesWhatIsNoDigest(text: String) {
        #expect(Digest(hex: text) == nil)
    }

    @Test func travelsInJSON() throws {
        let digest = Digest(of: "x")
        #expect(try Canonical.decode([Digest].self, from: Canonical.encode([digest])) == [digest])
        #expect(throws: CanonicalFault(.wrongType)) { try Canonical.decode([Digest].self, from: Array(#"["x"]"#.utf8)) }
        #expect(digest.short.count == 12 && digest.hex.hasPrefix(digest.short))
    }
}

@Suite struct TokenizerTests {
    /// HMAC-SHA256 (RFC 2104) over kind, unit separator and value, cut to 80 bits.
    @Test func tokensAreFixedByTheKey() {
        let one = Tokenizer(key: Array("key".utf8))
        let other = Tokenizer(key: Array("other".utf8))
        #expect(one.token("member", "MHP000111222") == "member-092a239be58d90dc5451")
        #expect(other.token("member", "MHP000111222") == "member-3e5916dfcc0ef5de9d6d")
    }

    @Test func kindsAndValuesDoNotRunTogether() {
        let tokenizer = Tokenizer(key: [1, 2, 3])
        let tokens = [
            tokenizer.token("member", "1"), tokenizer.token("member", "2"), tokenizer.token("mem", "ber1"),
            tokenizer.token("claim", "1"), tokenizer.token("member", ""),
        ]
        #expect(Set(tokens).count == tokens.count)
        #expect(tokenizer.token("member", "MHP000111222").contains("MHP") == false)
    }
}

@Suite struct SeededRandomTests {
    /// The numbers of SplitMix64's own reference program.
    @Test func theNumbersAreFixed() {
        var zero = SeededRandom(seed: 0)
        let first = [zero.next(), zero.next(), zero.next()]
        #expect(first == [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f])
        var other = SeededRandom(seed: 1_234_567)
        let second = [other.next(), other.next()]
        #expect(second == [0x599e_d017_fb08_fc85, 0x2c73_f084_5854_0fa5])
    }

    @Test func choicesAreFixed() {
        var random = SeededRandom(seed: 7)
        let numbers = (0..<10).map { _ in random.integer(in: 0..<10) }
        #expect(numbers == [3, 0, 9, 5, 4, 2, 4, 3, 1, 4])
        var again = SeededRandom(seed: 7)
        let chances = (0..<10).map { _ in again.chance(40) }
        #expect(chances == [38, 1, 90, 58, 45, 24, 46, 32, 13, 41].map { $0 < 40 })
        var letters = SeededRandom(seed: 7)
        let picked = (0..<4).map { _ in letters.pick(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]) }
        #expect(picked == ["d", "a", "j", "f"])
    }

    @Test func streamsAreIndependent() {
        var visits = SeededRandom(seed: 42, stream: "visits")
        var payer = SeededRandom(seed: 42, stream: "payer")
        let visitNumbers = [visits.next(), visits.next()]
        #expect(visitNumbers == [0x398d_b056_f9a4_63ab, 0x2f6e_0cf7_bc9d_de3d])
        let payerNumbers = [payer.next(), payer.next()]
        #expect(payerNumbers == [0x3209_be76_dcf7_e5f5, 0x4dc9_d41d_3b8e_4ad8])
    }

    @Test func numbersStayInTheirRange() {
        var random = SeededRandom(seed: 5)
        let numbers = (0..<5000).map { _ in random.integer(in: -3..<4) }
        #expect(Set(numbers) == Set(-3..<4))
        let never = random.chance(0)
        let always = random.chance(100)
        #expect(!never && always)
    }
}

@Suite struct NPITests {
    @Test(arguments: ["1234567893", "1987654328", "1999999984"])
    func validIdentifiers(text: String) {
        #expect(NPI.isValid(text))
        #expect(NPI.completing(String(text.dropLast())) == text)
    }

    @Test(arguments: [
        "1234567890", "1234567894", "3234567893", "0234567893", "123456789", "12345678933", "123456789a", "",
        "１234567893",
        "1234 67893", "-234567893",
    ])
    func invalidIdentifiers(text: String) {
        #expect(!NPI.isValid(text))
    }

    /// A check digit finds every single wrong digit.
    @Test func everySingleWrongDigitIsFound() {
        let right = Array("1234567893".utf8)
        for position in 1..<10 {
            for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != right[position] {
                var wrong = right
                wrong[position] = digit
                #expect(!NPI.isValid(String(decoding: wrong, as: UTF8.self)))
            }
        }
    }
}
