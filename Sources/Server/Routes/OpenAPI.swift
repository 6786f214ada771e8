import HealthTypes
import Hummingbird

/// The description of the API (OpenAPI 3.1), made from the table of endpoints.
enum OpenAPI {
    static func document(of endpoints: [Endpoint], contracts: [String: JSON]) -> JSON {
        var paths = JSONObject()
        for endpoint in endpoints {
            var item = paths[endpoint.path]?.object ?? JSONObject()
            item[endpoint.method.rawValue.lowercased()] = operation(endpoint, known: Set(contracts.keys))
            paths[endpoint.path] = .object(item)
        }
        var schemas = JSONObject([("problem", problem)])
        for (name, schema) in contracts.sorted(by: { $0.key < $1.key }) {
            schemas[name] = rebased(schema, below: "#/components/schemas/\(name)")
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Claimwright", "version": "0.2.0",
                "description": "Claims and their messages in; decisions, work items and the record out.",
            ],
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "paths": .object(paths),
            "components": ["schemas": .object(schemas), "securitySchemes": securitySchemes],
            "security": [["token": []], ["cookie": []]],
        ]
    }

    private static func operation(_ endpoint: Endpoint, known: Set<String>) -> JSON {
        var responses = JSONObject()
        for answer in endpoint.answers {
            let contents: JSON? = answer.contents.isEmpty ? Optional.none : content(answer.contents, known)
            responses[String(answer.status)] = .compact([
                "description": .string(answer.description), "content": contents,
            ])
        }
        for status in endpoint.problems {
            responses[String(status)] = refusal(HTTPResponse.Status(code: status).reasonPhrase)
        }
        // What the door answers, whatever the address.
        responses["default"] = refusal("Refused before or while it was read: see the statuses in docs/api.md")
        let inPath = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            parameter(String($0.dropFirst().dropLast()), in: "path", "The number that the service gave")
        }
        let parameters = inPath + endpoint.query.map { parameter($0.key, in: "query", $0.value) }
        // An absent member is said by the optional's own name: a bare nil would be JSON's null.
        return .compact([
            "summary": .string(endpoint.summary),
            "parameters": parameters.isEmpty ? Optional.none : .some(.array(parameters)),
            "requestBody": endpoint.takes.isEmpty
                ? Optional.none : .some(["required": true, "content": content(endpoint.takes, known)]),
            "responses": .object(responses),
            "security": Doors.openPaths.contains(endpoint.path) ? .some([]) : Optional.none,
        ])
    }

    private static func refusal(_ description: String) -> JSON {
        [
            "description": .string(description),
            "content": ["application/problem+json": ["schema": .contract("problem")]],
        ]
    }

    private static let securitySchemes: JSON = [
        "token": ["type": "http", "scheme": "bearer", "description": "The token that the program made at its start"],
        "cookie": [
            "type": "apiKey", "in": "cookie", "name": "claimwright-8080",
            "description": "What a browser gets for the token; the name ends with the port",
        ],
    ]

    private static func parameter(_ name: String, in place: String, _ description: String) -> JSON {
        [
            "name": .string(name), "in": .string(place), "required": .bool(place == "path"),
            "description": .string(description), "schema": ["type": "string"],
        ]
    }

    private static func content(_ contents: [Endpoint.Content], _ known: Set<String>) -> JSON {
        .object(
            JSONObject(
                contents.map { content in
                    // A contract that this installation does not publish is not referred to.
                    let name = content.schema["$ref"]?.string?.split(separator: "/").last.map(String.init)
                    let schema = name.map(known.contains) ?? true ? content.schema : ["type": "object"]
                    return (content.type, ["schema": schema])
                }))
    }

    /// A contract's references to its own definitions, as they read inside this document.
    private static func rebased(_ schema: JSON, below base: String) -> JSON {
        switch schema {
        case .object(let object):
            var result = JSONObject()
            for (name, value) in object.members {
                if name == "$ref", let reference = value.string, reference.hasPrefix("#") {
                    result[name] = .string(base + reference.dropFirst())
                } else {
                    result[name] = rebased(value, below: base)
                }
            }
            return .object(result)
        case .array(let values): return .array(values.map { rebased($0, below: base) })
        default: return schema
        }
    }

    private static let problem: JSON = [
        "type": "object", "description": "RFC 9457", "required": ["type", "title", "status", "detail"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"],
            "issues": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["severity", "code", "message"],
                    "properties": [
                        "severity": ["enum": ["information", "warning", "error", "fatal"]],
                        "code": ["type": "string"], "message": ["type": "string"], "at": ["type": "string"],
                        "path": ["type": "string"], "line": ["type": "integer"], "byte": ["type": "integer"],
                        "loop": ["type": "string"], "segment": ["type": "integer"],
                        "segment_id": ["type": "string"], "element": ["type": "integer"],
                        "component": ["type": "integer"], "requirement": ["type": "string"],
                    ],
                ],
            ],
        ],
    ]
}
