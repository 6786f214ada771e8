import Foundation
import Testing

/// The server as a process: where it listens, who may ask, how it ends.
@Suite(.serialized) struct ServeTests {
    private static let claim = """
        {"claim_id":"WEB-1","member_id":"MHP100000001","provider_npi":"2999000018","cpt_codes":["99213"],\
        "icd10_codes":["J06.9"],"date_of_service":"2026-03-02","amount":145.00}
        """

    /// Each ends with 2 and one line, and leaves nothing behind.
    @Test(arguments: [
        (["--port", "99999"], "a port is from 0 to 65535"), (["--port", "-1"], "a port is from 0 to 65535"),
        (["--port", "65536"], "a port is from 0 to 65535"), (["--host", "a host"], "neither a host's name nor"),
        (["--host", ""], "neither a host's name nor"), (["--host", "localhost:80"], "neither a host's name nor"),
        (["--no-token", "--host", "0.0.0.0"], "it needs a token"),
        (["--no-token", "--host", "::"], "it needs a token"),
        (["--no-token", "--host", "192.0.2.1"], "it needs a token"),
        (["--no-token", "--token-file", "t"], "exclude each other"), (["--token-file", "nowhere"], "cannot be read"),
        (["--allow-host", "a:1"], "without a port"), (["--allow-host", "*"], "without a port"),
    ])
    func anAddressThatIsNoneIsSaid(options: [String], words: String) throws {
        for command in [["serve", "--create"], ["demo", "--encounters", "3"]] {
            let program = try Program()
            let result = try program.run(command + options)
            #expect(result.status == 2, "\(options): \(result.status)")
            #expect(result.errors.hasPrefix("claimwright: ") && result.errors.contains(words), "\(result.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).isEmpty)
        }
    }

    @Test(arguments: ["short", "with a space in it, which no header takes", ""])
    func aTokenThatIsNoneIsSaid(token: String) throws {
        let program = try Program()
        try program.folder.write(token, to: "token")
        let result = try program.run("serve", "--create", "--token-file", "token")
        #expect(result.status == 2 && result.errors.contains("20 to 200"), "\(result.errors)")
        if !token.isEmpty { #expect(!result.errors.contains(token)) }
    }

    @Test func aPortThatIsTakenIsSaid() throws {
        let taken = try TakenPort()
        let port = String(taken.port)
        let program = try Program()
        for command in [["serve", "--create"], ["payer", "serve"]] {
            let result = try program.run(command + ["--port", port])
            #expect(result.status == 2, "\(command)")
            #expect(
                result.errors
                    == "claimwright: cannot listen on 127.0.0.1, port \(port): another program listens there.\n"
                    || result.errors.hasSuffix(
                        "\nclaimwright: cannot listen on 127.0.0.1, port \(port): another program listens there.\n"),
                "\(result.errors)")
            // An address of documentation (RFC 5737), which no machine has.
            let foreign = try program.run(command + ["--host", "192.0.2.1", "--port", "0"])
            #expect(foreign.status == 2 && foreign.errors.contains("no such address"), "\(foreign.errors)")
            let none = try program.run(command + ["--port", "65536"])
            #expect(none.status == 2 && none.errors.contains("a port is from 0 to 65535"))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(program.folder.path)/claimwright.db.token"))
    }

    @Test func theTokenIsInTheLinkAndBesideTheRecord() throws {
        let program = try Program()
        let served = try ServedProgram(program, ["--create", "--db", "day.db"])
        #expect(served.token.count == 64)
        let path = "\(program.folder.path)/day.db.token"
        #expect(try String(contentsOfFile: path, encoding: .utf8) == served.token + "\n")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let credentials = "authorization: Bearer \(served.token)"
        #expect(try Wire.ask(served.port, "GET", "/?token=\(served.token)").hasPrefix("HTTP/1.1 303 "))
        #expect(try Wire.ask(served.port, "GET", "/cases").hasPrefix("HTTP/1.1 401 "))
        #expect(try Wire.ask(served.port, "GET", "/cases", [credentials]).hasPrefix("HTTP/1.1 200 "))
        #expect(try Wire.ask(served.port, "GET", "/readyz", [credentials]).hasPrefix("HTTP/1.1 200 "))
        let json = [credentials, "content-type: application/json"]
        #expect(try Wire.ask(served.port, "POST", "/claims", json, body: Self.claim).contains("\"case_id\""))
        served.signal(SIGINT)
        let end = try served.end()
        #expect(end.status == 0 && end.errors.contains("ending"), "\(end)")
        #expect(end.output.components(separatedBy: served.token).count == 2 && !end.errors.contains(served.token))
        #expect(!FileManager.default.fileExists(atPath: path))
        // The record is closed: its log has gone into it, and the file alone is all of it.
        let log = try? FileManager.default.attributesOfItem(atPath: "\(program.folder.path)/day.db-wal")[.size] as? Int
        #expect(log ?? 0 == 0)
        #expect(try program.run("case", "list", "--db", "day.db").output.contains("WEB-1"))
    }

    @Test func aTokenOfOnesOwnIsNotPrinted() throws {
        let program = try Program()
        let token = "a-token-of-my-own-0123456789"
        try program.folder.write(token + "\n", to: "token")
        let served = try ServedProgram(program, ["--create", "--token-file", "token"])
        #expect(served.token.isEmpty)
        #expect(try Wire.ask(served.port, "GET", "/cases").hasPrefix("HTTP/1.1 401 "))
        #expect(
            try Wire.ask(served.port, "GET", "/cases", ["authorization: Bearer \(token)"]).hasPrefix("HTTP/1.1 200 "))
        served.signal(SIGTERM)
        let end = try served.end()
        #expect(end.status == 0 && !end.output.contains(token) && !end.errors.contains(token))
        #expect(!FileManager.default.fileExists(atPath: "\(program.folder.path)/claimwright.db.token"))
    }

