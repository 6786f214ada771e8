/// The parts of a ``KnowledgeImage``: fixed-width records whose fields are little-endian and naturally aligned.
enum ImageSection: UInt32, CaseIterable {
    /// UTF-8, without terminators; every text of the image is a span of it.
    case pool = 1
    /// The version, the digest of the folder, and the tables that were not read.
    case meta
    /// The cells of the tables as they were read; see ``RowRecord``.
    case rows, cells
    case treatments, statements, terms
    case keys, numbers
    case codes, pairs, edges
    case treatmentCodes, drugNames, serviceNames
    case patterns, classes
}

/// A text: where it begins in the pool and how many bytes it has.
struct TextSpan: Hashable {
    var start: UInt32 = 0
    var count: UInt32 = 0
}

/// Consecutive records of another section.
struct Span: Hashable {
    var start: UInt32 = 0
    var count: UInt32 = 0

    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// A row of a table: the table's place in ``KnowledgeTable/all``, the file and line, and where its cells begin.
struct RowRecord {
    var table: UInt32 = 0
    var line: UInt32 = 0
    var file = TextSpan()
    var firstCell: UInt32 = 0
    var cellCount: UInt32 = 0
}

struct TreatmentRecord {
    /// Fits every diagnosis.
    static let general: UInt32 = 1
    /// Some condition asks for its route or dose.
    static let needsFacts: UInt32 = 2

    var id = TextSpan()
    var name = TextSpan()
    /// 0 for a drug, else one more than the service's kind in `Service.Kind.allCases`.
    var kind: UInt32 = 0
    /// A sum of the masks below.
    var flags: UInt32 = 0
    /// The strongest statement of support, plus one; 0 for none.
    var principal: UInt32 = 0
    /// Its row among the drugs or among the services.
    var row: UInt32 = 0
    /// Statements against it whatever the diagnosis, statements on what must come first, services inside it: numbers.
    var againstAny = Span()
    var requirements = Span()
    var members = Span()
    /// Patterns of its billing: numbers.
    var patterns = Span()
    /// Micrograms a day; −1 where no maximum is known.
    var maximum: Int64 = -1
    var maximumBasis = TextSpan()
    var maximumReference = TextSpan()
}

struct StatementRecord {
    var sentence = TextSpan()
    var reference = TextSpan()
    var condition = TextSpan()
    var subjectID = TextSpan()
    var subjectName = TextSpan()
    /// The ATC group of a subject that is a class.
    var subjectPrefix = TextSpan()
    var object = TextSpan()
    var terms = Span()
    var relation: UInt32 = 0
    /// The treatment that must come first, plus one.
    var required: UInt32 = 0
}

/// One term of a condition.
struct TermRecord {
    enum Kind: UInt32 {
        case age, sex, pregnancy, diagnosis, filtrationBelow, chart, route, doseAbove
    }

    var kind: UInt32 = 0
    var isNegated: UInt32 = 0
    /// The comparison's place in `Condition.Comparison.allCases`.
    var comparison: UInt32 = 0
    var argument: Int32 = 0
    /// Sorted keys of a set of diagnoses.
    var keys = Span()
}

/// A slot of the table from diagnosis keys to numbers; a key of zero is an empty slot.
struct CodeSlot {
    static let forDrugs: UInt32 = 1
    static let forServices: UInt32 = 2

    var key: UInt64 = 0
    var number: UInt32 = 0
    /// For what kind of treatment a statement is known to fit the code.
    var flags: UInt32 = 0
}

/// A slot of the table from a treatment and a code to the edges between them; a count of zero is an empty slot.
struct PairSlot {
    var key: UInt64 = 0
    var edges = Span()

    static func key(treatment: Int, code: UInt32) -> UInt64 { UInt64(treatment) << 32 | UInt64(code) }
}

/// A statement as it reaches one treatment at one code.
struct EdgeRecord {
    enum Kind: UInt8 {
        /// Forbids; the next one lies at a finer code than the claim's.
        case against, againstBelow
        /// Its own statement, its class's or its panel's member's.
        case own
        /// Its own statement at a finer code than the claim's.
        case below
        /// The statement of a drug of the same class.
        case sibling
    }

    var statement: UInt32 = 0
    var kind: UInt8 = 0
    /// Hundredths.
    var score: UInt8 = 0
    /// The class that a sibling shares: its row.
    var via: UInt16 = 0
}

/// A slot of a table from texts to treatments; a value of zero is an empty slot, else the treatment plus one.
struct NameSlot {
    var text = TextSpan()
    var value: UInt32 = 0
    /// Milligrams that one billed unit stands for; 0 where the unit is no mass.
    var unitMilligrams: UInt32 = 0
}

struct ClassRecord {
    var name = TextSpan()
    var prefix = TextSpan()
}

struct PatternRecord {
    /// The one code that it is about; empty for all of the service's.
    var code = TextSpan()
    /// The pattern's place in `BillingPattern.Kind.allCases`.
    var kind: UInt32 = 0
    var value: UInt32 = 0
    /// The service, plus one; 0 where it is not there.
    var service: UInt32 = 0
    var reserved: UInt32 = 0
    var keys = Span()
    var note = TextSpan()
    var reference = TextSpan()
}

/// FNV-1a over 64 bits, with its upper half folded in: spreads texts and numbers over slots.
enum SlotHash {
    @inline(__always)
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash ^ hash >> 32
    }

    @inline(__always)
    static func of(_ number: UInt64) -> UInt64 {
        var hash = number &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 32
        return hash
    }
}
