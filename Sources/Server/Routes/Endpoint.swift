import HealthTypes
import Hummingbird

/// One address of the service: how it is served, and how it is described.
struct Endpoint: Sendable {
    /// A body that goes in or comes out.
    struct Content: Sendable {
        var type: String
        var schema: JSON

        static func json(_ contract: String) -> Content {
            Content(type: "application/json", schema: .contract(contract))
        }
        static let page = Content(type: "text/html", schema: ["type": "string"])
        static func object(_ description: String) -> Content {
            Content(type: "application/json", schema: ["type": "object", "description": .string(description)])
        }
        static func bytes(_ type: String) -> Content { Content(type: type, schema: [:]) }
    }

    struct Answer: Sendable {
        var status: Int
        var description: String
        var contents: [Content]

        init(_ status: Int, _ description: String, _ contents: [Content] = []) {
            self.status = status
            self.description = description
            self.contents = contents
        }
    }

    var method: HTTPRequest.Method
    /// `/cases/{id}`
    var path: String
    var summary: String
    /// Names of query fields, and what they mean.
    var query: KeyValuePairs<String, String> = [:]
    var takes: [Content] = []
    var answers: [Answer]
    /// Statuses with a problem document.
    var problems: [Int] = []
    var respond: @Sendable (Exchange) async throws -> Response

    /// Whether a path is one of this endpoint's.
    func matches(_ path: String) -> Bool {
        let mine = self.path.split(separator: "/")
        let theirs = path.split(separator: "/")
        return mine.count == theirs.count
            && zip(mine, theirs).allSatisfy { $0.hasPrefix("{") || $0 == $1 || "\($0).json" == $1 }
    }
}

extension JSON {
    /// A published contract, to be found among the components of the description.
    static func contract(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }
}
