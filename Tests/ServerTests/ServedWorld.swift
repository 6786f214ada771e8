import Claims
import Foundation
import HL7v2
import HealthTypes
import Hummingbird
import Logging
import Pipeline
import Server
import Store
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A payer that takes everything and says nothing.
struct SilentPayer: PayerConnection {
    func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] { [] }
    func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] { [] }
    func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? { nil }
}

/// A payer that is never reached.
struct LostPayer: PayerConnection {
    func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] {
        throw .temporary(retryAfter: nil)
    }
    func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] { [] }
    func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? { nil }
}

/// A payer whose mailbox cannot be read.
struct LockedPayer: PayerConnection {
    let error: DeliveryError

    func send(_ message: OutboundMessage) async throws(DeliveryError) -> [InboundMessage] { [] }
    func collect(after cursor: String?, limit: Int) async throws(DeliveryError) -> [MailboxItem] { throw error }
    func nextDue(after cursor: String?) async throws(DeliveryError) -> Instant? { nil }
}

/// A record of its own in a folder that is removed, and the service over it on a loopback port.
struct ServedWorld: Sendable {
    let pipeline: Pipeline
    let store: SQLiteStore
    let port: Int
    /// The value of the header field that opens the service; nil where none is needed.
    let authorization: String?

    /// The header line that opens the service, for what is written by hand; empty where none is needed.
    var credentials: String { authorization.map { "authorization: \($0)\r\n" } ?? "" }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let home = Result { try DataHome(root: root) }
    static let start = Instant(CalendarDate(year: 2026, month: 3, day: 3)!, hour: 9)

    /// - Parameter works: whether cases are worked beside the service; otherwise a test calls `pipeline.work()`.
    static func run(
        _ options: ServerOptions = ServerOptions(port: 0), health: Health? = nil, logger: Logger? = nil,
        payer: any PayerConnection = SilentPayer(), works: Bool = true, countingSeconds: Int = 0,
        _ body: @escaping @Sendable (ServedWorld) async throws -> Void
    ) async throws {
        var options = options
        options.countingSeconds = countingSeconds
        let asked = options
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteStore.open(path: folder.appendingPathComponent("record.db").path, mode: .create)
        let pipeline = try await Pipeline(store: store, home: home.get(), clock: ManualClock(start), payer: payer)
        _ = try await pipeline.intake(Array(billing.utf8), source: "registration")
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let silent = quiet
        let application = Service.application(
            pipeline: pipeline, options: asked, health: health, logger: logger ?? quiet
        ) { found.yield($0) }
        let authorization: String? =
            if case .token(let token) = options.access { "Bearer \(token.secret)" } else { nil }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            if works {
                group.addTask {
                    await Service.work(pipeline, health: Health(clock: pipeline.clock), logger: silent)
                }
            }
            for await port in ports {
                try await body(
                    ServedWorld(pipeline: pipeline, store: store, port: port, authorization: authorization))
                break
            }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        try await store.close()
    }

    /// The organization that bills: without one nobody can be asked in its name.
    private static let billing = """
        {"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://site.example/Organization/1","resource":{\
        "resourceType":"Organization","id":"1","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi",\
        "value":"1234567893"},{"system":"urn:oid:2.16.840.1.113883.4.4","value":"123456789"}],"active":true,\
        "name":"Larkspur Clinic","address":[{"line":["1 Main St"],"city":"Springfield","state":"IL",\
        "postalCode":"62701"}]}}]}
        """

    /// Options under which a claim that cannot be judged at once is not waited for.
    static var hasty: ServerOptions {
        var options = ServerOptions(port: 0)
        options.judgingSeconds = 0.2
        return options
    }

    /// Options under which no claim is worked while it is posted.
    static var impatient: ServerOptions {
        var options = ServerOptions(port: 0)
        options.judgingSeconds = 0
        return options
    }

    func read<Result: Sendable>(_ body: @escaping @Sendable (any PageReader) throws -> Result) async throws -> Result {
        try await store.read(body)
    }

