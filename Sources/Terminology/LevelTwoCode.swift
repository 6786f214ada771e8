public import HealthTypes

/// A code of HCPCS Level II as the CMS file has it.
public struct LevelTwoCode: Hashable, Sendable {
    public let code: String
    /// CMS's own descriptors.
    public let shortDescriptor: String
    public let descriptor: String
    /// CMS's coverage code, a letter: `D` special instructions apply, `M` not covered, and so on.
    public let coverage: String
    /// The Berenson-Eggers type of service.
    public let typeOfService: String
    /// First and last day on which the code may be billed.
    public let effectiveFrom: CalendarDate?
    public let effectiveTo: CalendarDate?

    public func isEffective(on day: CalendarDate) -> Bool { isWithin(day, from: effectiveFrom, to: effectiveTo) }

    static let columns = ["code", "short", "long", "coverage", "betos", "effective_from", "effective_to"]

    init(_ rows: RowTable, row: Int) {
        code = rows.code(at: row)
        shortDescriptor = rows.text("short", at: row)
        descriptor = rows.text("long", at: row)
        coverage = rows.text("coverage", at: row)
        typeOfService = rows.text("betos", at: row)
        effectiveFrom = rows.date("effective_from", at: row)
        effectiveTo = rows.date("effective_to", at: row)
    }

    static func table(in files: DataFiles) throws -> RowTable? {
        try RowTable(optional: "hcpcs2.tsv", in: files, columns: columns) {
            $0.count == 5 && (UInt8(ascii: "A")...UInt8(ascii: "V")).contains($0[0])
                && $0.dropFirst().allSatisfy(\.isDigit)
        }
    }

    var procedure: ProcedureCode {
        ProcedureCode(
            code: code, system: .hcpcs, words: shortDescriptor, effectiveFrom: effectiveFrom, effectiveTo: effectiveTo)
    }
}

/// The codes of a licence holder's CPT list: `cpt.tsv`, which is never part of this project.
enum LicensedCPT {
    static let columns = ["code", "short"]

    static func table(in files: DataFiles) throws -> RowTable? {
        try RowTable(optional: "cpt.tsv", in: files, columns: columns) { code in
            code.count == 5 && code.prefix(4).allSatisfy(\.isDigit)
                && (code[4].isDigit || "FMTU".utf8.contains(code[4]))
        }
    }
}
