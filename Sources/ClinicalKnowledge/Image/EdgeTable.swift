import HealthTypes

/// Which treatment or class an id of the tables means, and how they hang together.
struct SubjectIndex {
    /// Drugs first, then services; the first of two with the same id counts.
    private(set) var treatments: [String: Int] = [:]
    private(set) var classes: [String: Int] = [:]
    /// Services by their codes, in capitals.
    private(set) var services: [String: Int] = [:]
    private(set) var names: [String: String] = [:]
    private(set) var classesOf: [[Int]] = []
    private(set) var membersOf: [[Int]] = []
    /// The members whose statements hold for the whole.
    private(set) var lendersOf: [[Int]] = []
    /// The drugs of each class.
    private(set) var drugsOf: [[Int]]

    var count: Int { classesOf.count }

    init(_ files: KnowledgeFiles) {
        for (number, group) in files.classes.enumerated() {
            let id = "class:\(group.id)"
            classes[id] = classes[id] ?? number
            names[id] = names[id] ?? group.name
        }
        drugsOf = Array(repeating: [], count: files.classes.count)
        for (number, drug) in files.drugs.enumerated() {
            let id = "drug:\(drug.id)"
            treatments[id] = treatments[id] ?? number
            names[id] = names[id] ?? drug.name
            var seen: Set<Int> = []
            let groups = drug.classes.compactMap { classes["class:\($0)"] }.filter { seen.insert($0).inserted }
            classesOf.append(groups)
            membersOf.append([])
            lendersOf.append([])
            for group in groups { drugsOf[group].append(number) }
        }
        for (offset, service) in files.services.enumerated() {
            let id = "service:\(service.id)"
            treatments[id] = treatments[id] ?? files.drugs.count + offset
            names[id] = names[id] ?? service.name
            for code in service.codes {
                services[code.uppercased()] = services[code.uppercased()] ?? files.drugs.count + offset
            }
            classesOf.append([])
        }
        for service in files.services {
            membersOf.append(service.members.compactMap { treatments["service:\($0)"] })
            let lenders = service.members.filter { !service.plainParts.contains($0) }
            lendersOf.append(lenders.compactMap { treatments["service:\($0)"] })
        }
    }
}

/// Every edge between a treatment and a code, those of one pair side by side, the strongest first.
struct EdgeTable {
    private(set) var slots: [PairSlot] = []
    private(set) var edges: [EdgeRecord] = []

    private struct Entry {
        let code: UInt32
        let edge: EdgeRecord

        static func precedes(_ left: Entry, _ right: Entry) -> Bool {
            if left.code != right.code { return left.code < right.code }
            if left.edge.kind != right.edge.kind { return left.edge.kind < right.edge.kind }
            if left.edge.score != right.edge.score { return left.edge.score > right.edge.score }
            return left.edge.statement < right.edge.statement
        }
    }

    private struct Reached: Hashable {
        let code: UInt32
        let statement: UInt32
        let kind: UInt8
    }

    /// `own` gives the statements of a treatment by itself, its classes and its panel's members.
    init(files: KnowledgeFiles, subjects: SubjectIndex, codes: [UInt64: UInt32], own: (Int) -> [Int]) {
        var byDrug: [[Int]] = Array(repeating: [], count: files.drugs.count)
        for number in files.drugs.indices {
            let id = "drug:\(files.drugs[number].id)"
            byDrug[number] = own(number).filter { files.statements[$0].subject == id }
        }
        var pairs: [PairSlot] = []
        for treatment in 0..<subjects.count {
            var collector = Collector(files: files, codes: codes)
            for position in own(treatment) { collector.add(position) }
            for group in subjects.classesOf[treatment] {
                for sibling in subjects.drugsOf[group] where sibling != treatment {
                    for position in byDrug[sibling] { collector.addSibling(position, via: group) }
                }
            }
            let entries = collector.entries.sorted(by: Entry.precedes)
            var start = 0
            while start < entries.count {
                var end = start
                while end < entries.count, entries[end].code == entries[start].code { end += 1 }
                pairs.append(
                    PairSlot(
                        key: PairSlot.key(treatment: treatment, code: entries[start].code),
                        edges: Span(start: UInt32(edges.count), count: UInt32(end - start))))
                edges += entries[start..<end].map(\.edge)
                start = end
            }
        }
        var table = SlotTable<PairSlot>(count: pairs.count, empty: PairSlot()) { $0.edges.count == 0 }
        for pair in pairs { table.insert(pair, hash: SlotHash.of(pair.key)) }
        slots = table.slots
    }

    private struct Collector {
        let files: KnowledgeFiles
        let codes: [UInt64: UInt32]
        private(set) var entries: [Entry] = []
        private var seen: Set<Reached> = []

        init(files: KnowledgeFiles, codes: [UInt64: UInt32]) {
            self.files = files
            self.codes = codes
        }

        /// The statement at its codes, and at the headings above them as one that holds for a part of each.
        mutating func add(_ position: Int) {
            let statement = files.statements[position]
            let isAgainst = statement.relation == .contraindicated || statement.relation == .contraindicatedIf
            guard isAgainst || statement.relation.score != nil else { return }
            let score = statement.relation.score?.hundredths ?? 0
            for key in statement.diagnoses?.keys ?? [] {
                for code in key.lineage {
                    let isHere = code == key
                    let kind: EdgeRecord.Kind =
                        isAgainst ? (isHere ? .against : .againstBelow) : isHere ? .own : .below
                    let part = isHere ? score : score * KnowledgeBase.belowPercent / 100
                    add(position, at: code, kind, score: part, via: 0)
                }
            }
        }

        mutating func addSibling(_ position: Int, via group: Int) {
            let statement = files.statements[position]
            guard let score = statement.relation.score else { return }
            let lent = score.hundredths >= 70 ? KnowledgeBase.siblingScore : KnowledgeBase.weakSiblingScore
            for key in statement.diagnoses?.keys ?? [] {
                add(position, at: key, .sibling, score: lent.hundredths, via: group)
            }
        }

        private mutating func add(
            _ position: Int, at key: DiagnosisKey, _ kind: EdgeRecord.Kind, score: Int, via group: Int
        ) {
            guard let code = codes[key.bits],
                seen.insert(Reached(code: code, statement: UInt32(position), kind: kind.rawValue)).inserted
            else { return }
            entries.append(
                Entry(
                    code: code,
                    edge: EdgeRecord(
                        statement: UInt32(position), kind: kind.rawValue, score: UInt8(clamping: score),
                        via: UInt16(clamping: group))))
        }
    }
}
