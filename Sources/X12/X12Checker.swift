public import HealthTypes

/// Checks a document by its syntax, its guides and its sums (WEDI SNIP types 1 to 3).
///
///     let findings = X12Checker().check(document, snip: 3)
public struct X12Checker: Sendable {
    private let guides: GuideLibrary

    public init() { self.init(guides: .standard) }

    public init(guides: GuideLibrary) {
        self.guides = guides
    }

    /// Everything found of the SNIP types up to `snip`, in the order of the bytes.
    public func check(_ document: X12Document, snip: Int = 3) -> [Finding] {
        var findings = document.fileIssues.map(Finding.init)
        for (index, interchange) in document.interchanges.enumerated() {
            findings += check(interchange, at: index, snip: snip)
        }
        return inOrder(findings.filter { $0.snip <= snip })
    }

    private func check(_ interchange: Interchange, at index: Int, snip: Int) -> [Finding] {
        var findings: [Finding] = []
        func add(_ issues: [Issue], _ group: Int?, _ transaction: Int?) {
            let envelope = group.map { interchange.groups[$0] }
            for issue in issues {
                var finding = Finding(issue)
                finding.interchange = interchange.isReadable ? interchange.controlNumber : nil
                finding.group = envelope?.controlNumber
                finding.transaction = transaction.map { envelope?.transactions[$0].controlNumber ?? "" }
                finding.place = Finding.Place(interchange: index, group: group, transaction: transaction)
                findings.append(finding)
            }
        }
        add(interchange.issues, nil, nil)
        for (place, group) in interchange.groups.enumerated() {
            add(group.issues, place, nil)
            for (number, transaction) in group.transactions.enumerated() {
                add(transaction.issues + check(transaction, snip: snip), place, number)
            }
        }
        return findings
    }

    /// What the guide and the sums find in one transaction set; what reading found is in its `issues`.
    public func check(_ transaction: TransactionSet, snip: Int = 3) -> [Issue] {
        let guide = guides.guide(for: transaction)
        let loops = guide.map { LoopReader(guide: $0, segments: transaction.segments) }
        var check = ElementCheck(transaction: transaction, dictionary: guides.dictionary, loops: loops)
        var issues = check.run()
        guard let loops else {
            return issues + [Fault.guideUnknown.issue(at: transaction.segments[0].location())]
        }
        if snip >= 2 { issues += loops.issues + HierarchyCheck(loops: loops).run() }
        if snip >= 3 { issues += BalanceCheck.run(transaction, loops.tree()) }
        return issues
    }

    private func inOrder(_ findings: [Finding]) -> [Finding] {
        findings.enumerated()
            .sorted {
                ($0.element.issue.location.byte ?? 0, $0.offset) < ($1.element.issue.location.byte ?? 0, $1.offset)
            }
            .map(\.element)
    }
}

extension X12Document.Summary {
    /// The counts that a check adds to those of reading.
    public struct Verdict: Hashable, Sendable {
        /// Transaction sets without an error in them or in the envelopes around them, and the others.
        public var accepted = 0
        public var rejected = 0
        public var errors = 0
        public var warnings = 0
    }
}

extension X12Document {
    /// How many transaction sets the findings leave acceptable.
    public func verdict(_ findings: [Finding]) -> Summary.Verdict {
        var verdict = Summary.Verdict()
        verdict.errors = findings.count { $0.isError }
        verdict.warnings = findings.count { $0.issue.severity == .warning }
        let refused = Set(findings.filter(\.isError).map(\.place))
        for (index, interchange) in interchanges.enumerated() {
            let isRefused = TA1.refuses(interchange)
            for (group, envelope) in interchange.groups.enumerated() {
                let inRefused = isRefused || refused.contains(Finding.Place(interchange: index, group: group))
                for transaction in envelope.transactions.indices {
                    let place = Finding.Place(interchange: index, group: group, transaction: transaction)
                    if inRefused || refused.contains(place) { verdict.rejected += 1 } else { verdict.accepted += 1 }
                }
            }
        }
        return verdict
    }
}
