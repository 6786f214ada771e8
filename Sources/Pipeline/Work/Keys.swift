import Claims
import HealthTypes
import Stages
import Store

/// The kinds of keys by which a case is found from outside.
enum KeyKind: String {
    /// A visit number, as the EHR gives it.
    case visit = "visit"
    /// CLM01.
    case claim = "claim"
    /// TRN02 of an inquiry.
    case trace = "trace"
    /// The identifier of a request for authorization.
    case authorization = "authorization"
    case appeal = "appeal"
}

extension CaseKey {
    init(_ kind: KeyKind, _ value: String, authority: String = "") {
        self.init(kind: kind.rawValue, authority: authority, value: value)
    }
}

/// The kinds of lanes, which are the kinds of messages that go out.
public enum LaneKind: String, Sendable, CaseIterable {
    case inquiry = "270"
    case authorization = "pas"
    case claim = "837"
    case appeal = "appeal"
    /// Resources for the EHR.
    case chart = "ehr"
    case review = "review"

    /// The name of a receiver that there is one of.
    static let chartReceiver = "ehr"
    static let reviewReceiver = "reviewers"
}

extension SharedKey {
    /// The keys that every change of a claim raises. An empty id is no key.
    static func keys(of claim: Claim) -> Set<SharedKey> {
        var keys: Set<SharedKey> = []
        guard let payer = claim.payer, !payer.payerID.isEmpty else { return keys }
        if !payer.memberID.isEmpty { keys.insert(.member(payerID: payer.payerID, memberID: payer.memberID)) }
        if let number = claim.priorAuthorization, !number.isEmpty {
            keys.insert(.authorization(payerID: payer.payerID, number: number))
        }
        return keys
    }
}
