import Foundation
import Testing

/// What each command takes and how it ends.
@Suite struct CommandTests {
    private static let claim = """
        {"claim_id":"WEB-1","member_id":"MHP100000001","provider_npi":"2999000018","cpt_codes":["99213"],\
        "icd10_codes":["J06.9"],"date_of_service":"2026-03-02","amount":145.00}
        """

    @Test(arguments: [
        "demo", "synth", "serve", "intake", "work", "x12 check", "x12 explain", "analyze", "queue list", "queue show",
        "queue resolve", "case list", "case show", "case retry", "replay", "verify", "payer serve", "rules", "extract",
        "knowledge build",
        "knowledge stats", "knowledge check", "knowledge why", "knowledge diff", "knowledge push", "knowledge import",
        "tables stats", "tables show", "tables import icd10cm", "tables import hcpcs", "tables import cpt",
        "tables import ndc", "tables import rxnorm", "tables import loinc", "tables import atc",
    ])
    func helpNamesTheExitCodes(command: String) throws {
        let program = try Program()
        let help = try program.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(help.status == 0)
        #expect(help.output.contains("OVERVIEW:") && help.output.contains("USAGE: claimwright \(command)"))
        #expect(help.output.lowercased().contains("exit codes"), "\(help.output)")
    }

    @Test func theProgramExplainsItself() throws {
        let program = try Program()
        let help = try program.run("--help")
        #expect(help.status == 0 && help.output.lowercased().contains("exit codes"))
        #expect(try program.run("--version").output.contains("0.2.0"))
        #expect(try program.run().status == 0)
    }

    @Test(arguments: [
        ["demo", "--enconters", "3"], ["demo", "--encounters", "-1"], ["demo", "--encounters", "many"], ["replay"],
        ["x12", "check", "--snip", "9", "x"], ["intake"], ["nonsense"], ["synth"],
        ["case", "retry", "12"], ["case", "list", "--status", "nowhere"], ["case", "list", "--limit", "0"],
        ["queue", "list", "--stage", "nowhere"], ["verify", "--all"],
    ])
    func aWrongUseIsNotTaken(arguments: [String]) throws {
        let program = try Program()
        let result = try program.run(arguments)
        #expect(result.status == 64, "\(arguments): \(result.status)")
        #expect(result.output.isEmpty && result.errors.contains("Error: "))
    }

    // MARK: intake

    @Test func intakeSaysWhatBecameOfEachFile() throws {
        let program = try Program()
        let missing = try program.run("intake", "nowhere.837")
        #expect(missing.status == 2 && missing.errors.contains("nowhere.837"))
        #expect(missing.output.isEmpty)

        try program.folder.write(Self.claim, to: "claim.json")
        let taken = try program.run("intake", "claim.json", "--work")
        #expect(taken.status == 0, "\(taken.errors)")
        #expect(taken.output.contains("claim.json: json, 1 units: 1 accepted"))
        let again = try program.run("intake", "claim.json")
        #expect(again.status == 0 && again.output.contains("1 seen before"))

        try program.folder.write("hello", to: "junk")
        let junk = try program.run("intake", "junk", "claim.json")
        #expect(junk.status == 1)
        #expect(junk.output.contains("1 refused") && junk.output.contains("intake.unknown-format"))

        let piped = try program.run("intake", "-", input: Self.claim.replacing("WEB-1", with: "WEB-2"))
        #expect(piped.status == 0 && piped.output.contains("1 accepted"))
        let work = try program.run("work")
        #expect(work.status == 0 && work.output.contains("0 waiting, 0 given up, 0 cases set aside"), "\(work)")
        let listed = try program.run("case", "list")
        #expect(listed.output.contains("WEB-1") && listed.output.contains("WEB-2"))
        #expect(try program.run("replay", "--all").status == 0)
        #expect(try program.run("replay", "D-0").status == 2)
        #expect(try program.run("verify").status == 0)
        #expect(try program.run("case", "retry", "C-0000001").errors.contains("is not set aside"))
    }

