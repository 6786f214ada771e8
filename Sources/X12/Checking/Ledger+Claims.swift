import HealthTypes

/// What is added up of one claim of an 837.
struct ClaimSums: ~Copyable {
    /// What another payer paid and adjusted.
    package struct OtherPayer: BitwiseCopyable {
        package var identifier: UInt64 = 0
        package var paid: Int64?
        package var place = Ledger.Place()
        var isPaidStated = false
        var isAdjusted = false
        package var adjustments = Ledger.Sum()
        package var lines = 0
    }

    struct Diagnosis: BitwiseCopyable {
        var code: UInt64
        var place: Ledger.Place
        var element: UInt8
    }

    var isOpen = false
    var charge: Int64?
    var place = Ledger.Place()
    var lineCharges = Ledger.Sum()
    var lines = 0
    var payers: [OtherPayer] = []
    /// The payer that the line's SVD names; nil where none is known.
    var judging: Int?
    var pointers = 0
    var diagnoses: [Diagnosis] = []
    /// The day on which the claim's codes must be in force.
    var day: Int32?
    var isStatementDay = false

    mutating func reset() {
        isOpen = false
        charge = nil
        lineCharges = Ledger.Sum()
        lines = 0
        payers.removeAll(keepingCapacity: true)
        judging = nil
        pointers = 0
        diagnoses.removeAll(keepingCapacity: true)
        day = nil
        isStatementDay = false
    }
}

extension Ledger {
    mutating func takeClaim(_ role: Role, _ slice: SegmentSlice, _ position: Int) {
        switch role {
        case .claim:
            claim.reset()
            claim.isOpen = true
            claim.charge = Digits.cents(slice[2])
            claim.place = Place(slice, position, 2)
        case .diagnoses: takeDiagnoses(slice, position)
        case .claimDate:
            // 434 are the statement's days; they rule over those of the lines.
            if slice.has(1, "434") { takeDay(slice, isStatement: true) }
        case .lineDate:
            if slice.has(1, "472"), !claim.isStatementDay { takeDay(slice, isStatement: false) }
        case .lineCharge: takeLine(slice, position)
        case .otherPayer:
            // The guide allows ten; the sums of a claim that has far more are not known.
            if claim.payers.count < 100 {
                claim.payers.append(ClaimSums.OtherPayer())
            } else {
                claim.payers[99].adjustments.add(nil)
            }
        case .payerPaid:
            guard let last = claim.payers.indices.last, slice.has(1, "D") else { return }
            claim.payers[last].paid = Digits.cents(slice[2])
            claim.payers[last].isPaidStated = true
            claim.payers[last].place = Place(slice, position, 2)
        case .payerAdjustment:
            guard let last = claim.payers.indices.last else { return }
            claim.payers[last].isAdjusted = true
            Self.addAdjustments(slice, to: &claim.payers[last].adjustments)
        case .otherPayerName:
            guard let last = claim.payers.indices.last else { return }
            claim.payers[last].identifier = slice[9].fingerprint
        case .adjudicatedLine:
            let identifier = slice[1].fingerprint
            claim.judging = claim.payers.firstIndex { $0.identifier == identifier }
            if let payer = claim.judging { claim.payers[payer].lines += 1 }
        case .lineAdjustment:
            guard let payer = claim.judging else { return }
            claim.payers[payer].isAdjusted = true
            Self.addAdjustments(slice, to: &claim.payers[payer].adjustments)
        default: break
        }
    }

    private mutating func takeDay(_ slice: SegmentSlice, isStatement: Bool) {
        let bytes = slice[3]
        guard bytes.count >= 8 else { return }
        // Of a range its last day: a code that came into force during a stay is right for it.
        let last = UnsafeBufferPointer(rebasing: bytes[(bytes.count == 17 ? 9 : 0)...].prefix(8))
        guard let day = Digits.day(last) else { return }
        claim.day = max(day, claim.isStatementDay == isStatement ? claim.day ?? day : day)
        claim.isStatementDay = isStatement
    }

