import ClinicalKnowledge
import HealthTypes

/// What a person has put into the form of the clinical logic, as it was written.
struct AnalyzeForm: Sendable {
    struct Treatment: Sendable {
        var kind = "drug"
        var code = ""
        var name = ""
        var dose = ""
        var quantity = ""
        var date = ""

        var isBlank: Bool { [code, name, dose, quantity, date].allSatisfy(\.isEmpty) }
    }

    static let rows = 5

    var codes = ""
    var treatments: [Treatment] = []
    var age = ""
    var sex = ""

    init() {}

    init(_ fields: FormFields) {
        codes = fields["codes"] ?? ""
        age = fields["age"] ?? ""
        sex = fields["sex"] ?? ""
        treatments = (1...Self.rows).map { row in
            Treatment(
                kind: fields["type-\(row)"] ?? "drug", code: fields["code-\(row)"] ?? "",
                name: fields["name-\(row)"] ?? "", dose: fields["dose-\(row)"] ?? "",
                quantity: fields["quantity-\(row)"] ?? "", date: fields["date-\(row)"] ?? "")
        }
    }

    /// The contract's JSON. A number that is none goes in as text, so that the reader says what is wrong with it.
    var json: JSON {
        func text(_ value: String) -> JSON? { value.isEmpty ? nil : .string(value) }
        func number(_ value: String) -> JSON? { value.isEmpty ? nil : Int(value).map { JSON($0) } ?? .string(value) }
        let list = codes.split { $0.isWhitespace || $0 == "," || $0 == ";" }.map { JSON.string(String($0)) }
        return .compact([
            "icd10_codes": .array(list),
            "treatments": .array(
                treatments.filter { !$0.isBlank }.map {
                    .compact([
                        "type": .string($0.kind), "code": text($0.code), "name": text($0.name), "dose": text($0.dose),
                        "quantity": number($0.quantity), "service_date": text($0.date),
                    ])
                }),
            "patient_age": number(age), "patient_sex": text(sex),
        ])
    }
}

/// The clinical logic, asked by hand.
enum AnalyzePage {
    static func form(_ draft: AnalyzeForm = AnalyzeForm(), issues: [Issue] = []) -> Page {
        let problem: HTML =
            issues.isEmpty
            ? .empty : Parts.notice(.bad, "<p>The question cannot be read.</p>\(Parts.issues(issues))")
        return Page("Clinical logic", in: .analyze, "\(heading)\(problem)\(fields(draft))")
    }

    static func result(_ response: AnalyzeResponse, of draft: AnalyzeForm) -> Page {
        Page(
            "Clinical logic: \(response.verdict.rawValue)", in: .analyze,
            """
            \(heading)
            \(Parts.section("Result", id: "result", findings(response, draft)))
            \(Parts.section("Ask again", id: "again", fields(draft)))
            """)
    }

    private static let heading: HTML = """
        <h1>Clinical logic</h1>
        <p>Does what was done fit what was diagnosed? The answer rests on cited statements and on codes alone; it \
        advises, and a person decides.</p>

        """

    // MARK: Form

    private static func fields(_ draft: AnalyzeForm) -> HTML {
        let rows: [HTML] = (1...AnalyzeForm.rows).map { row in
            treatment(row, row <= draft.treatments.count ? draft.treatments[row - 1] : AnalyzeForm.Treatment())
        }
        return """
            <form class="analyze" method="post" action="/analyze">
            <label for="codes">Diagnoses (ICD-10), with spaces between them</label>
            <input id="codes" name="codes" value="\(draft.codes)" maxlength="1100" autocomplete="off" required>
            <div class="inline">
            <div><label for="age">Age in years</label>
            <input id="age" name="age" inputmode="numeric" maxlength="3" value="\(draft.age)" autocomplete="off"></div>
            <div><label for="sex">Sex</label>
            <select id="sex" name="sex">\(option("", "not stated", draft.sex))\(option("F", "female", draft.sex))\
            \(option("M", "male", draft.sex))</select></div>
            </div>
            \(rows)
            <button>Ask</button>
            </form>
            """
    }

    private static func option(_ value: String, _ words: String, _ chosen: String) -> HTML {
        let selected: HTML? = value == chosen ? " selected" : nil
        return "<option value=\"\(value)\"\(selected)>\(words)</option>"
    }

    private static func treatment(_ row: Int, _ draft: AnalyzeForm.Treatment) -> HTML {
        func input(_ name: String, _ words: String, _ value: String, _ limit: Int) -> HTML {
            """
            <div><label for="\(name)-\(row)">\(words)</label>\
            <input id="\(name)-\(row)" name="\(name)-\(row)" value="\(value)" maxlength="\(limit)" \
            autocomplete="off"></div>

            """
        }
        return """
            <fieldset class="inline"><legend>Treatment \(row)</legend>
            <div><label for="type-\(row)">Kind</label>
            <select id="type-\(row)" name="type-\(row)">\(option("drug", "drug", draft.kind))\
            \(option("test", "test", draft.kind))\(option("procedure", "procedure", draft.kind))</select></div>
            \(input("code", "Code", draft.code, 40))\(input("name", "Name", draft.name, 200))\
            \(input("dose", "Dose", draft.dose, 200))\(input("quantity", "Units", draft.quantity, 7))\
            \(input("date", "Date", draft.date, 10))</fieldset>

            """
    }

