import Claims
import HealthTypes

extension VisitMaker {
    /// What the chart says of the payer's criteria.
    private enum Evidence {
        case complete
        /// One criterion is not spoken of.
        case silent
        /// One criterion is contradicted.
        case contrary

        /// 60, 25 and 15 in a hundred.
        static func draw(_ random: inout SeededRandom) -> Evidence {
            switch random.integer(in: 0..<100) {
            case ..<60: .complete
            case ..<85: .silent
            default: .contrary
            }
        }
    }

    /// Writes the note and the chart. Where the note contradicts a criterion of a payer who must be asked, the
    /// service is put off: the order stands, and nothing is charged.
    func addChart(_ visit: inout SampleVisit, isPlanted: Bool, _ random: inout SeededRandom) {
        let scenario = visit.scenario
        let mustAsk = visit.orders.contains { visit.payer.needsAuthorization($0.procedure, units: $0.units) }
        let evidence = mustAsk && !isPlanted ? Evidence.draw(&random) : .complete
        visit.note = note(scenario, evidence, &random)
        if evidence == .contrary { visit.charges = [] }
        guard visit.path == .hospital else { return }
        addItems(&visit, &random)
    }

    private func note(_ scenario: Scenario, _ evidence: Evidence, _ random: inout SeededRandom) -> String {
        var sentences = [scenario.story]
        let odd = scenario.criteria.isEmpty ? nil : random.integer(in: 0..<scenario.criteria.count)
        for (index, criterion) in scenario.criteria.enumerated() {
            switch evidence {
            case .silent where index == odd: break
            case .contrary where index == odd: sentences.append(criterion.contradicted)
            default: sentences.append(criterion.met)
            }
        }
        return sentences.joined(separator: " ")
    }

    private func addItems(_ visit: inout SampleVisit, _ random: inout SeededRandom) {
        let key = visit.key
        let words = Dictionary(
            visit.scenario.diagnoses.joined().map { ($0.code, $0.words) }, uniquingKeysWith: { first, _ in first })
        for (index, code) in visit.diagnoses.enumerated() {
            visit.chart.append(
                ChartItem(
                    reference: "Condition/\(key)-c\(index + 1)", kind: .condition, code: Code(.icd10cm, code),
                    text: words[code], date: day.adding(days: -random.integer(in: 7..<400))))
        }
        let pressure = random.integer(in: 112..<139)
        let measured: [(code: String, words: String, value: String, unit: String, daysBefore: Int)] = [
            ("8480-6", "Systolic blood pressure", String(pressure), "mm[Hg]", 6),
            ("8462-4", "Diastolic blood pressure", String(pressure * 5 / 8), "mm[Hg]", 6),
        ]
        for (index, item) in measured.enumerated() {
            visit.chart.append(
                ChartItem(
                    reference: "Observation/\(key)-o\(index + 1)", kind: .observation, code: Code(.loinc, item.code),
                    text: item.words, value: item.value, unit: item.unit, date: day.adding(days: -item.daysBefore)))
        }
        for (index, drug) in visit.scenario.drugs.enumerated() {
            // A draft has no date until it is signed at the visit.
            let date = drug.isNew ? nil : day.adding(days: -random.integer(in: 10..<200))
            visit.chart.append(
                ChartItem(
                    reference: "MedicationRequest/\(key)-m\(index + 1)", kind: .medication, code: Code(.atc, drug.atc),
                    text: "\(drug.name) \(drug.dose)", date: date))
        }
        visit.chart.append(
            ChartItem(
                reference: "DocumentReference/\(key)-n1", kind: .note, text: visit.note, date: day.adding(days: -6)))
    }
}
