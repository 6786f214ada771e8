import HealthTypes
import Stages
import Store

/// The entries of a journal and the messages of its case in one order.
///
/// Much happens in one moment, and a message is not named by the entry that it led to: a message that came in is put
/// before the first entry that its kind leads to, one that went out after the decision that ordered its kind.
struct CaseTimeline {
    enum Item {
        case entry(JournalRow, CaseEvent)
        case message(MessageRow)
    }

    let items: [Item]

    private typealias Entry = (row: JournalRow, event: CaseEvent)

    /// A message and its entries are written together; the clock moves on by little.
    private static let nearSeconds = 60

    init(_ entries: [(row: JournalRow, event: CaseEvent)], _ messages: [MessageRow]) {
        var before = [Int: [MessageRow]]()
        var after = [Int: [MessageRow]]()
        var taken: Set<Int> = []
        var sent: Set<String> = []
        for message in messages {
            if message.direction == .incoming {
                let kinds = Self.entries(ledToBy: message.kind)
                let first = entries.indices.first { index in
                    !taken.contains(index) && kinds.contains(entries[index].row.kind)
                        && Self.isNear(entries[index].row.at, message.at)
                }
                guard let first else {
                    before[entries.firstIndex { $0.row.at >= message.at } ?? entries.count, default: []].append(message)
                    continue
                }
                before[first, default: []].append(message)
                var next = first
                while next < entries.count, kinds.contains(entries[next].row.kind) {
                    taken.insert(next)
                    // A second message of one kind leads to entries of its own.
                    if entries[next].row.kind == kinds.last { break }
                    next += 1
                }
            } else {
                let ordered = entries.indices.last { index in
                    guard entries[index].row.at <= message.at, case .decided(let decision) = entries[index].event else {
                        return false
                    }
                    return !sent.contains("\(index) \(message.kind)")
                        && decision.effects.contains { $0.sends(message.kind) }
                }
                let place = ordered ?? entries.lastIndex { $0.row.at <= message.at } ?? entries.count - 1
                sent.insert("\(place) \(message.kind)")
                after[place, default: []].append(message)
            }
        }
        items =
            (after[-1] ?? []).map(Item.message)
            + entries.indices.flatMap { index in
                (before[index] ?? []).map(Item.message) + [.entry(entries[index].row, entries[index].event)]
                    + (after[index] ?? []).map(Item.message)
            } + (before[entries.count] ?? []).map(Item.message)
    }

    private static func isNear(_ entry: Instant, _ message: Instant) -> Bool {
        (0...nearSeconds).contains(entry.seconds(since: message))
    }

    /// The kinds of entries that a kind of message leads to, in the order in which they are written.
    private static func entries(ledToBy kind: String) -> [String] {
        switch kind.prefix(3) {
        case "SIU": ["covered", "scheduled"]
        case "ADT": ["covered", "checked-in"]
        case "ORM": ["covered", "ordered"]
        case "DFT": ["covered", "charged"]
        case "271": ["eligibility-answered"]
        case "835": ["remitted"]
        case "999", "277": ["acknowledged"]
        case "app": ["appeal-answered"]
        case "837", "cla": ["claim-received"]
        case "Cla": ["authorization-answered"]
        case "Bun": ["covered", "ordered", "charted"]
        default: []
        }
    }
}

extension Effect {
    /// Whether it leaves the house as a message of this kind.
    fileprivate func sends(_ kind: String) -> Bool {
        switch self {
        case .inquireEligibility: kind == "270"
        case .requestAuthorization: kind == "PAS Bundle"
        case .submitClaim: kind == "837"
        case .sendAppeal: kind == "appeal"
        case .writeBack: kind == "Coverage"
        default: false
        }
    }
}