    @Test func loopbackMayDoWithoutAToken() throws {
        let program = try Program()
        let served = try ServedProgram(program, ["--create", "--no-token", "--allow-host", "claims.example"])
        #expect(served.token.isEmpty)
        #expect(try Wire.ask(served.port, "GET", "/cases").hasPrefix("HTTP/1.1 200 "))
        for (host, status) in [("claims.example", 200), ("evil.example", 421)] {
            let wire = try #require(Wire(port: served.port))
            wire.send("GET /cases HTTP/1.1\r\nhost: \(host)\r\nconnection: close\r\n\r\n")
            #expect(wire.receiveAll().hasPrefix("HTTP/1.1 \(status) "))
        }
        served.signal(SIGTERM)
        #expect(try served.end().status == 0)
    }

    /// A request that runs when the program is told to end is answered; nothing new is taken.
    @Test func whatRunsIsAnsweredBeforeTheEnd() throws {
        let program = try Program()
        let served = try ServedProgram(program, ["--create", "--no-token"])
        let wire = try #require(Wire(port: served.port))
        wire.send(
            "POST /claims HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                + "content-length: \(Self.claim.utf8.count)\r\n\r\n\(Self.claim.prefix(50))")
        // Once this one is answered, the first half of the other has been read, too.
        #expect(try Wire.ask(served.port, "GET", "/healthz").hasPrefix("HTTP/1.1 200 "))
        served.signal(SIGTERM)
        var other = Wire(port: served.port)
        for _ in 0..<200 where other != nil {
            usleep(20_000)
            other = Wire(port: served.port)
        }
        #expect(other == nil)
        wire.send(String(Self.claim.dropFirst(50)))
        let answer = wire.receiveAll()
        #expect(answer.contains("\"case_id\"") && answer.contains("connection: close"), "\(answer)")
        let end = try served.end()
        #expect(end.status == 0, "\(end)")
        #expect(try program.run("case", "list").output.contains("WEB-1"))
    }
}

/// The data folders of a server that runs.
@Suite struct ReloadingTests {
    @Test func theDataIsReadAgainOnAHangUp() throws {
        let program = try Program()
        let home = "\(program.folder.path)/home"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: false)
        for name in ["RulePacks", "CodeTables", "Knowledge", "Policies", "PayerPolicies", "docs"] {
            try FileManager.default.copyItem(atPath: "\(Program.root.path)/\(name)", toPath: "\(home)/\(name)")
        }
        let served = try ServedProgram(program, ["--create", "--no-token", "--home", home])
        served.signal(SIGHUP)
        #expect(served.says("the data folders were read again; generation "))
        // Data that cannot be read changes nothing, and ends nothing.
        let version = "\(home)/Knowledge/VERSION"
        try FileManager.default.removeItem(atPath: version)
        served.signal(SIGHUP)
        #expect(served.says("the old data stays in force"))
        #expect(try Wire.ask(served.port, "GET", "/cases").hasPrefix("HTTP/1.1 200 "))
        served.signal(SIGTERM)
        #expect(try served.end().status == 0)
    }
}

/// A record is what it is named, or nothing.
@Suite struct RecordFileTests {
    private static let readers = [
        ["queue", "list"], ["queue", "show", "W-0000001-1-0"], ["case", "list"], ["case", "show", "C-0000001"],
        ["replay", "--all"], ["verify"],
    ]
    private static let writers = [
        ["serve", "--port", "0"], ["work"], ["case", "retry", "C-0000001"],
        ["queue", "resolve", "--answer", "a", "--reason", "r", "--by", "b", "W-0000001-1-0"],
    ]

    private func expect(_ words: String, _ command: [String], in program: Program) throws {
        let result = try program.run(command)
        #expect(result.status == 2, "\(command): \(result.status)")
        #expect(result.errors.hasPrefix("claimwright: r.db: ") && result.errors.contains(words), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1 && result.output.isEmpty)
    }

