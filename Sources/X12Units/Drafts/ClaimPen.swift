import HealthTypes
import X12

/// Writes a claim with the levels above it, from where it lies.
enum ClaimPen {
    static func write(_ claim: Place<ClaimDraft837>, _ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        writeLevels(claim, &pen, &hierarchy)
        writeClaim(claim, &pen)
        writeNames(claim, &pen)
        let kind = claim.pointee.kind
        claim.pointee.lines.withUnsafeBufferPointer { lines in
            guard let first = lines.baseAddress else { return }
            for index in lines.indices {
                pen.begin("LX")
                pen.add(index + 1)
                pen.end()
                ClaimLinePen.write(Place(mutating: first + index), kind, &pen)
            }
        }
    }

    private static func writeLevels(
        _ claim: Place<ClaimDraft837>, _ pen: inout SegmentPen, _ hierarchy: inout Hierarchy
    ) {
        if !hierarchy.isOpen(0, for: claim.pointee.sharedBilling) {
            let level = hierarchy.begin(0, "20", leads: true, &pen)
            claim.pointee.billing.write(&pen)
            hierarchy.end(level, for: claim.pointee.sharedBilling, &pen)
        }
        let patient = claim.pointee.patientPlace
        let isPatient = if case .none = patient.pointee { true } else { false }
        let level = hierarchy.begin(1, "22", leads: !isPatient, &pen)
        ClaimDraft837.Coverage.write(claim.pointee.coveragePlace, &pen, isPatient: isPatient)
        hierarchy.end(level, &pen)
        if !isPatient, let patient = patient.pointee {
            let level = hierarchy.begin(2, "23", leads: false, &pen)
            patient.write(&pen)
            hierarchy.end(level, &pen)
        }
    }

    // MARK: The claim

    private static func writeClaim(_ claim: Place<ClaimDraft837>, _ pen: inout SegmentPen) {
        pen.loop = "2300"
        writeHeader(claim, &pen)
        if !claim.pointee.dates.isEmpty { pen.write(claim.pointee.dates) }
        if let admission = claim.pointee.admission {
            pen.begin("CL1")
            pen.add(admission.type)
            pen.add(admission.source)
            pen.add(admission.patientStatus)
            pen.end()
        }
        let hasMore = !claim.pointee.additional.isEmpty
        if hasMore { writeEach(["CL1", "DN1", "DN2"], claim, &pen) }
        if !claim.pointee.attachments.isEmpty { for one in claim.pointee.attachments { one.write(&pen) } }
        if hasMore { writeEach(["PWK", "CN1"], claim, &pen) }
        if !claim.pointee.amounts.isEmpty { pen.write(claim.pointee.amounts) }
        pen.write(claim.pointee.references)
        if hasMore { writeEach(["REF", "K3"], claim, &pen) }
        if !claim.pointee.notes.isEmpty { for note in claim.pointee.notes { note.write(&pen) } }
        if hasMore { writeEach(["CR1", "CR2", "CR3", "CR5", "CR6", "CRC"], claim, &pen) }
        writeCodes(claim, &pen)
        if hasMore { pen.write(claim.pointee.additional, except: Self.placed) }
    }

    private static let placed: Set = [
        "CL1", "DN1", "DN2", "PWK", "CN1", "REF", "K3", "CR1", "CR2", "CR3", "CR5", "CR6", "CRC",
    ]

    private static func writeEach(_ ids: [StaticString], _ claim: Place<ClaimDraft837>, _ pen: inout SegmentPen) {
        for id in ids { pen.write(id, of: claim.pointee.additional) }
    }

