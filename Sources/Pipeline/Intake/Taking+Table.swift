import HealthTypes
import Store

extension Taking {
    /// Reads a charge master: columns `procedure` and `charge`. A bad line is reported and the others are used.
    mutating func takeTable(_ bytes: [UInt8]) throws {
        let range = 0..<bytes.count
        var unit = Unit(
            format: .table, kind: "charge master", range: range, identity: Self.identity("table", bytes))
        if try isDuplicate(unit) { return }
        let table: TabularFile
        do {
            table = try TabularFile(name: source, bytes: bytes)
        } catch let error as DataFileError {
            return try refuse(
                range, format: .table,
                [
                    Issue(
                        .error, "intake.table-unreadable", at: Location(source: source, line: error.line),
                        message: error.reason)
                ])
        }
        guard let code = table.columns.firstIndex(of: Column.procedure.rawValue),
            let amount = table.columns.firstIndex(of: Column.charge.rawValue)
        else {
            return try refuse(
                range, format: .table,
                [
                    Issue(
                        .error, "intake.table-unknown", at: Location(source: source, line: 1),
                        message: "Only a charge master with the columns procedure and charge is known.")
                ])
        }
        for row in table.rows {
            if let charge = Money(row.cells[amount]), !row.cells[code].isEmpty {
                try tx.putUsualCharge(String(row.cells[code]), charge)
                unit.isStored = true
            } else {
                unit.issues.append(
                    Issue(
                        .error, "intake.charge-unreadable", at: Location(source: source, line: row.line),
                        message: "The line has no procedure or no exact amount."))
            }
        }
        try take(unit)
    }

    private enum Column: String {
        case procedure = "procedure"
        case charge = "charge"
    }
}
