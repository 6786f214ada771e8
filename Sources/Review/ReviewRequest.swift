public import ClinicalKnowledge
public import ClinicalText
public import HealthTypes

/// What a reviewer is shown of a claim. It names no person: the member is a token, and the only free text is text
/// from which identifiers were removed.
public struct ReviewRequest: Sendable {
    public struct Line: Hashable, Sendable {
        public var procedure: String
        public var modifiers: [String]
        public var charge: Money
        public var units: String

        public init(procedure: String, modifiers: [String], charge: Money, units: String) {
            self.procedure = procedure
            self.modifiers = modifiers
            self.charge = charge
            self.units = units
        }
    }

    public var memberToken: String
    public var payerID: String
    /// Years; 90 stands for every age above 89.
    public var patientAge: Int?
    public var patientSex: String?
    public var diagnoses: [String]
    public var lines: [Line]
    public var totalCharge: Money
    public var notes: DeidentifiedText?
    public var checks: [Check]
    /// What the clinical logic says, and its risk from 0 to 100.
    public var clinicalVerdict: AnalyzeResponse.Verdict
    public var clinicalRisk: Int
    public var policies: [PolicyCitation]

    public init(
        memberToken: String, payerID: String, patientAge: Int?, patientSex: String?, diagnoses: [String],
        lines: [Line], totalCharge: Money, notes: DeidentifiedText?, checks: [Check],
        clinicalVerdict: AnalyzeResponse.Verdict, clinicalRisk: Int, policies: [PolicyCitation]
    ) {
        self.memberToken = memberToken
        self.payerID = payerID
        self.patientAge = patientAge.map { min($0, 90) }
        self.patientSex = patientSex
        self.diagnoses = diagnoses
        self.lines = lines
        self.totalCharge = totalCharge
        self.notes = notes
        self.checks = checks
        self.clinicalVerdict = clinicalVerdict
        self.clinicalRisk = clinicalRisk
        self.policies = policies
    }
}
