/// What the controller needs to know of ICD-10 itself; the code tables answer it.
///
/// What they know of coded drugs and tests comes along, and is nothing unless ``TreatmentNaming`` is answered too.
public protocol DiagnosisNaming: TreatmentNaming {
    /// The code's title, nil where the code is unknown.
    func name(ofDiagnosis code: String) -> String?
    /// Whether the code is one of ICD-10-CM or of WHO ICD-10, billable or not.
    func isKnownDiagnosis(_ code: String) -> Bool
}
