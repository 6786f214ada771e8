import Claims
import FHIR
import HealthTypes
import Stages
import Store
import X12

/// Forms messages from ordered effects: one 270, one PAS Bundle or one appeal from each; claims of a payer together.
///
/// Every control number and time in a message comes from the record, so that the bytes are fixed once.
struct MessageForming {
    let tx: StoreTransaction
    let now: Instant

    /// Claims in one interchange at most (X222A1 advises 5,000 for a transaction set).
    static let maximumClaims = 1000
    private static let sender = "CLAIMWRIGHT"

    /// Forms what waits; returns how many effects were taken.
    func run(limit: Int) throws -> Int {
        let effects = try tx.unformedEffects(limit: limit)
        for (_, group) in Dictionary(grouping: effects, by: { "\($0.kind)/\($0.receiver)" }).sorted(by: {
            $0.key < $1.key
        }) {
            guard let first = group.first else { continue }
            if first.kind == "837" {
                for start in stride(from: 0, to: group.count, by: Self.maximumClaims) {
                    try formClaims(Array(group[start..<min(group.count, start + Self.maximumClaims)]))
                }
            } else {
                for effect in group { try form(effect) }
            }
        }
        return effects.count
    }

    private func form(_ effect: OutboxRow) throws {
        switch effect.kind {
        case "270":
            let inquiry = try Canonical.decode(EligibilityInquiry.self, from: effect.body)
            // What a payer may miss in a question is the payer's to say: it is asked all the same.
            let formed = EligibilityMapping.form(
                [inquiry], reference: inquiry.trace, in: try heading(to: effect.receiver), snip: 0)
            guard formed.refusals.isEmpty else { return try giveUp(effect) }
            try keep(formed.bytes, "x12", "270", [effect])
        case "pas":
            let request = try Canonical.decode(AuthorizationRequest.self, from: effect.body)
            let result = AuthorizationMapping.pasRequest(request, at: now)
            guard let value = result.value else { return try giveUp(effect) }
            let prior = try earlierRequest(request).flatMap { AuthorizationMapping.pasRequest($0, at: now).value }
            try keep(Array(value.bundle(updating: prior).json.text.utf8), "fhir", "PAS Bundle", [effect])
        case "appeal": try keep(effect.body, "json", "appeal", [effect])
        default: try keep(effect.body, "fhir", "Coverage", [effect])
        }
    }

    /// The version before, which an update must carry (PAS, Claim.related).
    private func earlierRequest(_ request: AuthorizationRequest) throws -> AuthorizationRequest? {
        guard request.version > 1, let body = try tx.effect(key: "\(request.identifier)/\(request.version - 1)") else {
            return nil
        }
        return try Canonical.decode(AuthorizationRequest.self, from: body.body)
    }

    private func formClaims(_ effects: [OutboxRow]) throws {
        let claims = try effects.map { try Canonical.decode(Claim.self, from: $0.body) }
        let reference = "B\(padded(try tx.next("batch"), to: 8))"
        let receiver = effects[0].receiver
        let formed = ClaimMapping.form(
            claims,
            submitter: ClaimMapping.Submitter(
                name: "CLAIMWRIGHT", id: Self.sender, contact: "BILLING OFFICE", phone: "2175550100"),
            receiver: (name: claims[0].payer?.payerName ?? receiver, id: receiver), reference: reference,
            in: try heading(to: receiver), maximumClaims: Self.maximumClaims)
        for refusal in formed.refusals { try giveUp(effects[refusal.value]) }
        guard !formed.sets.isEmpty else { return }
        let group = formed.groupControlNumber
        for set in formed.sets {
            let numbers = set.values.map { claims[$0].controlNumber }.joined(separator: " ")
            try tx.set("batch/\(group)/\(set.controlNumber)", to: numbers)
            try tx.set("batch-reference/\(set.reference)", to: numbers)
        }
        let carried = formed.sets.flatMap(\.values)
        try tx.set("batch/\(group)/", to: carried.map { claims[$0].controlNumber }.joined(separator: " "))
        try keep(formed.bytes, "x12", "837", carried.sorted().map { effects[$0] })
    }

    private func heading(to receiver: String) throws -> InterchangeHeading {
        InterchangeHeading(
            parties: InterchangeParties(sender: Self.sender, receiver: receiver),
            controlNumber: try tx.next("interchange"), at: now, usage: "T")
    }

    private func keep(_ bytes: [UInt8], _ format: String, _ kind: String, _ effects: [OutboxRow]) throws {
        guard let first = effects.first else { return }
        let digest = try tx.keep(bytes)
        try tx.add(
            MessageRow(
                direction: .outgoing, format: format, kind: kind, digest: digest, source: first.receiver, at: now,
                state: .sent, byteCount: bytes.count), cases: effects.map(\.caseID).uniqued())
        let key = effects.count == 1 && first.kind != "837" ? first.key : "batch/\(digest.short)"
        try tx.form(
            TransmissionRow(kind: first.kind, receiver: first.receiver, key: key, digest: digest),
            of: effects.map(\.id), due: now)
    }

    /// An effect of which no message can be formed: it is closed as failed, and its case is told by the caller.
    private func giveUp(_ effect: OutboxRow) throws {
        let digest = try tx.keep(effect.body)
        try tx.form(
            TransmissionRow(kind: "unformable", receiver: effect.receiver, key: effect.key, digest: digest),
            of: [effect.id], due: now)
    }
}
