public import HealthTypes

/// All the rules that a decision may rest on: every pack below one folder, and the vocabulary of facts.
public struct RuleBook: Sendable {
    /// Sorted by layer, then by id.
    public let packs: [RulePack]
    public let vocabulary: FactVocabulary
    /// Over every file of the folder; a decision keeps it so that it can be replayed.
    public let digest: Digest
    private let byStage: [String: [Entry]]

    /// A class, because going through the rules would else copy each.
    private final class Entry: Sendable {
        let pack: RulePack
        let rule: Rule

        init(_ pack: RulePack, _ rule: Rule) {
            self.pack = pack
            self.rule = rule
        }
    }

    /// Reads a folder that holds `facts.tsv` and a folder for each pack.
    ///
    /// - Throws: ``RulePackError`` with every mistake in every file.
    public static func load(_ files: DataFiles, functions: RuleFunctions = .standard) throws(RulePackError) -> RuleBook
    {
        let facts: FactVocabulary
        do { facts = try FactVocabulary(file: "facts.tsv", bytes: files.files["facts.tsv"] ?? []) } catch {
            let failure = error as? DataFileError
            let place = Location(source: "facts.tsv", line: failure?.line)
            let message = "The vocabulary of facts \(failure?.reason ?? "cannot be read")."
            throw RulePackError(issues: [Issue(.error, "rules.facts", at: place, message: message)])
        }
        var folders: [String: [String: [UInt8]]] = [:]
        for (path, bytes) in files.files {
            guard let slash = path.firstIndex(of: "/") else { continue }
            folders[String(path[..<slash]), default: [:]][String(path[path.index(after: slash)...])] = bytes
        }
        var packs: [RulePack] = []
        var issues: [Issue] = []
        for (name, files) in folders.sorted(by: { $0.key < $1.key }) {
            do {
                packs.append(try RulePack(name: name, DataFiles(files: files), functions: functions, facts: facts))
            } catch { issues += error.issues }
        }
        guard issues.isEmpty else { throw RulePackError(issues: issues) }
        return RuleBook(packs, vocabulary: facts, digest: files.digest)
    }

    private init(_ packs: [RulePack], vocabulary: FactVocabulary, digest: Digest) {
        func rank(_ pack: RulePack) -> Int { RuleLayer.allCases.firstIndex(of: pack.layer)! }
        self.packs = packs.sorted { (rank($0), $0.id) < (rank($1), $1.id) }
        self.vocabulary = vocabulary
        self.digest = digest
        var byStage: [String: [Entry]] = [:]
        for pack in self.packs {
            for rule in pack.rules where rule.status != .draft && rule.status != .retired {
                let entry = Entry(pack, rule)
                for stage in rule.stages { byStage[stage, default: []].append(entry) }
            }
        }
        self.byStage = byStage
    }

    /// Runs every rule of a stage that concerns the payer and the kind of claim and is in force.
    ///
    /// All of them run: none hides another. A rule that goes by the day of receipt answers unknown where the facts
    /// do not hold that day.
    ///
    /// - Parameter date: the day of service, which picks the rules and the rows of tables.
    public func evaluate(
        stage: String, payer: String, claimKind: String, on date: CalendarDate, facts: RuleValue
    ) -> RuleReport {
        let received = Self.dayOfReceipt(in: facts)
        var evaluated: [String] = []
        var results: [RuleResult] = []
        for entry in byStage[stage] ?? [] {
            guard entry.rule.concerns(payer: payer, claimKind: claimKind), entry.pack.concerns(payer: payer) else {
                continue
            }
            let day = entry.rule.basis == .serviceDate ? date : received
            if let day, !entry.rule.isInForce(on: day) { continue }
            evaluated.append(entry.rule.id)
            guard let day else {
                results.append(RuleResult(entry.rule, of: entry.pack, .unknown, at: []))
                continue
            }
            let truth = entry.rule.condition.evaluate(facts, on: day)
            guard truth != .no else { continue }
            let locations = entry.rule.condition.locations(facts, on: day, where: truth)
            results.append(RuleResult(entry.rule, of: entry.pack, truth, at: locations))
        }
        return RuleReport(book: digest, evaluated: evaluated, results: results)
    }

    public func pack(_ id: String) -> RulePack? { packs.first { $0.id == id } }

    /// Every version of a rule, with its pack.
    public func rules(_ id: String) -> [(pack: RulePack, rule: Rule)] {
        packs.flatMap { pack in pack.rules.filter { $0.id == id }.map { (pack, $0) } }
    }

    private static func dayOfReceipt(in facts: RuleValue) -> CalendarDate? {
        guard case .record(let all) = facts, case .record(let claim)? = all["claim"] else { return nil }
        return switch claim["received_on"] {
        case .date(let day): day
        case .text(let text): CalendarDate(text)
        default: nil
        }
    }
}
