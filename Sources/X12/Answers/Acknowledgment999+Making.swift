public import HealthTypes

extension Acknowledgment999 {
    /// How many errors of one transaction set are told; the set is refused all the same.
    static let maximumErrors = 1000

    /// An interchange of one 999 for each group of an interchange; nil where it has no group that is answered.
    ///
    /// `findings` are those of the whole document. Acknowledgements are not acknowledged.
    public static func make(
        for document: X12Document, interchange index: Int = 0, findings: [Finding], controlNumber: Int,
        at instant: Instant
    ) -> [UInt8]? {
        let interchange = document.interchanges[index]
        let errors = Dictionary(grouping: findings.filter { $0.isError && $0.place.interchange == index }, by: \.place)
        let answered = interchange.groups.indices.filter {
            interchange.groups[$0].header != nil && interchange.groups[$0].functionalID != "FA"
        }
        guard let first = answered.first else { return nil }
        let parties = interchange.answeringParties(for: interchange.groups[first])
        var answer = AnswerInterchange(
            "FA", version: "005010X231A1", parties, controlNumber: controlNumber, at: instant,
            usage: interchange.answeringUsage)
        for place in answered {
            let group = interchange.groups[place]
            answer.beginSet("999")
            var own = GroupAcknowledgment(
                functionalID: group.functionalID, controlNumber: group.controlNumber, version: group.version,
                to: &answer.writer)
            for error in errors[Finding.Place(interchange: index, group: place)] ?? [] {
                own.note(groupError: error)
            }
            for (set, transaction) in group.transactions.enumerated() {
                let found = errors[Finding.Place(interchange: index, group: place, transaction: set)] ?? []
                own.add(
                    set: transaction.id, controlNumber: transaction.controlNumber, guide: transaction.segments[0][3],
                    errors: found, isRefused: !found.isEmpty, to: &answer.writer)
            }
            own.finish(stated: group.trailer?.integer(1), to: &answer.writer)
            answer.endSet()
        }
        answer.end()
        return answer.writer.bytes
    }
}
