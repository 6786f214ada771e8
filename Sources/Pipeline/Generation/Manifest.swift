import HealthTypes

/// The list of all data that decisions rest on, by name and digest. Its own digest is that of the generation.
struct Manifest: Hashable, Recorded {
    /// One data folder.
    struct DataSet: Hashable, Recorded {
        var name: String
        var digest: Digest
        /// For people.
        var version: String

        init(name: String, digest: Digest, version: String) {
            self.name = name
            self.digest = digest
            self.version = version
        }

        func write(to writer: inout CanonicalWriter) {
            writer.begin()
            writer.field("digest", digest)
            writer.field("name", name)
            writer.field("version", version)
            writer.end()
        }

        init(from reader: inout CanonicalReader) throws(CanonicalFault) {
            try reader.begin()
            digest = try reader.field("digest")
            name = try reader.field("name")
            version = try reader.field("version")
            try reader.end()
        }
    }

    /// By name.
    var data: [DataSet]
    /// The program and its version: its code is part of what a decision rests on.
    var program: String
    /// Who reviews claims.
    var reviewers: [String]

    init(data: [DataSet], program: String, reviewers: [String]) {
        self.data = data.sorted { $0.name < $1.name }
        self.program = program
        self.reviewers = reviewers
    }

    func write(to writer: inout CanonicalWriter) {
        writer.begin()
        writer.field("data", data)
        writer.field("program", program)
        writer.field("reviewers", reviewers)
        writer.end()
    }

    init(from reader: inout CanonicalReader) throws(CanonicalFault) {
        try reader.begin()
        data = try reader.field("data")
        program = try reader.field("program")
        reviewers = try reader.field("reviewers")
        try reader.end()
    }

    func digest(of name: DataSetName) -> Digest? { data.first { DataSetName(rawValue: $0.name) == name }?.digest }
}

/// The data folders of an installation, as the manifest names them.
public enum DataSetName: String, Sendable, CaseIterable {
    case rules = "rules"
    case tables = "tables"
    case knowledge = "knowledge"
    case policies = "policies"
    case contracts = "contracts"

    /// The folder below the installation's root.
    public var folder: String {
        switch self {
        case .rules: "RulePacks"
        case .tables: "CodeTables"
        case .knowledge: "Knowledge"
        case .policies: "Policies"
        case .contracts: "docs/contracts"
        }
    }
}
