import HealthTypes

/// The four invented payers of the sample world.
enum SamplePayer: String, CaseIterable, Sendable {
    case meridian = "MERID"
    case northstar = "NSTAR"
    case civic = "CIVIC"
    case federal = "MEDB"

    var name: String {
        switch self {
        case .meridian: "Meridian Health Plan"
        case .northstar: "Northstar Mutual"
        case .civic: "Civic Medicaid Plan"
        case .federal: "Federal Part B"
        }
    }

    /// SBR09.
    var filingIndicator: String {
        switch self {
        case .meridian, .northstar: "CI"
        case .civic: "MC"
        case .federal: "MB"
        }
    }

    /// Of a hundred encounters.
    var share: Int {
        switch self {
        case .meridian: 40
        case .northstar: 25
        case .civic: 20
        case .federal: 15
        }
    }

    /// The ages that the payer insures.
    var ages: ClosedRange<Int> { self == .federal ? 65...90 : 0...64 }

    var plans: [String] {
        switch self {
        case .meridian: ["Meridian Choice PPO", "Meridian Select EPO"]
        case .northstar: ["Northstar Open Access", "Northstar Saver"]
        case .civic: ["Civic Medicaid"]
        case .federal: ["Part B"]
        }
    }

    /// Whether the payer wants leave to be asked before the service. Our own copy of what the pipeline reads from
    /// its policy table, so that the day plants a missing authorization only where one is wanted.
    func needsAuthorization(_ procedure: String, units: Int) -> Bool {
        switch (self, procedure) {
        case (.meridian, "70551"), (.meridian, "72148"), (.meridian, "73721"), (.meridian, "J1745"),
            (.meridian, "95810"), (.northstar, "70551"), (.northstar, "72148"), (.northstar, "73721"),
            (.civic, "72148"), (.civic, "J1745"):
            true
        case (.civic, "97110"): units > 8
        default: false
        }
    }

    /// A member number in the payer's pattern. `number` has at most eight digits and no two members share it, so
    /// that, the fourth payer apart, no two members share an identifier.
    func memberID(_ number: Int, _ random: inout SeededRandom) -> String {
        let digits = padded(number, to: 8)
        switch self {
        case .meridian: return "MHP\(random.integer(in: 1..<10))\(digits)"
        case .northstar: return "NS\(digits)\(random.pick(Self.letters))"
        case .civic: return "4\(random.integer(in: 0..<10))\(digits)"
        case .federal:
            // Digit, letter, letter, digit, twice without the first digit, then two digits: the public form of the
            // federal identifier.
            let digit = digits.map(String.init)
            func letter() -> String { random.pick(Self.letters) }
            return "\(random.integer(in: 1..<10))\(letter())\(letter())\(digit[2])\(letter())\(letter())\(digit[3])"
                + "\(letter())\(letter())\(digit[4])\(digit[5])"
        }
    }

    private static let letters = "ACDEFGHJKMNPQRTUVWXY".map(String.init)
}