    /// One file that cannot be read stops no other.
    @Test func intakeGoesOnPastAFileThatIsNotThere() throws {
        let program = try Program()
        try program.folder.write(Self.claim, to: "claim.json")
        let result = try program.run("intake", "nowhere.837", "claim.json", ".")
        #expect(result.status == 2 && result.output.contains("claim.json: json, 1 units: 1 accepted"))
        #expect(
            result.errors.contains("nowhere.837: cannot be read") && result.errors.contains("claimwright: .: cannot"))
    }

    /// A work item from the list to its answer.
    @Test func aWorkItemIsShownAndAnswered() throws {
        let program = try Program()
        try program.folder.write(Self.claim, to: "claim.json")
        #expect(try program.run("intake", "claim.json", "--work").status == 0)
        let list = try program.run("queue", "list", "--stage", "submission")
        #expect(list.status == 0 && list.output.contains(" open: submission "), "\(list)")
        let name = String(list.output.prefix { $0 != " " })
        #expect(name.hasPrefix("W-0000001-"))
        #expect(try program.run("queue", "list", "--stage", "denials").output.isEmpty)
        #expect(try program.run("queue", "list", "--kind", "nothing").output.isEmpty)
        let show = try program.run("queue", "show", name)
        #expect(show.status == 0 && show.output.contains("--answer void: ") && show.output.contains("C-0000001"))
        func resolve(_ answer: String, _ more: [String] = []) throws -> Program.Result {
            try program.run(
                ["queue", "resolve", "--answer", answer, "--reason", "self-pay", "--by", "Quill, A."] + more + [name])
        }
        let other = try resolve("dance")
        #expect(other.status == 2 && other.errors.contains("does not offer dance; it offers "), "\(other)")
        #expect(try resolve("void", ["--number", "1"]).status == 0)
        let again = try resolve("void")
        #expect(again.status == 2 && again.errors.contains("answered or withdrawn"), "\(again)")
        #expect(try program.run("queue", "show", name).output.contains("Answered void by Quill, A."))
        let shown = try program.run("case", "show", "WEB-1")
        #expect(shown.output.contains("not billed") && shown.output.contains("Work item answered (void)"), "\(shown)")
    }

    /// Bytes that were changed in the file are found, and nothing is written by looking.
    @Test func verifyFindsWhatWasChanged() throws {
        let program = try Program()
        try program.folder.write(Self.claim, to: "claim.json")
        #expect(try program.run("intake", "claim.json", "--work").status == 0)
        let path = "\(program.folder.path)/claimwright.db"
        let url = URL(fileURLWithPath: path)
        var bytes = try Data(contentsOf: url)
        let place = try #require(bytes.range(of: Data("\"amount\":145.00".utf8)))
        bytes.replaceSubrange(place, with: Data("\"amount\":945.00".utf8))
        try bytes.write(to: url)
        let found = try program.run("verify")
        #expect(
            found.status == 1 && found.output.contains("content: ") && found.output.contains(" 1 faults"), "\(found)")
        #expect(try Data(contentsOf: url) == bytes)
    }

    /// What cannot be used ends with 2 and one line, as the help of the commands says.
    @Test(arguments: [
        ["work", "--db", "junk"], ["case", "list", "--db", "junk"], ["queue", "list", "--db", "junk"],
        ["replay", "--all", "--db", "junk"], ["demo", "--no-serve", "--db", "junk"], ["synth", "--out", "junk/day"],
        ["intake", "junk", "--db", "no/such/folder.db"],
    ])
    func whatCannotBeUsedIsSaid(arguments: [String]) throws {
        let program = try Program()
        try program.folder.write("no record, just words", to: "junk")
        let result = try program.run(arguments)
        #expect(result.status == 2, "\(arguments): \(result.status)")
        #expect(result.errors.hasPrefix("claimwright: "), "\(result.errors)")
    }

    @Test func aHomeWithoutDataIsSaid() throws {
        let program = try Program()
        let result = try program.run("rules", "--home", program.folder.path)
        #expect(result.status == 2 && result.errors.contains("not there"))
    }

    // MARK: x12

    @Test func x12CheckEndsAsItFinds() throws {
        let program = try Program()
        #expect(try program.run("synth", "--encounters", "40", "--seed", "5", "--out", "day").status == 0)
        let file = "day/x12/outside-claims.837"
        let good = try program.run("x12", "check", file)
        #expect(good.status == 0, "\(good.output)")
        #expect(good.output.contains(" 0 rejected, 0 errors"))
        let json = try program.run("x12", "check", "--format", "json", file)
        #expect(json.status == 0 && json.output.contains("\"summary\""))

        let text = try String(contentsOfFile: "\(program.folder.path)/\(file)", encoding: .utf8)
        try program.folder.write(text.replacing("CLM*OUT-000001*", with: "CLM*OUT-000001*X"), to: "bad.837")
        let bad = try program.run("x12", "check", "bad.837")
        #expect(bad.status == 1 && bad.output.contains("CLM"))

        try program.folder.write("hello", to: "junk")
        #expect(try program.run("x12", "check", "junk").status == 2)
        #expect(try program.run("x12", "check", "nowhere").status == 2)
        #expect(try program.run("x12", "explain", "junk").status == 2)
        let explained = try program.run("x12", "explain", file)
        #expect(explained.status == 0 && explained.output.contains("Claim OUT-000001"))
    }

    // MARK: analyze

    @Test func analyzeFlagsADrugThatFitsNothing() throws {
        let program = try Program()
        let request = """
            {"icd10_codes":["K29.7"],"treatments":[{"type":"drug","code":"C01AA05","name":"Digoxin"}],\
            "patient_age":54,"patient_sex":"M"}
            """
        let flagged = try program.run("analyze", input: request)
        #expect(flagged.status == 1, "\(flagged.output) \(flagged.errors)")
        #expect(flagged.output.contains("UNRELATED_DRUG") && flagged.output.contains("FLAG"))
        let unreadable = try program.run("analyze", input: "{\"icd10_codes\":")
        #expect(unreadable.status == 2 && unreadable.output.isEmpty)
        #expect(try program.run("analyze", "nowhere.json").status == 2)
    }

    // MARK: rules, synth

    @Test func theRulePacksPassTheirOwnTests() throws {
        let rules = try Program().run("rules")
        #expect(rules.status == 0, "\(rules.output)")
        #expect(rules.output.contains(" 0 failures"))
    }

    @Test func aDayIsNotMixedIntoAnother() throws {
        let program = try Program()
        let made = try program.run("synth", "--encounters", "3", "--out", "day")
        #expect(made.status == 0 && made.output.contains("3 encounters"))
        let again = try program.run("synth", "--encounters", "3", "--out", "day")
        #expect(again.status == 2 && again.errors.contains("not empty"))
    }
}
