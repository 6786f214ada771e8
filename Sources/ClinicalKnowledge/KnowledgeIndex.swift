/// The look-ups behind a ``KnowledgeBase``: every question is asked of a subject and of a code or its ancestor.
struct KnowledgeIndex: Sendable {
    struct Key: Hashable, Sendable {
        let subject: Int
        let code: DiagnosisKey
    }

    /// Statements that support, by subject and code.
    private(set) var support: [Key: [Int]] = [:]
    /// The same for drugs, by the class of the drug: what speaks for its siblings.
    private(set) var siblingSupport: [Key: [Int]] = [:]
    private(set) var against: [Key: [Int]] = [:]
    /// Contraindications whatever the diagnosis.
    private(set) var againstAny: [Int: [Int]] = [:]
    private(set) var requirements: [Int: [Int]] = [:]
    /// Every supporting statement of a subject, in file order.
    private(set) var supportOfSubject: [Int: [Int]] = [:]
    /// Codes and categories for which at least one drug, or one service, is known to fit.
    private var drugCodes: Set<DiagnosisKey> = []
    private var serviceCodes: Set<DiagnosisKey> = []
    private(set) var byCode: [String: Int] = [:]
    private(set) var byDrugName: [String: Int] = [:]
    private(set) var byServiceName: [String: Int] = [:]
    /// Milligrams that one unit of a HCPCS code stands for.
    private(set) var unitMilligrams: [String: Int] = [:]
    /// What a subject is called in sentences.
    private(set) var names: [String: String] = [:]
    let numbers: [String: Int]

    init(
        statements: [Statement], citations: [String: Citation], numbers: [String: Int], drugs: [Drug],
        classes: [DrugClass], services: [Service]
    ) {
        self.numbers = numbers
        let classesOfDrug = Dictionary(
            drugs.map { ("drug:\($0.id)", $0.classes.compactMap { numbers["class:\($0)"] }) },
            uniquingKeysWith: { first, _ in first })
        for (position, statement) in statements.enumerated() {
            guard let subject = numbers[statement.subject], citations[statement.citation] != nil else { continue }
            add(statement, at: position, subject: subject, classes: classesOfDrug[statement.subject] ?? [])
        }
        for (position, drug) in drugs.enumerated() {
            for code in drug.atc + drug.hcpcs.keys { byCode[code] = byCode[code] ?? position }
            for name in [drug.id, drug.name] + drug.synonyms {
                let words = TreatmentName.normalised(name)
                byDrugName[words] = byDrugName[words] ?? position
            }
            for (code, milligrams) in drug.hcpcs { unitMilligrams[code] = milligrams }
        }
        for (offset, service) in services.enumerated() {
            let position = drugs.count + offset
            for code in service.codes { byCode[code] = byCode[code] ?? position }
            for name in [service.id, service.name] + service.synonyms {
                let words = TreatmentName.normalised(name)
                byServiceName[words] = byServiceName[words] ?? position
            }
        }
        for drug in drugs { names["drug:\(drug.id)"] = drug.name }
        for group in classes { names["class:\(group.id)"] = group.name }
        for service in services { names["service:\(service.id)"] = service.name }
    }

    /// Whether any drug, or any service, is known to fit the code or an ancestor of it.
    func isCovered(_ code: DiagnosisKey, forDrugs: Bool) -> Bool {
        code.lineage.contains(where: (forDrugs ? drugCodes : serviceCodes).contains)
    }

    private mutating func add(_ statement: Statement, at position: Int, subject: Int, classes: [Int]) {
        switch statement.relation {
        case .requiresBefore: requirements[subject, default: []].append(position)
        case .contraindicated, .contraindicatedIf:
            guard let set = statement.diagnoses else {
                againstAny[subject, default: []].append(position)
                return
            }
            for code in set.keys { against[Key(subject: subject, code: code), default: []].append(position) }
        default:
            supportOfSubject[subject, default: []].append(position)
            for code in statement.diagnoses?.keys ?? [] {
                support[Key(subject: subject, code: code), default: []].append(position)
                for group in classes {
                    siblingSupport[Key(subject: group, code: code), default: []].append(position)
                }
                if statement.subject.hasPrefix("service:") {
                    serviceCodes.insert(code)
                } else {
                    drugCodes.insert(code)
                }
            }
        }
    }
}

/// Names as people write them, made comparable.
enum TreatmentName {
    /// Lower case, words of letters and digits with one space between.
    static func normalised(_ text: String) -> String {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: " ")
    }

    /// Salts, forms, routes and units that follow an ingredient's name and do not change which one it is.
    private static let trailing: Set<String> = [
        "mg", "mcg", "g", "ml", "unit", "units", "iu", "tablet", "tablets", "tab", "tabs", "capsule", "capsules", "cap",
        "caps", "oral", "injection", "inj", "inhaler", "inhalation", "hfa", "solution", "suspension", "cream",
        "ointment", "patch", "er", "xr", "xl", "sr", "la", "cr", "dr", "ec", "odt", "iv", "im", "sc", "po", "hcl",
        "hydrochloride", "sodium", "potassium", "calcium", "magnesium", "sulfate", "succinate", "tartrate", "maleate",
        "besylate", "mesylate", "fumarate", "acetate", "phosphate", "hbr", "hydrobromide", "citrate", "nitrate",
        "bid", "tid", "qid", "daily", "qd", "pen", "vial", "spray", "nasal", "extended", "delayed", "release",
    ]

    /// The name, then the name without its trailing doses, forms and salts.
    static func candidates(_ text: String) -> [String] {
        var words = normalised(text).split(separator: " ")
        var found = [words.joined(separator: " ")]
        while words.count > 1, let last = words.last, isTrailing(last) {
            words.removeLast()
            found.append(words.joined(separator: " "))
        }
        return found
    }

    private static func isTrailing(_ word: Substring) -> Bool {
        trailing.contains(String(word)) || word.first?.isNumber == true
    }
}
