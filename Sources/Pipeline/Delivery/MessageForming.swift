import Claims
import FHIR
import HealthTypes
import Stages
import Store
import X12
import X12Units

/// Forms messages from what decisions sent: one 270, one PAS Bundle or one appeal from each; claims of a payer together.
///
/// Every control number and time in a message comes from the record, so that the bytes are fixed once.
struct MessageForming: Sendable {
    let now: Instant
    let lane: Lane
    let kind: LaneKind

    /// Claims in one interchange at most (X222A1 advises 5,000 for a transaction set).
    static let maximumClaims = 1000
    private static let sender = "CLAIMWRIGHT"
    private static let contact = "BILLING OFFICE"
    private static let telephone = "2175550100"
    /// ISA15: the built-in payer and test files are told apart from production by it.
    private static let usage = "T"

    typealias Formed = (messages: [FormedMessage], unformable: [SentPart])

    /// Series of numbers in the record.
    enum Series: String {
        case interchange = "interchange"
        case batch = "batch"
    }

    func form(_ sends: [UnformedSend], _ next: (String) throws -> Int) throws -> Formed {
        var formed: Formed = ([], [])
        if kind == .claim {
            // What somebody waits for does not travel with what came in files: it would go, and be answered, with it.
            for priority in Priority.allCases {
                let own = sends.filter { $0.priority == priority }
                for start in stride(from: 0, to: own.count, by: Self.maximumClaims) {
                    try claims(Array(own[start..<min(own.count, start + Self.maximumClaims)]), next, &formed)
                }
            }
        } else {
            for send in sends { try single(send, next, &formed) }
        }
        return formed
    }

    private func single(_ send: UnformedSend, _ next: (String) throws -> Int, _ formed: inout Formed) throws {
        guard let body = send.row.body else { return formed.unformable.append(send.part) }
        switch kind {
        case .inquiry:
            guard let inquiry = try? Canonical.decode(EligibilityInquiry.self, from: body) else {
                return formed.unformable.append(send.part)
            }
            let interchange = EligibilityMapping.form([inquiry], reference: inquiry.trace, in: try heading(next))
            guard !interchange.bytes.isEmpty else { return formed.unformable.append(send.part) }
            formed.messages.append(message("x12", kind.rawValue, interchange.bytes, [send]))
        case .authorization:
            guard let request = try? Canonical.decode(AuthorizationRequest.self, from: body),
                let value = AuthorizationMapping.pasRequest(request, at: now).value
            else {
                return formed.unformable.append(send.part)
            }
            // An update carries the version before it (PAS, Claim.related), which is the same request without its
            // documents.
            var earlier: PASRequest?
            if request.version > 1 {
                var before = request
                before.version -= 1
                before.documents = []
                earlier = AuthorizationMapping.pasRequest(before, at: now).value
            }
            formed.messages.append(
                message("fhir", "PAS Bundle", Array(value.bundle(updating: earlier).json.text.utf8), [send]))
        case .appeal:
            formed.messages.append(message("json", "appeal", body, [send]))
        case .chart: formed.messages.append(message("fhir", "Coverage", body, [send]))
        case .review: formed.messages.append(message("json", "review", body, [send]))
        case .claim: break
        }
    }

    private func claims(_ sends: [UnformedSend], _ next: (String) throws -> Int, _ formed: inout Formed) throws {
        var claims: [Claim] = []
        var own: [UnformedSend] = []
        for send in sends {
            // One that cannot be read keeps no other from going out.
            guard let body = send.row.body, let claim = try? Canonical.decode(Claim.self, from: body) else {
                formed.unformable.append(send.part)
                continue
            }
            claims.append(claim)
            own.append(send)
        }
        guard let first = claims.first else { return }
        let reference = "B\(padded(try next(Series.batch.rawValue), to: 8))"
        let interchange = ClaimMapping.form(
            claims,
            submitter: ClaimMapping.Submitter(
                name: Self.sender, id: Self.sender, contact: Self.contact, phone: Self.telephone),
            receiver: (name: first.payer?.payerName ?? lane.receiver, id: lane.receiver), reference: reference,
            in: try heading(next), maximumClaims: Self.maximumClaims)
        for refusal in interchange.refusals { formed.unformable.append(own[refusal.value].part) }
        let carried = interchange.sets.flatMap(\.values).sorted()
        guard !interchange.bytes.isEmpty, !carried.isEmpty else { return }
        var settings: [(name: String, value: String)] = []
        func keep(_ name: String, _ values: [Int]) throws {
            let batch = SentBatch(claims: values.map { claims[$0].controlNumber })
            settings.append((name, String(decoding: try Canonical.encode(batch), as: UTF8.self)))
        }
        for set in interchange.sets {
            try keep(SentBatch.name(group: interchange.groupControlNumber, set: set.controlNumber), set.values)
            try keep(SentBatch.name(reference: set.reference), set.values)
        }
        try keep(SentBatch.name(group: interchange.groupControlNumber, set: nil), carried)
        var batch = message("x12", kind.rawValue, interchange.bytes, carried.map { own[$0] })
        batch.settings = settings
        formed.messages.append(batch)
    }

    private func heading(_ next: (String) throws -> Int) throws -> InterchangeHeading {
        InterchangeHeading(
            parties: InterchangeParties(sender: Self.sender, receiver: lane.receiver),
            controlNumber: try next(Series.interchange.rawValue), at: now, usage: Self.usage)
    }

    private func message(_ format: String, _ kind: String, _ bytes: [UInt8], _ sends: [UnformedSend]) -> FormedMessage {
        // The key is that of the first part: a send belongs to one message.
        let first = sends[0].part
        return FormedMessage(
            lane: lane, format: format, kind: kind, bytes: bytes,
            key: "\(first.caseNumber).\(first.entry).\(first.number)", parts: sends.map(\.part))
    }
}

/// The claims of a batch that was sent, for an acknowledgement that names no claim.
struct SentBatch: Recorded {
    var claims: [String]

    init(claims: [String]) { self.claims = claims }

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("claims", claims)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        claims = try reader.field("claims")
        try reader.end()
    }

    /// The setting under which the claims of a group, or of one set in it, are kept.
    static func name(group: String, set: String?) -> String { "batch/\(group)/\(set ?? "")" }

    static func name(reference: String) -> String { "batch-reference/\(reference)" }

    static func read(_ name: String, in tx: any IntakeTransaction) throws -> [String] {
        guard let text = try tx.setting(name) else { return [] }
        return try Canonical.decode(SentBatch.self, from: Array(text.utf8)).claims
    }
}
