import Claims
import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

extension Site {
    /// Claims that one request may hold.
    static let maximumClaims = 1000

    var intakeEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/claims", summary: "Take in a claim, or an array of claims, and judge it",
                takes: [.json("claim-request")],
                answers: [
                    .init(201, "Taken in and judged", [.object("case_id, state, decision_id, outcome, links, issues")]),
                    .init(202, "Taken in; it waits for a payer's answer", [.object("case_id, state, links, issues")]),
                    .init(200, "Was taken in before; the same case", [.object("case_id, state, links, issues")]),
                    .init(207, "An array: each claim with a status of its own", [.object("claims")]),
                ], problems: [409, 413, 415, 422], respond: postClaims),
            Endpoint(
                method: .post, path: "/x12", summary: "Take in X12 interchanges and acknowledge them",
                takes: [.bytes("application/edi-x12")],
                answers: [
                    .init(
                        200, "TA1 and 999; the report of the intake where JSON is asked for",
                        [.bytes("application/edi-x12"), .object("intake report")]),
                    .init(204, "Taken in; an acknowledgement is not acknowledged"),
                ], problems: [413, 415, 422], respond: postX12),
            Endpoint(
                method: .post, path: "/intake",
                summary: "Take in any file: X12, HL7 v2, FHIR, JSON claims, a charge master",
                takes: [.bytes("application/octet-stream")],
                answers: [.init(200, "What became of every unit in it", [.object("intake report")])],
                problems: [413, 422], respond: postIntake),
        ]
    }

    // MARK: Claims

    private func postClaims(_ exchange: Exchange) async throws -> Response {
        let json = try await exchange.json(upTo: smallBody)
        guard let values = json.array else {
            let result = try await take(claim: json)
            try await pipeline.work()
            return try answer(result)
        }
        guard (1...Self.maximumClaims).contains(values.count) else {
            let issue = Issue(
                .error, "http.claim-count", at: Location(path: "/"),
                message: "An array holds 1 to \(Self.maximumClaims) claims.")
            throw Problem.unusable(issue.message, [issue])
        }
        var results: [Result<TakenClaim, Problem>] = []
        for value in values {
            do throws(Problem) { results.append(.success(try await take(claim: value))) } catch {
                results.append(.failure(error))
            }
        }
        try await pipeline.work()
        let all = try results.map { result -> JSON in
            switch result {
            case .success(let taken): try state(of: taken).json
            case .failure(let problem): problem.json
            }
        }
        return .json(["claims": .array(all)], status: .init(code: 207, reasonPhrase: "Multi-Status"))
    }

    private struct TakenClaim {
        var caseID: String
        var isNew: Bool
        var issues: [Issue]
    }

    /// Takes one claim in, in its compact form, so that the same claim written with other spaces is the same.
    private func take(claim json: JSON) async throws(Problem) -> TakenClaim {
        do { _ = try ClaimRequest(reading: json) } catch {
            throw .unusable("The claim cannot be read.", error.issues)
        }
        let bytes = Array(json.text.utf8)
        do {
            let report = try await pipeline.intake(bytes, source: "http /claims")
            if let id = report.cases.first { return TakenClaim(caseID: id, isNew: true, issues: report.issues) }
            let known = try read { tx in
                try tx.incomingMessage(with: Digest(of: bytes)).flatMap { try tx.cases(ofMessage: $0.id).first }
            }
            if let known { return TakenClaim(caseID: known, isNew: false, issues: report.issues) }
            throw Problem(
                .conflict, "claim-known", "Known already", "The claim's number cannot be used.", issues: report.issues)
        } catch {
            throw Problem(error)
        }
    }

    private struct ClaimState {
        var status: HTTPResponse.Status
        var json: JSON
        var path: String
    }

    private func state(of taken: TakenClaim) throws -> ClaimState {
        let (summary, decisions) = try read { tx in
            (try tx.caseSummary(taken.caseID), try tx.decisions(of: taken.caseID))
        }
        let judged = decisions.last { $0.stage == Stage.submission.rawValue }
        let status: HTTPResponse.Status = !taken.isNew ? .ok : judged == nil ? .accepted : .created
        let path = "/cases/\(taken.caseID)"
        let json = JSON.compact([
            "status": JSON(Int(status.code)), "case_id": .string(taken.caseID),
            "state": .string(summary?.state ?? "open"), "decision_id": judged.map { .string($0.id) },
            "outcome": judged.map { .string($0.outcome) },
            "links": .compact(["case": .string(path), "decision": judged.map { .string("/decisions/\($0.id)") }]),
            "issues": .array(taken.issues.map(\.json)),
        ])
        return ClaimState(status: status, json: json, path: path)
    }

    private func answer(_ taken: TakenClaim) throws -> Response {
        let state = try state(of: taken)
        var response = Response.json(state.json, status: state.status)
        response.headers[.location] = state.path
        return response
    }

    // MARK: Files

    private static let x12Types: Set<String> = [
        "", "application/edi-x12", "application/x12", "application/edi", "text/plain", "application/octet-stream",
        Exchange.formType,
    ]

    private func postX12(_ exchange: Exchange) async throws -> Response {
        // A form's type is what curl says of any body; what the bytes are, the bytes say.
        guard Self.x12Types.contains(exchange.mediaType) else { throw Problem.mediaType("application/edi-x12") }
        let bytes = try await exchange.body(upTo: options.maximumBodyBytes)
        guard MessageFormat.of(bytes) == .x12 else {
            throw Problem.unusable(
                "The body is no X12.",
                [
                    Issue(
                        .error, "http.not-x12", at: Location(source: "body", byte: 0),
                        message: "An interchange begins with ISA.")
                ])
        }
        let report = try await pipeline.intake(bytes, source: "http /x12", acknowledges: true)
        workSoon(exchange)
        let acknowledgement = report.acknowledgement ?? ""
        if report.isRefused, acknowledgement.isEmpty { throw Self.refused(report) }
        if exchange.wantsJSON { return .json(try Canonical.json(report)) }
        // An acknowledgement is not acknowledged.
        return acknowledgement.isEmpty
            ? Response(status: .noContent) : .text(acknowledgement, "application/edi-x12")
    }

    private func postIntake(_ exchange: Exchange) async throws -> Response {
        let bytes = try await exchange.body(upTo: options.maximumBodyBytes)
        if bytes.isEmpty { throw Problem.unusable("The body is empty.", []) }
        let report = try await pipeline.intake(bytes, source: "http /intake")
        workSoon(exchange)
        if report.isRefused { throw Self.refused(report) }
        return .json(try Canonical.json(report))
    }

    private static func refused(_ report: IntakeReport) -> Problem {
        .unusable("Nothing in it can be used. It is kept as it came.", report.issues)
    }
}
