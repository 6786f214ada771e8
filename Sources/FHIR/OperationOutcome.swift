public import HealthTypes

/// Issues as FHIR answers them (R4 OperationOutcome): our code stands in `details`, its place in `expression`.
public struct OperationOutcome: Hashable, Sendable {
    /// The system of our own issue codes.
    public static let codeSystem = CodeSystem(rawValue: "urn:claimwright:issue")

    public let issues: [Issue]

    public init(issues: [Issue]) { self.issues = issues }

    public var resource: Resource {
        let all: [JSON] =
            issues.isEmpty
            ? [["severity": "information", "code": "informational", "details": ["text": "No issues."]]]
            : issues.map(Self.json)
        return Resource(type: "OperationOutcome", ["issue": .array(all)])
    }

    public var json: JSON { resource.json }

    private static func json(_ issue: Issue) -> JSON {
        let place = issue.location.description
        return .compact([
            "severity": .string(issue.severity.rawValue),
            "code": .string(type(of: issue)),
            "details": [
                "coding": [.coding(Code(codeSystem, issue.code))], "text": .string(issue.message),
            ],
            "diagnostics": place.isEmpty ? nil : .string("at " + place),
            "expression": issue.location.path.map { [.string($0)] },
        ])
    }

    /// R4 issue-type, from the last part of our code.
    private static func type(of issue: Issue) -> String {
        switch issue.code.split(separator: ".").last {
        case "required": "required"
        case "not-json", "not-resource", "empty", "null", "type", "cardinality", "choice", "bundle-entry": "structure"
        case "date", "partial-date": "value"
        case "code": "code-invalid"
        case "too-large": "too-long"
        case "duplicate-sequence", "duplicate-entry": "duplicate"
        case "dangling-reference": "not-found"
        default: issue.severity >= .error ? "invalid" : "informational"
        }
    }
}