    @Test(arguments: readers + writers)
    func aNameThatWasMistypedMakesNoRecord(command: [String]) throws {
        let program = try Program()
        try expect("there is no such record", command + ["--db", "r.db"], in: program)
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).isEmpty)
    }

    @Test(arguments: readers + writers + [["intake", "f"], ["demo", "--no-serve", "--encounters", "0"]])
    func whatIsNoRecordIsSaidAndLeftAsItIs(command: [String]) throws {
        let program = try Program()
        let path = "\(program.folder.path)/r.db"
        let command = command + ["--db", "r.db"]
        let isMaker = command[0] == "intake" || command[0] == "demo"
        try program.folder.write("", to: "f")
        if !isMaker {
            try program.folder.write("", to: "r.db")
            try expect("is an empty file", command, in: program)
            #expect(FileManager.default.contents(atPath: path) == Data())
        }
        for text in ["x", "no record, just words, and more than sixteen bytes of them", "SQLite format 2\0"] {
            try program.folder.write(text, to: "r.db")
            try expect("no record.", command, in: program)
            #expect(FileManager.default.contents(atPath: path) == Data(text.utf8))
        }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try expect("is a folder", command, in: program)
        try FileManager.default.removeItem(atPath: path)
        try #require(mkfifo(path, 0o600) == 0)
        try expect("is no file", command, in: program)
    }

    /// What reads does so from a file that nobody may write; what writes says that it cannot.
    @Test func aReadOnlyRecordIsRead() throws {
        let program = try Program()
        #expect(try program.run("work", "--create", "--db", "r.db").status == 0)
        let path = "\(program.folder.path)/r.db"
        try #require(chmod(path, 0o444) == 0)
        let before = FileManager.default.contents(atPath: path)
        for command in Self.writers + [["intake", "f"]] {
            try expect("is read-only", command + ["--db", "r.db"], in: program)
        }
        for command in Self.readers where !command.contains("show") {
            let result = try program.run(command + ["--db", "r.db"])
            #expect(result.status == 0, "\(command): \(result)")
        }
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    /// One program writes; others are told who, and read meanwhile.
    @Test func aRecordThatIsHeldIsSaid() throws {
        let program = try Program()
        let served = try ServedProgram(program, ["--create", "--no-token", "--db", "r.db"])
        try program.folder.write("hello", to: "f")
        for command in Self.writers + [["intake", "f"], ["demo", "--no-serve", "--encounters", "0"]] {
            let result = try program.run(command + ["--db", "r.db"])
            #expect(result.status == 2, "\(command): \(result.status)")
            #expect(
                result.errors.hasPrefix("claimwright: r.db: is held by another program that writes it (process "),
                "\(result.errors)")
        }
        for command in Self.readers where !command.contains("show") {
            let result = try program.run(command + ["--db", "r.db"])
            #expect(result.status == 0, "\(command): \(result)")
        }
        served.signal(SIGTERM)
        #expect(try served.end().status == 0)
        #expect(try program.run("work", "--db", "r.db").status == 0)
    }

    @Test func aRecordThatIsMadeIsSaid() throws {
        let program = try Program()
        try program.folder.write("hello", to: "f")
        let first = try program.run("intake", "f", "--db", "a.db")
        #expect(first.status == 1 && first.errors.contains("a.db is a new record"), "\(first.errors)")
        #expect(try program.run("intake", "f", "--db", "a.db").errors.contains("new record") == false)
        let work = try program.run("work", "--create", "--db", "b.db")
        #expect(work.status == 0 && work.errors.contains("b.db is a new record"))
        #expect(try program.run("work", "--create", "--db", "b.db").errors.contains("new record") == false)
        // What a program that was killed at its very start leaves.
        try program.folder.write("", to: "c.db")
        #expect(try program.run("work", "--create", "--db", "c.db").errors.contains("c.db is a new record"))
        let nowhere = try program.run("work", "--create", "--db", "no/c.db")
        #expect(nowhere.status == 2 && nowhere.errors.contains("its folder is not there"))
    }

    @Test func aDayIsNotMixedIntoARecordOfSomethingElse() throws {
        let program = try Program()
        let claim = """
            {"claim_id":"WEB-1","member_id":"MHP100000001","provider_npi":"2999000018","cpt_codes":["99213"],\
            "icd10_codes":["J06.9"],"date_of_service":"2026-03-02","amount":145.00}
            """
        try program.folder.write(claim, to: "claim.json")
        #expect(try program.run("intake", "claim.json", "--work", "--db", "r.db").status == 0)
        for more in [[], ["--fresh"]] {
            try expect(
                "no sample day", ["demo", "--no-serve", "--encounters", "3", "--db", "r.db"] + more, in: program)
        }
        #expect(try program.run("case", "list", "--db", "r.db").output.contains("WEB-1"))
    }
}
