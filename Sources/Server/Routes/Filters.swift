import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

/// What addresses name, read at the edge: 404 for an id that is none, 400 for a filter that is none.
extension Exchange {
    /// The case that `{id}` names.
    var caseNumber: CaseNumber {
        get throws {
            guard let number = CaseNumber(parameter("id")) else { throw Problem.notFound("case") }
            return number
        }
    }

    /// The work item that `{id}` names.
    var workItem: WorkItemName {
        get throws {
            guard let name = WorkItemName(parameter("id")) else { throw Problem.notFound("work item") }
            return name
        }
    }

    /// A value of a filter; nil where the address has none.
    ///
    /// - Parameter values: what it may be, for the problem.
    func filter<Value>(_ name: String, _ values: [String], _ make: (String) -> Value?) throws -> Value? {
        guard let text = query(name) else { return nil }
        guard let value = make(text) else { throw Problem.filter(name, values) }
        return value
    }

    func filter<Value: RawRepresentable & CaseIterable>(_ name: String) throws -> Value?
    where Value.RawValue == String {
        try filter(name, Value.allCases.map(\.rawValue)) { Value(rawValue: $0) }
    }

    /// The place after which, or before which, a part of a list begins: 404 where it is none.
    func place<Value>(_ name: String, _ make: (String) -> Value?) throws -> Value? {
        guard let text = query(name) else { return nil }
        guard let place = make(text) else { throw Problem.notFound("page") }
        return place
    }

    /// A place by a whole number from 1.
    func number(_ name: String) throws -> Int? {
        try place(name) { text in Int(text).flatMap { $0 > 0 ? $0 : nil } }
    }

    /// Refuses query fields that the address does not have: a filter that is passed over would show what nobody asked
    /// for.
    func checkQuery(of endpoint: Endpoint) throws {
        if endpoint.query.isEmpty { return }
        guard let query = request.uri.query, let fields = FormFields(query.utf8) else { return }
        let known = endpoint.query.map(\.key)
        guard fields.names.allSatisfy(known.contains) else { throw Problem.unknownFields(known) }
    }
}

extension Problem {
    /// A filter with a value that it does not have. What was sent is not repeated.
    static func filter(_ name: String, _ values: [String]) -> Problem {
        let detail = "‘\(name)’ is one of: \(values.joined(separator: ", "))."
        return Problem(
            .badRequest, "unknown-filter", "Unknown filter", detail,
            issues: [Issue(.error, "http.unknown-filter", at: Location(path: name), message: detail)])
    }

    static func unknownFields(_ known: [String]) -> Problem {
        let detail = "The address takes these query fields: \(known.joined(separator: ", "))."
        return Problem(
            .badRequest, "unknown-filter", "Unknown filter", detail,
            issues: [Issue(.error, "http.unknown-filter", at: Location(path: "query"), message: detail)])
    }
}
