import Claims
import ClinicalText
import HealthTypes

/// Looks through a chart for what bears on a criterion.
///
/// A phrase of the criterion that stands affirmed in a note speaks for it, one that stands negated or that the
/// criterion lists as contradicting speaks against it. What speaks both ways is unknown: a person must read it.
enum EvidenceFinder {
    static func find(_ criterion: PolicyBook.Criterion, in chart: [ChartItem]) -> CriterionFinding {
        var evidence: [CriterionFinding.Evidence] = []
        for item in chart {
            switch item.kind {
            case .note: evidence += note(item, criterion)
            case .observation: evidence += observation(item, criterion)
            default: break
            }
        }
        evidence = eachOnce(evidence)
        let supports = evidence.contains { $0.supports }
        let contradicts = evidence.contains { !$0.supports }
        let answer: CriterionFinding.Answer =
            switch (supports, contradicts) {
            case (true, false): .met
            case (false, true): .notMet
            default: .unknown
            }
        return CriterionFinding(
            criterion: criterion.id, question: criterion.question, answer: answer, evidence: evidence,
            ask: criterion.ask)
    }

    /// A sentence that holds several of the phrases is one piece of evidence.
    private static func eachOnce(_ evidence: [CriterionFinding.Evidence]) -> [CriterionFinding.Evidence] {
        var seen: Set<[String]> = []
        return evidence.filter { seen.insert([$0.resource, $0.quote, String($0.supports)]).inserted }
    }

    private static func note(_ item: ChartItem, _ criterion: PolicyBook.Criterion) -> [CriterionFinding.Evidence] {
        guard let text = item.text else { return [] }
        let finder = TextFinder()
        var found: [CriterionFinding.Evidence] = []
        let against = finder.findings(for: criterion.contradicted, in: text)
        for finding in against where finding.isAsserted {
            found.append(evidence(item, finding, supports: false))
        }
        for finding in finder.findings(for: criterion.met, in: text) {
            // A contradicting phrase may hold a supporting one: "denies prior physical therapy".
            let covered = against.contains { $0.range.overlaps(finding.range) || $0.sentence == finding.sentence }
            if !covered { found.append(evidence(item, finding, supports: finding.isAsserted)) }
        }
        return found
    }

    private static func evidence(_ item: ChartItem, _ finding: Finding, supports: Bool)
        -> CriterionFinding.Evidence
    {
        CriterionFinding.Evidence(
            resource: item.reference, date: item.date, quote: finding.sentence, offset: finding.range.lowerBound,
            supports: supports)
    }

    /// A coded observation answers with its value: negative, normal or a number speaks for, positive speaks against
    /// a criterion of exclusion.
    private static func observation(_ item: ChartItem, _ criterion: PolicyBook.Criterion)
        -> [CriterionFinding.Evidence]
    {
        guard let code = item.code?.value, criterion.observations.contains(code), let value = item.value else {
            return []
        }
        return [
            CriterionFinding.Evidence(
                resource: item.reference, date: item.date, quote: "\(value)\(item.unit.map { " \($0)" } ?? "")",
                offset: nil, supports: !value.lowercased().hasPrefix("positive"))
        ]
    }
}
