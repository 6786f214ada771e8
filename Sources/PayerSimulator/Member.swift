import Claims
import HealthTypes

/// A person whom a payer insures: one row of `payer/members.tsv`.
struct Member: Sendable {
    var payerID: String
    var memberID: String
    var family: String
    var given: String
    var birthDate: CalendarDate?
    var sex: Person.Sex
    var plan: String
    var group: String
    var from: CalendarDate?
    var to: CalendarDate?
    /// Before any claim that this simulator settled.
    var deductibleRemaining: Money?
    /// For a visit; nil where the policy's own holds.
    var copay: Money?
    /// The payer that pays before this one.
    var otherPayerID: String?
    var otherMemberID: String?

    var person: Person { Person(family: family, given: given, birthDate: birthDate, sex: sex) }

    /// Whether the person who was named can be this member.
    ///
    /// What was not stated does not speak against it.
    func nameMatches(_ person: Person) -> Bool {
        Self.folded(person.family).isEmpty || Self.folded(person.family) == Self.folded(family)
    }

    func birthMatches(_ person: Person) -> Bool {
        guard let stated = person.birthDate, let birthDate else { return true }
        return stated == birthDate
    }

    private static func folded(_ name: String) -> String { name.uppercased().filter(\.isLetter) }

    /// Reads the enrolment of all payers; empty bytes are an enrolment of nobody.
    static func read(_ bytes: [UInt8], name: String = "members.tsv") throws -> [Member] {
        guard !bytes.isEmpty else { return [] }
        let table = try TabularFile(name: name, bytes: bytes)
        var columns: [String: Int] = [:]
        for column in [
            "payer_id", "member_id", "family", "given", "birth_date", "sex", "plan", "group", "from", "to",
            "deductible_remaining", "copay", "other_payer_id", "other_member_id",
        ] { columns[column] = try table.column(column, of: name) }
        return try table.rows.map { row in
            func text(_ column: String) -> String? {
                let cell = row.cells[columns[column]!]
                return cell.isEmpty ? nil : String(cell)
            }
            func value<Value: LosslessStringConvertible>(_ column: String) throws -> Value? {
                guard let cell = text(column) else { return nil }
                guard let value = Value(cell) else {
                    throw DataFileError(file: name, line: row.line, reason: "has a \(column) that cannot be read")
                }
                return value
            }
            guard let payerID = text("payer_id"), let memberID = text("member_id") else {
                throw DataFileError(file: name, line: row.line, reason: "has no payer or no member id")
            }
            return Member(
                payerID: payerID, memberID: memberID, family: text("family") ?? "", given: text("given") ?? "",
                birthDate: try value("birth_date"), sex: text("sex").flatMap(Person.Sex.init) ?? .unknown,
                plan: text("plan") ?? "", group: text("group") ?? "", from: try value("from"), to: try value("to"),
                deductibleRemaining: try value("deductible_remaining"), copay: try value("copay"),
                otherPayerID: text("other_payer_id"), otherMemberID: text("other_member_id"))
        }
    }
}
