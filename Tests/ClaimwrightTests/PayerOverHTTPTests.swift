import Foundation
import Testing

/// What a payer behind HTTP may answer, and what becomes of the message.
@Suite struct PayerOverHTTPTests {
    /// A record with one claim of which the payer is to be asked.
    private func asking() throws -> Program {
        let program = try Program()
        #expect(try program.run("synth", "--encounters", "3", "--seed", "5", "--out", "day").status == 0)
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(program.folder.path)/day")
            .filter { !$0.hasPrefix("payer") && $0.contains("/") }.sorted().map { "day/\($0)" }
        let taken = try program.run(["intake"] + files)
        #expect(taken.status == 0, "\(taken)")
        return program
    }

    private static let empty = FakePayer.Answer(body: "{\"messages\":[]}")

    @Test(arguments: [408, 409, 425, 429, 500, 502, 503, 504])
    func whatPassesIsTriedAgain(status: Int) throws {
        let program = try asking()
        let payer = try FakePayer { $0.method == "GET" ? Self.empty : .failing(status) }
        let work = try program.run("work", "--payer", payer.address)
        #expect(work.status == 3, "\(work)")
        #expect(work.output.contains(" 0 given up") && !work.output.contains(" 0 waiting"))
        #expect(Set(payer.posts.compactMap(\.key)).count == payer.posts.count && !payer.posts.isEmpty)
    }

    /// Neither is the message to blame: it waits until a person has mended the address or the credentials.
    @Test(arguments: [401, 403, 404, 405])
    func aFaultOfConfigurationWaits(status: Int) throws {
        let program = try asking()
        let payer = try FakePayer { _ in .failing(status) }
        let work = try program.run("work", "--payer", payer.address)
        #expect(work.status == 3 && work.output.contains(" 0 given up"), "\(work)")
    }

    @Test(arguments: [400, 410, 413, 422])
    func whatIsRefusedIsGivenUp(status: Int) throws {
        let program = try asking()
        let payer = try FakePayer { $0.method == "GET" ? Self.empty : .failing(status) }
        let work = try program.run("work", "--payer", payer.address)
        #expect(work.status == 1 && !work.output.contains(" 0 given up"), "\(work)")
    }

    /// What the payer asks to wait is waited: a second run asks nothing.
    @Test(arguments: ["3600", "Fri, 31 Dec 2399 23:59:59 GMT"])
    func aRetryAfterIsKept(value: String) throws {
        let program = try asking()
        let payer = try FakePayer { $0.method == "GET" ? Self.empty : .failing(503, ["retry-after: \(value)"]) }
        #expect(try program.run("work", "--payer", payer.address).status == 3)
        let before = payer.posts.count
        let shown = try program.run("case", "list").output
        let numbers = shown.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(try program.run("work", "--payer", payer.address).status == 3)
        #expect(payer.posts.count == before)
        // One was tried; the others of its lane wait with it.
        let tried = try numbers.filter {
            try program.run("case", "show", $0).output.contains("waiting after 1 attempts")
        }
        #expect(!tried.isEmpty && tried.count <= before)
    }

    @Test func nobodyThereIsWaitedFor() throws {
        let program = try asking()
        let port = try TakenPort().port
        let work = try program.run("work", "--payer", "http://127.0.0.1:\(port)")
        #expect(work.status == 3 && work.output.contains(" 0 given up"), "\(work)")
    }

    /// A payer that takes a message in and says nothing: delivered, and no answer.
    @Test func anEmptyAnswerIsNone() throws {
        let program = try asking()
        let payer = try FakePayer { _ in .nothing }
        let work = try program.run("work", "--payer", payer.address)
        #expect(work.status == 0 && work.output.contains(" 0 answers, 0 waiting, 0 given up"), "\(work)")
        #expect(!payer.posts.isEmpty)
    }

    /// An item that cannot be decoded is kept and passed over; the next run asks for what is behind it.
    @Test func anUnreadableItemIsKept() throws {
        let program = try asking()
        let payer = try FakePayer { request in
            guard request.method == "GET" else { return .nothing }
            if request.target.contains("after=") { return Self.empty }
            return FakePayer.Answer(
                body: """
                    {"messages":[{"id":1,"kind":"835","content":"%%%"},{"id":"b/2","kind":"999"},\
                    {"id":3,"kind":"835","content":"aGVsbG8="}]}
                    """)
        }
        let work = try program.run("work", "--payer", payer.address)
        #expect(work.status == 0 && work.output.contains(" 3 answers"), "\(work)")
        #expect(payer.requests.last { $0.method == "GET" }?.target.contains("after=3") == true)
        #expect(try program.run("verify").status == 0)
    }

    /// A mailbox that is not what was agreed is not passed over, and not passed over in silence.
    @Test(arguments: ["[]", "{\"messages\":[{\"kind\":\"835\"}]}", "<html>", "{\"messages\":7}"])
    func aMailboxOfAnotherFormIsLeft(page: String) throws {
        let program = try asking()
        let payer = try FakePayer { $0.method == "GET" ? FakePayer.Answer(body: page) : .nothing }
        let work = try program.run("work", "--payer", payer.address)
        #expect(work.status == 3 && work.output.contains(" 0 answers"), "\(work)")
        #expect(work.output.contains("The payer's mailbox cannot be read: misconfigured."))
        #expect(payer.requests.filter { $0.method == "GET" }.allSatisfy { !$0.target.contains("after=") })
    }

    @Test func anAddressThatIsNoneIsSaid() throws {
        let work = try Program().run("work", "--create", "--payer", "ftp://example.org")
        #expect(work.status == 2 && work.errors.contains("--payer is not an http address"))
    }
}
