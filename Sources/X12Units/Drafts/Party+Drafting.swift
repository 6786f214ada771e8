import HealthTypes
import X12

extension Party {
    /// PRV01 that the role brings along.
    var usualProviderCode: StaticString {
        switch role {
        case "71": "AT"
        case "85", "1P": "BI"
        case "DD": "AS"
        case "DN", "P3": "RF"
        default: "PE"
        }
    }

    /// Whether a segment stands in `additional` in the place of the one that the members would make.
    @inline(__always)
    func keeps(_ id: String) -> Bool { !additional.isEmpty && additional.contains { $0.id == id } }

    /// The party of a loop with all that the loop holds: a segment that says more than the members can is kept whole.
    init?(drafting loop: UnitLoop?, except named: Set<String> = []) {
        guard let loop, var party = Party(loop) else { return nil }
        party.references = loop.all("REF").filter { $0.isEmpty(4) }.map(ReferenceNumber.init)
        if let provider = loop.first("PRV"), !party.taxonomy.isEmpty, provider[1] != party.usualProviderCode.description
        {
            party.providerCode = provider[1]
        }
        // A refusal is written where its party is, so that the loop need not be kept.
        party.rejections = loop.rejections.map(\.placeless)
        party.additional = SegmentDraft.all(
            loop.own.filter { segment in
                switch segment.id {
                case "NM1": (6...12).contains { [6, 10, 11, 12].contains($0) && !segment.isEmpty($0) }
                case "N1", "AAA": false
                case "N3", "PER": false
                case "N4": !segment.isEmpty(5) || !segment.isEmpty(6)
                case "DMG": segment.elementCount > 3
                case "PRV": party.taxonomy.isEmpty || segment.elementCount > 3
                case "REF": !segment.isEmpty(4)
                default: !named.contains(segment.id)
                }
            })
        self = party
    }
}

extension X12Unit {
    /// The party of a loop in the unit or around it, to be written again.
    func draftParty(_ loop: String) -> Party? { Party(drafting: loops(loop).first) }
}

extension UnitLoop {
    /// Its numbers that have no further element, and the others as they stand.
    var plainReferences: [ReferenceNumber] { all("REF").filter { $0.isEmpty(4) }.map(ReferenceNumber.init) }

    /// Its own segments of other names than those, and numbers with further elements.
    func additional(except named: Set<String>) -> [SegmentDraft] {
        SegmentDraft.all(own.filter { !named.contains($0.id) || $0.id == "REF" && !$0.isEmpty(4) })
    }
}
