import ClinicalKnowledge
import HealthTypes
import Terminology

/// Random claims of three diagnoses and four treatments, of which one or two treatments mostly fit: drawn from the
/// statements, down to codes that a claim may carry.
struct ClaimMaker {
    private let tables: CodeTables
    private let statements: [Statement]
    private let treatments: [KnownTreatment]
    private let byID: [String: KnownTreatment]
    private var random: SeededRandom

    init(_ base: KnowledgeBase, _ tables: CodeTables, seed: UInt64) {
        self.tables = tables
        let treatments = base.treatments.filter { !$0.codes.isEmpty }
        let byID = Dictionary(uniqueKeysWithValues: treatments.map { ($0.id, $0) })
        self.treatments = treatments
        self.byID = byID
        statements = base.statements.filter { $0.relation.score != nil && byID[$0.subject] != nil }
        random = SeededRandom(seed: seed)
    }

    mutating func claim() -> AnalyzeRequest {
        var codes: [String] = []
        var billed: [BilledTreatment] = []
        while codes.count < 3 {
            let statement = random.pick(statements)
            guard let code = leaf(statement.object), !codes.contains(code) else { continue }
            codes.append(code)
            if billed.count < 2, let treatment = byID[statement.subject] { billed.append(self.billed(treatment)) }
        }
        while billed.count < 4 { billed.append(self.billed(random.pick(treatments))) }
        return AnalyzeRequest(
            icd10Codes: codes, treatments: billed, patientAge: random.integer(in: 1..<95),
            patientSex: random.chance(50) ? .female : .male)
    }

    private mutating func billed(_ treatment: KnownTreatment) -> BilledTreatment {
        BilledTreatment(
            treatment.isDrug ? .drug : .procedure, code: random.pick(treatment.codes), name: treatment.name,
            serviceDate: CalendarDate(year: 2026, month: 3, day: random.integer(in: 1..<29)))
    }

    /// A code that a claim may carry under one of the codes that a statement names.
    private mutating func leaf(_ object: String) -> String? {
        let named = random.pick(object.split(separator: " ").map(String.init))
        var code = String(named.split(separator: "-")[0])
        guard tables.hasDiagnosis(code) else { return nil }
        while true {
            let below = tables.children(ofDiagnosis: code)
            if below.isEmpty { return tables.diagnosis(code)?.dotted }
            code = random.pick(below)
        }
    }
}
