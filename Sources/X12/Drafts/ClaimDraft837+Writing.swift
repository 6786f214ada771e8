import HealthTypes

extension ClaimDraft837: WritableUnit {
    static var set: StaticString { "837" }
    static var functionalID: String { "HC" }

    var guide: String {
        switch kind {
        case .professional: "005010X222A1"
        case .institutional: "005010X223A2"
        case .dental: "005010X224A2"
        }
    }

    var heading: Shared<Batch> { sharedBatch }

    var contradiction: UnitFault? {
        let charges = lineCharges
        if let charge, charge != charges {
            return UnitFault(fault: .claimCharge, loop: "2300", segment: "CLM", element: 2)
        }
        guard !otherPayers.isEmpty else { return nil }
        for payer in otherPayers {
            guard let paid = payer.paid else { continue }
            let ofLines = lines.flatMap { line in
                line.decisions.filter { $0.payer == payer.payer.identifier }.flatMap(\.adjustments)
            }
            let adjustments = payer.adjustments + ofLines
            // Without any adjustment the payer has judged nothing that could be added up.
            guard !adjustments.isEmpty, adjustments.allSatisfy({ $0.amount != nil }) else { continue }
            if adjustments.reduce(paid, { $0 + ($1.amount ?? .zero) }) != charges {
                return UnitFault(fault: .otherPayerBalance, loop: "2320", segment: "AMT", element: 2)
            }
        }
        return nil
    }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) {
        pen.begin("BHT")
        pen.add("0019")
        pen.add(batch.purpose)
        pen.add(batch.reference.isEmpty ? frame.reference : batch.reference)
        pen.add(frame.date)
        pen.add(frame.time)
        pen.add(batch.transactionType)
        pen.end()
        pen.write(batch.submitter, .claim, in: "1000A")
        pen.write(batch.receiver, .claim, in: "1000B")
    }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        writeLevels(&pen, &hierarchy)
        writeClaim(&pen)
        writeNames(&pen)
        let kind = kind
        lines.withUnsafeBufferPointer { lines in
            for index in lines.indices {
                pen.begin("LX")
                pen.add(index + 1)
                pen.end()
                ClaimLinePen.write(lines.baseAddress! + index, kind, &pen)
            }
        }
    }

    /// Without closures, which would copy the claim.
    private func writeLevels(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        if !hierarchy.isOpen(0, for: sharedBilling) {
            let level = hierarchy.begin(0, "20", leads: true, &pen)
            billing.write(&pen)
            hierarchy.end(level, for: sharedBilling, &pen)
        }
        let isPatient = patient == nil
        let level = hierarchy.begin(1, "22", leads: !isPatient, &pen)
        coverage.write(&pen, isPatient: isPatient)
        hierarchy.end(level, &pen)
        if let patient {
            let level = hierarchy.begin(2, "23", leads: false, &pen)
            patient.write(&pen)
            hierarchy.end(level, &pen)
        }
    }

    // MARK: The claim

    private func writeClaim(_ pen: inout SegmentPen) {
        pen.loop = "2300"
        writeHeader(&pen)
        pen.write(dates)
        if let admission {
            pen.begin("CL1")
            pen.add(admission.type)
            pen.add(admission.source)
            pen.add(admission.patientStatus)
            pen.end()
        }
        let hasMore = !additional.isEmpty
        if hasMore { writeEach(["CL1", "DN1", "DN2"], &pen) }
        for attachment in attachments { attachment.write(&pen) }
        if hasMore { writeEach(["PWK", "CN1"], &pen) }
        pen.write(amounts)
        pen.write(references)
        if hasMore { writeEach(["REF", "K3"], &pen) }
        for note in notes { note.write(&pen) }
        if hasMore { writeEach(["CR1", "CR2", "CR3", "CR5", "CR6", "CRC"], &pen) }
        writeCodes(&pen)
        if hasMore { pen.write(additional, except: Self.placed) }
    }

    private static let placed: Set = [
        "CL1", "DN1", "DN2", "PWK", "CN1", "REF", "K3", "CR1", "CR2", "CR3", "CR5", "CR6", "CRC",
    ]

    private func writeEach(_ ids: [StaticString], _ pen: inout SegmentPen) {
        for id in ids { pen.write(id, of: additional) }
    }

    private func writeHeader(_ pen: inout SegmentPen) {
        pen.begin("CLM")
        pen.add(controlNumber)
        pen.add(charge ?? lineCharges)
        pen.addEmpty(2)
        pen.add(facility)
        pen.component(kind == .institutional ? "A" : "B")
        pen.component(frequency)
        pen.endComposite()
        pen.add(providerSignature)
        pen.add(acceptsAssignment)
        pen.add(benefitsAssigned)
        pen.add(releaseOfInformation)
        pen.add(patientSignature)
        if relatedCauses.isEmpty {
            pen.addEmpty()
        } else {
            let causes = (0..<3).map { $0 < relatedCauses.count ? relatedCauses[$0] : "" }
            pen.add(components: causes + [accidentState, accidentCountry])
        }
        pen.add(specialProgram)
        pen.addEmpty(6)
        pen.add(predetermination)
        pen.add(delayReason)
        pen.end()
    }

    /// HI: codes that may stand together share a segment of up to twelve, in a dental claim of up to four.
    private func writeCodes(_ pen: inout SegmentPen) {
        var open = ""
        var inSegment = 0
        let most = kind == .dental ? 4 : 12
        for code in codes {
            if inSegment == 0 || inSegment == most || !joins(code.qualifier, open) {
                if inSegment > 0 { pen.end() }
                pen.begin("HI")
                open = code.qualifier
                inSegment = 0
            }
            pen.add(code.qualifier)
            pen.component(code.code)
            if !code.date.isEmpty || code.amount != nil || !code.quantity.isEmpty || !code.presentOnAdmission.isEmpty {
                pen.component(code.dateFormat)
                pen.component(code.date)
                pen.component(code.amount?.x12 ?? "")
                pen.component(code.quantity)
                pen.component("")
                pen.component("")
                pen.component(code.presentOnAdmission)
                pen.endComposite()
            }
            inSegment += 1
        }
        if inSegment > 0 { pen.end() }
    }

    /// Whether a code stands in one segment with what `first` begins.
    private func joins(_ code: String, _ first: String) -> Bool {
        if kind == .institutional { return code == first && !Self.lonely.contains(code) }
        switch first {
        case "ABK", "ABF": return code == "ABF"
        case "BK", "BF": return code == "BF"
        case "BP": return code == "BO"
        case "TQ": return code == "TQ"
        default: return code == first
        }
    }

    private static let lonely: Set = ["ABK", "BK", "ABJ", "BJ", "DR", "BBR", "BR", "CAH"]

    private func writeNames(_ pen: inout SegmentPen) {
        if !providers.isEmpty {
            ClaimRole.inOrder(providers, ClaimRole.ofClaim(kind)) { pen.write($0, .claim, in: "2310") }
        }
        for payer in otherPayers { payer.write(&pen, kind) }
    }
}

