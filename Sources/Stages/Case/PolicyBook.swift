public import HealthTypes
public import Review
public import Terminology

/// The site's own knowledge of its payers: who they are, what they ask for, how their denials are worked.
/// Built from the files of the `Policies` folder.
public struct PolicyBook: Sendable {
    public struct Payer: Hashable, Sendable {
        public let id: String
        public let name: String
        public let kind: PayerKind
        /// The contract's share of the usual charge, in percent.
        public let allowedPercent: Int
    }

    /// A line of the authorization list.
    public struct Requirement: Hashable, Sendable {
        public let payerID: String
        public let procedure: String
        public let from: CalendarDate
        public let to: CalendarDate?
        /// Needed only above so many units.
        public let overUnits: Int?
        public let criteria: [String]
        public let policy: String
    }

    /// What a payer wants to see before it approves.
    public struct Criterion: Hashable, Sendable {
        public let id: String
        public let question: String
        /// Phrases that answer it with yes, and with no.
        public let met: [String]
        public let contradicted: [String]
        /// LOINC codes of observations that answer it.
        public let observations: [String]
        /// What to ask for where the chart is silent.
        public let ask: String
    }

    /// How a denial reason is worked.
    public struct Play: Hashable, Sendable {
        public let route: DenialRoute
        public let overturnPercent: Int
        public let minutes: Int
        public let suggestsModifier: Bool
    }

    public struct ModifierSuggestion: Hashable, Sendable {
        public let reason: String
        /// Of the procedures that the modifier fits.
        public let category: ProcedureCode.Category
        /// Places of service, or `*`.
        public let places: [String]
        public let modifier: String
        /// What a coder must be able to answer with yes.
        public let question: String
    }

    /// Procedures about whose kind of benefit a payer is asked.
    struct ServiceType: Hashable, Sendable {
        /// The first and last code, of one length and order as text.
        let first: String
        let last: String
        /// EQ01 of the 270.
        let code: String

        func covers(_ procedure: String) -> Bool {
            procedure.utf8.count == first.utf8.count && first <= procedure && procedure <= last
        }
    }

    /// A policy in words.
    public struct Document: Hashable, Sendable {
        public let citation: PolicyCitation
        public let payerID: String
        public let from: CalendarDate
        public let to: CalendarDate?
        public let text: String
    }

    public let digest: Digest
    public let payers: [String: Payer]
    public let requirements: [Requirement]
    public let criteria: [String: Criterion]
    public let plays: [String: Play]
    public let modifierSuggestions: [ModifierSuggestion]
    public let documents: [Document]
    private let serviceTypes: [ServiceType]
    private let appealDays: [AppealWindow: Int]
    private let index: PolicyIndex

    /// A level of appeal with one kind of payer.
    private struct AppealWindow: Hashable {
        let kind: PayerKind
        let level: Int
    }

    /// Reads the folder; throws ``DataFileError`` with file and line.
    public init(_ files: DataFiles) throws {
        digest = files.digest
        payers = try Self.payers(Table("payers.tsv", files))
        requirements = try Self.requirements(Table("prior-authorization.tsv", files))
        plays = try Self.plays(Table("denial-playbook.tsv", files))
        modifierSuggestions = try Self.suggestions(Table("modifier-suggestions.tsv", files))
        serviceTypes = try Self.serviceTypes(Table("service-types.tsv", files))
        appealDays = try Self.windows(Table("appeal-windows.tsv", files))
        criteria = try Self.criteria(files)
        documents = try files.names(endingIn: ".md").filter { $0.hasPrefix("documents/") }.map {
            try Self.document(name: $0, text: files.text($0) ?? "")
        }
        index = PolicyIndex(documents)
        for requirement in requirements {
            for id in requirement.criteria where criteria[id] == nil {
                throw DataFileError(
                    file: "prior-authorization.tsv", reason: "names the criterion '\(id)', which is not there")
            }
            guard documents.contains(where: { $0.citation.id == requirement.policy }) else {
                throw DataFileError(
                    file: "prior-authorization.tsv",
                    reason: "names the policy '\(requirement.policy)', which is not there")
            }
        }
    }

    /// Whether a service needs authorization: unknown where the payer is not one of ours.
    public enum Need: Hashable, Sendable {
        case required(Requirement)
        case notRequired
        case unknown
    }

    public func need(payerID: String, procedure: String, units: Int, on day: CalendarDate) -> Need {
        guard payers[payerID] != nil else { return .unknown }
        let found = requirements.first {
            $0.payerID == payerID && $0.procedure == procedure && $0.from <= day && ($0.to.map { day <= $0 } ?? true)
        }
        guard let found else { return .notRequired }
        if let threshold = found.overUnits, units <= threshold { return .notRequired }
        return .required(found)
    }

    /// Service type codes (EQ01) of procedures, each once, in the order of the table.
    public func serviceTypes(of procedures: [String]) -> [String] {
        var codes: [String] = []
        for type in serviceTypes where procedures.contains(where: type.covers) && !codes.contains(type.code) {
            codes.append(type.code)
        }
        return codes
    }

    /// Days within which an appeal of a level must be filed with a payer; 60, the shortest in use, where unknown.
    public func appealWindow(payerID: String, level: Int) -> Int {
        payers[payerID].flatMap { appealDays[AppealWindow(kind: $0.kind, level: level)] } ?? 60
    }

    public func document(_ id: String) -> Document? { documents.first { $0.citation.id == id } }

    /// Documents of the payer, or of the site, in force on a day, that speak of any of the words: the best first, by
    /// BM25 over title and text. The same words over the same documents give the same order on every machine.
    public func search(_ words: [String], payerID: String, on day: CalendarDate, limit: Int) -> [PolicyCitation] {
        let found = index.scores(words).filter { hit in
            let document = documents[hit.document]
            return (document.payerID == payerID || document.payerID == "*") && document.from <= day
                && (document.to.map { day <= $0 } ?? true)
        }.map { (score: $0.score, citation: documents[$0.document].citation) }
        return found.sorted {
            ($1.score, $0.citation.id, $0.citation.version) < ($0.score, $1.citation.id, $1.citation.version)
        }.prefix(max(0, limit)).map(\.citation)
    }
}

/// What kind of plan a payer runs; it picks the windows for appeals.
public enum PayerKind: String, Sendable, CaseIterable {
    case commercial = "commercial"
    case medicaid = "medicaid"
    case medicare = "medicare"
}

/// How a denial is worked, in the words of `denial-playbook.tsv`; in the order in which a claim's routes are put.
public enum DenialRoute: String, Sendable, CaseIterable {
    case correctedClaim = "corrected-claim"
    case appeal = "appeal"
    case review = "review"
    case writeOff = "write-off"
}

extension PolicyBook {
    private static func windows(_ table: Table) throws -> [AppealWindow: Int] {
        let all = try table.map {
            (
                AppealWindow(kind: try $0.choice("kind"), level: try $0.integer("level")), try $0.integer("days")
            )
        }
        return Dictionary(all, uniquingKeysWith: { first, _ in first })
    }
}
