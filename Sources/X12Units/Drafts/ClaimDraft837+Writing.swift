import HealthTypes
import X12

extension ClaimDraft837: WritableUnit {
    static var set: StaticString { "837" }
    static var functionalID: String { "HC" }

    var guide: String { Self.guide(kind) }

    private static func guide(_ kind: Claim837.Kind) -> String {
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
        withUnsafePointer(to: self) { Self.write(Place(mutating: $0), &pen, &hierarchy) }
    }

    static func guide(of claim: Place<Self>) -> String { guide(claim.pointee.kind) }
    static func heading(of claim: Place<Self>) -> Shared<Batch> { claim.pointee.sharedBatch }

    static func contradiction(in claim: Place<Self>) -> UnitFault? {
        if claim.pointee.charge == nil, claim.pointee.otherPayers.isEmpty { return nil }
        return claim.pointee.contradiction
    }

    static func write(_ claim: Place<Self>, _ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        ClaimPen.write(claim, &pen, &hierarchy)
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
    static func write(_ coverage: Place<Self>, _ pen: inout SegmentPen, isPatient: Bool) {
        pen.loop = "2000B"
        pen.begin("SBR")
        pen.add(&coverage.pointee.sequence)
        if isPatient { pen.add("18") } else { pen.addEmpty() }
        pen.add(&coverage.pointee.groupNumber)
        pen.add(&coverage.pointee.groupName)
        pen.add(&coverage.pointee.insuranceType)
        pen.addEmpty(3)
        pen.add(&coverage.pointee.filingIndicator)
        pen.end()
        if let condition = coverage.pointee.condition { condition.write(&pen, relationship: "") }
        pen.write(at: &coverage.pointee.subscriber, .claim, in: "2010BA")
        pen.write(at: &coverage.pointee.payer, .claim, in: "2010BB")
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
        ClaimRole.inOrder(providers, ClaimRole.ofOtherPayer(kind)) { pen.write(at: $0, .claim, in: "2330") }
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
    static func inOrder(_ parties: [Party], _ order: @autoclosure () -> [String], _ body: (Place<Party>) -> Void) {
        parties.withUnsafeBufferPointer { parties in
            guard let start = parties.baseAddress, !parties.isEmpty else { return }
            let places = parties.indices.lazy.map { Place(mutating: start + $0) }
            guard parties.count > 1 else { return body(places[0]) }
            let order = order()
            for role in order {
                for place in places where place.pointee.role == role { body(place) }
            }
            for place in places where !order.contains(place.pointee.role) { body(place) }
        }
    }
}
