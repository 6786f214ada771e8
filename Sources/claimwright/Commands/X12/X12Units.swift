import ArgumentParser
import HealthTypes
import X12
import X12Units

struct X12Claims: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims", abstract: "Write each claim of 837 files as one JSON object a line, on standard output.",
        discussion: UnitOutput.discussion)

    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    func run() throws { try explained { try UnitOutput.write(Claim837.self, files) } }
}

struct X12Remits: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remits",
        abstract:
            "Write each paid or denied claim of 835 files, and behind them each payment, as one JSON object a line.",
        discussion: UnitOutput.discussion)

    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    func run() throws { try explained { try UnitOutput.write(RemittanceUnit835.self, files) } }
}

struct X12Benefits: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benefits",
        abstract: "Write the benefits of each person of 271 files, and each refusal, as one JSON object a line.",
        discussion: UnitOutput.discussion)

    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    func run() throws { try explained { try UnitOutput.write(EligibilityResponse271.self, files) } }
}

struct X12Units: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "units",
        abstract: "Write the claims, answers, members and so on of any X12 file as one JSON object a line.",
        discussion: UnitOutput.discussion)

    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    func run() throws { try explained { try UnitOutput.write(TypedUnit.self, files) } }
}

/// JSON Lines of the units of files.
private enum UnitOutput {
    static let discussion = """
        Amounts and quantities are text, days are YYYY-MM-DD, and what is empty is left out. `transaction`, `position` and
        `byte` say where a unit begins. Transaction sets of other kinds are passed over, and counted on standard error.
        Nothing is checked: see `x12 check`. Exit codes: 0 read; 2 unreadable, or no X12.
        """

    static func write<Unit: JSONUnit>(_ unit: Unit.Type, _ files: [String]) throws {
        let output = StreamedOutput.standard()
        do {
            for file in files { try write(unit, file, to: output) }
        } catch {
            // What was read before the fault is good.
            try output.flush()
            throw error
        }
        try output.flush()
    }

    private static func write<Unit: JSONUnit>(_ unit: Unit.Type, _ file: String, to output: StreamedOutput) throws {
        let input = try StreamedInput(file)
        let front = Array("{\"file\":\(JSON.string(file == "-" ? input.name : file).text),".utf8)
        var line: [UInt8] = []
        let passage = try X12UnitReader(input).read(unit) { unit in
            line.removeAll(keepingCapacity: true)
            unit.writeJSON(to: &line)
            line.append(0x0a)
            try output.write(front)
            try output.write(line[1...])
        }
        guard passage.interchanges > 0 else { throw CommandFailure("\(input.name): holds no interchange.") }
        if passage.skippedSets > 0 {
            Say.line(
                "claimwright: \(input.name): \(passage.skippedSets) transaction sets of other kinds or without a guide were passed over."
            )
        }
        if passage.cutUnits > 0 {
            Say.line(
                "claimwright: \(input.name): \(passage.cutUnits) units are too long and stand here in part or not.")
        }
    }
}
