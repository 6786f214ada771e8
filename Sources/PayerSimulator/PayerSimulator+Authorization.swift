import Claims
import FHIR
public import HealthTypes

extension PayerSimulator {
    /// Decides on a PAS request (`Claim/$submit`) and gives the response Bundle; an OperationOutcome where the Bundle
    /// is no request that could be decided on.
    ///
    /// A later version of a request adds to the documents of the earlier ones. What waits for documents or for a
    /// reviewer is settled later by a `pas-update` in the mailbox.
    /// - Throws: ``PayerTimeout`` where that fault is drawn, ``KeyReused``.
    public func submitAuthorization(_ bundle: JSON, key: String) throws -> JSON {
        try answering("pas/" + key, bundle, contentType: ContentType.fhir) { transaction in
            let message: Message
            do throws(PASError) { message = try Message(bundle) } catch {
                return OperationOutcome(issues: error.issues).json
            }
            var asked = AuthorizationMapping.request(reading: message.request)
            guard let policy = book[asked.payerID] else {
                var unknown = AuthorizationAnswer(identifier: asked.identifier)
                unknown.errors = ["79"]
                return response(unknown, to: message)
            }
            let earlier = try transaction.authorization(asked.payerID, identifier: asked.identifier)
            if let earlier, earlier.request.version >= asked.version, earlier.answer.errors.isEmpty {
                return response(earlier.answer, to: message)
            }
            asked.documents = (earlier?.request.documents ?? []) + asked.documents
            let number =
                earlier?.number ?? numbering.authorization(payer: asked.payerID, identifier: asked.identifier)
            let answer = AuthorizationDesk(policy: policy, seed: options.seed).decide(
                asked, number: number, member: try transaction.member(asked.payerID, asked.memberID), reviewed: false)
            let record = AuthorizationRecord(
                request: asked, answer: answer, number: number, bundle: bundle.text)
            try transaction.save(record)
            if record.isPended { try scheduleDecision(on: record, in: transaction) }
            return response(answer, to: message)
        }
    }

    /// What the payer has decided by now (`Claim/$inquire`): Parameters with the Bundle of each authorization of the
    /// member that the inquiry's provider or practitioner asked for, the one of its identifier alone where that is
    /// known.
    ///
    /// An OperationOutcome where the inquiry cannot be read.
    public func inquireAuthorization(_ bundle: JSON) throws -> JSON {
        let inquiry: Message
        do throws(PASError) { inquiry = try Message(bundle) } catch {
            return OperationOutcome(issues: error.issues).json
        }
        let asked = AuthorizationMapping.request(reading: inquiry.request)
        let askers = Set([asked.provider.npi, asked.ordering?.npi].compactMap { $0 }.filter { !$0.isEmpty })
        return try ledger.write { transaction in
            var records = try transaction.authorizations(asked.payerID, member: asked.memberID).filter {
                askers.contains($0.request.provider.npi) || askers.contains($0.request.ordering?.npi ?? "")
            }
            if let named = records.first(where: { $0.request.identifier == asked.identifier }) { records = [named] }
            let found = try records.map { record in
                let message = try Message(JSON(parsing: record.bundle))
                return JSON.compact(["name": "return", "resource": response(record.answer, to: message)])
            }
            return ["resourceType": "Parameters", "parameter": .array(found)]
        }
    }

    /// A PAS Bundle and the request that was read from it.
    private struct Message {
        var bundle: FHIRBundle
        var request: PASRequest

        init(_ json: JSON) throws(PASError) {
            // A value that is no Bundle is read as an empty one, of which the reader says what is missing.
            bundle = FHIRBundle(json) ?? FHIRBundle(type: "collection")
            request = try PASRequest(reading: bundle)
        }
    }

    private func response(_ answer: AuthorizationAnswer, to message: Message, at instant: Instant? = nil) -> JSON {
        AuthorizationMapping.pasResponse(answer, to: message.request, at: instant ?? clock.now)
            .bundle(answering: message.bundle).json
    }

    // MARK: What is decided later

    /// Days that a pended request waits for its documents.
    private static let documentDays = 14

    private func scheduleDecision(on record: AuthorizationRecord, in transaction: LedgerTransaction) throws {
        let waitsForReview = record.answer.documentsWanted.isEmpty
        try transaction.schedule(
            Scheduled(
                due: timetable.after(clock.now, days: waitsForReview ? 1 : Self.documentDays),
                kind: waitsForReview ? .authorizationReview : .authorizationExpiry,
                reference: "\(record.request.payerID)/\(record.request.identifier)/\(record.request.version)",
                contentType: ContentType.json,
                bytes: try Canonical.encode([record.request.payerID, record.request.identifier])))
    }

    /// The decision that was scheduled; nil where the request has moved on since.
    func decideLater(_ item: Scheduled, in transaction: LedgerTransaction) throws -> Scheduled? {
        let name = try Canonical.decode([String].self, from: item.bytes)
        guard name.count == 2, let policy = book[name[0]],
            var record = try transaction.authorization(name[0], identifier: name[1]), record.isPended,
            item.reference == "\(name[0])/\(name[1])/\(record.request.version)"
        else { return nil }
        let desk = AuthorizationDesk(policy: policy, seed: options.seed)
        if item.kind == .authorizationReview {
            record.answer = desk.decide(
                record.request, number: record.number, member: try transaction.member(name[0], record.request.memberID),
                reviewed: true)
        } else {
            record.answer = desk.expire(record.answer)
        }
        try transaction.save(record)
        let answer = response(record.answer, to: try Message(JSON(parsing: record.bundle)), at: item.due)
        return Scheduled(
            due: item.due, kind: .authorizationUpdate, reference: "pas-update/\(item.reference)",
            contentType: ContentType.fhir, bytes: Array(answer.text.utf8))
    }
}
