import HealthTypes

/// Compiles the shaped tables to the sections of an image.
///
/// Every statement is carried to every treatment that it reaches: its subject, the drugs of its class, the panels that
/// contain it, and, as a weaker edge, the siblings in its class. Whatever refers to something that is not there is
/// left out; ``KnowledgeBase/check()`` reports it.
struct ImageBuilder {
    private let files: KnowledgeFiles
    private let digest: Digest
    private var texts = TextPool()
    private var keys: [UInt64] = []
    private var numbers: [UInt32] = []
    private var terms: [TermRecord] = []
    private let citations: [String: Citation]
    private let subjects: SubjectIndex
    /// The service of each billing pattern.
    private var patternServices: [Int?] = []
    /// By treatment and by class: the statements that name it, in file order.
    private var byTreatment: [[Int]]
    private var byClass: [[Int]]

    init(_ files: KnowledgeFiles, digest: Digest) throws {
        self.files = files
        self.digest = digest
        citations = Dictionary(files.citations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        subjects = SubjectIndex(files)
        byTreatment = Array(repeating: [], count: files.drugs.count + files.services.count)
        byClass = Array(repeating: [], count: files.classes.count)
        for (position, statement) in files.statements.enumerated() where citations[statement.citation] != nil {
            if statement.relation == .requiresBefore, subjects.treatments[statement.object] == nil { continue }
            if let treatment = subjects.treatments[statement.subject] {
                byTreatment[treatment].append(position)
            } else if let group = subjects.classes[statement.subject] {
                byClass[group].append(position)
            }
        }
    }

    func image() throws -> [UInt8] {
        var builder = self
        return try builder.build()
    }

    private mutating func build() throws -> [UInt8] {
        var writer = ImageWriter()
        patternServices = files.patterns.map { service(of: $0) }
        let statements = files.statements.map { statementRecord($0) }
        let patterns = files.patterns.map { patternRecord($0) }
        let codes = codeTable()
        let graph = EdgeTable(files: files, subjects: subjects, codes: codes.numbers, own: { sources($0) })
        let treatments = (0..<subjects.count).map { treatmentRecord($0) }
        addRows(to: &writer)
        writer.add(.treatments, treatments)
        writer.add(.statements, statements)
        writer.add(.terms, terms)
        writer.add(.codes, codes.slots)
        writer.add(.pairs, graph.slots)
        writer.add(.edges, graph.edges)
        writer.add(.treatmentCodes, nameTable(codeNames()))
        writer.add(.drugNames, nameTable(drugNames()))
        writer.add(.serviceNames, nameTable(serviceNames()))
        writer.add(.patterns, patterns)
        writer.add(
            .classes, files.classes.map { ClassRecord(name: texts.span($0.name), prefix: texts.span($0.atcPrefix)) })
        writer.add(.keys, keys)
        writer.add(.numbers, numbers)
        let meta = [files.version, digest.hex] + files.unread
        writer.add(.meta, meta.map { texts.span($0) })
        writer.add(.pool, texts.bytes)
        guard texts.bytes.count < Int(UInt32.max) else { throw KnowledgeImageError.tooLarge }
        return try writer.image()
    }

    /// The statements that are a treatment's own: by itself, by its classes, by the members of a panel.
    private func sources(_ treatment: Int) -> [Int] {
        byTreatment[treatment] + subjects.classesOf[treatment].flatMap { byClass[$0] }
            + subjects.lendersOf[treatment].flatMap { byTreatment[$0] }
    }

    // MARK: Rows

    private mutating func addRows(to writer: inout ImageWriter) {
        var rows: [RowRecord] = []
        var cells: [TextSpan] = []
        for row in files.rows {
            rows.append(
                RowRecord(
                    table: UInt32(row.table), line: UInt32(row.line), file: texts.span(row.file),
                    firstCell: UInt32(cells.count), cellCount: UInt32(row.cells.count)))
            for cell in row.cells { cells.append(texts.span(cell)) }
        }
        writer.add(.rows, rows)
        writer.add(.cells, cells)
    }

    // MARK: Records

    private mutating func span(_ values: [UInt32]) -> Span {
        defer { numbers += values }
        return Span(start: UInt32(numbers.count), count: UInt32(values.count))
    }

    private mutating func span(_ set: DiagnosisSet?) -> Span {
        let sorted = (set?.keys ?? []).map(\.bits).sorted()
        defer { keys += sorted }
        return Span(start: UInt32(keys.count), count: UInt32(sorted.count))
    }

    private mutating func statementRecord(_ statement: Statement) -> StatementRecord {
        var record = StatementRecord()
        record.sentence = texts.span(sentence(statement))
        record.reference = texts.span(reference(statement.citation, locator: statement.locator))
        record.condition = texts.span(statement.condition.text)
        record.subjectID = texts.span(statement.subject)
        record.subjectName = texts.span(subjects.names[statement.subject] ?? statement.subject)
        let group = subjects.classes[statement.subject].map { files.classes[$0] }
        record.subjectPrefix = texts.span(group?.atcPrefix ?? "")
        record.object = texts.span(statement.object)
        record.relation = UInt32(Relation.allCases.firstIndex(of: statement.relation) ?? 0)
        record.required = UInt32((subjects.treatments[statement.object] ?? -1) + 1)
        let first = terms.count
        for term in statement.condition.terms { terms.append(termRecord(term)) }
        record.terms = Span(start: UInt32(first), count: UInt32(terms.count - first))
        return record
    }

    private mutating func termRecord(_ term: Condition.Term) -> TermRecord {
        var record = TermRecord()
        func kind(_ kind: TermRecord.Kind) -> UInt32 { kind.rawValue }
        switch term {
        case .age(let comparison, let years):
            record.kind = kind(.age)
            record.comparison = UInt32(Condition.Comparison.allCases.firstIndex(of: comparison) ?? 0)
            record.argument = Int32(years)
        case .sex(let sex):
            record.kind = kind(.sex)
            record.argument = sex == .female ? 0 : 1
        case .pregnancy: record.kind = kind(.pregnancy)
        case .diagnosis(let set):
            record.kind = kind(.diagnosis)
            record.keys = span(set)
        case .filtrationBelow(let limit):
            record.kind = kind(.filtrationBelow)
            record.argument = Int32(limit)
        case .chart: record.kind = kind(.chart)
        case .route(let route):
            record.kind = kind(.route)
            record.argument = Int32(Route.allCases.firstIndex(of: route) ?? 0)
        case .doseAbove(let milligrams):
            record.kind = kind(.doseAbove)
            record.argument = Int32(milligrams)
        case .not(let inner):
            record = termRecord(inner)
            record.isNegated = 1
        }
        return record
    }

    /// The service that a pattern is about, itself or by one of its codes; nil for a pattern that takes no part.
    private func service(of pattern: BillingPattern) -> Int? {
        guard citations[pattern.citation] != nil else { return nil }
        return subjects.treatments[pattern.subject] ?? subjects.services[String(pattern.subject.dropFirst(5))]
    }

    private mutating func patternRecord(_ pattern: BillingPattern) -> PatternRecord {
        let code = pattern.subject.hasPrefix("code:") ? String(pattern.subject.dropFirst(5)) : ""
        return PatternRecord(
            code: texts.span(code), kind: pattern.kind.place, value: UInt32(pattern.value),
            service: UInt32((service(of: pattern) ?? -1) + 1), keys: span(pattern.diagnoses),
            note: texts.span(pattern.note),
            reference: texts.span(reference(pattern.citation, locator: pattern.locator)))
    }

    private mutating func treatmentRecord(_ number: Int) -> TreatmentRecord {
        var record = TreatmentRecord()
        let own = sources(number)
        func positions(_ isIncluded: (Statement) -> Bool) -> [UInt32] {
            own.filter { isIncluded(files.statements[$0]) }.map { UInt32($0) }
        }
        record.againstAny = span(positions { $0.relation == .contraindicatedIf && $0.diagnoses == nil })
        record.requirements = span(positions { $0.relation == .requiresBefore })
        record.members = span(subjects.membersOf[number].map { UInt32($0) })
        let asks = own.contains { position in
            files.statements[position].condition.terms.contains(where: \.asksForTreatment)
        }
        if asks { record.flags |= TreatmentRecord.needsFacts }
        record.principal = UInt32((principalUse(number) ?? -1) + 1)
        if number < files.drugs.count {
            let drug = files.drugs[number]
            record.row = UInt32(number)
            record.id = texts.span("drug:\(drug.id)")
            record.name = texts.span(drug.name)
            record.maximum = Int64(drug.maximumMicrogramsADay ?? -1)
            record.maximumBasis = texts.span(drug.maximumBasis)
            record.maximumReference = texts.span(
                drug.maximumCitation.map { reference($0, locator: "dosage") } ?? "")
        } else {
            let service = files.services[number - files.drugs.count]
            record.row = UInt32(number - files.drugs.count)
            record.id = texts.span("service:\(service.id)")
            record.name = texts.span(service.name)
            record.kind = UInt32((Service.Kind.allCases.firstIndex(of: service.kind) ?? 0) + 1)
            if service.isGeneral { record.flags |= TreatmentRecord.general }
            record.patterns = span(files.patterns.indices.filter { patternServices[$0] == number }.map { UInt32($0) })
        }
        return record
    }

    /// What the treatment is for: its strongest statement of support, its own before those of its classes.
    private func principalUse(_ number: Int) -> Int? {
        func strength(_ position: Int) -> Score { files.statements[position].relation.score ?? .zero }
        let groups =
            [byTreatment[number]] + subjects.classesOf[number].map { byClass[$0] }
            + subjects.lendersOf[number].map { byTreatment[$0] }
        for group in groups {
            let supporting = group.filter { strength($0) > .zero }
            // `max` would keep the last of equals.
            if let best = supporting.min(by: { strength($0) > strength($1) }) { return best }
        }
        return nil
    }

    // MARK: Sentences

    /// `Title (edition), locator`.
    private func reference(_ citation: String, locator: String) -> String {
        guard let source = citations[citation] else { return locator }
        let edition = source.edition.isEmpty ? "" : " (\(source.edition))"
        return "\(source.publisher): \(source.title)\(edition)" + (locator.isEmpty ? "" : ", \(locator)")
    }

    /// `Digoxin: second-line treatment of I50 (reduces hospital stays)`.
    private func sentence(_ statement: Statement) -> String {
        let condition = statement.condition.isEmpty ? "" : " if \(statement.condition.text)"
        let note = statement.note.isEmpty ? "" : " (\(statement.note))"
        let object =
            switch statement.relation {
            case .requiresBefore: subjects.names[statement.object] ?? statement.object
            default: statement.object == "*" ? "any diagnosis" : statement.object
            }
        let subject = subjects.names[statement.subject] ?? statement.subject
        return "\(subject): \(statement.relation.words) \(object)\(condition)\(note)"
    }

    // MARK: Tables of codes and names

    /// A number for every code that a statement names, and for every heading above one.
    private func codeTable() -> (slots: [CodeSlot], numbers: [UInt64: UInt32]) {
        var flags: [UInt64: UInt32] = [:]
        let valid = (byTreatment + byClass).flatMap(\.self)
        for position in valid {
            let statement = files.statements[position]
            let isService = statement.subject.hasPrefix("service:")
            let flag =
                statement.relation.score == nil ? 0 : isService ? CodeSlot.forServices : CodeSlot.forDrugs
            for key in statement.diagnoses?.keys ?? [] {
                for ancestor in key.lineage { flags[ancestor.bits, default: 0] |= ancestor == key ? flag : 0 }
            }
        }
        let sorted = flags.keys.sorted()
        var table = SlotTable<CodeSlot>(count: sorted.count, empty: CodeSlot()) { $0.key == 0 }
        var numbers: [UInt64: UInt32] = [:]
        for (number, key) in sorted.enumerated() {
            numbers[key] = UInt32(number)
            table.insert(
                CodeSlot(key: key, number: UInt32(number), flags: flags[key] ?? 0), hash: SlotHash.of(key))
        }
        return (table.slots, numbers)
    }

    private func codeNames() -> [(text: String, slot: NameSlot)] {
        var names: [(String, NameSlot)] = []
        for (number, drug) in files.drugs.enumerated() {
            for code in drug.atc { names.append((code.uppercased(), NameSlot(value: UInt32(number + 1)))) }
            for (code, milligrams) in drug.hcpcs.sorted(by: { $0.key < $1.key }) {
                let unit = UInt32(clamping: milligrams ?? 0)
                names.append((code.uppercased(), NameSlot(value: UInt32(number + 1), unitMilligrams: unit)))
            }
        }
        for (number, service) in files.services.enumerated() {
            let value = UInt32(files.drugs.count + number + 1)
            for code in service.codes { names.append((code.uppercased(), NameSlot(value: value))) }
            // With its hyphen, at which the look-up of billing codes stops.
            if service.loinc.contains("-") { names.append((service.loinc, NameSlot(value: value))) }
        }
        return names
    }

    private func drugNames() -> [(text: String, slot: NameSlot)] {
        files.drugs.enumerated().flatMap { number, drug in
            ([drug.id, drug.name] + drug.synonyms).map {
                (TreatmentName.normalised($0), NameSlot(value: UInt32(number + 1)))
            }
        }
    }

    private func serviceNames() -> [(text: String, slot: NameSlot)] {
        files.services.enumerated().flatMap { number, service in
            ([service.id, service.name] + service.synonyms).map {
                (TreatmentName.normalised($0), NameSlot(value: UInt32(files.drugs.count + number + 1)))
            }
        }
    }

    /// The first of several treatments with the same name keeps it.
    private mutating func nameTable(_ names: [(text: String, slot: NameSlot)]) -> [NameSlot] {
        var seen: Set<String> = []
        var table = SlotTable<NameSlot>(count: names.count, empty: NameSlot()) { $0.value == 0 }
        for (text, slot) in names where !text.isEmpty && seen.insert(text).inserted {
            var slot = slot
            slot.text = texts.span(text)
            table.insert(slot, hash: Array(text.utf8).withUnsafeBytes { SlotHash.of($0) })
        }
        return table.slots
    }
}

/// The texts of an image, each kept once.
private struct TextPool {
    private(set) var bytes: [UInt8] = []
    private var spans: [String: TextSpan] = [:]

    mutating func span(_ text: String) -> TextSpan {
        if text.isEmpty { return TextSpan() }
        if let known = spans[text] { return known }
        let span = TextSpan(start: UInt32(truncatingIfNeeded: bytes.count), count: UInt32(text.utf8.count))
        bytes += text.utf8
        spans[text] = span
        return span
    }
}

/// An open-addressed table with a power of two of slots, at most half of them taken.
struct SlotTable<Slot> {
    private(set) var slots: [Slot]
    private let isEmpty: (Slot) -> Bool

    init(count: Int, empty: Slot, isEmpty: @escaping (Slot) -> Bool) {
        var size = 16
        while size < count * 2 { size *= 2 }
        slots = Array(repeating: empty, count: size)
        self.isEmpty = isEmpty
    }

    mutating func insert(_ slot: Slot, hash: UInt64) {
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while !isEmpty(slots[place]) { place = (place + 1) & (slots.count - 1) }
        slots[place] = slot
    }
}
