// The claim statuses that say what is wrong. Only codes of code source 508 are used whose meaning is beyond doubt;
// what has none of its own is a line's information (247) or the form of the claim (481).

extension ClaimFault {
    /// `qualifier` is what the segment's qualifier says where the segment is at hand, such as `434` of a DTP.
    func status(_ kind: ClaimKind, qualifier: String) -> AnswerStatus {
        guard let fault, let category = Self.category(of: fault) else {
            return AnswerStatus(category: 3, code: 481, entity: .none)
        }
        let (code, entity) = meaning(fault, kind, qualifier)
        return AnswerStatus(category: category, code: code, entity: entity)
    }

    /// A6 missing, A7 invalid, A8 in conflict with another; nil for what breaks the structure.
    private static func category(of fault: Fault) -> UInt8? {
        switch fault {
        case .elementMissing, .segmentMissing, .loopMissing, .segmentRequiredHere, .loopRequiredHere,
            .elementRequiredHere:
            6
        case .elementShort, .elementLong, .elementTooLarge, .elementCode, .elementNumber, .elementDate, .elementTime,
            .elementRepeat, .elementExtra, .elementNotUsed, .componentExtra, .characterInvalid, .codeForm,
            .codeUnknown, .codeNotInForce, .checkDigit, .payerRule:
            7
        case .elementPair, .elementExcluded, .claimCharge, .otherPayerBalance, .diagnosisPointer,
            .segmentForbiddenHere, .loopForbiddenHere, .elementForbiddenHere:
            8
        default: nil
        }
    }

    private typealias Meaning = (UInt16, AnswerStatus.Entity)

    private func meaning(_ fault: Fault, _ kind: ClaimKind, _ qualifier: String) -> Meaning {
        if fault == .claimCharge || fault == .otherPayerBalance { return (400, .none) }
        if fault == .diagnosisPointer { return (477, .none) }
        let plain: Meaning = (level == .line ? 247 : 481, .none)
        switch segment {
        case "CLM": return claim(kind) ?? plain
        case "SV1", "SV2", "SV3": return service ?? plain
        case "HI": return (diagnosis(kind, qualifier), .none)
        case "DTP": return date(kind, qualifier) ?? plain
        case "LIN", "CTP": return (segment == "LIN" ? 218 : 216, .none)
        case "TOO": return (242, .none)
        case "CL1": return ([1: 231, 2: 229, 3: 234][element] ?? 481, .none)
        case "CAS": return (element % 3 == 2 ? 521 : element % 3 == 0 ? 519 : 520, .none)
        case "SVD", "MOA", "MIA": return (286, .none)
        case "SBR" where element == 2: return (156, .none)
        case "SBR" where element == 3: return (163, .subscriber)
        case "PAT" where element == 1: return (156, .none)
        default:
            let entity = entity(kind)
            guard entity != .none, let code = partyCode(entity) else { return plain }
            return (code, entity)
        }
    }

    private func claim(_ kind: ClaimKind) -> Meaning? {
        switch (element, component) {
        case (1, _): (478, .none)
        case (2, _): (178, .none)
        case (5, 3): (535, .none)
        case (5, _): (kind == .institutional ? 228 : 249, .none)
        case (7, _): (589, .none)
        case (8, _): (360, .none)
        case (20, _): (555, .none)
        default: nil
        }
    }

    private var service: Meaning? {
        let isInstitutional = segment == "SV2"
        let isModifier = (3...6).contains(component)
        switch (segment, element) {
        case ("SV2", 1): return (455, .none)
        case (_, isInstitutional ? 2 : 1): return (isModifier ? 453 : 454, .none)
        case (_, isInstitutional ? 3 : 2): return (583, .none)
        case ("SV1", 3), ("SV1", 4), ("SV2", 4), ("SV2", 5), ("SV3", 6): return (476, .none)
        case ("SV1", 5), ("SV3", 3): return (249, .none)
        case ("SV1", 7), ("SV3", 11): return (477, .none)
        default: return nil
        }
    }

    private func diagnosis(_ kind: ClaimKind, _ qualifier: String) -> UInt16 {
        switch qualifier {
        case "BK", "ABK": 254
        case "BF", "ABF", "PR", "APR": 255
        case "BJ", "ABJ": 232
        case "BN", "ABN": 509
        case "DR": 256
        case "BBR", "BR": 465
        case "BBQ", "BQ": 490
        case "BG": 460
        case "": kind == .institutional ? 255 : 254
        default: 481
        }
    }

    private func date(_ kind: ClaimKind, _ qualifier: String) -> Meaning? {
        switch qualifier {
        case "472": (187, .none)
        case "434": (188, .none)
        case "435": (189, .none)
        case "096": (233, .none)
        case "431": (397, .none)
        case "484": (191, .none)
        case "" where loop == "2400": (187, .none)
        case "" where loop == "2300" && kind == .institutional: (188, .none)
        default: nil
        }
    }

    /// What is wrong with a party, by the segment that says it.
    private func partyCode(_ entity: AnswerStatus.Entity) -> UInt16? {
        let isPerson = entity == .subscriber || entity == .patient
        let isProvider = ![.submitter, .receiver, .payer, .subscriber, .patient, .payTo].contains(entity)
        switch (segment, element) {
        case ("NM1", 3): return isPerson ? 504 : 125
        case ("NM1", 4): return 505
        case ("NM1", 5): return 514
        case ("NM1", 8), ("NM1", 9): return isPerson ? 164 : isProvider ? 562 : 153
        case ("NM1", _): return 125
        case ("N3", _): return 503
        case ("N4", 1): return 502
        case ("N4", 2): return 501
        case ("N4", 3): return 500
        case ("N4", _): return 126
        case ("DMG", 2): return 158
        case ("DMG", 3): return 157
        case ("PRV", _): return 145
        case ("REF", _): return entity == .billing ? 128 : isProvider ? 560 : nil
        default: return nil
        }
    }

    /// Whose loop it is; none where a 277CA has no name for the entity.
    private func entity(_ kind: ClaimKind) -> AnswerStatus.Entity {
        switch loop {
        case "1000A": return .submitter
        case "1000B": return .receiver
        case "2000A", "2010AA": return .billing
        case "2010AB": return .payTo
        case "2000B", "2010BA", "2330A": return .subscriber
        case "2010BB", "2330B": return .payer
        case "2000C", "2010CA": return .patient
        default: break
        }
        switch kind {
        case .professional:
            return [
                "2310A": .referring, "2310B": .rendering, "2310C": .facility, "2310D": .supervising,
                "2420A": .rendering, "2420B": .purchased, "2420C": .facility, "2420D": .supervising,
                "2420E": .ordering, "2420F": .referring,
            ][loop] ?? .none
        case .institutional:
            return [
                "2310A": .attending, "2310B": .operating, "2310D": .rendering, "2310E": .facility,
                "2310F": .referring, "2420A": .operating, "2420C": .rendering, "2420D": .referring,
            ][loop] ?? .none
        case .dental:
            return [
                "2310A": .referring, "2310B": .rendering, "2310C": .facility, "2310E": .supervising,
                "2420A": .rendering, "2420C": .supervising, "2420D": .facility,
            ][loop] ?? .none
        }
    }
}
