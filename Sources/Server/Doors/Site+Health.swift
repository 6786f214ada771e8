import HealthTypes
import Hummingbird
import Pipeline
import Store

extension Site {
    var healthEndpoints: [Endpoint] {
        let readiness = Endpoint.Content.object("status, reasons, last_round, cases_set_aside, troubles")
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
        let troubles = pipeline.deliveryTroubles.sorted { $0.key < $1.key }
        // Remittances that a person's mistake keeps away are seen here; that a payer is away may pass.
        let reasons =
            report.reasons.map(\.code)
            + troubles.filter { $0.key == .mailbox && !$0.value.kind.mayPass }
            .map { "mailbox-\($0.value.kind.code)" }
        let setAside = try? await read { try $0.casesSetAside(after: nil, limit: Self.maximumCountedSetAside).count }
        let json = JSON.compact([
            "status": reasons.isEmpty ? "ready" : "not-ready", "reasons": .array(reasons.map { .string($0) }),
            "last_round": report.lastRound.map { .string($0.description) },
            "cases_set_aside": setAside.map { JSON($0) },
            "troubles": .array(troubles.map { Self.json($0.key, $0.value) }),
        ])
        return .json(json, status: reasons.isEmpty ? .ok : .serviceUnavailable)
    }

    private static func json(_ place: DeliveryPlace, _ trouble: DeliveryTrouble) -> JSON {
        .compact([
            "place": .string(place.code), "kind": place.lane.map { .string($0.kind) },
            "receiver": place.lane.map { .string($0.receiver) }, "trouble": .string(trouble.kind.code),
            "since": .string(trouble.since.description), "failures": JSON(trouble.failures),
            "retry_at": trouble.retryAt.map { .string($0.description) },
        ])
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
