import HealthTypes
import Testing

@Suite struct JSONSchemaTests {
    private func violations(_ schema: JSON, _ value: JSON) throws -> [String] {
        try JSONSchema(schema).violations(in: value)
    }

    @Test(
        arguments: [
            ("null", nil), ("boolean", true), ("string", "a"), ("array", [1]), ("object", ["a": 1]),
            ("number", .number("1.5")),
            ("number", 1), ("integer", 1),
        ] as [(String, JSON)])
    func typeFits(type: String, value: JSON) throws {
        #expect(try violations(["type": .string(type)], value).isEmpty)
        #expect(try violations(["type": ["null", .string(type)]], value).isEmpty)
    }

    @Test(
        arguments: [
            ("null", 0), ("boolean", "true"), ("string", 1), ("array", ["a": 1]), ("object", []), ("number", "1"),
            ("integer", .number("1.5")), ("integer", "1"), ("decimal", 1),
        ] as [(String, JSON)])
    func typeDoesNotFit(type: String, value: JSON) throws {
        #expect(try violations(["type": .string(type)], value) == ["/: is not of type \(type)"])
    }

    @Test func enumAndConst() throws {
        #expect(try violations(["enum": ["a", 1]], 1).isEmpty)
        #expect(try violations(["enum": ["a", 1]], "b") == ["/: is not one of the 2 allowed values"])
        #expect(try violations(["const": "a"], "a").isEmpty)
        #expect(try violations(["const": "a"], "b") == ["/: is not the one allowed value"])
    }

    @Test func members() throws {
        let schema: JSON = [
            "type": "object", "required": ["a", "b"], "additionalProperties": false,
            "properties": ["a": ["type": "string"], "b": ["type": "object", "required": ["c"]]],
        ]
        #expect(try violations(schema, ["a": "x", "b": ["c": 1]]).isEmpty)
        #expect(try violations(schema, ["a": "x"]) == ["/b: is required and absent"])
        #expect(
            try violations(schema, ["a": 1, "b": [:]]) == ["/a: is not of type string", "/b/c: is required and absent"])
        #expect(
            try violations(schema, ["a": "x", "b": ["c": 1], "secret": 1]) == [
                ": has a member that the contract does not know"
            ])
        let typed: JSON = ["additionalProperties": ["type": "integer"]]
        #expect(try violations(typed, ["x": 1]).isEmpty)
        #expect(try violations(typed, ["x": "1"]) == ["/x: is not of type integer"])
        #expect(try violations(["properties": ["a": ["type": "string"]]], ["z": 1]).isEmpty)
    }

    @Test func items() throws {
        let schema: JSON = ["type": "array", "minItems": 1, "maxItems": 2, "items": ["type": "integer"]]
        #expect(try violations(schema, [1, 2]).isEmpty)
        #expect(try violations(schema, []) == ["/: has fewer than 1 items"])
        #expect(try violations(schema, [1, 2, 3]) == ["/: has more than 2 items"])
        #expect(try violations(schema, [1, "2"]) == ["/1: is not of type integer"])
    }

    @Test func limits() throws {
        #expect(try violations(["minLength": 2, "maxLength": 3], "ab").isEmpty)
        #expect(try violations(["minLength": 2], "a") == ["/: is shorter than 2"])
        #expect(try violations(["maxLength": 3], "abcd") == ["/: is longer than 3"])
        #expect(try violations(["minimum": 0, "maximum": 1], .number("0.5")).isEmpty)
        #expect(try violations(["minimum": 0], .number("-0.01")) == ["/: is less than the minimum"])
        #expect(try violations(["maximum": 1], .number("1.01")) == ["/: is more than the maximum"])
        #expect(try violations(["minLength": 5, "minItems": 5, "minimum": 5], true).isEmpty)
    }

    @Test func alternativesAndReferences() throws {
        let schema: JSON = [
            "$defs": ["amount": ["anyOf": [["type": "number"], ["type": "string", "minLength": 1]]]],
            "properties": ["paid": ["$ref": "#/$defs/amount"], "inner": ["$ref": "#"]],
        ]
        #expect(try violations(schema, ["paid": 1, "inner": ["paid": "2"]]).isEmpty)
        #expect(try violations(schema, ["inner": ["paid": ""]]) == ["/inner/paid: fits none of the 2 alternatives"])
        #expect(
            try violations(["properties": ["a": ["$ref": "#/$defs/none"]]], ["a": 1])
                == ["/a: refers to a schema that is not there"])
        #expect(
            try violations(["$ref": "https://example.org/x"], 1) == ["/: refers to a schema that is not there"])
    }

    /// A constraint that is not enforced would be a promise not kept, wherever it stands.
    @Test(
        arguments: [
            ["pattern": "a"], ["properties": ["a": ["format": "date"]]], ["items": ["uniqueItems": true]],
            ["anyOf": [["oneOf": []]]], ["$defs": ["a": ["not": [:]]]], ["additionalProperties": ["multipleOf": 2]],
        ] as [JSON])
    func unknownKeywordsAreRefused(schema: JSON) {
        #expect(throws: JSONSchema.UnknownKeyword.self) { try JSONSchema(schema) }
    }

    /// A property may have any name, that of a keyword too.
    @Test func propertiesAreNotKeywords() throws {
        #expect(try violations(["properties": ["pattern": ["type": "string"]]], ["pattern": "x"]).isEmpty)
    }

    @Test func violationsHoldNoValues() throws {
        let schema: JSON = [
            "type": "object", "additionalProperties": false,
            "properties": [
                "name": ["type": "integer"], "sex": ["enum": ["F", "M"]], "note": ["maxLength": 3], "one": ["const": 1],
                "many": ["type": "array", "items": ["anyOf": [["type": "null"]]]],
            ],
        ]
        let found = try violations(
            schema,
            [
                "name": "ASHDOWN", "sex": "ASHDOWN", "note": "ASHDOWN", "one": "ASHDOWN", "many": ["ASHDOWN"],
                "ASHDOWN": 1,
            ])
        #expect(found.count == 6)
        #expect(found.allSatisfy { !$0.contains("ASHDOWN") })
    }
}
