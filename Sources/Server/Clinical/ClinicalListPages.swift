import ClinicalKnowledge
import HealthTypes
import Store

/// A page of entries of the service's journal, the newest first.
struct EntryList<Line: Sendable>: Sendable {
    var lines: [Line]
    /// Where the next page begins: before this place of the journal.
    var next: Int?
}

/// A line of the list of analyses.
struct AnalysisLine: Sendable {
    var id: String
    var at: Instant
    var verdict: String
    var risk: String
    var diagnoses: Int
    var treatments: Int
    var knowledgeVersion: String

    init(_ entry: ServiceEntry) throws {
        let body = try JSON(parsing: entry.body)
        id = entry.id
        at = entry.at
        verdict = entry.outcome
        risk = body["answer"]?["risk_score"]?.numberText ?? ""
        diagnoses = body["request"]?["icd10_codes"]?.elements.count ?? 0
        treatments = body["request"]?["treatments"]?.elements.count ?? 0
        knowledgeVersion = body["answer"]?["knowledge_version"]?.string ?? ""
    }

    var json: JSON {
        [
            "id": .string(id), "made_at": .string(at.description), "verdict": .string(verdict),
            "risk_score": .number(risk.isEmpty ? "0" : risk), "diagnoses": JSON(diagnoses),
            "treatments": JSON(treatments), "knowledge_version": .string(knowledgeVersion),
            "links": ["decision": .string("/decisions/\(id)")],
        ]
    }
}

/// The analyses that were asked for.
enum AnalysesPage {
    static func page(_ list: EntryList<AnalysisLine>, verdict: String) -> Page {
        let rows: [[HTML]] = list.lines.map { line in
            [
                Parts.decisionLink(line.id),
                Parts.badge(
                    line.verdict, AnalyzeResponse.Verdict(rawValue: line.verdict).map(AnalysisPage.tone) ?? .plain),
                "\(line.risk)", "\(line.diagnoses)", "\(line.treatments)", Parts.time(line.at),
                "\(line.knowledgeVersion)",
            ]
        }
        let options: [HTML] = ["PASS", "FLAG", "INCONCLUSIVE"].map { option in
            let chosen: HTML? = option == verdict ? " selected" : nil
            return "<option\(chosen)>\(option)</option>"
        }
        return Page(
            "Analyses", in: .analyze,
            """
            <h1>Analyses</h1>
            <p><a href="/analyze">Ask</a> · <a href="/knowledge/proposals">Proposals for the knowledge</a></p>
            <form class="search" method="get" action="/analyses" role="search">
            <label for="verdict">Verdict</label>
            <div><select id="verdict" name="verdict"><option value="">any</option>\(options)</select>\
            <button>Show</button></div></form>
            \(Parts.table(
                "Analyses, the newest first",
                [
                    .init("Analysis"), .init("Verdict"), .init("Risk", isNumber: true),
                    .init("Diagnoses", isNumber: true), .init("Treatments", isNumber: true), .init("Asked"),
                    .init("Knowledge"),
                ], rows, empty: verdict.isEmpty ? "Nothing has been asked yet." : "No analysis has this verdict."))
            \(older("/analyses", [("verdict", verdict)], list.next))
            """)
    }

    static func older(_ path: String, _ query: [(String, String)], _ next: Int?) -> HTML? {
        next.map { next in
            let query = FormFields.query(query + [("before", String(next))])
            return "<nav class=\"pager\" aria-label=\"Pages\"><a href=\"\(path)\(query)\" rel=\"next\">Older</a></nav>"
        }
    }
}

/// What people have said against pairs: proposals for those who keep the knowledge base.
enum ProposalsPage {
    static func page(_ list: EntryList<DisagreementView>) -> Page {
        let rows: [[HTML]] = list.lines.map { line in
            [
                "\(line.id)", "\(Parts.code(line.treatmentCode)) \(line.treatmentName)", Parts.code(line.icd10Code),
                "\(line.score ?? "–")", "\(line.reason)", "\(line.by)<br>\(Parts.time(line.at))",
                "\(Parts.decisionLink(line.about))<br><span class=\"quiet\">\(line.knowledgeVersion)</span>",
            ]
        }
        return Page(
            "Proposals for the knowledge", in: .analyze,
            """
            <h1>Proposals for the knowledge</h1>
            <p>Where people disagree with a pair of an analysis. Nothing here is applied by itself: whoever keeps the \
            knowledge tables judges it and changes them, and the next version answers otherwise.</p>
            \(Parts.table(
                "Proposals, the newest first",
                [
                    .init("Proposal"), .init("Treatment"), .init("Diagnosis"), .init("Answer", isNumber: true),
                    .init("Why it is wrong"), .init("Who and when"), .init("Analysis"),
                ], rows, empty: "Nobody has disagreed with an answer yet."))
            \(AnalysesPage.older("/knowledge/proposals", [], list.next))
            """)
    }
}
