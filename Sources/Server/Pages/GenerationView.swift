import HealthTypes
import Pipeline
import Store

/// The data in force when something was decided, as the record's manifest names it.
struct GenerationView: Sendable {
    struct DataSet: Sendable {
        var name: String
        var version: String
        var digest: Digest?
    }

    var digest: Digest
    /// Empty where the record does not hold the manifest.
    var data: [DataSet] = []
    var program: String?
    var reviewers: [String] = []

    /// The manifest is a document that the record publishes, so it is read as the JSON that it is.
    init(_ digest: Digest, in page: any PageReader) throws {
        self.digest = digest
        guard let bytes = try page.generation(digest), let json = try? JSON(parsing: bytes) else { return }
        data = (json["data"]?.elements ?? []).map {
            DataSet(
                name: $0["name"]?.string ?? "", version: $0["version"]?.string ?? "",
                digest: $0["digest"]?.string.flatMap { Digest(hex: $0) })
        }
        program = json["program"]?.string
        reviewers = (json["reviewers"]?.elements ?? []).compactMap(\.string)
    }

    /// The data sets with their versions and digests.
    var table: HTML {
        Parts.table(
            "Data", [.init("Data"), .init("Version"), .init("SHA-256")],
            data.map { ["\($0.name)", "\($0.version)", $0.digest.map(Parts.digest) ?? "–"] },
            empty: "The record does not hold it.")
    }
}
