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
        let errors = Dictionary(grouping: findings.filter { $0.isError && $0.place.interchange == index }) {
            $0.place.group
        }
        let answers = interchange.groups.indices.compactMap {
            make(for: interchange.groups[$0], errors: errors[$0] ?? [])
        }
        guard !answers.isEmpty else { return nil }
        var writer = InterchangeWriter(
            parties: interchange.answeringParties(for: interchange.groups.first), controlNumber: controlNumber,
            at: instant, usage: interchange.answeringUsage)
        writer.addGroup(functionalID: "FA", version: "005010X231A1", transactions: answers)
        return writer.bytes()
    }

    /// The 999 of one group; nil where the group has no header or holds acknowledgements.
    static func make(for group: FunctionalGroup, errors: [Finding]) -> TransactionWriter? {
        guard group.header != nil, group.functionalID != "FA" else { return nil }
        var writer = TransactionWriter(id: "999", guide: "005010X231A1")
        let number = group.controlNumber
        let isNumber = (1...9).contains(number.utf8.count) && number.utf8.allSatisfy(\.isDigit)
        writer.add(
            "AK1", .text(fitted(group.functionalID, 2...2)), .text(isNumber ? number : "0"),
            .text(String(group.version.prefix(12))))
        let byTransaction = Dictionary(grouping: errors) { $0.place.transaction ?? -1 }
        let groupCodes = distinct((byTransaction[-1] ?? []).map { $0.codes.group ?? "6" })
        var accepted = 0
        for (number, transaction) in group.transactions.enumerated() {
            let errors = byTransaction[number] ?? []
            writer.add(
                "AK2", .text(fitted(transaction.id, 3...3)), .text(fitted(transaction.controlNumber, 4...9)),
                .text(fitted(transaction.segments[0][3], 0...35)))
            writer.addErrors(errors, of: transaction)
            let codes = distinct(errors.map { $0.codes.transaction ?? "5" })
            let status = errors.isEmpty ? "A" : "R"
            writer.add("IK5", elements: [.text(status)] + codes.prefix(5).map { .text($0) })
            if errors.isEmpty { accepted += 1 }
        }
        if !groupCodes.isEmpty { accepted = 0 }
        let received = group.transactions.count
        let status = accepted == received && groupCodes.isEmpty ? "A" : accepted > 0 ? "P" : "R"
        writer.add(
            "AK9",
            elements: [
                .text(status), .number(min(max(group.trailer?.integer(1) ?? received, 0), 999_999)), .number(received),
                .number(accepted),
            ] + groupCodes.prefix(5).map { .text($0) })
        return writer
    }

    /// The text in a length that its element may have, so that the answer to a broken header is itself valid.
    private static func fitted(_ text: String, _ length: ClosedRange<Int>) -> String {
        let cut = String(text.unicodeScalars.prefix(length.upperBound).map { $0.isASCII ? Character($0) : " " })
        return padded(cut, to: length.lowerBound)
    }

    private static func padded(_ text: String, to length: Int) -> String {
        String(repeating: "0", count: max(length - text.utf8.count, 0)) + text
    }

    private static func distinct(_ codes: [String]) -> [String] {
        var seen: Set<String> = []
        return codes.filter { seen.insert($0).inserted }
    }
}

extension TransactionWriter {
    /// IK3, CTX and IK4 for the errors of a transaction set: one IK3 for all the element errors of a segment.
    fileprivate mutating func addErrors(_ errors: [Finding], of transaction: TransactionSet) {
        let told = errors.filter { $0.codes.segment != nil && $0.issue.location.segment != nil }
            .prefix(Acknowledgment999.maximumErrors)
        var begun: Set<Int> = []
        let ordered = told.enumerated().sorted {
            ($0.element.issue.location.segment!, $0.offset) < ($1.element.issue.location.segment!, $1.offset)
        }
        for (_, error) in ordered {
            let location = error.issue.location
            let position = location.segment ?? 1
            if error.codes.segment == "8", error.codes.element != nil {
                guard begun.insert(position).inserted else { continue }
                addSegmentError(error, position, of: transaction)
                for (_, other) in ordered where other.issue.location.segment == position {
                    addElementError(other)
                }
            } else {
                addSegmentError(error, position, of: transaction)
            }
        }
    }

    private mutating func addSegmentError(_ error: Finding, _ position: Int, of transaction: TransactionSet) {
        let location = error.issue.location
        // A loop id of the guide; ST stands for the set itself, which has none, and ? for one that is unknown.
        let loop = location.loop.flatMap { $0 == "ST" || $0 == "?" ? nil : $0 }
        // IK301 takes two or three characters, whatever stood in the input.
        let id = location.segmentID.map { String($0.prefix(3)) } ?? ""
        let isName = (2...3).contains(id.utf8.count) && id.utf8.allSatisfy(\.isLetterOrDigit)
        add("IK3", .text(isName ? id : "ZZ"), .number(position), .optional(loop), .optional(error.codes.segment))
        if let unit = transaction.businessUnit(at: position) { add("CTX", .composite(unit)) }
    }

    private mutating func addElementError(_ error: Finding) {
        guard let code = error.codes.element, error.codes.segment == "8", let element = error.issue.location.element
        else { return }
        let location = error.issue.location
        add(
            "IK4",
            .composite([
                String(min(element, 99)), location.component.map { String(min($0, 99)) } ?? "",
                location.repetition.map(String.init) ?? "",
            ]), .empty, .text(code))
    }
}

extension TransactionSet {
    /// The number by which the sender knows what a segment belongs to: of an 837 the claim's, of an inquiry its trace.
    fileprivate func businessUnit(at position: Int) -> [String]? {
        let names: [String: (segment: String, element: Int, name: String)] = [
            "837": ("CLM", 1, "CLM01"), "270": ("TRN", 2, "TRN02"), "276": ("TRN", 2, "TRN02"),
        ]
        guard let unit = names[id], position <= segments.count else { return nil }
        for segment in segments[0..<position].reversed() {
            if segment.isA("HL") { return nil }
            if segment.id == unit.segment {
                let value = segment[unit.element]
                return (1...35).contains(value.utf8.count) ? [unit.name, value] : nil
            }
        }
        return nil
    }
}
