import Foundation
import HealthTypes
import Rules

/// The packs that ship with the program.
func shippedFiles() throws -> DataFiles {
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()
    return try DataFiles(folder: root.appendingPathComponent("RulePacks").path)
}

func day(_ text: String) -> CalendarDate { CalendarDate(text)! }

let smallVocabulary = """
    path\tkind\tpresence\tmeaning
    claim\trecord\tneeded\t
    claim.total\tnumber\tneeded\t
    claim.name\ttext\tneeded\t
    claim.urgent\tbool\tneeded\t
    claim.from\tdate\tneeded\t
    claim.to\tdate\toptional\t
    claim.note\ttext\toptional\t
    claim.received_on\tdate\tneeded\t
    claim.referring\trecord\toptional\t
    claim.referring.id\ttext\tneeded\t
    claim.codes\tlist of text\tneeded\t
    claim.lines\tlist of record\tneeded\t
    claim.lines[].number\tnumber\tneeded\t
    claim.lines[].charge\tnumber\tneeded\t
    claim.lines[].code\ttext\tneeded\t
    claim.lines[].marks\tlist of text\tneeded\t
    """

func vocabulary() throws -> FactVocabulary {
    try FactVocabulary(file: "facts.tsv", bytes: Array(smallVocabulary.utf8))
}

/// A rule in JSON, with members put in the place of the plain ones; nil takes one out.
func ruleJSON(_ changes: KeyValuePairs<String, JSON?> = [:]) -> JSON {
    var rule = JSONObject([
        ("id", "R1"), ("title", "Total is above ten"),
        ("scope", ["payer": ["*"], "claim": ["professional"]]),
        ("effective", ["from": "2026-01-01", "to": nil, "by": "service_date"]),
        ("stage", ["submission"]), ("status", "block"), ("when", "claim.total > 10"), ("on_unknown", "pend"),
        ("severity", "block"), ("message", "The total is too high."), ("fix", ["kind": "staff", "text": "Lower it."]),
        ("predicts", ["CO-16"]), ("evidence_to_change", ["The ticket"]), ("source", "Invented"),
        (
            "tests",
            [
                ["name": "over", "facts": ["claim": ["total": 11]], "expect": "yes"],
                ["name": "at", "facts": ["claim": ["total": 10]], "expect": "no"],
                ["name": "not known", "facts": ["claim": ["total": "?"]], "expect": "unknown"],
            ]
        ),
    ])
    for (name, value) in changes { rule[name] = value }
    return .object(rule)
}

/// The files of a rule book with packs of the given rules and tables.
func bookFiles(_ packs: [String: [JSON]], payer: String = "*", tables: [String: String] = [:]) -> DataFiles {
    var files = ["facts.tsv": Array(smallVocabulary.utf8)]
    for (name, rules) in packs {
        let head: JSON = [
            "id": .string(name), "title": "A pack", "version": "1", "layer": name == "wide" ? "national" : "payer",
            "payer": .string(payer), "source": "Invented", "licence": "Free", "date": "2026-01-01",
        ]
        files["\(name)/pack.json"] = Array(head.text.utf8)
        for (index, rule) in rules.enumerated() { files["\(name)/rules/\(index).json"] = Array(rule.text.utf8) }
        for (table, text) in tables { files["\(name)/tables/\(table).tsv"] = Array(text.utf8) }
    }
    return DataFiles(files: files)
}
