public import HealthTypes
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

    /// The view as one JSON object, see ``JSONView``.
    public var json: JSON {
        switch self {
        case .claim(let view): view.json
        case .remittedClaim(let view): view.json
        case .remittance(let view): view.json
        case .eligibilityInquiry(let view): view.json
        case .eligibilityResponse(let view): view.json
        case .attachment(let view): view.json
        case .claimStatusInquiry(let view): view.json
        case .claimStatus(let view): view.json
        case .review(let view): view.json
        case .premium(let view): view.json
        case .member(let view): view.json
        }
    }
}
