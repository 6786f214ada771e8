public import Terminology

extension CodeTables: DiagnosisNaming {
    /// The title in ICD-10-CM, else in WHO ICD-10; categories that cannot be billed have one too.
    public func name(ofDiagnosis code: String) -> String? { diagnosisTitle(code) }

    public func isKnownDiagnosis(_ code: String) -> Bool { hasDiagnosis(code) }
}
