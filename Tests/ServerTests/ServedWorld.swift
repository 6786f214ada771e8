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
    func send(_ message: OutboundMessage) async throws -> [InboundMessage] { [] }
    func collect(after cursor: Int, limit: Int) async throws -> [MailboxItem] { [] }
    func nextDue(after cursor: Int) async throws -> Instant? { nil }
}

/// A store of its own in a folder that is removed, and the service over it on a loopback port.
struct ServedWorld: Sendable {
    let pipeline: Pipeline
    let port: Int
    /// The header line that opens the service, for what is written by hand; empty where none is needed.
    let credentials: String

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let home = Result { try DataHome(root: root) }

    static func run(
        _ options: ServerOptions = ServerOptions(port: 0), health: Health? = nil, logger: Logger? = nil,
        _ body: @escaping @Sendable (ServedWorld) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteStore(path: folder.appendingPathComponent("record.db").path)
        let start = Instant(CalendarDate(year: 2026, month: 3, day: 3)!, hour: 9)
        let pipeline = try Pipeline(
            store: store, home: home.get(), clock: ManualClock(start), payer: SilentPayer())
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let application = Service.application(
            pipeline: pipeline, options: options, health: health, logger: logger ?? quiet
        ) { found.yield($0) }
        let credentials =
            if case .token(let token) = options.access { "authorization: Bearer \(token.secret)\r\n" } else { "" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports {
                try await body(ServedWorld(pipeline: pipeline, port: port, credentials: credentials))
                break
            }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        try store.close()
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
        if let field = credentials.split(separator: ": ", maxSplits: 1).last {
            request.setValue(field.trimmingCharacters(in: .newlines), forHTTPHeaderField: "authorization")
        }
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

    /// Takes a claim in and returns its case, decision and open task.
    func heldClaim(_ id: String) async throws -> (caseID: String, decisionID: String, taskID: String) {
        let answer = try await send("POST", "/claims", Self.claim(id))
        let caseID = try #require(answer.json["case_id"]?.string)
        let tasks = try await getJSON("/cases/\(caseID)").json["tasks"]?.elements ?? []
        let task = try #require(
            tasks.first { $0["kind"]?.string == "claim.held" || $0["kind"]?.string == "claim.stopped" })
        return (
            caseID, try #require(answer.json["decision_id"]?.string), try #require(task["id"]?.string)
        )
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
