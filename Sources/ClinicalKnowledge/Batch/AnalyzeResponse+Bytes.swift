extension AnalyzeResponse {
    /// Writes the text of ``json``, byte for byte, without making the JSON values.
    public func write(into output: inout JSONBytes) {
        output.append("{\"pairs_analysed\":")
        output.append(pairsAnalysed)
        output.append(",\"inconsistencies\":[")
        output.list(inconsistencies) { $0.write(into: &$1) }
        output.append("],\"overbilling_indicators\":[")
        output.list(overbillingIndicators) { $0.write(into: &$1) }
        output.append("],\"total_inconsistency_score\":")
        output.append(totalInconsistencyScore)
        output.append(",\"flags\":[")
        output.list(flags) { $1.append(string: $0.rawValue) }
        output.append("],\"risk_score\":")
        output.append(riskScore)
        output.append(",\"verdict\":")
        output.append(string: verdict.rawValue)
        output.append(",\"explanations\":[")
        output.list(explanations) { $0.write(into: &$1) }
        output.append("],\"knowledge_version\":")
        output.append(string: knowledgeVersion)
        output.append(",\"unassessed\":[")
        output.list(unassessed) { $0.write(into: &$1) }
        output.append("],\"to_check\":[")
        output.list(toCheck) { $0.write(into: &$1) }
        output.append("]}")
    }
}

extension JSONBytes {
    /// Elements with commas between them.
    @inline(__always)
    fileprivate mutating func list<Element>(_ elements: [Element], _ write: (Element, inout JSONBytes) -> Void) {
        var isFirst = true
        for element in elements {
            if !isFirst { append(",") }
            isFirst = false
            write(element, &self)
        }
    }

    /// A member behind another one.
    @inline(__always)
    fileprivate mutating func member(_ opening: StaticString, _ text: String) {
        append(opening)
        append(string: text)
    }

    @inline(__always)
    fileprivate mutating func member(_ opening: StaticString, _ text: String?) {
        if let text { member(opening, text) }
    }
}

extension AnalyzeResponse.Inconsistency {
    fileprivate func write(into output: inout JSONBytes) {
        output.member("{\"icd10_code\":", icd10Code)
        output.member(",\"icd10_name\":", icd10Name)
        output.member(",\"treatment_code\":", treatmentCode)
        output.member(",\"treatment_name\":", treatmentName)
        output.append(",\"relevance_score\":")
        output.append(relevanceScore)
        output.member(",\"flag_reason\":", flagReason)
        output.member(",\"guideline_reference\":", guidelineReference)
        output.append("}")
    }
}

extension AnalyzeResponse.OverbillingIndicator {
    fileprivate func write(into output: inout JSONBytes) {
        output.member("{\"code\":", code.rawValue)
        output.member(",\"treatment_code\":", treatmentCode)
        output.member(",\"treatment_name\":", treatmentName)
        output.member(",\"detail\":", detail)
        output.member(",\"guideline_reference\":", guidelineReference)
        output.append("}")
    }
}

extension AnalyzeResponse.Explanation {
    fileprivate func write(into output: inout JSONBytes) {
        output.member("{\"icd10_code\":", icd10Code)
        output.member(",\"treatment_code\":", treatmentCode)
        output.append(",\"score\":")
        output.append(score)
        output.append(",\"path\":[")
        output.list(path) { $0.write(into: &$1) }
        output.append("]}")
    }
}

extension AnalyzeResponse.PathStep {
    fileprivate func write(into output: inout JSONBytes) {
        output.member("{\"statement\":", statement)
        output.member(",\"citation\":", citation)
        output.member(",\"from\":", from)
        output.member(",\"relation\":", relation)
        output.member(",\"to\":", to)
        if let weight {
            output.append(",\"weight\":")
            output.append(weight)
        }
        output.append("}")
    }
}

extension AnalyzeResponse.Unassessed {
    fileprivate func write(into output: inout JSONBytes) {
        output.member("{\"what\":", what)
        output.member(",\"code\":", code)
        output.member(",\"reason\":", reason)
        output.append("}")
    }
}

extension AnalyzeResponse.ToCheck {
    fileprivate func write(into output: inout JSONBytes) {
        output.member("{\"treatment_code\":", treatmentCode)
        output.member(",\"treatment_name\":", treatmentName)
        output.member(",\"condition\":", condition)
        output.member(",\"reason\":", reason)
        output.member(",\"guideline_reference\":", guidelineReference)
        output.append("}")
    }
}
