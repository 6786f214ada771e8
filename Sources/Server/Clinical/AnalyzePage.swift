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

    /// Rows of treatments that a new form has, and that it gains at the press of a button.
    static let rowsAtATime = 5

    var codes = ""
    var treatments: [Treatment] = []
    var age = ""
    var sex = ""
    var rows = Self.rowsAtATime

    init() {}

    init(_ fields: FormFields) {
        codes = fields["codes"] ?? ""
        age = fields["age"] ?? ""
        sex = fields["sex"] ?? ""
        let stated = fields["rows"].flatMap { Int($0) } ?? Self.rowsAtATime
        rows = min(max(stated, Self.rowsAtATime), AnalyzeRequest.maximumTreatments)
        treatments = (1...rows).map { row in
            Treatment(
                kind: fields["type-\(row)"] ?? "drug", code: fields["code-\(row)"] ?? "",
                name: fields["name-\(row)"] ?? "", dose: fields["dose-\(row)"] ?? "",
                quantity: fields["quantity-\(row)"] ?? "", date: fields["date-\(row)"] ?? "")
        }
        if fields["more"] != nil { rows = min(rows + Self.rowsAtATime, AnalyzeRequest.maximumTreatments) }
    }

    /// A question that was asked before, to be asked again with changes.
    init(_ request: AnalyzeRequest) {
        codes = request.icd10Codes.joined(separator: " ")
        age = request.patientAge.map(String.init) ?? ""
        sex = request.patientSex?.rawValue ?? ""
        rows = max(Self.rowsAtATime, request.treatments.count)
        treatments = request.treatments.map {
            Treatment(
                kind: $0.kind.rawValue, code: $0.code, name: $0.name, dose: $0.dose ?? "",
                quantity: $0.quantity.map(String.init) ?? "", date: $0.serviceDate?.description ?? "")
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

/// The clinical logic, asked by hand; the answer has an address of its own.
enum AnalyzePage {
    static func form(_ draft: AnalyzeForm = AnalyzeForm(), issues: [Issue] = [], busy: String? = nil) -> Page {
        let problem: HTML =
            issues.isEmpty
            ? .empty : Parts.notice(.bad, "<p>The question cannot be read.</p>\(Parts.issues(issues))")
        return Page(
            "Clinical logic", in: .analyze,
            """
            <h1>Clinical logic</h1>
            <p>Does what was done fit what was diagnosed? The answer rests on cited statements and on codes alone; it \
            advises, and a person decides. It is kept in the record under an address of its own.</p>
            <p><a href="/analyses">What was asked before</a> · <a href="/knowledge/proposals">Proposals for the \
            knowledge</a></p>
            \(problem)\(busy.map { Parts.notice(.warn, "<p>\($0)</p>") })
            \(fields(draft))
            """)
    }

    private static func fields(_ draft: AnalyzeForm) -> HTML {
        let rows: [HTML] = (1...draft.rows).map { row in
            treatment(row, row <= draft.treatments.count ? draft.treatments[row - 1] : AnalyzeForm.Treatment())
        }
        let more: HTML? =
            draft.rows < AnalyzeRequest.maximumTreatments
            ? " <button name=\"more\" value=\"1\" class=\"second\" formnovalidate>More rows</button>" : nil
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
            <input type="hidden" name="rows" value="\(draft.rows)">
            \(rows)
            <button>Ask</button>\(more)
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
}
