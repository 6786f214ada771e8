import HealthTypes
import X12
import X12Units

extension String {
    /// Nil where nothing is stated.
    var stated: String? { isEmpty ? nil : self }

    /// Without the spaces at its end, which some senders fill numbers up with.
    var withoutFilling: String {
        guard utf8.last == 0x20 else { return self }
        return String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}

extension UnitSegment {
    /// Nil where the element is empty.
    func stated(_ element: Int) -> String? { self[element].stated }

    /// Nil where the component is empty.
    func stated(_ element: Int, _ component: Int) -> String? { self[element, component].stated }

    /// The components from one on of an element's first repetition, empty ones left out.
    func components(_ element: Int, from first: Int, to last: Int) -> [String] {
        (first...last).compactMap { stated(element, $0) }
    }

    /// A DTP (qualifier, format, value) in the formats D8, DT and RD8; nil for any other.
    var period: DatedPeriod? {
        let parts = self[3].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, let from = CalendarDate(parts[0].prefix(8)) else { return nil }
        guard parts.count == 2 else { return DatedPeriod(qualifier: self[1], from: from) }
        guard let to = CalendarDate(parts[1].prefix(8)) else { return nil }
        return DatedPeriod(qualifier: self[1], from: from, to: to)
    }
}

extension UnitLoop {
    /// Its own DTP; one that cannot be read is left out with an issue.
    func periods(issues: inout [Issue]) -> [DatedPeriod] {
        all("DTP").compactMap { segment in
            if let period = segment.period { return period }
            issues.append(MappingFault.dateUnreadable.issue(at: segment.location(element: 3)))
            return nil
        }
    }

    /// Its own CAS: up to six of reason, amount and quantity in each.
    func adjustments(issues: inout [Issue]) -> [Adjustment] {
        var found: [Adjustment] = []
        for segment in all("CAS") {
            for element in stride(from: 2, through: max(2, segment.elementCount), by: 3) {
                guard let reason = segment.stated(element) else { continue }
                guard let amount = segment.money(element + 1) else {
                    issues.append(
                        MappingFault.adjustmentUnreadable.issue(at: segment.location(element: element + 1)))
                    continue
                }
                found.append(
                    Adjustment(group: segment[1], reason: reason, amount: amount, quantity: segment.stated(element + 2))
                )
            }
        }
        return found
    }
}

// MARK: - Parties that were read

extension Address {
    /// Nil where the party has neither a street nor a place.
    init?(_ party: Party) {
        guard !party.address.isEmpty || !party.city.isEmpty || !party.state.isEmpty || !party.postalCode.isEmpty else {
            return nil
        }
        self.init(
            line1: party.address.first ?? "", line2: party.address.count > 1 ? party.address[1] : nil,
            city: party.city, state: party.state, postalCode: party.postalCode)
    }
}

extension Person {
    init(_ party: Party) {
        self.init(
            family: party.name, given: party.firstName, middle: party.middleName.stated, birthDate: party.birthDate,
            sex: Sex(rawValue: party.gender) ?? .unknown, address: Address(party))
    }
}

extension Provider {
    /// An identifier that is a tax number is not taken for an NPI.
    init(_ party: Party) {
        let isTaxNumber = ["24", "34", "FI"].contains(party.identifierQualifier)
        let number = party.references.first { ["EI", "SY", "TJ"].contains($0.qualifier) }?.value
        self.init(
            npi: isTaxNumber ? "" : party.identifier.withoutFilling, entity: party.isPerson ? .person : .organization,
            name: party.name, given: party.firstName.stated, taxonomy: party.taxonomy.stated,
            taxID: number ?? (isTaxNumber ? party.identifier.stated : nil), address: Address(party))
    }
}

// MARK: - Parties to be written

extension Party {
    /// A person, with what `parts` names of address, birth and sex. A sex that is not known is written as `unknownSex`.
    init(
        _ role: String, _ person: Person, memberID: String? = nil, hasAddress: Bool = true, hasBirth: Bool = true,
        unknownSex: String = "U"
    ) {
        self.init(
            role, isPerson: true, name: person.family, firstName: person.given, middleName: person.middle ?? "",
            identifierQualifier: memberID == nil ? "" : "MI", identifier: memberID ?? "")
        if hasAddress { take(person.address) }
        if hasBirth, let day = person.birthDate {
            birthDate = day
            gender = person.sex == .unknown ? unknownSex : person.sex.rawValue
        }
    }

    /// A provider, with its NPI where one is known.
    init(_ role: String, _ provider: Provider, hasTaxonomy: Bool = false, hasAddress: Bool = false) {
        self.init(
            role, isPerson: provider.entity == .person, name: provider.name, firstName: provider.given ?? "",
            identifierQualifier: provider.npi.isEmpty ? "" : "XX", identifier: provider.npi,
            taxonomy: hasTaxonomy ? provider.taxonomy ?? "" : "")
        if hasAddress { take(provider.address) }
    }

    /// An organization that has a name and an identifier.
    init(_ role: String, organization name: String, _ qualifier: String, _ id: String) {
        self.init(role, name: name, identifierQualifier: id.isEmpty ? "" : qualifier, identifier: id)
    }

    mutating func take(_ place: Address?) {
        guard let place else { return }
        address = [place.line1, place.line2 ?? ""].filter { !$0.isEmpty }
        city = place.city
        state = place.state
        postalCode = place.postalCode
    }
}

extension DateEntry {
    init(_ period: DatedPeriod) {
        if let to = period.to {
            self.init(period.qualifier, period.from, through: to)
        } else {
            self.init(period.qualifier, period.from)
        }
    }
}

extension [Adjustment] {
    /// As X12 writes them: those of a group together, groups in the order of their first appearance.
    var drafts: [X12Units.Adjustment] {
        grouped(by: \.group).flatMap { group, members in
            members.map { X12Units.Adjustment(group, $0.reason, $0.amount, quantity: $0.quantity ?? "") }
        }
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
