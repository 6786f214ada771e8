import HealthTypes
import X12

/// A unit of any kind that has a view: for readers that take files as they come.
public enum TypedUnit: JSONUnit {
    case claim(Claim837)
    case remittedClaim(RemittedClaim835)
    case remittance(Remittance835)
    case eligibilityInquiry(EligibilityInquiry270)
    case eligibilityResponse(EligibilityResponse271)
    case attachment(Attachment275)
    case claimStatusInquiry(ClaimStatusInquiry276)
    case claimStatus(ClaimStatus277)
    case review(Review278)
    case premium(Premium820)
    case member(Member834)

    public static let sets = ["270", "271", "275", "276", "277", "278", "820", "834", "835", "837"]

    public init?(_ unit: X12Unit) {
        let found: TypedUnit? =
            switch unit.set {
            case "270": EligibilityInquiry270(unit).map(Self.eligibilityInquiry)
            case "271": EligibilityResponse271(unit).map(Self.eligibilityResponse)
            case "275": Attachment275(unit).map(Self.attachment)
            case "276": ClaimStatusInquiry276(unit).map(Self.claimStatusInquiry)
            case "277": ClaimStatus277(unit).map(Self.claimStatus)
            case "278": Review278(unit).map(Self.review)
            case "820": Premium820(unit).map(Self.premium)
            case "834": Member834(unit).map(Self.member)
            case "835": RemittedClaim835(unit).map(Self.remittedClaim) ?? Remittance835(unit).map(Self.remittance)
            case "837": Claim837(unit).map(Self.claim)
            default: nil
            }
        guard let found else { return nil }
        self = found
    }

    /// Appends the view as one JSON object, see ``JSONView``.
    public func writeJSON(to output: inout [UInt8]) {
        switch self {
        case .claim(let view): view.writeJSON(to: &output)
        case .remittedClaim(let view): view.writeJSON(to: &output)
        case .remittance(let view): view.writeJSON(to: &output)
        case .eligibilityInquiry(let view): view.writeJSON(to: &output)
        case .eligibilityResponse(let view): view.writeJSON(to: &output)
        case .attachment(let view): view.writeJSON(to: &output)
        case .claimStatusInquiry(let view): view.writeJSON(to: &output)
        case .claimStatus(let view): view.writeJSON(to: &output)
        case .review(let view): view.writeJSON(to: &output)
        case .premium(let view): view.writeJSON(to: &output)
        case .member(let view): view.writeJSON(to: &output)
        }
    }
}
