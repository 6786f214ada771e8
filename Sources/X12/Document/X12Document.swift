public import HealthTypes

/// The whole of an X12 input in memory, read without loss.
///
///     let document = X12Document(parsing: bytes, source: "claims.837")
///     for interchange in document.interchanges { … }
///
/// Reading never fails: whatever is wrong is an issue with its place, and what can be read beside it is read. For files
/// that need not be in memory there are ``X12FileChecker`` and ``X12ClaimReader``.
public struct X12Document: Sendable {
    let tokens: Tokens
    public let interchanges: [Interchange]
    /// Everything found in the envelopes and the syntax, in the order of the bytes.
    public let issues: [Issue]
    public let summary: X12Summary
    /// Of `issues`, those that lie outside of any interchange.
    let fileIssues: [Issue]

    public var bytes: [UInt8] { tokens.bytes }
    public var source: String? { tokens.source }

    public init(parsing bytes: [UInt8], source: String? = nil, limits: X12Limits = .standard) {
        var builder = DocumentBuilder(source: source, limits: limits)
        if bytes.count > min(limits.maximumBytes, Int(UInt32.max)) {
            builder.refuse(bytes.count)
        } else {
            bytes.withUnsafeBufferPointer { builder.read($0) }
        }
        let tokens = Tokens(bytes: bytes, source: source, builder: builder.tokens)
        self.tokens = tokens
        interchanges = builder.interchanges.map { $0.built(tokens) }
        var issues = builder.fileIssues
        for interchange in interchanges {
            issues += interchange.issues
            for group in interchange.groups { issues += group.issues + group.transactions.flatMap(\.issues) }
        }
        self.issues = Self.inOrder(issues)
        fileIssues = builder.fileIssues
        summary = builder.summary
    }

    static func inOrder(_ issues: [Issue]) -> [Issue] {
        issues.enumerated().sorted {
            ($0.element.location.byte ?? 0, $0.offset) < ($1.element.location.byte ?? 0, $1.offset)
        }
        .map(\.element)
    }
}

extension TransactionSet {
    /// CLM segments of an 837, CLP segments of an 835, none of any other set.
    public var claimCount: Int {
        switch id {
        case "837": segments.count { $0.isA("CLM") }
        case "835": segments.count { $0.isA("CLP") }
        default: 0
        }
    }
}
