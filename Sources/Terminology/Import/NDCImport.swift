import HealthTypes

/// The FDA's National Drug Code Directory (`product.txt` and `package.txt`), made into `ndc.tsv`: a row a product, by
/// its nine digits, with its packages.
///
/// Where the directory lists a product more than once, the listing whose marketing began last is kept, with the packages
/// of all. A row whose code has none of the FDA's three forms is left out and named.
public struct NDCImport: Sendable {
    /// `ndc.tsv`.
    public let files: [String: String]
    public let products: Int
    public let packages: Int
    /// Listings of a product that gave way to a later one.
    public let replaced: Int
    public let leftOut: [LeftOutRow]

    private struct Period: Hashable {
        var from: String
        var to: String

        var text: String { "\(from)..\(to)" }
    }

    private struct Product {
        var cells: [String]
        var period: Period
        /// Days by package.
        var packages: [String: Period] = [:]
    }

    /// - Parameters:
    ///   - products: `product.txt`, tab-separated.
    ///   - packages: `package.txt` of the same day.
    ///   - version: Such as `2026-11-20`; no white space.
    ///   - period: The days for which the table holds, `2026-11-20..`.
    public init(
        products: OfficialFile, packages: OfficialFile, version: String, period: String
    ) throws(TableImportError) {
        let table = try ImportedTable(
            "ndc", version: version, period: period,
            source: "National Drug Code Directory (FDA), \(products.name) and \(packages.name)",
            licence: "work of the United States government, in the public domain (17 U.S.C. 105)",
            columns: DrugProductTable.columns.joined(separator: "\t"))
        var leftOut: [LeftOutRow] = []
        var replaced = 0
        var found = try Self.products(products, leftOut: &leftOut, replaced: &replaced)
        try Self.packages(packages, into: &found, leftOut: &leftOut)
        files = [
            "ndc.tsv": table.text(
                found.mapValues { product in
                    let packages = product.packages.sorted { $0.key < $1.key }.map { package, period in
                        period == product.period ? package : "\(package)=\(period.text)"
                    }
                    let days = [product.period.from, product.period.to]
                    return (product.cells + days + [packages.joined(separator: " ")]).joined(separator: "\t")
                })
        ]
        self.products = found.count
        self.packages = found.values.reduce(0) { $0 + $1.packages.count }
        self.replaced = replaced
        self.leftOut = leftOut
    }

    private static func products(
        _ file: OfficialFile, leftOut: inout [LeftOutRow], replaced: inout Int
    ) throws(TableImportError) -> [String: Product] {
        let lines = try file.lines()
        let reader = try TabReader(lines)
        let code = try reader.columns.index("PRODUCTNDC", of: lines)
        let name = try reader.columns.index("PROPRIETARYNAME", of: lines)
        let generic = try reader.columns.index("NONPROPRIETARYNAME", of: lines)
        let form = try reader.columns.index("DOSAGEFORMNAME", of: lines)
        let route = try reader.columns.index("ROUTENAME", of: lines)
        let substance = try reader.columns.index("SUBSTANCENAME", of: lines)
        let strength = try reader.columns.index("ACTIVE_NUMERATOR_STRENGTH", of: lines)
        let unit = try reader.columns.index("ACTIVE_INGRED_UNIT", of: lines)
        let days = Days(reader)
        var found: [String: Product] = [:]
        while let cells = try reader.next() {
            guard let ndc = NationalDrugCode(cells[code]), ndc.package == nil else {
                try leftOut.add("its product code is not of 4-4, 5-3 or 5-4 digits", at: lines)
                continue
            }
            guard let period = days.period(cells) else {
                try leftOut.add("has a marketing date that is no day", at: lines)
                continue
            }
            let (strengths, units) = (parts(cells[strength]), parts(cells[unit]))
            let names = [cells[name], cells[generic]].map(ImportedTable.cell).filter { !$0.isEmpty }
            let product = Product(
                cells: [
                    names.first ?? "", parts(cells[substance]).joined(separator: "|"),
                    strengths.enumerated().map { index, strength in
                        (strength + " " + (index < units.count ? units[index] : "")).trimmingSuffix(" ")
                    }.joined(separator: "|"),
                    ImportedTable.cell(cells[form]), parts(cells[route]).joined(separator: "|"),
                ],
                period: period)
            if let listed = found[ndc.product] {
                replaced += 1
                if listed.period.from >= product.period.from { continue }
            }
            found[ndc.product] = product
        }
        return found
    }

    private static func packages(
        _ file: OfficialFile, into found: inout [String: Product], leftOut: inout [LeftOutRow]
    ) throws(TableImportError) {
        let lines = try file.lines()
        let reader = try TabReader(lines)
        let code = try reader.columns.index("NDCPACKAGECODE", of: lines)
        let days = Days(reader)
        while let cells = try reader.next() {
            guard let ndc = NationalDrugCode(cells[code]), let package = ndc.package else {
                try leftOut.add("its package code is not of 4-4-2, 5-3-2 or 5-4-1 digits", at: lines)
                continue
            }
            guard let product = found[ndc.product] else {
                try leftOut.add("its product is not in the list of products", at: lines)
                continue
            }
            guard let period = days.areGiven ? days.period(cells) : product.period else {
                try leftOut.add("has a marketing date that is no day", at: lines)
                continue
            }
            // Of two listings of one package, the later holds.
            if let listed = product.packages[package], listed.from > period.from { continue }
            found[ndc.product]?.packages[package] = period
        }
    }

    /// `A; B`, a substance or a route each.
    private static func parts(_ text: String) -> [String] {
        text.split(separator: ";").map { ImportedTable.part($0) }.filter { !$0.isEmpty }
    }

    /// The two columns of days, `YYYYMMDD`; older files leave them out of `package.txt`.
    private struct Days {
        private let from: Int?
        private let to: Int?

        init(_ reader: TabReader) {
            from = reader.columns.index("STARTMARKETINGDATE")
            to = reader.columns.index("ENDMARKETINGDATE")
        }

        var areGiven: Bool { from != nil }

        /// Nil where a cell is filled and is no day.
        func period(_ cells: [String]) -> Period? {
            guard let first = day(cells, from), let last = day(cells, to) else { return nil }
            return Period(from: first, to: last)
        }

        private func day(_ cells: [String], _ column: Int?) -> String? {
            guard let column, !cells[column].isEmpty else { return "" }
            return CalendarDate(cells[column])?.description
        }
    }
}
