import HealthTypes
import X12

/// Writes the lines of a claim where they lie, as copying one would cost more than writing it.
enum ClaimLinePen {
    typealias Line = ClaimDraft837.Line

    static func write(_ line: Place<Line>, _ kind: Claim837.Kind, _ pen: inout SegmentPen) {
        pen.loop = "2400"
        switch kind {
        case .professional: writeProfessional(line, &pen)
        case .institutional: writeInstitutional(line, &pen)
        case .dental: writeDental(line, &pen)
        }
        let hasMore = !line.pointee.additional.isEmpty
        if hasMore { writeEach(["SV5"], line, &pen) }
        if !line.pointee.attachments.isEmpty { for one in line.pointee.attachments { one.write(&pen) } }
        if hasMore { writeEach(["PWK", "CR1", "CR3", "CRC"], line, &pen) }
        pen.write(line.pointee.dates)
        if !line.pointee.quantities.isEmpty { pen.write(line.pointee.quantities) }
        if hasMore { writeEach(["MEA", "CN1"], line, &pen) }
        pen.write(line.pointee.references)
        if hasMore { writeEach(["REF"], line, &pen) }
        if !line.pointee.amounts.isEmpty { pen.write(line.pointee.amounts) }
        if hasMore { writeEach(["K3"], line, &pen) }
        if !line.pointee.notes.isEmpty { for note in line.pointee.notes { note.write(&pen) } }
        if hasMore { pen.write(line.pointee.additional, except: placed) }
        if let drug = line.pointee.drug { write(drug, &pen) }
        if !line.pointee.providers.isEmpty {
            ClaimRole.inOrder(line.pointee.providers, ClaimRole.ofLine(kind)) {
                pen.write(at: $0, .claim, in: "2420")
            }
        }
        if !line.pointee.decisions.isEmpty { for one in line.pointee.decisions { write(one, &pen) } }
        if hasMore { writeForms(line.pointee.additional, &pen) }
    }

    private static let forms: Set = ["LQ", "FRM"]
    private static let placed: Set = ["SV5", "PWK", "CR1", "CR3", "CRC", "MEA", "CN1", "REF", "K3", "LQ", "FRM"]

    private static func writeEach(_ ids: [StaticString], _ line: Place<Line>, _ pen: inout SegmentPen) {
        for id in ids { pen.write(id, of: line.pointee.additional) }
    }

    /// The forms of 2440, which end a line.
    private static func writeForms(_ additional: [SegmentDraft], _ pen: inout SegmentPen) {
        for segment in additional where forms.contains(segment.id) { pen.write(segment) }
    }

    private static func writeProfessional(_ line: Place<Line>, _ pen: inout SegmentPen) {
        pen.begin("SV1")
        pen.add(at: &line.pointee.procedure)
        pen.add(line.pointee.charge)
        pen.add(&line.pointee.unit)
        pen.add(&line.pointee.units)
        pen.add(&line.pointee.placeOfService)
        pen.addEmpty()
        write(line.pointee.pointers, &pen)
        pen.addEmpty()
        pen.add(&line.pointee.emergency)
        pen.addEmpty()
        pen.add(&line.pointee.screening)
        pen.add(&line.pointee.familyPlanning)
        pen.addEmpty(2)
        pen.add(&line.pointee.copayStatus)
        pen.end()
    }

    private static func writeInstitutional(_ line: Place<Line>, _ pen: inout SegmentPen) {
        pen.begin("SV2")
        pen.add(&line.pointee.revenueCode)
        pen.add(at: &line.pointee.procedure)
        pen.add(line.pointee.charge)
        pen.add(&line.pointee.unit)
        pen.add(&line.pointee.units)
        pen.addEmpty()
        pen.add(line.pointee.notCovered)
        pen.end()
    }

    private static func writeDental(_ line: Place<Line>, _ pen: inout SegmentPen) {
        pen.begin("SV3")
        pen.add(at: &line.pointee.procedure)
        pen.add(line.pointee.charge)
        pen.add(&line.pointee.placeOfService)
        pen.add(components: line.pointee.oralCavity)
        pen.add(&line.pointee.placement)
        pen.add(&line.pointee.units)
        pen.addEmpty(4)
        write(line.pointee.pointers, &pen)
        pen.end()
        for tooth in line.pointee.teeth {
            pen.begin("TOO")
            pen.add("JP")
            pen.add(tooth.code)
            pen.add(components: tooth.surfaces)
            pen.end()
        }
    }

    private static func write(_ pointers: [Int], _ pen: inout SegmentPen) {
        guard let first = pointers.first else { return pen.addEmpty() }
        pen.add(first)
        for index in 1..<pointers.count { pen.component(pointers[index]) }
    }

    private static func write(_ drug: ClaimDraft837.Drug, _ pen: inout SegmentPen) {
        pen.loop = "2410"
        pen.begin("LIN")
        pen.addEmpty()
        pen.add(drug.qualifier)
        pen.add(drug.code)
        pen.end()
        pen.begin("CTP")
        pen.addEmpty(3)
        pen.add(drug.quantity)
        pen.add(drug.unit)
        pen.end()
        pen.write(drug.references)
    }

    private static func write(_ decision: ClaimDraft837.Decision, _ pen: inout SegmentPen) {
        pen.loop = "2430"
        pen.begin("SVD")
        pen.add(decision.payer)
        pen.add(decision.paid)
        pen.add(decision.procedure)
        pen.add(decision.revenueCode)
        pen.add(decision.units)
        pen.add(decision.bundledLine)
        pen.end()
        pen.write(decision.adjustments)
        if let date = decision.date { pen.write([DateEntry("573", date)]) }
        pen.write(decision.amounts)
    }
}
