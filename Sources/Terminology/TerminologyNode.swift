public import HealthTypes

/// A code together with its system, by which it can be told from one that another system writes alike: J18 is a
/// category of ICD-10-CM and of WHO ICD-10, and 36567 may be a procedure or a drug.
public struct TerminologyNode: Hashable, Sendable, CustomStringConvertible {
    public let system: CodeSystem
    /// In the form of its table: no dot in a diagnosis, eleven digits in an NDC. A block or a chapter of ICD-10-CM is
    /// written `block:C50` or `chapter:2`, since a block and a category may share a name.
    public let code: String

    public init(_ system: CodeSystem, _ code: String) {
        self.system = system
        self.code = code
    }

    /// `system|code`, as a token of FHIR's search is written.
    public var description: String { "\(system.rawValue)|\(code)" }

    /// Reads `system|code`; nil where either is missing.
    public init?(_ text: some StringProtocol) {
        guard let bar = text.firstIndex(of: "|"), bar != text.startIndex else { return nil }
        let code = text[text.index(after: bar)...]
        guard !code.isEmpty else { return nil }
        self.init(CodeSystem(rawValue: String(text[..<bar])), String(code))
    }
}

extension CodeTables {
    /// The node of a code written in any of the forms that its system allows; nil where the tables do not have it.
    public func node(_ system: CodeSystem, _ code: String) -> TerminologyNode? {
        let found: String? =
            switch system {
            case .icd10cm: groupID(code) == nil ? icd10cm(code) : code
            case .icd10: whoCode(code)
            case .cpt, .hcpcs: procedure(code).flatMap { $0.system == system ? $0.code : nil }
            case .ndc: ndc(code)?.ndc.code
            case .rxnorm: rxnorm(code)?.code
            case .loinc: loinc(code)?.code
            case .atc: atc(code)?.code
            default: nil
            }
        return found.map { TerminologyNode(system, $0) }
    }

    /// The name of a node: a title, words of our own, or a descriptor of the table; nil where there is none.
    public func name(of node: TerminologyNode) -> String? {
        let found: String? =
            switch node.system {
            case .icd10cm:
                groupID(node.code).map { diagnosisGroupTitle($0) } ?? icd10cm(node.code).flatMap(diagnosisTitle)
            case .icd10: whoTitle(node.code)
            case .cpt, .hcpcs: procedure(node.code)?.words
            case .ndc: ndc(node.code)?.name
            case .rxnorm: rxnorm(node.code)?.name
            case .loinc: loinc(node.code).map { $0.shortName.isEmpty ? $0.component : $0.shortName }
            case .atc: atc(node.code)?.name
            default: nil
            }
        return found.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What stands directly above a node: one heading or group, or the ingredients of a drug; none at the top.
    public func parents(of node: TerminologyNode) -> [TerminologyNode] {
        let codes: [String] =
            switch node.system {
            case .icd10cm: diagnosisParent(node.code).map { [$0] } ?? []
            case .icd10: whoCode(node.code).flatMap { whoParent($0) }.map { [$0] } ?? []
            case .ndc: ndc(node.code).map { $0.ndc.package == nil ? [] : [$0.ndc.product] } ?? []
            case .rxnorm: rxnorm(node.code)?.ingredients.filter { $0 != node.code } ?? []
            case .atc: atc(node.code).flatMap { DrugGroup.parent(of: $0.code) }.map { [$0] } ?? []
            default: []
            }
        return codes.map { TerminologyNode(node.system, $0) }
    }

    /// What stands directly below a node, in order; empty too for RxNorm, whose products are not kept by ingredient.
    public func children(of node: TerminologyNode) -> [TerminologyNode] {
        let codes: [String] =
            switch node.system {
            case .icd10cm: children(ofDiagnosis: groupID(node.code) ?? node.code).map { Self.nodeCode($0) }
            case .ndc: packages(ofProduct: node.code).map(\.code)
            case .atc: atcChildren(of: node.code)
            default: []
            }
        return codes.map { TerminologyNode(node.system, $0) }
    }

    private static let groupPrefix = "icd10cm-"

    /// `icd10cm-block:C50` for the `block:C50` of a node.
    private func groupID(_ code: String) -> String? {
        guard code.contains(":") else { return nil }
        let id = Self.groupPrefix + code
        return diagnosisGroupTitle(id) == nil ? nil : id
    }

    private static func nodeCode(_ id: String) -> String {
        id.hasPrefix(groupPrefix) ? String(id.dropFirst(groupPrefix.count)) : id
    }

    private func diagnosisParent(_ code: String) -> String? {
        let path = groupID(code).map { ancestors(ofDiagnosisGroup: $0) } ?? ancestors(ofDiagnosis: code)
        return path.dropFirst().first.map(Self.nodeCode)
    }

    /// The code of ICD-10-CM itself, which a code of WHO ICD-10 alone is not.
    private func icd10cm(_ code: String) -> String? { ancestors(ofDiagnosis: code).first }

    /// WHO's tree as its codes show it: a subcategory below its category.
    private func whoParent(_ code: String) -> String? { code.utf8.count > 3 ? whoCode(String(code.prefix(3))) : nil }
}
