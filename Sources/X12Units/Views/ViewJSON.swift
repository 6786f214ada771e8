public import HealthTypes
import X12

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

    /// A comma before what is not the first of its object or array.
    @inline(__always)
    private mutating func separate() {
        guard let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") else { return }
        bytes.append(UInt8(ascii: ","))
    }

    @inline(__always)
    private mutating func begin(_ name: StaticString) {
        separate()
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

    // MARK: Straight from the segments, without a text in between

    /// An object of its own; `body` adds its members.
    mutating func add(_ name: StaticString, object body: (inout ViewMembers) -> Void) {
        begin(name)
        bytes.append(UInt8(ascii: "{"))
        body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// An object for each, where there are any; `body` adds its members.
    mutating func add<Element>(
        _ name: StaticString, _ elements: [Element], each body: (inout ViewMembers, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for element in elements {
            separate()
            bytes.append(UInt8(ascii: "{"))
            body(&self, element)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// An element as it stands.
    mutating func add(_ name: StaticString, _ segment: UnitSegment?, _ element: Int) {
        guard let segment else { return }
        let text = segment.store.slice(segment.index)[element]
        guard !text.isEmpty else { return }
        begin(name)
        append(text)
    }

    /// A component of an element as it stands.
    mutating func add(_ name: StaticString, _ segment: UnitSegment, _ element: Int, _ component: Int) {
        let text = segment.store.slice(segment.index)[element, component]
        guard !text.isEmpty else { return }
        begin(name)
        append(text)
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        for byte in text
        where byte < 0x20 || byte >= 0x7f || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            return JSON.write(text.string, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// An amount of cents in dollars.
    private mutating func append(cents: Int64) {
        bytes.append(UInt8(ascii: "\""))
        if cents < 0 { bytes.append(UInt8(ascii: "-")) }
        let whole = cents.magnitude / 100
        var divisor: UInt64 = 1
        while whole / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(whole / divisor % 10))
            divisor /= 10
        }
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(ascii: "0") + UInt8(cents.magnitude % 100 / 10))
        bytes.append(UInt8(ascii: "0") + UInt8(cents.magnitude % 10))
        bytes.append(UInt8(ascii: "\""))
    }

    // MARK: Values

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
        guard let cents = Digits.cents(segment.store.slice(segment.index)[element]) else {
            return add(name, segment, element)
        }
        begin(name)
        append(cents: cents)
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

extension ViewMembers {
    /// The REF, DTP and DTM, AMT, QTY and CAS of a loop, as the values of their kinds are written.
    mutating func addReferences(_ loop: UnitLoop) {
        add("references", loop.all("REF")) { members, segment in
            members.add("qualifier", segment, 1)
            members.add("value", segment, 2)
            members.add("note", segment, 3)
        }
    }

    mutating func addAmounts(_ loop: UnitLoop) {
        add("amounts", loop.all("AMT")) { members, segment in
            members.add("qualifier", segment, 1)
            members.add("amount", amount: segment, 2)
        }
    }

    mutating func addQuantities(_ loop: UnitLoop) {
        add("quantities", loop.all("QTY")) { members, segment in
            members.add("qualifier", segment, 1)
            members.add("quantity", segment, 2)
        }
    }

    mutating func addAdjustments(_ loop: UnitLoop) {
        var places: [(UnitSegment, Int)] = []
        for segment in loop.all("CAS") {
            for element in stride(from: 2, through: min(17, segment.elementCount), by: 3)
            where (element...element + 2).contains(where: { !segment.isEmpty($0) }) {
                places.append((segment, element))
            }
        }
        add("adjustments", places) { members, place in
            members.add("group", place.0, 1)
            members.add("reason", place.0, place.1)
            members.add("amount", amount: place.0, place.1 + 1)
            members.add("quantity", place.0, place.1 + 2)
        }
    }

    /// A procedure as an element holds it.
    mutating func add(_ name: StaticString, procedure segment: UnitSegment, _ element: Int) {
        guard !segment.isEmpty(element) else { return }
        add(name) { members in
            members.add("qualifier", segment, element, 1)
            members.add("code", segment, element, 2)
            members.add("modifiers", (3...6).map { segment[element, $0] }.filter { !$0.isEmpty })
            members.add("note", segment, element, 7)
        }
    }

    /// The party that an NM1 names.
    mutating func add(_ name: StaticString, party segment: UnitSegment?) {
        guard let segment else { return }
        add(name) { members in
            members.add("role", segment, 1)
            members.add("person", .bool(segment.has(2, "1")))
            members.add("name", segment, 3)
            members.add("first_name", segment, 4)
            members.add("middle_name", segment, 5)
            members.add("suffix", segment, 7)
            members.add("identifier_qualifier", segment, 8)
            members.add("identifier", segment, 9)
        }
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
