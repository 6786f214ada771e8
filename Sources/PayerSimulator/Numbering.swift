import HealthTypes

/// The payer's own numbers, each derived from the seed and from what it stands for, so that a run repeats them.
struct Numbering: Sendable {
    let seed: UInt64

    /// CLP07, REF*1K.
    ///
    /// `ordinal` counts the claims of one control number.
    func claim(payer: String, controlNumber: String, ordinal: Int) -> String {
        payer.prefix(1) + digits(14, "claim/\(payer)/\(controlNumber)/\(ordinal)")
    }

    /// REF*G1.
    func authorization(payer: String, identifier: String) -> String {
        payer.prefix(1) + "A" + digits(10, "authorization/\(payer)/\(identifier)")
    }

    /// TRN02.
    func check(payer: String, payee: String, due: Instant) -> String {
        payer.prefix(1) + digits(11, "check/\(payer)/\(payee)/\(due.milliseconds)")
    }

    /// ISA13, never zero.
    func control(_ reference: String) -> Int { 1 + Int(number("control/\(reference)") % 999_999_998) }

    private func digits(_ count: Int, _ text: String) -> String {
        let power = (0..<count).reduce(UInt64(1)) { product, _ in product * 10 }
        return padded(Int(number(text) % power), to: count)
    }

    private func number(_ text: String) -> UInt64 {
        // Fifteen hexadecimal digits of a digest are sixty bits.
        UInt64(Digest(of: "\(seed)/\(text)").hex.prefix(15), radix: 16) ?? 0
    }
}
