/// National Provider Identifier: ten digits, the first 1 or 2, the last a Luhn check over `80840` + NPI
/// (45 CFR 162.406; CMS, "Requirements for National Provider Identifier (NPI) and NPI Check Digit").
public enum NPI {
    /// Whether the text has the form and the check digit of an NPI. It says nothing of whether it was ever issued.
    public static func isValid(_ text: some StringProtocol) -> Bool {
        let digits = text.utf8.map { Int($0) - 48 }
        guard digits.count == 10, digits.allSatisfy({ (0...9).contains($0) }), digits[0] == 1 || digits[0] == 2
        else { return false }
        return checkDigit(of: digits.dropLast()) == digits[9]
    }

    /// The ten-digit identifier whose first nine digits are given.
    public static func completing(_ nineDigits: String) -> String {
        let digits = nineDigits.utf8.map { Int($0) - 48 }
        precondition(digits.count == 9, "an NPI is completed from nine digits")
        return nineDigits + String(checkDigit(of: digits[...]))
    }

    private static func checkDigit(of digits: ArraySlice<Int>) -> Int {
        // 24 is the Luhn sum of the constant prefix 80840.
        var sum = 24
        for (position, digit) in digits.reversed().enumerated() {
            let weighted = position % 2 == 0 ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return (10 - sum % 10) % 10
    }
}

/// A code in a named code system, the pair that FHIR calls a Coding: the same letters mean different things in
/// ICD-10-CM and in WHO ICD-10, so that a code never travels without its system.
public struct Code: Hashable, Sendable, Codable {
    public var system: CodeSystem
    public var value: String

    public init(_ system: CodeSystem, _ value: String) {
        self.system = system
        self.value = value
    }
}

/// The name of a code system: an open set, written as FHIR writes it in `Coding.system`.
public struct CodeSystem: RawRepresentable, Hashable, Sendable, Codable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let icd10cm = CodeSystem(rawValue: "http://hl7.org/fhir/sid/icd-10-cm")
    public static let icd10 = CodeSystem(rawValue: "http://hl7.org/fhir/sid/icd-10")
    public static let cpt = CodeSystem(rawValue: "http://www.ama-assn.org/go/cpt")
    public static let hcpcs = CodeSystem(rawValue: "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets")
    public static let loinc = CodeSystem(rawValue: "http://loinc.org")
    public static let atc = CodeSystem(rawValue: "http://www.whocc.no/atc")
    public static let rxnorm = CodeSystem(rawValue: "http://www.nlm.nih.gov/research/umls/rxnorm")
    public static let ndc = CodeSystem(rawValue: "http://hl7.org/fhir/sid/ndc")
    public static let npi = CodeSystem(rawValue: "http://hl7.org/fhir/sid/us-npi")
}
