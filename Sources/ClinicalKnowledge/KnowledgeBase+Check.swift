public import HealthTypes

extension KnowledgeBase {
    /// Everything in the files that does not fit together: dangling references, statements without a source,
    /// duplicates and contradictions. Empty for a knowledge base that may be shipped.
    public func check() -> [Issue] { danglingIssues() + statementIssues() + contradictionIssues() + nameIssues() }

    private func issue(_ code: String, _ file: String, line: Int? = nil, path: String? = nil, _ message: String)
        -> Issue
    {
        Issue(
            .error, "knowledge.\(code)", at: Location(source: file, line: line, path: path), message: message)
    }

    private func danglingIssues() -> [Issue] {
        var issues = unreadFiles.map { issue("unread-file", $0, "is no table that is read") }
        let classIDs = Set(classes.map(\.id))
        let serviceIDs = Set(services.map(\.id))
        for drug in drugs {
            for id in drug.classes where !classIDs.contains(id) {
                issues.append(issue("dangling-class", "drugs.tsv", path: drug.id, "names a class that is not there"))
            }
            if let citation = drug.maximumCitation, citations[citation] == nil {
                issues.append(issue("uncited", "drugs.tsv", path: drug.id, "cites a source that is not there"))
            }
        }
        for service in services {
            for id in service.members where !serviceIDs.contains(id) {
                issues.append(
                    issue("dangling-member", "services.tsv", path: service.id, "names a member that is not there"))
            }
        }
        return issues
    }

    private func statementIssues() -> [Issue] {
        struct Sentence: Hashable {
            let subject: String
            let relation: Relation
            let object: String
            let condition: String
        }
        var issues: [Issue] = []
        var seen: Set<Sentence> = []
        for statement in statements {
            func report(_ code: String, _ message: String) {
                issues.append(issue(code, statement.file, line: statement.line, message))
            }
            if index.names[statement.subject] == nil { report("dangling-subject", "its subject is not there") }
            if statement.relation == .requiresBefore, index.names[statement.object] == nil {
                report("dangling-object", "the service that it requires is not there")
            }
            if statement.citation.isEmpty || citations[statement.citation] == nil {
                report("uncited", "has no source, or one that is not there")
            }
            let sentence = Sentence(
                subject: statement.subject, relation: statement.relation, object: statement.object,
                condition: statement.condition.text)
            if !seen.insert(sentence).inserted { report("duplicate-statement", "says what an earlier line says") }
        }
        return issues
    }

    /// A treatment that a statement supports and another forbids outright, at the very same code or category.
    private func contradictionIssues() -> [Issue] {
        var positions: Set<Int> = []
        for known in treatments {
            for subject in subjects[known.index] {
                for position in index.supportOfSubject[subject] ?? [] where statements[position].condition.isEmpty {
                    for code in statements[position].diagnoses?.keys ?? []
                    where isForbidden(subjects[known.index], code) {
                        positions.insert(position)
                    }
                }
            }
        }
        return positions.sorted().map {
            issue(
                "contradiction", statements[$0].file, line: statements[$0].line,
                "supports what another statement forbids outright")
        }
    }

    private func isForbidden(_ subjects: [Int], _ code: DiagnosisKey) -> Bool {
        subjects.contains { subject in
            (index.against[.init(subject: subject, code: code)] ?? []).contains { statements[$0].condition.isEmpty }
        }
    }

    private func nameIssues() -> [Issue] {
        var issues: [Issue] = []
        func unique(_ file: String, _ what: String, _ entries: [(owner: String, value: String)]) {
            var owners: [String: String] = [:]
            for (owner, value) in entries {
                if let other = owners[value], other != owner || what == "id" {
                    issues.append(issue("duplicate-\(what)", file, path: owner, "shares its \(what) with another"))
                }
                owners[value] = owner
            }
        }
        unique("citations.tsv", "id", citationRows.map { ($0.id, $0.id) })
        unique("drug-classes.tsv", "id", classes.map { ($0.id, $0.id) })
        unique("drugs.tsv", "id", drugs.map { ($0.id, $0.id) })
        unique("services.tsv", "id", services.map { ($0.id, $0.id) })
        unique("drugs.tsv", "code", drugs.flatMap { drug in (drug.atc + drug.hcpcs.keys).map { (drug.id, $0) } })
        unique("services.tsv", "code", services.flatMap { service in service.codes.map { (service.id, $0) } })
        unique(
            "drugs.tsv", "name",
            drugs.flatMap { drug in
                ([drug.name] + drug.synonyms).map { (drug.id, TreatmentName.normalised($0)) }
            })
        unique(
            "services.tsv", "name",
            services.flatMap { service in
                ([service.name] + service.synonyms).map { (service.id, TreatmentName.normalised($0)) }
            })
        return issues
    }
}

/// How much a knowledge base holds, asserted and derived apart.
public struct KnowledgeStatistics: Sendable, Hashable, Codable {
    public var drugs: Int
    public var classes: Int
    public var services: Int
    public var citations: Int
    public var statements: Int
    public var statementsByRelation: [String: Int]
    /// Pairs of a subject and a code, category by category, as the supporting statements assert them.
    public var assertedPairs: Int
    /// Pairs of a single treatment and a code once classes and panels have passed theirs on.
    public var inheritedPairs: Int
    public var drugsWithoutStatement: Int
    public var servicesWithoutStatement: Int
}

extension KnowledgeBase {
    public func statistics() -> KnowledgeStatistics {
        func isSilent(_ known: KnownTreatment) -> Bool { principalUse(known.index) == nil }
        let inherited = treatments.reduce(0) { sum, known in
            let codes = subjects[known.index].flatMap { subject in
                (index.supportOfSubject[subject] ?? []).flatMap { statements[$0].diagnoses?.keys ?? [] }
            }
            return sum + Set(codes).count
        }
        return KnowledgeStatistics(
            drugs: drugs.count, classes: classes.count, services: services.count, citations: citations.count,
            statements: statements.count,
            statementsByRelation: statements.reduce(into: [:]) { $0[$1.relation.rawValue, default: 0] += 1 },
            assertedPairs: index.support.count, inheritedPairs: inherited,
            drugsWithoutStatement: treatments.filter { $0.isDrug && isSilent($0) }.count,
            servicesWithoutStatement: treatments.filter {
                !$0.isDrug && service($0.index)?.isGeneral != true && isSilent($0)
            }.count)
    }
}
