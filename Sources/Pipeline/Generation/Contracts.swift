public import HealthTypes
public import Stages

/// The JSON Schemas of what one stage hands to the next, and of what the service takes and gives.
public struct Contracts: Sendable {
    private let schemas: [String: JSONSchema]
    /// The schemas as they are published, by name.
    public let published: [String: JSON]

    /// Reads every `*.schema.json`; a keyword that is not checked makes the set unusable.
    public init(_ files: DataFiles) throws {
        var schemas: [String: JSONSchema] = [:]
        var published: [String: JSON] = [:]
        for file in files.names(endingIn: ".schema.json") {
            let name = String(file.dropLast(".schema.json".count))
            do {
                let json = try JSON(parsing: files.files[file] ?? [])
                schemas[name] = try JSONSchema(json)
                published[name] = json
            } catch {
                throw DataFileError(file: file, reason: "\(error)")
            }
        }
        self.schemas = schemas
        self.published = published
    }

    /// Every way in which a value breaks a contract; a contract that is not there is broken by anything.
    public func violations(of name: String, in value: JSON) -> [String] {
        schemas[name]?.violations(in: value) ?? ["there is no contract '\(name)'"]
    }

    /// The contract of what a stage hands on.
    public static func name(of stage: Stage) -> String {
        switch stage {
        case .eligibility: "eligibility-handoff"
        case .priorAuthorization: "prior-authorization-handoff"
        case .documentation: "documentation-handoff"
        case .submission: "submission-handoff"
        case .denials: "denials-handoff"
        }
    }
}
