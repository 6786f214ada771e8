public import HealthTypes

/// An external code set that guides name after `@`.
///
/// Each has a form, which is always checked; some have a table, which is checked where ``CodeTables`` has it.
public enum CodeSet: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case none, pos, state, country, currency, icd10cm, icd10pcs, icd9cm, hcpcs, cdt, ndc, revenue, taxonomy, npi, ein
    case ssn, carc, rarc, zip, claimStatusCategory, claimStatus, billType, stc, drg, hicl, language

    /// As guides write it.
    public init?(name: some StringProtocol) {
        guard let place = Self.names.firstIndex(where: { $0 == name }), place > 0 else { return nil }
        self.init(rawValue: UInt8(place))
    }

    public var name: String { Self.names[Int(rawValue)] }

    /// In the order of the cases: made of words, as asking the runtime for a case's own takes its time.
    private static let names = [
        "none", "pos", "state", "country", "currency", "icd10cm", "icd10pcs", "icd9cm", "hcpcs", "cdt", "ndc",
        "revenue",
        "taxonomy", "npi", "ein", "ssn", "carc", "rarc", "zip", "claim-status-category", "claim-status", "bill-type",
        "stc", "drg", "hicl", "language",
    ]
}

/// The codes of one set, with the days on which each is in force where they are known: a table of numbers.
public struct CodeTable: Sendable {
    private struct Period {
        var from: Int32 = .min
        var to: Int32 = .max
    }

    /// Open addressing; zero is an empty slot.
    private var keys: [UInt64]
    /// Empty until a code comes with a period.
    private var periods: [Period] = []
    public private(set) var count = 0
    /// A selection does not have every code of its set: a code that is not in it is then a warning.
    public let isSelection: Bool
    /// The days of which the table knows all codes.
    private let known: ClosedRange<Int32>?

    /// Room for so many codes; it grows where there are more.
    ///
    /// `knownFrom` and `knownThrough` bound the days of which the table knows all codes; a code that it does not have is
    /// then an error on those days, and a warning on others.
    public init(
        minimumCapacity: Int = 64, isSelection: Bool = false, knownFrom: CalendarDate? = nil,
        knownThrough: CalendarDate? = nil
    ) {
        self.isSelection = isSelection
        if knownFrom == nil, knownThrough == nil {
            known = nil
        } else {
            let from = knownFrom.map { Int32($0.dayNumber) } ?? .min
            known = from...max(from, knownThrough.map { Int32($0.dayNumber) } ?? .max)
        }
        var size = 128
        while size * 3 < minimumCapacity * 4 { size *= 2 }
        keys = [UInt64](repeating: 0, count: size)
    }

    /// Adds a code of one to eight bytes; others are left out and answer "unknown". A day that is nil has no end.
    public mutating func insert(_ code: some StringProtocol, from: CalendarDate? = nil, through: CalendarDate? = nil) {
        let key = code.packedCode
        guard key != 0, key != .max else { return }
        if count * 4 >= keys.count * 3 { grow() }
        var period: Period?
        if from != nil || through != nil {
            period = Period(
                from: from.map { Int32($0.dayNumber) } ?? .min, to: through.map { Int32($0.dayNumber) } ?? .max)
            if periods.isEmpty { periods = [Period](repeating: Period(), count: keys.count) }
        }
        put(key, period)
    }

    private mutating func put(_ key: UInt64, _ period: Period?) {
        var place = slot(key)
        while keys[place] != 0, keys[place] != key { place = (place + 1) & (keys.count - 1) }
        if keys[place] == 0 { count += 1 }
        keys[place] = key
        if let period { periods[place] = period }
    }

    private mutating func grow() {
        let (oldKeys, oldPeriods) = (keys, periods)
        keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
        if !oldPeriods.isEmpty { periods = [Period](repeating: Period(), count: keys.count) }
        count = 0
        for (place, key) in oldKeys.enumerated() where key != 0 {
            put(key, oldPeriods.isEmpty ? nil : oldPeriods[place])
        }
    }

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (keys.count - 1)
    }

    enum Answer {
        case unknown
        /// Not here, and the table does not claim to have every code of the day.
        case notHere
        case notInForce, inForce
    }

    func look(up key: UInt64, on day: Int32?) -> Answer {
        var place = slot(key)
        while keys[place] != 0 {
            if keys[place] == key {
                guard let day, !periods.isEmpty else { return .inForce }
                return day >= periods[place].from && day <= periods[place].to ? .inForce : .notInForce
            }
            place = (place + 1) & (keys.count - 1)
        }
        if isSelection { return .notHere }
        guard let known else { return .unknown }
        return day.map(known.contains) ?? false ? .unknown : .notHere
    }
}

/// The tables of code sets that a checker has; a set without a table is checked by its form alone.
public struct CodeTables: Sendable {
    /// One for each set; of meaning where the set's bit is in `present`.
    private var tables: [CodeTable]
    private var present: UInt64 = 0

    public init() {
        tables = [CodeTable](repeating: CodeTable(), count: CodeSet.allCases.count)
    }

    public subscript(set: CodeSet) -> CodeTable? {
        get { has(set) ? tables[Int(set.rawValue)] : nil }
        set {
            tables[Int(set.rawValue)] = newValue ?? CodeTable()
            let bit: UInt64 = 1 << UInt64(set.rawValue)
            present = newValue == nil ? present & ~bit : present | bit
        }
    }

    private func has(_ set: CodeSet) -> Bool { present >> UInt64(set.rawValue) & 1 != 0 }

    /// Nil where there is no table of the set. A table is looked at in its place, as a copy would have to be counted.
    @inline(__always)
    func look(up key: UInt64, in set: CodeSet, on day: Int32? = nil) -> CodeTable.Answer? {
        has(set) ? tables[Int(set.rawValue)].look(up: key, on: day) : nil
    }
}
