import ClinicalText
import HealthTypes
import Hummingbird
import Pipeline
import Store

/// Why a request was not done, as RFC 9457 has it. Nothing in it repeats what was sent.
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    /// Stable; the last part of the problem's type.
    var code: String
    var title: String
    var detail: String
    var issues: [Issue] = []
    /// The methods that the address knows, for 405.
    var allowed: [String] = []
    /// When to ask again, for 503.
    var retryAfterSeconds: Int?

    init(
        _ status: HTTPResponse.Status, _ code: String, _ title: String, _ detail: String, issues: [Issue] = [],
        allowed: [String] = [], retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.issues = issues
        self.allowed = allowed
        self.retryAfterSeconds = retryAfterSeconds
    }

    static func notFound(_ what: String) -> Problem {
        Problem(.notFound, "not-found", "Not found", "There is no such \(what).")
    }

    static func tooLarge(_ limit: Int) -> Problem {
        Problem(.contentTooLarge, "too-large", "Too large", "The body may have \(limit) bytes at most.")
    }

    static func mediaType(_ wanted: String) -> Problem {
        Problem(.unsupportedMediaType, "media-type", "Unsupported media type", "The body must be \(wanted).")
    }

    static func unusable(_ detail: String, _ issues: [Issue]) -> Problem {
        Problem(.unprocessableContent, "unusable", "Not usable as it is", detail, issues: issues)
    }

    static func notJSON(_ error: JSONError, what: String = "body") -> Problem {
        .unusable(
            "The \(what) is not JSON.",
            [
                Issue(
                    .error, "http.not-json", at: Location(source: what, byte: error.byte),
                    message: error.reason.rawValue)
            ])
    }

    static func unreadableQuestion(_ issues: [Issue]) -> Problem {
        .unusable("The question cannot be read.", issues)
    }

    /// More work has been taken on than can be done at once.
    static let busy = Problem(
        .serviceUnavailable, "busy", "Busy", "More was asked than can be answered at once. Ask again in a second.",
        retryAfterSeconds: 1)

    static let methodNotAllowed = Problem(
        .methodNotAllowed, "method", "Method not allowed", "The address knows other methods; see Allow.")

    static let foreignOrigin = Problem(
        .forbidden, "foreign-origin", "Refused",
        "The request comes from another site's page. Answers are taken from this service's own pages and from programs."
    )

    static let fault = Problem(
        .internalServerError, "fault", "Something went wrong here",
        "The fault is in the service and is in its log. What was recorded before stands.")

    /// Anything that a handler throws.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as Pipeline.AnswerRefusal: self.init(refusal)
        case let error as TextError: self.init(error)
        case is ServiceJournal.Full, is DocumentDesk.Full, is IntakeFull: self = .busy
        case let fault as StoreFault: self.init(fault)
        case is CaseReader.UnknownForm: self = .unknownForm
        case let http as HTTPError where http.status.code < 500:
            self.init(http.status, "http-\(http.status.code)", http.status.reasonPhrase, http.status.reasonPhrase)
        default: self = .fault
        }
    }

    /// Why an answer to a work item is not taken.
    init(_ refusal: Pipeline.AnswerRefusal) {
        let detail = refusal.description.prefix(1).uppercased() + refusal.description.dropFirst() + "."
        switch refusal {
        case .unknown: self = .notFound("work item")
        case .closed: self.init(.conflict, "task-closed", "Already closed", detail)
        case .notOffered: self = .answer("task.not-offered", "/answer", detail)
        case .noReason: self = .answer("task.no-reason", "/reason", detail)
        case .noName: self = .answer("task.no-name", "/by", detail)
        }
    }

    /// The record cannot be read or written now. What passes by itself may be asked again at once.
    private init(_ fault: StoreFault) {
        self.init(
            .serviceUnavailable, "record", "The record cannot be used now", "Nothing of it was taken: \(fault).",
            retryAfterSeconds: fault.kind == .busy ? 1 : nil)
    }

    /// A later program wrote into the case, or a hand in the file did.
    static let unknownForm = Problem(
        .conflict, "unknown-form", "Cannot be read", "The case's journal holds an entry that this program cannot read.")

    var json: JSON {
        .compact([
            "type": .string("urn:claimwright:problem:\(code)"), "title": .string(title),
            "status": JSON(Int(status.code)), "detail": .string(detail),
            "issues": issues.isEmpty ? nil : .array(issues.map(\.json)),
        ])
    }
}

extension Issue {
    /// Severity, code, place and words; the place both as the parts that a program reads and as a line.
    var json: JSON {
        let place = location.description
        return .compact([
            "severity": .string(severity.rawValue), "code": .string(code), "message": .string(message),
            "at": place.isEmpty ? nil : .string(place), "path": location.path.map(JSON.string),
            "line": location.line.map { JSON($0) }, "byte": location.byte.map { JSON($0) },
            "loop": location.loop.map(JSON.string), "segment": location.segment.map { JSON($0) },
            "segment_id": location.segmentID.map(JSON.string), "element": location.element.map { JSON($0) },
            "component": location.component.map { JSON($0) }, "requirement": requirement.map(JSON.string),
        ])
    }
}
