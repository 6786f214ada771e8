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
        var writer = SegmentWriter()
        writer.beginInterchange(
            parties, controlNumber: controlNumber, at: instant, usage: interchange.answeringUsage)
        writer.beginGroup("FA", parties, controlNumber: controlNumber, at: instant, version: "005010X231A1")
        for (count, place) in answered.enumerated() {
            let group = interchange.groups[place]
            let number = padded(count + 1, to: 4)
            var answer = GroupAcknowledgment(
                functionalID: group.functionalID, controlNumber: group.controlNumber, version: group.version,
                number: number, to: &writer)
            for error in errors[Finding.Place(interchange: index, group: place)] ?? [] {
                answer.note(groupError: error)
            }
            for (set, transaction) in group.transactions.enumerated() {
                let own = errors[Finding.Place(interchange: index, group: place, transaction: set)] ?? []
                answer.add(
                    set: transaction.id, controlNumber: transaction.controlNumber, guide: transaction.segments[0][3],
                    errors: own, isRefused: !own.isEmpty, to: &writer)
            }
            answer.finish(stated: group.trailer?.integer(1), number: number, to: &writer)
        }
        writer.write("GE", String(answered.count), String(controlNumber % 1_000_000_000))
        writer.write("IEA", "1", padded(controlNumber % 1_000_000_000, to: 9))
        return writer.bytes
    }
}
