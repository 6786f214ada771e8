/// The answer of one deterministic check: a scrub edit, an eligibility finding, a finding of the clinical logic.
public struct Check: Hashable, Sendable {
    public enum Answer: String, Sendable {
        case passed = "passed"
        case failed = "failed"
        case unknown = "unknown"
    }

    /// What a failure does.
    public enum Severity: String, Sendable {
        /// The claim must not go out.
        case block = "block"
        /// A person must look first.
        case hold = "hold"
        /// It is shown, and stops nothing.
        case warn = "warn"
    }

    /// Stable, such as `E12`, `eligibility.inactive`, `UNRELATED_DRUG`.
    public var id: String
    public var title: String
    public var answer: Answer
    public var severity: Severity
    /// What is wrong, without a patient's data.
    public var message: String
    /// What to do about it.
    public var fix: String?
    /// What the payer would answer if it went out: `CO-16`, `277CA A7`.
    public var predicts: [String]
    /// What would change the answer.
    public var evidenceToChange: [String]
    /// What it rests on: paths, resources, rule pack and version, citations.
    public var basis: [String]

    public init(
        id: String, title: String, answer: Answer, severity: Severity, message: String, fix: String? = nil,
        predicts: [String] = [], evidenceToChange: [String] = [], basis: [String] = []
    ) {
        self.id = id
        self.title = title
        self.answer = answer
        self.severity = severity
        self.message = message
        self.fix = fix
        self.predicts = predicts
        self.evidenceToChange = evidenceToChange
        self.basis = basis
    }

    /// Whether it stands in the way of approval: a failure or an unknown that is more than a warning.
    public var stops: Bool { answer != .passed && severity != .warn }
}
