import HealthTypes

/// One composite of an STC: what became of a claim, a line, a provider's claims or a set of them.
struct AnswerStatus: Hashable, BitwiseCopyable {
    /// The digit of the category: 2 is `A2`, accepted; 3, 6, 7 and 8 refuse.
    var category: UInt8
    /// A claim status code (code source 508).
    var code: UInt16
    var entity: Entity

    enum Entity: UInt8, BitwiseCopyable, CaseIterable {
        case none, submitter, receiver, payer, billing, payTo, subscriber, patient, rendering, facility, referring
        case ordering, supervising, attending, operating, purchased

        /// Element 98, of those that a 277CA may name.
        var text: String {
            switch self {
            case .none: ""
            case .submitter: "41"
            case .receiver: "40"
            case .payer: "PR"
            case .billing: "85"
            case .payTo: "87"
            case .subscriber: "IL"
            case .patient: "QC"
            case .rendering: "82"
            case .facility: "77"
            case .referring: "DN"
            case .ordering: "DK"
            case .supervising: "DQ"
            case .attending: "71"
            case .operating: "72"
            case .purchased: "QB"
            }
        }
    }

    var components: [String] { ["A\(category)", String(code), entity.text] }

    /// Accepted for processing.
    static let accepted = AnswerStatus(category: 2, code: 20, entity: .none)
    /// Received, which says nothing yet of its claims.
    static let received = AnswerStatus(category: 1, code: 19, entity: .payer)
    /// Returned to the submitter for faults that lie elsewhere in what was sent with it.
    static let returned = AnswerStatus(category: 3, code: 23, entity: .submitter)
}

extension AnswerStatus.Entity {
    /// Those that a level of the 277CA may name.
    static let ofReceiver: Set<Self> = [.none, .submitter, .receiver, .payer]
    static let ofProvider = ofReceiver.union([.facility, .rendering, .billing, .payTo])
}

extension [AnswerStatus] {
    /// As they may stand where `entities` may be named; one of another entity says only that the form is wrong.
    func naming(_ entities: Set<AnswerStatus.Entity>) -> [AnswerStatus] {
        var named: [AnswerStatus] = []
        for status in self {
            named.note(
                entities.contains(status.entity)
                    ? status : AnswerStatus(category: status.category, code: 481, entity: .none))
        }
        return named
    }

    /// Adds one that is not among them yet; a segment has room for three.
    mutating func note(_ status: AnswerStatus) {
        if count < 3, !contains(status) { append(status) }
    }
}

/// Which guide of the 837 is answered.
enum ClaimKind {
    case professional, institutional, dental

    init(guide: String) {
        self =
            guide.contains("X223") || guide.contains("X096")
            ? .institutional : guide.contains("X224") || guide.contains("X097") ? .dental : .professional
    }
}

/// An error of a set, as far as a claim status needs it.
struct ClaimFault {
    var fault: Fault?
    var segment: String
    var element: Int
    var component: Int
    var loop: String
    var position: Int

    init(_ finding: Finding) {
        let location = finding.issue.location
        fault = Fault(rawValue: finding.issue.code)
        segment = location.segmentID ?? ""
        element = location.element ?? 0
        component = location.component ?? 0
        loop = location.loop ?? "?"
        position = location.segment ?? 0
    }

    /// To what it belongs.
    package enum Level {
        case header, provider, subscriber, patient, claim, line
        /// What is open where it stands.
        case open
    }

    var level: Level {
        if loop.hasPrefix("24") { return .line }
        if loop.hasPrefix("23") { return .claim }
        if loop.hasPrefix("2000A") || loop.hasPrefix("2010A") { return .provider }
        if loop.hasPrefix("2000B") || loop.hasPrefix("2010B") { return .subscriber }
        if loop.hasPrefix("2000C") || loop.hasPrefix("2010C") { return .patient }
        return loop == "?" ? .open : .header
    }
}
