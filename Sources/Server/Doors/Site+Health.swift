import HealthTypes
import Hummingbird
import Pipeline
import Store

extension Site {
    var healthEndpoints: [Endpoint] {
        let readiness = Endpoint.Content.object("status, reasons, last_round, cases_set_aside")
        return [
            Endpoint(
                method: .get, path: "/healthz", summary: "Whether the service answers; asked without a token",
                answers: [.init(200, "It does", [.object("status, program")])], respond: getLiveness),
            Endpoint(
                method: .get, path: "/readyz", summary: "Whether the service is fit for work, and why not",
                answers: [
                    .init(200, "It is", [readiness]), .init(503, "It is not; `reasons` say why", [readiness]),
                ], respond: getReadiness),
        ]
    }

    private func getLiveness(_ exchange: Exchange) -> Response {
        .json(["status": "ok", "program": .string(Pipeline.program)])
    }

    private func getReadiness(_ exchange: Exchange) async throws -> Response {
        var report = health.report()
        if !report.hasStoreFault, let fault = await trialFault() { report.reasons.append(.store(fault)) }
        let setAside = try? await read { try $0.casesSetAside(after: nil, limit: Self.maximumCountedSetAside).count }
        let json = JSON.compact([
            "status": report.reasons.isEmpty ? "ready" : "not-ready",
            "reasons": .array(report.reasons.map { .string($0.code) }),
            "last_round": report.lastRound.map { .string($0.description) },
            "cases_set_aside": setAside.map { JSON($0) },
        ])
        return .json(json, status: report.reasons.isEmpty ? .ok : .serviceUnavailable)
    }

    /// More than so many cases that are set aside are not counted here.
    private static let maximumCountedSetAside = 1000

    private struct TakenBack: Error {}

    /// Why the record does not take a write. What is written for the trial is taken back with its transaction.
    private func trialFault() async -> Health.StoreFault? {
        do {
            try await pipeline.store.intake { tx in
                try tx.set("health.trial", to: "")
                throw TakenBack()
            }
            return .unavailable
        } catch is TakenBack { return nil } catch let fault as StoreFault {
            return Health.StoreFault(fault)
        } catch { return .unavailable }
    }
}
