import HealthTypes
import X12

/// Segments of one transaction set, in order, as the readers of this folder walk them.
///
/// They walk the segments themselves and not a guide's loops, so that a set in an older or unknown guide, or one out
/// of order, is still read as far as it is alike.
typealias Segments = ArraySlice<Segment>

/// A segment that opens a loop, and what follows it up to the next opener.
struct Section {
    let header: Segment
    let body: Segments
}

extension Segment {
    /// Nil where the element is empty.
    func text(_ element: Int) -> String? {
        let text = self[element]
        return text.isEmpty ? nil : text
    }

    /// Nil where the component is empty.
    func text(_ element: Int, _ component: Int) -> String? {
        let text = self[element, component]
        return text.isEmpty ? nil : text
    }

    /// The components from one on of an element's first repetition, empty ones left out.
    func components(_ element: Int, from first: Int, to last: Int) -> [String] {
        (first...last).compactMap { text(element, $0) }
    }

    /// A DTP (qualifier, format, value) in the formats D8, DT and RD8; nil for any other.
    var period: DatedPeriod? { Self.period(self[1], self[3]) }

    /// A DTM (qualifier, date).
    var dateTime: DatedPeriod? { Self.period(self[1], self[2]) }

    private static func period(_ qualifier: String, _ text: String) -> DatedPeriod? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, let from = CalendarDate(text.prefix(8)) else { return nil }
        guard parts.count == 2 else { return DatedPeriod(qualifier: qualifier, from: from) }
        guard let to = CalendarDate(parts[1].prefix(8)) else { return nil }
        return DatedPeriod(qualifier: qualifier, from: from, to: to)
    }
}

extension Collection where Element == Segment {
    func first(_ id: String, _ qualifiers: String...) -> Segment? {
        first { $0.id == id && (qualifiers.isEmpty || qualifiers.contains($0[1])) }
    }

    func all(_ id: String, _ qualifiers: String...) -> [Segment] {
        filter { $0.id == id && (qualifiers.isEmpty || qualifiers.contains($0[1])) }
    }

    /// The text as it is kept where it could not be read: a segment on each line.
    var keptText: String { map(\.rawText).joined(separator: "\n") }
}

extension ArraySlice where Element == Segment {
    /// Cuts before every segment of these ids; `head` is what stands before the first.
    func cut(before ids: Set<String>) -> (head: Segments, sections: [Section]) {
        let starts = indices.filter { ids.contains(self[$0].id) }
        let ends = starts.dropFirst() + [endIndex]
        let sections = zip(starts, ends).map { Section(header: self[$0], body: self[($0 + 1)..<$1]) }
        return (self[startIndex..<(starts.first ?? endIndex)], sections)
    }
}

// MARK: - Parties

extension Section {
    /// A person from NM1, N3, N4 and DMG.
    var person: Person {
        let birth = body.first("DMG")
        return Person(
            family: header[3], given: header[4], middle: header.text(5), birthDate: birth?.date(2),
            sex: birth.flatMap { Person.Sex(rawValue: $0[3]) } ?? .unknown, address: body.address)
    }

    /// A provider from NM1, PRV, N3, N4 and REF. An identifier that is a tax number is not taken for an NPI.
    var provider: Provider {
        let isTaxNumber = ["24", "34", "FI"].contains(header[8])
        let number = body.first("REF", "EI", "SY", "TJ")?[2]
        return Provider(
            npi: isTaxNumber ? "" : header[9], entity: Provider.Entity(rawValue: header[2]) ?? .organization,
            name: header[3], given: header.text(4), taxonomy: body.first("PRV")?.text(3),
            taxID: number ?? (isTaxNumber ? header.text(9) : nil), address: body.address)
    }
}

extension Collection where Element == Segment {
    /// N3 and N4; nil where neither stands.
    var address: Address? {
        let street = first("N3")
        let place = first("N4")
        guard street != nil || place != nil else { return nil }
        return Address(
            line1: street?[1] ?? "", line2: street?.text(2), city: place?[1] ?? "", state: place?[2] ?? "",
            postalCode: place?[3] ?? "")
    }
}

/// The adjustments of CAS segments: up to six of reason, amount and quantity in each.
func adjustments(in segments: [Segment], issues: inout [Issue]) -> [Adjustment] {
    var found: [Adjustment] = []
    for segment in segments {
        for element in stride(from: 2, through: max(2, segment.elementCount), by: 3) {
            guard let reason = segment.text(element) else { continue }
            guard let amount = segment.money(element + 1) else {
                issues.append(MappingFault.adjustmentUnreadable.issue(at: segment.location(element: element + 1)))
                continue
            }
            found.append(
                Adjustment(group: segment[1], reason: reason, amount: amount, quantity: segment.text(element + 2)))
        }
    }
    return found
}