    // MARK: Result

    private static func findings(_ response: AnalyzeResponse, _ draft: AnalyzeForm) -> HTML {
        let tone: Tone = response.verdict == .pass ? .good : response.verdict == .flag ? .bad : .warn
        let flags: [HTML] = response.flags.map { Parts.badge($0.rawValue, .bad) }
        let mismatches: [HTML] = response.inconsistencies.map {
            """
            <li><strong>\($0.treatmentCode) \($0.treatmentName)</strong> and \($0.icd10Code) \($0.icd10Name): \
            \($0.flagReason) <span class="quiet">\($0.guidelineReference)</span></li>
            """
        }
        let billing: [HTML] = response.overbillingIndicators.map {
            """
            <li>\(Parts.code($0.code.rawValue)) \($0.treatmentCode) \($0.treatmentName): \($0.detail) \
            <span class="quiet">\($0.guidelineReference)</span></li>
            """
        }
        let unassessed: [HTML] = response.unassessed.map { "<li>\($0.what) \($0.code): \($0.reason)</li>" }
        let toCheck: [HTML] = response.toCheck.map {
            "<li>\($0.treatmentCode) \($0.treatmentName): \($0.condition), \($0.reason)</li>"
        }
        return """
            <p>\(Parts.badge(response.verdict.rawValue, tone)) \(flags)</p>
            \(Parts.facts([
                "Risk": "\(response.riskScore.description)",
                "Inconsistency": "\(response.totalInconsistencyScore.description)",
                "Pairs scored": "\(response.pairsAnalysed)", "Knowledge": "\(response.knowledgeVersion)",
            ]))
            \(matrix(response, draft))
            \(list("Does not fit", mismatches))\(list("Billing", billing))
            \(list("To be looked up", toCheck))\(list("Could not be told", unassessed))
            """
    }

    private static func list(_ title: String, _ items: [HTML]) -> HTML {
        items.isEmpty ? .empty : "<h3>\(title)</h3><ul>\(items)</ul>\n"
    }

    /// Diagnoses down, treatments across, the relevance where they meet.
    private static func matrix(_ response: AnalyzeResponse, _ draft: AnalyzeForm) -> HTML {
        func distinct(_ texts: [String]) -> [String] {
            var seen: Set<String> = []
            return texts.filter { seen.insert($0).inserted }
        }
        let explanations = response.explanations
        if explanations.isEmpty { return "<p class=\"empty\">No pair of a known diagnosis and a known treatment.</p>" }
        let treatments = distinct(explanations.map(\.treatmentCode))
        let head: [HTML] = treatments.map { code in
            "<th scope=\"col\">\(code)<br>\(draft.treatments.first { $0.code == code }?.name)</th>"
        }
        // A treatment need not fit every diagnosis; it is odd where it fits none.
        let odd = Set(response.inconsistencies.map { "\($0.icd10Code) \($0.treatmentCode)" })
        let rows: [HTML] = distinct(explanations.map(\.icd10Code)).map { diagnosis in
            let cells: [HTML] = treatments.map { treatment in
                guard
                    let found = explanations.first(where: { $0.icd10Code == diagnosis && $0.treatmentCode == treatment }
                    )
                else { return "<td class=\"number quiet\">–</td>" }
                let style =
                    odd.contains("\(diagnosis) \(treatment)") ? "bad" : found.score.hundredths >= 50 ? "good" : "quiet"
                return "<td class=\"number \(style)\">\(found.score.description)</td>"
            }
            return "<tr><th scope=\"row\">\(diagnosis)</th>\(cells)</tr>\n"
        }
        let paths: [HTML] = explanations.filter { !$0.path.isEmpty }.map { explanation in
            let steps: [HTML] = explanation.path.map {
                "<li>\($0.statement) <span class=\"quiet\">\($0.citation)</span></li>"
            }
            let pair = "\(explanation.icd10Code) and \(explanation.treatmentCode)"
            return "<li>\(pair): \(explanation.score.description)<ul>\(steps)</ul></li>"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Relevance"><table class="matrix">
            <caption>Relevance of each treatment to each diagnosis, from 0 to 1</caption>
            <thead><tr><th scope="col">Diagnosis</th>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>
            \(paths.isEmpty ? nil : Parts.details("The statements behind it", "<ul>\(paths)</ul>") as HTML)
            """
    }
}
