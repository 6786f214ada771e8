import ClinicalKnowledge
import HealthTypes
import Pipeline
import Store

/// An answer of the clinical logic as an auditor reads it: the verdict, then the pairs as a matrix.
enum AnalysisPage {
    static func page(_ view: AnalysisView) -> Page {
        let response = view.response
        let flags: [HTML] = response.flags.map { Parts.badge(flag($0), .bad) }
        return Page(
            "Analysis \(view.entry.id): \(response.verdict.rawValue)", in: .analyze,
            """
            <h1>Analysis \(view.entry.id) \(Parts.badge(response.verdict.rawValue, tone(response.verdict)))</h1>
            <p>\(flags)</p>
            \(Parts.facts([
                "Asked": Parts.time(view.entry.at), "Risk": "\(response.riskScore.description)",
                "Inconsistency": "\(response.totalInconsistencyScore.description)",
                "Pairs scored": "\(response.pairsAnalysed)", "Age": view.request.patientAge.map { "\($0)" },
                "Sex": view.request.patientSex.map { "\($0.rawValue)" },
                "Knowledge": "\(response.knowledgeVersion)",
            ]))
            \(Parts.section("Pairs", id: "pairs", matrix(view)))
            \(findings(view))
            \(Parts.section("What it rests on", id: "basis", basis(view)))
            <p><a href="/analyze?from=\(view.entry.id)">Ask again with changes</a></p>
            """)
    }

    static func tone(_ verdict: AnalyzeResponse.Verdict) -> Tone {
        verdict == .pass ? .good : verdict == .flag ? .bad : .warn
    }

    static func flag(_ flag: AnalyzeResponse.Flag) -> String {
        switch flag {
        case .mismatch: "diagnosis and treatment do not match"
        case .contraindication: "contraindication"
        case .overbilling: "overbilling"
        }
    }

    // MARK: Matrix

    /// Treatments down, diagnoses across: a claim has more of the former, and their names are longer.
    private static func matrix(_ view: AnalysisView) -> HTML {
        let head: [HTML] = view.diagnoses.map { diagnosis in
            let title: HTML =
                diagnosis.title.isEmpty ? "<span class=\"quiet\">not in the tables</span>" : "\(diagnosis.title)"
            return "<th scope=\"col\">\(Parts.code(diagnosis.code)) <span class=\"title\">\(title)</span></th>"
        }
        let rows: [HTML] = view.treatments.enumerated().map { row, treatment in
            let cells: [HTML] = treatment.pairs.enumerated().map { column, pair in
                cell(pair, of: treatment, path: view.path(column, row))
            }
            let code: HTML? = treatment.billed.code.isEmpty ? nil : " \(Parts.code(treatment.billed.code))"
            return """
                <tr><th scope="row">\(treatment.name)\(code)</th><td class="notes">\(notes(treatment))</td>\(cells)</tr>

                """
        }
        return """
            <p class="quiet" id="matrix-words">How well each treatment fits each diagnosis, from 0 to 1. Each cell leads \
            to the statements behind it. A treatment need not fit every diagnosis; it is odd where it fits none.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Pairs of treatments and diagnoses">
            <table class="matrix pairs" aria-describedby="matrix-words">
            <caption class="hidden">Relevance of each treatment to each diagnosis</caption>
            <thead><tr><th scope="col">Treatment</th><th scope="col">Findings</th>\(head)</tr></thead>
            <tbody>\(rows)</tbody></table></div>
            <ul class="legend" aria-label="What the colours mean">
            <li><span class="swatch fits">0.70–1.00</span> fits</li>
            <li><span class="swatch partly">0.30–0.69</span> fits in part</li>
            <li><span class="swatch weak">0.10–0.29</span> weak</li>
            <li><span class="swatch none">0.00</span> no link, but it fits another diagnosis</li>
            <li><span class="swatch odd">0.00</span> no link with any</li>
            <li><span class="swatch against">must not</span> contraindicated</li>
            </ul>
            """
    }

    private static func cell(_ pair: AnalysisView.Pair, of treatment: AnalysisView.Treatment, path: String) -> HTML {
        let style = style(of: pair, isOdd: treatment.isMismatch)
        let number: HTML? = pair.explanation.map { "<b>\($0.score.description)</b> " }
        return "<td class=\"\(style)\"><a href=\"\(path)\">\(number)<span>\(words(pair))</span></a></td>"
    }

    /// The name of the style: it follows the bands of the scores.
    static func style(of pair: AnalysisView.Pair, isOdd: Bool) -> String {
        if pair.contraindication != nil { return "against" }
        guard let score = pair.explanation?.score.hundredths else { return "unscored" }
        if score >= 70 { return "fits" }
        if score >= 30 { return "partly" }
        if score >= 10 { return "weak" }
        return isOdd ? "odd" : "none"
    }