    private mutating func takeDiagnoses(_ slice: SegmentSlice, _ position: Int) {
        for element in 1..<min(slice.count, 100) {
            let kind = slice[element, 1].packed
            if Self.isPointedTo(kind) { claim.pointers += 1 }
            guard Self.isDiagnosis(kind), claim.diagnoses.count < 100 else { continue }
            claim.diagnoses.append(
                ClaimSums.Diagnosis(
                    code: slice[element, 2].packed, place: Place(slice, position, element), element: UInt8(element)))
        }
    }

    /// ICD-10-CM kinds; those of ICD-9-CM have other letters.
    private static func isDiagnosis(_ kind: UInt64) -> Bool {
        switch kind {
        case Kind.abk, Kind.abf, Kind.abj, Kind.apr, Kind.abn: true
        default: false
        }
    }

    /// To which the lines point.
    private static func isPointedTo(_ kind: UInt64) -> Bool {
        switch kind {
        case Kind.abk, Kind.abf, Kind.bk, Kind.bf, Kind.tq: true
        default: false
        }
    }

    /// Qualifiers of HI as packed numbers, known when the program is compiled.
    private enum Kind {
        static var abk: UInt64 { 0x4b_42_41 }
        static var abf: UInt64 { 0x46_42_41 }
        static var abj: UInt64 { 0x4a_42_41 }
        static var abn: UInt64 { 0x4e_42_41 }
        static var apr: UInt64 { 0x52_50_41 }
        static var bk: UInt64 { 0x4b_42 }
        static var bf: UInt64 { 0x46_42 }
        static var tq: UInt64 { 0x51_54 }
    }

    private mutating func takeLine(_ slice: SegmentSlice, _ position: Int) {
        let isInstitutional = slice.packedID == SegmentID.sv2
        claim.lines += 1
        claim.judging = nil
        let charge = slice[isInstitutional ? 3 : 2]
        claim.lineCharges.add(charge.isEmpty ? 0 : Digits.cents(charge))
        guard !isInstitutional else { return }
        let element = slice.packedID == SegmentID.sv3 ? 11 : 7
        let pointers = slice[element]
        guard !pointers.isEmpty else { return }
        var at = 0
        var component = 1
        // More than four are too many components, which is told elsewhere.
        while at <= pointers.count, component <= 12 {
            var value = 0
            let start = at
            while at < pointers.count, pointers[at].isDigit, value < 100 {
                value = value * 10 + Int(pointers[at] - 0x30)
                at += 1
            }
            if at > start, value < 1 || value > claim.pointers {
                report(.diagnosisPointer, Place(slice, position, element), "2400", name(slice), element, component)
            }
            while at < pointers.count, pointers[at] != slice.delimiters.component { at += 1 }
            at += 1
            component += 1
        }
    }

    private func name(_ slice: SegmentSlice) -> String { slice.text(0) }

    /// Judges the claim whose loop has closed.
    mutating func closeClaim() {
        guard claim.isOpen else { return }
        claim.isOpen = false
        if claim.lines > 0, claim.lineCharges.differs(from: claim.charge) {
            report(.claimCharge, claim.place, "2300", "CLM", 2)
        }
        for index in claim.payers.indices {
            let payer = claim.payers[index]
            // Without any adjustment the payer has judged nothing that could be added up.
            guard payer.isPaidStated, payer.isAdjusted, let paid = payer.paid else { continue }
            var sum = payer.adjustments
            sum.add(paid)
            if sum.differs(from: claim.charge) { report(.otherPayerBalance, payer.place, "2320", "AMT", 2) }
        }
        for index in claim.diagnoses.indices {
            let diagnosis = claim.diagnoses[index]
            let fault: Fault
            var severity: Issue.Severity?
            switch tables.look(up: diagnosis.code, in: .icd10cm, on: claim.day) {
            case .unknown: fault = .codeUnknown
            case .notHere:
                fault = .codeUnknown
                severity = .warning
            case .notInForce: fault = .codeNotInForce
            case .inForce, nil: continue
            }
            report(fault, diagnosis.place, "2300", "HI", Int(diagnosis.element), 2, severity: severity)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// A number that stands for the bytes where they are compared with others of one claim (FNV-1a).
    var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in self { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
