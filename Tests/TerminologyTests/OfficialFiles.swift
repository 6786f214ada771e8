import Foundation
import HealthTypes
import Terminology

/// Small files in the layouts of the publishers; the products and codes in them are invented unless a test says so.
func official(_ name: String, _ text: String) -> OfficialFile {
    OfficialFile(name: name, contents: Data(text.utf8))
}

/// The shipped tables with others in their place or beside them.
func codeTables(with files: [String: String]) throws -> CodeTables {
    var all = try Shipped.files.get().files
    for (name, text) in files { all[name] = Array(text.utf8) }
    all["icd10cm.tsv"] = Array(Shipped.smallDiagnoses.utf8)
    return try CodeTables(DataFiles(files: all))
}

/// The rows below the line of column names.
func rows(_ text: String?) -> [String] {
    (text ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst().map(String.init)
}

/// What an import says of a file that it refuses.
func refusal(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return "\(error)" }
    return nil
}
