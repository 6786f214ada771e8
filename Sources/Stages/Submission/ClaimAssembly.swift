import Claims
import HealthTypes

/// Makes a claim of a visit's charges.
enum ClaimAssembly {
    /// Nil where a part that every claim needs is absent; `missing` names it.
    static func assemble(_ facts: CaseFacts, controlNumber: String, billing: Provider?) -> (
        claim: Claim?, missing: [String]
    ) {
        var missing: [String] = []
        if facts.encounter == nil { missing.append("visit") }
        if facts.coverages.isEmpty { missing.append("coverage") }
        if billing == nil { missing.append("billing organization") }
        guard let encounter = facts.encounter, let billing, missing.isEmpty else { return (nil, missing) }
        let charges = facts.charges.sorted { ($0.date, $0.number) < ($1.date, $1.number) }
        var diagnoses: [String] = []
        for code in charges.flatMap(\.diagnoses).map(plain) where !diagnoses.contains(code) { diagnoses.append(code) }
        let lines = charges.enumerated().map { index, charge in
            line(charge, number: index + 1, diagnoses: diagnoses, controlNumber: controlNumber)
        }
        var claim = Claim(
            controlNumber: controlNumber, totalCharge: charges.map(\.amount).total(),
            placeOfService: encounter.placeOfService, billing: billing,
            rendering: charges.compactMap(\.rendering).first ?? encounter.attending, coverages: facts.coverages,
            patient: encounter.patient,
            diagnoses: diagnoses.prefix(12).enumerated().map {
                Diagnosis(qualifier: $0.offset == 0 ? "ABK" : "ABF", code: $0.element)
            }, lines: lines)
        // Who attends orders what has no order of its own: the visit's laboratory tests.
        claim.referring = facts.orders.compactMap(\.ordering).first ?? encounter.attending
        if !["11", "12"].contains(encounter.placeOfService) { claim.facility = billing }
        // One number a claim: the first procedure that has one. The others' numbers are checked against it and named.
        claim.priorAuthorization =
            charges.lazy.compactMap { charge -> String? in
                guard let found = facts.authorization(for: charge.procedure), found.isGranted else { return nil }
                return found.number
            }.first
        return (claim, [])
    }

    private static func line(_ charge: Charge, number: Int, diagnoses: [String], controlNumber: String) -> ClaimLine {
        // A claim carries twelve diagnoses and a line points at four of them (X222A1 2300 HI, 2400 SV107).
        let pointers = charge.diagnoses.map(plain).compactMap { diagnoses.firstIndex(of: $0) }.map { $0 + 1 }.filter {
            $0 <= 12
        }
        var line = ClaimLine(
            number: number, procedure: charge.procedure, modifiers: charge.modifiers, charge: charge.amount,
            units: String(charge.units), pointers: Array(pointers.prefix(4)), from: charge.date)
        line.controlNumber = "\(controlNumber)L\(number)"
        line.ndc = charge.ndc
        return line
    }

    /// A diagnosis code as X12 carries it.
    private static func plain(_ code: String) -> String { code.replacing(".", with: "").uppercased() }
}
