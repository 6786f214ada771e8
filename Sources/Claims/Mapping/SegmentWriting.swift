import HealthTypes
import X12

extension TransactionWriter {
    /// NM1 of a person.
    mutating func addName(_ code: String, _ person: Person, qualifier: String = "", id: String? = nil) {
        add(
            "NM1", .text(code), "1", .text(person.family), .text(person.given), .optional(person.middle), "", "",
            id == nil ? .empty : .text(qualifier), .optional(id))
    }

    /// NM1 of a provider, with its NPI where one is known.
    mutating func addName(_ code: String, _ provider: Provider) {
        add(
            "NM1", .text(code), .text(provider.entity.rawValue), .text(provider.name), .optional(provider.given), "",
            "", "", provider.npi.isEmpty ? .empty : "XX", .text(provider.npi))
    }

    /// NM1 of an organization that has a name and an identifier.
    mutating func addName(_ code: String, organization name: String, qualifier: String, id: String) {
        add("NM1", .text(code), "2", .text(name), "", "", "", "", .text(qualifier), .text(id))
    }

    mutating func addAddress(_ address: Address?) {
        guard let address else { return }
        add("N3", .text(address.line1), .optional(address.line2))
        add("N4", .text(address.city), .text(address.state), .text(address.postalCode))
    }

    /// DMG; a sex that is not known is written as `U` or left out, as the guide has it.
    mutating func addDemographics(_ person: Person, unknownSex: String = "U") {
        guard let birthDate = person.birthDate else { return }
        add("DMG", "D8", .date(birthDate), .text(person.sex == .unknown ? unknownSex : person.sex.rawValue))
    }

    mutating func addTaxonomy(_ code: String, of provider: Provider) {
        guard let taxonomy = provider.taxonomy else { return }
        add("PRV", .text(code), "PXC", .text(taxonomy))
    }

    /// DTP, as a range where it has an end.
    mutating func addPeriod(_ qualifier: String, _ from: CalendarDate, _ to: CalendarDate? = nil) {
        if let to {
            add("DTP", .text(qualifier), "RD8", .text("\(from.compact)-\(to.compact)"))
        } else {
            add("DTP", .text(qualifier), "D8", .date(from))
        }
    }

    mutating func addReference(_ qualifier: String, _ value: String?) {
        guard let value else { return }
        add("REF", .text(qualifier), .text(value))
    }

    /// CAS: one segment for each group, in the order of first appearance, and a further one after six adjustments.
    mutating func addAdjustments(_ adjustments: [Adjustment]) {
        for (group, members) in adjustments.grouped(by: \.group) {
            for start in stride(from: 0, to: members.count, by: 6) {
                let elements = members[start..<min(start + 6, members.count)].flatMap {
                    [X12Value.text($0.reason), .money($0.amount), .optional($0.quantity)]
                }
                add("CAS", elements: [.text(group)] + elements)
            }
        }
    }

    mutating func addBeginning(
        _ structure: String, _ purpose: String, reference: String, at: Instant, kind: X12Value = .empty
    ) {
        let time = String(at.compact.dropFirst(8).prefix(4))
        add("BHT", .text(structure), .text(purpose), .text(reference), .date(at.date), .text(time), kind)
    }
}

extension Sequence {
    /// The elements by key, keys in the order of their first appearance.
    func grouped<Key: Hashable>(by key: (Element) -> Key) -> [(key: Key, members: [Element])] {
        var places: [Key: Int] = [:]
        var groups: [(key: Key, members: [Element])] = []
        for element in self {
            let key = key(element)
            if let place = places[key] {
                groups[place].members.append(element)
            } else {
                places[key] = groups.count
                groups.append((key, [element]))
            }
        }
        return groups
    }
}
