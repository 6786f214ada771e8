public import HealthTypes

/// A drug product as the FDA's National Drug Code Directory lists it, with the package that was asked for.
public struct DrugProduct: Hashable, Sendable {
    public let ndc: NationalDrugCode
    /// The proprietary name, or the other where there is none.
    public let name: String
    /// The active substances as the directory names them, such as `METFORMIN HYDROCHLORIDE`.
    public let substances: [String]
    /// `500 mg/1`, in the order of the substances.
    public let strengths: [String]
    /// `TABLET, FILM COATED`.
    public let form: String
    /// `ORAL`.
    public let routes: [String]
    /// First and last day of marketing: the package's where it has its own, else the product's.
    public let marketedFrom: CalendarDate?
    public let marketedTo: CalendarDate?

    /// Whether the product was marketed on `day`. What was sold before may be dispensed until it expires.
    public func isMarketed(on day: CalendarDate) -> Bool { isWithin(day, from: marketedFrom, to: marketedTo) }
}

/// The products of `ndc.tsv`: a row each, with the packages in one cell.
struct DrugProductTable: Sendable {
    static let columns = [
        "code", "name", "substances", "strengths", "form", "routes", "marketed_from", "marketed_to", "packages",
    ]

    let rows: RowTable

    init?(in files: DataFiles) throws {
        let rows = try RowTable(optional: "ndc.tsv", in: files, columns: Self.columns) {
            $0.count == 9 && $0.allSatisfy(\.isDigit)
        }
        guard let rows else { return nil }
        self.rows = rows
    }

    subscript(ndc: NationalDrugCode) -> DrugProduct? {
        guard let row = rows.row(of: ndc.product) else { return nil }
        var from = rows.date("marketed_from", at: row)
        var to = rows.date("marketed_to", at: row)
        if let package = ndc.package {
            guard let found = packages(at: row).first(where: { $0.prefix(2) == package }) else { return nil }
            if found.utf8.count > 2 {
                let period = found.dropFirst(3).split(separator: "..", omittingEmptySubsequences: false)
                from = period.first.flatMap { CalendarDate($0) }
                to = period.last.flatMap { CalendarDate($0) }
            }
        }
        return DrugProduct(
            ndc: ndc, name: rows.text("name", at: row), substances: rows.list("substances", at: row),
            strengths: rows.list("strengths", at: row), form: rows.text("form", at: row),
            routes: rows.list("routes", at: row), marketedFrom: from, marketedTo: to)
    }

    /// `01`, or `01=2015-01-01..` where the package has days of its own.
    private func packages(at row: Int) -> [Substring] { rows.text("packages", at: row).split(separator: " ") }

    func packages(of product: NationalDrugCode) -> [NationalDrugCode] {
        guard let row = rows.row(of: product.product) else { return [] }
        return packages(at: row).compactMap { NationalDrugCode(product.product + $0.prefix(2)) }
    }
}
