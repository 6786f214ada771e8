import Terminology

/// What a code of a system of drugs or of laboratory tests stands for; the code tables answer it.
public protocol TreatmentNaming: Sendable {
    /// Nil for a code that has not the form of such a system, or that might as well be a procedure's; a value without
    /// ingredients and without a test for one that has the form and is not known.
    func codedTreatment(_ code: String, kind: BilledTreatment.Kind) -> CodedTreatment?
}

extension TreatmentNaming {
    /// Nothing: diagnoses alone are named.
    public func codedTreatment(_ code: String, kind: BilledTreatment.Kind) -> CodedTreatment? { nil }
}

/// A drug by its ingredients, or a laboratory test by its LOINC code.
public struct CodedTreatment: Sendable, Hashable {
    /// The names of all that the product holds, as its table has them.
    public var ingredients: [String]
    /// How it is given, such as `ORAL`; empty where the table does not say.
    public var routes: [String]
    public var loinc: String?

    public init(ingredients: [String] = [], routes: [String] = [], loinc: String? = nil) {
        self.ingredients = ingredients
        self.routes = routes
        self.loinc = loinc
    }
}

extension BilledTreatment {
    /// Whether the code is written as an NDC, as a LOINC code with its check digit or behind the name of its system, as
    /// no code of CPT or HCPCS with a modifier is: a modifier has two characters, the middle of an NDC three or four.
    var isOfAnotherSystem: Bool {
        if code.utf8.contains(UInt8(ascii: ":")) {
            let system = code.prefix { $0 != ":" }.lowercased()
            return ["rxnorm", "ndc", "loinc"].contains(system)
        }
        guard code.utf8.contains(UInt8(ascii: "-")) else { return false }
        return ObservationCode.isValid(code) || NationalDrugCode(code) != nil
    }
}

extension KnowledgeBase {
    /// A treatment that a billed line means.
    struct Resolved {
        let number: Int
        /// Milligrams of one billed unit; 0 where the unit is no mass.
        var unitMilligrams = 0
        /// As the tables of coded drugs say it.
        var route: Route?
    }

    /// The treatment that a billed line means: its code's where the code is known, else its name's in its own kind.
    func resolve(_ billed: BilledTreatment, naming: some TreatmentNaming) -> Resolved? {
        if let coded = naming.codedTreatment(billed.code, kind: billed.kind) {
            if let found = resolve(coded) { return found }
        } else if !billed.isOfAnotherSystem, let found = image.treatment(ofCode: billed.code) {
            return Resolved(number: found.number, unitMilligrams: found.unitMilligrams)
        }
        let table = billed.kind == .drug ? image.drugNames : image.serviceNames
        let names = TreatmentName.candidates(billed.name) + [TreatmentName.normalised(billed.code)]
        return names.lazy.compactMap { image.treatment(ofName: $0, in: table) }.first.map { Resolved(number: $0) }
    }

    /// A test by its LOINC code; a drug by its ingredient, or by all of them where the knowledge has the combination.
    /// A combination that it does not have is not judged by one of its parts.
    private func resolve(_ coded: CodedTreatment) -> Resolved? {
        if let loinc = coded.loinc { return image.treatment(ofLOINC: loinc).map { Resolved(number: $0) } }
        let route = TreatmentFacts.route(ofAll: coded.routes)
        var numbers: [Int] = []
        for ingredient in coded.ingredients {
            let found = TreatmentName.substances(ingredient).lazy
                .compactMap { image.treatment(ofName: $0, in: image.drugNames) }.first
            guard let found else { return nil }
            if !numbers.contains(found) { numbers.append(found) }
        }
        if numbers.count == 1 { return Resolved(number: numbers[0], route: route) }
        guard (2...Self.mostIngredients).contains(numbers.count) else { return nil }
        let parts = numbers.map { TreatmentName.normalised(image.text(image.treatments[$0].name)) }
        return Self.orders(parts).lazy
            .compactMap { image.treatment(ofName: $0.joined(separator: " "), in: image.drugNames) }.first
            .map { Resolved(number: $0, route: route) }
    }

    /// A name lists its ingredients in any order; more than these are not tried.
    private static let mostIngredients = 4

    private static func orders(_ parts: [String]) -> [[String]] {
        guard parts.count > 1 else { return [parts] }
        return parts.indices.flatMap { index in
            var rest = parts
            let first = rest.remove(at: index)
            return orders(rest).map { [first] + $0 }
        }
    }
}
