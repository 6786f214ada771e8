/// A JSON Schema (draft 2020-12), of which the keywords that our contracts use are checked: `type`, `enum`,
/// `const`, `properties`, `required`, `additionalProperties`, `items`, `minItems`, `maxItems`, `minLength`,
/// `maxLength`, `minimum`, `maximum`, `anyOf` and `$ref` to `#/$defs/…`.
///
/// A keyword outside that list is refused when the schema is read: a constraint that is not enforced would be a
/// promise not kept.
public struct JSONSchema: Sendable {
    private let root: JSON

    private static let known: Set<String> = [
        "$schema", "$id", "$defs", "$ref", "$comment", "title", "description", "examples", "type", "enum", "const",
        "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength",
        "minimum", "maximum", "anyOf",
    ]

    public struct UnknownKeyword: Error, CustomStringConvertible {
        public let keyword: String
        public var description: String { "the schema keyword '\(keyword)' is not one that is checked" }
    }

    public init(_ root: JSON) throws {
        self.root = root
        try Self.check(root)
    }

    private static func check(_ schema: JSON) throws {
        for (name, value) in schema.object?.members ?? [] {
            guard known.contains(name) else { throw UnknownKeyword(keyword: name) }
            switch name {
            case "properties", "$defs": for (_, inner) in value.object?.members ?? [] { try check(inner) }
            case "items", "additionalProperties": try check(value)
            case "anyOf": for inner in value.elements { try check(inner) }
            default: break
            }
        }
    }

    /// Every way in which the value breaks the schema, each with a JSON pointer; empty where it fits. The texts
    /// name members and limits, and repeat no value.
    public func violations(in value: JSON) -> [String] {
        var found: [String] = []
        check(value, against: root, at: "", into: &found)
        return found
    }

    private func check(_ value: JSON, against schema: JSON, at path: String, into found: inout [String]) {
        func report(_ text: String) { found.append("\(path.isEmpty ? "/" : path): \(text)") }
        if let reference = schema["$ref"]?.string {
            guard let target = resolve(reference) else { return report("refers to a schema that is not there") }
            check(value, against: target, at: path, into: &found)
        }
        if let type = schema["type"] {
            let types = type.string.map { [$0] } ?? type.elements.compactMap(\.string)
            guard types.contains(where: { Self.matches(value, $0) }) else {
                return report("is not of type \(types.joined(separator: " or "))")
            }
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            report("is not one of the \(allowed.count) allowed values")
        }
        if let constant = schema["const"], constant != value { report("is not the one allowed value") }
        if let choices = schema["anyOf"]?.array {
            let fits = choices.contains { choice in
                var inner: [String] = []
                check(value, against: choice, at: path, into: &inner)
                return inner.isEmpty
            }
            if !fits { report("fits none of the \(choices.count) alternatives") }
        }
        checkLimits(value, against: schema, report: report)
        if case .object(let object) = value { checkMembers(object, against: schema, at: path, into: &found) }
        if case .array(let values) = value, let items = schema["items"] {
            for (index, element) in values.enumerated() {
                check(element, against: items, at: "\(path)/\(index)", into: &found)
            }
        }
    }

    private func checkMembers(
        _ object: JSONObject, against schema: JSON, at path: String, into found: inout [String]
    ) {
        for name in schema["required"]?.elements.compactMap(\.string) ?? [] where object[name] == nil {
            found.append("\(path)/\(name): is required and absent")
        }
        let properties = schema["properties"]?.object
        for (name, value) in object.members {
            if let inner = properties?[name] {
                check(value, against: inner, at: "\(path)/\(name)", into: &found)
            } else if let additional = schema["additionalProperties"] {
                if additional == .bool(false) {
                    found.append("\(path): has a member that the contract does not know")
                } else {
                    check(value, against: additional, at: "\(path)/\(name)", into: &found)
                }
            }
        }
    }

    private func checkLimits(_ value: JSON, against schema: JSON, report: (String) -> Void) {
        if case .string(let text) = value {
            if let least = schema["minLength"]?.integer, text.count < least { report("is shorter than \(least)") }
            if let most = schema["maxLength"]?.integer, text.count > most { report("is longer than \(most)") }
        }
        if case .array(let values) = value {
            if let least = schema["minItems"]?.integer, values.count < least { report("has fewer than \(least) items") }
            if let most = schema["maxItems"]?.integer, values.count > most { report("has more than \(most) items") }
        }
        if let number = value.double {
            if let least = schema["minimum"]?.double, number < least { report("is less than the minimum") }
            if let most = schema["maximum"]?.double, number > most { report("is more than the maximum") }
        }
    }

    private func resolve(_ reference: String) -> JSON? {
        if reference == "#" { return root }
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(Optional(root)) { $0?[String($1)] }
    }

    private static func matches(_ value: JSON, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.string, "string"), (.array, "array"), (.object, "object"),
            (.number, "number"):
            true
        case (.number(let text), "integer"): Int(text) != nil
        default: false
        }
    }
}
