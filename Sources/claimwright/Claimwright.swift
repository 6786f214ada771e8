import ArgumentParser

/// The command line. What each command prints for people goes to standard output, what it says of its own progress
/// to standard error.
@main
struct Claimwright: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claimwright",
        abstract: "Carries healthcare encounters from the appointment to the last dollar.",
        discussion: """
            Exit codes: 0 done; 1 done, and something was refused, rejected or differs (each command says what);
            2 unreadable input or data, or a wrong use of the command; 3 done, and something waits (`work` says what);
            64 an option that does not exist.
            """,
        version: "0.2.0",
        subcommands: [
            Demo.self, Synth.self, Serve.self, IntakeCommand.self, Work.self, X12Command.self, Analyze.self,
            Extract.self, KnowledgeCommand.self, TablesCommand.self, Queue.self, CaseCommand.self, ReplayCommand.self,
            VerifyCommand.self, PayerCommand.self, RulesCommand.self,
        ], defaultSubcommand: nil)
}
