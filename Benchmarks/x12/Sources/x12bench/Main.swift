import Foundation
import HealthTypes
import X12Units

/// `x12bench generate claims|remittances BYTES FILE` and `x12bench MODE FILE`: one measurement a process, so that the
/// operating system's peak memory is that of the mode.
@main
struct Main {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2 else { return usage() }
        if arguments[0] == "generate", arguments.count == 4, let size = Int(arguments[2]) {
            try generate(arguments[1], size, arguments[3])
        } else {
            try measure(arguments[0], arguments[1])
        }
    }

    static func usage() {
        print("x12bench generate claims|remittances BYTES FILE")
        print("x12bench memchr|tokenise|typed|check|check-ack|claims|remits|write FILE")
    }

    static func generate(_ kind: String, _ size: Int, _ path: String) throws {
        FileManager.default.createFile(atPath: path, contents: nil)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        var generator = Generator(seed: 7)
        let write: ([UInt8]) throws -> Void = { try file.write(contentsOf: Data($0)) }
        let count =
            kind == "claims"
            ? try generator.claims(size: size, write) : try generator.remittances(size: size, write)
        print("\(count) claims")
    }

    static func measure(_ mode: String, _ path: String) throws {
        // The processor's time: other work on the machine does not count.
        let start = processorSeconds()
        let counted: Int
        switch mode {
        case "memchr": counted = try Modes.memchr(path)
        case "tokenise": counted = try Modes.tokenise(path)
        case "check": counted = try Modes.check(path)
        case "check-ack": counted = try Modes.check(path, answering: true)
        case "claims": counted = try Modes.json(path, Claim837.self)
        case "remits": counted = try Modes.json(path, RemittanceUnit835.self)
        case "typed": counted = try Modes.typed(path)
        case "write": counted = try Modes.write(path)
        default: return usage()
        }
        let seconds = processorSeconds() - start
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        print("\(mode)\t\(Int(Double(size) / seconds / 1e6))\t\(peakMiB())\t\(counted)")
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The most resident memory that the operating system counted for this process.
    private static func peakMiB() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) / 1024
    }
}
