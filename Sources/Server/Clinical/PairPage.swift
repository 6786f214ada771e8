import ClinicalKnowledge
import HealthTypes
import Pipeline
import Stages
import Store

/// One pair: its path as a drawing with the citations beside it, and the form for whoever disagrees.
enum PairPage {
    static func page(
        _ view: PairView, engines: Engines, filled: FormFields? = nil, refusal: String? = nil
    ) -> Page {
        let pair = view.pair
        let style = AnalysisPage.style(of: pair, isOdd: view.treatment.isMismatch)
        let picture = PathPicture(view, tables: engines.tables, knowledge: engines.knowledge)
        return Page(
            "\(view.treatment.name) and \(view.diagnosis.code)", in: .analyze,
            """
            <p class="crumb"><a href="/decisions/\(view.analysis.entry.id)">Analysis \(view.analysis.entry.id)</a></p>
            <h1>\(view.treatment.name) and \(view.diagnosis.code)</h1>
            <p class="lead"><span class="swatch \(style)">\
            \(pair.explanation.map { "\($0.score.description) " as HTML })\(AnalysisPage.words(pair))</span> \
            \(view.diagnosis.title)</p>
            \(mismatch(pair))
            <div class="halves">
            <section aria-labelledby="picture"><h2 id="picture">Path</h2>
            \(picture.svg)</section>
            <section aria-labelledby="statements"><h2 id="statements">Statements and their sources</h2>
            \(steps(view.steps))\(toCheck(view))
            <p class="quiet">Knowledge \(view.analysis.response.knowledgeVersion)</p></section>
            </div>
            \(Parts.section("Objections", id: "objections", objections(view.disagreements)))
            \(Parts.section("Do you disagree?", id: "disagree", form(view, filled, refusal)))
            """)
    }

    private static func mismatch(_ pair: AnalysisView.Pair) -> HTML? {
        if let forbidden = pair.contraindication {
            return Parts.notice(
                .bad, "<p>\(forbidden.flagReason) <span class=\"quiet\">\(forbidden.guidelineReference)</span></p>")
        }
        return pair.mismatch.map {
            Parts.notice(
                $0.relevanceScore.hundredths < 10 ? .bad : .warn,
                """
                <p>\($0.flagReason)</p><p class="quiet">What the treatment is for: \
                \($0.guidelineReference.isEmpty ? "not said" : $0.guidelineReference)</p>
                """)
        }
    }

    private static func steps(_ steps: [AnalyzeResponse.PathStep]) -> HTML {
        if steps.isEmpty {
            return """
                <p class="empty">No statement connects them. That is not to say that none could: it is what this version \
                of the knowledge holds.</p>
                """
        }
        let items: [HTML] = steps.map { step in
            let weight: HTML? = step.weight.map { " <span class=\"badge plain\">\($0.description)</span>" }
            return "<li>\(step.statement)\(weight)<br><span class=\"quiet\">\(step.citation)</span></li>\n"
        }
        return "<ol class=\"citations\">\(items)</ol>"
    }

    private static func toCheck(_ view: PairView) -> HTML? {
        if view.treatment.toCheck.isEmpty { return nil }
        let items: [HTML] = view.treatment.toCheck.map {
            """
            <li>\(Parts.code($0.condition)): \($0.reason)<br><span class="quiet">\($0.guidelineReference)</span></li>

            """
        }
        return "<h3>To be looked up for this treatment</h3><ul class=\"findings\">\(items)</ul>"
    }

    private static func objections(_ disagreements: [DisagreementView]) -> HTML {
        if disagreements.isEmpty { return "<p class=\"empty\">Nobody has objected to this pair.</p>" }
        let items: [HTML] = disagreements.map {
            "<li>\($0.reason)<br><span class=\"quiet\">\($0.by), \(Parts.time($0.at)), \($0.id)</span></li>\n"
        }
        return "<ul class=\"findings\">\(items)</ul>"
    }

    private static func form(_ view: PairView, _ filled: FormFields?, _ refusal: String?) -> HTML {
        """
        \(refusal.map { Parts.notice(.bad, "<p>\($0)</p>") })
        <form class="answer" method="post" action="\(view.path)#disagree">
        <label for="reason-text">Why? <span class="quiet">Name a source where you can; no patient's data.</span></label>
        <textarea id="reason-text" name="reason" rows="3" maxlength="\(Disagreement.maximumReasonCharacters)" required>\
        \(filled?["reason"])</textarea>
        <label for="by">Your name</label>
        <input id="by" name="by" maxlength="\(Disagreement.maximumNameCharacters)" value="\(filled?["by"])" \
        autocomplete="name" required>
        <button>I disagree</button>
        <p class="quiet">It is kept as a proposal for those who keep the knowledge, and changes no answer by itself.</p>
        </form>
        """
    }
}