// MARK: - Levels

extension ClaimDraft837.Billing {
    func write(_ pen: inout SegmentPen) {
        pen.loop = "2000A"
        pen.writeProvider(provider)
        if !currency.isEmpty {
            pen.begin("CUR")
            pen.add("85")
            pen.add(currency)
            pen.end()
        }
        pen.loop = "2010AA"
        pen.writeName(provider)
        pen.writeAddress(provider)
        pen.write(provider.references)
        pen.write(provider.contacts)
        pen.write(provider.additional, except: ["NM1", "PRV", "N4"])
        if let payToAddress { pen.write(payToAddress, .claim, in: "2010AB") }
        if let payToPlan { pen.write(payToPlan, .claim, in: "2010AC") }
    }
}

extension ClaimDraft837.Coverage {
    func write(_ pen: inout SegmentPen, isPatient: Bool) {
        pen.loop = "2000B"
        pen.begin("SBR")
        pen.add(sequence)
        if isPatient { pen.add("18") } else { pen.addEmpty() }
        pen.add(groupNumber)
        pen.add(groupName)
        pen.add(insuranceType)
        pen.addEmpty(3)
        pen.add(filingIndicator)
        pen.end()
        if let condition { condition.write(&pen, relationship: "") }
        pen.write(subscriber, .claim, in: "2010BA")
        pen.write(payer, .claim, in: "2010BB")
    }
}