    /// Asks again until the answer is as wanted; fails the test where it never is.
    func eventually(
        _ path: String, sourceLocation: SourceLocation = #_sourceLocation, _ isWanted: (JSON) -> Bool
    ) async throws -> JSON {
        var json = JSON.null
        for _ in 0..<500 {
            json = try await getJSON(path).json
            if isWanted(json) { return json }
            try await Task.sleep(for: .milliseconds(20))
        }
        Testing.Issue.record("\(path) never came so far", sourceLocation: sourceLocation)
        return json
    }

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: String
        /// The path that answered, redirections followed.
        var path: String

        var json: JSON { (try? JSON(parsing: body)) ?? .null }
    }

    func send(
        _ method: String, _ path: String, _ body: String? = nil, type: String? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue(authorization, forHTTPHeaderField: "authorization")
        if body != nil { request.setValue(type ?? "application/json", forHTTPHeaderField: "content-type") }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        var fields: [String: String] = [:]
        for (name, value) in http.allHeaderFields { fields["\(name)".lowercased()] = "\(value)" }
        return Answer(
            status: http.statusCode, headers: fields, body: String(decoding: data, as: UTF8.self),
            path: http.url?.path ?? "")
    }

    func get(_ path: String, accept: String = "text/html") async throws -> Answer {
        try await send("GET", path, headers: ["accept": accept])
    }

    func getJSON(_ path: String) async throws -> Answer { try await get(path, accept: "application/json") }

    static let form = "application/x-www-form-urlencoded"

    /// A claim of a member whom nobody has registered: it is held, and a person is asked.
    static func claim(_ id: String, member: String = "NOBODY1") -> String {
        """
        {"claim_id":"\(id)","member_id":"\(member)","provider_npi":"2001700170","cpt_codes":["99213"],\
        "icd10_codes":["J06.9"],"date_of_service":"2026-03-02","amount":"125.00"}
        """
    }

    /// Takes a claim in and returns its case, decision and open work item.
    func heldClaim(_ id: String) async throws -> (caseID: String, decisionID: String, taskID: String) {
        let answer = try await send("POST", "/claims", Self.claim(id))
        let caseID = try #require(answer.json["case_id"]?.string)
        let settled = try await eventually("/cases/\(caseID)") { $0["triggers"]?.elements.isEmpty == true }
        let tasks = settled["tasks"]?.elements ?? []
        let task = try #require(
            tasks.first { $0["kind"]?.string == "submission.held" || $0["kind"]?.string == "submission.blocked" })
        return (
            caseID, try #require(answer.json["decision_id"]?.string), try #require(task["id"]?.string)
        )
    }

    /// The case that a visit number leads to.
    func caseID(ofVisit visit: String) async throws -> String {
        try #require(try await read { try $0.findCase(visit) }).description
    }

    /// Takes an only claim in and sets its case aside, as the worker does with a case that cannot go on.
    func caseSetAside(_ id: String) async throws -> String {
        let report = try await pipeline.intake(Array(Self.claim(id).utf8), source: "test")
        let number = try #require(report.cases.first)
        let now = pipeline.clock.now
        let work = try await store.claimWork(.cases([number]), limit: 1, now: now, lease: 60)
        try await store.setAside(
            try #require(work.first), reason: "unknown_form", detail: "entry 1: <b>odd</b>", program: "test 1",
            now: now, retryAt: now.adding(hours: 1))
        return number.description
    }

    /// An appointment of an insured patient, whose reason is the scheduler's words.
    static func appointment(_ visit: String, member: String, reason: String) -> [UInt8] {
        let person = Person(
            family: "Quillfeather", given: "Orla", birthDate: CalendarDate(year: 1980, month: 5, day: 4), sex: .female)
        let encounter = Encounter(
            visitNumber: visit, recordNumber: "M1", patient: person,
            start: Instant(CalendarDate(year: 2026, month: 3, day: 20)!, hour: 10), reason: reason)
        let coverage = Coverage(
            payerID: "MERID", payerName: "Meridian Health Plan", memberID: member, subscriber: person)
        let header = VisitMapping.Header(
            controlID: "C\(visit)", at: Instant(CalendarDate(year: 2026, month: 3, day: 3)!))
        let appointment = VisitMapping.writeAppointment(encounter, header: header).bytes
        let registration = VisitMapping.writeRegistration(encounter, coverages: [coverage], header: header).bytes
        return appointment + registration
    }
}
