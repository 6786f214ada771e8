public import HealthTypes

/// Checks what is in memory: a document, or one transaction set of it.
public struct X12Checker: Sendable {
    private let guides: GuideLibrary
    private let tables: CodeTables

    public init(guides: GuideLibrary = .standard, tables: CodeTables = CodeTables()) {
        self.guides = guides
        self.tables = tables
    }

    /// Everything found of the SNIP types up to `snip`, in the order of the bytes.
    public func check(_ document: X12Document, snip: Int = 3) -> [Finding] {
        var findings: [Finding] = []
        let checker = X12FileChecker(guides: guides, tables: tables, snip: snip)
        _ = checker.check(document.bytes, name: document.source) { findings.append($0) }
        return findings.enumerated()
            .sorted {
                ($0.element.issue.location.byte ?? 0, $0.offset) < ($1.element.issue.location.byte ?? 0, $1.offset)
            }
            .map(\.element)
    }

    /// What the guide, the sums and the codes find in one transaction set; what reading found is in its `issues`.
    public func check(_ transaction: TransactionSet, snip: Int = 3) -> [Issue] {
        var checker = TransactionChecker(guides: guides, tables: tables, snip: snip)
        let list = transaction.segments
        var ends: [UInt32] = []
        var issues: [Issue] = []
        for (place, segment) in list.enumerated() {
            list.tokens.withSlice(segment.index, segment.delimiters, ends: &ends) { slice in
                if place == 0 {
                    checker.begin(slice, version: transaction.guide)
                } else {
                    checker.take(slice, slice.packedID, position: place + 1)
                }
            }
            if place == list.count - 1 { checker.finish() }
            for one in checker.found {
                var issue = one.fault.issue(
                    at: Location(
                        source: list.tokens.source, byte: one.byte, segment: one.position, segmentID: one.segment,
                        loop: one.loop, element: one.element, component: one.component, repetition: one.repetition),
                    requirement: one.requirement)
                issue.severity = one.severity
                issues.append(issue)
            }
            checker.found.removeAll(keepingCapacity: true)
        }
        return issues
    }
}
