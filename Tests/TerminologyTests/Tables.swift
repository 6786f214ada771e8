import Foundation
import HealthTypes
import Terminology

/// The project's own tables, read once for all tests.
enum Shipped {
    static let files = Result {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try DataFiles(folder: root.appendingPathComponent("CodeTables").path)
    }
    static let tables = Result { try CodeTables(try files.get()) }

    /// The shipped files with one of them replaced, or taken away.
    static func files(replacing name: String, with text: String?) throws -> DataFiles {
        var files = try files.get().files
        files[name] = text.map { Array($0.utf8) }
        // The large table is beside the point in a test of another.
        if name != "icd10cm.tsv" { files["icd10cm.tsv"] = Array(smallDiagnoses.utf8) }
        return DataFiles(files: files)
    }

    static let smallDiagnoses = """
        # table: icd10cm version: small effective: 2025-10-01..2026-09-30
        code\tkind\ttitle
        K29\tc\tGastritis and duodenitis
        K297\ts\tGastritis, unspecified
        K2970\tb\tGastritis, unspecified, without bleeding

        """
}
