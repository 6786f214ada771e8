import ClinicalKnowledge
import Foundation
import GraphServer
import HealthTypes
import Terminology

/// `graphbench MODE ROOT IMAGE [...]`: one measurement a process, so that the operating system's figures of memory are
/// those of the mode. ROOT is the folder with CodeTables and Knowledge.
@main
struct Main {
    static let usage = """
        graphbench compile   ROOT IMAGE            compiles the knowledge and writes the image
        graphbench claims    ROOT IMAGE            claims in memory, one at a time
        graphbench lines     ROOT IMAGE            claims as lines of JSON, in and out
        graphbench text      ROOT IMAGE            conditions and substances read from notes
        graphbench server    ROOT IMAGE URL P50    the same claims asked of a graph server
        """

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 3 else { return print(usage) }
        let (root, image) = (arguments[1], arguments[2])
        switch arguments[0] {
        case "compile": try Modes.compile(root, image)
        case "claims": try Modes.claims(root, image)
        case "lines": try Modes.lines(root, image)
        case "text": try Modes.text(root, image)
        case "server" where arguments.count == 5:
            try await ServerMode.run(root, image, url: arguments[3], nanoseconds: Int(arguments[4]) ?? 0)
        default: print(usage)
        }
    }
}

/// Lines of figures, each with what was aimed at.
enum Figure {
    static func line(_ name: String, _ value: String, aim: String = "") {
        let padded = name + String(repeating: " ", count: max(1, 44 - name.count))
        print(padded + value + (aim.isEmpty ? "" : "  (aim: \(aim))"))
    }

    static func microseconds(_ nanoseconds: Int) -> String { String(format: "%.1f us", Double(nanoseconds) / 1000) }
    static func milliseconds(_ nanoseconds: Int) -> String { String(format: "%.1f ms", Double(nanoseconds) / 1e6) }
}

/// Clocks and memory as the operating system counts them.
enum Machine {
    static func nanoseconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// The processor's time of this thread: other work on the machine does not count.
    static var processor: Int { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

    /// Resident memory of this process now, in bytes; zero where the system does not say.
    static var residentBytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = status.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

extension [Int] {
    /// The value below which a share of them lies.
    func percentile(_ share: Double) -> Int {
        isEmpty ? 0 : sorted()[Swift.min(count - 1, Int(Double(count) * share))]
    }
}
