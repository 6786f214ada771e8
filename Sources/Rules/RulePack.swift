public import HealthTypes

/// Whose rules a pack holds. A report lists the wider layers first.
public enum RuleLayer: String, Sendable, Codable, CaseIterable {
    case standard, national, payer, site
}

/// Why rules cannot be used: every mistake found, with file and place.
public struct RulePackError: Error, Sendable, CustomStringConvertible {
    public let issues: [Issue]

    public var description: String { issues.map(\.line).joined(separator: "\n") }
}

/// A folder of rules and tables that a biller can read: `pack.json`, `rules/*.json`, `tables/*.tsv`.
public struct RulePack: Sendable {
    public let id: String
    public let title: String
    public let version: String
    public let layer: RuleLayer
    /// The payer whose claims alone the pack concerns, or `*`.
    public let payer: String
    public let source: String
    public let licence: String
    public let date: CalendarDate
    /// Over every file of the folder.
    public let digest: Digest
    public let rules: [Rule]
    /// By file name without its ending.
    public let tables: [String: RuleTable]

    /// Reads and compiles a pack.
    ///
    /// - Parameters:
    ///   - name: the folder's name, which `pack.json` must repeat as `id`.
    ///   - files: the pack's files by their path inside its folder.
    /// - Throws: ``RulePackError`` with every mistake in every file.
    public init(
        name: String, _ files: DataFiles, functions: RuleFunctions, facts: FactVocabulary
    ) throws(RulePackError) {
        var issues: [Issue] = []
        var head = RuleReader(file: "\(name)/pack.json", facts: facts, functions: functions, tables: [:])
        let json = (try? JSON(parsing: files.files["pack.json"] ?? [])) ?? .null
        let id = head.text(json["id"], "/id")
        if let id, id != name { head.note("rules.pack-name", "/id", "The pack's id is the name of its folder.") }
        let texts = ["title", "version", "payer", "source", "licence"].map { head.text(json[$0], "/\($0)") }
        let layer: RuleLayer? = head.choice(json["layer"], "/layer")
        let date = head.day(json["date"], "/date")
        issues += head.issues

        var tables: [String: RuleTable] = [:]
        for path in files.names(endingIn: ".tsv") where path.hasPrefix("tables/") {
            do {
                tables[String(path.dropFirst(7).dropLast(4))] = try RuleTable(
                    file: path, bytes: files.files[path] ?? [])
            } catch {
                let failure = error as? DataFileError
                issues.append(
                    Issue(
                        .error, "rules.table", at: Location(source: "\(name)/\(path)", line: failure?.line),
                        message: "The table \(failure?.reason ?? "cannot be read")."))
            }
        }
        var rules: [Rule] = []
        for path in files.names(endingIn: ".json") where path.hasPrefix("rules/") {
            var reader = RuleReader(file: "\(name)/\(path)", facts: facts, functions: functions, tables: tables)
            rules += reader.rules(in: files.files[path] ?? [])
            issues += reader.issues
        }
        guard issues.isEmpty, let id, let layer, let date, case let texts = texts.compactMap(\.self), texts.count == 5
        else { throw RulePackError(issues: issues) }
        self.id = id
        self.layer = layer
        self.date = date
        (title, version, payer, source, licence) = (texts[0], texts[1], texts[2], texts[3], texts[4])
        digest = files.digest
        self.rules = rules
        self.tables = tables
    }

    func concerns(payer: String) -> Bool { self.payer == "*" || self.payer == payer }
}
