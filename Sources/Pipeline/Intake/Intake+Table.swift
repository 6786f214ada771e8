import HealthTypes
import Store

extension Intake {
    /// Reads a charge master: columns `procedure` and `charge`. A bad line is reported and the others are used.
    mutating func takeTable(_ bytes: [UInt8]) throws {
        if try isDuplicate(bytes, format: .table, kind: "charge master") { return }
        let table: TabularFile
        do {
            table = try TabularFile(name: source, bytes: bytes)
        } catch let error as DataFileError {
            return try refuse(
                bytes, format: .table,
                [
                    Issue(
                        .error, "intake.table-unreadable", at: Location(source: source, line: error.line),
                        message: error.reason)
                ])
        }
        guard let code = table.columns.firstIndex(of: "procedure"),
            let amount = table.columns.firstIndex(of: "charge")
        else {
            return try refuse(
                bytes, format: .table,
                [
                    Issue(
                        .error, "intake.table-unknown", at: Location(source: source, line: 1),
                        message: "Only a charge master with the columns procedure and charge is known.")
                ])
        }
        var unit = Unit(format: .table, kind: "charge master", bytes: bytes)
        for row in table.rows {
            if let charge = Money(row.cells[amount]), !row.cells[code].isEmpty {
                try tx.putUsualCharge(String(row.cells[code]), charge)
                unit.stored = true
            } else {
                unit.issues.append(
                    Issue(
                        .error, "intake.charge-unreadable", at: Location(source: source, line: row.line),
                        message: "The line has no procedure or no exact amount."))
            }
        }
        try take(unit)
    }
}
