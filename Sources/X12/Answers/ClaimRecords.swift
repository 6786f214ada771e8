import HealthTypes

/// What is kept of a claim set between reading it and answering it; each record is written and read by one function.
protocol SpooledRecord {
    static var kind: UInt8 { get }
    /// How many bytes at its front are numbers, which may be written anew when they are known.
    static var fixedCount: Int { get }
    init()
    mutating func code(_ coder: inout RecordCoder)
}

extension SpooledRecord {
    /// Its kind, its length in four bytes, and what it holds.
    var encoded: [UInt8] {
        var copy = self
        var coder = RecordCoder()
        copy.code(&coder)
        let count = UInt32(coder.bytes.count)
        return [Self.kind] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + coder.bytes
    }

    /// The numbers at its front, which stand behind its kind and length.
    var encodedFront: [UInt8] { Array(encoded[5..<5 + Self.fixedCount]) }

    init(decoding bytes: ArraySlice<UInt8>) {
        self.init()
        var coder = RecordCoder(reading: bytes)
        code(&coder)
    }
}

/// Writes the members of a record one after the other, or reads them in the same order.
struct RecordCoder {
    private(set) var bytes: [UInt8] = []
    private let source: ArraySlice<UInt8>?
    private var at = 0

    init() { source = nil }

    init(reading source: ArraySlice<UInt8>) {
        self.source = source
        at = source.startIndex
    }

