/// What is wrong, on purpose, with some of the encounters of a sample day. The raw value is what `truth.csv` says.
public enum PlantedProblem: String, CaseIterable, Sendable, Codable {
    /// The payer ended the cover before the day.
    case terminatedCoverage = "terminated_coverage"
    /// Two digits of the member number changed places at the registration desk.
    case wrongMemberID = "wrong_member_id"
    /// The payer knows of another payer, and the registration does not.
    case secondPayer = "second_payer"
    /// A service that needs leave was rendered with no order, so that nobody asked.
    case missingAuthorization = "missing_authorization"
    /// Twelve units were ordered and billed where the payer allows eight.
    case unitsOverAuthorization = "units_over_authorization"
    /// The rendering provider's NPI has a wrong check digit.
    case badNPI = "bad_npi"
    /// A heading stands where a code of full length is due.
    case nonBillableDiagnosis = "non_billable_diagnosis"
    /// The same claim again under another control number. The key is the second one.
    case duplicateClaim = "duplicate_claim"
    /// A heart drug for an inflamed stomach.
    case unrelatedDrug = "unrelated_drug"
    /// A drug that the patient's condition forbids.
    case contraindicatedDrug = "contraindicated_drug"
    /// The same laboratory test on two days running.
    case duplicateTest = "duplicate_test"
    /// More than three times the chargemaster's price.
    case excessiveCharge = "excessive_charge"
    /// The billing address is a post office box.
    case poBoxAddress = "po_box_address"
    /// A policy that the payer has told nobody: only the denial shows it.
    case privatePolicy = "private_policy"

    /// The rule ids, findings, kinds of task and adjustments, any of which is the pipeline noticing this
    /// problem. A denial counts as notice, though a late one.
    public var detectors: Set<String> {
        switch self {
        case .terminatedCoverage: ["eligibility.inactive", "E10", "CO-26", "CO-27", "PR-26", "PR-27"]
        case .wrongMemberID: ["eligibility.not-found", "E08", "CO-31", "PR-31", "CO-140"]
        case .secondPayer: ["eligibility.other-coverage", "E11b", "CO-22", "OA-22"]
        case .missingAuthorization: ["E45a", "CO-197"]
        case .unitsOverAuthorization: ["authorization.fewer-units", "E45", "E45d", "CO-198"]
        case .badNPI: ["E01", "CO-207", "CO-208"]
        case .nonBillableDiagnosis: ["E14", "CO-146"]
        case .duplicateClaim: ["E51", "G01", "OA-18"]
        case .unrelatedDrug: ["UNRELATED_DRUG", "MISMATCH", "CO-11", "CO-50"]
        case .contraindicatedDrug: ["CONTRAINDICATED", "CO-11", "CO-50"]
        case .duplicateTest: ["DUPLICATE_TEST", "E35", "OA-18", "CO-151"]
        case .excessiveCharge: ["E61"]
        case .poBoxAddress: ["E04"]
        case .privatePolicy: ["CO-4", "CO-97", "CO-252"]
        }
    }

    /// The ways into the pipeline on which the problem can occur, taken in turn.
    var paths: [Scenario.Path] {
        switch self {
        case .terminatedCoverage, .wrongMemberID, .secondPayer, .missingAuthorization, .unitsOverAuthorization,
            .excessiveCharge, .privatePolicy:
            [.hospital]
        case .badNPI, .poBoxAddress, .duplicateClaim: [.outside]
        case .nonBillableDiagnosis: [.web, .outside, .hospital]
        case .unrelatedDrug: [.hospital, .web, .outside]
        case .contraindicatedDrug, .duplicateTest: [.hospital, .outside]
        }
    }

    /// The scenarios and payers that can carry the problem on that path, for the problem's `turn`th encounter on it;
    /// nil where any will do.
    func casting(on path: Scenario.Path, turn: Int) -> (scenario: String, payers: [SamplePayer])? {
        let commercial: [SamplePayer] = [.meridian, .northstar]
        func any(_ scenario: String) -> (String, [SamplePayer]) { (scenario, SamplePayer.allCases) }
        func take(_ names: [String]) -> (String, [SamplePayer]) { any(names[turn % names.count]) }
        switch (self, path) {
        case (.missingAuthorization, _):
            let name = ["lumbar-mri", "knee-mri", "brain-mri"][turn % 3]
            return (name, turn % 3 == 0 ? commercial + [.civic] : commercial)
        case (.unitsOverAuthorization, _): return ("therapy", [.civic])
        case (.nonBillableDiagnosis, .web): return any("gastritis")
        case (.nonBillableDiagnosis, _): return take(["diabetes", "gastritis"])
        case (.unrelatedDrug, .web): return any("digoxin-only")
        case (.unrelatedDrug, _): return any("digoxin")
        case (.contraindicatedDrug, .outside): return any("ketorolac-bleeding")
        case (.contraindicatedDrug, _): return take(["ketorolac-bleeding", "beta-blocker-asthma", "ketorolac-kidney"])
        case (.duplicateTest, _): return take(["diabetes", "lipids", "thyroid"])
        case (.excessiveCharge, _): return take(["diabetes", "knee-film", "hypertension", "chest-film"])
        case (.privatePolicy, _):
            return [
                ("knee-injection", [.meridian]), ("knee-mri", [.northstar]), ("civic-infusion", [.civic]),
                ("knee-injection", [.meridian]), ("brain-mri", [.northstar]),
            ][turn % 5]
        default: return nil
        }
    }
}
