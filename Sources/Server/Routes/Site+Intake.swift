import Claims
import HealthTypes
import Hummingbird
import Pipeline
import Stages
import Store

extension Site {
    /// Claims that one request may hold.
    static let maximumClaims = 1000
    /// Claims of one request that are waited for at the same time.
    private static let claimsAtOnce = 32
    /// For less than so many seconds nothing is waited for.
    private static let leastWait = 0.05

    var intakeEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/claims", summary: "Take in a claim, or an array of claims, and judge it",
                takes: [.json("claim-request")],
                answers: [
                    .init(201, "Taken in and judged", [.object("case_id, state, decision_id, outcome, links, issues")]),
                    .init(
                        202, "Taken in and not judged in the time; it goes on by itself",
                        [.object("case_id, state, links, issues")]),
                    .init(200, "Was taken in before; the same case", [.object("case_id, state, links, issues")]),
                    .init(207, "An array: each claim with a status of its own", [.object("claims")]),
                ], problems: [409, 413, 415, 422, 503], respond: postClaims),
            Endpoint(
                method: .post, path: "/x12", summary: "Take in X12 interchanges and acknowledge them",
                takes: [.bytes("application/edi-x12")],
                answers: [
                    .init(
                        200, "TA1 and 999; the report of the intake where JSON is asked for",
                        [.bytes("application/edi-x12"), .object("intake report")]),
                    .init(204, "Taken in; an acknowledgement is not acknowledged"),
                ], problems: [413, 415, 422, 503], respond: postX12),
            Endpoint(
                method: .post, path: "/intake",
                summary: "Take in any file: X12, HL7 v2, FHIR, JSON claims, a charge master",
                takes: [.bytes("application/octet-stream")],
                answers: [.init(200, "What became of every unit in it", [.object("intake report")])],
                problems: [413, 422, 503], respond: postIntake),
        ]
    }

    // MARK: Claims

    private func postClaims(_ exchange: Exchange) async throws -> Response {
        let json = try await exchange.json(upTo: smallBody)
        let end = ContinuousClock.now + .seconds(options.judgingSeconds)
        guard let values = json.array else {
            let taken = try await take(claim: json, until: end)
            var response = Response.json(taken.json, status: taken.status)
            response.headers[.location] = taken.path
            return response
        }
        guard (1...Self.maximumClaims).contains(values.count) else {
            let issue = Issue(
                .error, "http.claim-count", at: Location(path: "/"),
                message: "An array holds 1 to \(Self.maximumClaims) claims.")
            throw Problem.unusable(issue.message, [issue])
        }
        let all = await take(claims: values, until: end)
        return .json(["claims": .array(all)], status: .init(code: 207, reasonPhrase: "Multi-Status"))
    }

    /// What became of each, in their order; the first of them that fails keeps no other from being taken.
    private func take(claims values: [JSON], until end: ContinuousClock.Instant) async -> [JSON] {
        await withTaskGroup(of: (Int, JSON).self) { group in
            var rest = values.enumerated().makeIterator()
            func add(_ next: (offset: Int, element: JSON)?) {
                guard let (index, value) = next else { return }
                group.addTask {
                    do throws(Problem) { return (index, try await take(claim: value, until: end).json) } catch {
                        return (index, error.json)
                    }
                }
            }
            for _ in 0..<Self.claimsAtOnce { add(rest.next()) }
            var all = [JSON](repeating: .null, count: values.count)
            while let (index, json) = await group.next() {
                all[index] = json
                add(rest.next())
            }
            return all
        }
    }

    /// A claim that is in the record, and how far it has come.
    private struct TakenClaim: Sendable {
        enum Progress: Sendable { case judged, waiting, known }

        var facts: CaseFacts
        var progress: Progress
        var issues: [Issue]

        var path: String { "/cases/\(facts.number.description)" }

        var status: HTTPResponse.Status {
            switch progress {
            case .judged: .created
            case .waiting: .accepted
            case .known: .ok
            }
        }

        var json: JSON {
            let decision: DecisionRecord? =
                switch progress {
                case .judged, .known: facts.decisions(of: .submission).last
                case .waiting: nil
                }
            let id = decision.map { DecisionID(facts.number, entry: $0.entry.sequence).description }
            return .compact([
                "status": JSON(Int(status.code)), "case_id": .string(facts.number.description),
                "state": .string(facts.status.rawValue), "decision_id": id.map(JSON.string),
                "outcome": decision.map { .string($0.decision.outcome.tag) },
                "links": .compact(["case": .string(path), "decision": id.map { .string("/decisions/\($0)") }]),
                "issues": .array(issues.map(\.json)),
            ])
        }
    }

    /// Takes one claim in, in its compact form, so that the same claim written with other spaces is the same, and waits
    /// for its judgement. No other case is worked or waited for.
    private func take(claim json: JSON, until end: ContinuousClock.Instant) async throws(Problem) -> TakenClaim {
        do { _ = try ClaimRequest(reading: json) } catch {
            throw .unusable("The claim cannot be read.", error.issues)
        }
        do { return try await submit(Array(json.text.utf8), until: end) } catch { throw Problem(error) }
    }

    private func submit(_ bytes: [UInt8], until end: ContinuousClock.Instant) async throws -> TakenClaim {
        let source = "http /claims"
        let left = ContinuousClock.now.duration(to: end) / .seconds(1)
        let report: IntakeReport
        if left > Self.leastWait {
            let submission = try await pipeline.submit(bytes, source: source, seconds: left)
            report = submission.report
            if let facts = submission.facts {
                return TakenClaim(
                    facts: facts, progress: submission.isJudged ? .judged : .waiting, issues: report.issues)
            }
        } else {
            // Claims before it in the array have taken all of the time.
            report = try await pipeline.intake(bytes, source: source, priority: .waiting)
            if let number = report.cases.first {
                return TakenClaim(
                    facts: try await pipeline.facts(of: number), progress: .waiting, issues: report.issues)
            }
        }
        guard report.duplicates > 0 else { throw Self.refused(report) }
        let known = try await read { page in
            try page.message(content: Digest(of: bytes), direction: .incoming).flatMap {
                try page.cases(ofMessage: $0.id).first
            }
        }
        guard let known else {
            throw Problem(
                .conflict, "claim-known", "Known already",
                "The claim was taken in before, as a part of something else.",
                issues: report.issues)
        }
        return TakenClaim(facts: try await pipeline.facts(of: known), progress: .known, issues: report.issues)
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
        if report.isRefused, report.acknowledgement.isEmpty { throw Self.refused(report) }
        if exchange.wantsJSON { return .json(report.json) }
        // An acknowledgement is not acknowledged.
        return report.acknowledgement.isEmpty
            ? Response(status: .noContent) : .bytes(report.acknowledgement, "application/edi-x12")
    }

    private func postIntake(_ exchange: Exchange) async throws -> Response {
        let bytes = try await exchange.body(upTo: options.maximumBodyBytes)
        if bytes.isEmpty { throw Problem.unusable("The body is empty.", []) }
        let report = try await pipeline.intake(bytes, source: "http /intake")
        if report.isRefused { throw Self.refused(report) }
        return .json(report.json)
    }

    private static func refused(_ report: IntakeReport) -> Problem {
        .unusable("Nothing in it can be used. It is kept as it came.", report.issues)
    }
}

extension IntakeReport {
    var json: JSON {
        let answer = acknowledgement.isEmpty ? nil : String(decoding: acknowledgement, as: UTF8.self)
        return .compact([
            "source": .string(source), "format": .string(format.rawValue), "digest": .string(digest.hex),
            "bytes": JSON(bytes), "units": JSON(units), "accepted": JSON(accepted), "duplicates": JSON(duplicates),
            "unmatched": JSON(unmatched), "refused": JSON(refused), "kept": JSON(kept),
            "issues": .array(issues.map(\.json)), "issue_count": JSON(issueCount),
            "cases": .array(cases.map { .string($0.description) }), "acknowledgement": answer.map(JSON.string),
        ])
    }
}
