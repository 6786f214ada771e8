import HealthTypes
public import Hummingbird

/// The context of a request: Hummingbird's own, and what the request takes up.
public struct ServiceContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    var admission: Admission?

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}

/// One request as a handler sees it.
struct Exchange {
    let request: Request
    let context: ServiceContext

    /// A part of the path, without the `.json` that asks for JSON.
    func parameter(_ name: String) -> String {
        let text = context.parameters.get(name) ?? ""
        return text.hasSuffix(".json") ? String(text.dropLast(5)) : text
    }

    /// A field of the query; nil where it is absent or blank.
    func query(_ name: String) -> String? {
        guard let query = request.uri.query, let fields = FormFields(query.utf8) else { return nil }
        return fields[name]
    }

    // MARK: What the sender reads

    private var accept: String { request.headers[.accept]?.lowercased() ?? "" }

    /// Whether a page may be shown to two audiences is answered by JSON.
    var wantsJSON: Bool {
        request.uri.path.hasSuffix(".json") || (accept.contains("json") && !accept.contains("text/html"))
    }

    /// Whether a person in front of a browser reads the answer, errors included.
    static func isBrowser(_ request: Request) -> Bool {
        request.headers[.accept]?.lowercased().contains("text/html") ?? false
    }

    // MARK: What was sent

    /// The media type of the body, without its parameters; empty where it is not said.
    var mediaType: String {
        let type = request.headers[.contentType]?.utf8.prefix { $0 != UInt8(ascii: ";") } ?? "".utf8.prefix(0)
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let start = type.drop(while: isBlank)
        let end = start.lastIndex { !isBlank($0) }.map(start.index(after:)) ?? start.startIndex
        return String(Substring(start[..<end])).lowercased()
    }

    /// The whole body. Refused before or while it is read: with 413 a longer one, with 503 one for which there is no
    /// room beside those of other requests, with 400 one that ends too early.
    func body(upTo limit: Int) async throws -> [UInt8] {
        let stated = request.headers[.contentLength].flatMap { Int($0) }
        var bytes: [UInt8] = []
        if let stated {
            if stated > limit { throw Problem.tooLarge(limit) }
            try context.admission?.expect(stated)
            bytes.reserveCapacity(stated)
        }
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= limit else { throw Problem.tooLarge(limit) }
            try context.admission?.hold(part.readableBytes)
            bytes += part.readableBytesView
        }
        if let stated, bytes.count != stated { throw Problem.truncated }
        return bytes
    }

    /// The body as JSON: 415 where it is said to be something else, 422 where it is not.
    func json(upTo limit: Int) async throws -> JSON {
        guard mediaType.isEmpty || mediaType == "application/json" || mediaType.hasSuffix("+json") else {
            throw Problem.mediaType("application/json")
        }
        let bytes = try await body(upTo: limit)
        do { return try JSON(parsing: bytes) } catch { throw Problem.notJSON(error) }
    }

    static let formType = "application/x-www-form-urlencoded"

    func form(upTo limit: Int) async throws -> FormFields {
        guard let fields = FormFields(try await body(upTo: limit)) else {
            throw Problem.unusable("The form cannot be read.", [])
        }
        return fields
    }
}

extension HTTPFields {
    typealias Name = HTTPFields.Element.Name

    subscript(text name: String) -> String? {
        get { Name(name).flatMap { self[$0] } }
        set { if let name = Name(name) { self[name] = newValue } }
    }
}

extension Response {
    static func bytes(_ bytes: [UInt8], _ type: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func text(_ text: String, _ type: String, status: HTTPResponse.Status = .ok) -> Response {
        bytes(Array(text.utf8), type, status: status)
    }

    static func json(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        text(json.text + "\n", "application/json", status: status)
    }

    static func page(_ page: Page, status: HTTPResponse.Status = .ok) -> Response {
        text(page.document.markup, "text/html; charset=utf-8", status: status)
    }

    /// 303: the answer to a form is another page.
    static func seeOther(_ path: String) -> Response {
        var headers = HTTPFields()
        headers[.location] = path
        return Response(status: .seeOther, headers: headers)
    }
}
