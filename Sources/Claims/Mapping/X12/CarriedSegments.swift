import HealthTypes
import X12
import X12Units

/// Says what of a claim's segments a ``Claim`` has no place for, or would be written otherwise by ``ClaimMapping``: who
/// sends a claim on learns what would be lost on the way.
enum CarriedSegments {
    /// Further ones of one claim are not named.
    private static let maximumIssues = 100

    /// An issue of severity information for each segment of the claim and of the levels above it that is not carried in
    /// full, at the first element that is not.
    static func missing(of unit: X12Unit) -> [Issue] {
        var issues: [Issue] = []
        var role = ""
        for segment in unit.context + unit.segments {
            let loop = segment.loop
            let id = segment.id
            // The heading of the set is the batch's and not the claim's.
            if ["ST", "1000A", "1000B"].contains(loop) || id == "HL" || id == "LX" { continue }
            if id == "NM1" { role = segment[1] }
            guard let element = firstLost(segment, id, loop, role) else { continue }
            guard issues.count < maximumIssues else {
                issues.append(MappingFault.notCarriedFurther.issue(at: segment.location()))
                break
            }
            issues.append(MappingFault.notCarried.issue(at: segment.location(element: element == 0 ? nil : element)))
        }
        return issues
    }

    /// The first element that is lost, 0 for the whole segment, nil where none is.
    private static func firstLost(_ segment: UnitSegment, _ id: String, _ loop: String, _ role: String) -> Int? {
        guard let carried = elements(segment, id, loop, role) else { return 0 }
        for element in 1...max(segment.elementCount, 1) where !segment.isEmpty(element) {
            if !carried.contains(element) || !isWrittenAgain(segment, id, element) { return element }
        }
        return nil
    }

    private static let name: Set<Int> = [1, 2, 3, 4, 5, 8, 9]
    private static let providerName: Set<Int> = [1, 2, 3, 4, 8, 9]
    private static let cover: Set<Int> = [1, 2, 3, 4, 9]
    private static let all = Set(1...20)

    /// The elements that have a place; nil where the segment has none.
    private static func elements(_ segment: UnitSegment, _ id: String, _ loop: String, _ role: String) -> Set<Int>? {
        switch loop {
        case "2000A": return id == "PRV" ? [1, 2, 3] : nil
        case "2010AA":
            return id == "REF" ? ofQualifier(segment, ["EI", "SY", "TJ"], [1, 2]) : ofPlace(id, providerName)
        case "2000B", "2000C": return id == "SBR" ? cover : id == "PAT" ? [1, 5, 6] : nil
        case "2010BA", "2010CA", "2330A": return id == "DMG" ? [1, 2, 3] : ofPlace(id, name)
        case "2010BB", "2010BC", "2330B": return id == "NM1" ? providerName : nil
        case "2300": return ofClaim(segment, id)
        case "2320":
            switch id {
            case "SBR": return cover
            case "OI": return [3, 6]
            case "CAS": return all
            case "AMT": return ofQualifier(segment, ["D"], [1, 2])
            default: return nil
            }
        case "2400": return ofLine(segment, id)
        case "2410": return id == "LIN" ? [2, 3] : id == "CTP" ? [4, 5] : nil
        case "2430":
            return id == "SVD"
                ? [1, 2, 3, 5] : id == "CAS" ? all : id == "DTP" ? ofQualifier(segment, ["573"], [1, 2, 3]) : nil
        case _ where loop.hasPrefix("2310") || loop.hasPrefix("2420"): return ofProvider(id, loop, role)
        default: return nil
        }
    }

    private static func ofQualifier(_ segment: UnitSegment, _ known: Set<String>, _ elements: Set<Int>) -> Set<Int>? {
        known.contains(segment[1]) ? elements : nil
    }

    private static func ofPlace(_ id: String, _ name: Set<Int>) -> Set<Int>? {
        id == "NM1" ? name : id == "N3" ? [1, 2] : id == "N4" ? [1, 2, 3] : nil
    }

    private static func ofClaim(_ segment: UnitSegment, _ id: String) -> Set<Int>? {
        switch id {
        case "CLM": [1, 2, 5, 6, 7, 8, 9, 11]
        case "DTP": [1, 2, 3]
        case "REF": ofQualifier(segment, ["G1", "F8", "9F"], [1, 2])
        case "NTE": ofQualifier(segment, ["ADD"], [1, 2])
        case "HI": all
        default: nil
        }
    }

    private static func ofLine(_ segment: UnitSegment, _ id: String) -> Set<Int>? {
        switch id {
        case "SV1": [1, 2, 3, 4, 5, 7]
        case "SV2": [1, 2, 3, 4, 5]
        case "SV3": [1, 2, 3, 6, 11]
        case "DTP": ofQualifier(segment, ["472"], [1, 2, 3])
        case "REF": ofQualifier(segment, ["G1", "6R"], [1, 2])
        case "NTE": ofQualifier(segment, ["ADD"], [1, 2])
        default: nil
        }
    }

    private static func ofProvider(_ id: String, _ loop: String, _ role: String) -> Set<Int>? {
        switch role {
        case "82", "71": id == "PRV" ? [1, 2, 3] : id == "NM1" ? providerName : nil
        case "DN": loop.hasPrefix("2310") && id == "NM1" ? providerName : nil
        case "77": loop.hasPrefix("2310") ? ofPlace(id, providerName) : nil
        case "DK": loop.hasPrefix("2420") ? ofPlace(id, providerName) : nil
        default: nil
        }
    }

    /// Whether what is written in the element's place is what stands in it.
    private static func isWrittenAgain(_ segment: UnitSegment, _ id: String, _ element: Int) -> Bool {
        switch (id, element) {
        case ("CLM", 5): return segment[5, 2] == "B" || segment[5, 2] == "A"
        case ("CLM", 6), ("CLM", 8), ("CLM", 9), ("OI", 3), ("OI", 6): return segment[element] == "Y"
        case ("CLM", 7): return segment[7] == "A"
        case ("CLM", 11): return segment[11, 5].isEmpty
        case ("SV1", 1), ("SVD", 3): return segment[element, 1] == "HC" && segment[element, 8].isEmpty
        case ("LIN", 2): return segment[2] == "N4"
        case ("DTP", 2): return ["D8", "RD8"].contains(segment[2])
        case ("NM1", 8): return ["XX", "MI", "PI", "24", "34", "FI"].contains(segment[8])
        case ("HI", _):
            return (3...9).allSatisfy { segment[element, $0].isEmpty }
                && ClaimMapping.diagnosisQualifiers.contains(segment[element, 1])
        default: return true
        }
    }
}
