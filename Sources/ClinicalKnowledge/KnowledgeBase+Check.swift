public import HealthTypes

extension KnowledgeBase {
    /// Everything in the files that does not fit together: dangling references, statements without a source,
    /// duplicates and contradictions. Empty for a knowledge base that may be shipped.
    ///
    /// With code tables, also the codes that neither ICD-10-CM nor WHO ICD-10 has.
    public func check(naming: (any DiagnosisNaming)? = nil) -> [Issue] {
        let check = KnowledgeCheck(image.files)
        return check.danglingIssues() + check.statementIssues() + check.contradictionIssues() + check.nameIssues()
            + check.patternIssues() + (naming.map(check.codeIssues) ?? [])
    }
}

private struct KnowledgeCheck {
    let files: KnowledgeFiles
    let subjects: SubjectIndex
    let citations: Set<String>

    init(_ files: KnowledgeFiles) {
        self.files = files
        subjects = SubjectIndex(files)
        citations = Set(files.citations.map(\.id))
    }

    private func issue(_ code: String, _ file: String, line: Int? = nil, path: String? = nil, _ message: String)
        -> Issue
    {
        Issue(
            .error, "knowledge.\(code)", at: Location(source: file, line: line, path: path), message: message)
    }

    func danglingIssues() -> [Issue] {
        var issues = files.unread.map { issue("unread-file", $0, "is no table that is read") }
        for drug in files.drugs {
            for id in drug.classes where subjects.classes["class:\(id)"] == nil {
                issues.append(issue("dangling-class", "drugs.tsv", path: drug.id, "names a class that is not there"))
            }
            if let citation = drug.maximumCitation, !citations.contains(citation) {
                issues.append(issue("uncited", "drugs.tsv", path: drug.id, "cites a source that is not there"))
            }
        }
        for service in files.services {
            for id in service.members where subjects.treatments["service:\(id)"] == nil {
                issues.append(
                    issue("dangling-member", "services.tsv", path: service.id, "names a member that is not there"))
            }
        }
        return issues
    }

    func statementIssues() -> [Issue] {
        struct Sentence: Hashable {
            let subject: String
            let relation: Relation
            let object: String
            let condition: String
        }
        var issues: [Issue] = []
        var seen: Set<Sentence> = []
        for statement in files.statements {
            func report(_ code: String, _ message: String) {
                issues.append(issue(code, statement.file, line: statement.line, message))
            }
            if subjects.names[statement.subject] == nil { report("dangling-subject", "its subject is not there") }
            if statement.relation == .requiresBefore, subjects.treatments[statement.object] == nil {
                report("dangling-object", "the service that it requires is not there")
            }
            if !citations.contains(statement.citation) { report("uncited", "has no source, or one that is not there") }
            let sentence = Sentence(
                subject: statement.subject, relation: statement.relation, object: statement.object,
                condition: statement.condition.text)
            if !seen.insert(sentence).inserted { report("duplicate-statement", "says what an earlier line says") }
        }
        return issues
    }

    /// A treatment that a statement supports and another forbids outright, at the very same code or above it.
    ///
    /// A support that is wider than what is forbidden is none: the contraindication is its exception.
    func contradictionIssues() -> [Issue] {
        var bySubject: [String: [Int]] = [:]
        for (position, statement) in files.statements.enumerated() where statement.condition.isEmpty {
            bySubject[statement.subject, default: []].append(position)
        }
        var found: Set<Int> = []
        let groups =
            files.drugs.map { drug in ["drug:\(drug.id)"] + drug.classes.map { "class:\($0)" } }
            + files.services.map { service in
                ["service:\(service.id)"]
                    + service.members.filter { !service.plainParts.contains($0) }.map { "service:\($0)" }
            }
            + files.classes.map { ["class:\($0.id)"] }
        for group in groups {
            let own = group.flatMap { bySubject[$0] ?? [] }
            let forbidden = own.filter { files.statements[$0].relation == .contraindicated }
                .compactMap { files.statements[$0].diagnoses }
            guard !forbidden.isEmpty else { continue }
            for position in own where files.statements[position].relation.score != nil {
                let keys = files.statements[position].diagnoses?.keys ?? []
                if keys.contains(where: { key in forbidden.contains { $0.contains(key) } }) { found.insert(position) }
            }
        }
        return found.sorted().map {
            issue(
                "contradiction", files.statements[$0].file, line: files.statements[$0].line,
                "supports what another statement forbids outright")
        }
    }

    func nameIssues() -> [Issue] {
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
        unique("citations.tsv", "id", files.citations.map { ($0.id, $0.id) })
        unique("drug-classes.tsv", "id", files.classes.map { ($0.id, $0.id) })
        unique("drugs.tsv", "id", files.drugs.map { ($0.id, $0.id) })
        unique("services.tsv", "id", files.services.map { ($0.id, $0.id) })
        unique("drugs.tsv", "code", files.drugs.flatMap { drug in (drug.atc + drug.hcpcs.keys).map { (drug.id, $0) } })
        unique("services.tsv", "code", files.services.flatMap { service in service.codes.map { (service.id, $0) } })
        unique(
            "drugs.tsv", "name",
            files.drugs.flatMap { drug in
                ([drug.name] + drug.synonyms).map { (drug.id, TreatmentName.normalised($0)) }
            })
        unique(
            "services.tsv", "name",
            files.services.flatMap { service in
                ([service.name] + service.synonyms).map { (service.id, TreatmentName.normalised($0)) }
            })
        return issues
    }

    func patternIssues() -> [Issue] {
        var seen: Set<String> = []
        return files.patterns.flatMap { pattern in
            var issues: [Issue] = []
            func report(_ code: String, _ message: String) {
                issues.append(issue(code, pattern.file, line: pattern.line, message))
            }
            if !citations.contains(pattern.citation) { report("uncited", "has no source, or one that is not there") }
            let code = String(pattern.subject.dropFirst(5))
            if subjects.treatments[pattern.subject] == nil, subjects.services[code] == nil {
                report("dangling-subject", "its subject is not there")
            }
            if !seen.insert("\(pattern.kind.rawValue) \(pattern.subject)").inserted {
                report("duplicate-pattern", "is about what an earlier line is about")
            }
            return issues
        }
    }

    /// Statements that name a single code which the tables do not have; the ends of ranges need not be codes.
    func codeIssues(_ naming: any DiagnosisNaming) -> [Issue] {
        files.statements.compactMap { statement in
            let named = (statement.diagnoses?.named ?? []) + statement.condition.terms.flatMap(\.namedCodes)
            guard named.contains(where: { !naming.isKnownDiagnosis($0.plain) }) else { return nil }
            return issue("dangling-code", statement.file, line: statement.line, "names a code that no table has")
        }
    }
}

extension Condition.Term {
    /// The codes of `dx=` that are written by themselves.
    fileprivate var namedCodes: [DiagnosisKey] {
        switch self {
        case .diagnosis(let set): set.named
        case .not(let inner): inner.namedCodes
        default: []
        }
    }
}
