public import HealthTypes
public import X12

/// A claim acknowledgement (277CA, 005010X214) as a whole: which claims a receiver took in and which it turned back.
///
/// It is in memory with all of its claims; ``ClaimStatus277`` gives them one after the other.
public struct ClaimAcknowledgment277CA: Sendable {
    public struct Claim: Sendable {
        /// TRN02: CLM01 of the claim.
        public let patientControlNumber: String
        /// REF*1K; empty where the payer has given none.
        public let payerClaimControlNumber: String
        /// REF*D9.
        public let clearinghouseTraceNumber: String
        /// All STC of the claim, and those of its lines.
        public let statuses: [StatusEntry]
        public let lineStatuses: [StatusEntry]
        /// NM109 of the billing provider above it.
        public let provider: String

        /// Of its first status; empty where the claim has none.
        public var categoryCode: String { statuses.first?.reasons.first?.category ?? "" }
        public var statusCode: String { statuses.first?.reasons.first?.code ?? "" }
        public var entity: String { statuses.first?.reasons.first?.entity ?? "" }
        public var isRejected: Bool { statuses.contains(where: \.isRejection) || statuses.first?.action == "U" }
    }

    /// What the receiver level adds up; nil where it does not say.
    public struct Totals: Hashable, Sendable {
        public var acceptedCount: Int?
        public var rejectedCount: Int?
        public var acceptedAmount: Money?
        public var rejectedAmount: Money?
    }

    /// NM109 of who sends it, and whether it is the payer (PR) or a clearinghouse (AY).
    public private(set) var source = ""
    public private(set) var sourceKind = ""
    /// TRN02 of the receiver level: BHT03 of the 837 that is answered.
    public private(set) var batch = ""
    public private(set) var batchStatuses: [StatusEntry] = []
    public private(set) var totals = Totals()
    public private(set) var claims: [Claim] = []

    private init() {}

    /// Every claim acknowledgement of an input, in order.
    ///
    /// - Throws: what the source throws.
    public static func all(
        in input: any ByteSource, guides: GuideLibrary = .standard
    ) throws -> [ClaimAcknowledgment277CA] {
        var all: [ClaimAcknowledgment277CA] = []
        var steps = UnitSteps(input, guides: guides) { $0.set == "277" && $0.guide.hasPrefix("005010X214") }
        while try steps.step({ event, _ in
            switch event {
            case .began: all.append(ClaimAcknowledgment277CA())
            case .unit(let unit):
                if let status = ClaimStatus277(unit), !all.isEmpty { all[all.count - 1].take(status) }
            default: break
            }
        }) {}
        return all
    }

    private mutating func take(_ status: ClaimStatus277) {
        source = status.source?.identifier ?? source
        sourceKind = status.source?.role ?? sourceKind
        let root = status.unit.root
        switch status.level {
        case .receiver:
            batch = status.traceNumber
            batchStatuses += status.statuses
            totals = Totals(
                acceptedCount: root.first("QTY", "90").flatMap { Int($0[2]) },
                rejectedCount: root.first("QTY", "AA").flatMap { Int($0[2]) },
                acceptedAmount: root.first("AMT", "YU")?.money(2), rejectedAmount: root.first("AMT", "YY")?.money(2))
        case .provider: break
        case .claim:
            claims.append(
                Claim(
                    patientControlNumber: status.traceNumber, payerClaimControlNumber: status.payerControlNumber,
                    clearinghouseTraceNumber: root.first("REF", "D9")?[2] ?? "", statuses: status.statuses,
                    lineStatuses: status.lines.flatMap(\.statuses),
                    provider: status.providers.first?.identifier ?? ""))
        }
    }
}

extension StatusEntry {
    /// Whether one of its reasons turns a claim back (A3, A6, A7, A8) or says that it was not found (A4).
    public var isRejection: Bool { reasons.contains(where: \.isRejection) }
}

extension StatusEntry.Reason {
    /// Whether its category turns a claim back (A3, A6, A7, A8) or says that it was not found (A4).
    public var isRejection: Bool { ["A3", "A4", "A6", "A7", "A8"].contains(category) }
}
