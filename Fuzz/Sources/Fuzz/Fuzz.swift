import X12

#if canImport(Glibc)
    import Glibc
#endif

/// Hands libFuzzer's inputs to the property that `FUZZ_TARGET` names; all arguments are libFuzzer's own.
@main
enum Fuzz {
    nonisolated(unsafe) static var property = InputProperties.check

    static func main() {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let named = InputProperties(rawValue: name) else {
            let names = InputProperties.allCases.map(\.rawValue).joined(separator: ", ")
            complain("FUZZ_TARGET is one of \(names)")
            exit(2)
        }
        property = named
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(runDriver(&count, &arguments, examine))
    }
}

private typealias Examine = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

@_extern(c, "LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>, _ examine: Examine
) -> Int32

private func examine(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do {
        try Fuzz.property.examine(Array(UnsafeBufferPointer(start: data, count: count)))
    } catch {
        complain("property \(Fuzz.property.rawValue) does not hold: \(error)")
        abort()
    }
    return 0
}

private func complain(_ message: String) {
    let line = Array((message + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
