public import HealthTypes
import X12

/// REF: a number and what kind of number it is.
public struct ReferenceNumber: Hashable, Sendable {
    /// REF01, such as `G1` for an authorization.
    public var qualifier: String
    /// REF02.
    public var value: String
    /// REF03.
    public var note: String

    init(_ segment: UnitSegment) {
        qualifier = segment[1]
        value = segment[2]
        note = segment[3]
    }
}

/// DTP or DTM: a day, a time or a period, and what happened then.
public struct DateEntry: Hashable, Sendable {
    /// DTP01 or DTM01, such as `472` for the service.
    public let qualifier: String
    /// `D8`, `RD8`, `DT`, `TM` and so on, as element 1250 names them; `D8` for a DTM of one day.
    public let format: String
    /// The day, or the first of a period; nil where there is none in it.
    public let from: CalendarDate?
    /// The last day; that of `from` where there is one day.
    public let through: CalendarDate?
    /// The value as it stands.
    public let text: String

    init(_ segment: UnitSegment) {
        qualifier = segment[1]
        let value: Int
        if segment.id == "DTM" {
            value = segment.isEmpty(6) ? 2 : 6
            format = value == 6 ? segment[5] : "D8"
        } else {
            value = 3
            format = segment[2]
        }
        text = segment[value]
        let hasDay = format.hasPrefix("D") || format == "RD8"
        from = hasDay ? segment.date(value) : nil
        through = format == "RD8" ? segment.lastDate(value) : from
    }
}

/// AMT: an amount and what it is for.
public struct AmountEntry: Hashable, Sendable {
    /// AMT01, such as `F5` for what the patient paid.
    public let qualifier: String
    /// AMT02; nil where it is no amount.
    public let amount: Money?
    /// The amount as it stands.
    public let text: String

    init(_ segment: UnitSegment) {
        qualifier = segment[1]
        amount = segment.money(2)
        text = segment[2]
    }
}

/// QTY: a quantity and what is counted.
public struct QuantityEntry: Hashable, Sendable {
    /// QTY01, such as `CA` for covered days.
    public let qualifier: String
    /// QTY02 as it stands.
    public let quantity: String

    init(_ segment: UnitSegment) {
        qualifier = segment[1]
        quantity = segment[2]
    }
}

/// One of up to six adjustments of a CAS: why a charge was not paid in full.
public struct Adjustment: Hashable, Sendable {
    /// CAS01: `CO`, `PR`, `OA`, `PI`, in older files also `CR`.
    public let group: String
    /// CAS02 and its neighbours: a claim adjustment reason code.
    public let reason: String
    /// What it takes away from the charge; below zero it adds. Nil where it is no amount.
    public let amount: Money?
    /// The amount as it stands.
    public let text: String
    /// CAS04 and its neighbours as they stand, mostly empty.
    public let quantity: String

    /// The adjustments of the segments, in order.
    static func all(_ segments: [UnitSegment]) -> [Adjustment] {
        segments.flatMap { segment in
            stride(from: 2, through: 17, by: 3).compactMap { element in
                guard (element...element + 2).contains(where: { !segment.isEmpty($0) }) else { return nil }
                return Adjustment(
                    group: segment[1], reason: segment[element], amount: segment.money(element + 1),
                    text: segment[element + 1], quantity: segment[element + 2])
            }
        }
    }
}

/// A procedure as a composite names it (C003): SV101, SVC01, EB13, SVD03 and others.
public struct ProcedureCode: Hashable, Sendable {
    /// Its first component, such as `HC` for HCPCS and CPT, `AD` for CDT, `NU` for a revenue code, `N4` for an NDC.
    public let qualifier: String
    public let code: String
    public let modifiers: [String]
    /// The words that go with a code for what has none of its own.
    public let note: String

    /// Nil where the element is empty.
    init?(_ segment: UnitSegment, _ element: Int) {
        guard !segment.isEmpty(element) else { return nil }
        qualifier = segment[element, 1]
        code = segment[element, 2]
        modifiers = (3...6).map { segment[element, $0] }.filter { !$0.isEmpty }
        note = segment[element, 7]
    }
}

/// TRN: the number by which an answer is brought to its question.
public struct Trace: Hashable, Sendable {
    /// TRN01: 1 for the sender's own number, 2 for the one that is answered.
    public let kind: String
    public let number: String
    /// TRN03 and TRN04: whose number it is.
    public let originator: String
    public let division: String

    init(_ segment: UnitSegment) {
        kind = segment[1]
        number = segment[2]
        originator = segment[3]
        division = segment[4]
    }
}

/// AAA: why a question was not answered.
public struct Rejection: Hashable, Sendable {
    /// The loop in which it stands, which says what was refused: 2100A the payer, 2100B the provider, 2100C the person.
    public let loop: String
    /// AAA01: `N` where the request itself was not valid, `Y` where it was and another thing stood against it.
    public let isRequestValid: Bool
    /// AAA03, such as `75` for a subscriber who was not found.
    public let reason: String
    /// AAA04: what may be done, such as `C` for correct and send again, or `N` for do not send again.
    public let followUp: String

    init(_ segment: UnitSegment) {
        loop = segment.loop
        isRequestValid = segment[1] == "Y"
        reason = segment[3]
        followUp = segment[4]
    }
}

/// PER: whom to ask, and how.
public struct Contact: Hashable, Sendable {
    /// PER01, such as `IC`.
    public let role: String
    public let name: String
    /// Each number with what it is: `TE` telephone, `EX` extension, `FX` fax, `EM` mail, `UR` an address of the web.
    public let numbers: [Number]

    public struct Number: Hashable, Sendable {
        public let qualifier: String
        public let number: String
    }

    init(_ segment: UnitSegment) {
        role = segment[1]
        name = segment[2]
        numbers = [3, 5, 7].compactMap {
            segment.isEmpty($0 + 1) ? nil : Number(qualifier: segment[$0], number: segment[$0 + 1])
        }
    }
}

extension UnitLoop {
    /// Its own REF, DTP and DTM, AMT, QTY, CAS, TRN, AAA, PER and MSG.
    public var references: [ReferenceNumber] { all("REF").map(ReferenceNumber.init) }
    public var dates: [DateEntry] {
        let loop = store.records[range.lowerBound].loop
        var found: [DateEntry] = []
        for index in range where store.records[index].loop == loop {
            let id = store.slice(index).packedID
            if id == SegmentID.dtp || id == SegmentID.dtm {
                found.append(DateEntry(UnitSegment(store: store, index: index)))
            }
        }
        return found
    }
    public var amounts: [AmountEntry] { all("AMT").map(AmountEntry.init) }
    public var quantities: [QuantityEntry] { all("QTY").map(QuantityEntry.init) }
    public var adjustments: [Adjustment] { Adjustment.all(all("CAS")) }
    public var traces: [Trace] { all("TRN").map(Trace.init) }
    public var rejections: [Rejection] { all("AAA").map(Rejection.init) }
    public var contacts: [Contact] { all("PER").map(Contact.init) }
    public var messages: [String] { all("MSG").map { $0[1] } }
}
