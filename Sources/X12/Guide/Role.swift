/// What a segment is to the sums of its transaction set; found once, when the guide is compiled.
package enum Role: UInt8, BitwiseCopyable {
    case none
    // 837
    case claim, lineCharge, payerAdjustment, payerPaid, otherPayer, otherPayerName, adjudicatedLine, lineAdjustment
    case diagnoses, claimDate, lineDate
    // 835
    case payment, remittedClaim, remittedClaimAdjustment, remittedLine, remittedLineAdjustment, providerAdjustment
    // 834, 820
    case enrollmentTotal, member, premiumPayment, remittedPremium, premiumAdjustment

    static func of(set: String, loop: String, segment: String) -> Role {
        switch set {
        case "837": ofClaim[Key(loop, segment)] ?? .none
        case "835": ofRemittance[Key(loop, segment)] ?? .none
        case "834": segment == "INS" ? .member : segment == "QTY" && loop == "ST" ? .enrollmentTotal : .none
        case "820":
            switch segment {
            case "BPR": .premiumPayment
            case "RMR": .remittedPremium
            case "ADX": .premiumAdjustment
            default: .none
            }
        default: .none
        }
    }

    private struct Key: Hashable {
        var loop: String
        var segment: String
        init(_ loop: String, _ segment: String) {
            self.loop = loop
            self.segment = segment
        }
    }

    private static let ofClaim: [Key: Role] = [
        Key("2300", "CLM"): .claim, Key("2300", "HI"): .diagnoses, Key("2300", "DTP"): .claimDate,
        Key("2400", "SV1"): .lineCharge, Key("2400", "SV2"): .lineCharge, Key("2400", "SV3"): .lineCharge,
        Key("2400", "DTP"): .lineDate, Key("2320", "SBR"): .otherPayer, Key("2320", "CAS"): .payerAdjustment,
        Key("2320", "AMT"): .payerPaid, Key("2330B", "NM1"): .otherPayerName, Key("2430", "SVD"): .adjudicatedLine,
        Key("2430", "CAS"): .lineAdjustment,
    ]

    private static let ofRemittance: [Key: Role] = [
        Key("ST", "BPR"): .payment, Key("2100", "CLP"): .remittedClaim, Key("2100", "CAS"): .remittedClaimAdjustment,
        Key("2110", "SVC"): .remittedLine, Key("2110", "CAS"): .remittedLineAdjustment,
        Key("ST", "PLB"): .providerAdjustment,
    ]
}
