public import HealthTypes
import X12

/// The members of an object, those without a value left out.
struct Members {
    private var members: [(name: String, value: JSON)] = []

    /// A view gives each name once.
    var object: JSONObject { JSONObject(distinct: members) }
    var json: JSON { .object(object) }

    mutating func add(_ name: String, _ text: String) {
        if !text.isEmpty { members.append((name, .string(text))) }
    }

    /// A value that cannot be read is given as it stands rather than passed over.
    mutating func add(_ name: String, _ amount: Money?, else text: String = "") {
        add(name, amount?.description ?? text)
    }

    mutating func add(_ name: String, _ date: CalendarDate?, else text: String = "") {
        add(name, date?.description ?? text)
    }

    /// An element as an amount.
    mutating func add(_ name: String, amount segment: UnitSegment?, _ element: Int) {
        guard let segment else { return }
        add(name, segment.money(element), else: segment[element])
    }

    /// An element as a day.
    mutating func add(_ name: String, date segment: UnitSegment?, _ element: Int) {
        guard let segment else { return }
        add(name, segment.date(element), else: segment[element])
    }

    mutating func add(_ name: String, _ value: JSON?) {
        if let value { members.append((name, value)) }
    }

    mutating func add(_ name: String, _ number: Int) { members.append((name, JSON(number))) }

    mutating func add(_ name: String, _ values: [JSON]) {
        if !values.isEmpty { members.append((name, .array(values))) }
    }

    mutating func add(_ name: String, _ values: [String]) { add(name, values.map { JSON.string($0) }) }
}

/// A unit that can be written as one JSON object.
public protocol JSONUnit: X12UnitView {
    var json: JSON { get }
}

/// A view that is written as one JSON object: member names stay the same, amounts and quantities are text, and what
/// is empty is left out.
public protocol JSONView: JSONUnit {
    /// The name under which it is written.
    static var viewName: String { get }
    /// All of its segments.
    var unit: X12Unit { get }
    /// What it says, without where it came from.
    var members: JSONObject { get }
}

extension JSONView {
    /// The object: `view`, then where the unit stands (`set`, `guide`, `transaction`, which is ST02, `position` and
    /// `byte` of its first segment, and `cut` where segments are missing), then its own members.
    public var json: JSON {
        var all: [(name: String, value: JSON)] = [
            ("view", .string(Self.viewName)), ("set", .string(unit.set)), ("guide", .string(unit.guideID)),
            ("transaction", .string(unit.setControlNumber)), ("position", JSON(unit.position)),
            ("byte", JSON(unit.byteOffset)),
        ]
        if unit.isCut { all.append(("cut", true)) }
        all += members.members
        return .object(JSONObject(distinct: all))
    }
}

extension ReferenceNumber {
    var json: JSON {
        var members = Members()
        members.add("qualifier", qualifier)
        members.add("value", value)
        members.add("note", note)
        return members.json
    }
}

extension DateEntry {
    var json: JSON {
        var members = Members()
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
    var json: JSON {
        var members = Members()
        members.add("qualifier", qualifier)
        members.add("amount", amount, else: text)
        return members.json
    }
}

extension QuantityEntry {
    var json: JSON {
        var members = Members()
        members.add("qualifier", qualifier)
        members.add("quantity", quantity)
        return members.json
    }
}

extension Adjustment {
    var json: JSON {
        var members = Members()
        members.add("group", group)
        members.add("reason", reason)
        members.add("amount", amount, else: text)
        members.add("quantity", quantity)
        return members.json
    }
}

extension ProcedureCode {
    var json: JSON {
        var members = Members()
        members.add("qualifier", qualifier)
        members.add("code", code)
        members.add("modifiers", modifiers)
        members.add("note", note)
        return members.json
    }
}

extension Trace {
    var json: JSON {
        var members = Members()
        members.add("kind", kind)
        members.add("number", number)
        members.add("originator", originator)
        members.add("division", division)
        return members.json
    }
}

extension Rejection {
    var json: JSON {
        var members = Members()
        members.add("loop", loop)
        members.add("request_valid", .bool(isRequestValid))
        members.add("reason", reason)
        members.add("follow_up", followUp)
        return members.json
    }
}

extension Contact {
    var json: JSON {
        var members = Members()
        members.add("role", role)
        members.add("name", name)
        members.add(
            "numbers",
            numbers.map {
                var number = Members()
                number.add("qualifier", $0.qualifier)
                number.add("number", $0.number)
                return number.json
            })
        return members.json
    }
}

extension Party {
    var json: JSON {
        var members = Members()
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
    var json: JSON { .array((0...max(elementCount, 0)).map { .string(self[$0]) }) }
}
