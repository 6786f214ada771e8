import HealthTypes
import Store

extension MessageTaker {
    /// Reads a charge master: columns `procedure` and `charge`. A bad line is reported and the others are used.
    static func table(_ bytes: [UInt8], source: String) -> Take {
        let range = 0..<bytes.count
        func refused(_ code: String, line: Int?, _ message: String) -> Take {
            Self.refused(
                range, .table, [Issue(.error, code, at: Location(source: source, line: line), message: message)])
        }
        let table: TabularFile
        do { table = try TabularFile(name: source, bytes: bytes) } catch {
            let fault = error as? DataFileError
            return refused("intake.table-unreadable", line: fault?.line, fault?.reason ?? "It cannot be read.")
        }
        guard let code = table.columns.firstIndex(of: Column.procedure.rawValue),
            let amount = table.columns.firstIndex(of: Column.charge.rawValue)
        else {
            return refused(
                "intake.table-unknown", line: 1,
                "Only a charge master with the columns procedure and charge is known.")
        }
        var unit = Taking.Unit(
            format: .table, kind: "charge master", range: range, identity: Taking.identity("table", bytes))
        var charges: [(procedure: String, charge: Money)] = []
        for row in table.rows {
            if let charge = Money(row.cells[amount]), !row.cells[code].isEmpty {
                charges.append((String(row.cells[code]), charge))
            } else {
                unit.issues.append(
                    Issue(
                        .error, "intake.charge-unreadable", at: Location(source: source, line: row.line),
                        message: "The line has no procedure or no exact amount."))
            }
        }
        unit.isStored = !charges.isEmpty
        return { [unit, charges] taking in
            if try taking.isDuplicate(unit) { return }
            for (procedure, charge) in charges { try taking.tx.putUsualCharge(procedure, charge) }
            try taking.take(unit)
        }
    }

    private enum Column: String {
        case procedure = "procedure"
        case charge = "charge"
    }
}
