import ArgumentParser

/// The commands on X12 files. Each reads standard input for `-` and unpacks gzip by itself, and none keeps more of an
/// input in memory than a window.
struct X12Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "x12", abstract: "Check, answer, show, compare, cut up and rewrite X12 files.",
        discussion: "Files may be packed by gzip; - is standard input. Exit codes: see each command.",
        subcommands: [
            X12Check.self, X12Ack.self, X12JSONCommand.self, X12Write.self, X12Explain.self, X12Redact.self,
            X12Split.self, X12DiffCommand.self, X12Claims.self, X12Remits.self, X12Benefits.self, X12Units.self,
        ])
}
