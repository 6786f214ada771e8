public import HealthTypes

/// A JSON value as its text, which views write without making a tree of it.
public struct ViewText: Sendable {
    var bytes: [UInt8]

    static func bool(_ value: Bool) -> ViewText { ViewText(bytes: Array((value ? "true" : "false").utf8)) }

    static func string(_ text: String) -> ViewText {
        var bytes: [UInt8] = []
        JSON.write(text, to: &bytes)
        return ViewText(bytes: bytes)
    }

    static func array(_ values: [ViewText]) -> ViewText {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.reduce(2) { $0 + $1.bytes.count + 1 })
        append(values, to: &bytes)
        return ViewText(bytes: bytes)
    }

    static func append(_ values: [ViewText], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: value.bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

/// The members of an object as their text, those without a value left out.
public struct ViewMembers: Sendable {
    /// Without the braces.
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 160) { bytes.reserveCapacity(capacity) }

    /// The object.
    var json: ViewText {
        var whole: [UInt8] = []
        whole.reserveCapacity(bytes.count + 2)
        whole.append(UInt8(ascii: "{"))
        whole.append(contentsOf: bytes)
        whole.append(UInt8(ascii: "}"))
        return ViewText(bytes: whole)
    }

    @inline(__always)
    private mutating func begin(_ name: StaticString) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func add(_ name: StaticString, _ text: String) {
        guard !text.isEmpty else { return }
        begin(name)
        JSON.write(text, to: &bytes)
    }

    /// A value that cannot be read is given as it stands rather than passed over.
    mutating func add(_ name: StaticString, _ amount: Money?, else text: String = "") {
        add(name, amount?.description ?? text)
    }

    mutating func add(_ name: StaticString, _ date: CalendarDate?, else text: String = "") {
        add(name, date?.description ?? text)
    }

    /// An element as an amount.
    mutating func add(_ name: StaticString, amount segment: UnitSegment?, _ element: Int) {
        guard let segment else { return }
        add(name, segment.money(element)?.description ?? segment[element])
    }

    /// An element as a day.
    mutating func add(_ name: StaticString, date segment: UnitSegment?, _ element: Int) {
        guard let segment else { return }
        add(name, segment.date(element)?.description ?? segment[element])
    }

    mutating func add(_ name: StaticString, _ value: ViewText?) {
        guard let value else { return }
        begin(name)
        bytes.append(contentsOf: value.bytes)
    }

    mutating func add(_ name: StaticString, _ number: Int) {
        begin(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func add(_ name: StaticString, _ values: [ViewText]) {
        guard !values.isEmpty else { return }
        begin(name)
        ViewText.append(values, to: &bytes)
    }

    mutating func add(_ name: StaticString, _ values: [String]) {
        guard !values.isEmpty else { return }
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSON.write(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

/// A unit that can be written as one JSON object.
public protocol JSONUnit: X12UnitView {
    /// Appends the object's text.
    func writeJSON(to output: inout [UInt8])
}

extension JSONUnit {
    /// The object as a value, to look at its members; who writes it has ``writeJSON(to:)``.
    public var json: JSON {
        var text: [UInt8] = []
        writeJSON(to: &text)
        return (try? JSON(parsing: text)) ?? .null
    }
}

/// A view that is written as one JSON object: member names stay the same, amounts and quantities are text, and what
/// is empty is left out.
public protocol JSONView: JSONUnit {
    /// The name under which it is written.
    static var viewName: String { get }
    /// All of its segments.
    var unit: X12Unit { get }
    /// What it says, without where it came from.
    var members: ViewMembers { get }
}

extension JSONView {
    /// Appends the object: `view`, then where the unit stands (`set`, `guide`, `transaction`, which is ST02, `position` and
    /// `byte` of its first segment, and `cut` where segments are missing), then its own members.
    public func writeJSON(to output: inout [UInt8]) {
        var place = ViewMembers()
        place.add("view", Self.viewName)
        place.add("set", unit.set)
        place.add("guide", unit.guideID)
        place.add("transaction", unit.setControlNumber)
        place.add("position", unit.position)
        place.add("byte", unit.byteOffset)
        if unit.isCut { place.add("cut", .bool(true)) }
        output.append(UInt8(ascii: "{"))
        output.append(contentsOf: place.bytes)
        let own = members
        if !own.bytes.isEmpty {
            output.append(UInt8(ascii: ","))
            output.append(contentsOf: own.bytes)
        }
        output.append(UInt8(ascii: "}"))
    }
}

extension ReferenceNumber {
    var json: ViewText {
        var members = ViewMembers()
        members.add("qualifier", qualifier)
        members.add("value", value)
        members.add("note", note)
        return members.json
    }
}

extension DateEntry {
    var json: ViewText {
        var members = ViewMembers()
        members.add("qualifier", qualifier)
        switch format {
        case "D8" where from != nil: members.add("date", from)
        case "RD8" where from != nil && through != nil:
            members.add("from", from)
            members.add("through", through)
        default:
            members.add("format", format)
            members.add("text", text)
        }
        return members.json
    }
}

extension AmountEntry {
    var json: ViewText {
        var members = ViewMembers()
        members.add("qualifier", qualifier)
        members.add("amount", amount, else: text)
        return members.json
    }
}

extension QuantityEntry {
    var json: ViewText {
        var members = ViewMembers()
        members.add("qualifier", qualifier)
        members.add("quantity", quantity)
        return members.json
    }
}

extension Adjustment {
    var json: ViewText {
        var members = ViewMembers()
        members.add("group", group)
        members.add("reason", reason)
        members.add("amount", amount, else: text)
        members.add("quantity", quantity)
        return members.json
    }
}

extension ProcedureCode {
    var json: ViewText {
        var members = ViewMembers()
        members.add("qualifier", qualifier)
        members.add("code", code)
        members.add("modifiers", modifiers)
        members.add("note", note)
        return members.json
    }
}

extension Trace {
    var json: ViewText {
        var members = ViewMembers()
        members.add("kind", kind)
        members.add("number", number)
        members.add("originator", originator)
        members.add("division", division)
        return members.json
    }
}

extension Rejection {
    var json: ViewText {
        var members = ViewMembers()
        members.add("loop", loop)
        members.add("request_valid", .bool(isRequestValid))
        members.add("reason", reason)
        members.add("follow_up", followUp)
        return members.json
    }
}

extension Contact {
    var json: ViewText {
        var members = ViewMembers()
        members.add("role", role)
        members.add("name", name)
        members.add(
            "numbers",
            numbers.map {
                var number = ViewMembers()
                number.add("qualifier", $0.qualifier)
                number.add("number", $0.number)
                return number.json
            })
        return members.json
    }
}

extension Party {
    var json: ViewText {
        var members = ViewMembers()
        members.add("role", role)
        members.add("person", .bool(isPerson))
        members.add("name", name)
        members.add("first_name", firstName)
        members.add("middle_name", middleName)
        members.add("suffix", suffix)
        members.add("identifier_qualifier", identifierQualifier)
        members.add("identifier", identifier)
        members.add("address", address)
        members.add("city", city)
        members.add("state", state)
        members.add("postal_code", postalCode)
        members.add("country", country)
        members.add("birth_date", birthDate)
        members.add("gender", gender)
        members.add("taxonomy", taxonomy)
        members.add("references", references.map(\.json))
        members.add("contacts", contacts.map(\.json))
        return members.json
    }
}

/// Names of segments as numbers, made once.
struct SegmentNames: Sendable {
    private let packed: [UInt32]

    init(_ names: String...) { packed = names.map(\.packedSegmentID) }

    func contains(_ id: UInt32) -> Bool { packed.contains(id) }
}

extension UnitLoop {
    /// Its own segments of other names than those.
    func further(except named: SegmentNames) -> [UnitSegment] {
        let loop = store.records[range.lowerBound].loop
        var found: [UnitSegment] = []
        for index in range where store.records[index].loop == loop && !named.contains(store.slice(index).packedID) {
            found.append(UnitSegment(store: store, index: index))
        }
        return found
    }
}

extension UnitSegment {
    /// Its elements as they stand, the id first, for what a view has no name for.
    var json: ViewText { .array((0...max(elementCount, 0)).map { .string(self[$0]) }) }
}
