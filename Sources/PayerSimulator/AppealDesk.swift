import Claims
import HealthTypes

/// Decides appeals by the evidence that a payer's policy asks for.
struct AppealDesk: Sendable {
    let policy: PayerPolicy
    let seed: UInt64

    struct File: Sendable {
        var appeal: Appeal
        var past: PastClaim
        /// When the denial was paid out.
        var settledOn: CalendarDate
        var received: CalendarDate
        /// The member's authorizations.
        var granted: [GrantedAuthorization]
        /// Numbers under which claims of the member were taken in.
        var receipts: Set<String>
    }

    func decide(_ file: File) -> AppealAnswer {
        func answer(_ outcome: AppealAnswer.Outcome, _ reason: String?) -> AppealAnswer {
            AppealAnswer(
                identifier: file.appeal.identifier, controlNumber: file.appeal.controlNumber, outcome: outcome,
                reason: reason)
        }
        let denied = deniedLines(file)
        guard !denied.isEmpty else { return answer(.upheld, "285") }
        guard file.received.days(since: file.settledOn) <= policy.appeals.limitDays else {
            return answer(.upheld, "286")
        }
        let reason = String(file.appeal.adjustment.split(separator: "-").last ?? "")
        let alternatives = policy.appeals.overturnWhen[reason] ?? []
        let isProven = alternatives.contains { proves($0, file, denied) }
        var random = SeededRandom(
            seed: seed, stream: "appeal/\(policy.payer)/\(file.appeal.identifier)/\(file.appeal.level)")
        let overturned = isProven != random.chance(policy.appeals.otherWayPercent)
        return overturned ? answer(.overturned, nil) : answer(.upheld, "193")
    }

    /// The lines that carry the adjustment that is fought.
    private func deniedLines(_ file: File) -> [ClaimLine] {
        file.past.lines.filter { _, settled in
            settled.adjustments.contains { "\($0.group)-\($0.reason)" == file.appeal.adjustment }
        }.map(\.0)
    }

    private func proves(_ wanted: PayerPolicy.Appeals.Evidence, _ file: File, _ denied: [ClaimLine]) -> Bool {
        let letter = file.appeal.letter.text
        switch wanted.evidence {
        case .authorizationNumber:
            return denied.allSatisfy { line in
                file.granted.contains { granted in
                    letter.contains(granted.number)
                        && granted.items.contains {
                            $0.procedure == line.procedure && $0.period.contains(line.from)
                        }
                }
            }
        case .criteriaMet:
            let evidence = CriteriaEvidence([file.appeal.letter], linksCount: false)
            return denied.allSatisfy { line in
                guard let rule = policy.authorizationRule(for: line.procedure, on: line.from) else { return false }
                return rule.criteria.allSatisfy { evidence[$0] == .met }
            }
        case .coveredDiagnosis:
            let codes = Self.codes(in: letter)
            return denied.allSatisfy { line in
                policy.edits.contains { edit in
                    guard edit.procedures.match(line.procedure), let covered = edit.unlessDiagnoses else {
                        return false
                    }
                    return codes.contains { covered.match($0) }
                }
            }
        case .earlierReceipt:
            return file.receipts.contains { letter.contains($0) }
        case .words:
            let text = letter.lowercased()
            return wanted.words?.contains { text.contains($0.lowercased()) } ?? false
        }
    }

    /// Words that have the form of a diagnosis code, without their dots.
    private static func codes(in letter: String) -> [String] {
        letter.split { !($0.isLetter || $0.isNumber || $0 == ".") }.map { $0.filter { $0 != "." } }.filter {
            (3...7).contains($0.count) && $0.first?.isUppercase == true && $0.dropFirst().first?.isNumber == true
        }
    }
}