    static func words(_ pair: AnalysisView.Pair) -> String {
        if pair.contraindication != nil { return "must not" }
        guard let explanation = pair.explanation else { return "not scored" }
        if explanation.path.contains(where: { $0.relation == "general" }) { return "general" }
        guard let step = explanation.path.first(where: { Relation(rawValue: $0.relation ?? "")?.score != nil }) else {
            return explanation.score == .zero ? "no link" : "linked"
        }
        let word = (step.relation ?? "").replacing("_", with: " ")
        let isSibling = explanation.path.contains { $0.relation == "sibling" }
        return isSibling ? "by its class" : word
    }

    private static func notes(_ treatment: AnalysisView.Treatment) -> HTML {
        var notes: [HTML] = []
        let forbidding = treatment.pairs.contains { $0.contraindication != nil }
        if forbidding { notes.append(Parts.badge("contraindicated", .bad)) }
        if let mismatch = treatment.pairs.lazy.compactMap(\.mismatch).first {
            notes.append(
                mismatch.relevanceScore.hundredths < 10
                    ? Parts.badge("fits none", .bad) : Parts.badge("fits weakly", .warn))
        }
        for indicator in treatment.indicators
        where indicator.code != .contraindicated && indicator.code != .unrelatedDrug {
            notes.append(Parts.badge(words(indicator.code), .bad))
        }
        var seen: Set<String> = []
        for question in treatment.toCheck where seen.insert(question.condition).inserted {
            notes.append(Parts.badge("look up: \(question.condition)", .warn))
        }
        if treatment.pairs.allSatisfy({ $0.explanation == nil }) { notes.append(Parts.badge("not judged", .warn)) }
        return notes.isEmpty ? "<span class=\"quiet\">–</span>" : "\(notes)"
    }

    static func words(_ code: AnalyzeResponse.OverbillingIndicator.Code) -> String {
        code.rawValue.lowercased().replacing("_", with: " ")
    }

    // MARK: Findings

    private static func findings(_ view: AnalysisView) -> HTML {
        let response = view.response
        let inconsistencies: [HTML] = response.inconsistencies.map {
            """
            <li><strong>\($0.treatmentName.isEmpty ? $0.treatmentCode : $0.treatmentName)</strong> and \
            \(Parts.code($0.icd10Code)) \($0.icd10Name): \($0.flagReason) \
            <span class="quiet">\($0.guidelineReference)</span></li>

            """
        }
        let billing: [HTML] = response.overbillingIndicators.map {
            """
            <li><strong>\($0.treatmentName.isEmpty ? $0.treatmentCode : $0.treatmentName)</strong>, \(words($0.code)): \
            \($0.detail) <span class="quiet">\($0.guidelineReference)</span></li>

            """
        }
        let toCheck: [HTML] = response.toCheck.map {
            """
            <li><strong>\($0.treatmentName.isEmpty ? $0.treatmentCode : $0.treatmentName)</strong>, \
            \(Parts.code($0.condition)): \($0.reason) <span class="quiet">\($0.guidelineReference)</span></li>

            """
        }
        let unassessed: [HTML] = response.unassessed.map {
            "<li>\($0.what.replacing("_", with: " ")) \($0.code): \($0.reason)</li>\n"
        }
        return Parts.section(
            "Findings", id: "findings",
            inconsistencies.isEmpty && billing.isEmpty && toCheck.isEmpty && unassessed.isEmpty
                ? "<p class=\"empty\">Nothing was found, and nothing was left out.</p>"
                : """
                \(list("Does not fit, or must not be given", inconsistencies))\(list("Billing", billing))\
                \(list("To be looked up by a person; it does not change the verdict", toCheck))\
                \(list("Could not be told", unassessed))
                """)
    }

    private static func list(_ title: String, _ items: [HTML]) -> HTML {
        items.isEmpty ? .empty : "<h3>\(title)</h3><ul class=\"findings\">\(items)</ul>\n"
    }

    // MARK: What it rests on

    private static func basis(_ view: AnalysisView) -> HTML {
        let proposals: HTML? =
            view.disagreements.isEmpty
            ? nil
            : """
            <p>\(Words.count(view.disagreements.count, "objection", "objections")) to its pairs: see \
            <a href="/knowledge/proposals">the proposals</a>.</p>
            """
        return
            "\(proposals)\(ServiceBasisPart.html(view.entry, view.generation))\(view.replay.map(DecisionPage.replay))"
    }
}

/// What an answer of the service rests on, and the button to give it again.
enum ServiceBasisPart {
    static func html(_ entry: ServiceEntry, _ generation: GenerationView?) -> HTML {
        """
        \(Parts.facts([
            "Entry": "\(entry.sequence) of the service's journal, \(Parts.digest(entry.digest))",
            "Data": entry.ground.map(Parts.digest), "Program": generation?.program.map { "\($0)" },
        ]))
        \(generation?.table)
        <form method="post" action="/decisions/\(entry.id)/replay#replay">
        <button>Decide again and compare</button></form>
        """
    }
}
