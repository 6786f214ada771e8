public import HealthTypes

/// Cited statements on which treatment fits which diagnosis, indexed so that a question costs a few hash look-ups.
///
/// It says what is established, and is silent on the rest: a pair without a path is "no established relationship in
/// this version", never "wrong".
public struct KnowledgeBase: Sendable {
    /// The release named in the `VERSION` file and the first digits of the digest: the same version, the same bytes.
    public let version: String
    /// Over all files of the folder.
    public let digest: Digest
    public let drugs: [Drug]
    public let classes: [DrugClass]
    public let services: [Service]
    public let citations: [String: Citation]
    public let statements: [Statement]

    let treatments: [KnownTreatment]
    /// For each treatment, the subjects whose statements are its own: itself, its classes, its panel's members.
    let subjects: [[Int]]
    /// For each treatment, its classes alone, in which siblings are looked for.
    let siblingClasses: [[Int]]
    let index: KnowledgeIndex
    let citationRows: [Citation]
    /// Tables of the folder that take no part.
    let unreadFiles: [String]

    /// Reads `VERSION` and the tables `drugs`, `drug-classes`, `services`, `citations` and `statements`, each as one
    /// file (`drugs.tsv`), a folder of files with the same header (`drugs/*.tsv`), or both.
    ///
    /// A row without the right form throws a `DataFileError` with its line. A statement whose subject or citation is
    /// not there is reported by ``check()`` and takes part in nothing.
    public init(_ files: DataFiles) throws {
        let data = try KnowledgeFiles(files)
        version = "\(data.version)+\(files.digest.short)"
        digest = files.digest
        drugs = data.drugs
        classes = data.classes
        services = data.services
        statements = data.statements
        citationRows = data.citations
        unreadFiles = data.unread
        citations = Dictionary(data.citations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

        var numbers: [String: Int] = [:]
        func number(_ subject: String) -> Int {
            if let known = numbers[subject] { return known }
            numbers[subject] = numbers.count
            return numbers.count - 1
        }
        let classNames = data.classes.map { "class:\($0.id)" }
        classNames.forEach { _ = number($0) }
        let known = Set(classNames)
        var treatments: [KnownTreatment] = []
        var subjects: [[Int]] = []
        var siblingClasses: [[Int]] = []
        for drug in data.drugs {
            let id = "drug:\(drug.id)"
            let inherited = drug.classes.map { "class:\($0)" }.filter(known.contains).map(number)
            treatments.append(
                KnownTreatment(
                    id: id, name: drug.name, codes: drug.atc + drug.hcpcs.keys.sorted(), isDrug: true,
                    index: treatments.count))
            subjects.append([number(id)] + inherited)
            siblingClasses.append(inherited)
        }
        for service in data.services {
            let id = "service:\(service.id)"
            treatments.append(
                KnownTreatment(
                    id: id, name: service.name, codes: service.codes, isDrug: false, index: treatments.count))
            subjects.append([number(id)] + service.members.map { number("service:\($0)") })
            siblingClasses.append([])
        }
        self.treatments = treatments
        self.subjects = subjects
        self.siblingClasses = siblingClasses
        index = KnowledgeIndex(
            statements: data.statements, citations: citations, numbers: numbers, drugs: data.drugs,
            classes: data.classes, services: data.services)
    }

    /// `Title (edition), locator`.
    func reference(_ statement: Statement) -> String { reference(statement.citation, locator: statement.locator) }

    func reference(_ citation: String, locator: String) -> String {
        guard let source = citations[citation] else { return locator }
        let edition = source.edition.isEmpty ? "" : " (\(source.edition))"
        return "\(source.publisher): \(source.title)\(edition)" + (locator.isEmpty ? "" : ", \(locator)")
    }

    /// `Digoxin: second-line treatment of I50 (reduces hospital stays)`.
    func sentence(_ statement: Statement) -> String {
        let condition = statement.condition.isEmpty ? "" : " if \(statement.condition.text)"
        let note = statement.note.isEmpty ? "" : " (\(statement.note))"
        let object =
            switch statement.relation {
            case .requiresBefore: name(ofSubject: statement.object)
            default: statement.object == "*" ? "any diagnosis" : statement.object
            }
        return "\(name(ofSubject: statement.subject)): \(statement.relation.words) \(object)\(condition)\(note)"
    }

    func name(ofSubject subject: String) -> String { index.names[subject] ?? subject }
}
