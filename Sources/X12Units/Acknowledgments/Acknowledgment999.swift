import X12

/// The implementation acknowledgement of one functional group (999, 005010X231A1), as it was read.
public struct Acknowledgment999: X12UnitView, Hashable {
    public struct ElementError: Hashable, Sendable {
        public let element: Int?
        public let component: Int?
        public let repetition: Int?
        /// IK403.
        public let code: String
    }

    public struct SegmentError: Hashable, Sendable {
        /// IK301, such as `NM1`.
        public let segment: String
        /// IK302, ST being 1.
        public let position: Int?
        public let loop: String
        /// IK304.
        public let code: String
        /// The business units that CTX segments name, such as `CLM01` and the claim's number.
        public internal(set) var contexts: [[String]]
        public internal(set) var elements: [ElementError]
    }

    public struct TransactionResult: Hashable, Sendable {
        /// AK201, AK202 and AK203.
        public let id: String
        public let controlNumber: String
        public let guide: String
        /// IK501: A, E and M are accepted.
        public internal(set) var status: String
        /// IK502 and following.
        public internal(set) var codes: [String]
        public internal(set) var errors: [SegmentError]

        public var isAccepted: Bool { ["A", "E"].contains(status) }
    }

    /// AK101, AK102 and AK103: the group that is answered.
    public let functionalID: String
    public let groupControlNumber: String
    public let version: String
    public let transactions: [TransactionResult]
    /// AK901: A accepted, E accepted with errors, P in part, R rejected.
    public let status: String
    public let includedCount: Int?
    public let receivedCount: Int?
    public let acceptedCount: Int?
    /// AK905 and following.
    public let codes: [String]

    public static let sets = ["999"]

    /// Nil where the unit is no 999 or has no AK1.
    public init?(_ unit: X12Unit) {
        let segments = unit.segments
        guard unit.set == "999", let group = segments.first(where: { $0.id == "AK1" }) else { return nil }
        functionalID = group[1]
        groupControlNumber = group[2]
        version = group[3]
        transactions = Self.results(segments)
        let trailer = segments.last { $0.id == "AK9" }
        status = trailer?[1] ?? ""
        includedCount = trailer.flatMap { Int($0[2]) }
        receivedCount = trailer.flatMap { Int($0[3]) }
        acceptedCount = trailer.flatMap { Int($0[4]) }
        codes = trailer.map { trailer in (5...9).map { trailer[$0] }.filter { !$0.isEmpty } } ?? []
    }

    private static func results(_ segments: [UnitSegment]) -> [TransactionResult] {
        var results: [TransactionResult] = []
        for segment in segments {
            if segment.id == "AK2" {
                results.append(
                    TransactionResult(
                        id: segment[1], controlNumber: segment[2], guide: segment[3], status: "", codes: [], errors: [])
                )
                continue
            }
            guard let last = results.indices.last else { continue }
            let error = results[last].errors.indices.last
            switch segment.id {
            case "IK3":
                results[last].errors.append(
                    SegmentError(
                        segment: segment[1], position: Int(segment[2]), loop: segment[3], code: segment[4],
                        contexts: [], elements: []))
            case "CTX":
                if let error { results[last].errors[error].contexts += segment.components(1) }
            case "IK4":
                guard let error else { continue }
                results[last].errors[error].elements.append(
                    ElementError(
                        element: Int(segment[1, 1]), component: Int(segment[1, 2]), repetition: Int(segment[1, 3]),
                        code: segment[3]))
            case "IK5":
                results[last].status = segment[1]
                results[last].codes = (2...6).map { segment[$0] }.filter { !$0.isEmpty }
            default: break
            }
        }
        return results
    }
}