extension ClaimDraft837.Patient {
    func write(_ pen: inout SegmentPen) {
        pen.loop = "2000C"
        (condition ?? .init()).write(&pen, relationship: relationship)
        pen.write(party, .claim, in: "2010CA")
    }
}

extension ClaimDraft837.PatientCondition {
    func write(_ pen: inout SegmentPen, relationship: String) {
        pen.begin("PAT")
        pen.add(relationship)
        pen.addEmpty(3)
        if let deathDate {
            pen.add("D8")
            pen.add(deathDate)
        } else {
            pen.addEmpty(2)
        }
        if weight.isEmpty {
            pen.addEmpty(2)
        } else {
            pen.add("01")
            pen.add(weight)
        }
        if isPregnant { pen.add("Y") }
        pen.end()
    }
}

// MARK: - Parts

extension ClaimDraft837.Attachment {
    func write(_ pen: inout SegmentPen) {
        pen.begin("PWK")
        pen.add(type)
        pen.add(transmission)
        pen.addEmpty(2)
        if !controlNumber.isEmpty {
            pen.add("AC")
            pen.add(controlNumber)
        }
        pen.end()
    }
}

extension ClaimDraft837.Note {
    func write(_ pen: inout SegmentPen) {
        pen.begin("NTE")
        pen.add(qualifier)
        pen.add(text)
        pen.end()
    }
}

extension ClaimDraft837.OtherPayer {
    func write(_ pen: inout SegmentPen, _ kind: Claim837.Kind) {
        pen.loop = "2320"
        pen.begin("SBR")
        for text in [sequence, relationship, groupNumber, groupName, insuranceType] { pen.add(text) }
        pen.addEmpty(3)
        pen.add(filingIndicator)
        pen.end()
        pen.write(adjustments)
        pen.writeAmount("D", paid)
        pen.write(amounts)
        pen.begin("OI")
        pen.addEmpty(2)
        pen.add(benefitsAssigned)
        pen.add(patientSignature)
        pen.addEmpty()
        pen.add(releaseOfInformation)
        pen.end()
        pen.write(additional)
        pen.write(subscriber, .claim, in: "2330A")
        pen.loop = "2330B"
        pen.writeName(payer)
        pen.writeAddress(payer)
        if let decisionDate { pen.write([DateEntry("573", decisionDate)]) }
        pen.write(payer.references)
        pen.write(payer.contacts)
        pen.write(payer.additional, except: ["NM1", "N4"])
        ClaimRole.inOrder(providers, ClaimRole.ofOtherPayer(kind)) { pen.write($0, .claim, in: "2330") }
    }
}

/// In which order the loops of providers stand, by the roles of those whom they name.
enum ClaimRole {
    static func ofClaim(_ kind: Claim837.Kind) -> [String] {
        switch kind {
        case .professional: ["DN", "P3", "82", "77", "DQ", "PW", "45"]
        case .institutional: ["71", "72", "ZZ", "82", "77", "DN"]
        case .dental: ["DN", "P3", "82", "77", "DD", "DQ"]
        }
    }

    static func ofLine(_ kind: Claim837.Kind) -> [String] {
        switch kind {
        case .professional: ["82", "QB", "77", "DQ", "DK", "DN", "P3", "PW", "45"]
        case .institutional: ["72", "ZZ", "82", "DN"]
        case .dental: ["82", "DD", "DQ", "77"]
        }
    }

    static func ofOtherPayer(_ kind: Claim837.Kind) -> [String] {
        switch kind {
        case .professional: ["DN", "P3", "82", "77", "DQ", "85"]
        case .institutional: ["71", "72", "ZZ", "77", "82", "DN", "85"]
        case .dental: ["DN", "P3", "82", "DQ", "85", "77", "DD"]
        }
    }

    /// Each party in its place; roles that are not in the order come last.
    static func inOrder(_ parties: [Party], _ order: @autoclosure () -> [String], _ body: (Party) -> Void) {
        guard parties.count > 1 else { return parties.forEach(body) }
        let order = order()
        for role in order { parties.filter { $0.role == role }.forEach(body) }
        parties.filter { !order.contains($0.role) }.forEach(body)
    }
}
