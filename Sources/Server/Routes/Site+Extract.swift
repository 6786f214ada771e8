import ClinicalText
import HealthTypes
import Hummingbird
import Pipeline
import Store

extension Site {
    var extractEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/extract", summary: "Read a document: conditions, substances and codes in it",
                takes: Self.documentTypes.keys.sorted().map { .bytes($0) },
                answers: [
                    .init(200, "What it says, kept in the record under `decision_id`", [.json("extract-response")])
                ], problems: [413, 415, 422, 503], respond: postExtract)
        ]
    }

    /// Media types, and how the bytes of each begin; any beginning will do for text.
    private static let documentTypes: [String: [[UInt8]]] = [
        "text/plain": [[]], "application/pdf": [Array("%PDF-".utf8)],
        "image/png": [[0x89, 0x50, 0x4e, 0x47]], "image/jpeg": [[0xff, 0xd8, 0xff]],
        "image/tiff": [[0x49, 0x49, 0x2a, 0x00], [0x4d, 0x4d, 0x00, 0x2a]],
    ]

    private func postExtract(_ exchange: Exchange) async throws -> Response {
        let beginnings = Self.documentTypes[exchange.mediaType]
        guard exchange.mediaType.isEmpty || beginnings != nil else {
            throw Problem.mediaType("text/plain, application/pdf, image/png, image/jpeg or image/tiff")
        }
        let reader = DocumentReader()
        let limit = min(reader.limits.maximumBytes, options.maximumBodyBytes)
        return try await pipeline.documents.withPlace {
            let bytes = try await exchange.body(upTo: limit)
            if bytes.isEmpty { throw Problem.unusable("The body is empty.", []) }
            if let beginnings, !beginnings.contains(where: { bytes.starts(with: $0) }) {
                throw Problem.mediaType("what its type says it is")
            }
            let kept = try await pipeline.extract(bytes, reader: reader)
            let id = kept.entry.id
            var object = JSONObject([
                ("decision_id", .string(id)),
                (
                    "links",
                    ["decision": .string("/decisions/\(id)"), "replay": .string("/decisions/\(id)/replay")]
                ), ("document", kept.document),
            ])
            for (name, value) in kept.answer.object?.members ?? [] { object[name] = value }
            return .json(.object(object))
        }
    }
}

extension Problem {
    /// A document that cannot be read: its own code, and a status by what can be done about it.
    init(_ error: TextError) {
        let status: HTTPResponse.Status
        switch error.kind {
        case .tooLarge, .outputTooLarge, .tooManyPages: status = .contentTooLarge
        case .unknownFormat: status = .unsupportedMediaType
        // The installation lacks a program: the same document can be read once it is there.
        case .missingPDFReader, .missingPDFPainter, .missingTextRecognition: status = .serviceUnavailable
        case .notText, .programFailed, .tookTooLong, .noText: status = .unprocessableContent
        }
        self.init(
            status, error.kind.rawValue.replacing(".", with: "-"), "The document cannot be read", error.kind.message,
            issues: [error.issue])
    }
}
