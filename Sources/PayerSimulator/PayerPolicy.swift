import Claims
import Foundation
import HealthTypes

/// What one sample payer covers, at what price and under what conditions: one file of `PayerPolicies`.
struct PayerPolicy: Sendable, Decodable {
    struct Fees: Sendable, Decodable {
        /// Of the table that all sample payers share.
        var percentOfBase: Int64
        /// Of the charge, for a procedure that the table does not list.
        var unlistedPercentOfCharge: Int64
        var overrides: [String: Money]
        var modifierPercent: [String: Int64]
    }

    struct Benefits: Sendable, Decodable {
        var copay: Money
        /// The visits that cost a copay, and then neither deductible nor coinsurance.
        var copayProcedures: [CodePattern]
        var deductible: Money
        var coinsurancePercent: Int64
        /// Outside of the network; nil where the payer has no network.
        var outsideCoinsurancePercent: Int64?
        var outOfPocket: Money
        var withoutShare: [CodePattern]
        /// EB03 codes for which EB11 says yes.
        var authorizationServiceTypes: [String]
        var excludedServiceTypes: [String]?
    }

    struct Appeals: Sendable, Decodable {
        struct Evidence: Sendable, Decodable {
            enum Kind: String, Sendable, Decodable {
                case authorizationNumber = "authorization-number"
                case criteriaMet = "criteria-met"
                case coveredDiagnosis = "covered-diagnosis"
                case earlierReceipt = "earlier-receipt"
                case words
            }

            var evidence: Kind
            var words: [String]?
        }

        /// From the payment to the appeal.
        var limitDays: Int
        var answerDays: Int
        /// Of a hundred decided appeals, how many go against the evidence.
        var otherWayPercent: Int
        /// By adjustment reason: any one of the alternatives is enough.
        var overturnWhen: [String: [Evidence]]
    }

    /// Where the 835 says that the payer sits and can be asked.
    struct Contact: Sendable, Decodable {
        var street: String
        var city: String
        var state: String
        var postalCode: String
        var phone: String
    }

    var payer: String
    var name: String
    var taxId: String
    var contact: Contact
    /// `#` a digit, `@` a letter, `?` either.
    var memberId: String
    /// EB04.
    var insuranceType: String?
    var filingLimitDays: Int
    var duplicateWindowDays: Int
    var fees: Fees
    var benefits: Benefits
    /// Of a hundred complete requests for authorization, how many wait a day for a reviewer.
    var reviewPercent: Int?
    var authorization: [AuthorizationRule]
    var edits: [Edit]
    var limits: [UnitLimit]
    var appeals: Appeals

    /// What the 835 says of the payer.
    var details: RemittanceMapping.PayerDetails {
        RemittanceMapping.PayerDetails(
            taxID: taxId,
            address: Address(
                line1: contact.street, city: contact.city, state: contact.state, postalCode: contact.postalCode),
            contact: "Provider services", phone: contact.phone)
    }

    func authorizationRule(for procedure: String, on day: CalendarDate) -> AuthorizationRule? {
        authorization.first { $0.procedures.match(procedure) && $0.period.contains(day) }
    }

    func hasMemberIDForm(_ text: String) -> Bool {
        text.count == memberId.count
            && zip(text, memberId).allSatisfy { character, form in
                switch form {
                case "#": character.isASCII && character.isNumber
                case "@": character.isASCII && character.isUppercase
                case "?": character.isASCII && (character.isUppercase || character.isNumber)
                default: character == form
                }
            }
    }
}

/// A service that the payer wants to be asked for.
struct AuthorizationRule: Sendable, Decodable {
    var id: String
    var procedures: [CodePattern]
    /// Units that are free of it, over the trailing year.
    var overUnits: Int?
    var criteria: [String]
    var maximumUnits: Int
    var validDays: Int
    var from: CalendarDate?
    var to: CalendarDate?

    var period: Period { Period(from: from, to: to) }
}

/// A condition under which a line is denied.
///
/// All that is stated must hold.
struct Edit: Sendable, Decodable {
    var id: String
    var kind: String
    var from: CalendarDate?
    var to: CalendarDate?
    var procedures: [CodePattern]
    var places: [String]?
    var withoutModifiers: [String]?
    var sameDayAs: [CodePattern]?
    var unlessDiagnoses: [CodePattern]?
    var unlessNoteHas: [String]?
    var denial: Denial

    var period: Period { Period(from: from, to: to) }
}

/// How many units of one procedure the payer pays for within a number of days.
struct UnitLimit: Sendable, Decodable {
    var id: String
    var procedures: [CodePattern]
    var units: Int
    var days: Int
    var unlessModifiers: [String]?
    var from: CalendarDate?
    var to: CalendarDate?
    var denial: Denial

    var period: Period { Period(from: from, to: to) }
}

/// Why a line is not paid, in X12's codes.
struct Denial: Hashable, Sendable, Decodable {
    var group: String
    var reason: String
    var remarks: [String]

    init(_ group: String, _ reason: String, _ remarks: [String] = []) {
        self.group = group
        self.reason = reason
        self.remarks = remarks
    }

    /// As an appeal names it: `CO-50`.
    var name: String { "\(group)-\(reason)" }
}

/// A code, or with a `*` at its end every code that begins so.
struct CodePattern: Sendable, Decodable {
    private let text: String

    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    func matches(_ code: String) -> Bool {
        text.hasSuffix("*") ? code.hasPrefix(text.dropLast()) : code == text
    }
}

extension Sequence<CodePattern> {
    func match(_ code: String) -> Bool { contains { $0.matches(code) } }
}

/// Days from one to another, both included; open where one is not stated.
struct Period: Sendable {
    var from: CalendarDate?
    var to: CalendarDate?

    func contains(_ day: CalendarDate) -> Bool { (from.map { $0 <= day } ?? true) && (to.map { day <= $0 } ?? true) }
}
