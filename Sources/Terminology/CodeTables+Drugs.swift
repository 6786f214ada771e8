public import HealthTypes

// MARK: Drugs and laboratory tests

extension CodeTables {
    /// The product of a National Drug Code, written in segments, in eleven digits, or in ten where only one reading of
    /// them is in the table; a product's code without its package answers too.
    ///
    /// Nil for a package that the table does not list, and where a date is given on which it was not marketed.
    public func ndc(_ code: String, on date: CalendarDate? = nil) -> DrugProduct? {
        guard let drugProducts else { return nil }
        let found = NationalDrugCode.readings(of: code).compactMap { drugProducts[$0] }
        guard found.count == 1, date.map(found[0].isMarketed(on:)) ?? true else { return nil }
        return found[0]
    }

    /// The packages of a product; none for the code of a package.
    public func packages(ofProduct code: String) -> [NationalDrugCode] {
        guard let ndc = NationalDrugCode(code), ndc.package == nil else { return [] }
        return drugProducts?.packages(of: ndc) ?? []
    }

    /// The concept of an RxCUI.
    public func rxnorm(_ code: String) -> DrugConcept? {
        guard let drugConcepts, let row = drugConcepts.row(of: code) else { return nil }
        return DrugConcept(drugConcepts, row: row)
    }

    /// The ingredients that a concept of RxNorm holds, by their own concepts; empty where one of them is not in the
    /// table, since a part of what a drug holds is not what it holds.
    public func ingredients(ofRxNorm code: String) -> [DrugConcept] {
        let codes = rxnorm(code)?.ingredients ?? []
        let found = codes.compactMap { rxnorm($0) }
        return found.count == codes.count ? found : []
    }

    /// The LOINC code, deprecated or not; nil where its check digit is wrong.
    public func loinc(_ code: String) -> ObservationCode? {
        guard let observations, ObservationCode.isValid(code), let row = observations.row(of: code) else { return nil }
        return ObservationCode(observations, row: row)
    }

    /// The group or substance of ATC, in any case.
    public func atc(_ code: String) -> DrugGroup? { drugGroups?[code.uppercased()] }

    /// The codes directly below a group of ATC, in order; the main groups for an empty text.
    public func atcChildren(of code: String) -> [String] {
        code.isEmpty ? drugGroups?.roots ?? [] : drugGroups?.children(of: code.uppercased()) ?? []
    }

    /// The code of HCPCS Level II with CMS's descriptors; nil where a date is given on which it was not in force.
    public func hcpcs(_ code: String, on date: CalendarDate? = nil) -> LevelTwoCode? {
        guard let levelTwo, let row = levelTwo.row(of: code.uppercased()) else { return nil }
        let entry = LevelTwoCode(levelTwo, row: row)
        return date.map(entry.isEffective(on:)) ?? true ? entry : nil
    }
}
