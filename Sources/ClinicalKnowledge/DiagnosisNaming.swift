/// What the controller needs to know of ICD-10 itself; the code tables answer it.
public protocol DiagnosisNaming: Sendable {
    /// The code's title, nil where the code is unknown.
    func name(ofDiagnosis code: String) -> String?
    /// Whether the code is one of ICD-10-CM or of WHO ICD-10, billable or not.
    func isKnownDiagnosis(_ code: String) -> Bool
}
