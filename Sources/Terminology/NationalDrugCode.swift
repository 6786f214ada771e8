/// A National Drug Code: a labeler's product and, where it is given, one of its packages (21 CFR 207.33).
///
/// The FDA writes ten digits in segments of 4-4-2, 5-3-2 or 5-4-1; claims carry eleven in 5-4-2 (HIPAA, 45 CFR 162.1002),
/// each short segment filled with a zero in front.
public struct NationalDrugCode: Hashable, Sendable, CustomStringConvertible {
    /// Nine digits: the labeler's five, the product's four.
    public let product: String
    /// Two digits; nil where the text named a product alone.
    public let package: String?

    /// Eleven digits, or nine for a product.
    public var code: String { product + (package ?? "") }

    /// `00093-7214-01`, or `00093-7214` for a product.
    public var description: String {
        product.prefix(5) + "-" + product.suffix(4) + (package.map { "-" + $0 } ?? "")
    }

    private init(labeler: some StringProtocol, product: some StringProtocol, package: (some StringProtocol)?) {
        func padded(_ text: some StringProtocol, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        self.product = padded(labeler, 5) + padded(product, 4)
        self.package = package.map { padded($0, 2) }
    }

    /// Reads segments with hyphens between them, or eleven digits without, or nine for a product; nil for other text.
    ///
    /// Ten digits without hyphens may be read in three ways: see ``readings(of:)``.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 13, text.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") }) else { return nil }
        let segments = text.split(separator: "-", omittingEmptySubsequences: false)
        let sizes = segments.map(\.utf8.count)
        switch sizes {
        case [4, 4, 2], [5, 3, 2], [5, 4, 1], [5, 4, 2]:
            self.init(labeler: segments[0], product: segments[1], package: segments[2])
        case [4, 4], [5, 3], [5, 4]:
            self.init(labeler: segments[0], product: segments[1], package: Substring?.none)
        case [11]:
            let digits = String(text)
            self.init(
                labeler: digits.prefix(5), product: digits.dropFirst(5).prefix(4), package: digits.suffix(2))
        case [9]: self.init(labeler: text.prefix(5), product: text.suffix(4), package: Substring?.none)
        default: return nil
        }
    }

    /// Every code that the text may stand for: one, or three for ten digits without hyphens; none for other text.
    public static func readings(of text: some StringProtocol) -> [NationalDrugCode] {
        if let code = NationalDrugCode(text) { return [code] }
        guard text.utf8.count == 10, text.utf8.allSatisfy(\.isDigit) else { return [] }
        return [(4, 4), (5, 3), (5, 4)].map { labeler, product in
            NationalDrugCode(
                labeler: text.prefix(labeler), product: text.dropFirst(labeler).prefix(product),
                package: text.dropFirst(labeler + product))
        }
    }
}