    mutating func code(_ number: inout Int64) {
        if let source {
            number = source[at..<at + 8].withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
            at += 8
        } else {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    mutating func code(_ number: inout Int) {
        var wide = Int64(number)
        code(&wide)
        number = Int(wide)
    }

    mutating func code(_ flag: inout Bool) {
        var number = flag ? 1 : 0
        code(&number)
        flag = number != 0
    }

    mutating func code(_ text: inout [UInt8]) {
        var count = text.count
        code(&count)
        if let source {
            text = Array(source[at..<at + count])
            at += count
        } else {
            bytes += text
        }
    }

    /// Always three, so that they may be written anew in their place.
    mutating func code(_ statuses: inout [AnswerStatus]) {
        var read: [AnswerStatus] = []
        for index in 0..<3 {
            var number = 0
            if index < statuses.count {
                let status = statuses[index]
                number = Int(status.category) << 24 | Int(status.code) << 8 | Int(status.entity.rawValue)
            }
            code(&number)
            guard source != nil, number != 0 else { continue }
            read.append(
                AnswerStatus(
                    category: UInt8(number >> 24), code: UInt16(number >> 8 & 0xffff),
                    entity: AnswerStatus.Entity(rawValue: UInt8(number & 0xff)) ?? .none))
        }
        if source != nil { statuses = read }
    }
}

/// The name of a party as NM1 says it.
struct SpooledParty {
    var isPerson = false
    var last: [UInt8] = []
    var first: [UInt8] = []
    var middle: [UInt8] = []
    var suffix: [UInt8] = []
    var qualifier: [UInt8] = []
    var identifier: [UInt8] = []

    init() {}

    init(_ slice: SegmentSlice) {
        isPerson = slice.has(2, "1")
        last = EchoedText.cleaned(slice[3], 60)
        first = EchoedText.cleaned(slice[4], 35)
        middle = EchoedText.cleaned(slice[5], 25)
        suffix = EchoedText.cleaned(slice[7], 10)
        qualifier = EchoedText.cleaned(slice[8], 2)
        identifier = EchoedText.cleaned(slice[9], 80)
    }

    var isEmpty: Bool { last.isEmpty && identifier.isEmpty }

    mutating func code(_ coder: inout RecordCoder) {
        coder.code(&isPerson)
        coder.code(&last)
        coder.code(&first)
        coder.code(&middle)
        coder.code(&suffix)
        coder.code(&qualifier)
        coder.code(&identifier)
    }
}

/// How many claims, and their charges together; past eighteen digits a sum stands still.
struct ClaimTotal {
    var claims = 0
    var cents: Int64 = 0

    mutating func add(_ charge: Int64) {
        claims += 1
        cents = min(max(cents + charge, -Self.limit), Self.limit)
    }

    private static let limit: Int64 = 999_999_999_999_999_999

    mutating func code(_ coder: inout RecordCoder) {
        coder.code(&claims)
        coder.code(&cents)
    }
}

struct SetRecord: SpooledRecord {
    static let kind = UInt8(ascii: "S")
    static let fixedCount = 56
    var group = 0
    var isRefused = false
    var total = ClaimTotal()
    var statuses: [AnswerStatus] = []
    /// BHT03, or ST02 where there is none.
    var batch: [UInt8] = []
    var submitter = SpooledParty()
    var receiver = SpooledParty()

    mutating func code(_ coder: inout RecordCoder) {
        coder.code(&group)
        coder.code(&isRefused)
        total.code(&coder)
        coder.code(&statuses)
        coder.code(&batch)
        submitter.code(&coder)
        receiver.code(&coder)
    }
}

struct ProviderRecord: SpooledRecord {
    static let kind = UInt8(ascii: "P")
    static let fixedCount = 40
    var total = ClaimTotal()
    var statuses: [AnswerStatus] = []
    var party = SpooledParty()
    /// REF*EI or REF*SY.
    var taxNumber: [UInt8] = []

    mutating func code(_ coder: inout RecordCoder) {
        total.code(&coder)
        coder.code(&statuses)
        party.code(&coder)
        coder.code(&taxNumber)
    }
}

struct PatientRecord: SpooledRecord {
    static let kind = UInt8(ascii: "Q")
    static let fixedCount = 24
    var statuses: [AnswerStatus] = []
    var party = SpooledParty()

    mutating func code(_ coder: inout RecordCoder) {
        coder.code(&statuses)
        party.code(&coder)
    }
}

/// Days as numbers such as 20260301; zero where none is known.
struct SpooledPeriod {
    var from = 0
    var to = 0

    var isKnown: Bool { from != 0 }

    /// The value of a DTP, where it is a day or a range of days.
    init?(_ slice: SegmentSlice) {
        let value = slice[3]
        func day(_ start: Int) -> Int? {
            let bytes = UnsafeBufferPointer(rebasing: value[start..<start + 8])
            guard Digits.day(bytes) != nil, let number = Digits.number(bytes), number >= 18_000_101 else { return nil }
            return Int(number)
        }
        if slice.has(2, "D8"), value.count == 8, let only = day(0) {
            from = only
            to = only
        } else if slice.has(2, "RD8"), value.count == 17, value[8] == UInt8(ascii: "-"), let first = day(0),
            let last = day(9)
        {
            from = min(first, last)
            to = max(first, last)
        } else {
            return nil
        }
    }

    init() {}

    mutating func widen(_ other: SpooledPeriod) {
        from = isKnown ? min(from, other.from) : other.from
        to = max(to, other.to)
    }

    mutating func code(_ coder: inout RecordCoder) {
        coder.code(&from)
        coder.code(&to)
    }
}

struct ClaimRecord: SpooledRecord {
    static let kind = UInt8(ascii: "C")
    static let fixedCount = 24
    var statuses: [AnswerStatus] = []
    var number: [UInt8] = []
    var cents: Int64 = 0
    var period = SpooledPeriod()
    /// REF*D9.
    var trace: [UInt8] = []
    var billType: [UInt8] = []

    mutating func code(_ coder: inout RecordCoder) {
        coder.code(&statuses)
        coder.code(&number)
        coder.code(&cents)
        period.code(&coder)
        coder.code(&trace)
        coder.code(&billType)
    }
}

/// A line with an error of its own.
struct LineRecord: SpooledRecord {
    static let kind = UInt8(ascii: "L")
    static let fixedCount = 24
    var statuses: [AnswerStatus] = []
    /// LX01, and REF*6R where the sender numbers the line so.
    var counter: [UInt8] = []
    var number: [UInt8] = []
    var qualifier: [UInt8] = []
    var procedure: [UInt8] = []
    var modifiers: [[UInt8]] = [[], [], [], []]
    var revenue: [UInt8] = []
    var cents: Int64 = 0
    var period = SpooledPeriod()

    mutating func code(_ coder: inout RecordCoder) {
        coder.code(&statuses)
        coder.code(&counter)
        coder.code(&number)
        coder.code(&qualifier)
        coder.code(&procedure)
        for index in modifiers.indices { coder.code(&modifiers[index]) }
        coder.code(&revenue)
        coder.code(&cents)
        period.code(&coder)
    }
}
