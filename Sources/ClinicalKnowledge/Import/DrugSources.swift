public import HealthTypes

extension KnowledgeBase {
    /// Proposals from DrugCentral: its tables `structures` (`id`, `name`) and `omop_relationship` (`struct_id`,
    /// `relationship_name`, `concept_name`, `snomed_conceptid`), written as tab-separated text with a header.
    ///
    /// Diagnoses come through `map`, and where a concept has no code, through its nearest ancestor that has one, if a
    /// hierarchy is given. DrugCentral does not say in which line a drug stands, nor under which condition it is
    /// forbidden: an indication is proposed as `alternative`, a contraindication as `contraindicated_if` with `chart`.
    public func proposals(
        drugCentralStructures: [UInt8], relationships: [UInt8], map: SnomedMap, hierarchy: SnomedHierarchy? = nil
    ) throws(KnowledgeImportError) -> KnowledgeProposals {
        var names: [String: String] = [:]
        try DelimitedText("structures", drugCentralStructures, required: ["id", "name"]).forEach {
            names[$0["id"]] = $0["name"]
        }
        var maker = ProposalMaker(self, source: "DrugCentral")
        let table = try DelimitedText(
            "omop_relationship", relationships,
            required: ["struct_id", "relationship_name", "concept_name", "snomed_conceptid"])
        try table.forEach { row in
            let relation: Relation
            switch row["relationship_name"].lowercased() {
            case "indication": relation = .alternative
            case "off-label use": relation = .alternative
            case "contraindication": relation = .contraindicatedIf
            default: return
            }
            guard let name = names[row["struct_id"]], let drug = maker.drug(named: name) else { return }
            let concept = row["snomed_conceptid"]
            let direct = map.codes[concept] ?? []
            let inherited =
                direct.isEmpty
                ? hierarchy?.ancestors(of: concept).lazy.compactMap { map.codes[$0] }.first ?? [] : []
            let isOffLabel = row["relationship_name"].lowercased() == "off-label use"
            maker.propose(
                drug, relation, codes: direct.isEmpty ? inherited : direct,
                record: "structure \(row["struct_id"]), SNOMED CT \(concept)",
                note: row["concept_name"] + (isOffLabel ? "; off-label" : "")
                    + (direct.isEmpty ? "; mapped by a wider concept" : ""))
        }
        return maker.proposals
    }

    /// Proposals from RxNorm's `RXNCONSO.RRF` and `RXNREL.RRF` (RxNorm Technical Documentation, section 12): brand
    /// names and salts of the ingredients that the base has.
    ///
    /// Rows of RxNorm itself count, those of other vocabularies do not; suppressed rows do not either.
    public func proposals(rxnormConcepts: [UInt8], relations: [UInt8]) throws(KnowledgeImportError)
        -> KnowledgeProposals
    {
        let concepts = try DelimitedText(
            "RXNCONSO.RRF", rxnormConcepts, separator: "|",
            fixed: [
                "rxcui", "lat", "ts", "lui", "stt", "sui", "ispref", "rxaui", "saui", "scui", "sdui", "sab", "tty",
                "code",
                "str", "srl", "suppress", "cvf",
            ])
        var ingredients: [String: String] = [:]
        var others: [String: String] = [:]
        try concepts.forEach { row in
            guard row["sab"] == "RXNORM", row["suppress"] != "Y", row["suppress"] != "O" else { return }
            switch row["tty"] {
            case "IN", "MIN": ingredients[row["rxcui"]] = row["str"]
            case "BN", "PIN": others[row["rxcui"]] = row["str"]
            default: break
            }
        }
        let links = try DelimitedText(
            "RXNREL.RRF", relations, separator: "|",
            fixed: [
                "rxcui1", "rxaui1", "stype1", "rel", "rxcui2", "rxaui2", "stype2", "rela", "rui", "srui", "sab", "sl",
                "dir",
                "rg", "suppress", "cvf",
            ])
        var maker = ProposalMaker(self, source: "RxNorm")
        var known: [String: KnownTreatment] = [:]
        for (concept, name) in ingredients.sorted(by: { $0.key < $1.key }) {
            if let drug = maker.drug(named: name) { known[concept] = drug }
        }
        // The second concept stands in the relation to the first: brand `tradename_of` ingredient, salt `form_of` it.
        try links.forEach { row in
            guard row["sab"] == "RXNORM", ["tradename_of", "form_of"].contains(row["rela"]),
                let drug = known[row["rxcui1"]], let name = others[row["rxcui2"]]
            else { return }
            maker.propose(drug, synonym: name)
        }
        return maker.proposals
    }

    /// Proposals from an answer of RxClass (`rxclassDrugInfoList`, as its API or a saved copy gives it): `may_treat`,
    /// `may_prevent` and `CI_with` to a disease, and membership in an ATC class.
    ///
    /// RxClass names diseases by MeSH or MED-RT ids; `diseases` puts those to ICD-10 codes.
    public func proposals(rxClass: JSON, diseases: [String: [String]]) throws(KnowledgeImportError)
        -> KnowledgeProposals
    {
        guard let list = rxClass["rxclassDrugInfoList"]?["rxclassDrugInfo"]?.array else {
            throw KnowledgeImportError(file: "RxClass", line: nil, reason: "has no rxclassDrugInfoList")
        }
        var maker = ProposalMaker(self, source: "RxClass")
        for entry in list {
            guard let name = entry["minConcept"]?["name"]?.string, let group = entry["rxclassMinConceptItem"],
                let id = group["classId"]?.string
            else { throw KnowledgeImportError(file: "RxClass", line: nil, reason: "an entry has no concept or class") }
            let relation: Relation?
            switch entry["rela"]?.string?.lowercased() {
            case "may_treat": relation = .alternative
            case "may_prevent": relation = .prophylaxis
            case "ci_with": relation = .contraindicatedIf
            default: relation = nil
            }
            let isATC = group["classType"]?.string?.hasPrefix("ATC") == true
            guard relation != nil || isATC, let drug = maker.drug(named: name) else { continue }
            if isATC {
                maker.propose(drug, classWithPrefix: id)
            } else if let relation {
                let source = entry["relaSource"]?.string ?? ""
                maker.propose(
                    drug, relation, codes: diseases[id] ?? [], record: "\(source) \(id)",
                    note: group["className"]?.string ?? "")
            }
        }
        return maker.proposals
    }

    /// Proposals from the ATC index as its licence holders have it, as tab-separated text with the columns `ATC code`
    /// and `ATC level name`: codes of the fifth level for the substances that the base has, and their classes.
    public func proposals(atcIndex: [UInt8]) throws(KnowledgeImportError) -> KnowledgeProposals {
        var maker = ProposalMaker(self, source: "ATC index")
        try DelimitedText("ATC index", atcIndex, required: ["atc code", "atc level name"]).forEach { row in
            let code = row["atc code"].uppercased()
            // Of the fifth level; the other levels are headings.
            guard code.utf8.count == 7, let drug = maker.drug(named: row["atc level name"]) else { return }
            maker.propose(drug, atc: code)
            maker.propose(drug, classWithPrefix: code)
        }
        return maker.proposals
    }
}
