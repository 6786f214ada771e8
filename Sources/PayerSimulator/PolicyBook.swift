import Foundation
import HealthTypes

/// The policies of all sample payers, and the two tables that they share.
struct PolicyBook: Sendable {
    private let policies: [String: PayerPolicy]
    private let baseFees: [String: Money]
    let diagnoses: DiagnosisJudgement

    /// Reads `PayerPolicies`.
    ///
    /// A file that its schema does not allow is refused: a condition under a misspelt name would deny more than it
    /// says.
    init(_ files: DataFiles) throws {
        let schemaName = "policy.schema.json"
        guard let schemaBytes = files.files[schemaName] else {
            throw DataFileError(file: schemaName, reason: "is missing")
        }
        let schema = try JSONSchema(JSON(parsing: schemaBytes))
        var policies: [String: PayerPolicy] = [:]
        for name in files.names(endingIn: ".json") where name != schemaName {
            let bytes = files.files[name] ?? []
            if let violation = schema.violations(in: try JSON(parsing: bytes)).first {
                throw DataFileError(file: name, reason: violation)
            }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            do {
                let policy = try decoder.decode(PayerPolicy.self, from: Data(bytes))
                policies[policy.payer] = policy
            } catch {
                throw DataFileError(file: name, reason: "does not read as a policy: \(error)")
            }
        }
        self.policies = policies
        baseFees = try Self.readFees(files, "base-fees.tsv")
        diagnoses = try DiagnosisJudgement(files, "diagnoses.tsv")
    }

    subscript(payer: String) -> PayerPolicy? { policies[payer] }

    var payers: [String] { policies.keys.sorted() }

    /// What one unit may cost; nil for a procedure that no table lists.
    func fee(_ procedure: String, modifiers: [String], under policy: PayerPolicy) -> Money? {
        var fee: Money
        if let override = policy.fees.overrides[procedure] {
            fee = override
        } else if let base = baseFees[procedure] {
            fee = base.scaled(by: policy.fees.percentOfBase, over: 100)
        } else {
            return nil
        }
        for modifier in modifiers {
            if let percent = policy.fees.modifierPercent[modifier] { fee = fee.scaled(by: percent, over: 100) }
        }
        // A fee of nothing would leave CO-45 over the whole charge, which that code does not allow.
        return max(fee, Money(cents: 1))
    }

    private static func readFees(_ files: DataFiles, _ name: String) throws -> [String: Money] {
        let table = try TabularFile(name: name, bytes: files.files[name] ?? [])
        let procedure = try table.column("procedure", of: name)
        let amount = try table.column("amount", of: name)
        var fees: [String: Money] = [:]
        for row in table.rows {
            guard let money = Money(row.cells[amount]) else {
                throw DataFileError(file: name, line: row.line, reason: "has an amount that is none")
            }
            fees[String(row.cells[procedure])] = money
        }
        return fees
    }
}

/// The payers' own judgement of whether a diagnosis can be billed, by form and by a short table.
struct DiagnosisJudgement: Sendable {
    private enum Rule: String {
        case only, never
    }

    private let categories: [String: (rule: Rule, codes: Set<String>)]

    init(_ files: DataFiles, _ name: String) throws {
        let table = try TabularFile(name: name, bytes: files.files[name] ?? [])
        let category = try table.column("category", of: name)
        let rule = try table.column("rule", of: name)
        let codes = try table.column("codes", of: name)
        var categories: [String: (rule: Rule, codes: Set<String>)] = [:]
        for row in table.rows {
            guard let rule = Rule(rawValue: String(row.cells[rule])) else {
                throw DataFileError(file: name, line: row.line, reason: "has a rule that is neither only nor never")
            }
            categories[String(row.cells[category])] = (
                rule, Set(row.cells[codes].split(separator: " ").map(String.init))
            )
        }
        self.categories = categories
    }

    /// Whether the payers take the code: without a dot, three to seven characters, a letter, a digit, and what
    /// their table says of its category.
    func isBillable(_ code: String) -> Bool {
        let bytes = Array(code.utf8)
        guard (3...7).contains(bytes.count), Character(Unicode.Scalar(bytes[0])).isUppercase,
            Character(Unicode.Scalar(bytes[1])).isNumber,
            bytes.dropFirst(2).allSatisfy({
                let character = Character(Unicode.Scalar($0))
                return character.isASCII && (character.isNumber || character.isUppercase)
            })
        else { return false }
        guard let (rule, codes) = categories[String(code.prefix(3))] else { return true }
        return codes.contains(code) == (rule == .only)
    }
}
