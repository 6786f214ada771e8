public import Terminology

extension CodeTables {
    /// Reads an NDC in segments or in ten or eleven digits, a LOINC code with its check digit, and an RxCUI.
    ///
    /// An RxCUI has no form of its own. It is read where the line is a drug and its code is four, six, seven or eight
    /// digits: three may be a revenue code, five a code of CPT, ten or eleven an NDC. Behind `rxnorm:`, `ndc:` or `loinc:`
    /// a code is read in that system alone.
    public func codedTreatment(_ code: String, kind: BilledTreatment.Kind) -> CodedTreatment? {
        if let colon = code.firstIndex(of: ":") {
            let rest = String(code[code.index(after: colon)...])
            switch code[..<colon].lowercased() {
            case "rxnorm": return drug(ofRxNorm: rest) ?? CodedTreatment()
            case "ndc": return drug(ofNDC: rest) ?? CodedTreatment()
            case "loinc": return ObservationCode.isValid(rest) ? CodedTreatment(loinc: rest) : CodedTreatment()
            default: return nil
            }
        }
        let count = code.utf8.count
        guard (3...13).contains(count), code.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2d }) else {
            return nil
        }
        if code.utf8.contains(0x2d) {
            if ObservationCode.isValid(code) { return CodedTreatment(loinc: code) }
            return NationalDrugCode(code).map { _ in drug(ofNDC: code) ?? CodedTreatment() }
        }
        if count >= 10 { return drug(ofNDC: code) }
        let mayBeRxNorm = kind == .drug && [4, 6, 7, 8].contains(count) && code.utf8.first != 0x30
        return mayBeRxNorm ? drug(ofRxNorm: code) : nil
    }

    private func drug(ofNDC code: String) -> CodedTreatment? {
        ndc(code).map { CodedTreatment(ingredients: $0.substances, routes: $0.routes) }
    }

    private func drug(ofRxNorm code: String) -> CodedTreatment? {
        guard rxnorm(code) != nil else { return nil }
        return CodedTreatment(ingredients: ingredients(ofRxNorm: code).map(\.name))
    }
}
