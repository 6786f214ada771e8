public import HealthTypes

/// The whole of an X12 input, read without loss.
///
///     let document = X12Document(parsing: bytes, source: "claims.837")
///     for interchange in document.interchanges { … }
///
/// Reading never fails: whatever is wrong is an issue with its place, and what can be read beside it is read.
public struct X12Document: Sendable {
    let tokens: Tokens
    public let interchanges: [Interchange]
    /// Everything found in the envelopes and the syntax, in the order of the bytes.
    public let issues: [Issue]
    public let summary: Summary
    /// Of `issues`, those that lie outside of any interchange.
    let fileIssues: [Issue]

    public var bytes: [UInt8] { tokens.bytes }
    public var source: String? { tokens.source }

    /// What was counted; whatever is in the input is in one of the counts.
    public struct Summary: Hashable, Sendable {
        public var bytes = 0
        public var interchanges = 0
        public var groups = 0
        public var transactions = 0
        /// All segments of the input: `enveloped + stray`.
        public var segments = 0
        /// Segments that stand in their place: envelope segments, TA1, and all of the transaction sets.
        public var enveloped = 0
        /// Segments inside an interchange and outside of what should hold them.
        public var stray = 0
        /// Bytes outside of any interchange, white space excepted.
        public var strayBytes = 0
        /// CLM segments of the 837s and CLP segments of the 835s.
        public var claims = 0

        public init() {}
    }

    public init(parsing bytes: [UInt8], source: String? = nil, limits: X12Limits = .standard) {
        var scanner = SegmentScanner(limits: limits)
        scanner.scan(bytes)
        let tokens = Tokens(
            bytes: bytes, source: source, segmentStart: scanner.segmentStart, segmentEnd: scanner.segmentEnd,
            firstElement: scanner.firstElement, elementStart: scanner.elementStart)
        self.tokens = tokens
        var bySegment: [Int: [SegmentScanner.Found]] = [:]
        var fileIssues: [Issue] = []
        for found in scanner.found.prefix(limits.maximumIssues) {
            if let segment = found.segment {
                bySegment[segment, default: []].append(found)
            } else {
                fileIssues.append(found.fault.issue(at: Location(source: source, byte: found.byte)))
            }
        }
        var summary = Summary()
        var interchanges: [Interchange] = []
        for span in scanner.spans {
            var reader = EnvelopeReader(tokens: tokens, span: span, found: bySegment)
            interchanges.append(reader.read())
            summary.stray += reader.straySegments
        }
        Self.markDuplicates(&interchanges)
        if scanner.found.count > limits.maximumIssues {
            fileIssues.append(Fault.tooManyIssues.issue(at: Location(source: source, byte: 0)))
        }
        summary.bytes = bytes.count
        summary.strayBytes = scanner.strayBytes
        summary.segments = tokens.segmentCount
        summary.count(interchanges)
        var issues = fileIssues
        for interchange in interchanges {
            issues += interchange.issues
            for group in interchange.groups { issues += group.issues + group.transactions.flatMap(\.issues) }
        }
        self.issues = Self.inOrder(issues)
        self.interchanges = interchanges
        self.fileIssues = fileIssues
        self.summary = summary
    }

    static func inOrder(_ issues: [Issue]) -> [Issue] {
        issues.enumerated().sorted {
            ($0.element.location.byte ?? 0, $0.offset) < ($1.element.location.byte ?? 0, $1.offset)
        }
        .map(\.element)
    }

    /// Control numbers are unique among the interchanges of a sender and among the sets of a group.
    private static func markDuplicates(_ interchanges: inout [Interchange]) {
        var seen: Set<String> = []
        for index in interchanges.indices where interchanges[index].isReadable {
            let interchange = interchanges[index]
            let key = "\(interchange.senderQualifier)|\(interchange.senderID)|\(interchange.controlNumber)"
            if !seen.insert(key).inserted {
                interchanges[index].issues.append(
                    Fault.interchangeDuplicate.issue(at: interchange.header.location(element: 13)))
            }
            for group in interchange.groups.indices {
                var numbers: Set<String> = []
                for place in interchange.groups[group].transactions.indices {
                    let transaction = interchange.groups[group].transactions[place]
                    if !numbers.insert(transaction.controlNumber).inserted {
                        interchanges[index].groups[group].transactions[place].issues.append(
                            Fault.transactionDuplicate.issue(at: transaction.segments[0].location(element: 2)))
                    }
                }
            }
        }
    }
}

extension X12Document.Summary {
    fileprivate mutating func count(_ interchanges: [Interchange]) {
        self.interchanges = interchanges.count
        for interchange in interchanges {
            enveloped += 1 + interchange.ta1Segments.count + (interchange.trailer == nil ? 0 : 1)
            groups += interchange.groups.count
            for group in interchange.groups {
                enveloped += (group.header == nil ? 0 : 1) + (group.trailer == nil ? 0 : 1)
                transactions += group.transactions.count
                for transaction in group.transactions {
                    enveloped += transaction.segments.count
                    claims += transaction.claimCount
                }
            }
        }
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