    private static func writeHeader(_ claim: Place<ClaimDraft837>, _ pen: inout SegmentPen) {
        pen.begin("CLM")
        pen.add(&claim.pointee.controlNumber)
        pen.add(claim.pointee.charge ?? ClaimDraft837.charges(of: claim.pointee.lines))
        pen.addEmpty(2)
        pen.add(&claim.pointee.facility)
        pen.component(claim.pointee.kind == .institutional ? "A" : "B")
        pen.component(&claim.pointee.frequency)
        pen.endComposite()
        pen.add(&claim.pointee.providerSignature)
        pen.add(&claim.pointee.acceptsAssignment)
        pen.add(&claim.pointee.benefitsAssigned)
        pen.add(&claim.pointee.releaseOfInformation)
        pen.add(&claim.pointee.patientSignature)
        if claim.pointee.relatedCauses.isEmpty {
            pen.addEmpty()
        } else {
            let causes = (0..<3).map { $0 < claim.pointee.relatedCauses.count ? claim.pointee.relatedCauses[$0] : "" }
            pen.add(components: causes + [claim.pointee.accidentState, claim.pointee.accidentCountry])
        }
        pen.add(&claim.pointee.specialProgram)
        pen.addEmpty(6)
        pen.add(&claim.pointee.predetermination)
        pen.add(&claim.pointee.delayReason)
        pen.end()
    }

    /// HI: codes that may stand together share a segment of up to twelve, in a dental claim of up to four.
    private static func writeCodes(_ claim: Place<ClaimDraft837>, _ pen: inout SegmentPen) {
        let kind = claim.pointee.kind
        let most = kind == .dental ? 4 : 12
        claim.pointee.codes.withUnsafeBufferPointer { codes in
            guard let start = codes.baseAddress else { return }
            let first = Place(mutating: start)
            var open = first
            var inSegment = 0
            for index in codes.indices {
                let code = first + index
                let joins =
                    inSegment > 0 && inSegment < most && joins(code.pointee.qualifier, open.pointee.qualifier, kind)
                if !joins {
                    if inSegment > 0 { pen.end() }
                    pen.begin("HI")
                    open = code
                    inSegment = 0
                }
                write(code, &pen)
                inSegment += 1
            }
            if inSegment > 0 { pen.end() }
        }
    }

    @inline(__always)
    private static func write(_ code: Place<ClaimDraft837.HealthCode>, _ pen: inout SegmentPen) {
        pen.add(&code.pointee.qualifier)
        pen.component(&code.pointee.code)
        guard
            !code.pointee.date.isEmpty || code.pointee.amount != nil || !code.pointee.quantity.isEmpty
                || !code.pointee.presentOnAdmission.isEmpty
        else { return }
        pen.component(&code.pointee.dateFormat)
        pen.component(&code.pointee.date)
        pen.component(code.pointee.amount?.x12 ?? "")
        pen.component(&code.pointee.quantity)
        pen.component("")
        pen.component("")
        pen.component(&code.pointee.presentOnAdmission)
        pen.endComposite()
    }

    /// Whether a code stands in one segment with what `first` begins.
    private static func joins(_ code: String, _ first: String, _ kind: Claim837.Kind) -> Bool {
        if kind == .institutional { return code == first && !lonely.contains(code) }
        switch first {
        case "ABK", "ABF": return code == "ABF"
        case "BK", "BF": return code == "BF"
        case "BP": return code == "BO"
        case "TQ": return code == "TQ"
        default: return code == first
        }
    }

    private static let lonely: Set = ["ABK", "BK", "ABJ", "BJ", "DR", "BBR", "BR", "CAH"]

    private static func writeNames(_ claim: Place<ClaimDraft837>, _ pen: inout SegmentPen) {
        if !claim.pointee.providers.isEmpty {
            let kind = claim.pointee.kind
            ClaimRole.inOrder(claim.pointee.providers, ClaimRole.ofClaim(kind)) {
                pen.write(at: $0, .claim, in: "2310")
            }
        }
        if !claim.pointee.otherPayers.isEmpty {
            for payer in claim.pointee.otherPayers { payer.write(&pen, claim.pointee.kind) }
        }
    }
}
